"""Collect the findings on the sheets, the calls and the config into one table."""

from typing import TYPE_CHECKING

from her2ctdna.findings import Finding, findings_table, join_findings
from her2ctdna.logs import log_to
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    config = [Finding(*cells) for cells in snakemake.params.config]
    files = [snakemake.input.sheets, *snakemake.input.calls, *snakemake.input.coverage]
    found = [findings_table(config), *map(read_table, files)]
    write_table(join_findings(found), snakemake.output.findings)
