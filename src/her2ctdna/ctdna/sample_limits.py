"""What a sample could have seen: limits of detection and bounds of a VAF."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaincinv

from her2ctdna.ctdna.pooled_test import compute_background_p

Numbers = NDArray[np.float64]


def compute_critical_count(expected: ArrayLike, *, alpha: float) -> Numbers:
    """Return the smallest count that would be called: P(X >= count) < alpha."""
    rates = np.atleast_1d(np.asarray(expected, dtype=float))
    counts = np.where(np.isnan(rates), np.nan, 1.0)
    while (short := compute_background_p(counts, rates) >= alpha).any():
        counts[short] += 1
    return counts


def compute_lod95(depth: ArrayLike, expected: ArrayLike, *, alpha: float) -> Numbers:
    """Return the VAF that is called with 95 % probability, over the pooled depth.

    It is lambda / n with P(Poisson(lambda) >= critical count) = 0.95 and n the
    molecules at informative loci: the VAF as it is measured, error in it. What tumour
    must add to error is less by the error rate. NaN without depth.
    """
    counts = compute_critical_count(expected, alpha=alpha)
    n = np.atleast_1d(np.asarray(depth, dtype=float))
    limit = np.divide(
        gammaincinv(counts, 0.95), n, where=n > 0, out=np.full_like(n, np.nan)
    )
    lod: Numbers = np.minimum(limit, 1.0)
    return lod


def compute_upper95(alt_count: ArrayLike, depth: ArrayLike) -> Numbers:
    """Return the one-sided 95 % Clopper-Pearson upper bound of a VAF."""
    x, n = np.asarray(alt_count, dtype=float), np.asarray(depth, dtype=float)
    bound = betaincinv(x + 1, np.maximum(n - x, 1), 0.95)
    return np.where(n > 0, np.where(x < n, bound, 1.0), np.nan)


def compute_lower95(alt_count: ArrayLike, depth: ArrayLike) -> Numbers:
    """Return the one-sided 95 % Clopper-Pearson lower bound of a VAF."""
    x, n = np.asarray(alt_count, dtype=float), np.asarray(depth, dtype=float)
    bound = betaincinv(np.maximum(x, 1), n - x + 1, 0.05)
    return np.where(n > 0, np.where(x > 0, bound, 0.0), np.nan)
