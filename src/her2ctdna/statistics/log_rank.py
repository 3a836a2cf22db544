"""Tests that hazards are equal: log-rank, by permutation, and with moving groups."""

from collections.abc import Sequence
from itertools import chain, combinations
from math import comb, nan, prod, sqrt
from typing import NamedTuple

import numpy as np
from scipy import stats
from statsmodels.duration.survfunc import survdiff

from her2ctdna.statistics.attainable_size import find_size, rank_with_ties

Test = tuple[float, float, str | None]
"""Statistic, p-value and note."""


class PermutationTest(NamedTuple):
    """What a test by permutation gave; NaN where it is not possible, as ``note`` says.

    ``attainable_size`` is the largest of its p-values at or below alpha, 0 if none is;
    alpha where divisions were drawn.
    """

    statistic: float = nan
    p_value: float = nan
    note: str | None = None
    attainable_size: float = nan


_TIE_TOLERANCE = 1e-9
_FLAT = 1e-12
_AT_ONCE = 2000
"""Divisions that are held in memory together."""


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
    exact_divisions: int,
    permutations: int,
    seed: int,
    alpha: float,
) -> PermutationTest:
    """Return the log-rank test by permutation, with its attainable size at alpha.

    Patients keep their time and change their group; p is the share of divisions
    whose chi-square is at least the one observed. All divisions are taken where they
    are at most ``exact_divisions``; else ``permutations`` are drawn and the observed
    one counts among them, which keeps the level, and the note tells the standard
    error of p that comes of drawing. NaN where `compute_log_rank` is.

    The level is exact where censoring is alike in the groups, at any size; as the
    chi-square has its own variance in each division, it holds in the limit where it
    is not (Neuhaus, Ann Stat 1993;21:1760).
    """
    note = _find_obstacle(time, event, group)
    if note:
        return PermutationTest(note=note)
    labels, own = np.unique(group, return_inverse=True)
    divide = _Divisions(time, event, len(labels))
    statistic = float(divide.chi_squares(own[None, :])[0])
    bar = statistic * (1 - _TIE_TOLERANCE)
    sizes = np.bincount(own)
    left = sizes[::-1].cumsum()[::-1]
    if prod(map(comb, left.tolist(), sizes.tolist())) <= exact_divisions:
        every = _list_divisions(sizes.tolist())
        parts = np.array_split(every, -(-len(every) // _AT_ONCE))
        found = np.concatenate([divide.chi_squares(part) for part in parts])
        p_value = int((found >= bar).sum()) / len(every)
        ranks = rank_with_ties(found, tolerance=_TIE_TOLERANCE)
        chances = np.full(len(found), 1 / len(found))
        size = find_size(ranks, chances, alpha=alpha)
        return PermutationTest(statistic, p_value, "exact: all divisions", size)
    random, as_far = np.random.default_rng(seed), 1
    for start in range(0, permutations, _AT_ONCE):
        size = min(_AT_ONCE, permutations - start)
        drawn = random.permuted(np.tile(own, (size, 1)), axis=1)
        as_far += int((divide.chi_squares(drawn) >= bar).sum())
    p_value = as_far / (1 + permutations)
    error = sqrt(p_value * (1 - p_value) / permutations)
    note = f"p-value from {permutations} random divisions, standard error {error:.1g}"
    return PermutationTest(statistic, p_value, note, alpha)


def _list_divisions(sizes: Sequence[int]) -> np.ndarray:
    """Return every division of patients into groups of these sizes, one a row."""
    n, first = sum(sizes), sizes[0]
    if len(sizes) == 1:
        return np.zeros((1, n), dtype=np.int8)
    flat = np.fromiter(chain.from_iterable(combinations(range(n), first)), dtype=int)
    is_other = np.ones((len(flat) // first, n), dtype=bool)
    np.put_along_axis(is_other, flat.reshape(-1, first), False, axis=1)
    if len(sizes) == 2:
        return is_other.view(np.int8)
    others = np.nonzero(is_other)[1].reshape(len(is_other), 1, n - first)
    further = _list_divisions(sizes[1:]) + np.int8(1)
    every = np.zeros((len(is_other), len(further), n), dtype=np.int8)
    np.put_along_axis(every, others, further[None], axis=2)
    return every.reshape(-1, n)


class _Divisions:
    """The log-rank chi-squares of divisions of the same patients into groups."""

    def __init__(self, time: np.ndarray, event: np.ndarray, groups: int) -> None:
        times, deaths = np.unique(time[event], return_counts=True)
        at_risk = (time >= times[:, None]).astype(float)
        n = at_risk.sum(axis=1)
        hazard = np.concatenate([[0.0], np.cumsum(deaths / n)])
        self.at_risk = at_risk.T / n
        self.spread = deaths * (n - deaths) / np.maximum(n - 1, 1)
        self.scores = event - hazard[np.searchsorted(times, time, side="right")]
        self.compared = np.arange(1, groups)

    def chi_squares(self, divisions: np.ndarray) -> np.ndarray:
        """Return the chi-square of each row, which holds the group of each patient.

        Observed minus expected events of a group are the sum of event - H(t) of its
        patients, H being Nelson and Aalen's hazard of all.
        """
        if len(self.compared) == 1:
            return self._chi_squares_of_two((divisions == 1).astype(float))
        inside = (divisions[:, None, :] == self.compared[:, None]).astype(float)
        excess = inside @ self.scores
        shares = inside @ self.at_risk
        spread = shares * self.spread
        variance = -np.einsum("bgt,bht->bgh", spread, shares)
        diagonal = np.arange(len(self.compared))
        variance[:, diagonal, diagonal] += spread.sum(axis=2)
        inverse = np.linalg.pinv(variance, rcond=1e-9, hermitian=True)
        found: np.ndarray = np.einsum("bg,bgh,bh->b", excess, inverse, excess)
        return found

    def _chi_squares_of_two(self, inside: np.ndarray) -> np.ndarray:
        """Return the same of two groups, whose variance is one number: much faster."""
        shares = inside @ self.at_risk
        variance = (shares * (1 - shares)) @ self.spread
        found: np.ndarray = (inside @ self.scores) ** 2 / np.maximum(variance, _FLAT)
        return np.where(variance > _FLAT, found, 0.0)


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
