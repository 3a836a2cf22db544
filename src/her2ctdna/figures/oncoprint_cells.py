"""The marks of ``oncoprint``: cells, bars and strips, all on axes in millimetres."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.patches import Rectangle

from her2ctdna.figures.marks.palette import STATES, VAF_STEPS, WHITE, Look
from her2ctdna.figures.marks.sheet import marker
from her2ctdna.figures.marks.style import FAINT, MUTED, SMALL_SIZE, Style
from her2ctdna.figures.oncoprint_layout import WIDTH_MM, Slot

CELLS = {
    "undetected": Look("tracked, not detected", WHITE, "s", edge="#8A8A8A"),
    "not_measured": Look("tracked, not measured", "#8A8A8A", "x"),
    "emergent": Look("emergent, not tracked", "#E4572E", "d", edge="#7A1F0A"),
}
_GROUND = "#F3F3F3"
_CELL = (0.84, 0.8)
"""Width of a cell in columns, and its height in rows."""


def draw_cells(
    axes: Axes, own: pd.DataFrame, band: Sequence[Slot], *, pitch: float, n_genes: int
) -> None:
    """Draw the cells of a band on a pale ground a patient.

    Detected: filled by VAF. Not detected: an empty box. Not measured: a stroke and no
    box, so that it never looks like zero. Emergent: a diamond.
    """
    ground = [Rectangle((s.left, -0.5), s.width, n_genes) for s in band]
    axes.add_collection(PatchCollection(ground, facecolor=_GROUND, edgecolor="none"))
    steps = own["vaf"].map(step_of)
    for name, look in VAF_STEPS.items():
        inside = own[(own["cell"] == "detected") & (steps == name)]
        _add_boxes(axes, inside, pitch, facecolor=look.colour, edgecolor="none")
    empty = own[own["cell"] == "undetected"]
    style: Style = {"facecolor": WHITE, "edgecolor": CELLS["undetected"].edge}
    _add_boxes(axes, empty, pitch, linewidth=min(0.4, 0.5 * pitch), **style)
    _add_strokes(axes, own[own["cell"] == "not_measured"], pitch)
    emergent = own[own["n_emergent"] > 0]
    size = max(1.2, min(3.0, 2.4 * pitch))
    diamond = marker(CELLS["emergent"], size) | {"markeredgewidth": 0.3}
    axes.plot(emergent["x"], emergent["y"], **diamond)
    axes.set_xlim(0, WIDTH_MM)
    axes.set_ylim(n_genes - 0.5, -0.5)
    axes.set_axis_off()


def step_of(vaf: float) -> str:
    """Return the step of the scale that a VAF falls in; each holds its lower end."""
    lows = [0.0, 0.001, 0.01, 0.1, inf]
    place = int(np.searchsorted(lows, vaf, side="right")) - 1
    return "" if vaf != vaf else list(VAF_STEPS)[place]


def _add_boxes(axes: Axes, cells: pd.DataFrame, pitch: float, **style: Any) -> None:
    width, height = _CELL[0] * pitch, _CELL[1]
    boxes = [
        Rectangle((x - width / 2, y - height / 2), width, height)
        for x, y in zip(cells["x"], cells["y"], strict=True)
    ]
    if boxes:
        axes.add_collection(PatchCollection(boxes, **style))


def _add_strokes(axes: Axes, cells: pd.DataFrame, pitch: float) -> None:
    """Cross out the cells that were not measured."""
    w, h = 0.32 * pitch, 0.3
    lines = [
        [(x - side * w, y - h), (x + side * w, y + h)]
        for x, y in zip(cells["x"], cells["y"], strict=True)
        for side in (1, -1)
    ]
    colour = CELLS["not_measured"].colour
    width = max(0.35, min(0.6, 0.6 * pitch))
    axes.add_collection(LineCollection(lines, colors=colour, linewidths=width))


def draw_bars(axes: Axes, draws: pd.DataFrame, *, most: float, pitch: float) -> None:
    """Draw how many tracked variants each draw shows, on the scale of all bands."""
    axes.bar(draws["x"], draws["n"], width=_CELL[0] * pitch, color=MUTED)
    top = max(most, 1)
    axes.set_xlim(0, WIDTH_MM)
    axes.set_ylim(0, top)
    axes.set_xticks([])
    axes.set_yticks([0, top], ["0", f"{top:.0f}"], fontsize=SMALL_SIZE)
    axes.spines["bottom"].set_color(FAINT)


def draw_runs(
    axes: Axes, spans: Sequence[tuple[str, float, float]], looks: Mapping[str, Look]
) -> None:
    """Fill axes with boxes from and to a place; what has no look stays empty."""
    for name, low, high in spans:
        if name in looks:
            look = looks[name]
            pale = look.colour == WHITE or look.hatch
            axes.bar(
                (low + high) / 2,
                1,
                width=high - low,
                color=look.colour,
                edgecolor=FAINT if pale else "none",
                hatch=look.hatch,
            )
    _as_strip(axes)


def draw_states(axes: Axes, draws: pd.DataFrame, *, pitch: float) -> None:
    """Mark the result of each draw; a draw without one has no mark."""
    size = max(1.0, min(3.0, 2.0 * pitch))
    for name, look in STATES.items():
        own = draws.loc[draws["draw_state"] == name, "x"]
        axes.plot(
            own, [0.5] * len(own), **marker(look, size) | {"markeredgewidth": 0.3}
        )
    _as_strip(axes)


def _as_strip(axes: Axes) -> None:
    axes.set_xlim(0, WIDTH_MM)
    axes.set_ylim(0, 1)
    axes.set_axis_off()
