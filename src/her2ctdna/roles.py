"""What each variant of a patient is: tracked, germline, clonal haematopoiesis.

A role belongs to a variant of a patient, from the baseline draw (or the tissue) and
the matched leukocytes; it is the same in all of the patient's samples, but for
variants that are not tracked: those are ``emergent`` in plasma samples where they pass
the thresholds and ``filtered`` elsewhere.
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import pdtrc

VARIANT = ["patient_id", "chrom", "pos", "ref", "alt"]
KEYS = ["sample_id", *VARIANT]

Ctdna = dict[str, Any]
"""The ``definitions.ctdna`` part of the config."""


def derive_roles(
    variants: pd.DataFrame, draws: pd.DataFrame, *, ctdna: Ctdna
) -> pd.DataFrame:
    """Give each variant of each sample its role and the reason for it.

    Parameters
    ----------
    variants
        One row per sample and variant (``results/ctdna/variants.parquet``).
    draws
        One row per sample with ``sample_id``, ``material``, ``is_baseline``.

    Returns
    -------
    The keys with ``role`` and ``reason``, rows as in ``variants``, without those of
    samples that are no draw (set aside by a data cutoff). Germline comes
    first: VAF in leukocytes at ``germline.min_vaf`` or more, a population frequency
    above ``germline.max_population_af``, or, where leukocytes are not measured, a VAF
    at ``germline.min_vaf`` or more in every plasma sample that measured it. Then
    clonal haematopoiesis: more leukocyte molecules than the error rate explains and a
    baseline VAF below ``leukocyte_fold`` times that of leukocytes; where leukocytes
    are not measured, a gene of ``ch_genes``, as ``possible`` (``ch_policy: tag``
    keeps it tracked). A variant is emergent in a later plasma sample where it passes
    the thresholds, if it did not at a baseline of sufficient median depth.
    """
    known = variants.merge(
        draws[["sample_id", "material", "is_baseline"]], on="sample_id"
    )
    known = known.assign(passes=passes_thresholds(known, ctdna=ctdna))
    summary = _summarise(known, ctdna)
    rows = known.merge(_patient_roles(summary, ctdna), on=VARIANT, how="left")
    is_open = rows["role"].isna()
    passes = is_open & rows["passes"]
    can_tell = passes & rows["patient_id"].isin(_patients_with_baseline(known, ctdna))
    in_plasma = can_tell & (rows["material"] == "plasma")
    emerges = in_plasma & ~rows["passes_baseline"].eq(True)
    untracked = f"passes here, not {_source(ctdna['track'])}"
    columns = ["role", "reason"]
    rows.loc[is_open, columns] = "filtered", "below the thresholds"
    rows.loc[passes, columns] = "filtered", "passes here, no baseline to compare with"
    rows.loc[can_tell, columns] = "filtered", "passes here, but not in plasma"
    rows.loc[in_plasma, columns] = "filtered", untracked
    rows.loc[emerges, columns] = "emergent", untracked
    return rows[[*KEYS, "role", "reason"]]


def passes_thresholds(variants: pd.DataFrame, *, ctdna: Ctdna) -> pd.Series:
    """Tell which rows reach the count, depth, VAF and filter that tracking needs."""
    enough = (
        (variants["alt_count"] >= ctdna["min_alt_count"])
        & (variants["depth"] >= ctdna["min_depth"])
        & (variants["vaf"] >= ctdna["min_vaf"])
    )
    if ctdna["pass_only"]:
        enough &= variants["filter"].isna() | variants["filter"].isin(["PASS", "."])
    return enough & ~has_failing_filter(variants, filter_fail=ctdna["filter_fail"])


def has_failing_filter(variants: pd.DataFrame, *, filter_fail: list[str]) -> pd.Series:
    """Tell which rows carry a FILTER word that removes them even at a tracked site."""
    failing = set(filter_fail)
    words = variants["filter"].fillna("").str.split(";")
    return words.map(lambda found: not failing.isdisjoint(found)).astype(bool)


def _summarise(known: pd.DataFrame, ctdna: Ctdna) -> pd.DataFrame:
    """Return one row per variant of a patient with what its role depends on."""
    plasma = known[known["material"] == "plasma"]
    leukocyte = known[known["material"] == "leukocyte"]
    tissue = known[known["material"] == "tissue"]
    baseline = plasma[plasma["is_baseline"]]
    summary = known.groupby(VARIANT, sort=False)[["population_af", "gene"]].first()
    summary["passes_baseline"] = baseline.groupby(VARIANT)["passes"].any()
    summary["tissue_passes"] = _tissue_passes(tissue, ctdna)
    summary["plasma_vaf"] = baseline.groupby(VARIANT)["vaf"].max()
    highest = plasma.groupby(VARIANT)["vaf"].max()
    summary["plasma_vaf"] = summary["plasma_vaf"].fillna(highest)
    summary["lowest_vaf"] = plasma.groupby(VARIANT)["vaf"].min()
    measured = leukocyte.dropna(subset=["alt_count", "depth"])
    counts = measured.groupby(VARIANT)[["alt_count", "depth"]].sum()
    summary[["leukocyte_alt", "leukocyte_depth"]] = counts
    return summary.reset_index()


def _patients_with_baseline(known: pd.DataFrame, ctdna: Ctdna) -> set[str]:
    """Return the patients whose baseline records have a median depth of min_depth."""
    baseline = known[known["is_baseline"].eq(True)]
    median = baseline.groupby("patient_id")["depth"].median()
    return set(median.index[median >= ctdna["min_depth"]])


def _tissue_passes(tissue: pd.DataFrame, ctdna: Ctdna) -> pd.Series:
    """Tell which tissue variants may be tracked; depth of plasma is not asked of it."""
    shallow = ctdna | {"min_depth": 1}
    passing = passes_thresholds(tissue, ctdna=shallow)
    return passing.groupby([tissue[key] for key in VARIANT]).any()


def _patient_roles(summary: pd.DataFrame, ctdna: Ctdna) -> pd.DataFrame:
    """Return role and reason of each variant of a patient; none if it is not chosen."""
    germline = ctdna["germline"]
    depth = summary["leukocyte_depth"]
    has_leukocytes = depth > 0
    leukocyte_vaf = summary["leukocyte_alt"] / depth
    chance = pdtrc(summary["leukocyte_alt"] - 1, depth * ctdna["error_rate"])
    in_leukocytes = (
        has_leukocytes & (summary["leukocyte_alt"] > 0) & (chance < ctdna["alpha"])
    )
    shared = summary["plasma_vaf"] < ctdna["leukocyte_fold"] * leukocyte_vaf
    stable = summary["lowest_vaf"] >= germline["min_vaf"]
    listed = ~has_leukocytes & summary["gene"].isin(ctdna["ch_genes"])
    chosen = _chosen(summary, ctdna["track"])
    fold = f"{ctdna['leukocyte_fold']:g}"
    rules = [
        (
            has_leukocytes & (leukocyte_vaf >= germline["min_vaf"]),
            "germline",
            "VAF in leukocytes",
        ),
        (
            summary["population_af"] > germline["max_population_af"],
            "germline",
            "population frequency",
        ),
        (
            ~has_leukocytes & stable,
            "germline",
            "high VAF in every plasma sample, leukocytes not measured",
        ),
        (
            in_leukocytes & shared,
            "clonal_haematopoiesis",
            f"in leukocytes, plasma VAF below {fold} times theirs",
        ),
        (
            listed & (ctdna["ch_policy"] == "exclude"),
            "clonal_haematopoiesis",
            "possible: listed gene, leukocytes not measured",
        ),
        (
            chosen & listed,
            "tracked",
            "possible clonal haematopoiesis (listed gene), kept by ch_policy",
        ),
        (chosen, "tracked", f"passes {_source(ctdna['track'])}"),
    ]
    conditions = [np.asarray(rule[0].fillna(False), dtype=bool) for rule in rules]
    return summary[[*VARIANT, "passes_baseline"]].assign(
        role=_first(conditions, [rule[1] for rule in rules]),
        reason=_first(conditions, [rule[2] for rule in rules]),
    )


def _first(conditions: list[Any], words: list[str]) -> Any:
    """Return the word of the first condition that holds in each row, else None."""
    found = np.select(conditions, words, default="").astype(object)
    found[found == ""] = None
    return found


def _chosen(summary: pd.DataFrame, track: str) -> pd.Series:
    at_baseline = summary["passes_baseline"].eq(True)
    in_tissue = summary["tissue_passes"].eq(True)
    if track == "union":
        return at_baseline | in_tissue
    return at_baseline if track == "baseline" else in_tissue


def _source(track: str) -> str:
    where = {"baseline": "at baseline", "tissue": "in tissue"}
    return where.get(track, "at baseline or in tissue")
