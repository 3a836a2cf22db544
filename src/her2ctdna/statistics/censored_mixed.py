"""Likelihood of a mixed model with left-censored values.

value = (a + a_i) + (b + b_i) day + error, with a_i and b_i jointly Gaussian over
patients and a Gaussian error. A value below its sample's limit enters as the
probability of lying there. statsmodels' MixedLM knows no censored value, hence this
one; where nothing is censored they agree (tests/ctdna/test_cohort_decline.py).
"""

from typing import NamedTuple

import numpy as np
from numpy.polynomial.hermite import hermgauss
from numpy.typing import NDArray
from scipy.special import log_ndtr

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LOG_SQRT_2PI = 0.5 * np.log(2 * np.pi)
REACH, STEP = 8.0, 0.2
"""Grid across the edges that limits make, in SD of the effects given what was seen."""

NODES_ALONG = 9


class Points(NamedTuple):
    """Values over days, a row a patient, padded to the same length.

    ``weight`` is 1 where there is a point and 0 where there is none; of a censored
    point ``value`` is the limit.
    """

    day: Floats
    value: Floats
    censored: Flags
    weight: Floats


def arrange_points(
    patients: NDArray[np.object_], days: Floats, values: Floats, is_censored: Flags
) -> Points:
    """Arrange points that are given one after the other by patient."""
    rows = [np.flatnonzero(patients == name) for name in dict.fromkeys(patients)]
    size = (len(rows), max(map(len, rows), default=0))
    day, value, weight = (np.zeros(size) for _ in range(3))
    censored = np.zeros(size, dtype=bool)
    for place, row in enumerate(rows):
        part = (place, slice(len(row)))
        day[part], value[part] = days[row], values[row]
        censored[part], weight[part] = is_censored[row], 1.0
    return Points(day, value, censored, weight)


def log_likelihood(theta: Floats, points: Points) -> tuple[float, Floats]:
    """Return the log-likelihood and its gradient.

    ``theta`` holds a, b, the lower Cholesky factor of the spread (first column, then
    its last number) and the log of the error. Given the values that were seen the
    effects of a patient are Gaussian; over them the censored terms are integrated
    numerically. The gradient is the posterior mean of that of the joint density
    (Fisher's identity).
    """
    has_limit = np.any(points.censored & (points.weight > 0), axis=1)
    parts = [
        _integrate(theta, _rows(points, mask), grid)
        for mask, grid in ((~has_limit, _moment_grid()), (has_limit, _edge_grid()))
        if mask.any()
    ]
    values, slopes = zip(*parts, strict=True)
    return float(sum(values)), np.sum(slopes, axis=0)


def spread_factor(theta: Floats) -> Floats:
    """Return the lower Cholesky factor of the covariance of a_i and b_i."""
    return np.array([[theta[2], 0.0], [theta[3], theta[4]]])


def _rows(points: Points, mask: Flags) -> Points:
    return Points(
        day=points.day[mask],
        value=points.value[mask],
        censored=points.censored[mask],
        weight=points.weight[mask],
    )


def _moment_grid() -> tuple[Floats, Floats]:
    """Return the nodes and log weights that give two moments of a Gaussian exactly."""
    return _product(*_gaussian_nodes(2), *_gaussian_nodes(2))


def _edge_grid() -> tuple[Floats, Floats]:
    """Return the nodes and log weights of a grid that is fine in the first direction.

    A limit makes an edge there, of the width of the error; the trapezoidal rule finds
    such an integral to exp(-2 pi^2 (width / step)^2).
    """
    across = np.arange(-REACH, REACH + STEP / 2, STEP)
    weights = STEP * np.exp(-0.5 * across**2 - LOG_SQRT_2PI)
    return _product(across, weights, *_gaussian_nodes(NODES_ALONG))


