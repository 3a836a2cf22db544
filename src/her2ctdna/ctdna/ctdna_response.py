"""The ctDNA response of each sample after baseline, by the interval of its ratio.

Words and the idea of taking intervals are those of ctDNA-RECIST (Eur J Cancer
2023;180:180); the thresholds are the config's and not the paper's.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.ctdna.clearance import (
    EVALUABLE,
    Sample,
    classify,
    compute_ratio_limits,
)
from her2ctdna.ctdna.detection import MEASURES
from her2ctdna.ctdna.rebound import height
from her2ctdna.ctdna.silent_sites import reported_from
from her2ctdna.tables import Record

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CallerLimit, CtdnaSettings

COMPLETE, PARTIAL, STABLE, PROGRESSIVE = "cCR", "cPR", "cSD", "cPD"
NOT_EVALUABLE = "NE"

COLUMNS = [
    *["sample_id", "patient_id", "day", "response", "reason"],
    *["ratio", "ratio_low", "ratio_high", "nadir_sample_id"],
    *["nadir_ratio", "nadir_ratio_low", "nadir_ratio_high"],
]


class Limits(NamedTuple):
    """A ratio of levels and its interval; NaN where it cannot be had."""

    ratio: float = np.nan
    low: float = np.nan
    high: float = np.nan


def derive_responses(
    samples: pd.DataFrame, patients: pd.DataFrame, *, ctdna: "CtdnaSettings"
) -> pd.DataFrame:
    """Derive the response of every plasma sample after baseline.

    After baseline is what was drawn on a later day than the baseline sample, or
    without one after ``baseline_window``; a sample without a day is listed too, and
    not evaluable. The nadir is the lowest level of an earlier day, of equal ones the
    first: the baseline, or a sample after it that is detected or cleared. One that saw
    nothing and could not have seen enough is no nadir, as an NE visit is none.

    Returns
    -------
    One row a sample, patients in their order, samples by day. ``ratio`` is over the
    baseline, ``nadir_ratio`` over the nadir, each with its limits at
    ``response.confidence``; an upper limit over a nadir without molecules is infinite
    and missing. See `judge_response`.
    """
    # A column without any number is read back as text.
    samples = samples.astype(dict.fromkeys(MEASURES, float))
    by_patient = dict(list(samples.groupby("patient_id")))
    rows = [
        row
        for patient in patients["patient_id"]
        if patient in by_patient
        for row in _rows_of(by_patient[patient].to_dict("records"), ctdna)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    numbers = [name for name in COLUMNS if name == "day" or "ratio" in name]
    numeric = table[numbers].astype(float).replace(np.inf, np.nan)
    return table.assign(**{name: numeric[name] for name in numbers})


def judge_response(
    baseline: Sample | None,
    sample: Sample,
    *,
    to_baseline: Limits,
    to_nadir: Limits,
    ctdna: "CtdnaSettings",
) -> tuple[str, str]:
    """Return the response and its reason, first match wins.

    ``NE`` with no day, a sample or baseline that is missing, failed or not evaluable,
    no ctDNA at baseline, or nothing seen in a sample that could not have seen
    ``clearance_max_fraction`` of baseline. ``cCR``: nothing seen where it could have
    been, the clearance of `classify`. ``NE`` again without an interval (levels without
    counts). ``cPD``: the lower limit of the ratio to the nadir is above
    ``progression_min_ratio``. ``cPR``: the upper limit of the ratio to baseline is
    below ``partial_max_ratio``. Else ``cSD``. What equals a threshold does not meet it.

    Progression goes before partial response, as in RECIST: what has risen from its
    lowest is growing, however far below the baseline it still is.
    """
    limits = ctdna["response"]
    unknown = _why_not_evaluable(baseline, sample, ctdna)
    if unknown:
        return NOT_EVALUABLE, unknown
    if sample["state"] == "undetected":
        return COMPLETE, "not detected in a sample able to show it"
    if np.isnan(to_baseline.high) or np.isnan(to_nadir.low):
        return NOT_EVALUABLE, "no interval: molecules or level not known"
    if to_nadir.low > limits["progression_min_ratio"]:
        threshold = f"{limits['progression_min_ratio']:g}"
        return PROGRESSIVE, f"lower limit of the ratio to nadir above {threshold}"
    if to_baseline.high < limits["partial_max_ratio"]:
        threshold = f"{limits['partial_max_ratio']:g}"
        return PARTIAL, f"upper limit of the ratio to baseline below {threshold}"
    return STABLE, "neither partial response nor progression is shown"


def _why_not_evaluable(
    baseline: Sample | None, sample: Sample, ctdna: "CtdnaSettings"
) -> str | None:
    """Return why a sample has no response, the sample's own reasons first."""
    if np.isnan(sample["day"]):
        return "day not known"
    if sample["state"] == "failed_qc":
        return "sample failed QC"
    if sample["state"] not in EVALUABLE:
        return "sample not evaluable"
    if baseline is None:
        return "no baseline sample"
    words = {
        "failed_qc": "baseline failed QC",
        "not_evaluable": "baseline not evaluable",
        "undetected": "no ctDNA at baseline",
    }
    if baseline["state"] in words:
        return words[baseline["state"]]
    if classify(baseline, sample, ctdna=ctdna) == "uninformative":
        return "not detected, but could not have seen enough"
    return None


