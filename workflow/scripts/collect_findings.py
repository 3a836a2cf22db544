"""Collect the findings on the sheets, the calls and the config into one table."""

from typing import TYPE_CHECKING

from her2ctdna.findings import Finding, findings_table, join_findings
from her2ctdna.logs import log_to
from her2ctdna.settings import check_settings
from her2ctdna.tables import read_table, read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    settings = check_settings(tables, snakemake.params.settings)
    config = [Finding(*cells) for cells in snakemake.params.config]
    found = [
        read_table(file) for file in (snakemake.input.sheets, *snakemake.input.calls)
    ]
    found.append(findings_table([*config, *settings]))
    write_table(join_findings(found), snakemake.output.findings)
