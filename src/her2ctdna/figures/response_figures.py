"""Figures of response: waterfall, swimmer, spider."""

import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.draw import Drawing, Inputs
from her2ctdna.figures.spider import derive_spider, plot_spider
from her2ctdna.figures.swimmer import plot_swimmer
from her2ctdna.figures.swimmer_table import derive_swimmer
from her2ctdna.figures.waterfall import derive_waterfall, plot_waterfall


def _waterfall(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    drawn = derive_waterfall(given.tables["patients"], landmarks=given.landmarks)
    return drawn, plot_waterfall(drawn, landmarks=given.landmarks, study=given.study)


def _swimmer(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    samples = given.tables.get("ctdna_samples")
    tables = given.tables
    drawn = derive_swimmer(tables["patients"], tables["visits"], samples)
    return drawn, plot_swimmer(drawn, study=given.study)


def _spider(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    drawn = derive_spider(given.tables["visits"], given.tables["patients"])
    return drawn, plot_spider(drawn, study=given.study)


FIGURES: dict[str, Drawing] = {
    "waterfall": _waterfall,
    "swimmer": _swimmer,
    "spider": _spider,
}