def _rows_of(records: list[Sample], ctdna: "CtdnaSettings") -> Iterator[Record]:
    """Yield the row of each sample after baseline of one patient."""
    baseline = next((s for s in records if s["is_baseline"] == "yes"), None)
    start = ctdna["baseline_window"][1] if baseline is None else baseline["day"]
    shed = baseline is not None and baseline["state"] == "detected"
    reference = baseline if shed else None
    for sample in records:
        if sample["is_baseline"] == "yes" or sample["day"] <= start:
            continue
        nadir = _find_nadir(reference, records, sample["day"], ctdna)
        to_baseline, to_nadir = (
            _compare(earlier, sample, ctdna) for earlier in (reference, nadir)
        )
        response, reason = judge_response(
            baseline, sample, to_baseline=to_baseline, to_nadir=to_nadir, ctdna=ctdna
        )
        nadir_id = None if nadir is None else nadir["sample_id"]
        told = [sample["sample_id"], sample["patient_id"], sample["day"]]
        values = [*told, response, reason, *to_baseline, nadir_id, *to_nadir]
        yield dict(zip(COLUMNS, values, strict=True))


def _find_nadir(
    baseline: Sample | None, records: list[Sample], day: float, ctdna: "CtdnaSettings"
) -> Sample | None:
    """Return the lowest of the earlier samples that tell, if there is any."""
    if baseline is None:
        return None
    earlier = [
        each
        for each in records
        if (each is baseline or baseline["day"] < each["day"] < day)
        and classify(baseline, each, ctdna=ctdna) in ("cleared", "not_cleared")
        and not np.isnan(height(each))
    ]
    return min(earlier, key=lambda each: (height(each), each["day"]), default=None)


def _compare(
    reference: Sample | None, sample: Sample, ctdna: "CtdnaSettings"
) -> Limits:
    """Return the ratio of the levels of two samples with its limits.

    A site known by depth alone may hide molecules: the lower limit takes the reference
    at the most that it may hold, the upper one the sample.
    """
    if reference is None or sample["state"] not in EVALUABLE:
        return Limits()
    confidence, caller_limit = ctdna["response"]["confidence"], ctdna["caller_limit"]
    high_reference, high_sample = (
        _at_most(each, caller_limit) for each in (reference, sample)
    )
    low, _ = compute_ratio_limits(high_reference, sample, confidence=confidence)
    _, high = compute_ratio_limits(reference, high_sample, confidence=confidence)
    base = height(reference)
    return Limits(sample["level"] / base if base > 0 else np.nan, low, high)


def _at_most(sample: Sample, caller_limit: "CallerLimit") -> Sample:
    """Return a sample with the molecules that its silent sites may hide.

    Each hides one less than the caller reports, at the mean depth of the sites.
    """
    silent = sample["n_from_depth_track"]
    if not silent > 0:
        return sample
    depth = pd.Series([sample["depth"] / sample["n_informative"]])
    hidden = silent * (reported_from(depth, caller_limit=caller_limit).iloc[0] - 1)
    raised = sample["level"] + hidden * _level_of_a_molecule(sample)
    return sample | {"alt_count": sample["alt_count"] + hidden, "level": raised}


def _level_of_a_molecule(sample: Sample) -> float:
    """Return by how much a molecule raises a level: as those seen, or as the limit."""
    if sample["alt_count"] > 0:
        return float(sample["level"] / sample["alt_count"])
    return float(sample["lod95_level"] / sample["lod95"] / sample["depth"])
