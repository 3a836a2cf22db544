"""Patients with known truth whose files are rewritten: for `rewrite_visits.py`."""
