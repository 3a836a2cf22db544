"""Collect what was counted where nothing was called, of all samples."""

from typing import TYPE_CHECKING

from her2ctdna.depth.site_counts import collect_counts
from her2ctdna.logs import log_to
from her2ctdna.tables import read_parquet, write_parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    counts = [read_parquet(path) for path in snakemake.input.batches]
    write_parquet(collect_counts(counts), snakemake.output.site_counts)
