"""Panels side by side, one a HER2 group."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from her2ctdna.figures.palette import HER2_GROUPS
from her2ctdna.figures.sheet import Sheet
from her2ctdna.figures.style import MUTED

_LEFT_MM = 14.0
_GAP_MM = 8.0
_RIGHT_MM = 4.0


def place_panels(
    sheet: Sheet, groups: pd.Series, top: float, height: float
) -> Iterator[tuple[Axes, str]]:
    """Give axes for each HER2 group that occurs; they share the y axis.

    Patients without a group have a panel of their own, the last.
    """
    present = [name for name in HER2_GROUPS if (groups == name).any()]
    room = sheet.width_mm - _LEFT_MM - _RIGHT_MM - _GAP_MM * (len(present) - 1)
    width = room / len(present)
    for place, name in enumerate(present):
        axes = sheet.axes(_LEFT_MM + place * (width + _GAP_MM), top, width, height)
        if place:
            axes.tick_params(axis="y", labelleft=False)
        yield axes, name


def label_panel(axes: Axes, group: str, n: int) -> None:
    """Write the HER2 group of a panel and its number of patients."""
    look = HER2_GROUPS[group]
    is_only = not group and len(axes.get_figure().axes) == 1
    name = "All patients" if is_only else look.label
    axes.set_title(f"{name} (n = {n})", color=MUTED if not group else look.colour)
