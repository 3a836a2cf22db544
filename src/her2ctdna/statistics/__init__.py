"""Statistics: numbers in, numbers out, with no word of the study.

Each is held against an independent implementation.

May import: no other room.
"""
