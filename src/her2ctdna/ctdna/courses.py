"""The course of ctDNA in each patient: clearance, nadir, rebound and half-life."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.ctdna.clearance import EVALUABLE, Sample, classify, compute_residual_max
from her2ctdna.ctdna.detection import MEASURES
from her2ctdna.ctdna.half_life import Flags, Floats, estimate_half_life
from her2ctdna.ctdna.rebound import Rebound, compute_lead_time, find_rebound, height

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CtdnaSettings

CONFIDENCE = 0.95
_TEXT = [
    "patient_id",
    "baseline_sample_id",
    "baseline_state",
    "ever_cleared",
    "sustained",
    "nadir_state",
    "rebound_kind",
    "half_life_note",
]
COLUMNS = [
    "patient_id",
    "baseline_sample_id",
    "baseline_state",
    "baseline_level",
    "n_samples",
    "ever_cleared",
    "first_cleared_day",
    "last_detected_day_before",
    "first_cleared_residual_max",
    "sustained",
    "detected_again_day",
    "nadir_level",
    "nadir_day",
    "nadir_state",
    "nadir_upper95",
    "rebound_day",
    "rebound_kind",
    "last_day_before_rebound",
    "rebound_level",
    "rebound_ratio",
    "half_life_days",
    "half_life_low",
    "half_life_high",
    "half_life_points",
    "half_life_censored",
    "half_life_note",
    "lead_time_days",
    "lead_time_low",
    "lead_time_high",
]
NO_BASELINE = "not estimable: no usable baseline sample"
NOT_DETECTED = "not estimable: no ctDNA detected at baseline"
PROGRESSION = ["progression_day", "progression_free_day"]

Progression = dict[str, float]
"""When progression was seen, and when it was last ruled out; NaN where never."""


class DeclinePoints(NamedTuple):
    """Log levels of one patient; of a censored one the log of its limit."""

    days: Floats
    log_levels: Floats
    is_censored: Flags


def derive_courses(
    samples: pd.DataFrame,
    patients: pd.DataFrame,
    endpoints: pd.DataFrame,
    *,
    ctdna: "CtdnaSettings",
) -> pd.DataFrame:
    """Derive the ctDNA course of each patient.

    Parameters
    ----------
    samples
        Plasma samples as `her2ctdna.ctdna.detection` makes them, or read back.
    patients
        Normalised patients; they give the rows and their order.
    endpoints
        ``progression_day`` and ``progression_free_day`` by ``patient_id``.

    Returns
    -------
    One row per patient. Clearance, nadir, rebound and half-life are of patients with
    ctDNA detected at baseline; each is empty where it cannot be told.
    """
    # A column without any number is read back as text.
    samples = samples.astype(dict.fromkeys(MEASURES, float))
    known = endpoints.set_index("patient_id")[PROGRESSION].astype(float)
    progressions = known.to_dict("index")
    never = dict.fromkeys(PROGRESSION, np.nan)
    by_patient = dict(list(samples.groupby("patient_id")))
    rows = [
        _course(
            by_patient.get(patient, samples.iloc[:0]),
            patient,
            progressions.get(patient, never),
            ctdna,
        )
        for patient in patients["patient_id"]
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    numbers = {column: float for column in COLUMNS if column not in _TEXT}
    text = table[_TEXT].astype(object)
    return table.astype(numbers).assign(**text.where(text.notna(), None))


def select_decline(falling: list[Sample]) -> DeclinePoints:
    """Return what samples say of a decline: levels, and limits where undetected.

    An undetected sample without a limit says nothing that could be counted, nor does
    a detected one without a level; both are left out.
    """
    censored = np.array([s["state"] == "undetected" for s in falling], dtype=bool)
    names = np.where(censored, "lod95_level", "level")
    values = np.array(
        [sample[name] for sample, name in zip(falling, names, strict=True)], dtype=float
    )
    days = np.array([sample["day"] for sample in falling], dtype=float)
    usable = values > 0
    return DeclinePoints(days[usable], np.log(values[usable]), censored[usable])


def _course(
    own: pd.DataFrame, patient: str, progression: Progression, ctdna: "CtdnaSettings"
) -> dict[str, object]:
    """Return the row of one patient; ``own`` holds all plasma samples."""
    row: dict[str, object] = {"patient_id": patient, "n_samples": len(own)}
    records = own.to_dict("records")
    baseline = next((s for s in records if s["is_baseline"] == "yes"), None)
    if baseline is None or baseline["state"] == "failed_qc":
        return row | {"baseline_state": "missing", "half_life_note": NO_BASELINE}
    row |= {
        "baseline_sample_id": baseline["sample_id"],
        "baseline_state": baseline["state"],
        "baseline_level": baseline["level"],
    }
    if baseline["state"] != "detected":
        return row | {"half_life_note": NOT_DETECTED}
    course = [
        sample | {"clearance": classify(baseline, sample, ctdna=ctdna)}
        for sample in records
        if sample["day"] > baseline["day"] and sample["state"] in EVALUABLE
    ]
    row |= _clearance_columns(baseline, course, progression["progression_day"])
    nadir, rebound = find_rebound(course, rebound_fold=ctdna["rebound_fold"])
    row |= _nadir_columns(nadir) | _half_life_columns(baseline, course, nadir)
    return row | _rebound_columns(rebound, nadir, progression)


def _clearance_columns(
    baseline: Sample, course: list[Sample], progression_day: float
) -> dict[str, object]:
    """Return the first clearance as an interval, and whether any was sustained.

    ``detected_again_day`` is that of the first sample after it in which ctDNA was
    detected, however little, and whatever a rebound asks for.
    Samples that are undetected but could not have seen enough decide nothing.
    """
    judged = [each for each in course if each["clearance"] != "uninformative"]
    cleared = [each["clearance"] == "cleared" for each in judged]
    if not judged:
        return {}
    if not any(cleared):
        return {"ever_cleared": "no"}
    place = cleared.index(True)
    first, before = judged[place], [baseline, *judged][place]
    again = (each["day"] for each in judged[place:] if each["state"] == "detected")
    return {
        "ever_cleared": "yes",
        "first_cleared_day": first["day"],
        "last_detected_day_before": before["day"],
        "first_cleared_residual_max": compute_residual_max(baseline, first),
        "sustained": _is_sustained(judged, progression_day),
        "detected_again_day": next(again, np.nan),
    }


def _is_sustained(judged: list[Sample], progression_day: float) -> str | None:
    """Tell whether a clearance lasted: two samples in a row, or until progression.

    Samples after progression count no more. ``None`` where the last sample is cleared
    for the first time and progression was not seen, so that nobody knows yet, and
    where nothing was cleared before progression.
    """
    cleared = [
        sample["clearance"] == "cleared"
        for sample in judged
        if not sample["day"] > progression_day
    ]
    if any(cleared[i] and cleared[i + 1] for i in range(len(cleared) - 1)):
        return "yes"
    if cleared[-1:] == [True]:
        return None if np.isnan(progression_day) else "yes"
    return "no" if any(cleared) else None


def _nadir_columns(nadir: Sample | None) -> dict[str, object]:
    """Return the nadir; ``nadir_upper95`` bounds it where nothing was detected."""
    if nadir is None:
        return {}
    unseen = nadir["state"] == "undetected"
    return {
        "nadir_level": nadir["level"],
        "nadir_day": nadir["day"],
        "nadir_state": nadir["state"],
        "nadir_upper95": nadir["upper95_level"] if unseen else np.nan,
    }


def _rebound_columns(
    rebound: Rebound | None, nadir: Sample | None, progression: Progression
) -> dict[str, object]:
    """Return the rebound, its rise over the nadir and its lead over progression."""
    if rebound is None or nadir is None:
        return {}
    lowest = height(nadir)
    lead = compute_lead_time(rebound, **progression)
    return {
        "rebound_day": rebound.sample["day"],
        "rebound_kind": rebound.kind,
        "last_day_before_rebound": rebound.last_without["day"],
        "rebound_level": rebound.sample["level"],
        "rebound_ratio": rebound.sample["level"] / lowest if lowest > 0 else np.nan,
        "lead_time_days": lead.days,
        "lead_time_low": lead.low,
        "lead_time_high": lead.high,
    }


def _half_life_columns(
    baseline: Sample, course: list[Sample], nadir: Sample | None
) -> dict[str, object]:
    """Return the half-life over the samples from baseline to nadir."""
    end = -np.inf if nadir is None else nadir["day"]
    points = select_decline([baseline, *(s for s in course if s["day"] <= end)])
    estimate = estimate_half_life(*points, level=CONFIDENCE)
    return {
        "half_life_days": estimate.days,
        "half_life_low": estimate.low,
        "half_life_high": estimate.high,
        "half_life_points": len(points.days),
        "half_life_censored": int(points.is_censored.sum()),
        "half_life_note": estimate.note or None,
    }
