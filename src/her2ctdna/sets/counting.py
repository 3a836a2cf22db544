"""Who is counted: in a rate, and in a time to event.

The results count by these functions, and the flow names by them who is counted.
"""

from collections import Counter

import pandas as pd

from her2ctdna.sets.groupings import LEVELS, Grouping, is_in_population
from her2ctdna.settings.landmark_columns import CLEARANCE, LATE, LandmarkColumn

RESPONSE_FLAGS = {
    "orr": "responder",
    "dcr": "disease_control",
    "cbr_registry": "clinical_benefit_registry",
    "cbr": "clinical_benefit",
}
"""Rates of response, and the column of patients that tells who has it."""

SURVIVAL = ("pfs", "os")
"""Times to event of all treated patients."""

TIMES = (*SURVIVAL, "dor")
"""All times to event; duration of response is of responders."""

_TIE_DECIMALS = 6
AFTER_FIRST_SCAN = "after_first_scan"
"""The group of those whose sample at a landmark came after their first scan."""


def count_events(
    patients: pd.DataFrame, endpoint: str, *, population: str, grouping: Grouping
) -> pd.DataFrame:
    """Return ``events`` and ``n`` of a binary endpoint per group, in their order.

    A response that is not known counts as none. For ``clearance_<landmark>`` the
    patients who could clear and of whom it is known are counted: cleared or not.

    Of a response by what is known at a landmark, the patients whose sample was drawn
    after their first scan (column ``late_<landmark>``) are a group of their own,
    ``after_first_scan``, the last: it may tell what the scan had shown.
    """
    judged = judge_patients(patients, endpoint, population=population)
    groups = grouping.label(patients.loc[judged.index])
    names = grouping.groups
    late = LandmarkColumn(LATE, grouping.landmark).name if grouping.landmark else None
    if endpoint in RESPONSE_FLAGS and late in patients:
        is_late = patients.loc[judged.index, late] == "yes"
        groups = groups.mask(is_late, AFTER_FIRST_SCAN)
        names = [*names, AFTER_FIRST_SCAN]
    events, totals = Counter(groups[judged]), Counter(groups)
    return pd.DataFrame(
        {
            "events": [events[group] for group in names],
            "n": [totals[group] for group in names],
        },
        index=names,
    )


def judge_patients(
    patients: pd.DataFrame, endpoint: str, *, population: str
) -> pd.Series:
    """Return whether each patient counted has a binary endpoint, as `count_events`."""
    column = RESPONSE_FLAGS.get(endpoint, endpoint)
    counted = patients.loc[is_in_population(patients, population), column]
    if endpoint not in RESPONSE_FLAGS:
        counted = counted[counted.isin(LEVELS[CLEARANCE])]
    return counted.isin(["yes", "cleared"])


def follow_groups(
    patients: pd.DataFrame,
    endpoint: str,
    grouping: Grouping,
    *,
    origin_day: float | None,
    count_first_day: bool,
) -> pd.DataFrame:
    """Return ``patient_id``, ``group``, ``time_days`` and ``event`` of an endpoint.

    One row a treated patient, of ``dor`` a responder. The time is missing where the
    patient was not followed; times that differ by less than a second are equal.

    Parameters
    ----------
    patients
        With ``<endpoint>_days`` and ``<endpoint>_event`` (yes/no).
    endpoint
        ``pfs``, ``os`` or ``dor``.
    grouping
        What the patients are grouped by.
    origin_day
        Day since first dose from which time is counted anew; ``None`` keeps the
        durations. Who has the event or is censored before it has no time, and
        nobody has when it is NaN.
    count_first_day
        Whether durations are end - start + 1, these and those in ``patients``.
    """
    members = patients[is_in_population(patients, "all_treated")]
    if endpoint == "dor":
        members = members[members["responder"] == "yes"]
    time = pd.to_numeric(members[f"{endpoint}_days"]).astype(float)
    # Durations that were given in months tie but for the last digit, as in R's timefix.
    time = time.round(_TIE_DECIMALS)
    event = members[f"{endpoint}_event"]
    if origin_day is not None:
        end_day = time - count_first_day
        time = (end_day - origin_day + count_first_day).where(end_day >= origin_day)
    return pd.DataFrame(
        {
            "patient_id": members["patient_id"],
            "group": grouping.label(members),
            "time_days": time.where(event.notna()),
            "event": event == "yes",
        }
    )
