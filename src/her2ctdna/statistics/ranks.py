"""Two samples by ranks: exact rank-sum test, Hodges-Lehmann shift, area under the ROC.

Of a value that lies below detection only its rank is known: it is given as minus
infinity, so that all of them are tied below everything detected.
"""

from functools import cache
from math import inf, isinf, nan

import numpy as np
from scipy import stats

from her2ctdna.statistics.proportions import Estimate

MOST_EXACT = 100
"""Patients up to which the distribution is counted out: above it the normal holds."""

_UNSEEN = "lies among values below detection"


def compute_rank_sum_p(group: np.ndarray, reference: np.ndarray) -> tuple[float, str]:
    """Return p-value and note of the rank-sum test that both come from one population.

    Wilcoxon's test, two-sided: the share of all divisions of the observed values
    into two groups of these sizes whose rank sum lies at least as far from its mean.
    Exact with ties, whose midranks are counted out (Streitberg and Roehmel, Comp
    Stat 1986;12:23): scipy's exact test ignores ties, and its permutation test can
    only draw at random from as many divisions. Above 100 patients the normal
    approximation with tie correction. NaN if a group is empty; 1 if all are tied.
    """
    if not len(group) or not len(reference):
        return nan, "a group without patients"
    ranks = stats.rankdata(np.concatenate([group, reference]))
    if len(ranks) > MOST_EXACT:
        p_value = stats.mannwhitneyu(
            ranks[: len(group)],
            ranks[len(group) :],
            method="asymptotic",
            use_continuity=False,
        ).pvalue
        return (1.0 if np.isnan(p_value) else float(p_value)), "normal approximation"
    counts, distance = count_rank_sums(ranks, len(group))
    observed = round(2 * ranks[: len(group)].sum())
    is_extreme = distance >= distance[observed]
    return float(counts[is_extreme].sum() / counts.sum()), ""


def count_rank_sums(ranks: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how many groups of ``size`` have each rank sum, and how far it is off.

    By twice the sum, from 0 on, so that midranks are whole numbers; the distance is
    that from the mean.
    """
    doubled = np.rint(2 * ranks).astype(int)
    counts = _count_sums(tuple(doubled), size)
    return counts, np.abs(np.arange(len(counts)) - size * (len(ranks) + 1))


def estimate_shift(
    group: np.ndarray, reference: np.ndarray, *, confidence: float
) -> Estimate:
    """Return the Hodges-Lehmann shift of a group against the reference.

    The median of all differences between a member of the group and one of the
    reference; the interval holds the shifts that an exact rank-sum test without ties
    does not reject, as R's ``wilcox.test`` has it (Bauer, JASA 1972;67:687), and is
    conservative with ties. Where estimate or limit is the distance to a value below
    detection it is missing and the note says so; the limits are also missing where
    the groups are too small for any interval of this confidence. ``p_value`` is that
    of `compute_rank_sum_p`.
    """
    p_value, note = compute_rank_sum_p(group, reference)
    if not len(group) or not len(reference):
        return Estimate(note=note)
    shifts = np.sort(_differences(group, reference), axis=None)
    middle = shifts[[(len(shifts) - 1) // 2, len(shifts) // 2]]
    estimate = float(middle[0] if middle[0] == middle[1] else middle.sum() / 2)
    place = _place_of_limit(len(group), len(reference), confidence)
    notes = [note] if note else []
    if place == 0:
        limits = (nan, nan)
        notes.append(f"too few patients for an interval of {100 * confidence:g} %")
    else:
        limits = (float(shifts[place - 1]), float(shifts[-place]))
    notes += [
        f"{name} {_UNSEEN}"
        for name, value in zip(
            ("the estimate", "the lower limit", "the upper limit"),
            (estimate, *limits),
            strict=True,
        )
        if isinf(value)
    ]
    low, high = (nan if isinf(value) else value for value in limits)
    shift = nan if isinf(estimate) else estimate
    return Estimate(shift, low, high, p_value, "; ".join(notes) or None)


def estimate_auc(
    group: np.ndarray, reference: np.ndarray, *, confidence: float
) -> Estimate:
    """Return the area under the ROC curve: how often a member of the group is higher.

    Ties count one half. The interval is DeLong's (Biometrics 1988;44:837), cut off at
    0 and 1, as R's pROC has it. ``p_value`` is that of `compute_rank_sum_p`, which
    is the permutation test of the area. Without any overlap of the groups, or with a
    group of one, DeLong's variance is none and the interval is missing.
    """
    p_value, note = compute_rank_sum_p(group, reference)
    if not len(group) or not len(reference):
        return Estimate(note=note)
    higher = np.sign(_differences(group, reference)) / 2 + 0.5
    area = float(higher.mean())
    if min(higher.shape) < 2:
        return Estimate(area, nan, nan, p_value, "no interval: a group of one patient")
    variance = sum(
        higher.mean(axis=axis).var(ddof=1) / higher.shape[1 - axis] for axis in (0, 1)
    )
    if variance == 0:
        return Estimate(area, nan, nan, p_value, "no interval: the areas do not vary")
    width = stats.norm.ppf(0.5 + confidence / 2) * float(variance) ** 0.5
    return Estimate(
        area, max(0.0, area - width), min(1.0, area + width), p_value, note or None
    )


def _differences(group: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return all differences; of two values below detection it is none."""
    both = np.isneginf(group)[:, None] & np.isneginf(reference)[None, :]
    first = np.where(both, 0.0, group[:, None])
    return np.asarray(first - np.where(both, 0.0, reference[None, :]))


@cache
def _count_sums(values: tuple[int, ...], size: int) -> np.ndarray:
    """Return how many subsets of this size have each sum, from 0 on."""
    counts = np.zeros((size + 1, sum(values) + 1))
    counts[0, 0] = 1
    for value in values:
        counts[1:, value:] += counts[:-1, : counts.shape[1] - value]
    return np.asarray(counts[size])


@cache
def _place_of_limit(n: int, n_reference: int, confidence: float) -> int:
    """Return which of the ordered differences is the lower limit; 0 if none is."""
    if n + n_reference > MOST_EXACT:
        spread = (n * n_reference * (n + n_reference + 1) / 12) ** 0.5
        z = stats.norm.ppf(0.5 + confidence / 2)
        return max(0, round(float(n * n_reference / 2 - z * spread)))
    counts = _count_sums(tuple(range(1, n + n_reference + 1)), n)
    lowest = n * (n + 1) // 2
    share = counts[lowest:].cumsum() / counts.sum()
    return int((share >= (1 - confidence) / 2 * (1 - 1e-12)).argmax())


def as_log2(values: np.ndarray, *, is_below: np.ndarray) -> np.ndarray:
    """Return logarithms to base 2; below detection is minus infinity.

    A value that is missing, or not above 0 though detected, is NaN.
    """
    logs = np.full(len(values), nan)
    seen = ~is_below & (values > 0)
    logs[seen] = np.log2(values[seen])
    logs[is_below] = -inf
    return logs
