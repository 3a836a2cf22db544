"""Who is counted: in a rate, and in a time to event.

The results count by these functions, and the flow names by them who is counted.
"""

from collections import Counter

import pandas as pd

from her2ctdna.sets.clearance_sets import CLEARANCE_SETS, take_clearance_set
from her2ctdna.sets.groupings import Grouping, is_in_population
from her2ctdna.settings.landmark_columns import LATE, LandmarkColumn, read_clearance
from her2ctdna.wording import COUNTED_FROM, USUAL_START

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

    A response that is not known counts as none. Clearance, as the endpoint or as what
    groups, counts in one of `CLEARANCE_SETS` as `take_clearance_set` says.

    Of a response by what is known at a landmark, the patients whose sample was drawn
    after their first scan (column ``late_<landmark>``) are a group of their own,
    ``after_first_scan``, the last: it may tell what the scan had shown.
    """
    counted = take_population(patients, population, endpoint, grouping)
    judged = judge_patients(counted, endpoint)
    groups = grouping.label(counted)
    names = grouping.groups
    if population in CLEARANCE_SETS and grouping.is_clearance:
        names = list(grouping.levels)
    late = LandmarkColumn(LATE, grouping.landmark).name if grouping.landmark else None
    if endpoint in RESPONSE_FLAGS and late in patients:
        is_late = counted[late] == "yes"
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


def take_population(
    patients: pd.DataFrame, population: str, endpoint: str, grouping: Grouping
) -> pd.DataFrame:
    """Return the patients in whom an endpoint is counted by a grouping."""
    if population not in CLEARANCE_SETS:
        return patients[is_in_population(patients, population)]
    landmark = read_clearance(endpoint) or grouping.landmark
    if landmark is None:
        raise ValueError(f"{population}: {endpoint} is at no landmark")
    return take_clearance_set(patients, population, landmark)


def judge_patients(counted: pd.DataFrame, endpoint: str) -> pd.Series:
    """Return whether each patient of a population has a binary endpoint."""
    return counted[RESPONSE_FLAGS.get(endpoint, endpoint)].isin(["yes", "cleared"])


def is_response_known(patients: pd.DataFrame) -> bool:
    """Tell whether anybody was assessed after first dose: if not, no rate is zero."""
    return bool(patients["responder"].notna().any())


def find_followed(patients: pd.DataFrame) -> list[str]:
    """Return the times to event, of PFS and OS, that any patient is followed for."""
    return [name for name in SURVIVAL if patients[f"{name}_days"].notna().any()]


def find_starts(patients: pd.DataFrame, endpoint: str) -> pd.Series:
    """Return what the time to event of each patient counts from.

    ``first dose`` unless it was supplied as counted from something else, which then
    stands in ``<endpoint>_reason``.
    """
    reasons = patients.get(f"{endpoint}_reason", pd.Series(index=patients.index))
    told = [str(reason).partition(COUNTED_FROM)[2] for reason in reasons]
    return pd.Series([start or USUAL_START for start in told], patients.index, object)


def find_end_days(patients: pd.DataFrame) -> pd.Series:
    """Return the day since first dose on which follow-up of each patient ends.

    The end of OS. Where that was supplied as counted from something else, death or
    when last seen alive; NaN where neither is known.
    """
    is_usual = find_starts(patients, "os") == USUAL_START
    known = patients.reindex(columns=["death_day", "last_alive_day"]).astype(float)
    seen = known["death_day"].fillna(known["last_alive_day"])
    return patients["os_days"].astype(float).where(is_usual, seen)


def name_start(starts: pd.Series) -> str:
    """Return what times are counted from as words; of nobody, the first dose."""
    return " or ".join(sorted(set(starts))) or USUAL_START


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
    patient was not followed, and from a landmark where the duration does not count
    from first dose; times that differ by less than a second are equal.

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
        is_after = end_day >= origin_day
        is_known = find_starts(members, endpoint) == USUAL_START
        time = (end_day - origin_day + count_first_day).where(is_after & is_known)
    return pd.DataFrame(
        {
            "patient_id": members["patient_id"],
            "group": grouping.label(members),
            "time_days": time.where(event.notna()),
            "event": event == "yes",
        }
    )
