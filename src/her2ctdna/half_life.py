"""Half-life of ctDNA: a log-linear decline with levels below the limit censored."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import log_ndtr, stdtrit

MIN_POINTS = 3
"""A line through fewer detected levels has no error to estimate."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAX_STEPS = 100
TOLERANCE = 1e-10
EXACT = 1e-8
LOG_SQRT_2PI = 0.5 * np.log(2 * np.pi)


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
