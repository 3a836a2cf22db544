"""Two continuous quantities: rank correlation, and the slope of a robust line."""

from math import nan

import numpy as np
from scipy import stats

from her2ctdna.statistics.proportions import Estimate


def estimate_spearman(
    x: np.ndarray, y: np.ndarray, *, confidence: float, permutations: int, seed: int
) -> Estimate:
    """Return Spearman's rank correlation; minus infinity is tied below everything.

    p is that of the permutation test of no association, two-sided by doubling: exact
    where all orders are no more than ``permutations`` (up to 7 patients of 10000),
    else from that many at random, the observed one counted among them. scipy's own
    p is an approximation. The interval is that of Bonett and Wright (Psychometrika
    2000;65:23), missing at a correlation of 1. Nothing is estimable with fewer than
    four patients, or where all of one quantity are tied.
    """
    if len(x) < 4:
        return Estimate(note="fewer than four patients")
    ranks = [stats.rankdata(values) - (len(x) + 1) / 2 for values in (x, y)]
    spread = [float((rank**2).sum()) for rank in ranks]
    if not all(spread):
        return Estimate(note="all values are tied")
    rho = float((ranks[0] * ranks[1]).sum() / (spread[0] * spread[1]) ** 0.5)

    def sum_of_products(rank: np.ndarray, axis: int) -> np.ndarray:
        return np.asarray((rank * ranks[1]).sum(axis=axis))

    p_value = stats.permutation_test(
        (ranks[0],),
        sum_of_products,
        permutation_type="pairings",
        n_resamples=permutations,
        vectorized=True,
        rng=np.random.default_rng(seed),
    ).pvalue
    if abs(rho) > 1 - 1e-12:
        return Estimate(rho, p_value=float(p_value), note="the same order throughout")
    z = stats.norm.ppf(0.5 + confidence / 2)
    width = z * ((1 + rho**2 / 2) / (len(x) - 3)) ** 0.5
    low, high = np.tanh(np.arctanh(rho) + np.array([-width, width]))
    return Estimate(rho, float(low), float(high), float(p_value))


def estimate_slope(x: np.ndarray, y: np.ndarray, *, confidence: float) -> Estimate:
    """Return the Theil-Sen slope of y on x: the median of the slopes of all pairs.

    With Sen's interval (JASA 1968;63:1379), missing where pairs are too few or ties
    too many for its variance. Both must be finite. Nothing with fewer than three
    patients, or where all x are tied.
    """
    if len(x) < 3:
        return Estimate(note="fewer than three patients above detection")
    if x.min() == x.max():
        return Estimate(note="all values are tied")
    # Sen's variance falls below 0 where nearly all are tied, and scipy takes its root.
    with np.errstate(invalid="ignore"):
        found = stats.theilslopes(y, x, alpha=confidence)
    low, high = float(found.low_slope), float(found.high_slope)
    if y.min() == y.max():
        note = "no interval: all outcomes are alike"
        return Estimate(float(found.slope), nan, nan, note=note)
    if not np.isfinite([low, high]).all():
        note = "no interval: too few pairs that differ"
        return Estimate(float(found.slope), nan, nan, note=note)
    return Estimate(float(found.slope), low, high)
