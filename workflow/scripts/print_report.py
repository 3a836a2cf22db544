"""Print the report of an analysis to PDF, by the browser of this machine."""

from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.report.printing import print_report

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    print_report(snakemake.input.report, snakemake.output.pdf)
