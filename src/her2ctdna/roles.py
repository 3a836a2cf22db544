"""What each variant of a patient is: tracked, germline, clonal haematopoiesis.

A role belongs to a variant of a patient, from the baseline draw (or the tissue) and
the matched leukocytes; it is the same in all of the patient's samples, but for
variants that are not tracked: those are ``emergent`` in plasma samples where they pass
the thresholds and ``filtered`` elsewhere.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import pdtrc

VARIANT = ["patient_id", "chrom", "pos", "ref", "alt"]
KEYS = ["sample_id", *VARIANT]

Ctdna = dict[str, Any]
"""The ``definitions.ctdna`` part of the config."""


class Rule(NamedTuple):
    """A role, its reason, and the variants of a patient that it holds for."""

    holds: pd.Series
    role: str
    reason: str


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
    uncalled = is_open & rows["caller"].isna()
    rows.loc[uncalled, columns] = "filtered", "counted or covered, not called"
    rows.loc[passes, columns] = "filtered", "passes here, no baseline to compare with"
    rows.loc[can_tell, columns] = "filtered", "passes here, but not in plasma"
    rows.loc[in_plasma, columns] = "filtered", untracked
    rows.loc[emerges, columns] = "emergent", untracked
    return rows[[*KEYS, "role", "reason"]]


def passes_thresholds(variants: pd.DataFrame, *, ctdna: Ctdna) -> pd.Series:
    """Tell which rows reach the count, depth, VAF and filter that tracking needs.

    Nothing that was counted without being called (no ``caller``) does.
    """
    enough = (
        variants["caller"].notna()
        & (variants["alt_count"] >= ctdna["min_alt_count"])
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
    summary["has_leukocytes"] = summary["leukocyte_depth"] > 0
    depth = summary["leukocyte_depth"].where(summary["has_leukocytes"])
    summary["leukocyte_vaf"] = summary["leukocyte_alt"] / depth
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
    rules = [
        *_germline_rules(summary, ctdna),
        *_haematopoiesis_rules(summary, ctdna),
        *_tracking_rules(summary, ctdna),
    ]
    conditions = [np.asarray(rule.holds.fillna(False), dtype=bool) for rule in rules]
    return summary[[*VARIANT, "passes_baseline"]].assign(
        role=_first(conditions, [rule.role for rule in rules]),
        reason=_first(conditions, [rule.reason for rule in rules]),
    )


def _germline_rules(summary: pd.DataFrame, ctdna: Ctdna) -> list[Rule]:
    germline = ctdna["germline"]
    high = summary["leukocyte_vaf"] >= germline["min_vaf"]
    frequent = summary["population_af"] > germline["max_population_af"]
    stable = ~summary["has_leukocytes"] & (summary["lowest_vaf"] >= germline["min_vaf"])
    unmeasured = "high VAF in every plasma sample, leukocytes not measured"
    return [
        Rule(high, "germline", "VAF in leukocytes"),
        Rule(frequent, "germline", "population frequency"),
        Rule(stable, "germline", unmeasured),
    ]


def _haematopoiesis_rules(summary: pd.DataFrame, ctdna: Ctdna) -> list[Rule]:
    fold, count = ctdna["leukocyte_fold"], summary["leukocyte_alt"]
    by_error = pdtrc(count - 1, summary["leukocyte_depth"] * ctdna["error_rate"])
    in_leukocytes = (count > 0) & (by_error < ctdna["alpha"])
    shared = summary["plasma_vaf"] < fold * summary["leukocyte_vaf"]
    excluded = _is_listed(summary, ctdna) & (ctdna["ch_policy"] == "exclude")
    low = f"in leukocytes, plasma VAF below {fold:g} times theirs"
    possible = "possible: listed gene, leukocytes not measured"
    return [
        Rule(in_leukocytes & shared, "clonal_haematopoiesis", low),
        Rule(excluded, "clonal_haematopoiesis", possible),
    ]


def _tracking_rules(summary: pd.DataFrame, ctdna: Ctdna) -> list[Rule]:
    chosen = _chosen(summary, ctdna["track"])
    kept = "possible clonal haematopoiesis (listed gene), kept by ch_policy"
    return [
        Rule(chosen & _is_listed(summary, ctdna), "tracked", kept),
        Rule(chosen, "tracked", f"passes {_source(ctdna['track'])}"),
    ]


def _is_listed(summary: pd.DataFrame, ctdna: Ctdna) -> pd.Series:
    return ~summary["has_leukocytes"] & summary["gene"].isin(ctdna["ch_genes"])


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
