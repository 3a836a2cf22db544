"""Figure ``swimmer``: the course of each patient on one line."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from her2ctdna.figures.key import Key, draw_keys, key_of, measure_keys
from her2ctdna.figures.palette import HER2_GROUPS, RESPONSES, STATES, WHITE, Look
from her2ctdna.figures.sheet import (
    MARGIN_MM,
    Sheet,
    Study,
    marker,
    open_sheet,
    plot_nothing,
)
from her2ctdna.figures.style import (
    DAYS_PER_MONTH,
    DOUBLE_COLUMN_MM,
    FAINT,
    INK,
    MUTED,
    SMALL_SIZE,
    patients,
    shorten,
    shown,
    text_width_mm,
)

EVENTS = {
    "response": Look("first response", WHITE, "^"),
    "progression": Look("progression", "#C2185B", "D"),
    "death": Look("death", INK, "s", edge=WHITE),
    "alive": Look("alive at last contact", INK, ">", edge=WHITE),
}
_COLUMNS = ["patient_id", "her2_group", "bor", "item", "day_from", "day_to"]
_ROOMY_ROW_MM = 3.3
_TIGHT_ROW_MM = 2.2
_ROOMY_PATIENTS = 60
_WIDEST_ID_MM = 25.0
_RESPONSE_MM = 8.0
_STRIP_MM = 2.0
_AXIS_MM = 8.0
_MOST_TICKS = 14
_GROUP_ORDER = list(HER2_GROUPS)


def derive_swimmer(
    patient_table: pd.DataFrame, samples: pd.DataFrame | None
) -> pd.DataFrame:
    """Return what stands on the line of each treated patient.

    ``item`` is ``follow_up`` (first dose to end of OS), ``pfs`` (to end of PFS), one
    of `EVENTS` or a state of a plasma sample; events and samples have no ``day_to``.
    Ends are durations as they stand in the endpoints. Patients are in the order of
    the figure, top down: by HER2 group, then from the longest follow-up, ties by id.
    """
    treated = patient_table[patient_table["treated"] == "yes"]
    optional = treated.reindex(columns=["her2_group", "response_day"])
    treated = treated.assign(
        her2_group=optional["her2_group"].fillna(""),
        response_day=optional["response_day"].astype(float),
    )
    place = treated["her2_group"].map(_GROUP_ORDER.index)
    ordered = treated.assign(place=place).sort_values(
        ["place", "os_days", "patient_id"], ascending=[True, False, True]
    )
    draws = _draws_by_patient(samples)
    rows = [
        {column: getattr(patient, column) for column in _COLUMNS[:3]} | item
        for patient in ordered.itertuples()
        for item in [*_items(patient), *draws.get(str(patient.patient_id), [])]
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _items(patient: Any) -> Iterator[dict[str, Any]]:
    """Give the bars and events of a patient."""
    yield {"item": "follow_up", "day_from": 0.0, "day_to": patient.os_days}
    yield {"item": "pfs", "day_from": 0.0, "day_to": patient.pfs_days}
    if patient.responder == "yes":
        yield {"item": "response", "day_from": patient.response_day}
    if patient.pfs_reason == "progression":
        yield {"item": "progression", "day_from": patient.pfs_days}
    end = "death" if patient.os_event == "yes" else "alive"
    yield {"item": end, "day_from": patient.os_days}


def _draws_by_patient(samples: pd.DataFrame | None) -> dict[str, list[dict[str, Any]]]:
    if samples is None:
        return {}
    dated = samples[samples["day"].notna()].sort_values(["day", "sample_id"])
    return {
        str(patient): [
            {"item": state, "day_from": day}
            for state, day in zip(own["state"], own["day"], strict=True)
        ]
        for patient, own in dated.groupby("patient_id")
    }


def plot_swimmer(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw a line a patient: follow-up, PFS, response, events and plasma samples."""
    if drawn.empty:
        reason = "No patient was treated."
        return plot_nothing(reason, title="Course of each patient", study=study)
    lines = drawn.drop_duplicates("patient_id").reset_index(drop=True)
    roomy = len(lines) <= _ROOMY_PATIENTS
    height = (_ROOMY_ROW_MM if roomy else _TIGHT_ROW_MM) * len(lines)
    keys = _keys(drawn, lines)
    top = measure_keys(keys) + 1.5
    sheet = open_sheet(
        top + height + _AXIS_MM,
        title=_title(drawn),
        subtitle=_subtitle(lines),
        study=study,
    )
    draw_keys(sheet, keys)
    left = _write_names(sheet, lines, top, height)
    axes = sheet.axes(left, top, DOUBLE_COLUMN_MM - left - 2 * MARGIN_MM, height)
    rows = {patient: row for row, patient in enumerate(lines["patient_id"])}
    placed = drawn.assign(row=drawn["patient_id"].map(rows))
    _draw_bars(axes, placed)
    _draw_events(axes, placed, size=3.2 if roomy else 2.2)
    _finish_axes(axes, lines, drawn)
    return sheet.figure


