"""Patients of a cBioPortal study: attributes, durations, and times of timelines."""

from collections.abc import Iterator

import pandas as pd

from her2ctdna.findings import Finding, find_rows
from her2ctdna.inputs.cbioportal_times import (
    TREATMENT,
    Course,
    deaths_and_contacts,
    events_of,
)
from her2ctdna.inputs.made import Made, as_cells, as_sheet, cells_of, same_rows, shown
from her2ctdna.inputs.sheet_maps import known_columns
from her2ctdna.settings.results.patient_table import DERIVED

DAYS_PER_MONTH = 30.4375

EVENT_WORDS = {
    **dict.fromkeys(("1", "DECEASED", "DEAD", "PROGRESSION", "PROGRESSED"), "yes"),
    **dict.fromkeys(("0", "LIVING", "ALIVE", "CENSORED", "NO PROGRESSION"), "no"),
}
"""Words of OS_STATUS and PFS_STATUS, in upper case; ``1:DECEASED`` is its number."""

DURATIONS = {
    "os_days": "OS_MONTHS",
    "os_event": "OS_STATUS",
    "pfs_days": "PFS_MONTHS",
    "pfs_event": "PFS_STATUS",
}


def make_patients(given: pd.DataFrame, events: pd.DataFrame, course: Course) -> Made:
    """Make patients: one row for each of the clinical file of patients.

    - treated: who has a TREATMENT in a timeline; everybody where no timeline has one
    - first dose: the earliest START_DATE of any treatment, whatever the agent. It is
      day 0, and without it there are no days at all
    - last dose: the latest STOP_DATE of a treatment (START_DATE where it is empty)
    - death and last alive: from events of STATUS
    - PFS and OS: months as days, counted from what the study counts them from
    - covariates: all other attributes, in lower case
    """
    if given.empty:
        return Made(pd.DataFrame(columns=given.columns, dtype=object), {}, {}, [])
    given, halves = _whole_durations(given)
    who = cells_of(given, "PATIENT_ID")
    is_treated = who.isin(course.treated) | (not course.is_told)
    columns = {"patient_id": who, "treated": is_treated.map({True: "yes", False: "no"})}
    variables = {"patient_id": "PATIENT_ID"}
    for ours, name in DURATIONS.items():
        if name in given:
            columns[ours] = (
                _days(given[name]) if "days" in ours else _event(given[name])
            )
            variables[ours] = name
    if course.is_told:
        deaths, contacts = deaths_and_contacts(events)
        times = {"last_dose_day": course.last_dose, "death_day": deaths}
        times["last_alive_day"] = contacts
        for ours, days in times.items():
            told = who.map(dict(days)).astype(float)
            if told.notna().any():
                columns[ours] = course.since_first_dose(who, told)
    renamed = _covariates(given)
    columns |= {ours: given[name] for ours, name in renamed.items()}
    sheet = as_sheet(columns, given.index)
    findings = [
        *halves,
        *_how_treated(sheet, events, course),
        *_how_counted(variables),
        *_other_names(renamed),
    ]
    return Made(sheet, same_rows(sheet), variables | renamed, findings)


def _covariates(given: pd.DataFrame) -> dict[str, str]:
    """Return the attributes that are kept by the name of their column.

    Where our tables or results have that name, it is ``given_`` and the name.
    """
    taken = {*known_columns("patients"), *DERIVED, "first_dose_day"}
    used = {"PATIENT_ID", *DURATIONS.values()}
    kept: dict[str, str] = {}
    for name in given.columns:
        ours = name.lower()
        if name not in used:
            kept.setdefault(f"given_{ours}" if ours in taken else ours, name)
    return kept


def _days(months: pd.Series) -> pd.Series:
    """Return months as days; what is no number stays as written."""
    days = pd.to_numeric(months, errors="coerce") * DAYS_PER_MONTH
    text = days.map(lambda day: f"{day:.10g}", na_action="ignore").astype(object)
    return as_cells(text.where(days.notna(), months))


def _event(cells: pd.Series) -> pd.Series:
    """Return whether an event was seen, as yes and no; other words stay."""
    words = cells.map(lambda cell: cell.partition(":")[0].strip().upper(), "ignore")
    return as_cells(words.map(EVENT_WORDS).fillna(cells))


def _whole_durations(given: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Leave out months without a status, and a status without months."""
    whole = given.copy()
    findings: list[Finding] = []
    named = given.assign(patient_id=given["PATIENT_ID"])
    message = "is left out, as only one of months and status is given; give both"
    for end in ("OS", "PFS"):
        held = [name for name in (f"{end}_MONTHS", f"{end}_STATUS") if name in given]
        is_half = given[held].notna().sum(axis="columns") == 1
        for name in held:
            rows = named[is_half & given[name].notna()]
            findings += find_rows("warning", "patients", rows, name, message)
        whole.loc[is_half, held] = None
    return whole, findings


def _how_treated(
    sheet: pd.DataFrame, events: pd.DataFrame, course: Course
) -> Iterator[Finding]:
    """Yield who counts as treated, and whose first dose has no day."""
    if not course.is_told:
        message = (
            "no timeline has a TREATMENT, so that every patient counts as treated, and "
            "no time since first dose is known"
        )
        yield Finding("note", "patients", None, "treated", "", "", message)
        return
    doses = events_of(events, TREATMENT)
    agents = cells_of(doses, "AGENT").groupby(cells_of(doses, "PATIENT_ID")).nunique()
    message = (
        "treated are those with a TREATMENT in a timeline, and day 0 is the START_DATE "
        f"of the earliest, whatever its agent ({int((agents > 1).sum())} patients have "
        "several)"
    )
    kinds = shown(cells_of(doses, "TREATMENT_TYPE"))
    yield Finding("note", "patients", None, "treated", "", kinds, message)
    undated = course.treated - set(course.first_dose)
    rows = sheet[sheet["patient_id"].isin(undated)]
    message = (
        "no treatment of this patient has a START_DATE, so none of the patient's times "
        "counts from first dose; add it"
    )
    yield from find_rows("warning", "patients", rows, "patient_id", message)


def _how_counted(variables: dict[str, str]) -> Iterator[Finding]:
    """Yield what durations count from."""
    months = [name for name in variables.values() if name.endswith("_MONTHS")]
    if months:
        message = (
            f"months of {' and '.join(months)} are times {DAYS_PER_MONTH}; they count "
            "from what study.origin says, whatever the timelines have"
        )
        yield Finding("note", "patients", None, "", "", "", message)


def _other_names(renamed: dict[str, str]) -> Iterator[Finding]:
    """Yield attributes whose own names stand for something else here."""
    for ours, name in renamed.items():
        if ours == f"given_{name.lower()}":
            message = f"kept as {ours}, as {name.lower()} has another meaning here"
            yield Finding("note", "patients", None, name, "", "", message)
