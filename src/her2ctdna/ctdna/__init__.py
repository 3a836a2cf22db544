"""ctDNA of each draw and course: roles of variants, detection, clearance, kinetics.

A draw is judged by what it could have seen; nothing here knows of an outcome.

May import: calls, depth, settings, statistics.
"""
