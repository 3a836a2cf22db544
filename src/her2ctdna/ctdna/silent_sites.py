"""What a sample could have seen where a site is known by depth alone.

A caller that reports nothing at a site has seen fewer molecules of the variant than
it reports (`caller_limit`), not none. So such a site adds nothing to what is seen, and
to the limits only what the caller would have reported at that site alone.
"""

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import betaincc, pdtr

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CallerLimit

Numbers = NDArray[np.float64]

_MISSED = 0.05


def reported_from(depth: pd.Series, *, caller_limit: "CallerLimit") -> pd.Series:
    """Return from how many molecules on a caller reports a variant, by depth."""
    by_fraction = (caller_limit["vaf"] * depth).map(lambda count: ceil(round(count, 9)))
    return by_fraction.clip(lower=caller_limit["alt_count"])


def compute_silent_lod95(
    counted: float, critical: float, silent: Numbers, reported: Numbers
) -> float:
    """Return the VAF at which a sample is called with 95 % probability.

    It is missed where the counted sites together show fewer than ``critical``
    molecules (Poisson) and each silent site fewer than ``reported``, or than
    ``critical`` if that is more; both together might still have sufficed, so the limit
    errs on the safe side. Without silent sites it is that of `compute_lod95`. At most
    1; NaN without any molecule.

    Parameters
    ----------
    counted
        Molecules at the sites whose variant molecules were counted.
    silent, reported
        Molecules at each site known by depth alone, and from how many on the caller
        would have reported.
    """
    needed = np.maximum(reported, critical)

    def missed(vaf: float) -> float:
        unseen = pdtr(critical - 1, vaf * counted) if counted > 0 else 1.0
        return float(unseen * np.prod(pdtr(needed - 1, vaf * silent)))

    return _solve(missed, counted + float(silent.sum()))


def compute_silent_upper95(
    alt_count: float, counted: float, silent: Numbers, reported: Numbers
) -> float:
    """Return the one-sided 95 % upper bound of a VAF.

    The VAF at which no more than ``alt_count`` of the counted molecules and fewer than
    ``reported`` at each silent site have a probability of 5 % (binomial). Without
    silent sites it is Clopper and Pearson's.
    """

    def as_seen(vaf: float) -> float:
        below = _at_most(alt_count, counted, vaf)
        return float(below * np.prod(_at_most(reported - 1, silent, vaf)))

    return _solve(as_seen, counted + float(silent.sum()))


def _at_most(count: ArrayLike, n: ArrayLike, vaf: float) -> Numbers:
    """Return P(Binomial(n, vaf) <= count) for whole and broken numbers."""
    left = np.maximum(np.asarray(n, dtype=float) - np.asarray(count), 0)
    tail = betaincc(np.asarray(count) + 1, np.maximum(left, 1e-9), vaf)
    return np.where(left > 0, tail, 1.0)


def _solve(chance: Callable[[float], float], molecules: float) -> float:
    """Return where a chance that falls with the VAF is 5 %, 1 if it never is."""
    if not molecules > 0:
        return np.nan
    if chance(1.0) > _MISSED:
        return 1.0
    return float(brentq(lambda vaf: chance(vaf) - _MISSED, 0, 1, xtol=1e-15))


def limit_silent_samples(
    table: pd.DataFrame,
    loci: pd.DataFrame,
    critical: Numbers,
    *,
    caller_limit: "CallerLimit",
) -> pd.DataFrame:
    """Return the sample table with the limits of samples that have silent sites.

    Parameters
    ----------
    table
        One row per sample with ``lod95`` and ``upper95``.
    loci
        Informative loci with ``sample_id``, ``alt_count``, ``depth``, ``molecules``
        and ``is_silent``.
    critical
        The smallest pooled count that is called, for each row of ``table``.
    """
    table = table.copy()
    affected = set(loci.loc[loci["is_silent"], "sample_id"])
    by_sample = dict(list(loci.groupby("sample_id")))
    for place, sample in enumerate(table["sample_id"]):
        if sample not in affected:
            continue
        own = by_sample[sample]
        silent, counted = own[own["is_silent"]], own[~own["is_silent"]]
        reported = reported_from(silent["depth"], caller_limit=caller_limit)
        at_silent = (silent["molecules"].to_numpy(), reported.to_numpy(dtype=float))
        n, depth = counted["molecules"].sum(), counted["depth"].sum()
        seen = counted["alt_count"].sum() * (n / depth if depth > 0 else 0.0)
        row = table.index[place]
        lod = compute_silent_lod95(n, critical[place], *at_silent)
        table.loc[row, "lod95"] = lod
        table.loc[row, "upper95"] = compute_silent_upper95(seen, n, *at_silent)
    return table
