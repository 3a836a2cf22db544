"""Figure ``ctdna_trajectories``: the ctDNA level of each patient over time."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.key import (
    Key,
    draw_keys,
    key_of,
    measure_keys,
    response_key,
)
from her2ctdna.figures.marks.levels import name_level, scale_levels
from her2ctdna.figures.marks.palette import DOWN_ARROW, RESPONSES, STATES, Look
from her2ctdna.figures.marks.panels import (
    draw_lines,
    label_panel,
    place_panels,
    show_weeks,
)
from her2ctdna.figures.marks.responses import name_responses
from her2ctdna.figures.marks.sheet import Sheet, Study, marker, open_sheet, plot_nothing
from her2ctdna.figures.marks.style import (
    DAYS_PER_WEEK,
    INK,
    MUTED,
    SMALL_SIZE,
    Style,
)
from her2ctdna.figures.marks.windows import (
    ROW_MM,
    Windows,
    draw_bands,
    place_names,
    write_names,
)
from her2ctdna.wording import count_of

MARKS = {
    "detected": Look("detected", INK, "o"),
    "undetected": Look("undetected: upper 95 % bound of its level", INK, DOWN_ARROW),
    "unbounded": STATES["undetected"]._replace(label="undetected, no limit known"),
    "not_evaluable": STATES["not_evaluable"],
    "failed_qc": STATES["failed_qc"],
}
LIMIT = Look("LOD95: seen from here with 95 % probability", "#9A9A9A", "_")
_FEET = {"detected": 0.2, "unbounded": 0.2, "not_evaluable": 0.5, "failed_qc": 0.8}
"""Where in the grey band a state stands, so that none hides another of that day."""
_COLUMNS = [
    *["patient_id", "her2_group", "bor", "response", "last_dose_day", "sample_id"],
    *["day", "state", "level", "upper_bound", "limit"],
]
_PANEL_MM = 66.0
_AXIS_MM = 8.5
_TITLE_MM = 5.0
_DOSES_MM = 4.0
_CROWDED = 60
_LIMIT_WEEKS = 0.4
_DOSES = "#B9C4CE"


def derive_ctdna_trajectories(
    samples: pd.DataFrame, patient_table: pd.DataFrame
) -> pd.DataFrame:
    """Return the level of each plasma sample of the treated patients, by day.

    ``level`` is that of a detected sample. An undetected one has in its place an
    ``upper_bound``, the one-sided 95 % limit of its level (``upper95_level``).
    Without a limit, and when not evaluable, a sample has neither and is marked at
    the foot of the figure. ``limit`` is the level that the sample would have been
    detected at with 95 % probability (``lod95_level``), whatever was seen. Samples
    without a day are left out. Lines are coloured by ``response`` (`name_responses`).
    """
    treated = patient_table[patient_table["treated"] == "yes"]
    known = treated.reindex(
        columns=["patient_id", "her2_group", "bor", "last_dose_day"]
    )
    known = known.assign(
        her2_group=known["her2_group"].fillna(""), response=name_responses(treated)
    )
    drawn = samples[samples["day"].notna()].merge(known, on="patient_id")
    level, upper = drawn["level"].astype(float), drawn["upper95_level"].astype(float)
    detected = drawn["state"] == "detected"
    limit = drawn.reindex(columns=["lod95_level"])["lod95_level"].astype(float)
    drawn = drawn.assign(
        level=level.where(detected & (level > 0)),
        upper_bound=upper.where((drawn["state"] == "undetected") & (upper > 0)),
        limit=limit.where(
            drawn["state"].isin(["detected", "undetected"]) & (limit > 0)
        ),
    )
    return drawn.sort_values(["patient_id", "day", "sample_id"], ignore_index=True)[
        _COLUMNS
    ]


def plot_ctdna_trajectories(
    drawn: pd.DataFrame, *, metric: str, windows: Windows, study: Study
) -> Figure:
    """Draw a line a patient on a log axis, a panel a HER2 group.

    Above each panel stands the share of its patients still on treatment: lines
    cannot each be shaded, as they cross (a page of ``patient_profiles`` does).
    """
    heights = drawn["level"].fillna(drawn["upper_bound"])
    if not heights.notna().any():
        reason = "No plasma sample of a treated patient has a ctDNA level."
        return plot_nothing(reason, title="ctDNA over time", study=study)
    keys = _keys(drawn)
    knows_doses = bool(drawn["last_dose_day"].notna().any())
    doses = _DOSES_MM if knows_doses else 0.0
    names = ROW_MM * len(windows)
    top = measure_keys(keys) + _TITLE_MM + names + doses
    sheet = open_sheet(
        top + _PANEL_MM + _AXIS_MM,
        title=_title(drawn),
        subtitle=_subtitle(drawn, knows_doses=knows_doses),
        study=study,
    )
    draw_keys(sheet, keys)
    drawn = drawn.assign(
        x=drawn["day"] / DAYS_PER_WEEK, y=heights, mark=mark_samples(drawn)
    )
    is_only = drawn["her2_group"].nunique() == 1
    shown = pd.concat([heights, drawn["limit"]])
    for axes, group in place_panels(sheet, drawn["her2_group"], top, _PANEL_MM):
        own = drawn[drawn["her2_group"] == group]
        n = own["patient_id"].nunique()
        label_panel(axes, group, n, is_only=is_only, above_mm=names + doses)
        show_weeks(axes, drawn["x"])
        scale_levels(axes, shown, metric)
        _draw_panel(axes, own, windows)
        placed = place_names(axes, sheet, windows, days_per_unit=DAYS_PER_WEEK)
        write_names(sheet, placed, top - doses - 0.4)
        if knows_doses:
            _draw_doses(sheet, axes, own, top)
    sheet.figure.axes[0].set_ylabel(name_level(metric))
    return sheet.figure


def draw_ctdna_trajectories(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw ctDNA over time, from the plasma samples."""
    tables = given.tables
    drawn = derive_ctdna_trajectories(tables["ctdna_samples"], tables["patients"])
    figure = plot_ctdna_trajectories(
        drawn, metric=given.level_scale, windows=given.windows, study=given.study
    )
    return drawn, figure


