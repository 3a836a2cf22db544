"""Clearance as it happens: each patient counts as not cleared until the draw.

From first dose, of all whose ctDNA was detected at baseline and who are followed for
the endpoint, later samples or not: to ask for one would select by what comes later.
"""

import numpy as np
import pandas as pd

from her2ctdna.sets.counting import find_starts, follow_groups
from her2ctdna.sets.groupings import ALL, MISSING, Grouping
from her2ctdna.wording import USUAL_START

EVER_CLEARED = Grouping("ever_cleared", ("no", "yes"), (MISSING,))


def split_at_clearance(
    patients: pd.DataFrame, endpoint: str, *, count_first_day: bool
) -> pd.DataFrame:
    """Return the stays of patients in the groups ``no`` and ``yes`` of clearance.

    One row a stay, at risk in (``entry_days``, ``time_days``], with the index of its
    patient. The first sample that was cleared moves a patient from ``no`` to ``yes``
    on the day of its draw: an event on that day is one of the not cleared, and a
    draw after the end moves nobody. ``is_last`` marks the stay in which time ends.
    Durations that do not count from first dose have no stay.

    Parameters
    ----------
    patients
        With ``baseline_state``, ``first_cleared_day`` and the endpoint.
    endpoint
        ``pfs`` or ``os``.
    count_first_day
        Whether durations are end - start + 1; the day of the draw counts alike.
    """
    followed = follow_groups(
        patients, endpoint, ALL, origin_day=None, count_first_day=count_first_day
    ).dropna(subset="time_days")
    known = patients.loc[followed.index]
    is_timed = find_starts(known, endpoint) == USUAL_START
    followed = followed[(known["baseline_state"] == "detected") & is_timed]
    cleared_day = pd.to_numeric(patients.loc[followed.index, "first_cleared_day"])
    switch = cleared_day.astype(float) + count_first_day
    moves = (switch < followed["time_days"]).to_numpy()
    from_start = moves & (switch <= 0).to_numpy()
    before = followed.assign(group="no", entry_days=-np.inf, is_last=~moves)
    before.loc[moves, "time_days"] = switch[moves]
    before.loc[moves, "event"] = False
    after = followed.assign(
        group="yes", entry_days=switch.where(switch > 0, -np.inf), is_last=True
    )
    return pd.concat([before[~from_start], after[moves]])
