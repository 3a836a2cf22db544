"""ctDNA against baseline: clearance, ratio and molecular response at landmarks.

"Not seen" is a clearance only where the sample could have seen the configured
fraction of that patient's baseline level.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from her2ctdna.settings.landmark_columns import name_reduction
from her2ctdna.tables import Record

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CtdnaSettings, Landmark


Sample = Record
"""A row of the sample table."""

EVALUABLE = ("detected", "undetected")

ROUNDING = 1e-9
"""A threshold is met by what differs from it by less than this share of it: 0.1 times
0.7 is less than 0.07 in binary numbers."""


def derive_landmarks(
    samples: pd.DataFrame, patients: pd.DataFrame, *, ctdna: "CtdnaSettings"
) -> pd.DataFrame:
    """Derive the ctDNA result of each patient at each landmark.

    A landmark by day takes the plasma sample nearest to it within the window (ties:
    the earlier), one by label the first sample of that time point; never the
    baseline sample. The reference is the baseline sample or the one of the time
    point named as reference.

    Returns
    -------
    One row per patient and landmark, patients in their order. ``clearance`` is
    missing, uninformative, not_shedding, cleared or not_cleared, as `classify` says;
    ``able`` tells of those with ctDNA at the reference whether the sample could have
    shown a clearance, see `is_able`, and is missing of all others.
    ``day`` and ``sample_id`` are those of the sample at the landmark, ``ratio_low`` and
    ``ratio_high`` the 95 % interval of the ratio, and ``residual_max`` is the largest
    fraction of the reference level that an undetected sample cannot exclude.
    """
    by_patient = dict(list(samples.groupby("patient_id")))
    thresholds = {name_reduction(ratio): ratio for ratio in ctdna["molecular_response"]}
    rows = []
    for name, landmark in ctdna["landmarks"].items():
        for patient in patients["patient_id"]:
            own = by_patient.get(patient, samples.iloc[:0])
            reference = _reference(own, landmark)
            sample = _at_landmark(own, landmark, reference)
            row = {"patient_id": patient, "landmark": name}
            row |= _result(reference, sample, ctdna, thresholds)
            rows.append(row)
    columns = ["patient_id", "landmark", *_RESULT, *thresholds, *_LIMITS]
    order = {patient: place for place, patient in enumerate(patients["patient_id"])}
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(
        "patient_id", key=lambda ids: ids.map(order), kind="stable"
    ).reset_index(drop=True)


def classify(
    reference: Sample | None, sample: Sample | None, *, ctdna: "CtdnaSettings"
) -> str:
    """Return the clearance of a sample against its reference, first match wins.

    ``missing``: no sample, no reference, or one of them failed. ``not_shedding``:
    nothing detected at the reference. ``uninformative``: one of them is not
    evaluable, or an undetected sample whose detection limit is above
    ``clearance_max_fraction`` of the reference level (no limit given: the assay's
    word counts). ``not_cleared``: detected. Else ``cleared``.
    """
    if reference is None or sample is None:
        return "missing"
    if "failed_qc" in (reference["state"], sample["state"]):
        return "missing"
    if reference["state"] == "undetected":
        return "not_shedding"
    if reference["state"] not in EVALUABLE or sample["state"] not in EVALUABLE:
        return "uninformative"
    if sample["state"] == "detected":
        return "not_cleared"
    return "cleared" if is_able(reference, sample, ctdna=ctdna) else "uninformative"


def is_able(
    reference: Sample | None, sample: Sample | None, *, ctdna: "CtdnaSettings"
) -> bool:
    """Tell whether a sample could have seen the fraction of its reference that counts.

    Whatever it saw: its detection limit is at or below ``clearance_max_fraction`` of
    the level of a reference with ctDNA; no limit given: the assay's word counts. Not
    able is what is not there, failed or could not be evaluated.
    """
    if reference is None or sample is None:
        return False
    if reference["state"] != "detected" or sample["state"] not in EVALUABLE:
        return False
    if np.isnan(sample["lod95"]):
        return True
    highest = ctdna["clearance_max_fraction"] * reference["level"]
    return reaches(highest, sample["lod95_level"])


def reaches(level: float, threshold: float) -> bool:
    """Tell whether a level is at or above a threshold, rounding apart."""
    return bool(level >= threshold * (1 - ROUNDING))


def compute_ratio_upper95(reference: Sample, sample: Sample) -> float:
    """Return the one-sided 95 % upper bound of level over reference level.

    Undetected: the upper bound of the sample over the reference level. Detected: the
    exact conditional bound that `compute_ratio_limits` has on both sides; NaN where no
    molecules were counted.
    """
    if not reference["level"] > 0:
        return np.nan
    if sample["state"] == "undetected":
        return float(sample["upper95_level"] / reference["level"])
    x, x0 = sample["alt_count"], reference["alt_count"]
    if not (x > 0 and x0 > 0):
        return np.nan
    share = betaincinv(x + 1, x0, 0.95)
    return float(share / (1 - share) * _to_metric(reference, sample))


def compute_ratio_limits(
    reference: Sample, sample: Sample, *, confidence: float
) -> tuple[float, float]:
    """Return the two-sided interval of level over reference level.

    Given the sum of both counts that of the sample is binomial, which makes the
    interval of the ratio of two Poisson rates exact, the way Clopper-Pearson's is: at
    least the confidence, and the whole of it only for ``pooled_vaf``. For another
    metric it is moved to that metric's scale as `_to_metric` says, and approximate.
    NaN where no molecules were counted (``levels``) or none at the reference.
    """
    x, x0 = sample["alt_count"], reference["alt_count"]
    if not (x >= 0 and x0 > 0 and reference["level"] > 0):
        return np.nan, np.nan
    tail = (1 - confidence) / 2
    shares = betaincinv(max(x, 1), x0 + 1, tail) if x else 0.0
    low = shares / (1 - shares)
    share = betaincinv(x + 1, x0, 1 - tail)
    scale = _to_metric(reference, sample)
    return float(low * scale), float(share / (1 - share) * scale)


def _to_metric(reference: Sample, sample: Sample) -> float:
    """Return what turns a ratio of expected counts into one of levels.

    The ratio of depths for the pooled VAF. Other metrics weigh the loci of a sample
    otherwise: they have the observed ratio of levels where molecules were seen, and
    else the scale on which the limit of the sample stands.
    """
    ratio = sample["level"] / reference["level"]
    if sample["alt_count"] > 0 and ratio > 0:
        return float(ratio * reference["alt_count"] / sample["alt_count"])
    scale = sample["lod95_level"] / sample["lod95"]
    return float(reference["alt_count"] / sample["depth"] * scale / reference["level"])


_RESULT = [
    "sample_id",
    "day",
    "baseline_state",
    "state",
    "clearance",
    "able",
    "ratio",
    "ratio_upper95",
]
_LIMITS = ["ratio_low", "ratio_high", "residual_max"]
RATIO_CONFIDENCE = 0.95


def _result(
    reference: Sample | None,
    sample: Sample | None,
    ctdna: "CtdnaSettings",
    thresholds: dict[str, float],
) -> Record:
    """Return the columns of one patient at one landmark."""
    row: Record = dict.fromkeys(thresholds, "not_evaluable")
    failed = reference is not None and reference["state"] == "failed_qc"
    row["baseline_state"] = (
        "missing" if reference is None or failed else reference["state"]
    )
    row["state"] = "missing" if sample is None else sample["state"]
    row["clearance"] = classify(reference, sample, ctdna=ctdna)
    if row["baseline_state"] == "detected":
        able = is_able(reference, sample, ctdna=ctdna)
        row["able"] = "yes" if able else "no"
    if sample is not None:
        row |= {"sample_id": sample["sample_id"], "day": sample["day"]}
    if reference is None or sample is None or not reference["level"] > 0:
        return row
    row["ratio"] = sample["level"] / reference["level"]
    if reference["state"] == "detected" and sample["state"] in EVALUABLE:
        row["ratio_upper95"] = compute_ratio_upper95(reference, sample)
        row["ratio_low"], row["ratio_high"] = compute_ratio_limits(
            reference, sample, confidence=RATIO_CONFIDENCE
        )
        row |= {
            name: _has_responded(reference, sample, ratio)
            for name, ratio in thresholds.items()
        }
        row["residual_max"] = compute_residual_max(reference, sample)
    return row


def compute_residual_max(reference: Sample, sample: Sample) -> float:
    """Return the largest share of the reference an undetected sample cannot exclude.

    Its detection limit over the reference level; NaN where something was detected, and
    where the assay gave no limit.
    """
    if sample["state"] != "undetected" or not reference["level"] > 0:
        return np.nan
    return float(sample["lod95_level"] / reference["level"])


def _has_responded(reference: Sample, sample: Sample, ratio: float) -> str:
    """Tell whether the level fell to ``ratio`` of the reference, or not_evaluable.

    Of an undetected sample the level is somewhere below its limit, so that only a
    limit at or below the threshold gives an answer, and that is yes.
    """
    threshold = ratio * reference["level"]
    if sample["state"] == "detected":
        if np.isnan(sample["level"]):
            return "not_evaluable"
        return "yes" if reaches(threshold, sample["level"]) else "no"
    if np.isnan(sample["lod95"]) or reaches(threshold, sample["lod95_level"]):
        return "yes"
    return "not_evaluable"


def _reference(own: pd.DataFrame, landmark: "Landmark") -> Sample | None:
    label = landmark.get("reference")
    if label is not None:
        return _first_sample(own[own["timepoint"] == label])
    return _first_sample(own[own["is_baseline"] == "yes"])


def _at_landmark(
    own: pd.DataFrame, landmark: "Landmark", reference: Sample | None
) -> Sample | None:
    later = own[own["is_baseline"] == "no"]
    if reference is not None:
        later = later[later["sample_id"] != reference["sample_id"]]
    if "timepoint" in landmark:
        return _first_sample(later[later["timepoint"] == landmark["timepoint"]])
    distance = (later["day"] - landmark["day"]).abs()
    near = later.assign(distance=distance)[distance <= landmark["window"]]
    return _first_sample(near.sort_values(["distance", "day"], kind="stable"))


def _first_sample(rows: pd.DataFrame) -> Sample | None:
    return rows.iloc[0].to_dict() if len(rows) else None
