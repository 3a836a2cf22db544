"""Checks of follow-up: deaths, last contacts, and durations supplied as such."""

import re
from collections.abc import Iterator

import pandas as pd

from her2ctdna.findings import Finding, find_rows
from her2ctdna.inputs.dates import Tables, normalised_columns
from her2ctdna.wording import USUAL_START

LONGEST_DAYS = 20 * 365.25
"""Follow-up beyond 20 years is taken for a code of what is not known (9999, 99999)."""

_NAMED_LIKE = re.compile(
    r"(?P<endpoint>os|pfs|overallsurvival|progressionfreesurvival|survival)"
    r"(?P<part>days?|weeks?|wks?|months?|mos?|mths?|years?|yrs?|time|duration"
    r"|status|event|events|cens|censor|censored|censoring|cnsr)?"
)


def check_follow_up(tables: Tables, *, origin: str) -> Iterator[Finding]:
    """Yield what is wrong or remarkable in the follow-up of the patients."""
    patients = tables["patients"]
    treated = patients[patients["treated"] == "yes"]
    yield from _times(treated)
    yield from _last_assessments(tables, treated)
    yield from _pairs(patients)
    yield from _implausible(treated)
    yield from _named_like_durations(patients)
    yield from _not_followed(tables, treated)
    yield from _mixed_origins(treated, origin)


def _times(treated: pd.DataFrame) -> Iterator[Finding]:
    early = treated[treated["death_day"] < 0]
    yield from find_rows(
        "error", "patients", early, "death_day", "died before the first dose"
    )
    beyond = treated[treated["last_alive_day"] > treated["death_day"]]
    message = "known alive after the death; check both"
    yield from find_rows("warning", "patients", beyond, "last_alive_day", message)


def _last_assessments(tables: Tables, treated: pd.DataFrame) -> Iterator[Finding]:
    if "assessments" not in tables:
        return
    last = tables["assessments"].groupby("patient_id")["assessed_day"].max()
    last_day = treated["patient_id"].map(last).astype(float)
    short = treated[treated["last_alive_day"] < last_day]
    message = "before the last assessment; overall survival is censored at the later"
    yield from find_rows("warning", "patients", short, "last_alive_day", message)
    assessed_dead = treated[treated["death_day"] < last_day]
    message = "assessed after the death; check both"
    yield from find_rows("warning", "patients", assessed_dead, "death_day", message)


def _pairs(patients: pd.DataFrame) -> Iterator[Finding]:
    for name in ("pfs", "os"):
        days, event = f"{name}_days", f"{name}_event"
        one = patients[patients[days].notna() != patients[event].notna()]
        message = f"give {days} and {event} together or neither"
        yield from find_rows("error", "patients", one, days, message)


def _implausible(treated: pd.DataFrame) -> Iterator[Finding]:
    """Yield durations that are too long for a study, or that contradict each other."""
    times = ["death_day", "last_alive_day", "last_dose_day", "new_therapy_day"]
    for column in ["pfs_days", "os_days", *times]:
        long = treated[treated[column] > LONGEST_DAYS]
        message = "more than 20 years; if it stands for not known, leave it empty"
        yield from find_rows("warning", "patients", long, column, message)
    pfs = treated["pfs_days"]
    # a supplied duration may count the first day or not
    known_end = treated["os_days"].fillna(treated["death_day"] + 1)
    message = "progression-free for longer than alive; check both"
    longer = treated[pfs > known_end]
    yield from find_rows("warning", "patients", longer, "pfs_days", message)
    died = (treated["os_event"] == "yes") | treated["death_day"].notna()
    at_death = (pfs == treated["os_days"]) | (pfs == treated["death_day"])
    censored = treated[died & at_death & (treated["pfs_event"] == "no")]
    message = "censored on the day of death; a death is an event of PFS; check both"
    yield from find_rows("warning", "patients", censored, "pfs_event", message)


def _named_like_durations(patients: pd.DataFrame) -> Iterator[Finding]:
    """Yield columns that look like durations and are not read, where none is."""
    known = normalised_columns("patients")
    for column in patients.columns:
        bare = re.sub(r"[^a-z]", "", column.lower())
        found = None if column in known else _NAMED_LIKE.fullmatch(bare)
        if found is None:
            continue
        wanted, how = _meant(found["endpoint"], found["part"] or "time")
        if patients[wanted].isna().all():
            message = f"is not read, but kept as an extra column; give {wanted} {how}"
            message = message.rstrip()
            yield Finding("warning", "patients", 1, column, "", "", message)


def _meant(endpoint: str, part: str) -> tuple[str, str]:
    """Return the column that is meant, and how it comes from the one given."""
    name = "pfs" if endpoint.startswith("p") else "os"
    if part.startswith(("status", "event", "cens", "cnsr")):
        return f"{name}_event", "(yes or no)"
    units = {"w": "weeks x 7", "m": "months x 30.4375", "y": "years x 365.25"}
    return f"{name}_days", f"({units[part[0]]})" if part[0] in units else ""


def _not_followed(tables: Tables, treated: pd.DataFrame) -> Iterator[Finding]:
    """Yield the treated of whom nothing is known after first dose; all as one."""
    known = ["death_day", "last_alive_day", "last_dose_day", "os_days", "pfs_days"]
    is_followed = treated[known].notna().any(axis="columns")
    for table in ("assessments", "lesions"):
        if table in tables:
            seen = tables[table]
            after = seen.loc[seen["assessed_day"] > 0, "patient_id"]
            is_followed |= treated["patient_id"].isin(after)
    advice = "give death, last_alive or last_dose, or os_days and os_event"
    if len(treated) and not is_followed.any():
        message = "no treated patient has any follow-up: all are censored at first dose"
        message += f"; {advice}"
        yield Finding("warning", "patients", None, "", "", "", message)
        return
    message = f"treated, but without follow-up: censored at first dose; {advice}"
    bare = treated[~is_followed]
    yield from find_rows("warning", "patients", bare, "patient_id", message)


def _mixed_origins(treated: pd.DataFrame, origin: str) -> Iterator[Finding]:
    """Yield where supplied durations of another origin meet those from first dose."""
    for name in ("pfs", "os"):
        supplied = treated[f"{name}_days"].notna()
        if origin == USUAL_START or not supplied.any() or supplied.all():
            continue
        message = (
            f"counts from {origin} (study.origin), that of other patients from first "
            f"dose; give {name}_days of all or of none"
        )
        rows = treated[supplied]
        yield from find_rows("warning", "patients", rows, f"{name}_days", message)
