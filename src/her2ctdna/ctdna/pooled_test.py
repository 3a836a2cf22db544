"""The tests of a sample over its loci: who drives it, who stands out, likelihood ratio.

Both tests ask whether error alone explains the variant molecules of all loci. The
count test (Poisson) takes every molecule alike. The likelihood-ratio test, as in
INVAR, expects more molecules at loci with a high weight, the VAF that the locus had
where it was chosen: at multiple m of the weights the rate of locus i is
e_i + m w_i (1 - 2 e_i), which is INVAR's AF(1-e)p + (1-AF)e p + e(1-p).
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import chdtrc, gammaincinv, pdtrc, xlog1py, xlogy

from her2ctdna.ctdna.variant_roles import VARIANT

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CtdnaSettings

Numbers = NDArray[np.float64]


def compute_background_p(alt_count: ArrayLike, expected: ArrayLike) -> Numbers:
    """Return P(at least this many variant molecules) from error alone (Poisson)."""
    counts = np.asarray(alt_count, dtype=float)
    tail = pdtrc(np.maximum(counts - 1, 0), np.asarray(expected, dtype=float))
    return np.where(counts >= 1, tail, np.where(np.isnan(counts), np.nan, 1.0))


def fit_multiple(
    alt_count: Numbers, depth: Numbers, error_rate: Numbers, weight: Numbers
) -> tuple[float, float]:
    """Return the most likely multiple of the weights, and 2 log LR against none.

    The log-likelihood (binomial at each locus) is concave, so its slope has one root.
    The multiple lies between 0 and the one at which the locus of the highest weight
    would hold nothing but variant molecules.
    """
    slope = weight * (1 - 2 * error_rate)
    highest = (1 - error_rate.max()) / slope.max()

    def rate(multiple: float) -> Numbers:
        return np.minimum(error_rate + multiple * slope, 1.0)

    def score(multiple: float) -> float:
        q = rate(multiple)
        return float(np.sum(slope * (alt_count / q - (depth - alt_count) / (1 - q))))

    def log_likelihood(multiple: float) -> float:
        q = rate(multiple)
        return float(np.sum(xlogy(alt_count, q) + xlog1py(depth - alt_count, -q)))

    ceiling = highest * (1 - 1e-9)
    if score(0.0) <= 0:
        return 0.0, 0.0
    found = ceiling if score(ceiling) >= 0 else brentq(score, 0.0, ceiling, xtol=1e-15)
    return float(found), max(2 * (log_likelihood(found) - log_likelihood(0.0)), 0.0)


def compute_mixture_p(statistic: ArrayLike) -> Numbers:
    """Return the p of 2 log LR: half of it at 0, half chi-squared with 1 df."""
    values = np.asarray(statistic, dtype=float)
    return np.where(values > 0, 0.5 * chdtrc(1, np.maximum(values, 0)), 1.0)


def weigh_loci(
    loci: pd.DataFrame,
    variants: pd.DataFrame,
    draws: pd.DataFrame,
    *,
    ctdna: "CtdnaSettings",
) -> pd.Series:
    """Return the weight of each row's locus: its VAF where it was chosen.

    That is the tissue for ``track: tissue``, else plasma at baseline. A locus without
    a VAF above 0 there has the mean of the patient's others; if none has one, 1.
    """
    source = draws["material"] == "tissue"
    if ctdna["track"] != "tissue":
        source = draws["is_baseline"].astype(bool)
    chosen = variants[variants["sample_id"].isin(draws.loc[source, "sample_id"])]
    vafs = chosen.groupby(VARIANT)["vaf"].max()
    vafs = vafs[vafs > 0].rename("weight").reset_index()
    known = loci[VARIANT].drop_duplicates().merge(vafs, on=VARIANT)
    weight = loci[VARIANT].merge(known, on=VARIANT, how="left")["weight"]
    weight.index = loci.index
    mean = known.groupby("patient_id")["weight"].mean()
    return weight.fillna(loci["patient_id"].map(mean)).fillna(1.0)


def fit_samples(loci: pd.DataFrame) -> pd.DataFrame:
    """Return the likelihood-ratio test of each sample: multiple, statistic and p."""
    rows = [
        (sample_id, *fit_multiple(*_arrays(own)))
        for sample_id, own in loci.groupby("sample_id")
    ]
    table = pd.DataFrame(rows, columns=["sample_id", "lr_multiple", "lr_statistic"])
    return table.astype({"lr_multiple": float, "lr_statistic": float}).assign(
        lr_p_value=lambda fits: compute_mixture_p(fits["lr_statistic"])
    )


def flag_outliers(loci: pd.DataFrame, *, alpha: float) -> pd.Series:
    """Tell which loci stand out in a sample that is not detected without them.

    A locus stands out if its molecules are improbable (Poisson, below ``alpha`` over
    the number of loci) even at the upper 95 % bound of the multiple of the weights
    that the other loci show. Where these alone are detected nothing is flagged.
    """
    x, n = loci["alt_count"], loci["depth"]
    own = n * loci["weight"]
    others_count, others_size = _others(loci, x), _others(loci, own)
    bound = gammaincinv(others_count + 1, 0.95) / others_size.where(others_size > 0)
    expected = n * loci["error_rate"] + bound * own
    n_loci = loci.groupby("sample_id")["weight"].transform("size")
    stands_out = (x > 0) & (pdtrc(x - 1, expected) < alpha / n_loci)
    kept = loci[~stands_out]
    counts = kept["alt_count"].groupby(kept["sample_id"]).sum()
    by_error = (kept["depth"] * kept["error_rate"]).groupby(kept["sample_id"]).sum()
    p_value = compute_background_p(counts, by_error)
    detected = counts.index[p_value < alpha]
    return stands_out & ~loci["sample_id"].isin(detected)


def flag_driving(loci: pd.DataFrame, *, ctdna: "CtdnaSettings") -> pd.Series:
    """Tell which loci with a molecule leave their sample undetected when removed."""
    if ctdna["test"] == "poisson":
        by_error = loci["depth"] * loci["error_rate"]
        rest = compute_background_p(
            _others(loci, loci["alt_count"]), _others(loci, by_error)
        )
    else:
        rest = _p_without(loci)
    return (loci["alt_count"] > 0) & (rest >= ctdna["alpha"])


def name_loci(loci: pd.DataFrame) -> pd.Series:
    """Return the loci of each sample as chrom-pos-ref-alt, joined by ``;``."""
    parts = [loci[column].astype(str) for column in VARIANT[1:]]
    names = parts[0].str.cat(parts[1:], sep="-")
    order = loci.sort_values(VARIANT[1:], kind="stable").index
    return names.loc[order].groupby(loci["sample_id"].loc[order]).agg(";".join)


def _others(loci: pd.DataFrame, values: pd.Series) -> pd.Series:
    """Return for each locus the sum over the other loci of its sample."""
    return values.groupby(loci["sample_id"]).transform("sum") - values


def _p_without(loci: pd.DataFrame) -> Numbers:
    """Return the p of the likelihood-ratio test of the other loci of each sample."""
    rest = pd.Series(1.0, index=loci.index)
    for _, own in loci.groupby("sample_id"):
        arrays = _arrays(own)
        for row in np.flatnonzero(arrays[0]) if len(own) > 1 else []:
            others = (np.delete(array, row) for array in arrays)
            _, statistic = fit_multiple(*others)
            rest[own.index[row]] = float(compute_mixture_p(statistic))
    values: Numbers = rest.to_numpy()
    return values


def _arrays(loci: pd.DataFrame) -> list[Numbers]:
    columns = ["alt_count", "depth", "error_rate", "weight"]
    return [loci[column].to_numpy(dtype=float) for column in columns]
