"""How a study tells time: dates or days, and the data cutoff.

Inside the package all times are days since first dose (first dose = 0). Dates end
here: nothing downstream holds one.
"""

import re
from calendar import month_abbr, monthrange
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pandas as pd

from her2ctdna.findings import Finding, find_rows
from her2ctdna.inputs.columns import FIELDS, YEAR_LAST, read_date, times_of

Tables = dict[str, pd.DataFrame]

_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"[12]\d{3}")
_UNKNOWN = r"(?:UN|UNK|XX|--?)"
_WITHOUT_PARTS = re.compile(
    rf"([12]\d{{3}})-(\d\d|{_UNKNOWN})-{_UNKNOWN}", re.IGNORECASE
)
_NAMED_MONTH = re.compile(
    rf"(\d\d?|{_UNKNOWN})[- ]?([A-Z]{{3}})[- ]?([12]\d{{3}})", re.IGNORECASE
)
_CLOCK = r"(?:[ T]\d\d?:\d\d(?::\d\d)?)?"
_YEAR_FIRST = re.compile(rf"([12]\d{{3}})([-/.])(\d\d?)\2(\d\d?){_CLOCK}")
_CHINESE = re.compile(
    rf"([12]\d{{3}})\s*年\s*(\d\d?)\s*月(?:\s*(\d\d?)\s*[日号])?{_CLOCK}"
)
_COMPACT = re.compile(r"([12]\d{3})(\d\d)(\d\d)")
_MONTHS = [name.upper() for name in month_abbr]
_YEAR_IS_ENOUGH = ("adverse_events",)
"""Tables in which a year alone tells something: whether it was before first dose."""
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


def read_written_dates(
    sheets: Tables, *, order: str | None
) -> tuple[Tables, list[Finding]]:
    """Bring dates as they are written to ISO 8601; a note a column and form says so.

    A month by its English name (``10-JAN-2024``) is one date only, and so is a date
    with the year first; an unknown day or month (``2024-02-UN``, ``UN-FEB-2024``) is
    left out of it. With the year last, ``order`` (dmy, mdy) says which is the month;
    without it such a date stays, and no check accepts it.
    """
    read, findings = {}, []
    for table, sheet in sheets.items():
        read[table] = sheet.copy()
        for column in (f"{name}_date" for name in times_of(table)):
            changed: dict[str, list[tuple[int, str, str]]] = {}
            for row, cell in (
                sheet.get(column, pd.Series(dtype=object)).dropna().items()
            ):
                form, iso = _in_iso(cell, order)
                if iso != cell:
                    read[table].loc[row, column] = iso
                    changed.setdefault(form, []).append((int(row), cell, iso))
            for form, ((row, cell, iso), *others) in changed.items():
                patient = str(sheet.get("patient_id", {}).get(row) or "")
                message = f"read as {iso} ({form}; rows: {len(others) + 1})"
                where = ("note", table, row, column, patient, cell)
                findings.append(Finding(*where, message))
    return read, findings


def _in_iso(cell: str, order: str | None) -> tuple[str, str]:
    """Return the form of a date and the date in ISO 8601, as far as it can be read."""
    if found := _WITHOUT_PARTS.fullmatch(cell):
        year, month = found.groups()
        return "unknown parts", f"{year}-{month}" if month.isdigit() else year
    if found := _NAMED_MONTH.fullmatch(cell):
        return "month by its name", _by_month_name(cell, found)
    found = _YEAR_FIRST.fullmatch(cell)
    if found and not read_date(cell):
        return "year first", _existing(cell, found[1], found[3], found[4])
    if found := _CHINESE.fullmatch(cell):
        year, month, day = found.groups()
        if day is None and 1 <= int(month) <= 12:
            return "year first", f"{year}-{int(month):02}"
        return "year first", _existing(cell, year, month, day or "0")
    if found := _COMPACT.fullmatch(cell):
        return "eight digits", _existing(cell, *found.groups())
    if order in ("dmy", "mdy") and (found := YEAR_LAST.fullmatch(cell)):
        first, second, year = found[1], found[3], found[4]
        day, month = (first, second) if order == "dmy" else (second, first)
        return f"study.date_order {order}", _existing(cell, year, month, day)
    return "", cell


