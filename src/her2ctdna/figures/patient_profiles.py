"""Figure ``patient_profiles``: a page a patient, all of the course on one time axis.

Half a sheet of A4 each, as a PDF alone: a thousand pages are read one at a time and
printed, not embedded in a report.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from her2ctdna.figures.ctdna_trajectories import LIMIT, MARKS
from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.key import Key, draw_keys, key_of, measure_keys
from her2ctdna.figures.marks.levels import name_level
from her2ctdna.figures.marks.palette import RESPONSES
from her2ctdna.figures.marks.responses import NOT_CONFIRMED
from her2ctdna.figures.marks.save import save_pages
from her2ctdna.figures.marks.sheet import FOOTER_MM, MARGIN_MM, Sheet, Study, open_sheet
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    MUTED,
    SMALL_SIZE,
    TITLE_SIZE,
    shorten,
    shown,
    text_height_mm,
    wrap,
)
from her2ctdna.figures.marks.windows import ROW_MM, Windows, place_names, write_names
from her2ctdna.figures.profile_lanes import (
    ANTIBODIES,
    GRADES,
    LANE_MM,
    NEW_THERAPY,
    draw_lanes,
    name_lanes,
)
from her2ctdna.figures.profile_panels import (
    draw_ctdna,
    draw_response,
    draw_variants,
    scale_ctdna,
    used_marks,
    write_labels,
)
from her2ctdna.figures.profile_table import derive_patient_profiles
from her2ctdna.figures.spider import NEW_LESION
from her2ctdna.figures.swimmer import EVENTS

logger = logging.getLogger(__name__)

PAGE_MM = 129.0
_CONTENT_MM = PAGE_MM - FOOTER_MM - MARGIN_MM - text_height_mm(TITLE_SIZE) - 2.5
_LEFT_MM = 33.0
_RIGHT_MM = 36.0
_WIDTH_MM = DOUBLE_COLUMN_MM - _LEFT_MM - _RIGHT_MM
_FACT_MM = 3.1
_FACT_LEFT_MM = 18.0
_AXIS_MM = 8.0
_GAP_MM = 3.0
_NAME_MM = 21.0
_WEIGHTS = {"response": 0.75, "ctdna": 1.0, "variant": 0.9}
_TICK_MM = 9.0
_TREATED = "#F3F6FA"
_PACE = 42
"""Ticks are at multiples of these days, two cycles of three weeks."""


def draw_patient_profiles(
    inputs: Inputs,
    folder: str | Path,
    *,
    special_interest: Mapping[str, Sequence[str]],
) -> None:
    """Write ``folder/patient_profiles`` as .pdf and .tsv."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    drawn = derive_patient_profiles(
        inputs.tables,
        landmarks=inputs.landmarks,
        metric=inputs.level_scale,
        special_interest=special_interest,
    )
    pages = partial(
        plot_patient_profiles,
        drawn,
        metric=inputs.level_scale,
        windows=inputs.windows,
        study=inputs.study,
    )
    title = f"Patient profiles of {shown(inputs.study['id'])}"
    save_pages(pages, drawn, f"{folder}/patient_profiles", title=title)
    logger.info("patient_profiles: %d pages", drawn["patient_id"].nunique())


def plot_patient_profiles(
    drawn: pd.DataFrame, *, metric: str, windows: Windows, study: Study
) -> Iterator[Figure]:
    """Yield the page of each patient, or a single page that says there is none."""
    if drawn.empty:
        sheet = open_sheet(
            _CONTENT_MM, title="No patient was enrolled", subtitle="", study=study
        )
        yield sheet.figure
    for patient, own in drawn.groupby("patient_id", sort=False):
        yield _plot_page(str(patient), own, metric=metric, windows=windows, study=study)


