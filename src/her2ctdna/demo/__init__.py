"""A synthetic study shaped like NCT06452706, drawn from a seed, with its truth.

``python -m her2ctdna.demo config/demo`` writes the sheets, the VCFs and the truth.
Times are days since the first dose until the sheets are written with dates.

May import: no other room.
"""
