"""Figure ``spider``: change of each patient's tumour over time.

Lines are coloured by best response, not by HER2 class: the panels already divide the
patients by HER2 group, and within one it is the response that a line is compared
with. The class of a patient stands in ``waterfall`` and ``swimmer``.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.key import Key, draw_keys, key_of, measure_keys
from her2ctdna.figures.marks.palette import RESPONSES, WHITE, Look
from her2ctdna.figures.marks.panels import (
    draw_lines,
    label_panel,
    place_panels,
    show_weeks,
)
from her2ctdna.figures.marks.responses import name_responses
from her2ctdna.figures.marks.sheet import Study, marker, open_sheet, plot_nothing
from her2ctdna.figures.marks.style import (
    DAYS_PER_WEEK,
    DOUBLE_COLUMN_MM,
    INK,
    MUTED,
    SMALL_SIZE,
    number,
    text_width_mm,
)
from her2ctdna.response.recist_criteria import (
    PARTIAL_RESPONSE_PERCENT,
    PROGRESSION_PERCENT,
)
from her2ctdna.wording import count_of

NEW_LESION = Look("new lesion", INK, "x")
_UNMEASURED = Look("new lesion, target sum not measured", WHITE, "X")
_COLUMNS = [
    *["patient_id", "her2_group", "bor", "response", "day", "change_percent"],
    "new_lesion",
]
_PANEL_MM = 62.0
_AXIS_MM = 8.5
_HIGHEST = 100.0
"""Growth beyond this percentage leaves the panel, where an arrow gives the highest."""
_ARROW_MM = 1.6


def derive_spider(visits: pd.DataFrame, patient_table: pd.DataFrame) -> pd.DataFrame:
    """Return the change of the sum of target diameters at each assessment.

    In percent of the baseline sum, by the evaluator whose assessments count; see
    `her2ctdna.response.visits.derive_target_changes`. Each patient starts with a row of
    no change at day 0, the baseline. Treated patients with a baseline and a later sum;
    rows by patient, day, coloured by ``response`` (`name_responses`). Of an assessment
    without a sum there is a row, without a change, only if it found a new lesion.
    """
    changes = visits[visits["change_percent"].notna()]
    changes = changes.rename(columns={"assessed_day": "day"})
    starts = changes[["patient_id"]].drop_duplicates()
    starts = starts.assign(day=0.0, change_percent=0.0, new_lesion=None)
    is_unmeasured = visits["change_percent"].isna() & (visits["used"] == "yes")
    new = visits[is_unmeasured & (visits["new_lesion"] == "yes")]
    new = new[new["patient_id"].isin(changes["patient_id"])]
    new = new.rename(columns={"assessed_day": "day"})
    treated = patient_table[patient_table["treated"] == "yes"]
    known = treated.reindex(columns=["patient_id", "her2_group", "bor"])
    known = known.assign(
        her2_group=known["her2_group"].fillna(""), response=name_responses(treated)
    )
    parts = [part[starts.columns] for part in (changes, new) if len(part)]
    points = pd.concat([starts, *parts])
    drawn = points.merge(known, on="patient_id")
    return drawn.sort_values(["patient_id", "day"], ignore_index=True)[_COLUMNS]


def plot_spider(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw a line a patient, a panel a HER2 group, coloured by best response."""
    if drawn.empty:
        return plot_nothing(
            "No patient has a measured sum of target diameters at baseline and later.",
            title="Target lesions over time",
            study=study,
        )
    keys = _keys(drawn)
    top = measure_keys(keys) + 5
    sheet = open_sheet(
        top + _PANEL_MM + _AXIS_MM,
        title=_title(drawn),
        subtitle=f"{count_of(drawn['patient_id'].nunique(), 'patient')} with a "
        "measurement at "
        "baseline and later; sum of target diameters, one line a patient.",
        study=study,
    )
    draw_keys(sheet, keys)
    weeks = drawn["day"] / DAYS_PER_WEEK
    highest = min(drawn["change_percent"].max(), _HIGHEST)
    for axes, group in place_panels(sheet, drawn["her2_group"], top, _PANEL_MM):
        own = drawn[drawn["her2_group"] == group]
        _draw_lines(axes, own)
        is_only = own["patient_id"].size == drawn["patient_id"].size
        label_panel(axes, group, own["patient_id"].nunique(), is_only=is_only)
        axes.set_ylim(-105, max(highest, PROGRESSION_PERCENT) + 8)
        show_weeks(axes, weeks)
        _mark_beyond(axes, own)
    sheet.figure.axes[0].set_ylabel("Change from baseline (%)")
    return sheet.figure


