"""Estimate how far readings of HER2 agree, between readers and specimens."""

from typing import TYPE_CHECKING

from her2ctdna.her2.agreement import estimate_agreement
from her2ctdna.logs import log_to
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    readings = read_table(snakemake.input.her2_readings)
    tables = estimate_agreement(readings, confidence=snakemake.params.confidence)
    for name, table in tables.items():
        write_table(table, snakemake.output.get(name))