def _gaussian_nodes(n: int) -> tuple[Floats, Floats]:
    nodes, weights = hermgauss(n)
    return np.sqrt(2) * nodes, weights / np.sqrt(np.pi)


def _product(
    across: Floats, weights: Floats, along: Floats, weights_along: Floats
) -> tuple[Floats, Floats]:
    """Return a grid of the plane and its log weights, for a density without its own.

    The weights hold that of a standard Gaussian, which is taken out again.
    """
    x, y = (part.ravel() for part in np.meshgrid(across, along, indexing="ij"))
    logs = np.log(np.outer(weights, weights_along)).ravel()
    return np.column_stack([x, y]), logs + 0.5 * (x**2 + y**2)


def _integrate(
    theta: Floats, points: Points, grid: tuple[Floats, Floats]
) -> tuple[float, Floats]:
    """Return what some patients add to the log-likelihood and its gradient."""
    error = np.exp(theta[5])
    design = np.stack([np.ones_like(points.day), points.day], axis=-1)
    pull = design @ spread_factor(theta) / error
    rest = (points.value - design @ theta[:2]) / error
    centre, root = _given_seen(pull, rest, points)
    nodes, log_weights = grid
    effects = centre[:, None, :] + nodes @ np.swapaxes(root, 1, 2)
    gap = rest[:, None, :] - effects @ np.swapaxes(pull, 1, 2)
    logs, score = _terms(gap, points)
    height = logs.sum(-1) - 0.5 * (effects**2).sum(-1) + log_weights
    top = height.max(axis=1)
    share = np.exp(height - top[:, None])
    total = share.sum(axis=1)
    n_seen = (points.weight * ~points.censored).sum()
    value = (top + np.log(total) + np.log(np.linalg.det(root))).sum()
    score *= (share / total[:, None])[:, :, None]
    by_mean = np.einsum("njk,nj->k", design, score.sum(axis=1)) / error
    by_effect = np.swapaxes(score, 1, 2) @ effects
    by_factor = np.einsum("njk,njl->kl", design, by_effect) / error
    by_error = (score * gap).sum() - n_seen
    gradient = [*by_mean, *by_factor[:, 0], by_factor[1, 1], by_error]
    return float(value - n_seen * (np.log(error) + LOG_SQRT_2PI)), np.array(gradient)


def _terms(gap: Floats, points: Points) -> tuple[Floats, Floats]:
    """Return the log density of each point and how it rises with the mean.

    ``gap`` is value minus mean in units of the error, patients first, points last.
    """
    shape = (len(gap),) + (1,) * (gap.ndim - 2) + gap.shape[-1:]
    weight = points.weight.reshape(shape)
    hidden = np.broadcast_to(points.censored.reshape(shape), gap.shape)
    logs, score = -0.5 * gap**2, gap.copy()
    below = log_ndtr(gap[hidden])
    score[hidden] = -np.exp(logs[hidden] - LOG_SQRT_2PI - below)
    logs[hidden] = below
    return weight * logs, weight * score


def _given_seen(pull: Floats, rest: Floats, points: Points) -> tuple[Floats, Floats]:
    """Return mean and root of the covariance of the effects given the seen values.

    The root is turned so that the first direction is that in which limits cut.
    """
    seen = points.weight * ~points.censored
    precision = np.eye(2) + np.einsum("nj,njk,njl->nkl", seen, pull, pull)
    covariance = np.linalg.inv(precision)
    centre = np.einsum("nkl,njl,nj->nk", covariance, pull, seen * rest)
    root = np.linalg.cholesky(covariance)
    cut = np.einsum("nj,njk,nkl->nl", points.weight - seen, pull, root)
    length = np.linalg.norm(cut, axis=1, keepdims=True)
    x, y = np.where(length > 0, cut / np.where(length > 0, length, 1), [1.0, 0.0]).T
    turn = np.stack([np.stack([x, -y], axis=1), np.stack([y, x], axis=1)], axis=1)
    return centre, root @ turn
