"""What the model of response may know of a patient: nothing later than the landmark."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.sets.counting import follow_groups
from her2ctdna.sets.groupings import ALL, LEVELS
from her2ctdna.settings.landmark_columns import (
    CLEARANCE,
    LATE,
    LOG2_RATIO,
    NO_CTDNA,
    RATIO,
    LandmarkColumn,
)
from her2ctdna.statistics.ranks import as_log2


class Question(NamedTuple):
    """Who is modelled, by what, and whether each responded.

    ``features`` has one row a patient, NaN where a value is not known and minus
    infinity where it lies below detection;
    ``clinical`` names its columns of clinical covariates, the others are HER2 and
    ctDNA. ``landmark`` is the time at which all of it is known, if there is one.
    """

    patient_ids: list[str]
    features: pd.DataFrame
    clinical: list[str]
    responded: np.ndarray
    landmark: str | None


def ask_response(
    patients: pd.DataFrame,
    *,
    origins: Mapping[str, float],
    covariates: Sequence[str],
    count_first_day: bool,
) -> Question:
    """Return the treated patients still followed at the earliest landmark.

    Who progressed, died or was lost before it is not asked about: ctDNA that is
    missing because of an early death would tell the outcome. A response that is not
    known counts as none. Features: the clinical covariates (numbers as they are,
    words as one column each but the first), HER2 group (low 1, zero 0), the log2
    level of ctDNA at baseline, its log2 ratio at the landmark (below detection if
    cleared), and whether there was no early ctDNA to judge. A sample of the landmark
    drawn after the patient's first scan (``late_<landmark>``) is not used.
    """
    dated = {name: day for name, day in origins.items() if day == day}
    landmark = min(dated, key=dated.__getitem__, default=None)
    origin_day = origins[landmark] if landmark else None
    followed = follow_groups(
        patients, "pfs", ALL, origin_day=origin_day, count_first_day=count_first_day
    ).dropna(subset="time_days")
    members = patients.loc[followed.index]
    clinical = _clinical(members, covariates)
    parts = [clinical, *_biomarkers(members, landmark)]
    return Question(
        list(members["patient_id"]),
        pd.concat(parts, axis=1),
        list(clinical),
        (members["responder"] == "yes").to_numpy(),
        landmark,
    )


def _clinical(members: pd.DataFrame, covariates: Sequence[str]) -> pd.DataFrame:
    """Return covariates as numbers; of words one column for each but the first."""
    columns: dict[str, object] = {}
    for name in covariates:
        if name not in members:
            continue
        values = members[name]
        if pd.api.types.is_numeric_dtype(values):
            columns[name] = values.astype(float)
            continue
        for word in sorted(values.dropna().unique())[1:]:
            columns[f"{name}={word}"] = _flag(values == word, values.notna())
    return pd.DataFrame(columns, index=members.index)


def _biomarkers(members: pd.DataFrame, landmark: str | None) -> list[pd.DataFrame]:
    """Return the columns of HER2 and of early ctDNA that the study has."""
    columns: dict[str, pd.Series] = {}
    if "her2_group" in members:
        group = members["her2_group"]
        columns["her2_low"] = _flag(group == "low", group.notna())
    if "baseline_state" in members:
        state = members["baseline_state"]
        columns["baseline_log2_level"] = _log2(
            members["baseline_level"],
            is_known=state.isin(["detected", "undetected"]),
            is_below=state == "undetected",
        )
    if landmark:
        columns |= _at_landmark(members, landmark)
    return [pd.DataFrame(columns, index=members.index)]


def _at_landmark(members: pd.DataFrame, landmark: str) -> dict[str, pd.Series]:
    """Return the ratio in samples drawn by the first scan, and who has none."""

    def name(result: str) -> str:
        return LandmarkColumn(result, landmark).name

    is_late = members[name(LATE)] == "yes"
    clearance = members[name(CLEARANCE)].mask(is_late)
    is_known = clearance.isin(LEVELS[CLEARANCE])
    is_below = clearance == "cleared"
    ratio = _log2(members[name(RATIO)], is_known=is_known, is_below=is_below)
    return {name(LOG2_RATIO): ratio, name(NO_CTDNA): (~is_known).astype(float)}


def _flag(is_so: pd.Series, is_known: pd.Series) -> pd.Series:
    return is_so.astype(float).where(is_known)


def _log2(values: pd.Series, *, is_known: pd.Series, is_below: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(values).where(is_known).to_numpy(dtype=float)
    logs = as_log2(numbers, is_below=is_below.to_numpy(dtype=bool))
    return pd.Series(logs, index=values.index)
