"""The report: one self-contained page that says what was found and what was not."""
