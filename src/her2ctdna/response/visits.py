"""The visits of each patient: which assessments count for response, and why others not.

One table serves best response, time to event, change of target lesions and the
figures; each of its rows is an assessment as reported, or as derived from lesions.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from her2ctdna.response.recist import Visit

if TYPE_CHECKING:
    from her2ctdna.settings.clinical_settings import ResponseSettings

COLUMNS = [
    *["patient_id", "assessed_day", "evaluator", "overall", "used", "reason"],
    *["target_sum_mm", "baseline_sum_mm", "nadir_sum_mm", "change_percent"],
    *["change_from_nadir_mm", "change_from_nadir_percent"],
    *["target_response", "non_target_response", "new_lesion"],
]
_CHANGES = COLUMNS[7:12]

IN_TIME = ("counts", "no response given", "another response of that day counts")
"""Reasons of assessments between first dose and progression or new therapy."""

_WORST_FIRST = {"PD": 0, "NON-CR/NON-PD": 1, "SD": 2, "PR": 3, "CR": 4, "NE": 5}


def derive_visits(
    assessments: pd.DataFrame, patients: pd.DataFrame, *, response: "ResponseSettings"
) -> pd.DataFrame:
    """Derive which assessments count (``used``), and the change of the targets.

    Those of treated patients after the first dose (day > 0) by ``evaluator`` (or by
    nobody named) count, up to and with the first PD and, if ``new_therapy`` is
    ``censor``, up to and with the start of a new therapy. Of several responses on
    one day the worst counts; NE counts only if it is the only one.

    Returns
    -------
    One row per assessment, by patient in the order of ``patients`` and by day; see
    `derive_target_changes` for the sums.
    """
    frame = assessments.reset_index(drop=True).reindex(columns=COLUMNS)
    frame[_CHANGES] = derive_target_changes(frame, evaluator=response["evaluator"])
    frame["reason"] = _reasons(frame, patients, response)
    frame["used"] = np.where(frame["reason"] == "counts", "yes", "no")
    place = {patient: at for at, patient in enumerate(patients["patient_id"])}
    order = frame.assign(
        place=frame["patient_id"].map(place),
        rank=frame["overall"].map(_WORST_FIRST),
        who=frame["evaluator"].fillna(""),
    ).sort_values(["place", "assessed_day", "who", "rank"], kind="stable")
    return frame.loc[order.index, COLUMNS].reset_index(drop=True)


def select_visits(
    visits: pd.DataFrame, patients: pd.DataFrame
) -> dict[str, list[Visit]]:
    """Return the visits that count of each treated patient, in their order."""
    used = visits[visits["used"] == "yes"]
    by_patient = dict(list(used.groupby("patient_id")))
    none = used.iloc[:0]
    return {
        patient: [
            Visit(float(row.assessed_day), row.overall)
            for row in by_patient.get(patient, none).itertuples()
        ]
        for patient in patients.loc[patients["treated"] == "yes", "patient_id"]
    }


def derive_target_changes(assessments: pd.DataFrame, *, evaluator: str) -> pd.DataFrame:
    """Derive baseline, nadir and changes of the sum of target diameters.

    Baseline is the last sum on or before day 0 (of two on one day the larger), of rows
    by ``evaluator`` or by nobody named. The nadir is the smallest sum on an earlier
    day, baseline included. A later sum without a baseline has no change, nor has one
    over a baseline or nadir of 0 a change in percent.

    Returns
    -------
    For each row of ``assessments``: ``baseline_sum_mm``, ``nadir_sum_mm``,
    ``change_percent`` (from baseline), ``change_from_nadir_mm`` and
    ``change_from_nadir_percent``; missing up to day 0 and without a sum.
    """
    changes = pd.DataFrame(np.nan, index=assessments.index, columns=_CHANGES)
    named = assessments["evaluator"]
    sums = assessments[named.isna() | (named == evaluator)]
    sums = sums.dropna(subset=["target_sum_mm", "assessed_day"])
    keys = ["patient_id", "assessed_day", "target_sum_mm"]
    sums = sums.sort_values(keys, kind="stable")
    is_before = sums["assessed_day"] <= 0
    before = sums[is_before].groupby("patient_id")["target_sum_mm"].last()
    later = sums[~is_before & sums["patient_id"].isin(before.index)]
    total = later["target_sum_mm"]
    baseline = later["patient_id"].map(before).astype(float)
    nadir = np.fmin(baseline, _smallest_before(later))
    changes.loc[later.index, "baseline_sum_mm"] = baseline
    changes.loc[later.index, "nadir_sum_mm"] = nadir
    changes.loc[later.index, "change_percent"] = _percent(total, baseline)
    changes.loc[later.index, "change_from_nadir_mm"] = total - nadir
    changes.loc[later.index, "change_from_nadir_percent"] = _percent(total, nadir)
    return changes


def _smallest_before(sums: pd.DataFrame) -> pd.Series:
    """Return the smallest sum of a patient on an earlier day (NaN on the first)."""
    daily = sums.groupby(["patient_id", "assessed_day"])["target_sum_mm"].min()
    running = daily.groupby(level="patient_id").cummin()
    earlier = running.groupby(level="patient_id").shift()
    keys = pd.MultiIndex.from_frame(sums[["patient_id", "assessed_day"]])
    return pd.Series(earlier.reindex(keys).to_numpy(), index=sums.index, dtype=float)


def _percent(total: pd.Series, reference: pd.Series) -> pd.Series:
    return 100 * (total / reference.where(reference > 0) - 1)


def _reasons(
    frame: pd.DataFrame, patients: pd.DataFrame, response: "ResponseSettings"
) -> pd.Series:
    """Return why each assessment does not count, or that it counts."""
    by_patient = patients.set_index("patient_id")
    day, overall = frame["assessed_day"], frame["overall"]
    is_treated = frame["patient_id"].map(by_patient["treated"]) == "yes"
    named = frame["evaluator"]
    is_theirs = named.isna() | (named == response["evaluator"])
    therapy = frame["patient_id"].map(by_patient["new_therapy_day"]).astype(float)
    if response["new_therapy"] != "censor":
        therapy = therapy.mask(therapy.notna())
    is_late = day > therapy
    in_time = is_treated & is_theirs & (day > 0) & ~is_late
    progressed = frame[in_time & (overall == "PD")].groupby("patient_id")
    progression = frame["patient_id"].map(progressed["assessed_day"].min())
    is_after = day > progression.astype(float)
    judged = frame[in_time & ~is_after & overall.notna()]
    judged = judged.assign(rank=judged["overall"].map(_WORST_FIRST))
    ranked = judged.sort_values(["patient_id", "assessed_day", "rank"], kind="stable")
    first = ranked.drop_duplicates(["patient_id", "assessed_day"]).index
    reasons = {
        "not treated": ~is_treated,
        "no day": day.isna(),
        "by another evaluator": ~is_theirs,
        "baseline": day <= 0,
        "after progression": is_after,
        "after the new therapy": is_late,
        "no response given": overall.isna(),
        "another response of that day counts": ~frame.index.isin(first),
    }
    words = np.select(list(reasons.values()), list(reasons), default="counts")
    return pd.Series(words, index=frame.index, dtype=object)
