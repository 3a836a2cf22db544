"""Adverse events from AE."""

import re
from collections.abc import Iterator

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.made import Made, as_sheet, cells_of, same_rows, shown, upper
from her2ctdna.inputs.sdtm_domains import Domains
from her2ctdna.inputs.sdtm_times import Clock
from her2ctdna.inputs.sdtm_words import YES_NO

SEVERITIES = {
    **{"MILD": "1", "MODERATE": "2", "SEVERE": "3"},
    **{"LIFE THREATENING": "4", "LIFE-THREATENING": "4", "FATAL": "5", "DEATH": "5"},
}
RELATED = (
    *("Y", "YES", "RELATED", "POSSIBLE", "POSSIBLY RELATED", "PROBABLE"),
    *("PROBABLY RELATED", "DEFINITE", "DEFINITELY RELATED", "CERTAIN"),
)
UNRELATED = (
    *("N", "NO", "NONE", "NOT RELATED", "UNRELATED", "REMOTE", "UNLIKELY"),
    *("UNLIKELY RELATED", "DOUBTFUL"),
)
_RELATION = dict.fromkeys(RELATED, "yes") | dict.fromkeys(UNRELATED, "no")
_GRADE = re.compile(r"(?:GRADE\s*)?([1-5])(?:\.0*)?", re.IGNORECASE)


def make_events(domains: Domains, clock: Clock) -> Made:
    """Make adverse events: one row for each of AE, but for what did not occur.

    The term is AEDECOD, else AETERM; the class AESOC, else AEBODSYS; the grade
    AETOXGR. Where that is empty the severity stands for it (MILD 1, MODERATE 2,
    SEVERE 3), which cannot tell grade 4 from 3, and an event that led to death
    (AESDTH, or the outcome FATAL) is 5. AEREL is read by `RELATED` and `UNRELATED`.
    ``aeseq`` is kept.
    """
    events = domains["AE"]
    is_absent = upper(cells_of(events, "AEOCCUR")) == "N"
    absent, events = events[is_absent], events[~is_absent]
    by_severity = _by_severity(events)
    graded = _graded(events)
    relation = upper(cells_of(events, "AEREL"))
    columns = {
        "patient_id": cells_of(events, "USUBJID"),
        "term": cells_of(events, "AEDECOD", "AETERM"),
        "soc": cells_of(events, "AESOC", "AEBODSYS"),
        "grade": graded.where(graded.notna(), by_severity),
        clock.column("started"): clock.read(events, "AEST"),
        clock.column("ended"): clock.read(events, "AEEN", is_end=True),
    }
    if "AESER" in events:
        columns["serious"] = upper(events["AESER"]).replace(YES_NO)
    if "AEREL" in events:
        columns["related"] = relation.map(_RELATION)
    if "AESEQ" in events:
        columns["aeseq"] = events["AESEQ"]
    sheet = as_sheet(columns, events.index)
    variables = _variables(events, clock)
    findings = [
        *_told_of_grades(graded, by_severity),
        *_told_of_relation(relation),
    ]
    if len(absent):
        message = "rows of AE that did not occur (AEOCCUR is N) are left out"
        count = str(len(absent))
        findings.append(
            Finding("note", "adverse_events", None, "AEOCCUR", "", count, message)
        )
    return Made(sheet, same_rows(sheet), variables, findings)


def _graded(events: pd.DataFrame) -> pd.Series:
    """Return AETOXGR as a digit, and as written where it is none."""
    written = cells_of(events, "AETOXGR")
    grades = written.map(
        lambda cell: found[1] if (found := _GRADE.fullmatch(cell)) else cell,
        na_action="ignore",
    )
    return grades.astype(object).where(grades.notna(), None)


def _by_severity(events: pd.DataFrame) -> pd.Series:
    """Return the grade that the severity stands for, 5 of what led to death."""
    severity = upper(cells_of(events, "AESEV"))
    grades = severity.map(SEVERITIES)
    is_fatal = upper(cells_of(events, "AESDTH")) == "Y"
    is_fatal |= upper(cells_of(events, "AEOUT")) == "FATAL"
    grades = grades.where(~is_fatal, "5")
    # an unknown word stays, so that the check of the sheet speaks of it
    grades = grades.where(grades.notna(), severity)
    return grades.astype(object).where(grades.notna(), None)


def _told_of_grades(graded: pd.Series, by_severity: pd.Series) -> Iterator[Finding]:
    taken = graded.isna() & by_severity.notna()
    if taken.any():
        message = (
            "events have no grade (AETOXGR), so their severity stands for it: MILD 1, "
            "MODERATE 2, SEVERE 3, fatal 5; grade 4 cannot be told from 3 by it"
        )
        count = str(int(taken.sum()))
        yield Finding("note", "adverse_events", None, "AESEV", "", count, message)


def _told_of_relation(relation: pd.Series) -> Iterator[Finding]:
    read = relation[relation.isin(_RELATION)]
    plain = {"Y", "N", "YES", "NO", "RELATED", "NOT RELATED"}
    where = ("adverse_events", None, "AEREL", "")
    if set(read) - plain:
        related = shown(read[read.isin(RELATED)]) or "none"
        unrelated = shown(read[read.isin(UNRELATED)]) or "none"
        message = f"counted as related: {related}; as not related: {unrelated}"
        yield Finding("note", *where, "", message)
    unread = relation[relation.notna() & ~relation.isin(_RELATION)]
    for word in sorted(set(unread)):
        row = int(unread.index[unread == word][0])
        message = (
            "is not understood, so whether the event is related is not recorded; "
            f"write one of {', '.join((*RELATED, *UNRELATED))}"
        )
        yield Finding("warning", "adverse_events", row, "AEREL", "", word, message)


def _variables(events: pd.DataFrame, clock: Clock) -> dict[str, str]:
    variables = {"patient_id": "USUBJID", "serious": "AESER", "related": "AEREL"}
    choices = {
        "term": ("AEDECOD", "AETERM"),
        "soc": ("AESOC", "AEBODSYS"),
        "grade": ("AETOXGR", "AESEV"),
    }
    for column, names in choices.items():
        variables[column] = next(name for name in names if name in events)
    ending = "DTC" if clock.time == "date" else "DY"
    variables[clock.column("started")] = f"AEST{ending}"
    variables[clock.column("ended")] = f"AEEN{ending}"
    return variables