def _title(drawn: pd.DataFrame) -> str:
    """Count who went from detected to undetected, in the order of the samples."""
    first = drawn[drawn["state"] == "detected"].groupby("patient_id")["day"].min()
    last = drawn[drawn["state"] == "undetected"].groupby("patient_id")["day"].max()
    fell = int((last.reindex(first.index) > first).sum())
    return (
        f"ctDNA became undetected in at least one later sample in {fell} of "
        f"{count_of(len(first), 'patient')} in whom it had been detected"
    )


def _subtitle(drawn: pd.DataFrame, *, knows_doses: bool) -> str:
    treatment = (
        "Strip on top: share of patients on treatment."
        if knows_doses
        else "No last dose is given, so treatment is not shown."
    )
    return (
        f"{count_of(drawn['patient_id'].nunique(), 'patient')}, {len(drawn)} "
        "plasma samples, one "
        f"line a patient; marks in the grey band have no level. {treatment}"
    )


def mark_samples(drawn: pd.DataFrame) -> pd.Series:
    """Return how each sample is marked: by its state, and whether it has a bound."""
    is_bound = (drawn["state"] != "undetected") | drawn["upper_bound"].notna()
    return drawn["state"].where(is_bound, "unbounded")


def _keys(drawn: pd.DataFrame) -> list[Key]:
    samples = key_of("Sample", MARKS, mark_samples(drawn), kind="marker")
    if drawn["limit"].notna().any():
        samples = samples._replace(looks=[*samples.looks, LIMIT])
    return [*response_key(drawn["response"], kind="line"), samples]


def _draw_panel(axes: Axes, own: pd.DataFrame, windows: Windows) -> None:
    """Draw windows, limits, lines and marks, thinner where there are many."""
    crowded = own["patient_id"].nunique() > _CROWDED
    draw_bands(axes, windows, days_per_unit=DAYS_PER_WEEK)
    limits = own[own["limit"].notna()]
    ticks = [
        ((x - _LIMIT_WEEKS, y), (x + _LIMIT_WEEKS, y))
        for x, y in zip(limits["x"], limits["limit"], strict=True)
    ]
    style: Style = {"colors": LIMIT.colour, "linewidths": 0.5, "zorder": 1}
    axes.add_collection(LineCollection(ticks, **style), autolim=False)
    draw_lines(axes, own, width=0.5 if crowded else 0.9)
    _draw_levels(axes, own[own["y"].notna()], size=1.8 if crowded else 2.6)
    draw_foot(axes, own[own["y"].isna()])


def _draw_levels(axes: Axes, own: pd.DataFrame, *, size: float) -> None:
    """Mark the samples with a level, or with the bound of one, by response."""
    for response, points in own.groupby("response"):
        ink = RESPONSES[str(response)].ink
        for state, part in (("detected", 1.0), ("undetected", 1.2)):
            look = MARKS[state]._replace(colour=ink, dark=ink, edge=ink)
            marked = points[points["state"] == state]
            axes.plot(marked["x"], marked["y"], **marker(look, size * part), zorder=3)


def draw_foot(axes: Axes, own: pd.DataFrame) -> None:
    """Mark the samples without a level in a grey band below the others."""
    bottom, top = axes.get_ylim()
    for is_minor in (False, True):
        ticks = axes.get_yticks(minor=is_minor)
        kept = ticks[(ticks >= bottom) & (ticks <= top)]
        axes.set_yticks(kept, minor=is_minor)
    axes.set_ylim(bottom / 1.9, top)
    axes.axhspan(bottom / 1.9, bottom, facecolor="#F0F0F0", edgecolor="none")
    for name, points in own.groupby("mark"):
        style = marker(MARKS[str(name)], 3.0)
        foot = bottom / 1.9 ** _FEET[str(name)]
        axes.plot(points["x"], [foot] * len(points), **style, clip_on=False, zorder=4)


def _draw_doses(sheet: Sheet, axes: Axes, own: pd.DataFrame, top: float) -> None:
    """Draw the share of a panel's patients on treatment; without a last dose, all."""
    doses = own.drop_duplicates("patient_id")["last_dose_day"].astype(float)
    box, limits = axes.get_position(), axes.get_xlim()
    left, width = box.x0 * sheet.width_mm, box.width * sheet.width_mm
    strip = sheet.axes(left, top - _DOSES_MM + 0.4, width, _DOSES_MM - 1.0)
    ends = np.sort(doses.dropna().to_numpy()) / DAYS_PER_WEEK
    shares = 1 - np.arange(len(ends) + 1) / len(doses)
    weeks = np.concatenate([[0.0], ends, [max(limits[1], *ends[-1:], 0.0)]])
    strip.fill_between(weeks, [*shares, shares[-1]], step="post", color=_DOSES)
    strip.set_xlim(limits)
    strip.set_ylim(0, 1)
    strip.set_axis_off()
    if axes is sheet.figure.axes[0]:
        style = {"ha": "right", "va": "center_baseline", "fontsize": SMALL_SIZE}
        sheet.text(left - 1, top - _DOSES_MM / 2, "on treatment", **style, color=MUTED)
