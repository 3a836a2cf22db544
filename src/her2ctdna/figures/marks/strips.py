"""Strips of categories: a row of cells or symbols beside a figure's patients."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from her2ctdna.figures.marks.palette import HER2_CATEGORIES, WHITE, Look
from her2ctdna.figures.marks.sheet import Sheet, marker
from her2ctdna.figures.marks.style import (
    FAINT,
    MUTED,
    SMALL_SIZE,
    shorten,
    shown,
    text_height_mm,
    text_width_mm,
)

UPRIGHT_MM = 0.75 * text_height_mm(SMALL_SIZE)
"""The narrowest column below which an id can stand upright."""

_LONGEST_MM = 25.0


def name_her2_categories(patients: pd.DataFrame) -> pd.Series:
    """Return the HER2 level of each patient, else the class; empty without either."""
    given = patients.reindex(columns=["her2_level", "her2_class"])
    category = given["her2_level"].fillna(given["her2_class"])
    return category.where(category.isin(HER2_CATEGORIES), "")


def draw_boxes(
    axes: Axes, boxes: pd.DataFrame, looks: Mapping[str, Look], *, zorder: float = 2
) -> None:
    """Draw boxes in the look of their ``name``, each look as one collection.

    ``boxes`` has ``name``, ``left``, ``right``, ``low`` and ``high`` in the units of
    the axes, whose limits stay as they are.
    """
    for name, own in boxes.groupby("name", sort=False):
        look = looks[str(name)]
        points = own[_CORNERS].to_numpy(float).reshape(-1, 4, 2)
        drawn = PolyCollection(
            list(points),
            facecolors=look.colour,
            edgecolors=MUTED if is_pale(look) else "none",
            linewidths=0.4,
            hatch=look.hatch or None,
            zorder=zorder,
        )
        axes.add_collection(drawn, autolim=False)


_CORNERS = ["left", "low", "right", "low", "right", "high", "left", "high"]


def draw_cells(axes: Axes, names: Sequence[str], looks: Mapping[str, Look]) -> None:
    """Fill axes with a row of cells, one a name, from left to right."""
    axes.bar(
        range(len(names)),
        1,
        width=0.9,
        color=[looks[name].colour for name in names],
        edgecolor=[FAINT if is_pale(looks[name]) else "none" for name in names],
        hatch=[looks[name].hatch for name in names],
    )
    _as_strip(axes, len(names))


def draw_symbols(
    axes: Axes, names: Sequence[str], looks: Mapping[str, Look], *, size: float
) -> None:
    """Fill axes with a row of symbols, one a name; a name without a look has none."""
    for name, look in looks.items():
        places = [place for place, other in enumerate(names) if other == name]
        axes.plot(places, [0.5] * len(places), **marker(look, size))
    _as_strip(axes, len(names))


def name_strip(sheet: Sheet, left: float, middle: float, name: str) -> None:
    """Write the name of a strip so that it ends at ``left``."""
    style = {"ha": "right", "va": "center_baseline", "fontsize": SMALL_SIZE}
    sheet.text(left - 1, middle, name, **style)


def name_columns(patients: Iterable[str], pitch: float) -> list[str]:
    """Return the ids to write upright at columns; none if columns are too narrow."""
    if pitch < UPRIGHT_MM:
        return []
    return [shorten(shown(name), _LONGEST_MM, size=SMALL_SIZE) for name in patients]


def measure_ids(ids: Sequence[str]) -> float:
    """Return the height that `write_ids` takes."""
    return max((text_width_mm(name, size=SMALL_SIZE) + 2 for name in ids), default=0.0)


def write_ids(
    sheet: Sheet, ids: Sequence[str], *, left: float, top: float, pitch: float
) -> None:
    """Write ids upright, one below each column."""
    style = {"rotation": 90, "ha": "center", "fontsize": SMALL_SIZE, "color": MUTED}
    for place, name in enumerate(ids):
        sheet.text(left + (place + 0.5) * pitch, top, name, **style)


def is_pale(look: Look) -> bool:
    """Tell whether a look needs an outline on white."""
    return look.colour == WHITE or bool(look.hatch)


def _as_strip(axes: Axes, n: int) -> None:
    axes.set_xlim(-0.5, n - 0.5)
    axes.set_ylim(0, 1)
    axes.set_axis_off()
