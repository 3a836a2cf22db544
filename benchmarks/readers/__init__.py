"""Readers of a VCF side by side, for `read_variants.py`."""
