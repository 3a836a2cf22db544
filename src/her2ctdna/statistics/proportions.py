"""Proportions: intervals of a rate, contrasts of two rates, exact tests."""

from collections.abc import Iterable, Sequence
from functools import cache
from math import inf, isinf, nan, prod
from typing import NamedTuple

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
)

from her2ctdna.statistics.method_names import CLOPPER_PEARSON, WILSON

RATE_METHODS = {CLOPPER_PEARSON: "beta", WILSON: WILSON}
"""Our word for an interval of a rate, and that of statsmodels."""

RATE_COLUMNS = ["n", "N", "rate", "ci_low", "ci_high", "patient_ids"]
MOST_TABLES = 1_000_000
"""Tables up to which an exact test lists them all."""
TIE_TOLERANCE = 1e-7
"""Chances that differ by less, relative to their size, are equal."""


class Estimate(NamedTuple):
    """An estimate with its interval; NaN where there is none, ``note`` says why."""

    estimate: float = nan
    low: float = nan
    high: float = nan
    p_value: float = nan
    note: str | None = None


def compute_rate_interval(
    events: int, n: int, *, method: str, confidence: float
) -> tuple[float, float]:
    """Return the two-sided interval of the rate ``events / n``.

    ``clopper_pearson`` is exact and conservative (Clopper and Pearson 1934),
    ``wilson`` is the score interval without continuity correction (Wilson 1927).
    Both are NaN at n = 0.
    """
    if n == 0:
        return nan, nan
    low, high = proportion_confint(
        events, n, alpha=1 - confidence, method=RATE_METHODS[method]
    )
    return float(low), float(high)


def rate_of_members(
    members: Iterable[str], total: int, *, confidence: float
) -> dict[str, object]:
    """Return `RATE_COLUMNS` of the members of a set of ``total`` patients.

    The interval is Clopper and Pearson's; of nobody there is no rate.
    """
    ids = sorted(members)
    low, high = compute_rate_interval(
        len(ids), total, method=CLOPPER_PEARSON, confidence=confidence
    )
    rate = len(ids) / total if total else None
    values = (len(ids), total, rate, low, high, ";".join(ids) or None)
    return dict(zip(RATE_COLUMNS, values, strict=True))


def compute_risk_difference(
    events: int, n: int, events_reference: int, n_reference: int, *, confidence: float
) -> Estimate:
    """Return the rate of a group minus that of the reference.

    The interval is Newcombe's hybrid of two Wilson intervals without continuity
    correction (method 10 of Newcombe, Stat Med 1998;17:873). Missing when a group
    is empty.
    """
    if not n or not n_reference:
        return Estimate(note="a group without patients")
    low, high = confint_proportions_2indep(
        events,
        n,
        events_reference,
        n_reference,
        method="newcomb",
        compare="diff",
        alpha=1 - confidence,
    )
    difference = events / n - events_reference / n_reference
    return Estimate(difference, float(low), float(high))


@cache  # root finding takes 10 ms, and the same counts recur among the questions
def compute_odds_ratio(
    events: int, n: int, events_reference: int, n_reference: int, *, confidence: float
) -> Estimate:
    """Return the conditional odds ratio of a group against the reference.

    Conditional maximum likelihood given both margins, with the exact interval of
    the noncentral hypergeometric distribution (Cornfield 1956), as R's
    ``fisher.test`` has it; p is Fisher's, two-sided by minimum likelihood, so that
    interval and p may disagree at the border. A bound at infinity is missing. With
    all or none of the patients having the event the margins hold no information:
    only p = 1 is given.
    """
    if not n or not n_reference:
        return Estimate(note="a group without patients")
    table = [[events, n - events], [events_reference, n_reference - events_reference]]
    # The reference first, as `compute_fisher_p` has it: the same p to the last digit.
    p_value = float(stats.fisher_exact(table[::-1]).pvalue)
    total = events + events_reference
    if total in (0, n + n_reference):
        which = "no patient" if total == 0 else "every patient"
        return Estimate(p_value=p_value, note=f"{which} has the event")
    result = stats.contingency.odds_ratio(table, kind="conditional")
    interval = result.confidence_interval(confidence)
    return Estimate(
        _finite(result.statistic),
        _finite(interval.low),
        _finite(interval.high),
        p_value,
        _boundary_note(float(result.statistic)),
    )


