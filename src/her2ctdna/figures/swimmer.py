"""Figure ``swimmer``: the course of each patient on one lane.

A lane has a bar and, below it, a row of its own for the plasma samples, so that a
mark never hides another kind of mark. Thickness says treatment, colour response.
"""

from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.key import Key, draw_keys, key_of, measure_keys
from her2ctdna.figures.marks.palette import (
    HER2_CLASSES,
    HER2_GROUPS,
    RESPONSES,
    STATES,
    WHITE,
    Look,
)
from her2ctdna.figures.marks.responses import SHORT
from her2ctdna.figures.marks.sheet import (
    MARGIN_MM,
    Sheet,
    Study,
    marker,
    open_sheet,
    plot_nothing,
)
from her2ctdna.figures.marks.strips import draw_boxes
from her2ctdna.figures.marks.style import (
    DAYS_PER_MONTH,
    DOUBLE_COLUMN_MM,
    INK,
    MUTED,
    SMALL_SIZE,
    Style,
    shorten,
    shown,
    text_width_mm,
)
from her2ctdna.figures.swimmer_table import derive_swimmer
from her2ctdna.wording import count_of

EVENTS = {
    "response": Look("first response", WHITE, "^"),
    "progression": Look("progression", "#C2185B", "D"),
    "death": Look("death", INK, "s", edge=WHITE),
    "alive": Look("alive at last contact", INK, ">", edge=WHITE),
    "on_treatment": Look("alive and on treatment", WHITE, ">"),
}
# without the white edge, a small dot is as large as a small circle
_STATES = STATES | {"detected": STATES["detected"]._replace(edge=INK)}
CLASS_WORDS = {
    "absent": "absent",
    "ultralow": "ultralow",
    "zero_unspecified": "zero",
    "low": "low",
    "indeterminate": "unclear",
    "positive": "positive",
    "": "none",
}
RESPONSE_WORDS = {"MISSING": "none", "NON-CR/NON-PD": "non"} | SHORT
_ROOMY_ROW_MM = 3.6
_TIGHT_ROW_MM = 2.4
_ROOMY_PATIENTS = 60
_HEAD_ROWS = 1.2
_WIDEST_ID_MM = 25.0
_CELL_MM = 2.0
_NAMES_MM = 3.5
_AXIS_MM = 8.0
_MOST_TICKS = 14
_BAR, _THIN, _LINE, _DRAWS = (-0.46, 0.04), (-0.32, -0.1), -0.21, 0.25
"""Where things stand on a lane, which is one high and counts downwards."""


