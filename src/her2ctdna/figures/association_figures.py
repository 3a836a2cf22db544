"""Figures of association: response by HER2, in context, forest, survival, the model."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.clearance_bias import plot_clearance_bias
from her2ctdna.figures.clearance_bias_table import derive_clearance_bias
from her2ctdna.figures.draw import NO_LANDMARK, Drawing, Inputs
from her2ctdna.figures.forest import derive_forest, plot_forest
from her2ctdna.figures.kaplan_meier import (
    derive_kaplan_meier,
    plot_kaplan_meier,
)
from her2ctdna.figures.model_performance import plot_model_performance
from her2ctdna.figures.model_performance_table import derive_model_performance
from her2ctdna.figures.published_context import derive_context, plot_context
from her2ctdna.figures.response_by_her2 import (
    derive_response_by_her2,
    plot_response_by_her2,
)
from her2ctdna.reference.published import list_context
from her2ctdna.sets.groupings import FIRST_DOSE
from her2ctdna.settings.landmark_columns import name_clearance


def _response_by_her2(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    names = ("rates", "contrasts", "her2_trend", "tests")
    tables = (given.tables[name] for name in names)
    drawn = derive_response_by_her2(*tables)
    figure = plot_response_by_her2(
        drawn, confidence=given.confidence, study=given.study
    )
    return drawn, figure


def _context(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    published = list_context(confidence=given.confidence)
    drawn = derive_context(given.tables["rates"], published)
    return drawn, plot_context(drawn, confidence=given.confidence, study=given.study)


def _forest(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    drawn = derive_forest(given.tables["contrasts"], given.tables["tests"])
    return drawn, plot_forest(drawn, confidence=given.confidence, study=given.study)


def _by_her2(given: Inputs, *, endpoint: str) -> tuple[pd.DataFrame, Figure]:
    return _kaplan_meier(
        given,
        endpoint=endpoint,
        group_by="her2_group",
        origin=FIRST_DOSE,
        groups=("zero", "low"),
        subject="HER2 group",
    )


def _by_clearance(given: Inputs, *, endpoint: str) -> tuple[pd.DataFrame, Figure]:
    landmark = given.landmark or NO_LANDMARK
    return _kaplan_meier(
        given,
        endpoint=endpoint,
        group_by=name_clearance(landmark),
        origin=landmark,
        groups=("not_cleared", "cleared"),
        subject=f"ctDNA clearance at {landmark}",
    )


def _kaplan_meier(
    given: Inputs,
    *,
    endpoint: str,
    group_by: str,
    origin: str,
    groups: tuple[str, ...],
    subject: str,
) -> tuple[pd.DataFrame, Figure]:
    drawn = derive_kaplan_meier(
        given.tables["survival_curves"],
        given.tables["survival"],
        given.tables["contrasts"],
        given.tables["tests"],
        endpoint=endpoint,
        group_by=group_by,
        origin=origin,
        groups=groups,
    )
    figure = plot_kaplan_meier(
        drawn, subject=subject, confidence=given.confidence, study=given.study
    )
    return drawn, figure


def _clearance_bias(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    names = ("survival_curves", "contrasts", "tests")
    landmark = given.landmark or NO_LANDMARK
    drawn = derive_clearance_bias(
        *(given.tables[name] for name in names), landmark=landmark
    )
    return drawn, plot_clearance_bias(
        drawn, landmark=landmark, confidence=given.confidence, study=given.study
    )


def _model_performance(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    names = ("model", "model_predictions", "model_selection")
    drawn = derive_model_performance(
        *(given.tables[name] for name in names), confidence=given.confidence
    )
    figure = plot_model_performance(
        drawn, confidence=given.confidence, study=given.study
    )
    return drawn, figure


FIGURES: dict[str, Drawing] = {
    "response_by_her2": _response_by_her2,
    "context": _context,
    "forest": _forest,
    "km_pfs_her2": partial(_by_her2, endpoint="pfs"),
    "km_os_her2": partial(_by_her2, endpoint="os"),
    "km_pfs_clearance": partial(_by_clearance, endpoint="pfs"),
    "km_os_clearance": partial(_by_clearance, endpoint="os"),
    "clearance_bias": _clearance_bias,
    "model_performance": _model_performance,
}