def _by_month_name(cell: str, found: re.Match[str]) -> str:
    day, name, year = found.groups()
    if name.upper() not in _MONTHS:
        return cell
    known = f"{year}-{_MONTHS.index(name.upper()):02}"
    return f"{known}-{int(day):02}" if day.isdigit() else known


def _existing(cell: str, year: str, month: str, day: str) -> str:
    """Return a date in ISO 8601, or the cell where there is no such date."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return cell


def fill_partial_dates(
    sheets: Tables, *, rules: Mapping[str, str]
) -> tuple[Tables, list[Finding]]:
    """Fill in the day of dates without one (``2024-02``), and warn of each.

    ``rules`` gives the day for each table: ``first`` of the month, but the day of
    first dose where that is in the month; ``last`` of the month; ``refuse`` leaves
    the cell, which no check accepts. The end of a record (``ended_date``) takes the
    last day, and a first dose is never filled in. Of adverse events a year alone is
    filled in likewise. A start never passes the known end of its record.
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
            is_partial = cells.map(lambda cell, table=table: _is_partial(cell, table))
            for row, cell in cells[is_partial].items():
                patient = str(sheet.get("patient_id", {}).get(row) or "")
                dose = doses.get(patient)
                day, message = _fill(cell, rule, dose)
                end = sheet.get("ended_date", {}).get(row)
                if column == "started_date" and (until := _last_day(end)):
                    day, message = _until(day, message, until, dose)
                filled[table].loc[row, column] = day.isoformat()
                where = ("warning", table, int(row), column, patient, cell)
                findings.append(Finding(*where, message))
    return filled, findings


def _is_partial(cell: str, table: str) -> bool:
    is_year = table in _YEAR_IS_ENOUGH and _YEAR.fullmatch(cell)
    return bool(_MONTH.fullmatch(cell) or is_year)


def _fill(cell: str, rule: str, first_dose: date | None) -> tuple[date, str]:
    """Return the day that a month or a year stands for, and what is said of it."""
    first, last = _span(cell)
    whole = "month" if len(cell) > 4 else "year"
    lacks = "has no day" if whole == "month" else "is a year alone"
    message = f"{lacks}; taken as the {rule} of the {whole}"
    if rule == "last":
        return last, message
    is_within = first_dose and first <= first_dose <= last
    return (first_dose if first_dose and is_within else first), message


def _span(cell: str) -> tuple[date, date]:
    year, month = int(cell[:4]), int(cell[5:] or 0)
    first = date(year, month or 1, 1)
    end = date(year, month or 12, 1)
    return first, end.replace(day=monthrange(end.year, end.month)[1])


def _last_day(end: str | None) -> date | None:
    """Return the last day on which a record can have ended, if that is known."""
    if not end:
        return None
    is_open = _MONTH.fullmatch(end) or _YEAR.fullmatch(end)
    return _span(end)[1] if is_open else read_date(end)


def _until(
    day: date, message: str, end: date, first_dose: date | None
) -> tuple[date, str]:
    """Return a filled-in start that does not pass the end, and what is said of it."""
    if day > end:
        day, message = end, f"{message.partition(';')[0]}; taken as the day of its end"
    if first_dose and end < first_dose:
        message += "; it ended before the first dose: not treatment-emergent"
    return day, message


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


def refuse_day_zero(
    sheet: pd.DataFrame, *, table: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Blank the days 0 of a sheet whose days go from -1 to 1, an error each."""
    sheet = sheet.copy()
    findings: list[Finding] = []
    message = (
        "the first dose is day 1 (study.day_one), so there is no day 0; correct the day"
    )
    for column in (f"{name}_day" for name in times_of(table)):
        if column not in sheet:
            continue
        is_zero = sheet[column].map(lambda cell: bool(cell) and int(cell) == 0)
        rows = sheet[is_zero.astype(bool)]
        findings += find_rows("error", table, rows, column, message)
        sheet.loc[rows.index, column] = None
    return sheet, findings


def since_first_dose(frame: pd.DataFrame, *, table: str, day_one: int) -> pd.DataFrame:
    """Return a normalised table with its days since first dose, first dose = 0.

    ``day_one`` is the day that the table has for the first dose: with 1 the days of
    treatment are one less, and those before are as they were.
    """
    if day_one == 0:
        return frame
    columns = [f"{name}_day" for name in times_of(table) if f"{name}_day" in frame]
    days = frame[columns].astype(float)
    return frame.assign(**days.where(~(days > 0), days - 1))


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
