"""Write the summary of an analysis as slides and its clinical tables for Word."""

from pathlib import Path
from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.report.page_context import write_chapters
from her2ctdna.report.results import read_results
from her2ctdna.report.slides import write_slides
from her2ctdna.report.word_tables import write_word_tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    results = read_results(
        snakemake.input,
        analysis=snakemake.wildcards.analysis,
        **snakemake.params,
    )
    chapters = write_chapters(results)
    pictures = {
        Path(path).stem: Path(path).read_bytes() for path in snakemake.input.pictures
    }
    slides = write_slides(results, chapters, pictures)
    Path(snakemake.output.slides).write_bytes(slides)
    tables = write_word_tables(results, chapters)
    Path(snakemake.output.tables).write_bytes(tables)
