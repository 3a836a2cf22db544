"""Miettinen and Nurminen's score interval of a difference of two rates.

Own code: statsmodels' ``score`` interval fails, or is off, on most small tables.
"""

from functools import cache
from math import acos, copysign, cos, pi, sqrt
from statistics import NormalDist

from scipy.optimize import brentq

_ROOT = 1e-12
_INSIDE = 1e-9
"""Where the search starts, off the estimate: there error and distance may both be 0."""


@cache  # the same counts recur among the questions
def compute_score_interval(
    events: int, n: int, events_reference: int, n_reference: int, *, confidence: float
) -> tuple[float, float]:
    """Return the differences that the score test does not reject.

    The statistic has the variance of the rates that fit a difference best, times
    N / (N - 1) (Miettinen and Nurminen, Stat Med 1985;4:213); without that factor
    it is Mee's interval, which is narrower. No continuity correction. Both groups
    must have patients.
    """
    limit = NormalDist().inv_cdf(0.5 + confidence / 2)
    counts = (events, n, events_reference, n_reference)
    estimate = events / n - events_reference / n_reference

    def excess(difference: float) -> float:
        distance = abs(estimate - difference)
        return distance - limit * _standard_error(difference, *counts)

    def find_limit(end: float) -> float:
        if excess(end) <= 0:
            return end
        start = estimate + _INSIDE * (end - estimate)
        return float(brentq(excess, start, end, xtol=_ROOT))

    return find_limit(-1.0), find_limit(1.0)


def _standard_error(
    difference: float, events: int, n: int, events_reference: int, n_reference: int
) -> float:
    """Return the error of the estimate if the true difference were this one."""
    total = n + n_reference
    rate_reference = _restricted_rate(difference, events, n, events_reference, total)
    rate = rate_reference + difference
    variance = rate * (1 - rate) / n
    variance += rate_reference * (1 - rate_reference) / n_reference
    return sqrt(max(variance, 0.0) * total / (total - 1))


def _restricted_rate(
    difference: float, events: int, n: int, events_reference: int, total: int
) -> float:
    """Return the likeliest rate of the reference, given the difference.

    The root of a cubic that lies in the possible range (appendix of the paper).
    """
    every = events + events_reference
    n_reference = total - n
    square = (n + 2 * n_reference) * difference - total - every
    linear = (n_reference * difference - total - 2 * events_reference) * difference
    linear += every
    constant = events_reference * difference * (1 - difference)
    third = square / (3 * total)
    q = third**3 - linear * square / (6 * total**2) + constant / (2 * total)
    p = copysign(sqrt(max(third**2 - linear / (3 * total), 0.0)), q)
    ratio = q / p**3 if p else 0.0
    angle = (pi + acos(min(max(ratio, -1.0), 1.0))) / 3
    root = 2 * p * cos(angle) - third
    return min(max(root, 0.0, -difference), 1.0, 1 - difference)
