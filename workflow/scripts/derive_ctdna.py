"""Derive variant roles, the state of each plasma sample and the landmarks."""

from typing import TYPE_CHECKING

from her2ctdna.ctdna.dynamics import derive_ctdna
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_parquet, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    results = derive_ctdna(read_tables(snakemake.input), ctdna=snakemake.params.ctdna)
    if results.roles is not None:
        write_parquet(results.roles, snakemake.output.variant_status)
    write_table(results.samples, snakemake.output.ctdna_samples)
    write_table(results.landmarks, snakemake.output.ctdna_landmarks)
