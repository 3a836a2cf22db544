"""The panels of a patient's profile: target lesions, and ctDNA with its variants."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from her2ctdna.figures.ctdna_trajectories import LIMIT, MARKS, draw_foot, mark_samples
from her2ctdna.figures.marks.levels import scale_levels
from her2ctdna.figures.marks.palette import RESPONSES, WHITE
from her2ctdna.figures.marks.responses import SHORT
from her2ctdna.figures.marks.sheet import Sheet, marker
from her2ctdna.figures.marks.style import (
    INK,
    MUTED,
    SMALL_SIZE,
    Style,
    number,
    shorten,
    shown,
    text_height_mm,
    text_width_mm,
)
from her2ctdna.figures.marks.windows import Windows, draw_bands
from her2ctdna.figures.spider import NEW_LESION
from her2ctdna.response.recist_criteria import (
    PARTIAL_RESPONSE_PERCENT,
    PROGRESSION_PERCENT,
)

EMERGENT = "#C2185B"
# Paul Tol's muted colours that stand out from the black line of the level
_COLOURS = ["#332288", "#117733", "#AA4499", "#B8860B", "#3A86B7", "#882255", "#6B6B6B"]
Label = tuple[str, str, float, float]
"""Words and colour of a line, and the day and height of its end."""
_LABEL_MM = text_height_mm(SMALL_SIZE)
_ZERO = 1.25
"""Where a VAF of zero is drawn: this factor below the lowest number of the axis."""


def draw_response(axes: Axes, own: pd.DataFrame, *, width_mm: float) -> None:
    """Draw the change of the target sum, and the response of each assessment."""
    known = own[own["value"].notna()]
    largest, least = known["value"].max(), known["value"].min()
    highest = float(np.fmax(largest, PROGRESSION_PERCENT))
    lowest = float(np.fmin(least, PARTIAL_RESPONSE_PERCENT))
    span = highest - lowest
    axes.set_ylim(lowest - 0.1 * span, highest + 0.32 * span)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: number(value))
    if known.empty:
        axes.set_yticks([])
    else:
        _draw_thresholds(axes)
    axes.plot(known["day"], known["value"], color=INK, linewidth=1.0, zorder=2)
    visits = own[own["item"] == "assessment"]
    for response, points in visits[visits["value"].notna()].groupby("word"):
        dot = marker(RESPONSES[str(response)], 3.6)
        axes.plot(points["day"], points["value"], **dot, zorder=3)
    new = visits[visits["label"].notna()]
    height = new["value"].fillna(0)
    axes.plot(new["day"], height, **marker(NEW_LESION, 5.5), zorder=4)
    top = axes.get_ylim()[1] - 0.04 * span
    _write_responses(axes, visits, top, width_mm=width_mm)


def _draw_thresholds(axes: Axes) -> None:
    axes.axhline(0, color=INK, linewidth=0.5, zorder=0)
    for level in (PARTIAL_RESPONSE_PERCENT, PROGRESSION_PERCENT):
        axes.axhline(level, color=MUTED, linewidth=0.5, linestyle=(0, (3, 2)), zorder=0)


def _write_responses(
    axes: Axes, visits: pd.DataFrame, top: float, *, width_mm: float
) -> None:
    """Write each response at its day; where there is no room, only changes."""
    low, high = axes.get_xlim()
    pace = (high - low) / width_mm
    words = visits["word"].replace("NON-CR/NON-PD", "non").replace(SHORT).tolist()
    widths = [text_width_mm(word, size=SMALL_SIZE) + 1 for word in words]
    days = visits["day"].tolist()
    gaps = np.diff(days) / pace if len(days) > 1 else np.array([np.inf])
    is_roomy = bool(gaps.min() > max(widths, default=0))
    end, last = -np.inf, ""
    for day, name, word, width in zip(days, visits["word"], words, widths, strict=True):
        start = day - width / 2 * pace
        if start < end or (word == last and not is_roomy):
            continue
        end, last = start + width * pace, word
        style: Style = {"ha": "center", "va": "top", "fontsize": SMALL_SIZE}
        style["bbox"] = {"facecolor": WHITE, "edgecolor": "none", "pad": 0.5}
        ink = RESPONSES.get(name, RESPONSES["NON-CR/NON-PD"]).ink
        axes.text(day, top, word, color=ink, **style)


def scale_ctdna(axes: Axes, own: pd.DataFrame, metric: str) -> None:
    """Give axes the log scale of all numbers drawn, without ticks if there is none."""
    values = own.loc[own["value"] > 0, "value"]
    scale_levels(axes, values if len(values) else pd.Series([1.0]), metric)
    if values.empty:
        axes.set_yticks([])
        axes.set_yticks([], minor=True)


def draw_ctdna(axes: Axes, own: pd.DataFrame, windows: Windows) -> None:
    """Draw the level with the limit of each sample, and samples without one."""
    draw_bands(axes, windows, days_per_unit=1)
    samples = own[own["item"] == "sample"].set_index("label")
    bound = own[own["item"] == "upper_bound"].set_index("label")["value"]
    samples = samples.assign(x=samples["day"], bound=bound.reindex(samples.index))
    samples["y"] = samples["value"].fillna(samples["bound"])
    named = samples.assign(state=samples["word"], upper_bound=samples["bound"])
    samples["mark"] = mark_samples(named)
    limits = own.loc[own["item"] == "limit", ["day", "value"]].to_numpy()
    low, high = axes.get_xlim()
    half = 0.008 * (high - low)
    ticks = [((day - half, y), (day + half, y)) for day, y in limits]
    style: Style = {"colors": LIMIT.colour, "linewidths": 0.8, "zorder": 1}
    axes.add_collection(LineCollection(ticks, **style), autolim=False)
    level = samples[samples["y"].notna()]
    axes.plot(level["x"], level["y"], color=INK, linewidth=1.3, zorder=4)
    for name, points in level.groupby("mark"):
        mark = marker(MARKS[str(name)], 3.6)
        axes.plot(points["x"], points["y"], **mark, zorder=5)
    draw_foot(axes, samples[samples["y"].isna()])


def draw_variants(axes: Axes, own: pd.DataFrame, *, floor: float) -> list[Label]:
    """Draw a thin line a variant; return label, colour and last point of each.

    Emergent ones are dashed, in a colour of their own, and ringed where first seen.
    A VAF of zero is drawn on the floor of the axis.
    """
    labels = []
    for place, ((item, _), points) in enumerate(order_variants(own)):
        is_emergent = item == "emergent"
        colour = EMERGENT if is_emergent else _COLOURS[place % len(_COLOURS)]
        height = points["value"].where(points["value"] > 0, floor / _ZERO)
        line = (0, (3, 1.5)) if is_emergent else "-"
        style: Style = {"linewidth": 0.6, "linestyle": line}
        style |= {"marker": ".", "markersize": 2.0}
        axes.plot(points["day"], height, color=colour, **style)
        first = points[points["value"] > 0].iloc[:1]
        if is_emergent:
            ring: Style = {
                "marker": "o",
                "markersize": 4,
                "markerfacecolor": "none",
            }
            axes.plot(first["day"], first["value"], color=colour, **ring)
        name = f"{points['label'].iloc[0]}{', emergent' if is_emergent else ''}"
        labels.append((name, colour, points["day"].iloc[-1], height.iloc[-1]))
    return labels


def order_variants(own: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """Return emergent variants, then tracked ones, each from the highest VAF."""
    groups = [
        ((str(item), str(word)), points)
        for (item, word), points in own.groupby(["item", "word"])
    ]
    return sorted(groups, key=lambda group: (group[0][0], -group[1]["value"].max()))


def write_labels(
    sheet: Sheet, axes: Axes, labels: Sequence[Label], *, room_mm: float
) -> None:
    """Write labels right of axes, each as near to the end of its line as can be.

    As many as the height of the axes holds, from the first; the rest is counted.
    """
    box = axes.get_position()
    left = box.x1 * sheet.width_mm
    top = (1 - box.y1) * sheet.height_mm - sheet.header_mm
    height = box.height * sheet.height_mm
    most = int(height / _LABEL_MM)
    kept = list(labels[:most] if len(labels) <= most else labels[: most - 1])
    low, high = np.log(axes.get_ylim())
    share = [(high - np.log(label[3])) / (high - low) for label in kept]
    wanted = [top + min(max(part, 0.0), 1.0) * height for part in share]
    order = sorted(range(len(kept)), key=lambda place: wanted[place])
    foot = top + height - (_LABEL_MM if len(kept) < len(labels) else 0)
    middles = spread(
        [wanted[place] for place in order], low=top, high=foot, step=_LABEL_MM
    )
    first, last = axes.get_xlim()
    style = {"va": "center_baseline", "fontsize": SMALL_SIZE}
    for place, middle in zip(order, middles, strict=True):
        name, colour, day, _ = kept[place]
        start = left - (last - day) / (last - first) * box.width * sheet.width_mm
        ends = [start, left + 1.5], [wanted[place], middle]
        sheet.line(*ends, color=colour, linewidth=0.3, alpha=0.6)
        text = shorten(shown(name), room_mm - 2, size=SMALL_SIZE)
        sheet.text(left + 2, middle, text, color=colour, **style)
    if len(kept) < len(labels):
        rest = f"and {len(labels) - len(kept)} more"
        sheet.text(left + 2, foot + _LABEL_MM / 2, rest, color=MUTED, **style)


def spread(
    wanted: Sequence[float], *, low: float, high: float, step: float
) -> list[float]:
    """Return places at least ``step`` apart and near those wanted, which ascend.

    All lie half a step within ``low`` and ``high``, which must have the room.
    """
    places: list[float] = []
    for place in wanted:
        nearest = max(place, low + step / 2)
        places.append(max(nearest, places[-1] + step) if places else nearest)
    limit = high - step / 2
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], limit)
        limit = places[index] - step
    return places


def used_marks(own: pd.DataFrame) -> Mapping[str, bool]:
    """Return which marks of ctDNA a patient's page shows."""
    samples = own[own["item"] == "sample"]
    bounded = set(own.loc[own["item"] == "upper_bound", "label"])
    is_bound = samples["label"].isin(bounded)
    unbounded = (samples["word"] == "undetected") & ~is_bound
    marks = samples["word"].mask(unbounded, "unbounded")
    return {name: bool((marks == name).any()) for name in MARKS}
