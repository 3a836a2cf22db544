"""Coefficients of agreement on an ordered scale, with intervals.

A scale is fixed: categories that nobody used count, which changes Gwet's AC and
leaves all kappas as they are. Weights of agreement between categories i and j of q
are 1 - |i - j| / (q - 1) (linear) and 1 - (i - j)^2 / (q - 1)^2 (quadratic). Limits
are cut at -1 and 1. Without disagreement, or with one unit, a variance of zero tells
nothing: there is no interval, and the note says so.
"""

from math import isnan, nan, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from her2ctdna.statistics.method_names import CLOPPER_PEARSON
from her2ctdna.statistics.proportions import Estimate, compute_rate_interval

Weighting = Literal["linear", "quadratic"] | None
"""How much a near miss counts as agreement; ``None``: not at all."""

Counts = NDArray[np.int64]
Matrix = NDArray[np.float64]

NOTHING = "nothing to compare"
ONE_CATEGORY = "all in one category: kappa is not defined"
NO_SPREAD = "no spread from unit to unit: no interval"
ONE_UNIT = "one unit: no interval"
ONE_VALUE = "all in one category: alpha is not defined"
ONE_UNIT_APART = "without one unit all are in one category: no interval"
NEGATIVE_VARIANCE = "the variance by psych is negative: no interval"

_LEAST_VARIANCE = 1e-12


def compute_percent_agreement(agreeing: int, n: int, *, confidence: float) -> Estimate:
    """Return the share of units on which all agree, with Clopper-Pearson interval."""
    if n == 0:
        return Estimate(note=NOTHING)
    low, high = compute_rate_interval(
        agreeing, n, method=CLOPPER_PEARSON, confidence=confidence
    )
    return Estimate(agreeing / n, low, high)


def compute_cohen_kappa(
    counts: Counts, *, weighting: Weighting, confidence: float
) -> Estimate:
    """Return Cohen's kappa of a square table of pairs, with normal interval.

    The variance is that of Fleiss, Cohen and Everitt (Psychol Bull 1969;72:323), by
    the delta method, as R's ``vcd::Kappa`` has it. Kappa is not defined where both
    margins hold one and the same category.

    Parameters
    ----------
    counts
        First reading by second reading, in the order of the scale.
    """
    note = _undefined(counts.sum(), counts.sum(axis=0) + counts.sum(axis=1))
    if note:
        return Estimate(note=note)
    # A variance that is zero may come out as -1e-18, of which the root is taken.
    with np.errstate(invalid="ignore"):
        result = cohens_kappa(counts, wt=weighting)
    n = int(counts.sum())
    return _with_interval(result.kappa, result.var_kappa, n, _normal(confidence))


def compute_psych_interval(counts: Counts, *, confidence: float) -> Estimate:
    """Return quadratic weighted kappa with the interval of R's psych.

    To compare with values published from ``psych::cohen.kappa`` (2.2.9), and for
    nothing else: it means the variance of Fleiss, Cohen and Everitt, but takes the
    mean weight of a column as p_j * sum_i(w_ij) where the paper has
    sum_i(p_i * w_ij). The result is too narrow, too wide, or a negative variance.
    vcd and statsmodels follow the paper, see `compute_cohen_kappa`.
    """
    found = compute_cohen_kappa(counts, weighting="quadratic", confidence=confidence)
    if found.note:
        return found
    n = int(counts.sum())
    shares = counts / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    weights = agreement_weights(len(counts), "quadratic")
    chance = float(rows @ weights @ columns)
    disagreement = (1 - found.estimate) * (1 - chance)
    means = (weights @ columns)[:, None] + rows * weights.sum(axis=1)
    spread = shares * (weights * (1 - chance) - means * disagreement) ** 2
    centre = (1 - disagreement) * (1 + chance) - 2 * chance
    variance = float(spread.sum() - centre**2) / (n * (1 - chance) ** 4)
    if variance <= 0:
        return Estimate(found.estimate, note=NEGATIVE_VARIANCE)
    return _with_interval(found.estimate, variance, n, _normal(confidence))


def compute_gwet_ac(
    ratings: Counts, *, weighting: Weighting, confidence: float
) -> Estimate:
    """Return Gwet's AC1, or AC2 with weights, with t interval of n - 1 df.

    Chance agreement is that of readers who are unsure about a share of the units
    (Gwet, Br J Math Stat Psychol 2008;61:29), so that the coefficient stays near
    the observed agreement where almost all units are of one category. The variance
    is linearised over units and assumes nothing of the readers (ibid.; weights:
    Gwet, Handbook of Inter-Rater Reliability, 2014), as in R's irrCAC.

    Parameters
    ----------
    ratings
        How many readers put each unit (row) into each category (column).
    """
    if not len(ratings):
        return Estimate(note=NOTHING)
    categories = ratings.shape[1]
    weights = agreement_weights(categories, weighting)
    scale = weights.sum() / (categories * (categories - 1))
    shares = _shares(ratings)
    chance = scale * shares @ (1 - shares.mean(axis=0))
    return _linearised(ratings, weights, chance, confidence=confidence)


