"""The windows of landmarks on a time axis, as light bands with their names."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from her2ctdna.figures.marks.sheet import Sheet
from her2ctdna.figures.marks.style import (
    MUTED,
    SMALL_SIZE,
    shorten,
    shown,
    text_height_mm,
    text_width_mm,
)

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import Landmark

Windows = Mapping[str, tuple[float, float]]
"""First and last day of each landmark's window, by its name, in order."""

ROW_MM = text_height_mm(SMALL_SIZE)
_BAND = "#EDEAF2"
_GAP_MM = 1.0
_WIDEST_MM = 20.0


def find_windows(landmarks: Mapping[str, "Landmark"]) -> Windows:
    """Return the windows of landmarks set by day; one set by label has none."""
    return {
        name: (
            landmark["day"] - landmark["window"],
            landmark["day"] + landmark["window"],
        )
        for name, landmark in landmarks.items()
        if "day" in landmark
    }


def stack_names(
    middles: Sequence[float], widths: Sequence[float], *, left: float, right: float
) -> list[tuple[float, int]]:
    """Return the middle and row of each name so that none meets another of its row.

    A name stays over its middle, unless it would leave the room between ``left`` and
    ``right``, and takes the first row that is free there.
    """
    placed: list[tuple[float, int]] = []
    ends: list[float] = []
    order = sorted(range(len(middles)), key=lambda place: middles[place])
    for place in order:
        half = widths[place] / 2
        middle = max(left + half, min(middles[place], right - half))
        free = (row for row, end in enumerate(ends) if middle - half >= end + _GAP_MM)
        row = next(free, len(ends))
        ends[row : row + 1] = [middle + half]
        placed.append((middle, row))
    return [placed[order.index(place)] for place in range(len(middles))]


def draw_bands(axes: Axes, windows: Windows, *, days_per_unit: float) -> None:
    """Shade the windows behind the lines of axes."""
    for first, last in windows.values():
        span = first / days_per_unit, last / days_per_unit
        axes.axvspan(*span, facecolor=_BAND, edgecolor="none", zorder=-1)


def place_names(
    axes: Axes, sheet: Sheet, windows: Windows, *, days_per_unit: float
) -> list[tuple[str, float, int]]:
    """Return name, place in mm and row of each window that the axes show."""
    low, high = axes.get_xlim()
    box = axes.get_position()
    left, width = box.x0 * sheet.width_mm, box.width * sheet.width_mm
    days = {name: sum(span) / 2 / days_per_unit for name, span in windows.items()}
    inside = {name: day for name, day in days.items() if low <= day <= high}
    middles = [left + (day - low) / (high - low) * width for day in inside.values()]
    names = [shorten(shown(name), _WIDEST_MM, size=SMALL_SIZE) for name in inside]
    widths = [text_width_mm(name, size=SMALL_SIZE) for name in names]
    stacked = stack_names(middles, widths, left=left, right=left + width)
    return [(name, *place) for name, place in zip(names, stacked, strict=True)]


def write_names(
    sheet: Sheet, names: Sequence[tuple[str, float, int]], base: float
) -> None:
    """Write the names of windows in rows that rise from ``base``."""
    style = {"ha": "center", "va": "bottom", "fontsize": SMALL_SIZE, "color": MUTED}
    for name, middle, row in names:
        sheet.text(middle, base - row * ROW_MM, name, **style)
