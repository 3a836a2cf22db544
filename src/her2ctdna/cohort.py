"""The analysis-ready table, one row a patient, and the flow of patients."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from her2ctdna.clearance import EVALUABLE

_SUPPLIED = ["pfs_days", "pfs_event", "os_days", "os_event", "treated"]
_HER2_NAMES = {"reason": "her2_reason", "collected_day": "her2_collected_day"}
_AT_LANDMARK = ["clearance", "residual_max", "state", "ratio", "day"]
FLOW_COLUMNS = ["set", "n", "excluded", "reason", "patient_ids", "excluded_ids"]


def assemble_patients(
    patients: pd.DataFrame,
    endpoints: pd.DataFrame,
    *,
    her2_status: pd.DataFrame | None,
    courses: pd.DataFrame | None,
    landmarks: pd.DataFrame | None,
) -> pd.DataFrame:
    """Join what is known of each patient into one row.

    Columns of the sheet first, then HER2, endpoints, ctDNA course and, per landmark
    NAME, ``clearance_NAME``, ``residual_max_NAME``, ``state_NAME``, ``ratio_NAME``,
    ``day_NAME``, ``change_NAME`` (increase from a ratio of 1, else decrease) and each
    molecular response; last the sets ``her2_evaluable``, ``response_evaluable`` and
    ``ctdna_evaluable``. Columns of a chapter without input are absent.
    """
    table = patients.drop(columns=_SUPPLIED)
    table = _join(table, endpoints)
    if her2_status is not None:
        table = _join(table, her2_status.rename(columns=_HER2_NAMES))
        table["her2_evaluable"] = _treated_and(table, table["her2_group"].notna())
    assessed = (table["n_visits"] > 0) | table["death_day"].notna()
    measurable = table["measurable"].ne("no")
    table["response_evaluable"] = _treated_and(table, assessed & measurable)
    if courses is not None:
        table = _join(table, courses)
        evaluable = table["baseline_state"].isin(EVALUABLE)
        table["ctdna_evaluable"] = _treated_and(table, evaluable)
    if landmarks is not None:
        table = _join(table, _by_landmark(landmarks))
    return table


def derive_flow(table: pd.DataFrame, *, landmarks: Iterable[str]) -> pd.DataFrame:
    """Derive the flow of patients: each set, who is in it, who is not and why.

    Every set but ``enrolled`` and ``all_treated`` is part of ``all_treated``;
    ``landmark_NAME`` holds the patients whose clearance can be told at that landmark.
    """
    treated = table[table["treated"] == "yes"]
    everyone = pd.Series(True, index=table.index)
    rows = [_flow_row("enrolled", table, everyone, everyone)]
    not_treated = pd.Series("not treated", index=table.index)
    rows.append(_flow_row("all_treated", table, table["treated"] == "yes", not_treated))
    for name, reasons in _evaluable_sets(treated):
        rows.append(_flow_row(name, treated, treated[name] == "yes", reasons))
    for name in landmarks:
        column = f"clearance_{name}"
        if column in treated:
            known = treated[column].isin(["cleared", "not_cleared"])
            rows.append(_flow_row(f"landmark_{name}", treated, known, treated[column]))
    return pd.DataFrame(rows, columns=FLOW_COLUMNS)


def collect_flows(flows: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Join the flows of all analyses; what is the same in each stands there once.

    ``analysis`` is empty in rows that hold for every analysis.
    """
    every = pd.concat(
        [flow.assign(analysis=analysis) for analysis, flow in flows.items()],
        ignore_index=True,
    )
    same = every.groupby("set")[["patient_ids", "reason"]].transform(_all_equal)
    shared = same.all(axis=1)
    complete = every.groupby("set")["analysis"].transform("size") == len(flows)
    every["analysis"] = every["analysis"].mask(shared & complete, None)
    order = {name: place for place, name in enumerate(every["set"].unique())}
    joined = every.drop_duplicates(["set", "analysis"])
    return joined.sort_values("set", key=lambda names: names.map(order), kind="stable")


def _join(table: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    return table.merge(results, on="patient_id", how="left", validate="1:1")


def _all_equal(cells: pd.Series) -> bool:
    return bool(cells.fillna("").nunique() == 1)


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


def _evaluable_sets(treated: pd.DataFrame) -> Iterable[tuple[str, pd.Series]]:
    """Yield the evaluable sets of the table and why a patient is not in each."""
    if "her2_evaluable" in treated:
        yield "her2_evaluable", "HER2 " + treated["her2_class"].astype(str)
    if (treated["bor"] != "MISSING").any():
        unmeasurable = treated["measurable"] == "no"
        words = np.where(unmeasurable, "not measurable", "no evaluable assessment")
        yield "response_evaluable", pd.Series(words, index=treated.index)
    if "ctdna_evaluable" in treated:
        yield "ctdna_evaluable", "baseline " + treated["baseline_state"].astype(str)


def _flow_row(
    name: str, parent: pd.DataFrame, is_in: pd.Series, reasons: pd.Series
) -> dict[str, object]:
    left_out = parent.loc[~is_in, "patient_id"]
    counts = reasons[~is_in].astype(str).value_counts(sort=False).sort_index()
    return {
        "set": name,
        "n": int(is_in.sum()),
        "excluded": len(left_out),
        "reason": "; ".join(f"{number} {word}" for word, number in counts.items()),
        "patient_ids": ";".join(parent.loc[is_in, "patient_id"]),
        "excluded_ids": ";".join(left_out),
    }
