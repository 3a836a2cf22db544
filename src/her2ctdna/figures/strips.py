"""Strips of categories: a row of cells or symbols beside a figure's patients."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from her2ctdna.figures.palette import WHITE, Look
from her2ctdna.figures.sheet import Sheet, marker
from her2ctdna.figures.style import FAINT, SMALL_SIZE


def draw_cells(axes: Axes, names: Sequence[str], looks: Mapping[str, Look]) -> None:
    """Fill axes with a row of cells, one a name, from left to right."""
    axes.bar(
        range(len(names)),
        1,
        width=0.9,
        color=[looks[name].colour for name in names],
        edgecolor=[FAINT if _is_pale(looks[name]) else "none" for name in names],
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


def _is_pale(look: Look) -> bool:
    return look.colour == WHITE or bool(look.hatch)


def _as_strip(axes: Axes, n: int) -> None:
    axes.set_xlim(-0.5, n - 0.5)
    axes.set_ylim(0, 1)
    axes.set_axis_off()