def _plot_page(
    patient: str, own: pd.DataFrame, *, metric: str, windows: Windows, study: Study
) -> Figure:
    facts = own[own["part"] == "facts"].set_index("item")["word"]
    room = DOUBLE_COLUMN_MM - 2 * MARGIN_MM
    title = f"{shorten(shown(patient), room / 3, size=TITLE_SIZE, bold=True)}: "
    title = shorten(title + facts["title"], room, size=TITLE_SIZE, bold=True)
    sheet = open_sheet(_CONTENT_MM, title=title, subtitle="", study=study)
    top = _write_facts(sheet, facts.drop("title"))
    if not (own["part"] == "course").any():
        return sheet.figure
    keys = _keys(own)
    draw_keys(sheet, keys, top=top)
    _draw_panels(sheet, own, top + measure_keys(keys) + 1, metric, windows)
    return sheet.figure


def _write_facts(sheet: Sheet, facts: pd.Series) -> float:
    """Write the facts, one or two lines each; return where they end."""
    top = 0.0
    room = DOUBLE_COLUMN_MM - _FACT_LEFT_MM - MARGIN_MM
    for name, word in facts.items():
        lines = wrap(shown(word), room, size=SMALL_SIZE)
        if len(lines) > 2:
            lines = [lines[0], shorten(" ".join(lines[1:]), room, size=SMALL_SIZE)]
        sheet.text(MARGIN_MM, top, str(name), color=MUTED, fontsize=SMALL_SIZE)
        for line in lines:
            sheet.text(_FACT_LEFT_MM, top, line, fontsize=SMALL_SIZE)
            top += _FACT_MM
    return top + 0.5


def _keys(own: pd.DataFrame) -> list[Key]:
    """Return what the marks of this page mean."""
    used = used_marks(own)
    looks = [look for name, look in MARKS.items() if used[name]]
    items = set(own["item"])
    is_new = own["part"].eq("response") & own["label"].notna()
    seen = set(own.loc[own["part"] == "response", "word"])
    further = {
        **{RESPONSES[name]: name in seen for name in NOT_CONFIRMED.values()},
        LIMIT: "limit" in items,
        EVENTS["progression"]: "progression" in items,
        NEW_LESION: is_new.any(),
        NEW_THERAPY: "new_therapy" in items,
        **{look: item in items for item, look in ANTIBODIES.items()},
    }
    looks += [look for look, is_used in further.items() if is_used]
    grades = own.loc[own["part"] == "safety", "value"]
    words = {f"{grade:.0f}" if grade == grade else "" for grade in grades}
    keys = [
        Key("Marks", looks, "marker"),
        key_of("AE grade", GRADES, words, kind="patch"),
    ]
    return [key for key in keys if key.looks]


def _draw_panels(
    sheet: Sheet, own: pd.DataFrame, top: float, metric: str, windows: Windows
) -> None:
    """Divide the height by the panels there are, the last one with the days."""
    parts = {name: part for name, part in own.groupby("part") if name in _WEIGHTS}
    is_shared = metric.endswith("vaf") and "ctdna" in parts
    panels = [
        name
        for name in _WEIGHTS
        if name in parts and not (name == "variant" and is_shared)
    ]
    lanes_mm = LANE_MM * len(name_lanes(own))
    names = ROW_MM * len(windows) if "ctdna" in parts else 0
    free = _CONTENT_MM - top - lanes_mm - _AXIS_MM - _GAP_MM * len(panels) - names
    total = sum(_WEIGHTS[name] for name in panels)
    span = _span(own)
    for name in panels:
        top += names if name == "ctdna" else 0
        height = free * _WEIGHTS[name] / total
        axes = _open_panel(sheet, top, height, span)
        part = parts[name]
        if name == "ctdna" and is_shared and "variant" in parts:
            part = pd.concat([part, parts["variant"]])
        _fill_panel(sheet, axes, name, part, metric, windows)
        _mark_course(axes, own)
        top += height + _GAP_MM
    bottom = _CONTENT_MM - _AXIS_MM - lanes_mm
    axes = _open_panel(sheet, bottom, lanes_mm, span)
    draw_lanes(sheet, axes, own, room_mm=_LEFT_MM - 4, width_mm=_WIDTH_MM)
    _mark_progression(axes, own)
    axes.tick_params(axis="x", labelbottom=True)
    axes.set_xlabel("Days since first dose")


