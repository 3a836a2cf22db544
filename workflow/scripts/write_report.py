"""Write the report of an analysis, its appendix, and the captions of its figures."""

from pathlib import Path
from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.report.captions_table import derive_captions
from her2ctdna.report.page_context import report_context
from her2ctdna.report.render import render_pages
from her2ctdna.report.results import read_results
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    results = read_results(
        snakemake.input,
        analysis=snakemake.wildcards.analysis,
        **snakemake.params,
    )
    context = report_context(results)
    for name, page in render_pages(context)._asdict().items():
        path = Path(snakemake.output[name])
        path.write_text(page, encoding="utf-8", newline="\n")
    drawn = {Path(path).stem: read_table(path) for path in snakemake.input.drawn}
    captions = derive_captions(results, context["chapters"], drawn)
    write_table(captions, snakemake.output.captions)
