"""Collect the calls of all samples, read from files or given as a table."""

from typing import TYPE_CHECKING

from her2ctdna.calls.all_calls import collect_calls, sort_calls
from her2ctdna.calls.genome_build import read_files
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    calls = collect_calls(
        snakemake.input.batches,
        read_tables(snakemake.input),
        styles=set(read_files(snakemake.input.files)["contigs"]),
    )
    write_parquet(sort_calls(calls), snakemake.output.variants)
