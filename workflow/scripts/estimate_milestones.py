"""Read the curves of times to event at the milestones, and how long they last."""

from typing import TYPE_CHECKING

from her2ctdna.association.durations import summarise_durations
from her2ctdna.association.milestones import estimate_milestones
from her2ctdna.logs import log_to
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    params = snakemake.params
    patients = read_table(snakemake.input.patients)
    milestones = estimate_milestones(
        patients,
        landmarks=params.landmarks,
        columns=[*params.association["covariates"], *params.association["groups"]],
        milestones_days=params.association["milestones_days"],
        count_first_day=params.count_first_day,
        confidence=params.association["confidence"],
    )
    write_table(milestones, snakemake.output.milestones)
    durations = summarise_durations(
        patients,
        count_first_day=params.count_first_day,
        confidence=params.association["confidence"],
    )
    write_table(durations, snakemake.output.durations)
