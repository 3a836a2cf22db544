"""The analysis-ready table, one row a patient."""

import numpy as np
import pandas as pd

from her2ctdna.ctdna.clearance import EVALUABLE
from her2ctdna.settings.landmark_columns import (
    ABLE,
    CHANGE,
    CLEARANCE,
    DAY,
    LATE,
    RATIO,
    RESIDUAL_MAX,
    STATE,
    LandmarkColumn,
    read_reduction,
)

_SUPPLIED = ["pfs_days", "pfs_event", "os_days", "os_event", "treated"]
_HER2_NAMES = {
    "reason": "her2_reason",
    "collected_day": "her2_collected_day",
    "assay": "her2_assay",
}
_AT_LANDMARK = [CLEARANCE, ABLE, RESIDUAL_MAX, STATE, RATIO, DAY]


def assemble_patients(
    patients: pd.DataFrame,
    endpoints: pd.DataFrame,
    *,
    her2_status: pd.DataFrame | None,
    her2_dynamics: pd.DataFrame | None,
    courses: pd.DataFrame | None,
    landmarks: pd.DataFrame | None,
) -> pd.DataFrame:
    """Join what is known of each patient into one row.

    Columns of the sheet first, then HER2, endpoints, ctDNA course and, per landmark
    NAME, ``clearance_NAME``, ``able_NAME``, ``residual_max_NAME``, ``state_NAME``,
    ``ratio_NAME``, ``day_NAME``, ``change_NAME`` (increase from a ratio of 1, else
    decrease), each molecular response and ``late_NAME`` (whether its sample was drawn
    after the first scan after baseline; on the day of the scan is in time); last the
    sets
    ``her2_evaluable``, ``response_evaluable`` and ``ctdna_evaluable``. Columns of a
    chapter without input are absent.
    """
    table = patients.drop(columns=_SUPPLIED)
    table = _join(table, endpoints)
    if her2_status is not None:
        table = _join(table, her2_status.rename(columns=_HER2_NAMES))
        table["her2_evaluable"] = _treated_and(table, table["her2_group"].notna())
    assessed = (table["n_visits"] > 0) | table["death_day"].notna()
    measurable = table["measurable"].ne("no")
    table["response_evaluable"] = _treated_and(table, assessed & measurable)
    if her2_dynamics is not None:
        course = her2_dynamics[["patient_id", "dynamics"]]
        table = _join(table, course.rename(columns={"dynamics": "her2_dynamics"}))
    if courses is not None:
        table = _join(table, courses)
        evaluable = table["baseline_state"].isin(EVALUABLE)
        table["ctdna_evaluable"] = _treated_and(table, evaluable)
    if landmarks is not None:
        table = _join(table, _by_landmark(landmarks))
        for name in dict.fromkeys(landmarks["landmark"]):
            drawn_day = table[LandmarkColumn(DAY, name).name]
            is_late = drawn_day > table["first_visit_day"]
            table[LandmarkColumn(LATE, name).name] = np.where(is_late, "yes", "no")
    return table


def _join(table: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    return table.merge(results, on="patient_id", how="left", validate="1:1")


def _treated_and(table: pd.DataFrame, condition: pd.Series) -> pd.Series:
    return pd.Series(
        np.where((table["treated"] == "yes") & condition, "yes", "no"),
        index=table.index,
        dtype=object,
    )


def _by_landmark(landmarks: pd.DataFrame) -> pd.DataFrame:
    """Return one row per patient with the results of each landmark side by side."""
    reductions = [name for name in landmarks if read_reduction(name)]
    change = landmarks[RATIO].ge(1).map({True: "increase", False: "decrease"})
    table = landmarks.assign(**{CHANGE: change.where(landmarks[RATIO].notna(), None)})
    results = [*_AT_LANDMARK, *reductions, CHANGE]
    wide = landmarks[["patient_id"]].drop_duplicates()
    for name, rows in table.groupby("landmark", sort=False):
        columns = {result: LandmarkColumn(result, name).name for result in results}
        own = rows.rename(columns=columns)[["patient_id", *columns.values()]]
        wide = wide.merge(own, on="patient_id", how="left")
    return wide
