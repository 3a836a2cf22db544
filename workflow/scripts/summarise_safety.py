"""Summarise adverse events and anti-drug antibodies, as far as they are given."""

from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.safety.safety_tables import summarise_safety
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    summaries = summarise_safety(
        tables["patients"],
        adverse_events=tables.get("adverse_events"),
        ada=tables.get("ada"),
        confidence=snakemake.params.confidence,
        **snakemake.params.safety,
    )
    for name, summary in summaries.items():
        write_table(summary, snakemake.output.get(name))
