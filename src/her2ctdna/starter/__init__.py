"""What `her2ctdna init` writes: a study folder that runs, to put one's own data into.

May import: no other room.
"""
