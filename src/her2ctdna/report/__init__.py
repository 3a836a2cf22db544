"""The report: one self-contained page that says what was found and what was not.

Chapters are built of blocks; sentences are made from results, never from literals.

May import: association, ctdna, figures, her2, provenance, reference, response, sets,
settings, statistics.
"""
