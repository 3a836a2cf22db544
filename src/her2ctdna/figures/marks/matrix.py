"""A matrix of counts: how often each score of one side meets each of the other."""

from collections.abc import Sequence

import pandas as pd

from her2ctdna.figures.marks.sheet import Sheet
from her2ctdna.figures.marks.style import (
    FAINT,
    INK,
    MUTED,
    TEXT_SIZE,
    Style,
    shorten,
    words,
)

_CELL_MM = (12.5, 8.0)
_LEFT_MM = 25.0
_TOP_MM = 7.5
_SHADES = ("#FFFFFF", "#E6EBF2", "#CBD6E4", "#AFC1D6", "#93ACC8")


def measure_matrix(scores: Sequence[str]) -> float:
    """Return the height that `draw_matrix` takes."""
    return _TOP_MM + (len(scores) + 1) * _CELL_MM[1]


def draw_matrix(
    sheet: Sheet, cells: pd.DataFrame, scores: Sequence[str], left: float, top: float
) -> None:
    """Draw one comparison, the first reading down and the second across.

    ``cells`` has ``first`` and ``second`` (names), ``first_value``, ``second_value``
    and ``n`` of every pair of scores. Shades follow n; equal scores are outlined.
    """
    width, height = _CELL_MM
    x0, y0 = left + _LEFT_MM, top + _TOP_MM
    middle = x0 + width * len(scores) / 2
    room = width * (len(scores) + 1)
    name = shorten(_capitalise(cells["second"].iloc[0]), room, size=TEXT_SIZE)
    sheet.text(middle, top, name, ha="center", color=MUTED)
    name = shorten(_capitalise(cells["first"].iloc[0]), _LEFT_MM - 8, size=TEXT_SIZE)
    y_middle = y0 + height * len(scores) / 2
    sheet.text(x0 - 8, y_middle, name, va="center_baseline", ha="right", color=MUTED)
    counts = cells.pivot(index="first_value", columns="second_value", values="n")
    most = counts.max().max()
    for i, score in enumerate(scores):
        _write_margins(sheet, counts, scores, i, (x0, y0))
        for j, other in enumerate(scores):
            corner = x0 + j * width, y0 + i * height
            _draw_cell(sheet, corner, int(counts.loc[score, other]), most, i == j)


def _capitalise(name: str) -> str:
    """Return a name with a first capital; capitals inside it stay."""
    shown = words(name)
    return shown[:1].upper() + shown[1:]


def _write_margins(
    sheet: Sheet,
    counts: pd.DataFrame,
    scores: Sequence[str],
    place: int,
    origin: tuple[float, float],
) -> None:
    """Write a score before its row and above its column, and the total after each."""
    (x0, y0), (width, height) = origin, _CELL_MM
    score = scores[place]
    x, y = x0 + (place + 0.5) * width, y0 + (place + 0.5) * height
    end = len(scores) + 0.5
    style = {"va": "center_baseline", "ha": "center"}
    sheet.text(x0 - 4, y, score, **style)
    sheet.text(x, y0 - 2, score, **style)
    style |= {"color": MUTED}
    sheet.text(x0 + end * width, y, f"{counts.loc[score].sum():.0f}", **style)
    sheet.text(x, y0 + end * height, f"{counts[score].sum():.0f}", **style)


def _draw_cell(
    sheet: Sheet, corner: tuple[float, float], n: int, most: float, is_same: bool
) -> None:
    shade = _SHADES[int(-(-n * (len(_SHADES) - 1) // most))]
    box: Style = {"edgecolor": "white", "facecolor": shade}
    if is_same:
        box |= {"edgecolor": INK, "linewidth": 1.0, "zorder": 3}
    sheet.rectangle(*corner, *_CELL_MM, **box)
    middle = corner[0] + _CELL_MM[0] / 2, corner[1] + _CELL_MM[1] / 2
    style: Style = {"va": "center_baseline", "ha": "center", "zorder": 4}
    style |= {"color": INK, "fontweight": "bold"} if n else {"color": FAINT}
    sheet.text(*middle, str(n), **style)
