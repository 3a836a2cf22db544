"""How HER2 changed over a patient's specimens before treatment."""

import pandas as pd

from her2ctdna.her2.her2_status import readers_in_order

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
    by_patient = dict(list(readings.groupby("patient_id", sort=False)))
    rows = []
    for patient in patients["patient_id"]:
        own = by_patient.get(patient)
        if own is None:
            rows.append((patient, "unreadable", 0, "no HER2 reading"))
        else:
            rows.append((patient, *_describe(own, reader)))
    return pd.DataFrame(rows, columns=DYNAMICS_COLUMNS)


def _describe(readings: pd.DataFrame, rule: str) -> tuple[str, int, str]:
    """Return the course of one patient, how many specimens made it, and which."""
    readable = readings[readings["her2_class"] != "missing"]
    wanted = readers_in_order(readable["reader"], rule)
    if not wanted:
        return "unreadable", 0, "no readable result by the reader"
    own = readable[readable["reader"] == wanted[0]]
    grouped = own[own["her2_group"].notna()]
    before = grouped[grouped["collected_day"] <= _LAST_DAY]
    before = before.sort_values(["collected_day", "specimen_id"])
    told = [
        f"{row.her2_group} on day {row.collected_day:g}" for row in before.itertuples()
    ]
    left_out = {
        "undated": int(grouped["collected_day"].isna().sum()),
        "after the first dose": int((grouped["collected_day"] > _LAST_DAY).sum()),
        "without a group": len(own) - len(grouped),
    }
    parts = [", ".join(told)] if told else []
    parts += [f"{count} {what}" for what, count in left_out.items() if count]
    reason = f"{wanted[0]}: {'; '.join(parts)}"
    return _name(before), len(before), reason


def _name(readings: pd.DataFrame) -> str:
    """Return the name of a course of readings in the order of their days."""
    if len(readings) < 2:
        return "one_reading" if len(readings) else "unreadable"
    by_day = readings.groupby("collected_day")["her2_group"].agg(set)
    groups = [next(iter(found)) if len(found) == 1 else "both" for found in by_day]
    changes = [
        group
        for group, last in zip(groups, ["", *groups[:-1]], strict=True)
        if group != last
    ]
    names = {
        ("zero",): "stable_zero",
        ("low",): "stable_low",
        ("zero", "low"): "gained",
        ("low", "zero"): "lost",
    }
    return names.get(tuple(changes), "ever_low")
