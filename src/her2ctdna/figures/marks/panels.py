"""Panels side by side, one a HER2 group, and the lines of patients in them."""

from collections.abc import Iterator
from math import ceil

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MultipleLocator

from her2ctdna.figures.marks.palette import HER2_GROUPS, RESPONSES
from her2ctdna.figures.marks.sheet import Sheet
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    MM_PER_INCH,
    POINTS_PER_INCH,
    Style,
)

_LEFT_MM = 15.0
_GAP_MM = 7.0
_RIGHT_MM = 4.0
_SHARE_WITHOUT_GROUP = 0.5
_TICK_MM = 7.0


def place_panels(
    sheet: Sheet, groups: pd.Series, top: float, height: float
) -> Iterator[tuple[Axes, str]]:
    """Give axes for each HER2 group that occurs; they share the y axis.

    Patients without a group have a panel of their own, the last and a narrow one.
    """
    present = [name for name in HER2_GROUPS if (groups == name).any()]
    room = sheet.width_mm - _LEFT_MM - _RIGHT_MM - _GAP_MM * (len(present) - 1)
    shares = [1.0 if name else _SHARE_WITHOUT_GROUP for name in present]
    left = _LEFT_MM
    for name, share in zip(present, shares, strict=True):
        width = room * share / sum(shares)
        axes = sheet.axes(left, top, width, height)
        if left > _LEFT_MM:
            axes.tick_params(axis="y", labelleft=False)
        yield axes, name
        left += width + _GAP_MM


def label_panel(
    axes: Axes, group: str, n: int, *, is_only: bool, above_mm: float = 0.0
) -> None:
    """Write the HER2 group of a panel and its number of patients above it."""
    look = HER2_GROUPS[group]
    name = "All patients" if is_only and not group else look.label
    pad = rcParams["axes.titlepad"] + above_mm / MM_PER_INCH * POINTS_PER_INCH
    axes.set_title(f"{name} (n = {n})", color=look.ink, fontweight="bold", pad=pad)


def show_weeks(axes: Axes, weeks: pd.Series) -> None:
    """Give the x axis the weeks of all panels, ticked as its width allows."""
    axes.set_xlim(weeks.min() - 1, weeks.max() * 1.02 + 0.5)
    width_mm = axes.get_position().width * DOUBLE_COLUMN_MM
    wanted = (weeks.max() - weeks.min()) * _TICK_MM / width_mm
    axes.xaxis.set_major_locator(MultipleLocator(6 * ceil(max(wanted, 1) / 6)))
    axes.set_xlabel("Weeks since first dose")


def draw_lines(axes: Axes, points: pd.DataFrame, *, width: float) -> None:
    """Join ``x`` and ``y`` of each patient, in the look of the ``response``.

    Points without a ``y`` are left out; the line goes on to the next.
    """
    known = points[points["y"].notna()]
    for response, look in RESPONSES.items():
        own = known[known["response"] == response]
        lines = [
            list(zip(line["x"], line["y"], strict=True))
            for _, line in own.groupby("patient_id")
        ]
        if lines:
            style: Style = {
                "colors": look.ink,
                "linewidths": width,
                "linestyles": [look.line],
            }
            axes.add_collection(LineCollection(lines, **style))