def _span(own: pd.DataFrame) -> tuple[float, float]:
    """Return the days of the axis: all that is drawn, bar a long follow-up.

    The end of follow-up is on the axis only where that stretches it by a quarter at
    most; it is written beside the lane of treatment anyhow.
    """
    is_end = own["item"].isin(["death", "alive"])
    days = own.loc[~is_end, ["day", "day_to"]].stack()
    last, first = max(float(days.max()), 28.0), min(float(days.min()), -7.0)
    followed = float(own.loc[is_end, "day"].max())
    if followed <= 1.25 * last:
        last = max(last, followed)
    slack = 0.02 * (last - first)
    return first - slack, last + slack


def _open_panel(
    sheet: Sheet, top: float, height: float, span: tuple[float, float]
) -> Axes:
    axes = sheet.axes(_LEFT_MM, top, _WIDTH_MM, height)
    axes.set_xlim(span)
    most = _WIDTH_MM / _TICK_MM
    steps = (_PACE * factor for factor in (0.5, 1, 2, 4, 6, 12, 24, 48, 96))
    step = next((s for s in steps if (span[1] - span[0]) / s <= most), 8 * 1008)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.tick_params(axis="x", labelbottom=False)
    return axes


def _fill_panel(
    sheet: Sheet,
    axes: Axes,
    name: str,
    part: pd.DataFrame,
    metric: str,
    windows: Windows,
) -> None:
    """Draw what the panel of this name holds."""
    if name == "response":
        draw_response(axes, part, width_mm=_WIDTH_MM)
        is_measured = part["value"].notna().any()
        name = "Change of target sum from baseline (%)"
        _name_panel(sheet, axes, name if is_measured else "Response (no target sum)")
        return
    scale = metric if name == "ctdna" else "vaf"
    scale_ctdna(axes, part, scale)
    floor = axes.get_ylim()[0]
    if name == "ctdna":
        draw_ctdna(axes, part[part["part"] == "ctdna"], windows)
        placed = place_names(axes, sheet, windows, days_per_unit=1)
        write_names(sheet, placed, _top_of(axes, sheet) - 0.4)
    else:
        axes.set_ylim(floor / 1.9, axes.get_ylim()[1])
    box = axes.get_position()
    foot = _CONTENT_MM + FOOTER_MM - box.y0 * sheet.height_mm
    style = {"ha": "right", "va": "bottom", "fontsize": SMALL_SIZE, "color": MUTED}
    sheet.text(_LEFT_MM - 1.5, foot, "0, no level" if name == "ctdna" else "0", **style)
    variants = part[part["part"] == "variant"]
    labels = draw_variants(axes, variants, floor=floor)
    write_labels(sheet, axes, labels, room_mm=_RIGHT_MM)
    title = name_level(metric) if name == "ctdna" else "VAF of each variant"
    _name_panel(sheet, axes, title)


def _top_of(axes: Axes, sheet: Sheet) -> float:
    """Return the upper edge of axes in mm of the content."""
    return float(1 - axes.get_position().y1) * sheet.height_mm - sheet.header_mm


def _name_panel(sheet: Sheet, axes: Axes, name: str) -> None:
    """Write what a panel shows in the margin left of its numbers."""
    top = _top_of(axes, sheet)
    lines = wrap(name, _NAME_MM, size=SMALL_SIZE)
    style = {"fontsize": SMALL_SIZE, "linespacing": 1.25}
    sheet.text(MARGIN_MM, top, "\n".join(lines), **style)


def _mark_course(axes: Axes, own: pd.DataFrame) -> None:
    """Shade the time on treatment, and draw the line of progression."""
    for day in own.loc[own["item"] == "treatment", "day_to"]:
        axes.axvspan(0, day, facecolor=_TREATED, edgecolor="none", zorder=-2)
    _mark_progression(axes, own)


def _mark_progression(axes: Axes, own: pd.DataFrame) -> None:
    """Draw a line through the panels on the day of progression."""
    for day in own.loc[own["item"] == "progression", "day"]:
        colour = EVENTS["progression"].colour
        axes.axvline(day, color=colour, linewidth=0.6, linestyle=(0, (1, 1)), zorder=0)
