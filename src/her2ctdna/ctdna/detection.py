"""Whether a plasma sample holds ctDNA, and what it could have seen.

A sample is tested as a whole: the variant molecules at its patient's tracked loci
against what the error rate alone explains (`her2ctdna.ctdna.loci` tells which loci
are measured). A locus known by depth alone, where the caller reported nothing, widens
the limits (`her2ctdna.ctdna.silent_sites`).
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from her2ctdna.ctdna.draws import compute_genomes_per_ml, derive_draws
from her2ctdna.ctdna.level_scales import DIRECTIONS, compare_directions
from her2ctdna.ctdna.loci import (
    SOURCES,
    count_unsettled,
    derive_loci,
    find_silent_samples,
    pool_loci,
)
from her2ctdna.ctdna.pooled_test import (
    compute_background_p,
    fit_samples,
    flag_driving,
    name_loci,
)
from her2ctdna.ctdna.sample_limits import (
    compute_critical_count,
    compute_lod95,
    compute_upper95,
)
from her2ctdna.ctdna.silent_sites import limit_silent_samples
from her2ctdna.ctdna.variant_roles import VARIANT

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CtdnaSettings

MEASURES = [
    "n_tracked",
    "n_informative",
    "n_detected",
    "alt_count",
    "depth",
    "mean_vaf",
    "max_vaf",
    "pooled_vaf",
    "mtm_per_ml",
    "level",
    "p_value",
    "lod95",
    "upper95",
    "lod95_level",
    "upper95_level",
    "n_unsettled",
    "n_from_calls",
    "n_from_other_records",
    "n_from_alignments",
    "n_from_depth_track",
    "lod95_above_error",
    "expected",
    "lr_multiple",
    "lr_statistic",
    "lr_p_value",
    "n_suppressed",
    "hge_per_ml",
]
LOCI = ["driving_loci", "outlying_loci"]
SAMPLE_COLUMNS = [
    "sample_id",
    "patient_id",
    "timepoint",
    "day",
    "state",
    *MEASURES,
    "is_baseline",
    *LOCI,
    *DIRECTIONS,
    "unit",
]


def derive_samples(
    variants: pd.DataFrame,
    roles: pd.DataFrame,
    draws: pd.DataFrame,
    *,
    ctdna: "CtdnaSettings",
) -> pd.DataFrame:
    """Derive the state and the measures of every plasma sample from its calls.

    Returns
    -------
    One row per plasma sample, by patient and day. ``state`` is failed_qc; else
    not_evaluable without an informative locus; else detected where the p of the
    chosen ``test`` is below ``alpha``; else not_evaluable with an unsettled locus, one
    that was called and cannot be counted, or undetected. A baseline sample in whose
    patient nothing is tracked is undetected if the median depth of its counted records
    reaches ``min_depth`` and each of its calls could be counted. ``n_detected`` counts
    informative loci with at least one variant molecule; ``n_from_calls``, ... tell by
    source how many of the informative they are; means are over informative loci, zeros
    included. ``level`` is the chosen
    metric; ``lod95_level`` and ``upper95_level`` are the limits on its scale. A locus
    has no more molecules to see than the haploid genomes of ``cfdna_ng``.
    ``lod95_above_error`` is what tumour must add to the background to be detected as
    often. ``driving_loci`` are those without which a detected sample is not;
    ``outlying_loci`` stand out in it, and are set aside with ``suppress_outliers``:
    they then count nowhere but in ``n_suppressed``. The likelihood ratio and what
    stands out rest on loci whose molecules were counted, not on depths alone.
    """
    plasma = draws[draws["material"] == "plasma"].copy()
    tracked = roles[roles["role"] == "tracked"]
    n_tracked = tracked.drop_duplicates(VARIANT).groupby("patient_id").size()
    loci = derive_loci(variants, roles, draws, ctdna=ctdna)
    outlying = loci[loci["is_outlying"]]
    counted = loci[~loci["is_outlying"]] if ctdna["suppress_outliers"] else loci
    table = plasma.merge(pool_loci(counted), on="sample_id", how="left")
    fits = fit_samples(counted[~counted["is_silent"]])
    table = table.merge(fits, on="sample_id", how="left")
    counts = ["n_informative", "n_detected", *(f"n_from_{name}" for name in SOURCES)]
    for column in counts:
        table[column] = table[column].fillna(0.0)
    table["n_tracked"] = table["patient_id"].map(n_tracked).fillna(0).astype(float)
    n_unsettled = count_unsettled(variants, roles)
    table["n_unsettled"] = table["sample_id"].map(n_unsettled).fillna(0).astype(float)
    table = _tested(table, counted, ctdna)
    table["state"] = _states(table, find_silent_samples(variants, ctdna=ctdna), ctdna)
    table = _with_named_loci(table, counted, outlying, ctdna)
    failed = table["state"] == "failed_qc"
    table.loc[failed, [m for m in MEASURES if m != "n_tracked"]] = np.nan
    return _sorted(compare_directions(table).assign(unit=None))


def derive_level_samples(
    levels: pd.DataFrame, *, baseline_window: list[int]
) -> pd.DataFrame:
    """Derive the same table from a commercial assay's results.

    States are the assay's own words; ``lod95`` is its limit where given. ``level``
    is its level, in its ``unit``; a VAF or molecules per millilitre stand in that
    column too.
    """
    draws = derive_draws(
        levels.assign(material="plasma"), baseline_window=baseline_window
    )
    table = draws.reindex(columns=SAMPLE_COLUMNS)
    table["level"] = draws["level"].astype(float)
    table["unit"] = draws["unit"]
    words = {"yes": "detected", "no": "undetected", "failed": "failed_qc"}
    table["state"] = draws["detected"].map(words)
    table["lod95"] = table["lod95_level"] = draws["lod"].astype(float)
    undetected = table["state"] == "undetected"
    table["upper95"] = table["upper95_level"] = table["lod95"].where(undetected)
    table["mean_vaf"] = table["level"].where(draws["unit"] == "vaf")
    table["mtm_per_ml"] = table["level"].where(draws["unit"] == "mtm_per_ml")
    failed = table["state"] == "failed_qc"
    table.loc[failed, MEASURES] = np.nan
    return _sorted(compare_directions(table))


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    """Return the sample table in its stated order: by patient, day and sample."""
    ordered = table.sort_values(["patient_id", "day", "sample_id"], kind="stable")
    ordered = ordered.reset_index(drop=True)[SAMPLE_COLUMNS]
    flags = np.where(ordered["is_baseline"].astype(bool), "yes", "no")
    ordered["is_baseline"] = flags.astype(object)
    words = ordered[[*LOCI, *DIRECTIONS, "unit"]].astype(object)
    words = words.where(words.notna(), None)
    return ordered.astype(dict.fromkeys(MEASURES, float)).assign(**words)


def _tested(
    table: pd.DataFrame, loci: pd.DataFrame, ctdna: "CtdnaSettings"
) -> pd.DataFrame:
    """Add the test, the limits and the level on the scale of the chosen metric."""
    expected = table["expected"]
    table["p_value"] = compute_background_p(table["alt_count"], expected)
    molecules = table["molecules"]
    table["lod95"] = compute_lod95(molecules, expected, alpha=ctdna["alpha"])
    table["lod95_above_error"] = table["lod95"] - expected / table["depth"]
    variant_molecules = table["alt_count"] * (molecules / table["depth"])
    table["upper95"] = compute_upper95(variant_molecules, molecules)
    table = limit_silent_samples(
        table,
        loci,
        compute_critical_count(expected, alpha=ctdna["alpha"]),
        caller_limit=ctdna["caller_limit"],
    )
    genomes = compute_genomes_per_ml(table["cfdna_ng"], table["plasma_ml"])
    table["hge_per_ml"] = genomes
    table["mtm_per_ml"] = table["mean_vaf"] * genomes
    metric = ctdna["metric"] if ctdna["metric"] != "level" else "mean_vaf"
    scale = genomes if metric == "mtm_per_ml" else 1.0
    return table.assign(
        level=table[metric],
        lod95_level=table["lod95"] * scale,
        upper95_level=table["upper95"] * scale,
    )


def _with_named_loci(
    table: pd.DataFrame,
    counted: pd.DataFrame,
    outlying: pd.DataFrame,
    ctdna: "CtdnaSettings",
) -> pd.DataFrame:
    """Add which loci drive a detected sample, and which stand out in any."""
    detected = table.loc[table["state"] == "detected", "sample_id"]
    seen = counted[counted["sample_id"].isin(detected) & ~counted["is_silent"]]
    drivers = name_loci(seen[flag_driving(seen, ctdna=ctdna)])
    evaluable = table["state"] != "failed_qc"
    n_outlying = table["sample_id"].map(outlying.groupby("sample_id").size()).fillna(0)
    return table.assign(
        driving_loci=table["sample_id"].map(drivers),
        outlying_loci=table["sample_id"].map(name_loci(outlying)).where(evaluable),
        n_suppressed=n_outlying * ctdna["suppress_outliers"],
    )


def _states(table: pd.DataFrame, silent: set[str], ctdna: "CtdnaSettings") -> pd.Series:
    state = pd.Series("not_evaluable", index=table.index, dtype=object)
    informative = table["n_informative"] > 0
    state[informative & (table["n_unsettled"] == 0)] = "undetected"
    p_value = "p_value" if ctdna["test"] == "poisson" else "lr_p_value"
    state[informative & (table[p_value] < ctdna["alpha"])] = "detected"
    if ctdna["track"] != "tissue":
        untracked = table["is_baseline"] & (table["n_tracked"] == 0)
        state[untracked & table["sample_id"].isin(silent)] = "undetected"
    state[table["qc"] == "fail"] = "failed_qc"
    return state
