"""What two groups of a given size could show: power of Fisher's exact test."""

from functools import cache
from math import nan

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

POWER = 0.8
"""How often a study should find a difference for it to count as detectable."""

DETECTABLE_COLUMNS = [
    *["endpoint", "population", "origin", "group_by", "group", "reference"],
    *["n", "n_reference", "rate_reference", "alpha", "power"],
    *["detectable_low", "detectable_high", "difference_low", "difference_high", "note"],
]
_KEYS = DETECTABLE_COLUMNS[:8]


def list_detectable(contrasts: pd.DataFrame, *, alpha: float) -> pd.DataFrame:
    """Return for each comparison of two rates the nearest rates it would have found.

    The true rate of the reference is taken to be the observed one;
    ``detectable_low`` and ``detectable_high`` are the rates of the group, below and
    above it, that Fisher's test finds at ``alpha`` in 80 of 100 such studies, missing
    where no rate is found so often. No adjustment for the number of tests. Subgroups,
    which are not tested by themselves, have no row.
    """
    is_asked = (contrasts["measure"] == "risk_difference") & contrasts[
        "subgroup"
    ].isna()
    rows = contrasts[is_asked]
    rows = rows.drop_duplicates(_KEYS)
    found = [
        _detect(row.events_reference, row.n, row.n_reference, alpha)
        for row in rows.itertuples()
    ]
    extra = pd.DataFrame(found, columns=DETECTABLE_COLUMNS[8:], index=rows.index)
    table = pd.concat([rows[_KEYS], extra], axis=1)
    return table[DETECTABLE_COLUMNS].reset_index(drop=True)


def compute_fisher_power(
    rate: float, rate_reference: float, *, n: int, n_reference: int, alpha: float
) -> float:
    """Return how often Fisher's two-sided test finds these two true rates to differ.

    The sum over all tables with p at most ``alpha``: exact, no approximation.
    """
    chances = [
        stats.binom.pmf(np.arange(size + 1), size, share)
        for size, share in ((n, rate), (n_reference, rate_reference))
    ]
    is_found = find_fisher_p(n, n_reference) <= alpha * (1 + 1e-12)
    return float(chances[0] @ is_found @ chances[1])


def find_detectable_rate(
    rate_reference: float, *, n: int, n_reference: int, alpha: float, above: bool
) -> float:
    """Return the rate nearest to the reference's that is found 80 times in 100."""

    def missing_power(rate: float) -> float:
        power = compute_fisher_power(
            rate, rate_reference, n=n, n_reference=n_reference, alpha=alpha
        )
        return power - POWER

    end = 1.0 if above else 0.0
    if rate_reference == end or missing_power(end) < 0:
        return nan
    return float(brentq(missing_power, rate_reference, end, xtol=1e-9))


def _detect(
    events_reference: float, n: float, n_reference: float, alpha: float
) -> dict[str, object]:
    given: dict[str, object] = {"alpha": alpha, "power": POWER}
    if not n or not n_reference:
        return given | {"note": "a group without patients"}
    rate = events_reference / n_reference
    low, high = (
        find_detectable_rate(
            rate, n=int(n), n_reference=int(n_reference), alpha=alpha, above=above
        )
        for above in (False, True)
    )
    return given | {
        "rate_reference": rate,
        "detectable_low": low,
        "detectable_high": high,
        "difference_low": low - rate,
        "difference_high": high - rate,
        "note": "no rate would be found so often"
        if low != low and high != high
        else None,
    }


@cache
def find_fisher_p(n: int, n_reference: int) -> np.ndarray:
    """Return Fisher's two-sided p of every table with these group sizes."""
    p_values = np.ones((n + 1, n_reference + 1))
    for total in range(n + n_reference + 1):
        events = np.arange(max(0, total - n_reference), min(n, total) + 1)
        chance = stats.hypergeom.pmf(events, n + n_reference, total, n)
        order = np.argsort(chance, kind="stable")
        reached = np.searchsorted(chance[order], chance * (1 + 1e-7), side="right")
        p_values[events, total - events] = chance[order].cumsum()[reached - 1]
    return p_values
