"""Write the findings of the sheets and of all calls as one table."""

from typing import TYPE_CHECKING

from her2ctdna.findings import join_findings
from her2ctdna.logs import log_to
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    files = [snakemake.input.checked, *snakemake.input.calls]
    write_table(join_findings(map(read_table, files)), snakemake.output.findings)