def plot_swimmer(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw a lane a patient: treatment, response, follow-up, events and samples."""
    if drawn.empty:
        reason = "No patient was treated."
        return plot_nothing(reason, title="Course of each patient", study=study)
    lines = _place_lanes(drawn)
    roomy = len(lines) <= _ROOMY_PATIENTS
    rows = lines["row"].iloc[-1] + 0.5
    height = (_ROOMY_ROW_MM if roomy else _TIGHT_ROW_MM) * rows
    keys = _keys(drawn)
    top = measure_keys(keys) + _NAMES_MM
    sheet = open_sheet(
        top + height + _AXIS_MM,
        title=_title(drawn),
        subtitle=_subtitle(drawn),
        study=study,
    )
    draw_keys(sheet, keys)
    left = _write_lanes(sheet, lines, top, height / rows)
    axes = sheet.axes(left, top, DOUBLE_COLUMN_MM - left - 2 * MARGIN_MM, height)
    axes.set_ylim(rows, 0)
    placed = drawn.merge(lines[["patient_id", "row"]], on="patient_id")
    placed[["day_from", "day_to"]] /= DAYS_PER_MONTH
    _draw_bars(axes, placed)
    _draw_marks(axes, placed, size=3.0 if roomy else 2.3)
    _finish_axes(axes, placed)
    return sheet.figure


def draw_swimmer(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw the course of each patient, with plasma where the study has it."""
    samples = given.tables.get("ctdna_samples")
    tables = given.tables
    drawn = derive_swimmer(tables["patients"], tables["visits"], samples)
    return drawn, plot_swimmer(drawn, study=given.study)


def _place_lanes(drawn: pd.DataFrame) -> pd.DataFrame:
    """Return the patients with the middle of their lane, below a row a group."""
    lines = drawn.drop_duplicates("patient_id").reset_index(drop=True)
    groups = lines["her2_group"]
    heads = (groups != groups.shift()).cumsum() if groups.any() else 0
    return lines.assign(row=lines.index + 0.5 + heads * _HEAD_ROWS)


def _title(drawn: pd.DataFrame) -> str:
    n = drawn["patient_id"].nunique()
    count = drawn.loc[drawn["item"] == "event", "value"].value_counts()
    return (
        f"{count.get('response', 0)} of {count_of(n, 'patient')} responded, "
        f"{count.get('progression', 0)} progressed, {count.get('death', 0)} died"
    )


def _subtitle(drawn: pd.DataFrame) -> str:
    treatment = drawn.loc[drawn["item"] == "treatment", "value"]
    knows_doses = (treatment != "not_given").any()
    thick = "time on treatment" if knows_doses else "follow-up (no last dose is given)"
    thin = "thin bar: response after the last dose; " if knows_doses else ""
    below = " Marks below: plasma." if (drawn["item"] == "draw").any() else ""
    return (
        f"{count_of(len(treatment), 'patient')} treated, one lane each. Thick "
        f"bar: {thick}, in "
        f"the colour of the last response seen; {thin}line: follow-up.{below}"
    )


def _keys(drawn: pd.DataFrame) -> list[Key]:
    by_item = drawn.groupby("item")["value"].agg(set)
    used = {*by_item.get("response", set()), *drawn["response"], "MISSING"}
    events, draws = by_item["event"], by_item.get("draw", set())
    keys = [
        key_of("Response", RESPONSES, used, kind="patch"),
        key_of("Events", EVENTS, events, kind="marker"),
        key_of("ctDNA", STATES, draws, kind="marker"),
    ]
    return [key for key in keys if key.looks]


def _write_lanes(sheet: Sheet, lines: pd.DataFrame, top: float, pitch: float) -> float:
    """Write who each lane is, with HER2 class and best response; return the end."""
    size = SMALL_SIZE
    ids = [
        shorten(shown(patient), _WIDEST_ID_MM, size=size)
        for patient in lines["patient_id"]
    ]
    _write_column(sheet, lines, ids, MARGIN_MM, top, pitch, color=MUTED)
    left = MARGIN_MM + max(text_width_mm(text, size=size) for text in ids) + 2
    columns = {"Best": ("response", RESPONSES, RESPONSE_WORDS)}
    if lines["her2_group"].any() or lines["her2_category"].any():
        columns = {"HER2": ("her2_category", HER2_CLASSES, CLASS_WORDS), **columns}
        _write_groups(sheet, lines, top, pitch)
    for name, (column, looks, known) in columns.items():
        style = {"fontsize": size, "va": "center_baseline", "color": MUTED}
        sheet.text(left, top - _NAMES_MM / 2, name, **style)
        axes = sheet.axes(left, top, _CELL_MM, pitch * (lines["row"].iloc[-1] + 0.5))
        axes.set_axis_off()
        axes.set_xlim(0, 1)
        axes.set_ylim(lines["row"].iloc[-1] + 0.5, 0)
        row = lines["row"]
        cells = {"left": 0, "right": 1, "low": row + 0.4, "high": row - 0.46}
        draw_boxes(axes, pd.DataFrame(cells | {"name": lines[column]}), looks)
        words = [known.get(word, word) for word in lines[column]]
        start = left + _CELL_MM + 0.8
        _write_column(sheet, lines, words, start, top, pitch, color=INK)
        widest = max(text_width_mm(word, size=size) for word in words)
        left = start + widest + 1.8
    return left


def _write_column(
    sheet: Sheet,
    lines: pd.DataFrame,
    words: list[str],
    left: float,
    top: float,
    pitch: float,
    *,
    color: str,
) -> None:
    style = {"va": "center_baseline", "fontsize": SMALL_SIZE, "color": color}
    for row, word in zip(lines["row"], words, strict=True):
        sheet.text(left, top + row * pitch, word, **style)


def _write_groups(sheet: Sheet, lines: pd.DataFrame, top: float, pitch: float) -> None:
    """Write the name of each HER2 group above its first lane."""
    for group, own in lines.groupby("her2_group"):
        look = HER2_GROUPS[group]
        sheet.text(
            MARGIN_MM,
            top + (own["row"].iloc[0] - 0.5 - _HEAD_ROWS / 2) * pitch,
            f"{look.label} (n = {len(own)})",
            color=look.ink,
            fontweight="bold",
            fontsize=SMALL_SIZE,
            va="center_baseline",
        )


def _draw_bars(axes: Axes, placed: pd.DataFrame) -> None:
    """Draw follow-up as a line, treatment as an outline, responses as its filling."""
    items = dict(list(placed.groupby("item")))
    ends = items["follow_up"][["row", "day_to"]].to_numpy()
    lines = [((0, row + _LINE), (end, row + _LINE)) for row, end in ends]
    style: Style = {"colors": MUTED, "linewidths": 0.6, "zorder": 1}
    axes.add_collection(LineCollection(lines, **style), autolim=False)
    bars = items["treatment"].assign(value="MISSING")
    _fill(axes, bars, bars["day_from"], bars["day_to"], _BAR, zorder=2)
    if "response" not in items:
        return
    responses = items["response"]
    dose = responses["patient_id"].map(bars.set_index("patient_id")["day_to"])
    start, end = responses["day_from"], responses["day_to"]
    _fill(axes, responses, start, end.clip(upper=dose), _BAR, zorder=3)
    _fill(axes, responses, start.clip(lower=dose), end, _THIN, zorder=3)


def _fill(
    axes: Axes,
    items: pd.DataFrame,
    start: pd.Series,
    end: pd.Series,
    span: tuple[float, float],
    *,
    zorder: float,
) -> None:
    """Draw what of the items has a length, in the look of their response."""
    row = items["row"]
    sides = {"left": start, "right": end, "low": row + span[1], "high": row + span[0]}
    boxes = pd.DataFrame(sides | {"name": items["value"]})
    boxes = boxes[boxes["right"] > boxes["left"]]
    draw_boxes(axes, boxes, RESPONSES, zorder=zorder)


def _draw_marks(axes: Axes, placed: pd.DataFrame, *, size: float) -> None:
    """Draw events on the bar and samples on the row below it."""
    for item, looks, rise, part in (
        ("event", EVENTS, _LINE, 1.0),
        ("draw", _STATES, _DRAWS, 0.8),
    ):
        for value, own in placed[placed["item"] == item].groupby("value"):
            style = marker(looks[str(value)], size * part)
            row = own["row"] + rise
            axes.plot(own["day_from"], row, **style, zorder=5, clip_on=False)


def _finish_axes(axes: Axes, placed: pd.DataFrame) -> None:
    first = min(placed["day_from"].min(), 0)
    last = placed[["day_from", "day_to"]].max().max()
    axes.set_xlim(first - 0.2, max(last * 1.02, 1))
    step = next((step for step in (1, 3, 6) if last / step <= _MOST_TICKS), 12)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    heads = placed.groupby("her2_group")["row"].agg(["min", "max"]).sort_values("min")
    for (_, last_row), (first_row, _) in pairwise(heads.to_numpy()):
        middle = (last_row + first_row - _HEAD_ROWS) / 2
        axes.axhspan(middle, middle + _HEAD_ROWS, color=WHITE, zorder=0.9)
    axes.vlines(0, 0, axes.get_ylim()[0], color=INK, linewidth=0.6, zorder=1)
    axes.set_xlabel("Months since first dose (1 month = 30.4375 days)")