def compute_fisher_p(
    events: Sequence[int], totals: Sequence[int], *, permutations: int, seed: int
) -> tuple[float, str | None]:
    """Return p-value and note of Fisher's exact test of equal rates, two-sided.

    The sum over all tables with the observed margins that are at most as probable
    as the observed one; for three and more groups this is Freeman and Halton's
    extension (Biometrika 1951;38:141). NaN with fewer than two groups that have
    patients; 1 when all patients have the event, or none.

    Parameters
    ----------
    events
        Patients with the event, per group.
    totals
        Patients, per group.
    permutations
        Random tables to draw in place of all, where those are more than a million
        (many groups); the note then says so.
    seed
        Of the random tables.
    """
    groups = [group for group in zip(events, totals, strict=True) if group[1]]
    if len(groups) < 2:
        return nan, "fewer than two groups with patients"
    table = [[event, total - event] for event, total in groups]
    if len(groups) == 2:
        return float(stats.fisher_exact(table).pvalue), None
    groups.sort(key=lambda group: group[1])
    if prod(total + 1 for _, total in groups[:-1]) <= MOST_TABLES:
        return _halton_p(np.array(groups)), None
    random = stats.PermutationMethod(
        n_resamples=permutations, rng=np.random.default_rng(seed)
    )
    p_value = float(stats.fisher_exact(table, method=random).pvalue)
    return p_value, f"p-value from {permutations} random tables"


@cache  # takes up to 100 ms
def compute_boschloo_p(
    events: int, n: int, events_reference: int, n_reference: int
) -> tuple[float, str | None]:
    """Return p-value and note of Boschloo's exact test of two equal rates, two-sided.

    Only the sizes of the groups are held fixed, not the number of events; Fisher's p
    is the order of the tables (Boschloo, Stat Neerl 1970;24:1), and the common rate
    the least favourable one. Two-sided is twice the smaller side, at most 1: never
    more than twice Fisher's one-sided p, but at times more than his two-sided p of
    `compute_fisher_p`, which sums by minimum likelihood. Missing when a group is
    empty; 1 when all patients have the event, or none.
    """
    if not n or not n_reference:
        return nan, "a group without patients"
    if events + events_reference in (0, n + n_reference):
        return 1.0, None
    # scipy takes the columns, not the rows, for the groups of fixed size.
    table = [[events, events_reference], [n - events, n_reference - events_reference]]
    return float(stats.boschloo_exact(table).pvalue), None


def _halton_p(groups: np.ndarray) -> float:
    """Return the Freeman-Halton p of rows (events, total), the largest group last."""
    events, totals = groups.T
    chance = stats.multivariate_hypergeom(totals, events.sum())
    probability = chance.pmf(list_tables(totals, int(events.sum())))
    is_extreme = probability <= chance.pmf(events) * (1 + TIE_TOLERANCE)
    return 1.0 if is_extreme.all() else float(probability[is_extreme].sum())


def list_tables(totals: np.ndarray, events: int) -> np.ndarray:
    """Return the events of each group in every table with these margins, one a row."""
    axes = [np.arange(total + 1) for total in totals[:-1]]
    tables = np.stack([axis.ravel() for axis in np.meshgrid(*axes)], axis=1)
    last = events - tables.sum(axis=1)
    possible = (last >= 0) & (last <= totals[-1])
    return np.asarray(np.column_stack([tables, last])[possible])


def _finite(value: float) -> float:
    return nan if isinf(value) else float(value)


def _boundary_note(odds_ratio: float) -> str | None:
    """Return why an odds ratio lies at the boundary, or nothing."""
    notes = {
        0.0: "odds ratio 0: a cell is empty",
        inf: "odds ratio infinite: a cell is empty",
    }
    return notes.get(odds_ratio)
