"""Refuse inputs with an error, saying all of them at once; else pass them on."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from her2ctdna.findings import describe_errors
from her2ctdna.logs import log_to
from her2ctdna.tables import read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    findings = read_table(snakemake.input.findings)
    refusal = describe_errors(
        findings, files=snakemake.params.files, columns=snakemake.params.columns
    )
    if refusal:
        logging.error("refused; what is wrong stands in %s", snakemake.input.findings)
        sys.exit(refusal)
    Path(snakemake.output.accepted).write_text("no error in the inputs\n")
