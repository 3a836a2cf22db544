"""Estimate the association of HER2 and ctDNA with response and survival."""

from typing import TYPE_CHECKING

from her2ctdna.association import estimate_associations
from her2ctdna.groupings import derive_landmark_origins
from her2ctdna.logs import log_to
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    patients = read_table(snakemake.input.patients)
    tables = estimate_associations(
        patients,
        origins=derive_landmark_origins(patients, snakemake.params.landmarks),
        count_first_day=snakemake.params.count_first_day,
        response=snakemake.params.response,
        survival=snakemake.params.survival,
        association=snakemake.params.association,
    )
    for name, table in tables.items():
        write_table(table, snakemake.output.get(name))
