"""In whom clearance at a landmark is counted: four sets, of which one is primary.

Counted are the patients whose sample could have seen the configured share of baseline,
whatever it showed. To leave out the weak samples that saw nothing and to keep the weak
ones that saw something would select by the result (definitions.md, section 15): a rate
of those judged is too low.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from her2ctdna.sets.groupings import LEVELS, is_in_population
from her2ctdna.settings.landmark_columns import (
    ABLE,
    CLEARANCE,
    STATE,
    LandmarkColumn,
    name_clearance,
)

CLEARANCE_ABLE = "clearance_able"
CLEARANCE_JUDGED = "clearance_judged"
CLEARANCE_WORST = "clearance_worst"
CLEARANCE_BEST = "clearance_best"

CLEARANCE_SETS = (CLEARANCE_ABLE, CLEARANCE_JUDGED, CLEARANCE_WORST, CLEARANCE_BEST)
"""The primary one first; the others stand beside it and are not tested.

Those judged are cleared or not cleared as labelled. The bounds hold all with ctDNA at
baseline: at worst nobody of whom it is not known has cleared, at best everybody.
"""

NOT_MEASURED = "not measured"
NOT_SEEN_ENOUGH = "could not have seen enough"

_ENOUGH_ABLE = 10
FEW_ABLE = 5
"""With fewer able to show a clearance no headline gives a rate."""


def take_clearance_set(
    patients: pd.DataFrame, population: str, landmark: str
) -> pd.DataFrame:
    """Return the treated patients of one of the sets, with clearance as it counts.

    ``clearance_<landmark>`` of the rows returned is cleared or not_cleared.

    Parameters
    ----------
    patients
        With ``treated``, ``clearance_<landmark>`` and ``able_<landmark>``.
    population
        One of `CLEARANCE_SETS`.
    landmark
        At which clearance is asked.
    """
    column = name_clearance(landmark)
    clearance = patients[column]
    is_judged = clearance.isin(LEVELS[CLEARANCE])
    able = patients[LandmarkColumn(ABLE, landmark).name]
    is_in = {
        CLEARANCE_ABLE: able == "yes",
        CLEARANCE_JUDGED: is_judged,
        CLEARANCE_WORST: able.notna(),
        CLEARANCE_BEST: able.notna(),
    }[population] & is_in_population(patients, "all_treated")
    unknown = "cleared" if population == CLEARANCE_BEST else "not_cleared"
    counted = clearance.where(is_judged, unknown)[is_in]
    return patients[is_in].assign(**{column: counted})


def explain_not_able(patients: pd.DataFrame, landmark: str) -> pd.Series:
    """Return why each patient is not among those able at a landmark; missing if so.

    ``not_shedding`` and ``missing`` as clearance has them; *not measured*: a sample in
    which nothing could be counted; else the sample *could not have seen enough*,
    whatever it saw.
    """
    clearance = patients[name_clearance(landmark)]
    able = patients[LandmarkColumn(ABLE, landmark).name]
    state = patients[LandmarkColumn(STATE, landmark).name]
    weak = np.where(is_measured(able, state), NOT_SEEN_ENOUGH, NOT_MEASURED)
    is_told = clearance.isin(["not_shedding", "missing"])
    why = clearance.where(is_told, pd.Series(weak, index=patients.index))
    return why.where(able != "yes").astype(object)


def is_measured(able: pd.Series, state: pd.Series) -> pd.Series:
    """Tell in whom something was counted at baseline and at the landmark."""
    return able.notna() & state.isin(LEVELS[STATE])


def find_headline_landmark(
    patients: pd.DataFrame, landmarks: Iterable[str]
) -> str | None:
    """Return the landmark that a headline names; None without landmarks.

    The first at which ten patients' samples could show a clearance; else the one with
    most of them, of equal ones the first.
    """
    able = {
        name: len(take_clearance_set(patients, CLEARANCE_ABLE, name))
        for name in landmarks
    }
    enough = (name for name, n in able.items() if n >= _ENOUGH_ABLE)
    return next(enough, max(able, key=able.__getitem__, default=None))
