"""What each draw measured at each locus, and what its loci give together.

Loci without a count or with less depth than ``min_depth`` are not measured and never
count as zero. A locus known by depth alone, where the caller reported nothing, adds
depth and no molecules.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from her2ctdna.ctdna.background import rates_in_use
from her2ctdna.ctdna.draws import compute_genomes
from her2ctdna.ctdna.error_rates import classify_changes
from her2ctdna.ctdna.pooled_test import flag_outliers, weigh_loci
from her2ctdna.ctdna.variant_roles import (
    KEYS,
    has_failing_filter,
    passes_filter,
)

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CtdnaSettings

SOURCES = ("calls", "other_records", "alignments", "depth_track")
"""Where the counts of a locus are from."""


def derive_loci(
    variants: pd.DataFrame,
    roles: pd.DataFrame,
    draws: pd.DataFrame,
    *,
    ctdna: "CtdnaSettings",
) -> pd.DataFrame:
    """Derive the tracked loci that a draw measured with sufficient depth.

    Each has its ``error_rate``, its ``weight`` (the VAF where it was chosen), its
    ``molecules`` (no more than the haploid genomes of the draw's ``cfdna_ng``) and
    whether it ``is_outlying``: standing out in a draw not detected without it.
    """
    tracked = roles.loc[roles["role"] == "tracked", KEYS]
    rows = measure_loci(variants.merge(tracked, on=KEYS), ctdna=ctdna)
    loci = rows[rows["is_informative"]].drop(columns="is_informative")
    rates = rates_in_use(variants, roles, draws, ctdna=ctdna)
    loci = loci.assign(
        error_rate=classify_changes(loci).map(rates).astype(float),
        weight=weigh_loci(loci, variants, draws, ctdna=ctdna),
    )
    outlying = flag_outliers(loci[~loci["is_silent"]], alpha=ctdna["alpha"])
    genomes = compute_genomes(draws.set_index("sample_id")["cfdna_ng"])
    return loci.assign(
        is_outlying=outlying.reindex(loci.index, fill_value=False),
        molecules=np.fmin(loci["depth"], loci["sample_id"].map(genomes)),
    )


def measure_loci(rows: pd.DataFrame, *, ctdna: "CtdnaSettings") -> pd.DataFrame:
    """Tell which loci of samples were measured with sufficient depth.

    ``is_silent`` is one where nothing was called and a depth track tells how deep it
    was read: its ``alt_count`` becomes 0. ``is_informative`` asks for a count, the
    depth of ``min_depth`` and no word of ``filter_fail``.
    """
    silent = (rows["source"] == "depth_track") & rows["alt_count"].isna()
    rows = rows.assign(is_silent=silent, alt_count=rows["alt_count"].mask(silent, 0))
    measured = rows["alt_count"].notna() & (rows["depth"] >= ctdna["min_depth"])
    failing = has_failing_filter(rows, filter_fail=ctdna["filter_fail"])
    return rows.assign(is_informative=measured & ~failing)


def is_uncounted(rows: pd.DataFrame) -> pd.Series:
    """Tell which records hold a variant, by their caller, but not how many molecules.

    A fraction of 0 by the caller says that nothing is there.
    """
    uncounted = rows["alt_count"].isna() | rows["depth"].isna()
    return uncounted & (rows["source"] == "calls") & ~rows["caller_vaf"].eq(0)


def count_unsettled(variants: pd.DataFrame, roles: pd.DataFrame) -> pd.Series:
    """Return how many tracked loci of each sample were called and not counted.

    Over these nothing is shown to be absent; samples without any are left out.
    """
    tracked = roles.loc[roles["role"] == "tracked", KEYS]
    rows = variants.merge(tracked, on=KEYS)
    return rows[is_uncounted(rows)].groupby("sample_id").size()


def pool_loci(loci: pd.DataFrame) -> pd.DataFrame:
    """Return counts, depth and VAFs of each sample over its informative loci."""
    loci = loci.assign(
        vaf=loci["alt_count"] / loci["depth"],
        seen=loci["alt_count"] > 0,
        expected=loci["depth"] * loci["error_rate"],
        **{f"n_from_{source}": loci["source"] == source for source in SOURCES},
    )
    pooled = loci.groupby("sample_id").agg(
        n_informative=("vaf", "size"),
        n_detected=("seen", "sum"),
        **{name: (name, "sum") for name in (f"n_from_{s}" for s in SOURCES)},
        alt_count=("alt_count", "sum"),
        depth=("depth", "sum"),
        molecules=("molecules", "sum"),
        expected=("expected", "sum"),
        mean_vaf=("vaf", "mean"),
        max_vaf=("vaf", "max"),
    )
    pooled["pooled_vaf"] = pooled["alt_count"] / pooled["depth"]
    return pooled.astype(float).reset_index()


def find_silent_samples(variants: pd.DataFrame, *, ctdna: "CtdnaSettings") -> set[str]:
    """Return the samples that could show that nothing is there.

    Their counted records have a median depth of ``min_depth``, and no call that passes
    its filter is without a count.
    """
    counted = variants[variants["alt_count"].notna()]
    median = counted.groupby("sample_id")["depth"].median()
    uncounted = variants[is_uncounted(variants) & passes_filter(variants, ctdna=ctdna)]
    deep = set(median.index[median >= ctdna["min_depth"]])
    return deep - set(uncounted["sample_id"])
