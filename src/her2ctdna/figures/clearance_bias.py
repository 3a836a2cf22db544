"""Figure ``clearance_bias``: outcome by clearance, naive and guarded, side by side."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.clearance_bias_table import (
    PANELS,
    Sides,
    derive_clearance_bias,
    write_gaps,
)
from her2ctdna.figures.draw import NO_LANDMARK, Inputs
from her2ctdna.figures.kaplan_meier import NAMES
from her2ctdna.figures.marks.hazard_axis import (
    measure_hazards,
    plot_hazards,
    write_hazard,
)
from her2ctdna.figures.marks.key import Key, draw_keys, measure_keys
from her2ctdna.figures.marks.palette import CLEARANCES, Look
from her2ctdna.figures.marks.sheet import Sheet, Study, open_sheet, plot_nothing
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    INK,
    MUTED,
    SMALL_SIZE,
    Style,
    percent,
    shorten,
    shown,
    text_height_mm,
    text_width_mm,
)
from her2ctdna.figures.marks.survival_panel import (
    RISK_MM,
    draw_curves,
    scale_months,
    write_p,
    write_risk,
)
from her2ctdna.statistics.method_names import LOG_RANK_PERMUTATION, MANTEL_BYAR

_LOOKS: dict[str, Look] = {
    "not_cleared": CLEARANCES["not_cleared"],
    "cleared": CLEARANCES["cleared"],
}
_HEADINGS = {
    "naive": "Naive: ever cleared, from first dose",
    "landmark": "Landmark: cleared by {landmark}",
    "moving": "Simon-Makuch: from the draw on",
}
_SINCE = {"naive": "first dose", "landmark": "{landmark}", "moving": "first dose"}
_STAMP = "BIASED: IMMORTAL TIME"
_TESTS = {
    LOG_RANK_PERMUTATION: "Log-rank by permutation",
    MANTEL_BYAR: "Mantel-Byar",
}
_LEFT_MM = 23.0
_GAP_MM = 11.0
_RIGHT_MM = 4.0
_PANEL_MM = 36.0
_HEAD_MM = 2 * text_height_mm(7) + 1.0
_AXIS_MM = 8.0
_ROW_MM = _HEAD_MM + _PANEL_MM + _AXIS_MM + 2 * RISK_MM + 4
_WIDTH_MM = (DOUBLE_COLUMN_MM - _LEFT_MM - _RIGHT_MM - 2 * _GAP_MM) / 3


def plot_clearance_bias(
    drawn: pd.DataFrame, *, landmark: str, confidence: float, study: Study
) -> Figure:
    """Draw three ways to ask the same, a row an endpoint, and their hazard ratios."""
    curves = drawn[drawn["item"] == "curve"]
    endpoints = [name for name in NAMES if (curves["endpoint"] == name).any()]
    if not endpoints:
        return plot_nothing(
            "No patient with ctDNA at baseline is followed.",
            title="Outcome by clearance, naive and guarded",
            study=study,
        )
    keys = [Key("", list(_LOOKS.values()), "line")]
    top = measure_keys(keys) + 1.5
    below = top + _ROW_MM * len(endpoints)
    hazards = drawn[drawn["item"] == "hazard_ratio"]
    sheet = open_sheet(
        below + measure_hazards(hazards),
        title=_title(hazards, endpoints),
        subtitle="Left is the mistake to be recognised: who cleared had to live "
        "without the event until that draw; it has no test. The landmark counts from "
        "its day, Simon and Makuch move a patient to the cleared at the draw. Below: "
        f"at risk (events so far). {percent(confidence)} bands and intervals. "
        f"{write_gaps(_sides(hazards, endpoints[0]))}",
        study=study,
    )
    draw_keys(sheet, keys)
    for row, endpoint in enumerate(endpoints):
        own = drawn[drawn["endpoint"] == endpoint]
        _draw_row(sheet, own, top + row * _ROW_MM, endpoint, landmark)
    plot_hazards(sheet, hazards, endpoints, top=below)
    return sheet.figure


def draw_clearance_bias(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw survival by clearance, naive and from the headline's landmark."""
    names = ("survival_curves", "clearance_curves", "contrasts", "tests")
    landmark = given.landmark or NO_LANDMARK
    drawn = derive_clearance_bias(
        *(given.tables[name] for name in names), landmark=landmark
    )
    return drawn, plot_clearance_bias(
        drawn, landmark=landmark, confidence=given.confidence, study=given.study
    )


def _sides(hazards: pd.DataFrame, endpoint: str) -> dict[str, Sides]:
    """Return the patients and events of each panel of an endpoint."""
    own = hazards[hazards["endpoint"] == endpoint]
    names = ["panel", "n", "n_reference", "n_events", "n_events_reference"]
    return {
        panel: Sides(*numbers)
        for panel, *numbers in own[names].itertuples(index=False, name=None)
    }


