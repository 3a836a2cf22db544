"""Hazard ratios: plain Cox, adjusted, penalised, and the check of proportionality."""

from collections.abc import Sequence
from math import exp, isnan, log, nan, sqrt

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from her2ctdna.statistics.cox import FARTHEST, Fit, PartialLikelihood
from her2ctdna.statistics.proportions import Estimate

_FLAT = 1e-9
_LARGEST = 700.0
"""Above this logarithm a ratio is too large for a number."""


def compute_hazard_ratio(
    time: np.ndarray,
    event: np.ndarray,
    in_group: np.ndarray,
    *,
    confidence: float,
    entry: np.ndarray | None = None,
) -> Estimate:
    """Return the hazard ratio of a group against all others, by plain Cox regression.

    One binary covariate, ties after Efron; with ``entry`` rows are at risk in
    (entry, time], so that a patient can change sides. The interval is that of the
    profile likelihood and p that of the likelihood-ratio test, which hold at few
    events where Wald's do not. Assumes proportional hazards and censoring that does
    not depend on prognosis.

    When one group has no event while the other is at risk, the likelihood rises
    without end: the estimate and one limit are then missing, the other limit and p
    come from the likelihood's supremum, and the note says so. Nothing is estimable
    without an event while both are at risk.
    """
    if in_group.all() or not in_group.any():
        return Estimate(note="a group without patients")
    likelihood = PartialLikelihood(time, event, in_group, entry=entry)
    among, others = (
        (likelihood.at_risk & side).any(axis=1) for side in (in_group, ~in_group)
    )
    is_theirs = likelihood.failing[:, 0] > 0
    falls_above, falls_below = (~is_theirs & among).any(), (is_theirs & others).any()
    if not (falls_above or falls_below):
        return Estimate(note="no event while both groups are at risk")
    if falls_above and falls_below:
        return _estimate(likelihood, 0, confidence=confidence)
    which = "the group" if falls_above else "the reference"
    farthest = np.array([-FARTHEST if falls_above else FARTHEST])
    at_supremum = Fit(farthest, likelihood.evaluate(farthest)[0], np.eye(1))
    found = _estimate(likelihood, 0, confidence=confidence, best=at_supremum)
    note = f"monotone likelihood: no event in {which} while the other is at risk"
    return found._replace(estimate=nan, note=note)


def compute_adjusted_hazard_ratio(
    time: np.ndarray,
    event: np.ndarray,
    covariates: np.ndarray,
    *,
    confidence: float,
    entry: np.ndarray | None = None,
    ties: str = "efron",
    penalised: bool = False,
) -> Estimate:
    """Return the hazard ratio of the first covariate, the others held equal.

    As `compute_hazard_ratio`, of one unit of that covariate. ``penalised`` is Firth's
    Cox regression, whose estimate and limits are finite also where one group has no
    event. Without it nothing is given where the likelihood is monotone in any
    direction. At fewer than ten events for each coefficient the note counts them.
    """
    if not len(time):
        return Estimate(note="no patients")
    scaled, spread = _standardise(covariates)
    likelihood = PartialLikelihood(
        time, event, scaled, entry=entry, ties=ties, penalised=penalised
    )
    flaw = likelihood.find_flaw()
    if flaw:
        return Estimate(note=flaw)
    try:
        found = _estimate(likelihood, 0, confidence=confidence)
    except ArithmeticError as failed:
        return Estimate(note=str(failed))
    estimate, low, high = (_exp(log(ratio) / spread[0]) for ratio in found[:3])
    found = Estimate(estimate, low, high, found.p_value)
    events, size = len(likelihood.times), likelihood.size
    if size > 1 and events < 10 * size:
        return found._replace(note=f"{events} events for {size} coefficients")
    return found


def compute_wald_interval(
    time: np.ndarray,
    event: np.ndarray,
    covariates: np.ndarray,
    found: Estimate,
    *,
    confidence: float,
    entry: np.ndarray | None = None,
    ties: str = "efron",
) -> Estimate:
    """Return a plain hazard ratio with Wald's interval in place of its profile's.

    ``found`` is what `compute_hazard_ratio` or `compute_adjusted_hazard_ratio` found
    in the same rows, without a penalty. The limits are exp(b - z se) and exp(b + z se),
    se from the information at b: those of most programs and papers, to compare with.
    There is no p, since the question has that of the likelihood ratio; and no interval
    without an estimate, whose note stays.
    """
    bare = found._replace(low=nan, high=nan, p_value=nan)
    if isnan(found.estimate):
        return bare
    scaled, spread = _standardise(covariates)
    fit = PartialLikelihood(time, event, scaled, entry=entry, ties=ties).maximise()
    error = sqrt(np.linalg.inv(fit.information)[0, 0])
    reach = stats.norm.ppf((1 + confidence) / 2) * error
    low, high = (_exp((fit.beta[0] + way * reach) / spread[0]) for way in (-1, 1))
    return bare._replace(low=low, high=high)


