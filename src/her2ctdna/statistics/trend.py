"""Trend of a rate along ordered groups: exact test, and the fit that never falls."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm, nan, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

_MOST_STEPS = 2_000_000_000
_TIE_TOLERANCE = 1e-9

Counts = NDArray[np.int_]


def compute_trend(
    events: Sequence[int],
    totals: Sequence[int],
    *,
    scores: Sequence[float],
    permutations: int,
    seed: int,
) -> tuple[float, float, str | None]:
    """Return statistic, p-value and note of the exact test of Cochran and Armitage.

    The sum of the scores of the patients with the event, over all ways to deal the
    events among the patients (Cochran, Biometrics 1954;10:417; Armitage, ibid.
    1955;11:375). p is two-sided: the chance of a sum at least as far from its mean,
    as in R's ``coin``. The statistic is that distance over its standard deviation,
    the square root of (N - 1) r^2. With fewer than two groups that have patients, or
    one score only, there is no test; with no event, or nothing but events, p is 1.

    Parameters
    ----------
    events, totals
        Patients with the event, and patients, per group.
    scores
        Of each group; rational, such as 0, 0.5, 1, 2.
    permutations, seed
        Random deals to draw in place of all, where those are too many to count
        (some thousand patients); the note then says so.
    """
    groups = [
        group for group in zip(events, totals, scores, strict=True) if group[1] > 0
    ]
    if len({score for *_, score in groups}) < 2:
        return nan, nan, "fewer than two groups with patients"
    event, total = (np.array([group[i] for group in groups]) for i in (0, 1))
    steps = as_steps([score for *_, score in groups])
    observed = int(event @ steps)
    n_events, n = int(event.sum()), int(total.sum())
    if n_events in (0, n):
        which = "no patient" if n_events == 0 else "every patient"
        return nan, 1.0, f"{which} has the event"
    mean = n_events * float(total @ steps) / n
    spread = float(total @ (steps - total @ steps / n) ** 2) / (n - 1)
    deviation = sqrt(n_events * (n - n_events) / n * spread)
    distance = abs(observed - mean) - _TIE_TOLERANCE * max(mean, 1)
    statistic = (observed - mean) / deviation
    if can_count_sums(steps, n_events=n_events, n=n):
        chances = sum_chances(total, steps, n_events)
        is_extreme = np.abs(np.arange(len(chances)) - mean) >= distance
        return statistic, min(float(chances[is_extreme].sum()), 1.0), None
    sums = draw_sums(total, steps, n_events, permutations=permutations, seed=seed)
    extreme = int((np.abs(sums - mean) >= distance).sum())
    note = f"p-value from {permutations} random deals"
    return statistic, (extreme + 1) / (permutations + 1), note


def can_count_sums(steps: Counts, *, n_events: int, n: int) -> bool:
    """Tell whether every way to deal the events is counted, or random ones stand in."""
    return n_events * int(n_events * steps.max()) * n <= _MOST_STEPS


def draw_sums(
    totals: Counts, steps: Counts, n_events: int, *, permutations: int, seed: int
) -> Counts:
    """Return the sum of scores of those with the event in random deals."""
    random = np.random.default_rng(seed)
    dealt = random.multivariate_hypergeometric(
        totals, n_events, size=permutations, method="marginals"
    )
    return np.asarray(dealt @ steps)


def fit_monotone(events: Sequence[int], totals: Sequence[int]) -> NDArray[np.float64]:
    """Return the rates that never fall from one group to the next and fit best.

    Isotonic regression of the observed rates, weighted by patients. A group without
    patients has none; with patients in fewer than two groups nobody has.
    """
    event, total = np.array(events, dtype=float), np.array(totals, dtype=float)
    fitted = np.full(len(total), nan)
    filled = total > 0
    if filled.sum() >= 2:
        # slow to import, and needed here only
        from sklearn.isotonic import isotonic_regression

        rates, weights = event[filled] / total[filled], total[filled]
        fitted[filled] = isotonic_regression(rates, sample_weight=weights)
    return fitted


def resample_monotone(
    events: Sequence[int],
    totals: Sequence[int],
    *,
    confidence: float,
    resamples: int,
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the bootstrap band of `fit_monotone`: low and high of each group.

    Patients are drawn anew with replacement within each group, which makes its
    events binomial; the limits are percentiles of the refitted rates, each group for
    itself. In a group where all or none have the event nothing varies but what its
    neighbours lend, so that the band is too narrow there: look at the exact interval.
    """
    event, total = np.array(events), np.array(totals)
    filled = total > 0
    empty = np.full(len(total), nan)
    if filled.sum() < 2:
        return empty, empty.copy()
    random = np.random.default_rng(seed)
    rates = event / np.maximum(total, 1)
    drawn = random.binomial(total, rates, size=(resamples, len(total)))
    distinct, place = np.unique(drawn, axis=0, return_inverse=True)
    fits = np.array([fit_monotone(list(row), list(total)) for row in distinct])
    tail = (1 - confidence) / 2
    limits = np.full((2, len(total)), nan)
    refitted = fits[place.ravel()][:, filled]
    limits[:, filled] = np.quantile(refitted, [tail, 1 - tail], axis=0)
    return limits[0], limits[1]


def as_steps(scores: Sequence[float]) -> Counts:
    """Return scores as whole numbers from 0 at the same relative distances."""
    exact = [Fraction(str(score)) for score in scores]
    scale = lcm(*(score.denominator for score in exact))
    least = min(exact)
    return np.array([int((score - least) * scale) for score in exact])


def sum_chances(totals: Counts, steps: Counts, n_events: int) -> NDArray[np.float64]:
    """Return the chance of each sum of scores, given the number of events.

    Group by group, over (events so far, sum so far). Given their number, binomial
    events of one common rate are dealt at random, whatever the rate.
    """
    rate = n_events / totals.sum()
    chances = np.zeros((n_events + 1, n_events * int(steps.max()) + 1))
    chances[0, 0] = 1
    for total, step in zip(totals, steps, strict=True):
        most = min(int(total), n_events)
        before, chances = chances, np.zeros_like(chances)
        dealt = stats.binom.pmf(np.arange(most + 1), total, rate)
        for count, chance in enumerate(dealt):
            shift = count * int(step)
            rows, columns = n_events + 1 - count, chances.shape[1] - shift
            chances[count:, shift:] += chance * before[:rows, :columns]
    last = chances[n_events]
    return np.asarray(last / last.sum())
