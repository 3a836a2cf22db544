"""Results in the forms of others: typed tables, ARD, ADaM, a cBioPortal study.

Nothing is computed here that a result does not hold. What leaves is what results hold:
days since first dose, words of ours, no calendar date and no free text of a patient.

May import: calls, inputs, response, sets, settings.
"""
