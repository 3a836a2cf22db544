"""Collect the calls of all samples, read from files or given as a table."""

from typing import TYPE_CHECKING

from her2ctdna.calls.all_calls import (
    as_calls,
    derive_calls,
    join_calls,
    name_contigs,
    read_calls,
    sort_calls,
)
from her2ctdna.calls.genome_build import read_files
from her2ctdna.calls.variant_form import contig_style
from her2ctdna.logs import log_to
from her2ctdna.tables import read_parquet, write_parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    calls = [read_calls(path) for path in snakemake.input.batches]
    styles = set(read_files(snakemake.input.files)["contigs"])
    if variants := snakemake.input.get("variants"):
        samples = read_parquet(snakemake.input.samples)
        table = derive_calls(read_parquet(variants), samples)
        styles |= set(table["chrom"].map(contig_style))
        calls.append(as_calls(table))
    named = name_contigs(join_calls(calls), styles=styles)
    write_parquet(sort_calls(named), snakemake.output.variants)
