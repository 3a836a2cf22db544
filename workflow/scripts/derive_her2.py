"""Derive the HER2 status of each patient."""

from typing import TYPE_CHECKING

from her2ctdna.her2 import add_her2_group, derive_her2_class, derive_her2_status
from her2ctdna.logs import log_to
from her2ctdna.tables import read_parquet, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    her2 = snakemake.params.her2
    readings = read_parquet(snakemake.input.her2)
    patients = read_parquet(snakemake.input.patients)
    status = derive_her2_status(readings, patients, **her2)
    write_table(status, snakemake.output.her2_status)
    classed = derive_her2_class(readings)
    classed = add_her2_group(classed, zero=her2["zero"], low=her2["low"])
    write_table(classed, snakemake.output.her2_readings)