def compute_fleiss_kappa(ratings: Counts, *, confidence: float) -> Estimate:
    """Return Fleiss' kappa of several readers, with t interval of n - 1 df.

    Estimate: Fleiss (Psychol Bull 1971;76:378), as R's ``irr::kappam.fleiss``.
    statsmodels has it too, but no interval, and the error that irr gives holds under
    no agreement only; so the variance is Gwet's linearised one, as in R's irrCAC.
    """
    note = _undefined(len(ratings), ratings.sum(axis=0))
    if note:
        return Estimate(note=note)
    shares = _shares(ratings)
    weights = agreement_weights(ratings.shape[1], None)
    chance = shares @ shares.mean(axis=0)
    return _linearised(ratings, weights, chance, confidence=confidence)


def compute_krippendorff_alpha(
    ratings: Counts, *, is_ordered: bool, confidence: float
) -> Estimate:
    """Return Krippendorff's alpha of readers who need not all have read each unit.

    1 less the disagreement within units over that of all values mixed; on an ordered
    scale it is the squared difference of midranks, else 1 (Krippendorff, Content
    Analysis, 2004). Units with fewer than two values take no part. Written out: the
    package krippendorff would be one more dependency for these lines, and gives no
    interval either. This one is a t interval (n - 1 df) by leaving out each unit.

    Parameters
    ----------
    ratings
        How many readers put each unit (row) into each category (column).
    """
    units = ratings[ratings.sum(axis=1) > 1]
    n = len(units)
    if not n:
        return Estimate(note=NOTHING)
    estimate = _alpha(units, is_ordered)
    if isnan(estimate):
        return Estimate(note=ONE_VALUE)
    if n == 1:
        return Estimate(estimate, note=ONE_UNIT)
    left = [_alpha(np.delete(units, unit, axis=0), is_ordered) for unit in range(n)]
    if np.isnan(left).any():
        return Estimate(estimate, note=ONE_UNIT_APART)
    variance = float(np.var(left) * (n - 1))
    t = float(stats.t.ppf((1 + confidence) / 2, n - 1))
    return _with_interval(estimate, variance, n, t)


def _alpha(units: Counts, is_ordered: bool) -> float:
    """Return alpha of units with two values or more; NaN if all values are alike."""
    per_pair = 1 / (units.sum(axis=1) - 1)
    used = units.sum(axis=0)
    together = (units.T * per_pair) @ units - np.diag(per_pair @ units)
    distance = 1 - np.eye(len(used))
    if is_ordered:
        midranks = used.cumsum() - used / 2
        distance = (midranks[:, None] - midranks) ** 2
    expected = float(used @ distance @ used)
    if not expected:
        return nan
    observed = float((together * distance).sum())
    return 1 - observed * float(used.sum() - 1) / expected


def agreement_weights(categories: int, weighting: Weighting) -> Matrix:
    """Return the agreement of each category with each: 1 on the diagonal."""
    places = np.arange(categories)
    distance = np.abs(places[:, None] - places) / (categories - 1)
    if weighting is None:
        return np.eye(categories)
    weights: Matrix = 1 - (distance if weighting == "linear" else distance**2)
    return weights


def _shares(ratings: Counts) -> Matrix:
    """Return the share of its readers that put a unit into each category."""
    shares: Matrix = ratings / ratings.sum(axis=1, keepdims=True)
    return shares


def _linearised(
    ratings: Counts,
    weights: Matrix,
    unit_chance: Matrix,
    *,
    confidence: float,
) -> Estimate:
    """Return the coefficient whose chance agreement is the mean of ``unit_chance``.

    Chance agreement is quadratic in the shares, hence the factor 2 of its error.
    """
    n = len(ratings)
    readers = ratings.sum(axis=1)
    pairs = (ratings * (ratings @ weights - 1)).sum(axis=1)
    agreement = pairs / (readers * (readers - 1))
    chance = unit_chance.mean()
    estimate = (agreement.mean() - chance) / (1 - chance)
    units = (agreement - chance) / (1 - chance)
    units -= 2 * (1 - estimate) * (unit_chance - chance) / (1 - chance)
    variance = ((units - estimate) ** 2).sum() / (n * (n - 1)) if n > 1 else 0.0
    t = stats.t.ppf((1 + confidence) / 2, n - 1) if n > 1 else nan
    return _with_interval(float(estimate), float(variance), n, float(t))


def _normal(confidence: float) -> float:
    """Return the quantile of the normal distribution for a two-sided interval."""
    return float(stats.norm.ppf((1 + confidence) / 2))


def _undefined(n: int, used: Counts) -> str | None:
    """Return why kappa is not defined, given how often each category was used."""
    if n == 0:
        return NOTHING
    return ONE_CATEGORY if np.count_nonzero(used) == 1 else None


def _with_interval(
    estimate: float, variance: float, n: int, quantile: float
) -> Estimate:
    """Return an estimate with its interval, or with why there is none."""
    if n == 1 or variance < _LEAST_VARIANCE:
        return Estimate(float(estimate), note=ONE_UNIT if n == 1 else NO_SPREAD)
    half = quantile * sqrt(variance)
    low, high = max(-1.0, estimate - half), min(1.0, estimate + half)
    return Estimate(float(estimate), float(low), float(high))
