"""The entries of the catalogue of results, by chapter: what each result is, once."""