def draw_spider(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw target lesions over time, from the assessments."""
    drawn = derive_spider(given.tables["visits"], given.tables["patients"])
    return drawn, plot_spider(drawn, study=given.study)


def _title(drawn: pd.DataFrame) -> str:
    best = drawn[drawn["day"] > 0].groupby("patient_id")["change_percent"].min()
    shrunk = int((best <= PARTIAL_RESPONSE_PERCENT).sum())
    return (
        f"Target lesions shrank by {-PARTIAL_RESPONSE_PERCENT:g}\N{NO-BREAK SPACE}% "
        f"or more at some assessment in "
        f"{shrunk} of {count_of(len(best), 'patient')}"
    )


def _keys(drawn: pd.DataFrame) -> list[Key]:
    keys = [key_of("Best response", RESPONSES, drawn["response"], kind="line")]
    new = drawn[drawn["new_lesion"] == "yes"]
    is_measured = new["change_percent"].notna()
    looks = [NEW_LESION] if is_measured.any() else []
    looks += [] if is_measured.all() else [_UNMEASURED]
    return [*keys, Key("Event", looks, "marker")] if looks else keys


def _draw_lines(axes: Axes, own: pd.DataFrame) -> None:
    weeks, change = own["day"] / DAYS_PER_WEEK, own["change_percent"]
    draw_lines(axes, own.assign(x=weeks, y=change), width=0.9)
    _draw_dots(axes, own[change.notna()])
    is_new = own["new_lesion"] == "yes"
    last_known = change.groupby(own["patient_id"]).ffill()
    for look, marked in (
        (NEW_LESION, is_new & change.notna()),
        (_UNMEASURED, is_new & change.isna()),
    ):
        axes.plot(weeks[marked], last_known[marked], **marker(look, 4), zorder=4)
    axes.axhline(0, color=INK, linewidth=0.6, zorder=0)
    for level in (PARTIAL_RESPONSE_PERCENT, PROGRESSION_PERCENT):
        axes.axhline(level, color=MUTED, linewidth=0.6, linestyle=(0, (3, 2)), zorder=0)
    axes.yaxis.set_major_locator(MultipleLocator(20))
    axes.yaxis.set_major_formatter(lambda value, _: number(value))


def _mark_beyond(axes: Axes, own: pd.DataFrame) -> None:
    """Mark the lines that leave the panel by an arrow and their highest change."""
    low, high = axes.get_xlim()
    top = axes.get_ylim()[1]
    pace = (high - low) / (axes.get_position().width * DOUBLE_COLUMN_MM)
    notes: list[tuple[float, str]] = []
    for week, change in _leaving(own, top):
        axes.plot([week], [top], **marker(Look("", INK, "^"), 3.5), clip_on=False)
        start, text = week + _ARROW_MM * pace, f"+{change:.0f}"
        if notes and start < notes[-1][0] + _width_of(notes[-1][1]) * pace:
            notes[-1] = notes[-1][0], f"{notes[-1][1]}, {text}"
        else:
            notes.append((start, text))
    for start, text in notes:
        room = min(start, high - _width_of(text) * pace)
        axes.text(room, top, text, va="center_baseline", fontsize=SMALL_SIZE)


def _leaving(own: pd.DataFrame, top: float) -> list[tuple[float, float]]:
    """Return the week and the highest change of each line that leaves the panel."""
    beyond = own[own["change_percent"] > top].groupby("patient_id")
    weeks, highest = (
        beyond["day"].first() / DAYS_PER_WEEK,
        beyond["change_percent"].max(),
    )
    return sorted(zip(weeks, highest, strict=True))


def _width_of(text: str) -> float:
    return text_width_mm(text, size=SMALL_SIZE) + 1


def _draw_dots(axes: Axes, own: pd.DataFrame) -> None:
    """Mark the assessments."""
    for response, points in own.groupby("response"):
        dot = marker(Look("", RESPONSES[str(response)].ink), 2.4)
        weeks = points["day"] / DAYS_PER_WEEK
        axes.plot(weeks, points["change_percent"], **dot | {"markeredgewidth": 0})
