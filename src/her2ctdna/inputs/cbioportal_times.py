"""Timelines of a cBioPortal study, and the first dose that days are counted from."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from her2ctdna.inputs.made import as_cells, cells_of, upper

TREATMENT, SPECIMEN, STATUS = "TREATMENT", "SPECIMEN", "STATUS"

EVENTS = {
    "TREATMENT": TREATMENT,
    "SPECIMEN": SPECIMEN,
    "SAMPLE ACQUISITION": SPECIMEN,
    "STATUS": STATUS,
}
"""Words of EVENT_TYPE that are read, in upper case; those of others are not."""

SPECIMEN_NAMES = ("SAMPLE_ID", "SPECIMEN_REFERENCE_NUMBER", "SpecimenReferenceNumber")
"""Columns of a specimen's event that name the sample."""

DEATH = ("DECEASED", "DEAD", "DEATH", "DIED")
"""Words that a status of death has."""

STATUS_NAMES = ("STATUS", "EVENT_TYPE_DETAILED", "SUBTYPE")


class Course(NamedTuple):
    """What the timelines tell of the treatment of each patient.

    ``is_told`` says whether they tell of treatment at all. ``treated`` are the
    patients who have any; ``first_dose`` and ``last_dose`` the days, as the study
    counts them, of the earliest start and the latest stop.
    """

    is_told: bool
    treated: frozenset[str]
    first_dose: Mapping[str, float]
    last_dose: Mapping[str, float]

    def since_first_dose(self, patients: pd.Series, days: pd.Series) -> pd.Series:
        """Return days of patients as text since their first dose; unknown is None."""
        offset = days - patients.map(dict(self.first_dose)).astype(float)
        return as_cells(offset.map(lambda day: str(int(day)), na_action="ignore"))


def events_of(events: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the rows of timelines that are of a kind of event."""
    return events[event_kinds(events) == kind]


def event_kinds(events: pd.DataFrame) -> pd.Series:
    """Return the kind of each event, missing where it is none that is read."""
    words = upper(cells_of(events, "EVENT_TYPE"))
    return as_cells(
        words.map(lambda word: EVENTS.get(word.replace("_", " ")), "ignore")
    )


def days_of(events: pd.DataFrame, name: str = "START_DATE") -> pd.Series:
    """Return the days of events as numbers; what is none is missing."""
    return pd.to_numeric(cells_of(events, name), errors="coerce").astype(float).round()


def read_course(events: pd.DataFrame) -> Course:
    """Return what timelines tell of treatment."""
    doses = events_of(events, TREATMENT)
    who = cells_of(doses, "PATIENT_ID")
    starts, stops = days_of(doses), days_of(doses, "STOP_DATE")
    return Course(
        not doses.empty,
        frozenset(who.dropna()),
        starts.groupby(who).min().dropna().to_dict(),
        stops.where(stops.notna(), starts).groupby(who).max().dropna().to_dict(),
    )


def specimen_days(events: pd.DataFrame) -> dict[str, float]:
    """Return the day on which each sample was taken, the earliest of several."""
    taken = events_of(events, SPECIMEN)
    days = days_of(taken).groupby(cells_of(taken, *SPECIMEN_NAMES)).min()
    return {str(sample): float(day) for sample, day in days.dropna().items()}


def deaths_and_contacts(
    events: pd.DataFrame,
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the day of death of patients, and the last on which each was alive."""
    seen = events_of(events, STATUS)
    who, days = cells_of(seen, "PATIENT_ID"), days_of(seen)
    words = [upper(cells_of(seen, name)).fillna("") for name in STATUS_NAMES]
    is_death = pd.Series(False, index=seen.index)
    for cells in words:
        is_death |= cells.map(lambda cell: any(word in cell for word in DEATH))
    died = days[is_death].groupby(who[is_death]).min().dropna()
    alive = days[~is_death].groupby(who[~is_death]).max().dropna()
    return died.to_dict(), alive.to_dict()
