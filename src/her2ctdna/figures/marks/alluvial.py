"""An alluvial flow: how units move from categories on the left to those on the right.

Each side is a stack of blocks in the order of the categories, each unit as high as
any other; a ribbon joins the units that go from one block to another.
"""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

import pandas as pd
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from her2ctdna.figures.marks.palette import Look
from her2ctdna.figures.marks.sheet import Sheet
from her2ctdna.figures.marks.style import INK, MUTED, SMALL_SIZE, Style, text_width_mm

_TOP_MM = 4.5
_BLOCK_MM = 3.5
_GAP_MM = 2.2
_LINE_MM = 2.3
"""A unit should be as high as this, to hold its number."""
_NUMBER_MM = 1.9
_MOST_MM = 110.0
_USUAL_MM = 44.0
_MOST_OF_ONE_MM = 6.0

_SIDES = ("first_value", "second_value")
_BESIDE_MM = 1.2

Interval = tuple[float, float]


class Ribbon(NamedTuple):
    """Units of one move: their categories, number, and where they start and end."""

    first: str
    second: str
    n: int
    start: Interval
    end: Interval


def measure_flow(moves: pd.DataFrame) -> float:
    """Return the height that `draw_flow` takes."""
    gaps = max(moves[side].nunique() for side in _SIDES) - 1
    blocks = float(moves["n"].sum()) * _unit_mm(moves) + _GAP_MM * gaps
    return float(_TOP_MM + blocks)


def least_numbered(moves: pd.DataFrame) -> int:
    """Return how many units a ribbon must have to be high enough for its number."""
    return ceil(_NUMBER_MM / _unit_mm(moves))


def draw_flow(
    sheet: Sheet,
    moves: pd.DataFrame,
    looks: Mapping[str, Look],
    *,
    left: float,
    top: float,
    width: float,
) -> None:
    """Draw moves with n > 0: ``first_value``, ``second_value`` and ``n`` of each.

    ``looks`` gives the order of the categories; ``first`` and ``second`` name the
    sides. A ribbon has the colour of where it starts, pale if it ends elsewhere.
    """
    first_mm, second_mm = (_widest_mm(_labels(moves, side, looks)) for side in _SIDES)
    start, end = left + first_mm, left + width - second_mm - _BLOCK_MM
    order, unit, y = list(looks), _unit_mm(moves), top + _TOP_MM
    blocks = {side: _stack(moves, side, order, unit, y) for side in _SIDES}
    ribbons = _ribbons(moves, order, unit, blocks)
    for ribbon in ribbons:
        _draw_ribbon(sheet, ribbon, looks, start + _BLOCK_MM, end)
        if ribbon.n >= least_numbered(moves):
            _write_number(sheet, ribbon, start + _BLOCK_MM + 2.2)
    for side, x in zip(_SIDES, (start, end), strict=True):
        title = str(moves[side.removesuffix("_value")].iloc[0]).capitalize()
        sheet.text(x + _BLOCK_MM / 2, top, title, color=MUTED, ha="center")
        _draw_blocks(sheet, blocks[side], looks, x)
        at = x - _BESIDE_MM if side == _SIDES[0] else x + _BLOCK_MM + _BESIDE_MM
        edge = "right" if side == _SIDES[0] else "left"
        _write_labels(sheet, blocks[side], _labels(moves, side, looks), at, edge)


def spread(middles: Sequence[float], apart: float, *, low: float) -> list[float]:
    """Return places near ``middles`` (ascending), at least ``apart`` from each other.

    A group that is too close together is centred on the mean of its places, and
    takes ``apart`` for each; no group begins before ``low``.
    """
    groups: list[tuple[float, list[float]]] = []
    for middle in middles:
        group = [middle]
        begin = max(low, middle - apart / 2)
        while groups and begin < groups[-1][0] + len(groups[-1][1]) * apart:
            group = groups.pop()[1] + group
            begin = max(low, (sum(group) / len(group)) - len(group) * apart / 2)
        groups.append((begin, group))
    return [
        begin + (place + 0.5) * apart
        for begin, group in groups
        for place in range(len(group))
    ]


def _labels(
    moves: pd.DataFrame, side: str, looks: Mapping[str, Look]
) -> dict[str, str]:
    """Return the name and number of each category of a side."""
    sizes = moves.groupby(side)["n"].sum()
    space = "\N{NO-BREAK SPACE}"
    return {
        name: f"{look.label}, n{space}={space}{sizes[name]:.0f}"
        for name, look in looks.items()
        if name in sizes
    }


