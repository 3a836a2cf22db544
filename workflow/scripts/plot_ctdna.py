"""Draw the figures of ctDNA: variants, levels, clearance, ctDNA by HER2 group."""

from typing import TYPE_CHECKING

from her2ctdna.figures.draw import Inputs, draw_figures
from her2ctdna.figures.marks.windows import find_windows
from her2ctdna.logs import log_to
from her2ctdna.sets.groupings import derive_landmark_origins
from her2ctdna.tables import read_tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    landmarks = snakemake.params.landmarks
    tables = read_tables(snakemake.input)
    inputs = Inputs(
        tables,
        study=snakemake.params.study,
        landmarks=[*derive_landmark_origins(tables["patients"], landmarks)],
        windows=find_windows(landmarks),
        metric=snakemake.params.metric,
        confidence=snakemake.params.confidence,
    )
    draw_figures(snakemake.params.figures, inputs, snakemake.params.folder)
