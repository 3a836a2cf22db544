"""The course of ctDNA in each patient: clearance, nadir, rebound and half-life."""

from typing import Any

import numpy as np
import pandas as pd

from her2ctdna.clearance import EVALUABLE, Sample, classify
from her2ctdna.detection import MEASURES, compute_lower95
from her2ctdna.half_life import estimate_half_life
from her2ctdna.roles import Ctdna

COLUMNS = [
    "patient_id",
    "baseline_sample_id",
    "baseline_state",
    "baseline_level",
    "n_samples",
    "ever_cleared",
    "first_cleared_day",
    "last_detected_day_before",
    "sustained",
    "nadir_level",
    "nadir_day",
    "rebound_day",
    "half_life_days",
    "half_life_low",
    "half_life_high",
    "lead_time_days",
]
_TEXT = ["patient_id", "baseline_sample_id", "baseline_state"]
_TEXT += ["ever_cleared", "sustained"]


def derive_courses(
    samples: pd.DataFrame,
    patients: pd.DataFrame,
    progression: pd.Series,
    *,
    ctdna: Ctdna,
) -> pd.DataFrame:
    """Derive the ctDNA course of each patient.

    Parameters
    ----------
    samples
        Plasma samples as `her2ctdna.detection` makes them, or read back.
    patients
        Normalised patients; they give the rows and their order.
    progression
        Day of radiological progression by ``patient_id``.

    Returns
    -------
    One row per patient. Clearance, nadir, rebound and half-life are of patients with
    ctDNA detected at baseline; each is empty where it cannot be told.
    """
    # A column without any number is read back as text.
    samples = samples.astype(dict.fromkeys(MEASURES, float))
    progression = progression.astype(float)
    by_patient = dict(list(samples.groupby("patient_id")))
    rows = [
        _course(
            by_patient.get(patient, samples.iloc[:0]),
            patient,
            progression.get(patient, np.nan),
            ctdna,
        )
        for patient in patients["patient_id"]
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    numbers = {column: float for column in COLUMNS if column not in _TEXT}
    text = table[_TEXT].astype(object)
    return table.astype(numbers).assign(**text.where(text.notna(), None))


def find_rebound(
    course: list[Sample], *, rebound_fold: float
) -> tuple[Sample | None, Sample | None]:
    """Return the nadir and the first rebound over it (``None`` where there is none).

    A rebound is detected, at ``rebound_fold`` times the lowest level before it or
    more, with intervals that do not overlap (one-sided 95 % each; where molecules
    were not counted the fold alone decides), and is borne out by the next evaluable
    sample if there is one. The nadir is the lowest level before the rebound, or of
    all samples without one; of equal ones the first. An undetected sample for which
    no number is given is the lowest, a detected one without a number is left out.
    """
    nadir: Sample | None = None
    known = [sample for sample in course if not np.isnan(_height(sample))]
    for place, sample in enumerate(known):
        if nadir is not None and _is_above(sample, nadir, rebound_fold):
            following = known[place + 1 : place + 2]
            if all(_is_above(later, nadir, rebound_fold) for later in following):
                return nadir, sample
        if nadir is None or _height(sample) < _height(nadir):
            nadir = sample
    return nadir, None


def _course(
    own: pd.DataFrame, patient: str, progression_day: float, ctdna: Ctdna
) -> dict[str, Any]:
    """Return the row of one patient; ``own`` holds all plasma samples."""
    row: dict[str, Any] = {"patient_id": patient, "n_samples": len(own)}
    records = own.to_dict("records")
    baseline = next((s for s in records if s["is_baseline"] == "yes"), None)
    if baseline is None or baseline["state"] == "failed_qc":
        return row | {"baseline_state": "missing"}
    row |= {
        "baseline_sample_id": baseline["sample_id"],
        "baseline_state": baseline["state"],
        "baseline_level": baseline["level"],
    }
    if baseline["state"] != "detected":
        return row
    later = [
        sample
        for sample in records
        if sample["day"] > baseline["day"] and sample["state"] in EVALUABLE
    ]
    row |= _clearance_columns(baseline, later, progression_day, ctdna)
    nadir, rebound = find_rebound(later, rebound_fold=ctdna["rebound_fold"])
    if nadir is not None:
        row |= {"nadir_level": nadir["level"], "nadir_day": nadir["day"]}
        row |= _half_life_columns(baseline, later, nadir)
    if rebound is not None:
        row["rebound_day"] = rebound["day"]
        row["lead_time_days"] = progression_day - rebound["day"]
    return row


def _clearance_columns(
    baseline: Sample, later: list[Sample], progression_day: float, ctdna: Ctdna
) -> dict[str, Any]:
    """Return first clearance as an interval, and whether the next sample bears it out.

    Samples that are undetected but could not have seen enough decide nothing.
    """
    judged = [
        (sample, classify(baseline, sample, ctdna=ctdna) == "cleared")
        for sample in later
        if classify(baseline, sample, ctdna=ctdna) != "uninformative"
    ]
    if not judged:
        return {}
    place = next((i for i, (_, cleared) in enumerate(judged) if cleared), None)
    if place is None:
        return {"ever_cleared": "no"}
    before = [baseline["day"], *(sample["day"] for sample, _ in judged[:place])]
    following = [
        cleared
        for sample, cleared in judged[place + 1 :]
        if not sample["day"] > progression_day
    ]
    return {
        "ever_cleared": "yes",
        "first_cleared_day": judged[place][0]["day"],
        "last_detected_day_before": before[-1],
        "sustained": ("yes" if following[0] else "no") if following else None,
    }


def _half_life_columns(
    baseline: Sample, later: list[Sample], nadir: Sample
) -> dict[str, float]:
    """Return the half-life over the samples from baseline to nadir."""
    falling = [baseline, *(s for s in later if s["day"] <= nadir["day"])]
    censored = np.array([sample["state"] == "undetected" for sample in falling])
    values = np.array(
        [
            s["lod95_level"] if c else s["level"]
            for s, c in zip(falling, censored, strict=True)
        ],
        dtype=float,
    )
    days = np.array([sample["day"] for sample in falling], dtype=float)
    usable = values > 0
    estimate = estimate_half_life(
        days[usable], np.log(values[usable]), censored[usable], level=0.95
    )
    names = ("half_life_days", "half_life_low", "half_life_high")
    return dict(zip(names, estimate, strict=True))


def _height(sample: Sample) -> float:
    """Return the level that places a sample among others; nothing seen is 0."""
    unseen = sample["state"] == "undetected" and np.isnan(sample["level"])
    return 0.0 if unseen else sample["level"]


def _is_above(sample: Sample, nadir: Sample, fold: float) -> bool:
    if sample["state"] != "detected" or sample["level"] < fold * _height(nadir):
        return False
    bounds = compute_lower95(sample["alt_count"], sample["depth"])
    overlaps = bool(bounds <= nadir["upper95"])
    return not overlaps
