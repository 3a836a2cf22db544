"""Summarise emergent variants, ERBB2 in plasma, and the error background."""

from typing import TYPE_CHECKING

from her2ctdna.ctdna.emergent import summarise_variants
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    summaries = summarise_variants(tables, ctdna=snakemake.params.ctdna)
    for name, summary in summaries.items():
        write_table(summary, snakemake.output.get(name))
