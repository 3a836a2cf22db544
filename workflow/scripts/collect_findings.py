"""Collect the findings on the sheets, the calls and the config into one table."""

from typing import TYPE_CHECKING

from her2ctdna.calls.genome_build import check_files, read_files
from her2ctdna.findings import Finding, collect_findings, findings_table
from her2ctdna.inputs.sheet_maps import in_names_of_sheet
from her2ctdna.logs import log_to
from her2ctdna.tables import read_parquet, read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    variants = snakemake.input.get("variants")
    files = read_files(snakemake.input.files)
    builds = check_files(files, read_parquet(variants) if variants else None)
    config = [Finding(*cells) for cells in snakemake.params.config]
    tables = [*snakemake.input.calls, *snakemake.input.matches]
    tables += snakemake.input.coverage
    of_files = [findings_table(builds), *map(read_table, tables)]
    names = snakemake.params.names_of_samples
    told = [in_names_of_sheet(found, "samples", names) for found in of_files]
    of_sheets = [findings_table(config), read_table(snakemake.input.sheets)]
    write_table(collect_findings([*of_sheets, *told]), snakemake.output.findings)
