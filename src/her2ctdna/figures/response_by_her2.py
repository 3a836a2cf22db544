"""Figure ``response_by_her2``: response rate along the HER2 axis, low against zero."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.palette import HER2_GROUPS, LEVELS, WHITE, Look
from her2ctdna.figures.marks.response_differences import select_differences
from her2ctdna.figures.marks.sheet import Study, open_sheet, plot_nothing
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    INK,
    MUTED,
    Style,
    number,
    percent,
    points,
    shown,
    text_width_mm,
)
from her2ctdna.figures.marks.survival_panel import write_p
from her2ctdna.statistics.method_names import CLOPPER_PEARSON, COCHRAN_ARMITAGE
from her2ctdna.wording import count_of

_COLUMNS = [
    "item",
    "group",
    "reference",
    "n",
    "N",
    "estimate",
    "ci_low",
    "ci_high",
    "monotone",
    "monotone_low",
    "monotone_high",
    "p_value",
    "test",
    "test_note",
]
_FIT = ["monotone", "monotone_low", "monotone_high"]
_UNSPECIFIED = "zero_unspecified"
_LOOKS = {
    **LEVELS,
    _UNSPECIFIED: Look("0, not\nspecified", "#8FB8D6"),
    **HER2_GROUPS,
}
_LEFT_MM = 15.0
_TOP_MM = 8.0
_PANEL_MM = 58.0
_FOOT_MM = 10.0
_SLOT_MM = 22.0
_GAP_SLOTS = 1.2
_HEADINGS = {
    "level": "By level; dashed: monotone fit with band",
    "class": "No level",
    "group": "By group",
}
_MARKERS = {"level": "o", "class": "o", "group": "D"}


def derive_response_by_her2(
    rates: pd.DataFrame,
    contrasts: pd.DataFrame,
    trend: pd.DataFrame,
    tests: pd.DataFrame,
) -> pd.DataFrame:
    """Return the response rate by HER2 level and group, and the difference.

    ``item`` is ``level`` (absent, ultralow, 1+, 2+), ``class`` (zero_unspecified,
    which has no place on that axis), ``group`` (zero, low) or ``difference``
    (low minus zero, Newcombe). All treated patients, Clopper-Pearson. ``monotone``
    and its band are those of ``trend``: the fit that never falls from one level to
    the next. ``p_value`` of the levels is that of the exact test of trend, in which
    a level counts by the scores of ``test_note``.
    """
    wanted = rates[
        (rates["endpoint"] == "orr")
        & (rates["population"] == "all_treated")
        & (rates["ci_method"] == CLOPPER_PEARSON)
        & (rates["N"] > 0)
    ].rename(columns={"rate": "estimate"})
    parts = [
        _pick(wanted, "level", "her2_level", list(LEVELS)),
        _pick(wanted, "class", "her2_class", [_UNSPECIFIED]),
        _pick(wanted, "group", "her2_group", ["zero", "low"]),
    ]
    fits = trend[(trend["endpoint"] == "orr") & (trend["population"] == "all_treated")]
    fitted = parts[0].merge(fits[["group", *_FIT]], how="left", on="group")
    parts[0] = fitted.assign(**_test_of_trend(tests))
    differences = select_differences(contrasts)
    difference = differences[
        (differences["population"] == "all_treated")
        & (differences["group_by"] == "her2_group")
    ].assign(item="difference")
    every = [part for part in [*parts, difference] if len(part)]
    drawn = pd.concat(every) if every else pd.DataFrame(columns=_COLUMNS)
    drawn = drawn.reindex(columns=_COLUMNS)
    is_difference = drawn["item"] == "difference"
    return drawn.assign(n=drawn["n"].mask(is_difference)).reset_index(drop=True)


def _test_of_trend(tests: pd.DataFrame) -> dict[str, object]:
    """Return the exact test of trend along the levels, if it was made."""
    found = tests[
        (tests["endpoint"] == "orr")
        & (tests["population"] == "all_treated")
        & (tests["biomarker"] == "her2_level")
        & (tests["test"] == COCHRAN_ARMITAGE)
        & (tests["role"] == "primary")
    ]
    if found.empty:
        return {"p_value": np.nan, "test": None, "test_note": None}
    row = found.iloc[0]
    return {"p_value": row["p_value"], "test": row["test"], "test_note": row["note"]}


def _pick(
    rates: pd.DataFrame, item: str, group_by: str, groups: list[str]
) -> pd.DataFrame:
    """Return the rates of some groups in their order."""
    own = rates[(rates["group_by"] == group_by) & rates["group"].isin(groups)]
    order = own["group"].map({name: place for place, name in enumerate(groups)})
    return own.assign(item=item, order=order).sort_values("order")


def plot_response_by_her2(
    drawn: pd.DataFrame, *, confidence: float, study: Study
) -> Figure:
    """Draw a rate and its interval a level, and beside them low against zero."""
    rates = drawn[drawn["item"] != "difference"]
    if rates.empty:
        return plot_nothing(
            "No treated patient has a HER2 level or group.",
            title="Response by HER2",
            study=study,
        )
    rates = rates.assign(x=_places(rates["item"]))
    sheet = open_sheet(
        _TOP_MM + _PANEL_MM + _FOOT_MM,
        title=_title(drawn),
        subtitle=f"{_patients(rates)}; {percent(confidence)} intervals: "
        "Clopper-Pearson for rates, Newcombe for the difference. Beside each point: "
        f"% and responders/patients.{_trend_words(rates)}",
        study=study,
    )
    slots = rates["x"].max() + 1
    width = min(DOUBLE_COLUMN_MM - _LEFT_MM - 4, _SLOT_MM * slots)
    axes = sheet.axes(_LEFT_MM, _TOP_MM, width, _PANEL_MM)
    _draw_fit(axes, rates)
    _draw_rates(axes, rates)
    _draw_headings(axes, rates)
    axes.set_xlim(-0.5, slots - 0.5)
    axes.set_ylim(0, 100)
    axes.set_ylabel("Objective response rate (%)")
    axes.grid(axis="y")
    axes.tick_params(axis="x", length=0)
    return sheet.figure


def draw_response_by_her2(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw response along the HER2 axis, with the test of its trend."""
    names = ("rates", "contrasts", "her2_trend", "tests")
    tables = (given.tables[name] for name in names)
    drawn = derive_response_by_her2(*tables)
    figure = plot_response_by_her2(
        drawn, confidence=given.confidence, study=given.study
    )
    return drawn, figure


