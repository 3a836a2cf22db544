"""Write the report of an analysis: one self-contained page."""

from pathlib import Path
from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.report.render import render_report
from her2ctdna.report.results import read_results

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    results = read_results(
        snakemake.input,
        analysis=snakemake.wildcards.analysis,
        **snakemake.params,
    )
    page = render_report(results)
    Path(snakemake.output.report).write_text(page, encoding="utf-8", newline="\n")
