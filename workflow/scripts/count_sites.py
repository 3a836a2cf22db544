"""Count the molecules of a batch of samples where nothing was called."""

from typing import TYPE_CHECKING

from her2ctdna.depth.site_counts import count_sites
from her2ctdna.logs import log_to
from her2ctdna.tables import read_parquet, write_parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    counts = count_sites(
        snakemake.params.samples,
        read_parquet(snakemake.input.variants),
        reference=snakemake.params.reference,
        counting=snakemake.params.counting,
    )
    write_parquet(counts, snakemake.output.counts)
