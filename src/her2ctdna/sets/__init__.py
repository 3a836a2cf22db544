"""Who is grouped and who is counted: the cohort, groupings, the flow.

May import: ctdna, settings.
"""
