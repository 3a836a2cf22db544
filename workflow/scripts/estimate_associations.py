"""Estimate the association of HER2 and ctDNA with response and survival."""

from typing import TYPE_CHECKING

from her2ctdna.association.associations import estimate_associations
from her2ctdna.logs import log_to
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    params = snakemake.params
    tables = estimate_associations(
        read_table(snakemake.input.patients),
        landmarks=params.landmarks,
        count_first_day=params.count_first_day,
        response=params.response,
        survival=params.survival,
        association=params.association,
    )
    for name, path in snakemake.output.items():
        write_table(tables[name], path)