def _title(hazards: pd.DataFrame, endpoints: list[str]) -> str:
    """Return the naive and the guarded hazard ratios of the first endpoint."""
    own = hazards[hazards["endpoint"] == endpoints[0]]
    own = own[own[["estimate", "ci_low", "ci_high"]].notna().any(axis=1)]
    words = {"naive": "naive", "landmark": "at the landmark", "moving": "from the draw"}
    parts = [f"{words[row.panel]} {write_hazard(row)}" for row in own.itertuples()]
    if not parts:
        return f"{NAMES[endpoints[0]]} by clearance: no hazard ratio can be estimated"
    return f"Hazard ratio of clearance for {NAMES[endpoints[0]]}: {', '.join(parts)}"


def _draw_row(
    sheet: Sheet, own: pd.DataFrame, top: float, endpoint: str, landmark: str
) -> None:
    for place, panel in enumerate(PANELS):
        left = _LEFT_MM + place * (_WIDTH_MM + _GAP_MM)
        rows = own[own["panel"] == panel]
        _write_heading(sheet, rows, panel, left, top, landmark)
        curves = rows[rows["item"] == "curve"]
        groups = {
            name: found
            for name in _LOOKS
            if len(found := curves[curves["group"] == name])
        }
        if not groups:
            style = {"color": MUTED, "ha": "center"}
            middle = left + _WIDTH_MM / 2
            sheet.text(middle, top + _HEAD_MM + 10, "nobody is followed", **style)
            continue
        axes = sheet.axes(left, top + _HEAD_MM, _WIDTH_MM, _PANEL_MM)
        _draw_panel(axes, groups, panel, landmark)
        if place == 0:
            axes.set_ylabel(f"{NAMES[endpoint]} (%)")
        else:
            axes.tick_params(axis="y", labelleft=False)
        risk = top + _HEAD_MM + _PANEL_MM + _AXIS_MM
        names_mm = _LEFT_MM - 7 if place == 0 else 0.0
        looks = _LOOKS if names_mm else _unnamed()
        spot = {"left": left, "top": risk, "names_mm": names_mm}
        write_risk(sheet, axes, groups, looks, **spot)


def _unnamed() -> dict[str, Look]:
    """Return the looks without a label: the first panel names the rows of all."""
    return {name: look._replace(label="") for name, look in _LOOKS.items()}


def _draw_panel(
    axes: Axes, groups: Mapping[str, pd.DataFrame], panel: str, landmark: str
) -> None:
    draw_curves(axes, groups, _LOOKS)
    scale_months(axes, groups, _WIDTH_MM)
    since = _SINCE[panel].format(landmark=shorten(shown(landmark), 22, size=6))
    axes.set_xlabel(f"Months since {since}")
    if panel == "naive":
        axes.set_facecolor("#F7F1F1")


def _write_heading(
    sheet: Sheet, rows: pd.DataFrame, panel: str, left: float, top: float, landmark: str
) -> None:
    """Write what is compared, and the p of its test if it may have one."""
    head = _HEADINGS[panel].format(landmark=shown(landmark))
    head = shorten(head, _WIDTH_MM + 4, size=SMALL_SIZE + 0.8, bold=True)
    style: Style = {"fontsize": SMALL_SIZE + 0.8, "fontweight": "bold"}
    sheet.text(left - 1, top, head, **style)
    below = top + text_height_mm(7)
    if panel == "naive":
        _stamp(sheet, left - 1, below)
        return
    found = rows[rows["item"] == "hazard_ratio"]
    text = "not tested"
    if len(found) and found["test"].iloc[0] in _TESTS:
        row = found.iloc[0]
        text = f"{_TESTS[row['test']]}: {write_p(row['p_value'])}"
    marks = [mark for mark in rows["few"].dropna().unique() if mark]
    text = "; ".join([text, *marks])
    sheet.text(left - 1, below, text, fontsize=SMALL_SIZE, color=MUTED)


def _stamp(sheet: Sheet, left: float, top: float) -> None:
    """Stamp the panel that must not be believed."""
    width = text_width_mm(_STAMP, size=SMALL_SIZE, bold=True) + 2
    box: Style = {"facecolor": "none", "edgecolor": INK, "linewidth": 0.7}
    sheet.rectangle(left, top - 0.2, width, 3.0, **box)
    style: Style = {"fontsize": SMALL_SIZE, "fontweight": "bold"}
    middle = left + width / 2, top + 1.3
    sheet.text(*middle, _STAMP, ha="center", va="center_baseline", **style)
