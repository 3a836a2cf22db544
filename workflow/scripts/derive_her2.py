"""Derive the HER2 status of each patient."""

from typing import TYPE_CHECKING

from her2ctdna.her2.her2_dynamics import derive_her2_dynamics
from her2ctdna.her2.her2_status import derive_her2_readings, derive_her2_status
from her2ctdna.logs import log_to
from her2ctdna.tables import read_parquet, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    her2 = dict(snakemake.params.her2)
    choice = {"reader": her2.pop("reader"), "specimen": her2.pop("specimen")}
    readings = derive_her2_readings(read_parquet(snakemake.input.her2), **her2)
    patients = read_parquet(snakemake.input.patients)
    dynamics = derive_her2_dynamics(readings, patients, reader=choice["reader"])
    status, readings = derive_her2_status(readings, patients, **choice)
    write_table(status, snakemake.output.her2_status)
    write_table(readings, snakemake.output.her2_readings)
    write_table(dynamics, snakemake.output.her2_dynamics)
