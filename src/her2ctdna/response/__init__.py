"""Response of each patient: lesions, visits, RECIST, times to event.

May import: settings.
"""
