"""The chart of ctDNA over time that a reader can explore, as a Vega-Lite spec.

It shows the rows of the static figure. Vega-Altair checks the spec against its schema;
nothing in it names an address.
"""

from collections.abc import Iterator
from functools import reduce
from operator import and_
from typing import NotRequired, TypedDict

import altair as alt
import pandas as pd

from her2ctdna.figures.marks.palette import HER2_CATEGORIES, HER2_GROUPS
from her2ctdna.report.blocks import Chart
from her2ctdna.report.formats import is_number, write_level
from her2ctdna.report.glossary import METRICS, STATES, plain
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import Results

_TITLE = "ctDNA over time, to explore"
_POINT = "Point at a mark for its patient, sample and level. "
_PICK = "Pick a patient below or by a click on a mark"
_PICK_CLASS = (
    "Pick a HER2 class below or in the legend, or a patient below or by a click on a "
    "mark"
)
_READ = (
    "; a double click beside the lines shows all again. A triangle is an upper limit: "
    "nothing was seen, and the level lies somewhere below. Marks at the foot have no "
    "level."
)
_DAYS_PER_WEEK = 7
_UNREAD = "#6B6B6B"
_INKS = {
    **{name: look.ink for name, look in HER2_CATEGORIES.items()},
    "low": HER2_GROUPS["low"].ink,
    "zero_unspecified": "#44AA99",
    "indeterminate": _UNREAD,
}
_SHAPES = {
    "detected": "circle",
    "undetected": "triangle-down",
    "not_evaluable": "cross",
    "failed_qc": "diamond",
}
_SAID = {
    "patient": "Patient",
    "her2": "HER2 class",
    "day": "Day since first dose",
    "sample": "Sample",
    "state": "State",
    "level": "Level",
    "limit": "Upper limit, if undetected",
}
_FONT = "system-ui, sans-serif"
_HEIGHT = 420
_FOOT = 24
"""Height of the strip below all levels, for the marks of samples without one."""
_ON_A_MARK = "click[event.item && event.item.mark.role === 'mark']"
"""A click in the legend picks a class, not the patient of a mark that is not there."""
_FAINT = 0.07
_SEEN = 0.85


class Point(TypedDict):
    """What is drawn and said of a sample."""

    patient: str
    her2: NotRequired[str]
    week: float
    day: float
    sample: str
    state: str
    level: str
    limit: str
    height: NotRequired[float]


def trajectories_spec(
    drawn: pd.DataFrame, patients: pd.DataFrame, *, scale: str, description: str
) -> dict[str, object] | None:
    """Return the chart of the samples that the static figure draws.

    Parameters
    ----------
    drawn
        The table of the figure ``ctdna_trajectories``.
    patients
        The analysis-ready table, for the HER2 class, if the study has any.
    description
        What is read aloud in place of the chart.

    Returns
    -------
    dict or None
        A Vega-Lite spec; None if no sample has a level, as nothing can be drawn.
    """
    rows = list(_rows(drawn, patients, scale=scale))
    if not any("height" in row for row in rows):
        return None
    classes, names = _known_classes(rows), sorted({row["patient"] for row in rows})
    *of_class, of_patient, pointed = choices = [
        *(_class_choices(classes) if classes else []),
        *_patient_choices(names),
    ]
    picked = reduce(and_, of_class, of_patient)
    seen = alt.condition(picked, alt.value(_SEEN), alt.value(_FAINT))
    level = alt.Y("height:Q").scale(type="log", nice=False, padding=_FOOT)
    level = level.axis(format="~g", tickCount=6).title(_level_title(scale))
    colour = _colour(classes) if classes else alt.value(_UNREAD)
    base = alt.Chart().encode(_week(rows), color=colour, opacity=seen)
    lines, marks, foot = _layers(base, level, pointed, has_classes=bool(classes))
    chart = (
        alt.layer(lines.add_params(*choices), marks, foot, data=alt.InlineData(rows))
        .properties(width="container", height=_HEIGHT, description=description)
        .configure(font=_FONT, background="#FFFFFF")
        .configure_axis(labelFontSize=12, titleFontSize=13, titleFontWeight="normal")
        .configure_legend(labelFontSize=12, titleFontSize=13)
    )
    spec: dict[str, object] = chart.to_dict()
    del spec["$schema"]  # an address, which nothing may look up
    return spec


def _rows(
    drawn: pd.DataFrame, patients: pd.DataFrame, *, scale: str
) -> Iterator[Point]:
    """Yield what is drawn and said of each sample; one without level has no height."""
    classes = _classes(patients)
    factor = 100 if scale.endswith("vaf") else 1
    for row in drawn.itertuples(index=False):
        height = row.level if is_number(row.level) else row.upper_bound
        point: Point = {
            "patient": row.patient_id,
            "week": row.day / _DAYS_PER_WEEK,
            "day": row.day,
            "sample": row.sample_id,
            "state": STATES.get(row.state, plain(row.state)),
            "level": _said(row.level, scale),
            "limit": _said(row.upper_bound, scale),
        }
        if row.patient_id in classes:
            point["her2"] = classes[row.patient_id]
        if is_number(height):
            point["height"] = height * factor
        yield point


