"""Derive the sets of patients of an analysis: who stands behind its numbers."""

from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.sets.flow import derive_flow
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    patients = read_table(snakemake.input.patients)
    flow = derive_flow(
        patients,
        landmarks=snakemake.params.landmarks,
        columns=[*snakemake.params.covariates, *snakemake.params.groups],
        count_first_day=snakemake.params.count_first_day,
        response=snakemake.params.response,
    )
    write_table(flow, snakemake.output.flow)