def _title(drawn: pd.DataFrame) -> str:
    n = drawn["patient_id"].nunique()
    count = drawn["item"].value_counts()
    return (
        f"{count.get('response', 0)} of {patients(n)} responded, "
        f"{count.get('progression', 0)} progressed, {count.get('death', 0)} died"
    )


def _subtitle(lines: pd.DataFrame) -> str:
    return (
        f"{patients(len(lines))} treated, one line each. Bar: progression-free time, "
        "coloured by best response; thin line: follow-up for survival."
    )


def _keys(drawn: pd.DataFrame, lines: pd.DataFrame) -> list[Key]:
    groups = lines["her2_group"]
    keys = [key_of("HER2", HER2_GROUPS, groups, kind="patch")] if groups.any() else []
    keys.append(key_of("Best response", RESPONSES, lines["bor"], kind="patch"))
    keys.append(key_of("Events", EVENTS, drawn["item"], kind="marker"))
    keys.append(key_of("ctDNA", STATES, drawn["item"], kind="marker"))
    return [key for key in keys if key.looks]


def _write_names(sheet: Sheet, lines: pd.DataFrame, top: float, height: float) -> float:
    """Write ids, responses and the strip of HER2 groups; return where it ends."""
    pitch = height / len(lines)
    size = min(SMALL_SIZE, SMALL_SIZE * pitch / _TIGHT_ROW_MM)
    ids = [
        shorten(shown(patient), _WIDEST_ID_MM, size=size)
        for patient in lines["patient_id"]
    ]
    start = MARGIN_MM + max(text_width_mm(text, size=size) for text in ids) + 1.5
    strip = start + _RESPONSE_MM
    style = {"va": "center_baseline", "fontsize": size}
    for row, (text, line) in enumerate(zip(ids, lines.itertuples(), strict=True)):
        middle = top + (row + 0.5) * pitch
        sheet.text(start - 1.5, middle, text, ha="right", color=MUTED, **style)
        response = {"MISSING": "", "NON-CR/NON-PD": "non"}.get(line.bor, line.bor)
        sheet.text(start, middle, response, **style)
    if lines["her2_group"].any():
        for group, members in lines.groupby("her2_group"):
            y = top + members.index[0] * pitch
            box = {"facecolor": HER2_GROUPS[group].colour, "edgecolor": "none"}
            sheet.rectangle(
                strip, y + 0.2, _STRIP_MM, len(members) * pitch - 0.4, **box
            )
    return strip + _STRIP_MM + 1.5


def _draw_bars(axes: Axes, placed: pd.DataFrame) -> None:
    follow_up = placed[placed["item"] == "follow_up"]
    ends = follow_up["day_to"] / DAYS_PER_MONTH
    axes.hlines(follow_up["row"], 0, ends, color=MUTED, linewidth=0.6, zorder=1)
    bars = placed[placed["item"] == "pfs"]
    looks = [RESPONSES[name] for name in bars["bor"]]
    axes.barh(
        bars["row"],
        bars["day_to"] / DAYS_PER_MONTH,
        height=0.62,
        color=[look.colour for look in looks],
        edgecolor=[MUTED if look.colour == WHITE else "none" for look in looks],
        hatch=[look.hatch for look in looks],
        zorder=2,
    )


def _draw_events(axes: Axes, placed: pd.DataFrame, *, size: float) -> None:
    """Draw samples on the line, and events on top of them."""
    looks = STATES | EVENTS
    for item, own in placed.groupby("item"):
        if item not in looks:
            continue
        style = marker(looks[str(item)], size if item in EVENTS else size * 0.8)
        rise = 0.42 if item == "response" else 0.0
        axes.plot(
            own["day_from"] / DAYS_PER_MONTH,
            own["row"] - rise,
            **style,
            zorder=5 if item in EVENTS else 4,
            clip_on=False,
        )


def _finish_axes(axes: Axes, lines: pd.DataFrame, drawn: pd.DataFrame) -> None:
    axes.set_ylim(len(lines) - 0.5, -0.5)
    first = min(drawn["day_from"].min(), 0) / DAYS_PER_MONTH
    last = drawn[["day_from", "day_to"]].max().max() / DAYS_PER_MONTH
    axes.set_xlim(first - 0.2, max(last * 1.02, 1))
    step = next((step for step in (1, 3, 6) if last / step <= _MOST_TICKS), 12)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=INK, linewidth=0.6, zorder=1)
    axes.grid(axis="x")
    groups = lines["her2_group"]
    for row in lines.index[1:][groups.to_numpy()[1:] != groups.to_numpy()[:-1]]:
        axes.axhline(row - 0.5, color=FAINT, linewidth=0.6)
    axes.set_xlabel("Months since first dose (1 month = 30.4375 days)")
