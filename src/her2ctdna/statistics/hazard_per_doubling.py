"""A continuous quantity against time to event: the hazard ratio per doubling.

statsmodels fits Cox models with Efron's ties; the interval by profile likelihood,
which it lacks, is solved on its likelihood.
"""

from collections.abc import Callable
from math import exp, isnan, nan

import numpy as np
from scipy import stats
from scipy.optimize import brentq, minimize, minimize_scalar
from statsmodels.duration.hazard_regression import PHReg

from her2ctdna.statistics.proportions import Estimate

_FARTHEST = 50.0
"""The log hazard ratio between highest and lowest value that stands for infinity."""

_LEVEL = 1e-7
_KNOTS = (0.1, 0.5, 0.9)


def estimate_hazard_per_doubling(
    time: np.ndarray, event: np.ndarray, log2_value: np.ndarray, *, confidence: float
) -> Estimate:
    """Return the hazard ratio of twice the value, by Cox regression with Efron ties.

    Interval by profile likelihood, p by the likelihood-ratio test. Assumes that the
    log hazard is linear in the logarithm of the value. Where the order of events is
    that of the values the likelihood rises without end: the estimate and one limit
    are missing and the note says so. Nothing is estimable without events, or where
    all who are at risk at the events have one value.
    """
    if len(time) < 2 or not event.any():
        return Estimate(note="no events" if len(time) else "no patients")
    value = log2_value - log2_value.mean()
    spread = float(np.ptp(value))
    if spread == 0:
        return Estimate(note="all values are tied")
    farthest = _FARTHEST / spread
    fit = PHReg(time, value, status=event.astype(int), ties="efron")

    def log_likelihood(beta: float) -> float:
        return float(fit.loglike(np.array([beta])))

    best = _highest(log_likelihood, farthest)
    ends = {beta: log_likelihood(beta) for beta in (-farthest, farthest)}
    highest, at_none = log_likelihood(best), log_likelihood(0.0)
    is_level = {beta: end > highest - _LEVEL for beta, end in ends.items()}
    if all(is_level.values()):
        return Estimate(note="no event while different values are at risk")
    estimate, note = exp(best), None
    if any(is_level.values()):
        highest = max(highest, *ends.values())
        best = max(ends, key=ends.__getitem__)
        estimate, note = nan, "the events are in the order of the values"
    level = highest - stats.chi2.ppf(confidence, 1) / 2
    low, high = (_crossing(log_likelihood, level, best, end) for end in ends)
    p_value = float(stats.chi2.sf(max(0.0, 2 * (highest - at_none)), 1))
    return Estimate(estimate, low, high, p_value, note)


def compute_nonlinearity_p(
    time: np.ndarray, event: np.ndarray, log2_value: np.ndarray
) -> tuple[float, float, str | None]:
    """Return chi-square, p and note of the test that a straight line is enough.

    A natural cubic spline with three knots (10 %, 50 %, 90 %; Harrell, Regression
    Modeling Strategies 2015, 2.4.6) against a line: a likelihood-ratio test with one
    degree of freedom. NaN where the knots are not distinct.
    """
    knots = np.quantile(log2_value, _KNOTS) if len(log2_value) else np.zeros(3)
    if len(set(knots)) < len(_KNOTS):
        return nan, nan, "too many tied values for a spline"
    columns = np.column_stack([log2_value, _bend(log2_value, knots)])
    spread = columns.std(axis=0)
    columns = (columns - columns.mean(axis=0)) / spread
    highest = []
    for number in (1, 2):
        fit = PHReg(time, columns[:, :number], status=event.astype(int), ties="efron")
        found = minimize(
            lambda beta, fit=fit: -fit.loglike(beta),
            np.zeros(number),
            jac=lambda beta, fit=fit: -fit.score(beta),
            method="BFGS",
        )
        if np.abs(found.x).max() > _FARTHEST:
            return nan, nan, "the events are in the order of the values"
        highest.append(-float(found.fun))
    statistic = max(0.0, 2 * (highest[1] - highest[0]))
    return statistic, float(stats.chi2.sf(statistic, 1)), None


def _bend(value: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return the part of a three-knot natural spline that is no line."""
    first, middle, last = (np.maximum(value - knot, 0) ** 3 for knot in knots)
    width = knots[2] - knots[1]
    whole = knots[2] - knots[0]
    bent = first - middle * whole / width + last * (knots[1] - knots[0]) / width
    return np.asarray(bent / whole**2)


def _highest(log_likelihood: Callable[[float], float], farthest: float) -> float:
    """Return where the likelihood, which has one maximum, is highest."""
    found = minimize_scalar(
        lambda beta: -log_likelihood(beta),
        bounds=(-farthest, farthest),
        method="bounded",
        options={"xatol": 1e-10 * farthest},
    )
    return float(found.x)


def _crossing(
    log_likelihood: Callable[[float], float], level: float, best: float, outside: float
) -> float:
    """Return the hazard ratio at which the likelihood falls to a level; NaN if none."""
    if isnan(level) or log_likelihood(outside) >= level:
        return nan
    root = brentq(lambda beta: log_likelihood(beta) - level, best, outside, xtol=1e-12)
    return exp(float(root))
