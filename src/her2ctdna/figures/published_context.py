"""Figure ``context``: response by HER2 beside published rates, not against them."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.palette import HER2_GROUPS, Look
from her2ctdna.figures.marks.rows import ROW_MM, place_rows
from her2ctdna.figures.marks.sheet import (
    MARGIN_MM,
    Sheet,
    Study,
    marker,
    open_sheet,
    plot_nothing,
)
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    FAINT,
    INK,
    MUTED,
    SMALL_SIZE,
    TEXT_SIZE,
    interval,
    number,
    percent,
    shorten,
)
from her2ctdna.reference.published import CLASSES, list_context
from her2ctdna.statistics.method_names import CLOPPER_PEARSON
from her2ctdna.tables import Record

COLUMNS = [
    *["her2_class", "trial", "drug", "response", "group_by", "group"],
    *["n", "N", "estimate", "ci_low", "ci_high"],
    *["denominator", "doses", "n_over_N", "traced", "source"],
]
_SECTIONS = {
    "zero": "HER2-zero (IHC 0)",
    "low": "HER2-low (IHC 1+, or 2+ and ISH negative)",
    "positive": "HER2-positive (not asked of this study)",
}
_IHC_0 = {
    "absent": "IHC 0, no stained cell",
    "ultralow": "IHC 0, ultralow",
    "zero_unspecified": "IHC 0, staining not recorded",
}
_PUBLISHED = Look("published", "#8C8C8C", "s")
_THIS_STUDY = "This study"
_WARNING = "Other patients, other lines, other assays: not a comparison."
_REPORTED = "*"
"""Stands after a trial whose rate is known from a report of its source."""

_SHADE = "#F2F2F2"
_DRUG_MM = 33.0
_RESPONSE_MM = 54.5
_COUNTS_MM = 107.0
"""Where the counts end."""
_AXES_LEFT_MM = 111.0
_AXES_MM = 43.0
_INTERVAL_MM = 156.0


def derive_context(rates: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Return the ORR of this study by HER2 class, each with published ones below it.

    ``group_by`` and ``group`` are those of ``rates``, of published rows empty. Of this
    study all treated patients with Clopper-Pearson intervals: the two groups, and
    below HER2-zero its classes. Without a rate of this study there are no rows:
    published rates alone are no result of it.

    Parameters
    ----------
    rates
        The table of the analysis.
    published
        See `her2ctdna.reference.published.list_context`.
    """
    own = _own_rates(rates)
    if own.empty:
        return pd.DataFrame(columns=COLUMNS)
    other = published.assign(response=_describe_response(published)).rename(
        columns={"rate": "estimate"}
    )
    drawn = pd.concat([own, other.reindex(columns=COLUMNS)], ignore_index=True)
    place = drawn["her2_class"].map({name: i for i, name in enumerate(CLASSES)})
    ordered = drawn.assign(place=place).sort_values("place", kind="stable")
    return ordered[COLUMNS].reset_index(drop=True)


def _own_rates(rates: pd.DataFrame) -> pd.DataFrame:
    """Return the rates of this study with patients, group before class."""
    chosen = rates[
        (rates["endpoint"] == "orr")
        & (rates["population"] == "all_treated")
        & (rates["ci_method"] == CLOPPER_PEARSON)
        & (rates["N"] > 0)
    ].rename(columns={"rate": "estimate"})
    groups = chosen[
        (chosen["group_by"] == "her2_group") & chosen["group"].isin(CLASSES)
    ]
    classes = chosen[
        (chosen["group_by"] == "her2_class") & chosen["group"].isin(_IHC_0)
    ]
    own = [
        groups.assign(her2_class=groups["group"]),
        classes.assign(her2_class="zero"),
    ]
    every = pd.concat([part for part in own if len(part)] or own[:1])
    named = every.assign(trial=_THIS_STUDY, drug=None, response=None)
    return named.reindex(columns=COLUMNS)


def _describe_response(published: pd.DataFrame) -> list[str]:
    """Return how a published response was judged, as far as its source says."""
    words = {
        ("yes", "independent"): "confirmed, independent",
        ("yes", ""): "confirmed",
        ("", ""): "not stated",
    }
    told = published[["confirmed", "evaluator", "doses"]]
    return [
        words[confirmed, evaluator] + (", doses pooled" if doses == "pooled" else "")
        for confirmed, evaluator, doses in told.itertuples(index=False, name=None)
    ]


