"""Match what samples of a patient write of one variant in several ways."""

from typing import TYPE_CHECKING

from her2ctdna.calls.all_calls import collect_calls, read_calls
from her2ctdna.calls.genome_build import read_files
from her2ctdna.calls.identity_findings import describe_matches
from her2ctdna.calls.measurability import find_unmeasurable
from her2ctdna.calls.variant_identity import find_candidates, match_variants
from her2ctdna.findings import findings_table
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_parquet, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    files = read_files(snakemake.input.files)
    tables = read_tables(snakemake.input)
    calls = collect_calls(
        [read_calls(path) for path in snakemake.input.batches],
        tables,
        styles=set(files["contigs"]),
    )
    matches = match_variants(
        find_candidates(calls), is_aligned=snakemake.params.is_aligned
    )
    write_parquet(matches, snakemake.output.matches)
    findings = [
        *describe_matches(matches, files),
        *find_unmeasurable(calls, tables["samples"]),
    ]
    write_table(findings_table(findings), snakemake.output.findings)
