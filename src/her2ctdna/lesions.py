"""Overall response per visit from lesion measurements (RECIST 1.1, EJC 2009).

Response of targets, of non-targets and new lesions each, then the table that joins
them. A visit is all that one evaluator measured of a patient on one day, or under
one name.
"""

import numpy as np
import pandas as pd

PARTIAL_RESPONSE_RATIO = 0.7
PROGRESSION_RATIO = 1.2
PROGRESSION_MM = 5.0
NODE_NORMAL_MM = 10.0
"""Constants of RECIST 1.1: they are the standard itself, not thresholds to choose."""

_TOLERANCE_MM = 1e-9
_OUTPUT = [
    *["patient_id", "assessed_day", "overall", "evaluator", "target_sum_mm"],
    *["new_lesion", "target_response", "non_target_response"],
]
_JOINED = {
    ("CR", "CR"): "CR",
    ("CR", "NON-CR/NON-PD"): "PR",
    ("CR", "NE"): "PR",
    ("none", "CR"): "CR",
    ("none", "NON-CR/NON-PD"): "NON-CR/NON-PD",
}


def derive_assessments(lesions: pd.DataFrame) -> pd.DataFrame:
    """Derive one assessment per patient, evaluator and visit from their lesions.

    A visit is what has the same ``visit_id``, or without one the same day. Of a visit
    over several days a progression has the first, any other response the last.
    Baseline is the last measurement of each lesion on or before day 0. A target that
    is ``absent`` counts 0 mm; one without diameter leaves the sum incomplete: the
    visit is NE unless what was measured is progression already. Sums are of
    diameters as given (the short axis of nodes). The nadir is the smallest complete
    sum before the visit, baseline included. Rows that name no evaluator count for
    each that is named.

    Returns
    -------
    Rows as in the input ``assessments``, with ``target_response`` and
    ``non_target_response`` (``none`` without such a lesion at baseline);
    ``target_sum_mm`` only where the sum is complete, ``overall`` empty at baseline.
    """
    timed = lesions.dropna(subset=["assessed_day"])
    timed = timed.sort_values("assessed_day", kind="stable")
    named = timed["evaluator"]
    rows: list[dict[str, object]] = []
    for evaluator in sorted(named.dropna().unique()) or [None]:
        judged = timed[named.isna() | (named == evaluator)]
        for patient, own in judged.groupby("patient_id"):
            for row in _visits_of(own):
                rows.append(row | {"patient_id": patient, "evaluator": evaluator})
    table = pd.DataFrame(rows, columns=_OUTPUT)
    return table.astype({"assessed_day": float, "target_sum_mm": float})


def _visits_of(own: pd.DataFrame) -> list[dict[str, object]]:
    """Return baseline and visits of one patient by one evaluator."""
    before = own[own["assessed_day"] <= 0]
    baseline = before.drop_duplicates("lesion_id", keep="last")
    targets = baseline[baseline["kind"] == "target"].set_index("lesion_id")
    others = baseline.loc[baseline["kind"] == "non_target", "lesion_id"]
    reference = _target_sizes(targets).sum(skipna=False) if len(targets) else np.nan
    rows: list[dict[str, object]] = []
    if len(baseline):
        day = float(baseline["assessed_day"].max())
        rows.append({"assessed_day": day, "target_sum_mm": reference})
    nadir = reference
    for visit in _by_visit(own[own["assessed_day"] > 0]):
        target, total = _target_response(visit, targets, reference, nadir)
        non_target = _non_target_response(visit, others)
        is_new = _has_new_lesion(visit)
        overall = join_responses(target, non_target, has_new_lesion=is_new)
        days = visit["assessed_day"]
        rows.append(
            {
                "assessed_day": days.min() if overall == "PD" else days.max(),
                "overall": overall,
                "target_sum_mm": total,
                "new_lesion": "yes" if is_new else "no",
                "target_response": target,
                "non_target_response": non_target,
            }
        )
        nadir = np.fmin(nadir, total)
    return rows


