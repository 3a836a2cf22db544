"""Draw the figures of the cohort: patient flow and HER2."""

from typing import TYPE_CHECKING

from her2ctdna.figures.draw import Inputs, draw_figures
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    inputs = Inputs(
        read_tables(snakemake.input),
        study=snakemake.params.study,
        confidence=snakemake.params.confidence,
    )
    draw_figures(snakemake.params.figures, inputs, snakemake.params.folder)
