"""How many are without the event at a time after the origin, such as 6 months."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.association.group_outcomes import follow_each_group
from her2ctdna.sets.groupings import (
    ALL,
    derive_landmark_origins,
    find_groupings,
)
from her2ctdna.statistics.survival import estimate_survival_curve, read_milestone

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import Landmark

TIMES = ("pfs", "os", "ttnt", "tot", "dor")
MILESTONE_COLUMNS = [
    *["endpoint", "group_by", "group", "origin", "time_days", "n", "events"],
    *["at_risk", "survival", "ci_low", "ci_high", "note"],
]


def estimate_milestones(
    patients: pd.DataFrame,
    *,
    landmarks: Mapping[str, "Landmark"],
    columns: Sequence[str],
    milestones_days: Sequence[float],
    count_first_day: bool,
    confidence: float,
) -> pd.DataFrame:
    """Return the Kaplan-Meier estimate of each endpoint and group at each time.

    As in ``survival.tsv``: PFS, OS, and times to next treatment and on treatment of
    all treated, duration of response of responders from the response, groups known at
    a landmark from it. ``n`` and ``events`` are of the whole time, ``at_risk`` just
    before ``time_days``. Conventions and intervals are R's (`read_milestone`): beyond
    the last time of a group the estimate is empty, with a note.

    Parameters
    ----------
    patients
        The analysis-ready table.
    landmarks
        The config.
    columns
        Of ``patients``, to group by beside HER2 and ctDNA.
    milestones_days
        Days after the origin.
    count_first_day
        Whether durations are end - start + 1.
    confidence
        Of the log-log intervals.
    """
    origins = derive_landmark_origins(patients, landmarks)
    groupings = [ALL, *find_groupings(patients, landmarks=origins, columns=columns)]
    endpoints = [name for name in TIMES if patients[f"{name}_days"].notna().any()]
    rows = [
        keys | row
        for keys, members in follow_each_group(
            patients,
            endpoints=endpoints,
            groupings=groupings,
            origins=origins,
            count_first_day=count_first_day,
        )
        for row in _read(
            members.dropna(subset="time_days"), milestones_days, confidence=confidence
        )
    ]
    return pd.DataFrame(rows, columns=MILESTONE_COLUMNS)


def _read(
    members: pd.DataFrame, days: Sequence[float], *, confidence: float
) -> list[dict[str, object]]:
    """Return what is known of a group at each time."""
    event = members["event"].to_numpy(dtype=bool)
    time = members["time_days"].to_numpy(dtype=float)
    curve = estimate_survival_curve(time, event, confidence=confidence)
    names = ["at_risk", "survival", "ci_low", "ci_high", "note"]
    counts = {"n": len(members), "events": int(event.sum())}
    return [
        {"time_days": day}
        | counts
        | dict(zip(names, read_milestone(curve, day), strict=True))
        for day in days
    ]