def _by_visit(own: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the rows of each visit, in the order of their last days."""
    day = own["assessed_day"]
    names = own["visit_id"].where(own["visit_id"].notna(), "day " + day.astype(str))
    visits = [rows for _, rows in own.groupby(names, sort=False)]
    return sorted(visits, key=lambda rows: float(rows["assessed_day"].max()))


def select_assessments(
    assessments: pd.DataFrame | None, lesions: pd.DataFrame | None, *, source: str
) -> pd.DataFrame | None:
    """Return the assessments that response rests on: as reported, or from lesions.

    ``None`` where the study has no such input.
    """
    if source == "reported":
        return assessments
    return None if lesions is None else derive_assessments(lesions)


def join_responses(target: str, non_target: str, *, has_new_lesion: bool) -> str:
    """Join the responses of targets, non-targets and new lesions to the overall one.

    ``none`` stands for no such lesion at baseline. RECIST 1.1, tables 1 and 2.
    """
    if has_new_lesion or "PD" in (target, non_target):
        return "PD"
    if target in ("PR", "SD", "NE"):
        return target
    if non_target == "none":
        return "CR" if target == "CR" else "NE"
    return _JOINED.get((target, non_target), "NE")


def _target_sizes(rows: pd.DataFrame) -> pd.Series:
    """Return diameters in mm; 0 for absent lesions, NaN for those not measured."""
    sizes = rows["diameter_mm"].astype(float)
    unmeasured = rows["state"] == "not_evaluable"
    return sizes.mask(rows["state"] == "absent", 0.0).mask(unmeasured)


def _target_response(
    visit: pd.DataFrame, targets: pd.DataFrame, reference: float, nadir: float
) -> tuple[str, float]:
    """Return the response of the targets and their sum (NaN if incomplete)."""
    if targets.empty:
        return "none", np.nan
    seen = visit[visit["lesion_id"].isin(targets.index)]
    seen = seen.drop_duplicates("lesion_id", keep="last").set_index("lesion_id")
    sizes = _target_sizes(seen).reindex(targets.index)
    complete = bool(sizes.notna().all())
    measured = float(sizes.sum())
    total = measured if complete else np.nan
    grown = measured - nadir
    limit = (PROGRESSION_RATIO - 1) * nadir
    if grown >= PROGRESSION_MM - _TOLERANCE_MM and grown >= limit - _TOLERANCE_MM:
        return "PD", total
    if not complete or np.isnan(reference):
        return "NE", total
    normal = np.where(targets["is_node"] == "yes", NODE_NORMAL_MM, _TOLERANCE_MM)
    if (sizes < normal).all():
        return "CR", total
    if measured <= PARTIAL_RESPONSE_RATIO * reference + _TOLERANCE_MM:
        return "PR", total
    return "SD", total


def _non_target_response(visit: pd.DataFrame, others: pd.Series) -> str:
    """Return the response of the non-targets known at baseline.

    A node with a short axis below 10 mm is normal and so gone, if still present.
    """
    seen = visit[visit["kind"] == "non_target"]
    if (seen["state"] == "unequivocal_progression").any():
        return "PD"
    if others.empty:
        return "none"
    last = seen.drop_duplicates("lesion_id", keep="last").set_index("lesion_id")
    is_normal = (last["is_node"] == "yes") & (last["diameter_mm"] < NODE_NORMAL_MM)
    gone = (last["state"] == "absent") | (is_normal & (last["state"] == "present"))
    states = last["state"].mask(gone, "absent").reindex(others)
    if (states == "absent").all():
        return "CR"
    if (states.isna() | (states == "not_evaluable")).any():
        return "NE"
    return "NON-CR/NON-PD"


def _has_new_lesion(visit: pd.DataFrame) -> bool:
    new = visit[visit["kind"] == "new"]
    doubtful = new["state"].isin(["equivocal", "absent", "not_evaluable"])
    return bool((~doubtful).any())
