"""How a study tells time: dates or days, and the data cutoff.

Inside the package all times are days since first dose (first dose = 0). Dates end
here: nothing downstream holds one.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.columns import FIELDS, read_date, times_of

Tables = dict[str, pd.DataFrame]

_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")
_KEPT_AT_CUTOFF = ("last_alive", "last_dose")
"""Times of patients that a cutoff shortens; the others are unknown before they come."""

_LATER = {
    "treated": "patients first dosed after the data cutoff count as not treated",
    "death_day": "deaths after the data cutoff are set aside",
    "new_therapy_day": "new therapies after the data cutoff are set aside",
}


def detect_time(sheets: Tables) -> tuple[str, list[Finding]]:
    """Return how the study tells time (``date`` or ``day``), with the exceptions.

    The patients sheet decides: ``first_dose_date`` means dates. Each time column of
    the other kind is an error, in whichever sheet it stands.
    """
    patients = sheets.get("patients", pd.DataFrame())
    seen = {
        ending: [
            (table, f"{name}_{ending}")
            for table, sheet in sheets.items()
            for name in times_of(table)
            if f"{name}_{ending}" in sheet
        ]
        for ending in ("date", "day")
    }
    dates = "first_dose_date" in patients or (seen["date"] and not seen["day"])
    time, other = ("date", "day") if dates else ("day", "date")
    advice = (
        f"the study gives its times as {time}s; use {time}s everywhere, "
        "since the two cannot be mixed"
    )
    return time, [
        Finding("error", table, 1, column, "", "", advice)
        for table, column in seen[other]
    ]


def first_doses(patients: pd.DataFrame) -> dict[str, date]:
    """Return the first dose of each treated patient of a sheet with dates."""
    if "first_dose_date" not in patients or "patient_id" not in patients:
        return {}
    known = patients.dropna(subset=["patient_id", "first_dose_date"])
    pairs = zip(known["patient_id"], known["first_dose_date"], strict=True)
    return {
        patient: day for patient, cell in pairs if (day := read_date(cell)) is not None
    }


def fill_partial_dates(
    sheets: Tables, *, rules: Mapping[str, str]
) -> tuple[Tables, list[Finding]]:
    """Fill in the day of dates without one (``2024-02``), and warn of each.

    ``rules`` gives the day for each table: ``first`` of the month, but the day of
    first dose where that is in the month; ``last`` of the month; ``refuse`` leaves
    the cell, which no check accepts. The end of a record (``ended_date``) takes the
    last day, and a first dose is never filled in.
    """
    doses = first_doses(sheets["patients"])
    filled, findings = {}, []
    for table, sheet in sheets.items():
        filled[table] = sheet.copy()
        names = [name for name in times_of(table) if name != "first_dose"]
        for column in (f"{name}_date" for name in names):
            if column not in sheet or rules[table] == "refuse":
                continue
            rule = "last" if column == "ended_date" else rules[table]
            cells = sheet[column].dropna()
            for row, cell in cells[cells.map(_is_partial)].items():
                patient = str(sheet.get("patient_id", {}).get(row) or "")
                day = _day_in_month(cell, rule, doses.get(patient))
                filled[table].loc[row, column] = day.isoformat()
                message = f"has no day; taken as the {rule} of the month"
                where = ("warning", table, int(row), column, patient, cell)
                findings.append(Finding(*where, message))
    return filled, findings


def _is_partial(cell: str) -> bool:
    return bool(_MONTH.fullmatch(cell))


def _day_in_month(cell: str, rule: str, first_dose: date | None) -> date:
    year, month = int(cell[:4]), int(cell[5:])
    first = date(year, month, 1)
    last = first.replace(day=monthrange(year, month)[1])
    if rule == "last":
        return last
    return first_dose if first_dose and first <= first_dose <= last else first


def days_since_first_dose(
    cells: pd.Series, patients: pd.Series, first_dose: Mapping[str, date]
) -> pd.Series:
    """Return dates (as text) as days; NaN if the date or the first dose is missing."""
    days = [
        (read_date(cell) - first_dose[patient]).days  # type: ignore[operator]
        if cell is not None and patient in first_dose
        else np.nan
        for cell, patient in zip(cells, patients, strict=True)
    ]
    return pd.Series(days, index=cells.index, dtype=float)


def cutoff_days(
    patients: pd.DataFrame,
    cutoff: str | int | None,
    first_dose: Mapping[str, date],
    *,
    time: str,
) -> tuple[dict[str, float], list[Finding]]:
    """Return the day of the data cutoff of each patient (none without a cutoff).

    A cutoff that does not count time as the study does is an error.
    """
    if cutoff is None:
        return {}, []
    if isinstance(cutoff, int) and time == "day":
        known = patients["patient_id"].dropna()
        return dict.fromkeys(known, float(cutoff)), []
    last = read_date(cutoff) if isinstance(cutoff, str) and time == "date" else None
    if last is None:
        advice = f"the study gives its times as {time}s; give a {time} that exists"
        where = "study.data_cutoff"
        return {}, [Finding("error", "config", None, where, "", str(cutoff), advice)]
    return {
        patient: float((last - day).days) for patient, day in first_dose.items()
    }, []


def apply_cutoff(
    tables: Tables, cutoff: Mapping[str, float]
) -> tuple[Tables, list[Finding]]:
    """Set records after the data cutoff aside and count them.

    A death or new therapy after the cutoff is not known at it; follow-up and dosing
    that reach beyond it end at it. A patient first dosed later is not treated yet.
    """
    if not cutoff:
        return tables, []
    kept: Tables = {"patients": _patients_at_cutoff(tables["patients"], cutoff)}
    findings = list(_unknown_yet(tables["patients"], kept["patients"]))
    for table, frame in tables.items():
        if table == "patients" or not times_of(table):
            kept.setdefault(table, frame)
            continue
        day = frame[f"{times_of(table)[0]}_day"]
        late = day > frame["patient_id"].map(cutoff).astype(float)
        kept[table] = frame[~late]
        if late.any():
            message = "records after the data cutoff are set aside"
            count = str(int(late.sum()))
            findings.append(Finding("note", table, None, "", "", count, message))
    return kept, findings


def _patients_at_cutoff(
    patients: pd.DataFrame, cutoff: Mapping[str, float]
) -> pd.DataFrame:
    last = patients["patient_id"].map(cutoff).astype(float)
    at_cutoff = patients.copy()
    at_cutoff["treated"] = patients["treated"].where(~(last < 0), "no")
    died_later = patients["death_day"] > last
    for name in times_of("patients"):
        if name == "first_dose":
            continue
        day = patients[f"{name}_day"]
        beyond = last if name in _KEPT_AT_CUTOFF else np.nan
        at_cutoff[f"{name}_day"] = day.where(~(day > last), beyond)
    at_cutoff["last_alive_day"] = at_cutoff["last_alive_day"].where(~died_later, last)
    return at_cutoff


def _unknown_yet(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Finding]:
    for column, message in _LATER.items():
        late = before[column].notna() & (before[column] != after[column])
        if late.any():
            count = str(int(late.sum()))
            yield Finding("note", "patients", None, "", "", count, message)


def empty_table(table: str) -> pd.DataFrame:
    """Return the normalised form of a table without rows."""
    return pd.DataFrame(
        {
            column: pd.Series(dtype=float if is_number else object)
            for column, is_number in normalised_columns(table).items()
        }
    )


def normalised_columns(table: str) -> dict[str, bool]:
    """Return the columns of a normalised table, and whether each is a number."""
    columns = {}
    for name, field in FIELDS[table].items():
        if name == "first_dose":
            continue
        column = f"{name}_day" if field.kind == "time" else name
        columns[column] = field.kind in ("time", "number", "integer")
    return columns
