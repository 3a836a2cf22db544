"""The analysis-ready table, one row a patient."""

import numpy as np
import pandas as pd

from her2ctdna.ctdna.clearance import EVALUABLE

_SUPPLIED = ["pfs_days", "pfs_event", "os_days", "os_event", "treated"]
_HER2_NAMES = {
    "reason": "her2_reason",
    "collected_day": "her2_collected_day",
    "assay": "her2_assay",
}
_AT_LANDMARK = ["clearance", "residual_max", "state", "ratio", "day"]


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
    NAME, ``clearance_NAME``, ``residual_max_NAME``, ``state_NAME``, ``ratio_NAME``,
    ``day_NAME``, ``change_NAME`` (increase from a ratio of 1, else decrease), each
    molecular response and ``late_NAME`` (whether its sample was drawn after the first
    scan after baseline; on the day of the scan is in time); last the sets
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
            is_late = table[f"day_{name}"] > table["first_visit_day"]
            table[f"late_{name}"] = np.where(is_late, "yes", "no")
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
    reductions = [name for name in landmarks if name.startswith("mr")]
    table = landmarks.assign(
        change=np.select(
            [landmarks["ratio"] >= 1, landmarks["ratio"] < 1],
            ["increase", "decrease"],
            default="",
        )
    )
    table["change"] = table["change"].astype(object).where(table["change"] != "", None)
    values = [*_AT_LANDMARK, *reductions, "change"]
    wide = landmarks[["patient_id"]].drop_duplicates()
    for name, rows in table.groupby("landmark", sort=False):
        renamed = rows.rename(columns={value: f"{value}_{name}" for value in values})
        columns = ["patient_id", *(f"{value}_{name}" for value in values)]
        wide = wide.merge(renamed[columns], on="patient_id", how="left")
    return wide
