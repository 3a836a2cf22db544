"""A continuous quantity against time to event: the hazard ratio per doubling."""

from math import nan

import numpy as np
from scipy import stats

from her2ctdna.statistics.cox import PartialLikelihood
from her2ctdna.statistics.hazards import compute_adjusted_hazard_ratio
from her2ctdna.statistics.proportions import Estimate

_KNOTS = (0.1, 0.5, 0.9)


def estimate_hazard_per_doubling(
    time: np.ndarray, event: np.ndarray, log2_value: np.ndarray, *, confidence: float
) -> Estimate:
    """Return the hazard ratio of twice the value, by Cox regression with Efron ties.

    Interval by profile likelihood, p by the likelihood-ratio test. Assumes that the
    log hazard is linear in the logarithm of the value. Nothing is estimable, and the
    note says why, without events, where all values are tied, where those at risk at
    the events do not differ, and where the events are in the order of the values
    (monotone likelihood). Of that likelihood's supremum neither limit nor p is given:
    the p of ten patients (4e-8) is below one in all orders that they can die in.
    """
    if not event.any():
        return Estimate(note="no events" if len(time) else "no patients")
    spread = float(np.ptp(log2_value))
    if spread == 0:
        return Estimate(note="all values are tied")
    across = log2_value[:, None] / spread
    found = compute_adjusted_hazard_ratio(time, event, across, confidence=confidence)
    with np.errstate(over="ignore"):
        ratios = np.array(found[:3]) ** (1 / spread)
    estimate, low, high = map(float, ratios)
    return Estimate(estimate, low, high, found.p_value, found.note)


def compute_nonlinearity_p(
    time: np.ndarray, event: np.ndarray, log2_value: np.ndarray
) -> tuple[float, float, str | None]:
    """Return chi-square, p and note of the test that a straight line is enough.

    A natural cubic spline with three knots (10 %, 50 %, 90 %; Harrell, Regression
    Modeling Strategies 2015, 2.4.6) against a line: a likelihood-ratio test with one
    degree of freedom. NaN where the knots are not distinct or a model has no fit.
    """
    knots = np.quantile(log2_value, _KNOTS) if len(log2_value) else np.zeros(3)
    if len(set(knots)) < len(_KNOTS):
        return nan, nan, "too many tied values for a spline"
    columns = np.column_stack([log2_value, _bend(log2_value, knots)])
    columns = columns / columns.std(axis=0)
    bent, straight = (
        PartialLikelihood(time, event, columns[:, :number]) for number in (2, 1)
    )
    if flaw := bent.find_flaw():
        return nan, nan, flaw
    try:
        rise = bent.maximise().log_likelihood - straight.maximise().log_likelihood
    except ArithmeticError as failed:
        return nan, nan, str(failed)
    statistic = max(0.0, 2 * rise)
    return statistic, float(stats.chi2.sf(statistic, 1)), None


def _bend(value: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return the part of a three-knot natural spline that is no line."""
    first, middle, last = (np.maximum(value - knot, 0) ** 3 for knot in knots)
    width = knots[2] - knots[1]
    whole = knots[2] - knots[0]
    bent = first - middle * whole / width + last * (knots[1] - knots[0]) / width
    return np.asarray(bent / whole**2)