def compute_proportionality(
    time: np.ndarray,
    event: np.ndarray,
    covariates: np.ndarray,
    *,
    entry: np.ndarray | None = None,
) -> tuple[float, float, str | None]:
    """Return chi-square, p-value and note of the check of proportional hazards.

    The score test that any coefficient changes along 1 - S(t), S being Kaplan and
    Meier's curve of all just before t. This is R's ``cox.zph`` of survival 3 with its
    default transform (Grambsch and Therneau, Biometrika 1994;81:515). NaN, with a
    note, where the model has no fit.
    """
    if not len(time):
        return nan, nan, "no events"
    scaled, _ = _standardise(covariates)
    likelihood = PartialLikelihood(time, event, scaled, entry=entry)
    flaw = likelihood.find_flaw()
    if flaw:
        return nan, nan, flaw
    if len(np.unique(likelihood.times)) < 2:
        return nan, nan, "all events at one time"
    try:
        statistic = compute_score_of_change(likelihood, list(range(likelihood.size)))
    except ArithmeticError as failed:
        return nan, nan, str(failed)
    return statistic, float(stats.chi2.sf(statistic, likelihood.size)), None


def _standardise(covariates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return covariates in units of their spread, and it; one that is constant stays.

    Steps and tolerances of a fit are then right for a VAF as for a platelet count.
    """
    rows = np.asarray(covariates, dtype=float)
    rows = rows[:, None] if rows.ndim == 1 else rows
    spread = np.where(np.ptp(rows, axis=0) > 0, rows.std(axis=0), 1.0)
    return rows / spread, spread


def _exp(logarithm: float) -> float:
    return exp(logarithm) if logarithm < _LARGEST else nan


def compute_score_of_change(
    likelihood: PartialLikelihood, columns: Sequence[int]
) -> float:
    """Return the chi-square that the coefficients of ``columns`` change over time.

    Raises ArithmeticError where the events are too few to tell, as with one alone.
    """
    fit = likelihood.maximise()
    chances, _ = likelihood.chances(fit.beta)
    means = chances @ likelihood.x
    variances = likelihood.variances(chances, means)
    along = _fallen_before(likelihood)
    along = along - along.mean()
    score = (along[:, None] * (likelihood.failing - means)).sum(axis=0)[columns]
    mixed = np.tensordot(along, variances, 1)[columns]
    own = np.tensordot(along**2, variances, 1)[np.ix_(columns, columns)]
    left = own - mixed @ np.linalg.solve(variances.sum(axis=0), mixed.T)
    if np.linalg.matrix_rank(left, tol=_FLAT * np.trace(own)) < len(columns):
        raise ArithmeticError("too few events to tell a change over time")
    return float(score @ np.linalg.solve(left, score))


def _fallen_before(likelihood: PartialLikelihood) -> np.ndarray:
    """Return 1 - S just before each event, S being the curve of all."""
    _, first, place, deaths = np.unique(
        likelihood.times, return_index=True, return_inverse=True, return_counts=True
    )
    staying = 1 - deaths / likelihood.at_risk.sum(axis=1)[first]
    survival = np.concatenate([[1.0], np.cumprod(staying)])
    fallen: np.ndarray = 1 - survival[place]
    return fallen


def _estimate(
    likelihood: PartialLikelihood,
    place: int,
    *,
    confidence: float,
    best: Fit | None = None,
) -> Estimate:
    """Return the hazard ratio of a covariate, its profile interval and p."""
    best = best or likelihood.maximise()
    at_null = likelihood.maximise(fixed={place: 0.0}, start=best.beta)
    level = best.log_likelihood - stats.chi2.ppf(confidence, 1) / 2
    low, high = (
        _solve_profile(likelihood, place, best, level=level, side=side)
        for side in (-1, 1)
    )
    rise = max(best.log_likelihood - at_null.log_likelihood, 0.0)
    p_value = float(stats.chi2.sf(2 * rise, 1))
    return Estimate(exp(best.beta[place]), low, high, p_value)


def _solve_profile(
    likelihood: PartialLikelihood, place: int, best: Fit, *, level: float, side: int
) -> float:
    """Return the ratio at which the profile has fallen to ``level``; NaN if never."""
    start = best.beta

    def over_level(value: float) -> float:
        nonlocal start
        found = likelihood.maximise(fixed={place: value}, start=start)
        start = found.beta
        return found.log_likelihood - level

    inside, step = float(best.beta[place]), 0.5
    while True:
        outside = float(np.clip(inside + side * step, -FARTHEST, FARTHEST))
        if over_level(outside) < 0:
            return exp(brentq(over_level, inside, outside, xtol=1e-12))
        if abs(outside) >= FARTHEST and outside * side > 0:
            return nan
        inside, step = outside, 2 * step
