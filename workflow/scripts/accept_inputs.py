"""Refuse inputs with an error, saying all of them at once; else pass them on."""

from pathlib import Path
from typing import TYPE_CHECKING

from her2ctdna.findings import describe_errors
from her2ctdna.logs import Refusal, log_to
from her2ctdna.tables import read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    findings = read_table(snakemake.input.findings)
    refusal = describe_errors(
        findings, files=snakemake.params.files, columns=snakemake.params.columns
    )
    if refusal:
        raise Refusal(refusal)
    Path(snakemake.output.accepted).write_text("no error in the inputs\n")
