"""Figures of ctDNA: variants, levels, clearance, and ctDNA by HER2 group."""

import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.ctdna_by_her2 import derive_ctdna_by_her2, plot_ctdna_by_her2
from her2ctdna.figures.ctdna_clearance import (
    derive_ctdna_clearance,
    plot_ctdna_clearance,
)
from her2ctdna.figures.ctdna_trajectories import (
    derive_ctdna_trajectories,
    plot_ctdna_trajectories,
)
from her2ctdna.figures.draw import NO_LANDMARK, Drawing, Inputs
from her2ctdna.figures.oncoprint import plot_oncoprint
from her2ctdna.figures.oncoprint_table import derive_oncoprint, derive_plasma_draws


def _oncoprint(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    tables = given.tables
    drawn = derive_oncoprint(
        tables["variants"],
        tables["variant_status"],
        derive_plasma_draws(tables["samples"], tables["ctdna_samples"]),
        tables["patients"],
        at_landmark=tables["ctdna_landmarks"],
        landmark=given.landmark or NO_LANDMARK,
    )
    return drawn, plot_oncoprint(drawn, study=given.study)


def _ctdna_trajectories(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    tables = given.tables
    drawn = derive_ctdna_trajectories(tables["ctdna_samples"], tables["patients"])
    figure = plot_ctdna_trajectories(
        drawn, metric=given.metric, windows=given.windows, study=given.study
    )
    return drawn, figure


def _ctdna_clearance(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    tables = given.tables
    drawn = derive_ctdna_clearance(tables["ctdna_landmarks"], tables["patients"])
    return drawn, plot_ctdna_clearance(drawn, study=given.study)


def _ctdna_by_her2(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    drawn = derive_ctdna_by_her2(
        given.tables["patients"],
        given.tables["ctdna_samples"],
        given.tables["ctdna_landmarks"],
        given.tables["biomarkers"],
        landmark=given.landmark or NO_LANDMARK,
    )
    figure = plot_ctdna_by_her2(
        drawn, metric=given.metric, confidence=given.confidence, study=given.study
    )
    return drawn, figure


FIGURES: dict[str, Drawing] = {
    "oncoprint": _oncoprint,
    "ctdna_trajectories": _ctdna_trajectories,
    "ctdna_clearance": _ctdna_clearance,
    "ctdna_by_her2": _ctdna_by_her2,
}
