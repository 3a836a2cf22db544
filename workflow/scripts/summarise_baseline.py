"""Summarise who the treated patients were at baseline, by HER2 group."""

from typing import TYPE_CHECKING

from her2ctdna.association.baseline import summarise_baseline
from her2ctdna.logs import log_to
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    baseline = summarise_baseline(
        read_table(snakemake.input.patients),
        landmarks=snakemake.params.landmarks,
        named=[*snakemake.params.covariates, *snakemake.params.groups],
    )
    write_table(baseline, snakemake.output.baseline)
