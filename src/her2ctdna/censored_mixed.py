"""Likelihood of a mixed model with left-censored values.

value = (a + a_i) + (b + b_i) day + error, with a_i and b_i jointly Gaussian over
patients and a Gaussian error. A value below its sample's limit enters as the
probability of lying there. statsmodels' MixedLM knows no censored value, hence this
one; where nothing is censored they agree (tests/test_censored_mixed.py).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.polynomial.hermite import hermgauss
from numpy.typing import NDArray
from scipy.special import log_ndtr

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NODES = 25
"""Points of the quadrature in each of its two directions; see `_groups`."""

LOG_SQRT_2PI = 0.5 * np.log(2 * np.pi)
MAX_STEPS = 100
TOLERANCE = 1e-9


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
    its last number) and the log of the error. The effects of each patient are
    integrated out by adaptive Gauss-Hermite quadrature about their mode, which is
    exact where nothing is censored. The gradient is the posterior mean of that of the
    joint density (Fisher's identity).
    """
    parts = [_integrate(theta, group, nodes) for group, nodes in _groups(points)]
    values, slopes = zip(*parts, strict=True)
    return float(sum(values)), np.sum(slopes, axis=0)


def _groups(points: Points) -> Iterator[tuple[Points, int]]:
    """Yield the patients without and with a censored point, each with their nodes.

    Without one the effects are Gaussian, and two nodes give their moments exactly.
    """
    has_limit = (points.censored & (points.weight > 0)).any(axis=1)
    for mask, nodes in ((~has_limit, 2), (has_limit, NODES)):
        if mask.any():
            yield (
                Points(
                    day=points.day[mask],
                    value=points.value[mask],
                    censored=points.censored[mask],
                    weight=points.weight[mask],
                ),
                nodes,
            )


def _integrate(theta: Floats, points: Points, n_nodes: int) -> tuple[float, Floats]:
    """Return what some patients add to the log-likelihood and its gradient."""
    error = np.exp(theta[5])
    design = np.stack([np.ones_like(points.day), points.day], axis=-1)
    pull = design @ spread_factor(theta) / error
    rest = (points.value - design @ theta[:2]) / error
    mode, root = _mode(pull, rest, points)
    nodes, log_weights = _grid(n_nodes)
    effects = mode[:, None, :] + nodes @ np.swapaxes(root, 1, 2)
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


def spread_factor(theta: Floats) -> Floats:
    """Return the lower Cholesky factor of the covariance of a_i and b_i."""
    return np.array([[theta[2], 0.0], [theta[3], theta[4]]])


def _grid(n_nodes: int) -> tuple[Floats, Floats]:
    """Return nodes of the plane and log weights against the density of the effects."""
    nodes, weights = hermgauss(n_nodes)
    x, y = (part.ravel() for part in np.meshgrid(nodes, nodes))
    logs = np.add.outer(np.log(weights), np.log(weights)).ravel()
    return np.sqrt(2) * np.column_stack([x, y]), logs + x**2 + y**2 - np.log(np.pi)


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


def _mode(pull: Floats, rest: Floats, points: Points) -> tuple[Floats, Floats]:
    """Return the mode of the effects of each patient, and the root of its spread.

    Newton's method; the log density of the effects is strictly concave.
    """
    mode = np.zeros((len(rest), 2))
    for _ in range(MAX_STEPS):
        gap = rest - np.einsum("njk,nk->nj", pull, mode)
        _, score = _terms(gap, points)
        bend = np.where(points.censored, score * (score - gap), points.weight)
        hessian = np.eye(2) + np.einsum("nj,njk,njl->nkl", bend, pull, pull)
        uphill = np.einsum("njk,nj->nk", pull, score) - mode
        step = np.linalg.solve(hessian, uphill[:, :, None])[:, :, 0]
        mode = mode + step
        if np.abs(step).max(initial=0.0) < TOLERANCE:
            break
    return mode, np.linalg.cholesky(np.linalg.inv(hessian))
