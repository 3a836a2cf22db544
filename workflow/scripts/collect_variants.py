"""Collect the calls of all samples, read from files or given as a table."""

from typing import TYPE_CHECKING

from her2ctdna.calls import as_calls, derive_calls, join_calls, read_calls, sort_calls
from her2ctdna.logs import log_to
from her2ctdna.tables import read_parquet, write_parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    calls = [read_calls(path) for path in snakemake.input.batches]
    if variants := snakemake.input.get("variants"):
        samples = read_parquet(snakemake.input.samples)
        calls.append(as_calls(derive_calls(read_parquet(variants), samples)))
    write_parquet(sort_calls(join_calls(calls)), snakemake.output.variants)
