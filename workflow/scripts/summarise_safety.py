"""Summarise adverse events and anti-drug antibodies, as far as they are given."""

from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.safety import summarise_ada, summarise_adverse_events
from her2ctdna.tables import read_parquet, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

SUMMARIES = {
    "adverse_events": (summarise_adverse_events, "emergent_days"),
    "ada": (summarise_ada, "ada_titre_fold"),
}

with log_to(snakemake.log[0]):
    patients = read_parquet(snakemake.input.patients)
    for name, path in snakemake.output.items():
        summarise, option = SUMMARIES[name]
        table = summarise(
            read_parquet(snakemake.input.get(name)),
            patients,
            confidence=snakemake.params.confidence,
            **{option: snakemake.params.safety[option]},
        )
        write_table(table, path)
