"""Half-life of ctDNA: a log-linear decline with levels below the limit censored."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import log_ndtr, stdtrit

MIN_DETECTED = 3
"""A line through fewer detected levels has no error to estimate."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAX_STEPS = 100
TOLERANCE = 1e-10
EXACT = 1e-8
LOG_SQRT_2PI = 0.5 * np.log(2 * np.pi)


FEW_POINTS = "not estimable: fewer than three points from baseline to nadir"
FEW_DETECTED = "not estimable: fewer than three of the points are detected"
ONE_DAY = "not estimable: all detected levels are of one day"
NO_FALL = "not estimable: the level does not fall"
OPEN = "no upper limit: the level may not have fallen"


class HalfLife(NamedTuple):
    """Half-life and interval, days, and why a number is missing (else empty)."""

    days: float
    low: float
    high: float
    note: str


def estimate_half_life(
    days: Floats, log_levels: Floats, is_censored: Flags, *, level: float
) -> HalfLife:
    """Estimate the half-life of a log-linear decline with left-censored levels.

    Maximum likelihood of a Gaussian line (Tobit): a censored point lies anywhere
    below its value, which is the log of its detection limit and is never taken for
    a measurement. The interval is by profile likelihood, its cut-off chosen to be
    the exact t interval where nothing is censored; degrees of freedom are those of
    the detected levels, since counting the censored ones too made it too narrow
    (docs/methods.md). Points that all lie on one line have an interval of no width.

    Returns
    -------
    NaN with fewer than three points, fewer than three detected ones or without a
    fall. An upper limit is NaN where the line may be flat.
    """
    if reason := _obstacle(days, is_censored):
        return HalfLife(np.nan, np.nan, np.nan, reason)
    exact = _exact_slope(days, log_levels, is_censored)
    if exact is not None:
        found = [exact] * 3 if exact * np.ptp(days) < -EXACT else [0.0] * 3
    else:
        found = _slope_and_limits(days, log_levels, is_censored, level)
    slope, low, high = found
    if not slope < 0:
        return HalfLife(np.nan, np.nan, np.nan, NO_FALL)
    longest = np.log(2) / -high if high < 0 else np.nan
    note = "" if high < 0 else OPEN
    half_life = float(np.log(2) / -slope)
    return HalfLife(half_life, float(np.log(2) / -low), float(longest), note)


def _obstacle(days: Floats, censored: Flags) -> str:
    """Return why there is no half-life, before any level is looked at."""
    detected = days[~censored]
    if len(days) < MIN_DETECTED:
        return FEW_POINTS
    if len(detected) < MIN_DETECTED:
        return FEW_DETECTED
    return ONE_DAY if np.ptp(detected) == 0 else ""


def _slope_and_limits(
    days: Floats, values: Floats, censored: Flags, level: float
) -> list[float]:
    """Return the slope and the ends of its profile interval."""
    ones = np.ones(len(days))
    best, found = _maximise(values, np.column_stack([ones, days]), censored)
    slope = float(found[2] / found[0])
    n = int((~censored).sum())
    quantile = stdtrit(n - 2, (1 + level) / 2)
    allowed = best + 0.5 * n * np.log1p(quantile**2 / (n - 2))

    def excess(candidate: float) -> float:
        rest = values - candidate * days
        return float(_maximise(rest, ones[:, None], censored)[0] - allowed)

    return [slope, *(_crossing(excess, slope, step) for step in (-1.0, 1.0))]


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
