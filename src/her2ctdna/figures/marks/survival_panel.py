"""A panel of survival curves: steps, bands, medians, and who is still at risk.

lifelines draws such panels, but its table of numbers at risk moves with the length of
words and its labels meet (docs/decisions/0005).
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from her2ctdna.figures.marks.palette import Look
from her2ctdna.figures.marks.sheet import Sheet
from her2ctdna.figures.marks.style import (
    DAYS_PER_MONTH,
    FAINT,
    MUTED,
    SMALL_SIZE,
    TEXT_SIZE,
    Style,
    number,
    shorten,
    text_width_mm,
)

RISK_MM = 3.6
_STEPS = (1, 2, 3, 6, 12, 24, 60)
_TICK_ROOM_MM = 2.0

Curves = Mapping[str, pd.DataFrame]
"""The rows of each group: time, numbers, survival and its limits."""


def draw_curves(axes: Axes, curves: Curves, looks: Mapping[str, Look]) -> None:
    """Draw each curve with its band, ticks where patients were censored."""
    for name, curve in curves.items():
        look = looks[name]
        time = curve["time_days"] / DAYS_PER_MONTH
        axes.fill_between(
            time,
            100 * curve["ci_low"].astype(float),
            100 * curve["ci_high"].astype(float),
            step="post",
            color=look.colour,
            alpha=0.16,
            linewidth=0,
        )
        survival = 100 * curve["survival"]
        style: Style = {"color": look.ink, "linestyle": look.line}
        axes.step(time, survival, where="post", linewidth=1.3, **style)
        marked = curve["censored"] > 0
        axes.plot(time[marked], survival[marked], "|", color=look.ink, markersize=4.5)


def drop_medians(
    axes: Axes, medians: Mapping[str, float], looks: Mapping[str, Look]
) -> None:
    """Draw a line from 50 % on the axis to each median that was reached, and down."""
    known = {name: days for name, days in medians.items() if days == days}
    if not known:
        return
    last = max(known.values()) / DAYS_PER_MONTH
    dotted: Style = {"linewidth": 0.6, "linestyle": (0, (1, 1.5))}
    axes.plot([0, last], [50, 50], color=MUTED, zorder=0.5, **dotted)
    for name, days in known.items():
        x = days / DAYS_PER_MONTH
        axes.plot([x, x], [0, 50], color=looks[name].ink, zorder=0.5, **dotted)


def scale_months(axes: Axes, curves: Curves, width: float) -> np.ndarray:
    """Give the axes months and percent; return the months that carry a tick.

    Ticks are as far apart as the widest entry of the numbers at risk needs.
    """
    last = max(curve["time_days"].max() for curve in curves.values()) / DAYS_PER_MONTH
    end = max(last * 1.02, 1)
    entries = (text for curve in curves.values() for text in _entries(curve, [0, end]))
    room = _TICK_ROOM_MM + max(text_width_mm(text, size=TEXT_SIZE) for text in entries)
    step = next((step for step in _STEPS if step * width / end >= room), _STEPS[-1])
    ticks = np.arange(0, last + 1e-9, step)
    axes.set_xlim(0, end)
    axes.set_ylim(0, 103)
    axes.set_xticks(ticks)
    axes.set_yticks(range(0, 101, 25))
    return ticks


def write_risk(
    sheet: Sheet,
    axes: Axes,
    curves: Curves,
    looks: Mapping[str, Look],
    *,
    left: float,
    top: float,
    names_mm: float,
) -> None:
    """Write below each tick how many are at risk, and in brackets the events so far.

    ``left`` is where the axes begin; the names of the groups end before it.
    """
    low, high = axes.get_xlim()
    ticks = axes.get_xticks()
    width = axes.get_position().width * sheet.width_mm
    style = {"va": "center_baseline"}
    for row, (name, curve) in enumerate(curves.items()):
        middle = top + (row + 0.5) * RISK_MM
        ink = looks[name].ink
        label = shorten(looks[name].label, names_mm, size=TEXT_SIZE)
        sheet.text(left - 5, middle, label, color=ink, ha="right", **style)
        for tick, text in zip(ticks, _entries(curve, ticks), strict=True):
            x = left + (tick - low) / (high - low) * width
            sheet.text(x, middle, text, color=ink, ha="center", **style)


def _entries(curve: pd.DataFrame, ticks: Iterable[float]) -> list[str]:
    """Return the number at risk at each month, and the events before it."""
    found = []
    for tick in ticks:
        is_later = curve["time_days"] >= tick * DAYS_PER_MONTH
        later = curve[is_later]
        n = later["at_risk"].iloc[0] if len(later) else 0
        found.append(f"{n:.0f} ({curve.loc[~is_later, 'events'].sum():.0f})")
    return found


def label_ends(
    sheet: Sheet,
    axes: Axes,
    curves: Curves,
    labels: Mapping[str, Sequence[str]],
    looks: Mapping[str, Look],
    *,
    right: float,
    top: float,
    height: float,
) -> None:
    """Write the lines of each curve at its height, right of the axes.

    A thin line leads there from where the curve ends; labels that would meet are
    moved apart. ``right``, ``top`` and ``height`` are of the axes, in mm.
    """
    line = 2.6
    ends = {name: float(curve["survival"].iloc[-1]) for name, curve in curves.items()}
    order = sorted(curves, key=lambda name: (-ends[name], name))
    below = top
    for place, name in enumerate(order):
        after = line * sum(len(labels[other]) for other in order[place:])
        after += 1.5 * (len(order) - place - 1)
        size = line * len(labels[name])
        wanted = top + height * (1 - ends[name] * 100 / 103) - size / 2
        y = max(below, min(wanted, top + height - after))
        _lead(sheet, axes, curves[name], right + 1.5, y + size / 2, (top, height))
        for number_of, text in enumerate(labels[name]):
            style: Style = {"color": looks[name].ink}
            style |= {"fontweight": "bold"} if number_of == 0 else {"color": MUTED}
            size_pt = TEXT_SIZE if number_of == 0 else SMALL_SIZE
            middle = y + (number_of + 0.5) * line
            style |= {"va": "center_baseline", "fontsize": size_pt}
            sheet.text(right + 2, middle, text, **style)
        below = y + size + 1.5


def _lead(
    sheet: Sheet,
    axes: Axes,
    curve: pd.DataFrame,
    x: float,
    y: float,
    span: tuple[float, float],
) -> None:
    """Draw the thin line from the end of a curve to its label."""
    low, high = axes.get_xlim()
    box = axes.get_position()
    width = box.width * sheet.width_mm
    months = curve["time_days"].iloc[-1] / DAYS_PER_MONTH
    start = box.x0 * sheet.width_mm + (months - low) / (high - low) * width
    end_y = span[0] + span[1] * (1 - float(curve["survival"].iloc[-1]) * 100 / 103)
    style: Style = {"color": FAINT, "linewidth": 0.5}
    sheet.line([start, x - 1, x], [end_y, end_y, y], zorder=0.2, **style)


def write_p(p: float) -> str:
    """Return a p-value with two digits, or that it is below 0.001."""
    if p != p:
        return "p not defined"
    if p < 0.001:
        return "p < 0.001"
    return f"p = {number(p, 3 if p < 0.1 else 2)}"
