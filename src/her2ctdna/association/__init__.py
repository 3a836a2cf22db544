"""The questions: rates, times to event, biomarkers, the model, the ledger of tests.

Each asks one question of the table of patients and answers in rows.

May import: calls, ctdna, sets, settings, statistics.
"""
