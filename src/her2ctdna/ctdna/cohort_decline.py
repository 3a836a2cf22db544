"""Decline of ctDNA over a cohort: the maximum of a mixed model, and its limits."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import stdtrit

from her2ctdna.statistics.censored_mixed import (
    Floats,
    Points,
    log_likelihood,
    spread_factor,
)

SAME = 1e-2
"""Two searches that end further apart in log-likelihood have not found the maximum."""

NEAR = 1e-3
CURVED = 1e-4
SETTLED = 1e-6
"""Twice the log-likelihood that the last Newton step may still gain."""

STEP = 1e-4
CLOSE = 1e-6
MAX_STEPS = 20
FARTHEST = 100.0


class Decline(NamedTuple):
    """A fitted model; ``spread`` is the covariance of a_i and b_i."""

    intercept: float
    slope: float
    spread: Floats
    error: float
    loglik: float
    intercept_limits: tuple[float, float]
    slope_limits: tuple[float, float]


def fit_decline(points: Points, *, level: float) -> Decline | None:
    """Fit the model by maximum likelihood; ``None`` where no maximum was found.

    The search (BFGS, then Newton) runs from three spreads between patients; two of
    them must end at the highest place that any found. Limits are by profile
    likelihood; infinite where the profile never leaves the interval. Their cut-off is
    the one that gives the t interval with a degree of freedom less than patients,
    which is exact where nothing is censored and all have the same days; chi-squared
    would be too narrow with few patients.
    """
    scaled, shift, scale, span = _standardised(points)
    found = [_search(scaled, start) for start in _starts(scaled)]
    peaks = sorted((peak for peak in found if peak), key=lambda peak: peak.loss)
    if len(peaks) < 2 or peaks[1].loss > peaks[0].loss + SAME:
        return None
    best = peaks[0]
    n = len(points.day)
    quantile = float(stdtrit(n - 1, (1 + level) / 2))
    quantile = float(np.sqrt(n * np.log1p(quantile**2 / (n - 1))))
    ends = [_profile_limits(scaled, best, place, quantile) for place in (0, 1)]
    factor = np.diag([scale, scale / span]) @ spread_factor(best.theta)
    n_seen = float((points.weight * ~points.censored).sum())
    return Decline(
        intercept=float(shift + scale * best.theta[0]),
        slope=float(scale / span * best.theta[1]),
        spread=factor @ factor.T,
        error=float(scale * np.exp(best.theta[5])),
        loglik=float(-best.loss - n_seen * np.log(scale)),
        intercept_limits=(shift + scale * ends[0][0], shift + scale * ends[0][1]),
        slope_limits=(scale / span * ends[1][0], scale / span * ends[1][1]),
    )


class _Maximum(NamedTuple):
    theta: Floats
    loss: float
    inverse: Floats
    """Inverse of the Hessian of the loss."""


def _standardised(points: Points) -> tuple[Points, float, float, float]:
    """Return the points with unit spread and days, and how to get back."""
    values = points.value[points.weight > 0]
    shift, scale = float(values.mean()), float(values.std()) or 1.0
    span = float(np.abs(points.day).max()) or 1.0
    value = (points.value - shift) / scale
    return points._replace(day=points.day / span, value=value), shift, scale, span


def _starts(points: Points) -> Iterator[Floats]:
    """Yield starts: the line through all points, with spreads from little to much."""
    is_point = points.weight > 0
    design = np.stack([np.ones_like(points.day), points.day], axis=-1)[is_point]
    values = points.value[is_point]
    line = np.linalg.lstsq(design, values, rcond=None)[0]
    error = float((values - design @ line).std()) or 1.0
    for level, slope in ((0.3, 0.3), (1.0, 1.0), (1.0, 3.0)):
        yield np.array([*line, level * error, 0.0, slope * error, np.log(error / 2)])


def _loss(theta: Floats, points: Points) -> tuple[float, Floats]:
    """Return minus log-likelihood and gradient; infinite where out of all bounds."""
    beyond = np.inf, np.zeros_like(theta)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        try:
            value, gradient = log_likelihood(theta, points)
        except np.linalg.LinAlgError:
            return beyond
    is_finite = np.isfinite(value) and np.isfinite(gradient).all()
    return (-value, -gradient) if is_finite else beyond


def _search(points: Points, start: Floats) -> _Maximum | None:
    """Return the maximum that a search from ``start`` ends in, if it is one.

    BFGS ends near it, Newton's method at it. A direction in which the likelihood is
    flat is taken for one with little curvature: where only one of the two spreads is
    above 0, or no patient has three points, the factor can be written in many ways.
    """
    options = {"gtol": NEAR}
    theta = minimize(_loss, start, (points,), "BFGS", jac=True, options=options).x
    for _ in range(MAX_STEPS):
        _, gradient = _loss(theta, points)
        values, vectors = np.linalg.eigh(_hessian(points, theta))
        steepest = values.max()
        if not (steepest > 0 and values.min() >= -NEAR * steepest):
            return None
        root = vectors / np.sqrt(np.maximum(values, CURVED * steepest))
        inverse = root @ root.T
        theta = theta - inverse @ gradient
        if gradient @ inverse @ gradient < SETTLED:
            return _Maximum(theta, _loss(theta, points)[0], inverse)
    return None


def _hessian(points: Points, theta: Floats) -> Floats:
    """Return the Hessian of the loss by central differences of its gradient."""
    steps = STEP * np.eye(len(theta))
    rows = [
        (_loss(theta + step, points)[1] - _loss(theta - step, points)[1]) / (2 * STEP)
        for step in steps
    ]
    hessian = np.array(rows)
    return (hessian + hessian.T) / 2


def _profile_limits(
    points: Points, best: _Maximum, place: int, quantile: float
) -> tuple[float, float]:
    """Return where the profile likelihood of one parameter leaves the interval.

    Solved for the root of the likelihood ratio, nearly a straight line in the
    parameter; the others start from where the curvature at the maximum sends them.
    """
    others = np.delete(np.arange(len(best.theta)), place)
    along = best.inverse[:, place] / best.inverse[place, place]
    left = best.inverse - np.outer(along, along) * best.inverse[place, place]
    start = left[np.ix_(others, others)]
    options = {"gtol": NEAR, "maxiter": MAX_STEPS, "hess_inv0": start}

    def ratio(distance: float) -> float:
        theta = best.theta + along * distance

        def loss(rest: Floats) -> tuple[float, Floats]:
            theta[others] = rest
            value, gradient = _loss(theta, points)
            return value, gradient[others]

        found = minimize(loss, theta[others], jac=True, method="BFGS", options=options)
        return float(np.sqrt(max(2 * (found.fun - best.loss), 0.0)))

    reach = quantile * float(np.sqrt(best.inverse[place, place]))
    low, high = (_crossing(ratio, quantile, side * reach) for side in (-1.0, 1.0))
    return float(best.theta[place] + low), float(best.theta[place] + high)


def _crossing(ratio: Callable[[float], float], quantile: float, reach: float) -> float:
    """Return the distance at which ``ratio`` meets the quantile, by the secant rule.

    It is 0 at distance 0 and expected to meet it at ``reach``; infinite if it never
    does in that direction.
    """
    near, at_near, far = 0.0, 0.0, 1.0
    for _ in range(MAX_STEPS):
        at_far = ratio(far * reach)
        if abs(at_far - quantile) < CLOSE:
            return far * reach
        rise = (at_far - at_near) / (far - near)
        ahead = far + (quantile - at_far) / rise if rise > 0 else np.inf
        near, at_near, far = far, at_far, float(np.clip(ahead, far / 4, far * 4))
        if not (np.isfinite(at_far) and far < FARTHEST):
            break
    return float(np.sign(reach) * np.inf)
