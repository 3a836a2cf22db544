"""Hazard ratios under each other on a log axis, an endpoint a panel."""

from collections.abc import Sequence
from math import log10
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from her2ctdna.figures.marks.palette import Line
from her2ctdna.figures.marks.sheet import MARGIN_MM, Sheet
from her2ctdna.figures.marks.style import (
    FAINT,
    INK,
    MUTED,
    SMALL_SIZE,
    Style,
    hazard,
    number,
)

NAMES = {
    "naive": "Naive (biased)",
    "landmark": "Landmark",
    "moving": "From the draw",
}
_LINE_MM = 4.2
_HEAD_MM = 7.0
_FOOT_MM = 9.0
_NAMES_MM = 21.0
_WORDS_MM = 26.0
_GAP_MM = 6.0
_LIMITS = (0.1, 10.0)
_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)
_ENDPOINTS = {"pfs": "PFS", "os": "OS"}


def measure_hazards(hazards: pd.DataFrame) -> float:
    """Return the height that `plot_hazards` takes."""
    most = hazards.groupby("endpoint").size().max() if len(hazards) else 0
    return float(_HEAD_MM + _LINE_MM * most + _FOOT_MM) if most else 0.0


def plot_hazards(
    sheet: Sheet, hazards: pd.DataFrame, endpoints: Sequence[str], *, top: float
) -> None:
    """Draw one panel an endpoint; an interval that leaves the axis has an arrow."""
    width = (sheet.width_mm - 2 * MARGIN_MM - _GAP_MM) / 2
    for place, endpoint in enumerate(endpoints):
        own = hazards[hazards["endpoint"] == endpoint]
        left = MARGIN_MM + place * (width + _GAP_MM)
        if own.empty:
            continue
        head = f"Hazard ratio of {_ENDPOINTS[endpoint]}, cleared over not cleared"
        sheet.text(left, top, head, fontweight="bold")
        room = width - _NAMES_MM - _WORDS_MM
        height = _LINE_MM * len(own)
        axes = sheet.axes(left + _NAMES_MM, top + _HEAD_MM - 2, room, height)
        for row, values in enumerate(own.itertuples()):
            middle = top + _HEAD_MM - 2 + (row + 0.5) * _LINE_MM
            words: Style = {"va": "center_baseline"}
            sheet.text(left, middle, NAMES[values.panel], **words)
            limits = (values.ci_low, values.ci_high)
            if any(value == value for value in (values.estimate, *limits)):
                is_biased = values.biased == "yes"
                _draw_interval(axes, values, row, is_biased=is_biased)
            end = left + width - _WORDS_MM + 2
            text = hazard(values.estimate, *limits)
            sheet.text(end, middle, text, **words)
        _finish(axes, len(own))


def write_hazard(row: Any) -> str:
    """Return a hazard ratio with its limits, penalised where it is monotone."""
    firth = (row.hazard_firth, row.hazard_firth_low, row.hazard_firth_high)
    return hazard(row.estimate, row.ci_low, row.ci_high, firth)


def _draw_interval(axes: Axes, values: Any, row: int, *, is_biased: bool) -> None:
    """Draw an estimate; a biased one is hollow and dashed."""
    low, high = _LIMITS
    unknown = values.ci_low != values.ci_low
    is_open = values.estimate != values.estimate
    least = 0.0 if is_open else values.estimate
    start = max(low, least if unknown else values.ci_low)
    end = values.ci_high if values.ci_high == values.ci_high else float("inf")
    dash: Line = (0, (2, 1.2)) if is_biased else "-"
    axes.plot([start, min(high, end)], [row, row], color=INK, lw=1.1, ls=dash)
    arrow: Style = {"color": INK, "markersize": 3.5, "clip_on": False}
    if values.ci_low < low or (unknown and is_open):
        axes.plot(low, row, marker="<", **arrow)
    if end > high:
        axes.plot(high, row, marker=">", **arrow)
    if low <= values.estimate <= high:
        face = "white" if is_biased else INK
        style: Style = {"markeredgecolor": INK, "markeredgewidth": 0.8}
        axes.plot(values.estimate, row, "s", ms=3.6, markerfacecolor=face, **style)


def _finish(axes: Axes, n: int) -> None:
    axes.axvline(1, color=INK, linewidth=0.6, zorder=0)
    axes.hlines(range(n), *_LIMITS, color=FAINT, linewidth=0.4, zorder=0)
    axes.set_xscale("log")
    axes.set_xlim(*_LIMITS)
    axes.set_ylim(n - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(FixedLocator(_TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(lambda value, _: number(value, _digits(value)))
    label = "cleared live longer  ←  →  cleared live shorter"
    axes.set_xlabel(label, color=MUTED, fontsize=SMALL_SIZE)


def _digits(value: float) -> int:
    return max(0, -int(log10(value) // 1))
