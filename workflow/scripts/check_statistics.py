"""Hold the statistics of the package against published values and those of R."""

from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.reference.self_check import check_statistics
from her2ctdna.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    write_table(check_statistics(), snakemake.output.checks)
