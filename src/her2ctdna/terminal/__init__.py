"""What the terminal shows of a run: lines of steps, time left, failures, reports.

May import: no other room.
"""
