"""Tests that hazards are equal: log-rank, by permutation, and with moving groups."""

from math import comb, nan

import numpy as np
from scipy import stats
from statsmodels.duration.survfunc import survdiff

Test = tuple[float, float, str | None]
"""Statistic, p-value and note."""

_TIE_TOLERANCE = 1e-9


def compute_log_rank(time: np.ndarray, event: np.ndarray, group: np.ndarray) -> Test:
    """Return chi-square, p-value and note of the log-rank test of equal hazards.

    Two or more groups, unweighted, hypergeometric variance at ties. As in R, a
    group that is gone before the first event takes no part and costs no degree of
    freedom. NaN, with the reason in the note, when fewer than two groups are left
    or when all patients at risk have the event at once. Assumes that censoring does
    not depend on prognosis.
    """
    note = _find_obstacle(time, event, group)
    if note:
        return nan, nan, note
    taking_part = np.isin(group, group[time >= time[event].min()])
    time, event, group = time[taking_part], event[taking_part], group[taking_part]
    statistic = float(survdiff(time, event.astype(int), group)[0])
    return statistic, float(stats.chi2.sf(statistic, len(np.unique(group)) - 1)), None


def compute_log_rank_permutation(
    time: np.ndarray,
    event: np.ndarray,
    group: np.ndarray,
    *,
    permutations: int,
    seed: int,
) -> Test:
    """Return chi-square, p-value and note of the permutation test of the log-rank.

    Patients keep their time and change their group. Each has the score event - H(t),
    H being Nelson and Aalen's cumulative hazard of all; observed minus expected
    events of a group are the sum of its scores, and the statistic is their quadratic
    form in the variance over permutations (of two groups: their square). All
    divisions of two groups are taken where they are at most ``permutations``: p is
    then exact. Else so many are drawn and the observed one counts as one of them,
    which keeps the level. p is NaN where that of `compute_log_rank` is.

    Holds at any size if censoring is alike in the groups, which the asymptotic test
    does not ask for.
    """
    note = _find_obstacle(time, event, group)
    if note:
        return nan, nan, note
    scores = _scores(time, event)
    labels, place = np.unique(group, return_inverse=True)
    sizes = np.bincount(place)
    observed = np.bincount(place, weights=scores)
    if len(labels) == 2 and comb(len(time), int(sizes[0])) <= permutations:
        sums = _all_sums(scores, int(sizes.min()))
        own = observed[sizes.argmin()]
        p_value = float(np.mean(np.abs(sums) >= abs(own) - _TIE_TOLERANCE))
        note = "exact: all divisions"
    else:
        shuffled = np.random.default_rng(seed).permuted(
            np.tile(scores, (permutations, 1)), axis=1
        )
        ends = np.concatenate([[0], sizes.cumsum()[:-1]])
        sums = np.add.reduceat(shuffled, ends, axis=1)
        as_far = (sums**2 / sizes).sum(axis=1) >= (
            (observed**2 / sizes).sum() - _TIE_TOLERANCE
        )
        p_value = float((1 + as_far.sum()) / (1 + permutations))
        note = f"p-value from {permutations} random divisions"
    variance = (scores**2).sum() / (len(scores) - 1)
    return float((observed**2 / sizes).sum() / variance), p_value, note


def compute_mantel_byar(
    entry: np.ndarray, time: np.ndarray, event: np.ndarray, in_group: np.ndarray
) -> Test:
    """Return chi-square, p-value and note of Mantel and Byar's test.

    The log-rank test of two groups between which patients move: rows are at risk in
    (entry, time], one for each stay in a group (J Am Stat Assoc 1974;69:81). It is
    the score test of the Cox model with that covariate, hypergeometric at ties. NaN,
    with a note, without an event while both are at risk.
    """
    times, deaths = np.unique(time[event], return_counts=True)
    at_risk = (entry < times[:, None]) & (time >= times[:, None])
    failing = (time == times[:, None]) & event & in_group
    n, n_group = at_risk.sum(axis=1), (at_risk & in_group).sum(axis=1)
    share = n_group / np.maximum(n, 1)
    excess = failing.sum() - (deaths * share).sum()
    spread = deaths * share * (1 - share) * (n - deaths) / np.maximum(n - 1, 1)
    if not spread.sum() > 0:
        return nan, nan, "no event while both groups are at risk"
    statistic = float(excess**2 / spread.sum())
    return statistic, float(stats.chi2.sf(statistic, 1)), None


def _find_obstacle(
    time: np.ndarray, event: np.ndarray, group: np.ndarray
) -> str | None:
    """Return why groups cannot be compared, or None."""
    if len(np.unique(group)) < 2:
        return "fewer than two groups with patients"
    if not event.any():
        return "no events"
    first = time[event].min()
    if len(np.unique(group[time >= first])) < 2:
        return "fewer than two groups at risk at the first event"
    if ((time == first) & event).sum() == (time >= first).sum():
        return "all patients at risk have the event at once"
    return None


def _scores(time: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Return event - H(t) of each patient, which sum to zero."""
    times, deaths = np.unique(time[event], return_counts=True)
    at_risk = (time >= times[:, None]).sum(axis=1)
    hazard = np.concatenate([[0.0], np.cumsum(deaths / at_risk)])
    scores: np.ndarray = event - hazard[np.searchsorted(times, time, side="right")]
    return scores


def _all_sums(scores: np.ndarray, size: int) -> np.ndarray:
    """Return the sum of scores of every choice of ``size`` patients."""
    sums = [np.zeros(1), *[np.zeros(0)] * size]
    for score in scores:
        for chosen in range(size, 0, -1):
            sums[chosen] = np.concatenate([sums[chosen], sums[chosen - 1] + score])
    return sums[size]
