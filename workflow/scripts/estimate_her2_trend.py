"""Estimate rates along the HER2 levels, with their monotone fit."""

from typing import TYPE_CHECKING

from her2ctdna.association.her2_trend import estimate_her2_trend
from her2ctdna.logs import log_to
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    trend = estimate_her2_trend(
        read_table(snakemake.input.patients),
        landmarks=list(snakemake.params.landmarks),
        response=snakemake.params.response,
        association=snakemake.params.association,
    )
    write_table(trend, snakemake.output.trend)