def _said(level: float, scale: str) -> str:
    return write_level(level, scale=scale) if is_number(level) else "none"


def _week(rows: list[Point]) -> alt.X:
    """Return the axis of time; its span is given, as a layer may have no sample."""
    weeks = [row["week"] for row in rows]
    axis = alt.X("week:Q").axis(tickCount=10).title("Weeks since first dose")
    return axis.scale(domain=[min(weeks), max(weeks)], nice=True)


def _level_title(scale: str) -> str:
    name = METRICS[scale]
    unit = ", %" if scale.endswith("vaf") else ""
    return f"{name[0].upper()}{name[1:]}{unit} (log)"


def _classes(patients: pd.DataFrame) -> dict[str, str]:
    """Return the HER2 class of each patient, as it is named in the chart."""
    if "her2_class" not in patients:
        return {}
    return {
        row.patient_id: plain(text_or(row.her2_class, "missing"))
        for row in patients.itertuples(index=False)
    }


def _known_classes(rows: list[Point]) -> list[str]:
    """Return the classes that occur, from none to most stained, then any others."""
    found = {row["her2"] for row in rows if "her2" in row}
    order = [plain(name) for name in _INKS if plain(name) in found]
    return order + sorted(found - set(order))


def _colour(classes: list[str]) -> alt.Color:
    inks = {plain(name): ink for name, ink in _INKS.items()}
    colours = [inks.get(name, _UNREAD) for name in classes]
    colour = alt.Color("her2:N").scale(domain=classes, range=colours)
    return colour.title("HER2 class").legend(
        orient="bottom", columns=3, symbolStrokeWidth=3, symbolType="stroke"
    )


def _class_choices(classes: list[str]) -> list[alt.Parameter]:
    """Return how a class is picked: in the legend, or in a list."""
    return [
        alt.selection_point(name="legend", fields=["her2"], bind="legend"),
        alt.selection_point(
            name="class", fields=["her2"], bind=_list("HER2 class", classes)
        ),
    ]


def _patient_choices(patients: list[str]) -> list[alt.Parameter]:
    """Return how a patient is picked, in a list or by a click, and pointed at."""
    return [
        alt.selection_point(
            name="patient",
            fields=["patient"],
            bind=_list("Patient", patients),
            on=_ON_A_MARK,
            clear="dblclick",
            toggle=False,
        ),
        alt.selection_point(
            name="pointed",
            fields=["patient"],
            on="pointerover",
            clear="pointerout",
            empty=False,
        ),
    ]


def _list(label: str, options: list[str]) -> alt.BindRadioSelect:
    return alt.binding_select(
        options=[None, *options], labels=["all", *options], name=f"{label} "
    )


def _layers(
    base: alt.Chart, level: alt.Y, pointed: alt.Parameter, *, has_classes: bool
) -> tuple[alt.Chart, alt.Chart, alt.Chart]:
    """Return a line a patient, a mark a sample, and at the foot those without level."""
    shape = (
        alt.Shape("state:N")
        .scale(domain=[STATES[name] for name in _SHAPES], range=list(_SHAPES.values()))
        .legend(orient="top", columns=2)
        .title("Sample")
    )
    said = [
        alt.Tooltip(f"{field}:N", title=title)
        for field, title in _SAID.items()
        if field != "her2" or has_classes
    ]
    has_level = alt.expr.isValid(alt.datum.height)
    width = alt.condition(pointed, alt.value(4), alt.value(1.5))
    lines = base.transform_filter(has_level).mark_line()
    lines = lines.encode(level, detail="patient:N", strokeWidth=width)
    marks = base.transform_filter(has_level).mark_point(filled=True, size=60)
    foot = base.transform_filter(~has_level).mark_point(filled=False, size=60)
    return (
        lines,
        marks.encode(level, shape=shape, tooltip=said),
        foot.encode(y=alt.value(_HEIGHT - _FOOT / 2), shape=shape, tooltip=said),
    )


def chart_blocks(results: Results) -> Iterator[Chart]:
    """Yield the chart of the study, if it has a sample to draw."""
    name = "ctdna_trajectories"
    if not results.has(name):
        return
    spec = trajectories_spec(
        results.tables[name],
        results.patients,
        scale=results.level_scale,
        description=f"{_TITLE}. Every value in it is in {name}.tsv.",
    )
    if spec:
        pick = _PICK_CLASS if "her2" in results.chapters else _PICK
        yield Chart(name, _TITLE, f"{_POINT}{pick}{_READ}", spec)
