"""From VCF, BCF and MAF to one row a variant: files, callers, one form of a variant.

What a caller writes is data here; what it means for a patient is not (`ctdna`).

May import: no other room.
"""
