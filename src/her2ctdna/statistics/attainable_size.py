"""The attainable size of exact tests: how often they reject if nothing is associated.

An exact test of few patients has few p-values, so that the largest one at or below
alpha lies below it, or there is none. What such a test adds to the false positives that
are to be expected is that p-value and not alpha. The p-values are those of
`her2ctdna.statistics.proportions`, `trend`, `ranks` and `log_rank`, with their ties.
"""

from collections.abc import Sequence
from functools import cache
from math import nan, prod

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from her2ctdna.statistics.proportions import (
    MOST_TABLES,
    TIE_TOLERANCE,
    list_tables,
)
from her2ctdna.statistics.ranks import MOST_EXACT, count_rank_sums
from her2ctdna.statistics.trend import as_steps, can_count_sums, sum_chances

_RATES = 401
_MOST_PAIRS = 20_000
"""Tables of two groups above which the p-values of Boschloo's test lie densely."""

Floats = NDArray[np.float64]


def alpha_of(confidence: float) -> float:
    """Return the level of the tests that go with intervals of this confidence."""
    return round(1 - confidence, 12)


def find_size(distances: Floats, chances: Floats, *, alpha: float) -> float:
    """Return the largest p-value at or below alpha, 0 if every one is larger.

    Parameters
    ----------
    distances
        How far each outcome lies from what is expected, with ties equal.
    chances
        Of each outcome if nothing is associated; they sum to 1.
    alpha
        The level of the test.
    """
    values, place = np.unique(-distances, return_inverse=True)
    p_values = np.bincount(place, chances, minlength=len(values)).cumsum()
    reached = p_values[p_values <= alpha * (1 + TIE_TOLERANCE)]
    return float(reached[-1]) if len(reached) else 0.0


def rank_with_ties(values: Floats, *, tolerance: float) -> Floats:
    """Return the ranks of values, from 0; those as near as ``tolerance`` share one."""
    order = np.argsort(values)
    ranked = values[order]
    is_new = np.r_[False, ranked[1:] > ranked[:-1] * (1 + tolerance)]
    ranks = np.empty(len(values))
    ranks[order] = is_new.cumsum()
    return ranks


def compute_fisher_size(
    events: Sequence[int], totals: Sequence[int], *, alpha: float
) -> float:
    """Return the attainable size of Fisher's, or Freeman and Halton's, exact test.

    Given both margins: the number of events and the size of each group. Alpha where
    random tables stand for all (more than a million, see `compute_fisher_p`), NaN
    with fewer than two groups that have patients.
    """
    groups = tuple(sorted(total for total in totals if total))
    return _fisher_size(sum(events), groups, alpha) if len(groups) > 1 else nan


@cache  # margins recur among endpoints and genes
def _fisher_size(events: int, groups: tuple[int, ...], alpha: float) -> float:
    if len(groups) > 2 and prod(size + 1 for size in groups[:-1]) > MOST_TABLES:
        return alpha
    tables = list_tables(np.array(groups), events)
    chances = np.asarray(stats.multivariate_hypergeom(groups, events).pmf(tables))
    ranks = rank_with_ties(chances, tolerance=TIE_TOLERANCE)
    return find_size(-ranks, chances, alpha=alpha)


def compute_trend_size(
    events: Sequence[int],
    totals: Sequence[int],
    *,
    scores: Sequence[float],
    alpha: float,
) -> float:
    """Return the attainable size of the exact test of Cochran and Armitage.

    Given the number of events and the size of each group; alpha where random deals
    stand for all, NaN where there is no test (see `compute_trend`).
    """
    groups = [pair for pair in zip(totals, scores, strict=True) if pair[0]]
    if len({score for _, score in groups}) < 2:
        return nan
    sizes = np.array([total for total, _ in groups])
    steps = as_steps([score for _, score in groups])
    n_events, n = sum(events), int(sizes.sum())
    if not can_count_sums(steps, n_events=n_events, n=n):
        return alpha
    chances = sum_chances(sizes, steps, n_events)
    # in units of 1/n, where sums and their mean are whole numbers and ties exact
    distances = np.abs(n * np.arange(len(chances)) - n_events * int(sizes @ steps))
    return find_size(distances.astype(float), chances, alpha=alpha)


@cache  # counts of groups recur among endpoints
def compute_boschloo_size(n: int, n_reference: int, *, alpha: float) -> float:
    """Return the attainable size of Boschloo's test of two groups.

    The largest chance, over common rates, of a table that the two-sided p of
    `compute_boschloo_p` rejects; only the sizes of the groups are given. Alpha where
    there are so many tables that p-values lie densely, NaN with an empty group.
    """
    if not n or not n_reference:
        return nan
    if (n + 1) * (n_reference + 1) > _MOST_PAIRS:
        return alpha
    first, second = np.arange(n + 1), np.arange(n_reference + 1)
    fisher = _one_sided(n, n_reference).ravel()
    ranks = rank_with_ties(fisher, tolerance=TIE_TOLERANCE).astype(int)
    chances = np.array(
        [
            np.outer(
                stats.binom.pmf(first, n, rate),
                stats.binom.pmf(second, n_reference, rate),
            ).ravel()
            for rate in np.linspace(0, 1, _RATES)
        ]
    )
    by_rank = np.array([np.bincount(ranks, row) for row in chances]).cumsum(axis=1)
    # p is twice that of the smaller side, and the other side is the mirror image
    is_low = (by_rank.max(axis=0) <= alpha / 2)[ranks]
    return float(chances[:, is_low | is_low[::-1]].sum(axis=1).max())


def _one_sided(n: int, n_reference: int) -> Floats:
    """Return Fisher's p that a group has fewer events, of each table of two groups."""
    events, others = np.meshgrid(
        np.arange(n + 1), np.arange(n_reference + 1), indexing="ij"
    )
    total = events + others
    return np.asarray(stats.hypergeom.cdf(events, n + n_reference, total, n))


def compute_rank_sum_size(
    group: np.ndarray, reference: np.ndarray, *, alpha: float
) -> float:
    """Return the attainable size of the exact rank-sum test, given all values.

    Alpha where the normal approximation stands for it, NaN with an empty group (see
    `compute_rank_sum_p`).
    """
    if not len(group) or not len(reference):
        return nan
    ranks = stats.rankdata(np.concatenate([group, reference]))
    if len(ranks) > MOST_EXACT:
        return alpha
    counts, distances = count_rank_sums(ranks, len(group))
    return find_size(distances.astype(float), counts / counts.sum(), alpha=alpha)
