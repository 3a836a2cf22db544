"""Refuse to report with statistics that differ from known values, naming them all."""

from pathlib import Path
from typing import TYPE_CHECKING

from her2ctdna.logs import Refusal, log_to
from her2ctdna.reference.failures import describe_failures
from her2ctdna.tables import read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    failures = describe_failures(read_table(snakemake.input.checks))
    if failures:
        raise Refusal(failures)
    Path(snakemake.output.accepted).write_text("every statistic as expected\n")
