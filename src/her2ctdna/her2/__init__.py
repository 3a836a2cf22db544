"""HER2 of each patient: scores as written, status, agreement of readings.

May import: statistics.
"""
