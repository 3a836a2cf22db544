"""The lanes of a patient's profile: treatment, adverse events, anti-drug antibodies."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from her2ctdna.figures.marks.palette import WHITE, Look
from her2ctdna.figures.marks.sheet import Sheet, marker
from her2ctdna.figures.marks.strips import draw_boxes
from her2ctdna.figures.marks.style import (
    INK,
    MUTED,
    SMALL_SIZE,
    Style,
    shorten,
    shown,
    text_width_mm,
)
from her2ctdna.figures.profile_table import FLAGGED, OTHER_SEVERE
from her2ctdna.figures.swimmer import EVENTS

LANE_MM = 3.3
MOST_LANES = 8
GRADES = {
    "1": Look("1", "#FDE0C5"),
    "2": Look("2", "#F8B58B"),
    "3": Look("3", "#E5734F"),
    "4": Look("4", "#B13A3A"),
    "5": Look("5", "#5B1A2E"),
    "": Look("not given", WHITE, hatch="////"),
}
ANTIBODIES = {
    "positive": Look("ADA positive", INK, "o"),
    "negative": Look("ADA negative", WHITE, "o"),
}
NEW_THERAPY = Look("new therapy", INK, "|")
_TREATMENT = {"": Look("", "#8FA3B5")}
_FURTHER = "further of interest"


def name_lanes(own: pd.DataFrame) -> list[str]:
    """Return the lanes of a patient, top down; further ones beyond 8 are joined."""
    safety = own[own["part"] == "safety"].dropna(subset="day")["item"]
    named = [item for item in safety.unique() if item not in (FLAGGED, OTHER_SEVERE)]
    last = [item for item in (FLAGGED, OTHER_SEVERE) if (safety == item).any()]
    has_ada = bool((own["part"] == "ada").any())
    room = MOST_LANES - 1 - len(last) - int(has_ada)
    kept = (
        sorted(named) if len(named) <= room else [*sorted(named)[: room - 1], _FURTHER]
    )
    return ["treatment", *kept, *last, *(["ADA"] if has_ada else [])]


def draw_lanes(
    sheet: Sheet, axes: Axes, own: pd.DataFrame, *, room_mm: float, width_mm: float
) -> None:
    """Draw the lanes and write their names left, and how the patient was last seen."""
    lanes = name_lanes(own)
    axes.set_ylim(len(lanes), 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.hlines(range(len(lanes)), *axes.get_xlim(), color="#E6E6E6", linewidth=0.5)
    box = axes.get_position()
    left, right = box.x0 * sheet.width_mm, box.x1 * sheet.width_mm
    top = (1 - box.y1) * sheet.height_mm - sheet.header_mm
    style = {"va": "center_baseline", "fontsize": SMALL_SIZE}
    for row, lane in enumerate(lanes):
        text = shorten(shown(lane), room_mm, size=SMALL_SIZE)
        middle = top + (row + 0.5) * LANE_MM
        sheet.text(left - 1.5, middle, text, ha="right", **style)
    course = own[own["part"] == "course"].set_index("item")
    sheet.text(right + 2, top + LANE_MM / 2, _end(course), color=MUTED, **style)
    _draw_treatment(axes, course)
    pace = np.ptp(axes.get_xlim()) / width_mm
    _draw_events(axes, own[own["part"] == "safety"].dropna(subset="day"), lanes, pace)
    if lanes[-1] == "ADA":
        _draw_antibodies(axes, own[own["part"] == "ada"], len(lanes) - 0.5, pace)


def _end(course: pd.DataFrame) -> str:
    """Return how and when a patient was last seen."""
    last = _last_seen(course)
    if last is None:
        return "last seen: day not known"
    word = "died" if last == "death" else "alive"
    return f"{word}, day {course.loc[last, 'day']:.0f}"


def _last_seen(course: pd.DataFrame) -> str | None:
    """Return the item of a course that ends it, if its day since first dose is known.

    Of a duration that counts from something else it is not.
    """
    return next((name for name in ("death", "alive") if name in course.index), None)


def _draw_treatment(axes: Axes, course: pd.DataFrame) -> None:
    """Draw treatment as a bar, follow-up as a line, and what ended them."""
    end = course.loc["treatment", "day_to"]
    bar = {"name": [""], "left": [0.0], "right": [end], "low": [0.8], "high": [0.2]}
    draw_boxes(axes, pd.DataFrame(bar), _TREATMENT)
    marks: dict[str, float] = {}
    last = _last_seen(course)
    if last is not None:
        day = course.loc[last, "day"]
        axes.plot([0, day], [0.5, 0.5], color=MUTED, linewidth=0.6, zorder=1)
        if last == "alive" and course.loc["treatment", "word"] == "ongoing":
            last = "on_treatment"
        marks[last] = day
    if "progression" in course.index:
        marks["progression"] = course.loc["progression", "day"]
    for name, place in marks.items():
        axes.plot([place], [0.5], **marker(EVENTS[name], 3.6), zorder=4)
    if "new_therapy" in course.index:
        place = course.loc["new_therapy", "day"]
        axes.plot([place], [0.5], **marker(NEW_THERAPY, 6), zorder=4)


def _draw_events(
    axes: Axes, events: pd.DataFrame, lanes: list[str], pace: float
) -> None:
    """Draw adverse events in the colour of their grade, the grade where it fits."""
    names = events["item"].where(events["item"].isin(lanes), _FURTHER)
    row = names.map(lanes.index) if len(names) else names.astype(float)
    grade = events["value"].map(lambda value: f"{value:.0f}" if value == value else "")
    end = events["day_to"].fillna(events["day"])
    end = np.maximum(end, events["day"] + 1.2 * pace)
    sides = {"left": events["day"], "right": end, "low": row + 0.8, "high": row + 0.2}
    boxes = pd.DataFrame(sides | {"name": grade})
    draw_boxes(axes, boxes, GRADES)
    is_open = events["day_to"].isna()
    ends = end[is_open] + 0.6 * pace
    style: Style = {
        "marker": ">",
        "markersize": 2.5,
        "color": MUTED,
        "linestyle": "none",
    }
    axes.plot(ends, row[is_open] + 0.5, **style)
    for _, own in boxes.assign(row=row).sort_values("left").groupby("row"):
        following = [*own["left"].iloc[1:], axes.get_xlim()[1]]
        for box, limit in zip(own.itertuples(), following, strict=True):
            width = text_width_mm(box.name, size=SMALL_SIZE) * pace
            start = box.right + 1.0 * pace
            if box.name and start + width + 0.5 * pace < limit:
                text: Style = {
                    "va": "center_baseline",
                    "fontsize": SMALL_SIZE,
                    "color": MUTED,
                }
                axes.text(start, box.row + 0.5, box.name, **text)


def _draw_antibodies(axes: Axes, own: pd.DataFrame, middle: float, pace: float) -> None:
    """Draw samples by their result; a titre stands right of its sample if it fits."""
    for result, points in own.groupby("item"):
        look = ANTIBODIES.get(str(result))
        if look:
            style = marker(look, 3.2)
            axes.plot(points["day"], [middle] * len(points), **style, zorder=3)
    following = [*own["day"].iloc[1:], axes.get_xlim()[1]]
    for sample, limit in zip(own.itertuples(), following, strict=True):
        text = f"{sample.value:g}" if sample.value == sample.value else ""
        width = text_width_mm(text, size=SMALL_SIZE) * pace
        if text and sample.day + 2.5 * pace + width < limit:
            words: Style = {"va": "center_baseline", "color": MUTED}
            words["fontsize"] = SMALL_SIZE
            axes.text(sample.day + 1.2 * pace, middle, text, **words)
