"""How HER2 changed over a patient's specimens before treatment."""

from itertools import groupby
from math import isnan

import pandas as pd

from her2ctdna.her2.her2_status import group_readings, take_reader
from her2ctdna.tables import Record

DYNAMICS = (
    *("stable_zero", "stable_low", "gained", "lost", "ever_low"),
    *("one_reading", "unreadable"),
)
DYNAMICS_COLUMNS = ["patient_id", "dynamics", "n_readings", "reason"]

_LAST_DAY = 0
"""The last day before treatment is that of the first dose."""


def derive_her2_dynamics(
    readings: pd.DataFrame, patients: pd.DataFrame, *, reader: str
) -> pd.DataFrame:
    """Derive the course of HER2 over dated specimens up to the first dose.

    Parameters
    ----------
    readings
        With ``her2_group``, as `her2ctdna.her2.her2_status.derive_her2_readings` has
        them.
    patients
        Who gets a row, in this order.
    reader
        Whose readings count, as in `derive_her2_status`; one reader per patient, so
        that a change is none between readers.

    Returns
    -------
    One row a patient. ``dynamics``: *stable_zero* and *stable_low* where all
    specimens are of one group; *gained*, zero and then low; *lost*, low and then
    zero; *ever_low*, anything else with both, and both on one day; *one_reading*; or
    *unreadable* without a dated specimen that has a group. ``n_readings`` counts the
    specimens that have one; ``reason`` tells them by day, and what was left out.
    """
    by_patient = group_readings(readings)
    rows = [
        (patient, *_describe(by_patient[patient], reader))
        if patient in by_patient
        else (patient, "unreadable", 0, "no HER2 reading")
        for patient in patients["patient_id"]
    ]
    return pd.DataFrame(rows, columns=DYNAMICS_COLUMNS)


def _describe(readings: list[Record], rule: str) -> tuple[str, int, str]:
    """Return the course of one patient, how many specimens made it, and which."""
    own, name = take_reader(readings, rule)
    if not own:
        return "unreadable", 0, "no readable result by the reader"
    grouped = [row for row in own if row["her2_group"] is not None]
    before = sorted(
        (row for row in grouped if row["collected_day"] <= _LAST_DAY),
        key=lambda row: (row["collected_day"], row["specimen_id"]),
    )
    told = [f"{row['her2_group']} on day {row['collected_day']:g}" for row in before]
    left_out = {
        "undated": sum(isnan(row["collected_day"]) for row in grouped),
        "after the first dose": sum(
            row["collected_day"] > _LAST_DAY for row in grouped
        ),
        "without a group": len(own) - len(grouped),
    }
    parts = [", ".join(told)] if told else []
    parts += [f"{count} {what}" for what, count in left_out.items() if count]
    return _name(before), len(before), f"{name}: {'; '.join(parts)}"


def _name(readings: list[Record]) -> str:
    """Return the name of a course of readings in the order of their days."""
    if len(readings) < 2:
        return "one_reading" if readings else "unreadable"
    by_day: dict[float, set[str]] = {}
    for row in readings:
        by_day.setdefault(row["collected_day"], set()).add(row["her2_group"])
    groups = ["".join(day) if len(day) == 1 else "both" for day in by_day.values()]
    changes = tuple(group for group, _ in groupby(groups))
    names = {
        ("zero",): "stable_zero",
        ("low",): "stable_low",
        ("zero", "low"): "gained",
        ("low", "zero"): "lost",
    }
    return names.get(changes, "ever_low")