def _trend_words(rates: pd.DataFrame) -> str:
    levels = rates[(rates["item"] == "level") & rates["test"].notna()]
    if levels.empty:
        return ""
    row = levels.iloc[0]
    note = f" ({shown(row['test_note'])})" if shown(row["test_note"]) else ""
    return f" Exact Cochran-Armitage test of trend{note}: {write_p(row['p_value'])}."


def _places(items: pd.Series) -> list[float]:
    """Return where groups stand: parts of the axis are apart, wide as their heading."""
    places: list[float] = []
    start = 0.0
    last = None
    for item in items:
        if item != last and places:
            heading = text_width_mm(_HEADINGS.get(str(last), ""), bold=True)
            places.append(
                max(places[-1] + _GAP_SLOTS, start + heading / _SLOT_MM + 0.3)
            )
            start = places[-1]
        else:
            places.append(places[-1] + 1 if places else 0.0)
        last = item
    return places


def _patients(rates: pd.DataFrame) -> str:
    groups = rates[rates["item"] == "group"]
    if groups.empty:
        return f"{count_of(rates['N'].sum(), 'patient')} treated with a HER2 level"
    return f"{count_of(groups['N'].sum(), 'patient')} treated with a HER2 group"


def _title(drawn: pd.DataFrame) -> str:
    known = drawn[drawn["item"] == "group"].set_index("group")["estimate"]
    rates = [
        f"{percent(known[name])} in {HER2_GROUPS[name].label}"
        for name in ("low", "zero")
        if name in known
    ]
    title = f"ORR {', '.join(rates)}" if rates else "Objective response by HER2 level"
    for row in drawn[drawn["item"] == "difference"].itertuples():
        title += f"; difference {points(row.estimate, row.ci_low, row.ci_high)}"
    return title


def _draw_rates(axes: Axes, rates: pd.DataFrame) -> None:
    labels = []
    for row in rates.itertuples():
        look = _LOOKS[row.group]
        low, high = 100 * row.ci_low, 100 * row.ci_high
        axes.plot([row.x, row.x], [low, high], color=look.ink, linewidth=1.2)
        style: Style = {"markeredgecolor": INK, "markeredgewidth": 0.5}
        marker = _MARKERS[row.item]
        axes.plot(
            row.x,
            100 * row.estimate,
            marker,
            color=_fill(row.item, row.group),
            clip_on=False,
            **style,
        )
        axes.annotate(
            f"{number(100 * row.estimate)}\n{row.n:.0f}/{row.N:.0f}",
            (row.x, min(max(100 * row.estimate, 4), 97)),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            linespacing=1.05,
            bbox={"facecolor": WHITE, "edgecolor": "none", "alpha": 0.75, "pad": 0.4},
        )
        labels.append(look.label)
    axes.set_xticks(rates["x"], labels)


def _fill(item: str, group: str) -> str:
    """Return the colour of a point; what has no place on the axis is hollow."""
    return WHITE if item == "class" else _LOOKS[group].colour


def _draw_fit(axes: Axes, rates: pd.DataFrame) -> None:
    """Draw the monotone fit as steps that hold around each level, and its band."""
    fitted = rates[rates["monotone"].notna()]
    if fitted.empty:
        return
    edges = [edge for x in fitted["x"] for edge in (x - 0.3, x + 0.3)]
    values, low, high = (
        np.repeat(100 * fitted[name].to_numpy(dtype=float), 2) for name in _FIT
    )
    axes.fill_between(edges, low, high, color=MUTED, alpha=0.16, linewidth=0)
    axes.plot(edges, values, color=MUTED, linewidth=0.8, linestyle=(0, (3, 2)))


def _draw_headings(axes: Axes, rates: pd.DataFrame) -> None:
    """Name the parts of the axis above the panel."""
    for item, name in _HEADINGS.items():
        own = rates.loc[rates["item"] == item, "x"]
        if len(own):
            axes.text(own.min() - 0.4, 107, name, fontweight="bold", va="bottom")
