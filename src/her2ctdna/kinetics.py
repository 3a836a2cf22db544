"""The course of ctDNA in each patient: first clearance, nadir, rebound, half-life."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import log_ndtr, stdtrit

from her2ctdna.clearance import EVALUABLE, Sample, classify
from her2ctdna.detection import MEASURES, compute_lower95
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

MIN_POINTS = 3
"""A line through fewer detected levels has no error to estimate."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAX_STEPS = 100
TOLERANCE = 1e-10
EXACT = 1e-8
LOG_SQRT_2PI = 0.5 * np.log(2 * np.pi)


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


def estimate_half_life(
    days: Floats, log_levels: Floats, is_censored: Flags, *, level: float
) -> tuple[float, float, float]:
    """Estimate the half-life of a log-linear decline with left-censored levels.

    Maximum likelihood of a Gaussian line (Tobit): a censored point lies anywhere
    below its value, which is the log of its detection limit and is never taken for
    a measurement. The interval is by profile likelihood, its cut-off chosen to be
    the exact t interval where nothing is censored.

    Returns
    -------
    Half-life and interval, days; all NaN with fewer than three uncensored points or
    where the level does not fall. A limit without a fall is open: NaN.
    """
    if (~is_censored).sum() < MIN_POINTS or np.ptp(days[~is_censored]) == 0:
        return np.nan, np.nan, np.nan
    exact = _exact_slope(days, log_levels, is_censored)
    if exact is not None:
        falls = exact * np.ptp(days) < -EXACT
        half_life = float(np.log(2) / -exact) if falls else np.nan
        return half_life, half_life, half_life
    ones = np.ones(len(days))
    best, found = _maximise(log_levels, np.column_stack([ones, days]), is_censored)
    slope = found[2] / found[0]
    n = len(days)
    quantile = stdtrit(n - 2, (1 + level) / 2)
    allowed = best + 0.5 * n * np.log1p(quantile**2 / (n - 2))

    def excess(candidate: float) -> float:
        rest = log_levels - candidate * days
        return float(_maximise(rest, ones[:, None], is_censored)[0] - allowed)

    if slope >= 0 or not np.isfinite(best):
        return np.nan, np.nan, np.nan
    low, high = (_crossing(excess, slope, step) for step in (-1.0, 1.0))
    ends = [np.log(2) / -end if end < 0 else np.nan for end in (low, high)]
    return float(np.log(2) / -slope), float(ends[0]), float(ends[1])


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


def _maximise(values: Floats, design: Floats, censored: Flags) -> tuple[float, Floats]:
    """Fit a left-censored Gaussian line by Newton's method.

    In Olsen's parameters (1/sigma, coefficients/sigma) the log-likelihood is concave,
    so the maximum is found from any start. scikit-learn, statsmodels and lifelines
    have no left-censored Gaussian that agrees with R (docs/methods.md).

    Returns
    -------
    The smallest negative log-likelihood and the parameters, 1/sigma first.
    """
    columns = np.column_stack([values, -design])
    seen, hidden = columns[~censored], columns[censored]
    spread = float(values[~censored].std()) or 1.0
    start = np.linalg.lstsq(design, values, rcond=None)[0]
    parameters = np.concatenate([[1.0], start]) / spread

    def loss(at: Floats) -> float:
        if at[0] <= 0:
            return np.inf
        below = float(log_ndtr(hidden @ at).sum())
        return float(0.5 * ((seen @ at) ** 2).sum() - len(seen) * np.log(at[0]) - below)

    for _ in range(MAX_STEPS):
        gradient, hessian = _derivatives(parameters, seen, hidden)
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while loss(parameters - size * step) > loss(parameters) and size > TOLERANCE:
            size /= 2
        parameters = parameters - size * step
        if np.abs(gradient @ step) < TOLERANCE:
            break
    return loss(parameters), parameters


def _exact_slope(days: Floats, values: Floats, censored: Flags) -> float | None:
    """Return the slope of a line that meets every point, else ``None``.

    The likelihood of such points has no maximum: their error is zero.
    """
    slope, start = np.polyfit(days[~censored], values[~censored], 1)
    error = values - start - slope * days
    is_met = (np.abs(error[~censored]) < EXACT).all() and (error[censored] > 0).all()
    return float(slope) if is_met else None


def _derivatives(
    parameters: Floats, seen: Floats, hidden: Floats
) -> tuple[Floats, Floats]:
    """Return gradient and Hessian of the negative log-likelihood."""
    z = hidden @ parameters
    mills = np.exp(-0.5 * z**2 - LOG_SQRT_2PI - log_ndtr(z))
    gradient = seen.T @ (seen @ parameters) - hidden.T @ mills
    hessian = seen.T @ seen + (hidden * (mills * (mills + z))[:, None]).T @ hidden
    gradient[0] -= len(seen) / parameters[0]
    hessian[0, 0] += len(seen) / parameters[0] ** 2
    return gradient, hessian


def _crossing(
    excess: Callable[[float], float], slope: float, direction: float
) -> float:
    """Return where the profile leaves the interval on one side of the slope."""
    step = max(abs(slope), TOLERANCE)
    for _ in range(MAX_STEPS):
        end = slope + direction * step
        if excess(end) > 0:
            return float(brentq(excess, slope, end))
        step *= 2
    return direction * np.inf
