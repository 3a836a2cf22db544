"""Table ``kinetics``: the decline of ctDNA over the cohort, by a mixed model."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.ctdna.clearance import EVALUABLE
from her2ctdna.ctdna.cohort_decline import Decline, fit_decline
from her2ctdna.ctdna.courses import select_decline
from her2ctdna.ctdna.detection import MEASURES
from her2ctdna.statistics.censored_mixed import Flags, Floats, Points, arrange_points

MIN_PATIENTS = 6
"""The model has as many parameters."""

COLUMNS = [
    "parameter",
    "estimate",
    "ci_low",
    "ci_high",
    "ci_method",
    "n_patients",
    "n_samples",
    "n_censored",
    "note",
    "patient_ids",
]
PARAMETERS = (
    "half_life_days",
    "decline_per_day",
    "baseline_level",
    "sd_log_baseline",
    "sd_decline_per_day",
    "correlation",
    "sd_error",
)
FEW_PATIENTS = (
    f"not estimable: fewer than {MIN_PATIENTS} patients with two detected levels from "
    "baseline to nadir"
)
NO_MAXIMUM = "not estimable: the likelihood has no maximum that the search agrees on"
NO_FALL = "not estimable: the level does not fall over the cohort"
OPEN = "no upper limit: the level may not have fallen over the cohort"
EDGE = 1 - 1e-3
"""A correlation from here on is on the edge: one of the two spreads tells all."""

DEGENERATE = (
    "degenerate: the spread between patients lies on the edge of the model, so that "
    "these numbers cannot be told apart"
)
TWO_POINTS = "not estimable: no patient has three points, so that error and spread mix"


class Cohort(NamedTuple):
    """The points of all patients, one after the other."""

    patients: np.ndarray
    days: Floats
    log_levels: Floats
    is_censored: Flags


def estimate_kinetics(
    samples: pd.DataFrame,
    courses: pd.DataFrame,
    patients: pd.DataFrame,
    *,
    confidence: float,
) -> pd.DataFrame:
    """Estimate the decline of ctDNA over the treated patients.

    log level = (a + a_i) - (k + k_i) t, t in days since the patient's baseline, over
    the samples from baseline to nadir; a level below the limit of its sample is
    left-censored (`her2ctdna.statistics.censored_mixed`). Patients with ctDNA detected
    at baseline and a later point take part.

    Returns
    -------
    One row per parameter, all of `PARAMETERS` in their order: ``baseline_level`` is
    exp(a), a geometric mean; half-life and limits are those of k; ``correlation`` is
    that of a_i and k_i, positive where high levels fall fast. Limits are by profile
    likelihood. An empty estimate says why in ``note``.
    """
    treated = patients.loc[patients["treated"] == "yes", "patient_id"]
    own = courses[courses["patient_id"].isin(treated)]
    cohort = _collect(samples.astype(dict.fromkeys(MEASURES, float)), own)
    points = arrange_points(*cohort)
    detected = points.weight * ~points.censored
    found: Decline | None = None
    reason = FEW_PATIENTS
    if (detected.sum(axis=1) >= 2).sum() >= MIN_PATIENTS:
        found, reason = fit_decline(points, level=confidence), NO_MAXIMUM
    rows = _missing(reason) if found is None else _estimates(found, points)
    sizes = {
        "n_patients": len(points.day),
        "n_samples": len(cohort.days),
        "n_censored": int(cohort.is_censored.sum()),
        "patient_ids": ";".join(dict.fromkeys(cohort.patients)) or None,
    }
    table = pd.DataFrame([row | sizes for row in rows], columns=COLUMNS)
    text = table[["ci_method", "note", "patient_ids"]].astype(object)
    numbers = dict.fromkeys(["estimate", "ci_low", "ci_high"], float)
    return table.astype(numbers).assign(**text.where(text.notna(), None))


def _collect(samples: pd.DataFrame, courses: pd.DataFrame) -> Cohort:
    """Return the points from baseline to nadir of each patient with two or more."""
    by_patient = dict(list(samples.groupby("patient_id")))
    names: list[str] = []
    parts = []
    detected = courses[courses["baseline_state"] == "detected"]
    for course in detected.dropna(subset=["nadir_day"]).itertuples():
        own = by_patient[course.patient_id]
        start = own.loc[own["is_baseline"] == "yes", "day"].iloc[0]
        falling = own[
            own["state"].isin(EVALUABLE)
            & own["day"].between(start, course.nadir_day)
            & ((own["day"] > start) | (own["is_baseline"] == "yes"))
        ]
        points = select_decline(falling.to_dict("records"))
        if len(points.days) >= 2:
            names += [course.patient_id] * len(points.days)
            parts.append(points._replace(days=points.days - start))
    days, levels, censored = (
        np.concatenate([getattr(part, name) for part in parts] or [np.array([])])
        for name in ("days", "log_levels", "is_censored")
    )
    return Cohort(np.array(names, dtype=object), days, levels, censored.astype(bool))


def _missing(reason: str) -> list[dict[str, object]]:
    return [{"parameter": name, "note": reason} for name in PARAMETERS]


def _estimates(found: Decline, points: Points) -> list[dict[str, object]]:
    """Return the rows of a fitted model; k is minus the slope."""
    decline = -found.slope
    slowest, fastest = (-limit for limit in reversed(found.slope_limits))
    level, *levels = np.exp([found.intercept, *found.intercept_limits]).tolist()
    half_life: dict[str, object] = {"parameter": "half_life_days", "note": NO_FALL}
    if decline > 0:
        half_life = _row("half_life_days", *map(_halve, (decline, fastest, slowest)))
        half_life["note"] = None if slowest > 0 else OPEN
    return [
        half_life,
        _row("decline_per_day", decline, slowest, fastest),
        _row("baseline_level", level, *levels),
        *_spread_rows(found, points),
    ]


def _row(name: str, estimate: float, low: float, high: float) -> dict[str, object]:
    low, high = (end if np.isfinite(end) else np.nan for end in (low, high))
    row: dict[str, object] = {"parameter": name, "estimate": estimate}
    return row | {"ci_low": low, "ci_high": high, "ci_method": "profile_likelihood"}


def _halve(decline: float) -> float:
    """Return the days in which a level halves; NaN without a finite decline."""
    return float(np.log(2) / decline) if 0 < decline < np.inf else np.nan


def _spread_rows(found: Decline, points: Points) -> list[dict[str, object]]:
    """Return the spread between patients and the error; limits are not given."""
    if points.weight.sum(axis=1).max() <= 2:
        return [{"parameter": name, "note": TWO_POINTS} for name in PARAMETERS[3:]]
    level, decline = np.sqrt(np.diag(found.spread))
    with np.errstate(invalid="ignore"):  # without any spread there is no correlation
        together = -found.spread[0, 1] / (level * decline)
    values = (level, decline, together, found.error)
    note = DEGENERATE if not abs(together) < EDGE else None
    return [
        {"parameter": name, "estimate": float(value), "note": note}
        for name, value in zip(PARAMETERS[3:], values, strict=True)
    ]
