"""Adverse events and anti-drug antibodies.

May import: sets, statistics.
"""
