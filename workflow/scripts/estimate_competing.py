"""Estimate the cumulative incidence of events that compete with each other."""

from typing import TYPE_CHECKING

from her2ctdna.association.first_events import estimate_competing
from her2ctdna.logs import log_to
from her2ctdna.safety.interest_times import derive_interest_times
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    params = snakemake.params
    tables = read_tables(snakemake.input)
    interest = None
    if "adverse_events" in tables:
        interest = derive_interest_times(
            tables["adverse_events"], tables["patients"], **params.safety
        )
    competing = estimate_competing(
        tables["patients"],
        interest=interest,
        columns=[*params.association["covariates"], *params.association["groups"]],
        milestones_days=params.association["milestones_days"],
        count_first_day=params.count_first_day,
        confidence=params.association["confidence"],
    )
    write_table(competing, snakemake.output.competing)