def plot_context(drawn: pd.DataFrame, *, confidence: float, study: Study) -> Figure:
    """Draw a rate and its interval a row, those of this study in front."""
    if drawn.empty:
        reason = (
            "No treated patient has a HER2 group, so no rate of this study is here."
        )
        return plot_nothing(reason, title="Response in context", study=study)
    tops, height = place_rows(drawn["her2_class"])
    sheet = open_sheet(
        height + 13,
        title=_title(drawn),
        subtitle=f"{_WARNING} Clopper-Pearson {percent(confidence)} intervals, those "
        "of published rates recomputed from their n/N; sources in the table beside the "
        f"figure. {_REPORTED} known from a report of the source.",
        study=study,
    )
    _write_headings(sheet)
    rows = drawn.to_dict("records")
    for row, top in zip(rows, tops, strict=True):
        if row["trial"] == _THIS_STUDY:
            _shade(sheet, 4 + top)
    _draw_rates(sheet.axes(_AXES_LEFT_MM, 4, _AXES_MM, height), rows, tops, height)
    seen: set[str] = set()
    for row, top in zip(rows, tops, strict=True):
        middle = 4 + top + ROW_MM / 2
        if row["her2_class"] not in seen:
            seen.add(row["her2_class"])
            style = {"va": "center_baseline", "color": MUTED}
            name = _SECTIONS[row["her2_class"]]
            sheet.text(MARGIN_MM, middle - ROW_MM - 0.4, name, **style)
        _write_row(sheet, row, middle)
    return sheet.figure


def draw_context(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw response by HER2 beside published rates."""
    published = list_context(confidence=given.confidence)
    drawn = derive_context(given.tables["rates"], published)
    return drawn, plot_context(drawn, confidence=given.confidence, study=given.study)


def _title(drawn: pd.DataFrame) -> str:
    groups = drawn[drawn["group_by"] == "her2_group"]
    rates = [
        f"{percent(row.estimate)} in {HER2_GROUPS[row.group].label}"
        for row in groups.itertuples()
    ]
    return f"ORR {', '.join(rates)}; published rates beside it"


def _write_headings(sheet: Sheet) -> None:
    style = {"fontsize": SMALL_SIZE, "color": MUTED, "va": "center_baseline"}
    sheet.text(_DRUG_MM, 2, "Drug", **style)
    sheet.text(_RESPONSE_MM, 2, "Response", **style)
    sheet.text(_COUNTS_MM, 2, "n/N", ha="right", **style)
    sheet.text(_INTERVAL_MM, 2, "Per cent (interval)", **style)


def _shade(sheet: Sheet, top: float) -> None:
    width = DOUBLE_COLUMN_MM - 2 * MARGIN_MM
    box = {"facecolor": _SHADE, "edgecolor": "none", "zorder": -1}
    sheet.rectangle(MARGIN_MM, top + 0.2, width, ROW_MM - 0.4, **box)


def _write_row(sheet: Sheet, row: Record, middle: float) -> None:
    is_own = row["trial"] == _THIS_STUDY
    is_group = row["group_by"] == "her2_group"
    style = {"va": "center_baseline", "fontweight": "bold" if is_group else "normal"}
    name = _name(row)
    room = _DRUG_MM - MARGIN_MM - 4 if not is_own else _COUNTS_MM - 20
    name = shorten(name, room, size=TEXT_SIZE, bold=is_group)
    sheet.text(MARGIN_MM + 3, middle, name, **style)
    if not is_own:
        sheet.text(_DRUG_MM, middle, row["drug"], **style)
        sheet.text(_RESPONSE_MM, middle, row["response"], **style)
    counts = f"{row['n']:.0f}/{row['N']:.0f}"
    sheet.text(_COUNTS_MM, middle, counts, ha="right", **style)
    limits = interval(100 * row["ci_low"], 100 * row["ci_high"], 0)
    text = f"{number(100 * row['estimate'])} {limits}"
    sheet.text(_INTERVAL_MM, middle, text, **style)


def _name(row: Record) -> str:
    if row["trial"] != _THIS_STUDY:
        return f"{row['trial']}{_REPORTED if row['traced'] == 'secondary' else ''}"
    if row["group_by"] == "her2_group":
        return f"{_THIS_STUDY}, {HER2_GROUPS[row['group']].label}"
    return f"{_THIS_STUDY}, {_IHC_0[row['group']]}"


def _draw_rates(
    axes: Axes, rows: list[Record], tops: list[float], height: float
) -> None:
    for row, top in zip(rows, tops, strict=True):
        is_own = row["trial"] == _THIS_STUDY
        look = HER2_GROUPS[row["her2_class"]] if is_own else _PUBLISHED
        y = top + ROW_MM / 2
        axes.hlines(y, 0, 100, color=FAINT, linewidth=0.4, zorder=0)
        low, high = 100 * row["ci_low"], 100 * row["ci_high"]
        axes.hlines(y, low, high, color=look.ink, linewidth=1.4 if is_own else 0.9)
        size = 5.0 if row["group_by"] == "her2_group" else 3.4
        style = marker(look, size) | {"markeredgecolor": INK, "clip_on": False}
        axes.plot(100 * row["estimate"], y, **style)
    axes.patch.set_visible(False)
    axes.set_xlim(0, 100)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MultipleLocator(25))
    axes.set_xlabel("Objective response rate (%)")
