"""Published and independently computed values that the package is held against.

May import: association, sets, statistics.
"""