def _widest_mm(labels: Mapping[str, str]) -> float:
    return max(text_width_mm(label) for label in labels.values()) + _BESIDE_MM


def _unit_mm(moves: pd.DataFrame) -> float:
    """Return the height of a unit: legible, unless the flow would be too high."""
    n = moves["n"].sum()
    legible = min(_LINE_MM, _MOST_MM / n)
    return float(min(_MOST_OF_ONE_MM, max(_USUAL_MM / n, legible)))


def _stack(
    moves: pd.DataFrame, side: str, order: Sequence[str], unit: float, top: float
) -> dict[str, Interval]:
    """Return where the block of each category is, in order."""
    sizes = moves.groupby(side)["n"].sum()
    blocks = {}
    for name in order:
        if name in sizes:
            blocks[name] = (top, top + float(sizes[name]) * unit)
            top = blocks[name][1] + _GAP_MM
    return blocks


def _ribbons(
    moves: pd.DataFrame,
    order: Sequence[str],
    unit: float,
    sides: Mapping[str, Mapping[str, Interval]],
) -> list[Ribbon]:
    """Return the ribbons, from top to bottom on the left; none crosses in a block."""
    n = moves.set_index(["first_value", "second_value"])["n"]
    free = {side: {name: at[0] for name, at in sides[side].items()} for side in sides}
    found = []
    for first in order:
        for second in order:
            if (first, second) in n.index:
                size = int(n[first, second])
                start = free["first_value"][first]
                end = free["second_value"][second]
                free["first_value"][first] += size * unit
                free["second_value"][second] += size * unit
                ends = (start, start + size * unit), (end, end + size * unit)
                found.append(Ribbon(first, second, size, *ends))
    return found


def _draw_ribbon(
    sheet: Sheet, ribbon: Ribbon, looks: Mapping[str, Look], left: float, right: float
) -> None:
    middle = (left + right) / 2
    (top, bottom), (end_top, end_bottom) = ribbon.start, ribbon.end
    outline = [
        *((left, top), (middle, top), (middle, end_top), (right, end_top)),
        *((right, end_bottom), (middle, end_bottom), (middle, bottom), (left, bottom)),
    ]
    curve = [Path.CURVE4] * 3
    path = Path(
        [sheet.place(*point) for point in outline],
        [Path.MOVETO, *curve, Path.LINETO, *curve],
    )
    look = looks[ribbon.first]
    style: Style = {"edgecolor": look.ink, "linewidth": 0.4}
    stays = ribbon.first == ribbon.second
    style |= {"facecolor": look.colour, "alpha": 0.75 if stays else 0.3}
    transform = sheet.figure.transFigure
    sheet.figure.add_artist(PathPatch(path, transform=transform, **style))


def _write_number(sheet: Sheet, ribbon: Ribbon, x: float) -> None:
    """Write the number of a ribbon where it starts."""
    style: Style = {"va": "center_baseline", "ha": "center"}
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
    style |= {"fontsize": SMALL_SIZE, "zorder": 4, "bbox": box}
    sheet.text(x, sum(ribbon.start) / 2, str(ribbon.n), color=INK, **style)


def _draw_blocks(
    sheet: Sheet, blocks: Mapping[str, Interval], looks: Mapping[str, Look], x: float
) -> None:
    for name, (top, bottom) in blocks.items():
        look = looks[name]
        box: Style = {"facecolor": look.colour, "edgecolor": INK}
        box |= {"hatch": look.hatch}
        sheet.rectangle(x, top, _BLOCK_MM, bottom - top, linewidth=0.4, **box)


def _write_labels(
    sheet: Sheet,
    blocks: Mapping[str, Interval],
    labels: Mapping[str, str],
    x: float,
    edge: str,
) -> None:
    """Write the name and number of each block beside it."""
    middles = [sum(block) / 2 for block in blocks.values()]
    low = min(top for top, _ in blocks.values())
    places = spread(middles, _LINE_MM + 0.4, low=low - _LINE_MM)
    for name, y in zip(blocks, places, strict=True):
        sheet.text(x, y, labels[name], va="center_baseline", ha=edge)
