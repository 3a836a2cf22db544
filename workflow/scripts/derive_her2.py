"""Derive the HER2 status of each patient."""

from typing import TYPE_CHECKING

from her2ctdna.her2 import derive_her2_status
from her2ctdna.logs import log_to
from her2ctdna.tables import read_parquet, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    status = derive_her2_status(
        read_parquet(snakemake.input.her2),
        read_parquet(snakemake.input.patients),
        **snakemake.params.her2,
    )
    write_table(status, snakemake.output.her2_status)
