"""How long until a response, and how long on treatment: of all, and by HER2 group."""

from collections.abc import Iterator
from itertools import product

import pandas as pd

from her2ctdna.association.baseline import MEDIAN_RANGE
from her2ctdna.association.group_outcomes import describe_survival
from her2ctdna.sets.counting import follow_groups
from her2ctdna.sets.groupings import ALL, LEVELS, Grouping, is_in_population

DURATION_COLUMNS = [
    *["endpoint", "group_by", "group", "n", "N", "events", "value", "low", "high"],
    *["statistic", "followup_median_days", "patient_ids", "event_ids", "note"],
]
KAPLAN_MEIER = "kaplan_meier"

_BY_HER2 = Grouping("her2_group", LEVELS["her2_group"])
_Row = dict[str, object]


def summarise_durations(
    patients: pd.DataFrame, *, count_first_day: bool, confidence: float
) -> pd.DataFrame:
    """Return time to response, on treatment and to next treatment, of each group.

    Time to response (``ttr``) is of responders, whose median and range it has: all of
    them have the event. The others are of all treated, Kaplan-Meier medians, empty
    where not reached. ``n`` of ``N`` patients have a time. An endpoint that nobody has
    a time of has no rows; the groups are all, and HER2-zero and HER2-low where HER2
    was read.
    """
    groupings = [ALL, *([_BY_HER2] if "her2_group" in patients else [])]
    rows = [
        row for grouping in groupings for row in _await_response(patients, grouping)
    ]
    for endpoint, grouping in product(("tot", "ttnt"), groupings):
        followed = follow_groups(
            patients,
            endpoint,
            grouping,
            origin_day=None,
            count_first_day=count_first_day,
        )
        if followed["time_days"].notna().any():
            rows += [
                {"endpoint": endpoint} | row
                for row in _follow(followed, grouping, confidence=confidence)
            ]
    return pd.DataFrame(rows, columns=DURATION_COLUMNS)


def _await_response(patients: pd.DataFrame, grouping: Grouping) -> Iterator[_Row]:
    """Yield the time to response of the responders of each group, if anybody has."""
    treated = patients[is_in_population(patients, "all_treated")]
    responders = treated[treated["responder"] == "yes"]
    labels = grouping.label(responders)
    for group in grouping.levels if len(responders) else ():
        own = responders[labels == group]
        days = own["ttr_days"].astype(float)
        timed = own.loc[days.notna(), "patient_id"]
        yield {
            **{"endpoint": "ttr", "group_by": grouping.column, "group": group},
            **{"n": len(timed), "N": len(own), "events": len(timed)},
            **{"value": days.median(), "low": days.min(), "high": days.max()},
            "statistic": MEDIAN_RANGE,
            "patient_ids": _join_ids(timed),
            "event_ids": _join_ids(timed),
            "note": None if len(timed) else "no responders",
        }


def _follow(
    followed: pd.DataFrame, grouping: Grouping, *, confidence: float
) -> Iterator[_Row]:
    """Yield the Kaplan-Meier median of each group."""
    for group in grouping.levels:
        own = followed[followed["group"] == group]
        timed = own[own["time_days"].notna()]
        summary, _ = describe_survival(own, confidence=confidence)
        yield {
            **{"group_by": grouping.column, "group": group},
            **{"n": len(timed), "N": len(own), "events": summary["events"]},
            **{"value": summary["median_days"], "low": summary["ci_low"]},
            **{"high": summary["ci_high"], "statistic": KAPLAN_MEIER},
            "followup_median_days": summary["followup_median_days"],
            "patient_ids": _join_ids(timed["patient_id"]),
            "event_ids": _join_ids(timed.loc[timed["event"], "patient_id"]),
            "note": summary["note"],
        }


def _join_ids(ids: pd.Series) -> str | None:
    """Return the identifiers of patients as a cell; of nobody none."""
    return ";".join(ids) or None
