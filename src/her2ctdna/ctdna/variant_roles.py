"""What each variant of a patient is: tracked, germline, clonal haematopoiesis.

A role belongs to a variant of a patient, from the baseline draw (or the tissue) and
the matched leukocytes; it is the same in all of the patient's samples, but for
variants that are not tracked: those are ``emergent`` in plasma samples where they pass
the thresholds and ``filtered`` elsewhere.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import betainc, pdtrc

from her2ctdna.ctdna.error_rates import classify_changes, configured_rates

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CtdnaSettings, Germline

VARIANT = ["patient_id", "chrom", "pos", "ref", "alt"]
KEYS = ["sample_id", *VARIANT]

"""The ``definitions.ctdna`` part of the config."""


class Rule(NamedTuple):
    """A role, its reason, and the variants of a patient that it holds for."""

    holds: pd.Series
    role: str
    reason: str


def derive_roles(
    variants: pd.DataFrame, draws: pd.DataFrame, *, ctdna: "CtdnaSettings"
) -> pd.DataFrame:
    """Give each variant of each sample its role and the reason for it.

    Parameters
    ----------
    variants
        One row per sample and variant (``results/ctdna/variants.parquet``), and
        ``linked`` where records were matched (`ctdna.matched_counts.add_matches`).
    draws
        One row per sample with ``sample_id``, ``material``, ``is_baseline``.

    Returns
    -------
    The keys with ``role`` and ``reason``, rows as in ``variants``, without those of
    samples that are no draw (set aside by a data cutoff). Germline comes
    first: VAF in leukocytes at ``germline.min_vaf`` or more, a population frequency
    above ``germline.max_population_af``, or, where leukocytes are not measured, a VAF
    near 50 or 100 % in every one of two or more plasma samples. Then clonal
    haematopoiesis: more leukocyte molecules than the error rate explains, unless the
    plasma VAF is ``leukocyte_fold`` times theirs and the counts bear out that plasma
    has more (without a molecule in plasma theirs must pass the thresholds); where
    leukocyte counts cannot tell, a gene of ``ch_genes``, as ``possible``
    (``ch_policy: tag`` keeps it tracked). A variant is emergent in a later plasma
    sample where it passes the thresholds, if it did not at a baseline of sufficient
    median depth, and if its record does not speak of a variant that has a role already.
    """
    known = variants.merge(
        draws[["sample_id", "material", "is_baseline"]], on="sample_id"
    )
    known = known.assign(
        passes=passes_thresholds(known, ctdna=ctdna), linked=known.get("linked")
    )
    chosen = _patient_roles(_summarise(known, ctdna), ctdna)
    chosen = _without_twins(chosen, known)
    rows = known.merge(chosen, on=VARIANT, how="left")
    is_open = rows["role"].isna()
    passes = is_open & rows["passes"]
    can_tell = passes & rows["patient_id"].isin(_patients_with_baseline(known, ctdna))
    in_plasma = can_tell & (rows["material"] == "plasma") & (rows["alt_count"] > 0)
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
    speaks = emerges & _speaks_of(known, chosen[chosen["role"].notna()])
    rows.loc[speaks, "role"] = "filtered"
    rows.loc[speaks, "reason"] = "linked to " + rows.loc[speaks, "linked"]
    return rows[[*KEYS, "role", "reason"]]


def _links(known: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each variant that a record says something of."""
    linked = known.dropna(subset=["linked"])[[*KEYS, "linked"]]
    names = linked["linked"].astype(str).str.split("; ")
    return linked.assign(linked=names).explode("linked")


def _names(variants: pd.DataFrame) -> pd.MultiIndex:
    """Return the patients and the names of variants, as links have them."""
    name = variants["chrom"].astype(str) + ":" + variants["pos"].astype(str) + " "
    name += variants["ref"] + ">" + variants["alt"]
    return pd.MultiIndex.from_arrays([variants["patient_id"], name])


def _speaks_of(known: pd.DataFrame, chosen: pd.DataFrame) -> pd.Series:
    """Tell which records say something of one of the chosen variants."""
    links = _links(known)
    named = pd.MultiIndex.from_frame(links[["patient_id", "linked"]])
    found = links[named.isin(_names(chosen))].index
    return pd.Series(known.index.isin(found), index=known.index)


def _without_twins(chosen: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return roles of which no two stand for the same molecules.

    A variant tracked for tissue alone is left out where a record that is tracked from
    baseline says something of it: they would be counted twice.
    """
    tracked = chosen["role"] == "tracked"
    at_baseline = chosen["passes_baseline"].eq(True)
    first = known.merge(chosen.loc[tracked & at_baseline, VARIANT], on=VARIANT)
    links = _links(first)
    named = pd.MultiIndex.from_frame(links[["patient_id", "linked"]])
    is_twin = tracked & ~at_baseline & _names(chosen).isin(named)
    columns = ["role", "reason"]
    chosen = chosen.copy()
    chosen.loc[is_twin, columns] = "filtered", "the molecules of a tracked variant"
    return chosen


def passes_thresholds(variants: pd.DataFrame, *, ctdna: "CtdnaSettings") -> pd.Series:
    """Tell which rows reach the count, depth, VAF and filter that tracking needs.

    Nothing that was counted without being called (no ``caller``) does.
    """
    enough = (
        variants["caller"].notna()
        & (variants["alt_count"] >= ctdna["min_alt_count"])
        & (variants["depth"] >= ctdna["min_depth"])
        & (variants["vaf"] >= ctdna["min_vaf"])
    )
    return enough & passes_filter(variants, ctdna=ctdna)


def passes_filter(variants: pd.DataFrame, *, ctdna: "CtdnaSettings") -> pd.Series:
    """Tell which rows pass their filter, as far as ``pass_only`` asks for it."""
    passes = ~has_failing_filter(variants, filter_fail=ctdna["filter_fail"])
    if ctdna["pass_only"]:
        passes &= variants["filter"].isna() | variants["filter"].isin(["PASS", "."])
    return passes


def has_failing_filter(variants: pd.DataFrame, *, filter_fail: list[str]) -> pd.Series:
    """Tell which rows carry a FILTER word that removes them even at a tracked site."""
    failing = set(filter_fail)
    words = variants["filter"].fillna("").str.split(";")
    return words.map(lambda found: not failing.isdisjoint(found)).astype(bool)


def _summarise(known: pd.DataFrame, ctdna: "CtdnaSettings") -> pd.DataFrame:
    """Return one row per variant of a patient with what its role depends on."""
    of = dict(list(known.groupby("material")))
    plasma, leukocyte, tissue = (
        of.get(name, known.iloc[:0]) for name in ("plasma", "leukocyte", "tissue")
    )
    baseline = plasma[plasma["is_baseline"]]
    summary = known.groupby(VARIANT, sort=False)[["population_af", "gene"]].first()
    summary["passes_baseline"] = baseline.groupby(VARIANT)["passes"].any()
    summary["tissue_passes"] = _tissue_passes(tissue, ctdna)
    summary["passes_somewhere"] = plasma.groupby(VARIANT)["passes"].any()
    summary["leukocyte_passes"] = leukocyte.groupby(VARIANT)["passes"].any()
    summary["is_stable"] = _is_stable(plasma, ctdna["germline"])
    summary[["count", "depth"]] = _compared(baseline, plasma, tissue)
    measured = leukocyte.dropna(subset=["alt_count", "depth"])
    counts = measured.groupby(VARIANT)[["alt_count", "depth"]].sum()
    summary[["leukocyte_alt", "leukocyte_depth"]] = counts
    summary["has_leukocytes"] = summary["leukocyte_depth"] > 0
    depth = summary["leukocyte_depth"].where(summary["has_leukocytes"])
    summary["leukocyte_vaf"] = summary["leukocyte_alt"] / depth
    return summary.reset_index().pipe(_compare_with_leukocytes, ctdna)


def _compared(*sources: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of each variant that leukocytes are compared with.

    They are those of the first source that holds a molecule of it (baseline plasma,
    then any plasma, then tissue), of several samples the one with the highest VAF.
    """
    rows = pd.concat(
        [
            source[source["vaf"] > 0].assign(place=place)
            for place, source in enumerate(sources)
        ]
    )
    ordered = rows.sort_values(["place", "vaf"], ascending=[True, False], kind="stable")
    first = ordered.drop_duplicates(VARIANT).set_index(VARIANT)
    return first[["alt_count", "depth"]].set_axis(["count", "depth"], axis=1)


def _compare_with_leukocytes(
    summary: pd.DataFrame, ctdna: "CtdnaSettings"
) -> pd.DataFrame:
    """Add what counts say: ``in_leukocytes``, and ``exceeds`` theirs in plasma.

    ``in_leukocytes``: error alone does not explain their molecules (Poisson).
    ``exceeds``: the rate in plasma is above theirs, by the exact conditional test of
    two Poisson rates (given the sum of both counts that of plasma is binomial).
    """
    rates = classify_changes(summary).map(configured_rates(ctdna["error_rate"]))
    count, depth = summary["leukocyte_alt"], summary["leukocyte_depth"]
    by_error = pdtrc(count - 1, depth * rates.astype(float))
    share = summary["depth"] / (summary["depth"] + depth)
    by_chance = betainc(summary["count"], count + 1, share)
    return summary.assign(
        in_leukocytes=(count > 0) & (by_error < ctdna["alpha"]),
        exceeds=by_chance < ctdna["alpha"],
    )


def _is_stable(plasma: pd.DataFrame, germline: "Germline") -> pd.Series:
    """Tell whose VAF is near 50 % or near 100 % in each of two or more plasma draws.

    Near 50 % is within ``min_vaf`` and 1 - ``min_vaf``.
    """
    measured = plasma.dropna(subset=["vaf"])
    lowest, highest, n = (
        measured.groupby(VARIANT)["vaf"].agg(how) for how in ("min", "max", "size")
    )
    low = germline["min_vaf"]
    is_half = (lowest >= low) & (highest <= 1 - low)
    return (n >= 2) & (is_half | (lowest >= germline["min_homozygous_vaf"]))


def _patients_with_baseline(known: pd.DataFrame, ctdna: "CtdnaSettings") -> set[str]:
    """Return the patients whose counted baseline records are of median min_depth."""
    baseline = known[known["is_baseline"].eq(True) & known["alt_count"].notna()]
    median = baseline.groupby("patient_id")["depth"].median()
    return set(median.index[median >= ctdna["min_depth"]])


def _tissue_passes(tissue: pd.DataFrame, ctdna: "CtdnaSettings") -> pd.Series:
    """Tell which tissue variants may be tracked; depth of plasma is not asked of it.

    A tissue sample without any count is a list of sites, as an assay is designed from:
    what passes its filter stands on it.
    """
    shallow = ctdna | {"min_depth": 1}
    passing = passes_thresholds(tissue, ctdna=shallow)
    counted = tissue.loc[tissue["alt_count"].notna(), "sample_id"]
    is_listed = ~tissue["sample_id"].isin(counted) & tissue["caller"].notna()
    passing |= is_listed & passes_filter(tissue, ctdna=ctdna)
    return passing.groupby([tissue[key] for key in VARIANT]).any()


def _patient_roles(summary: pd.DataFrame, ctdna: "CtdnaSettings") -> pd.DataFrame:
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


def _germline_rules(summary: pd.DataFrame, ctdna: "CtdnaSettings") -> list[Rule]:
    germline = ctdna["germline"]
    high = summary["leukocyte_vaf"] >= germline["min_vaf"]
    frequent = summary["population_af"] > germline["max_population_af"]
    stable = ~summary["has_leukocytes"] & summary["is_stable"].eq(True)
    unmeasured = "near 50 or 100 % in every plasma sample, leukocytes not measured"
    return [
        Rule(high, "germline", "VAF in leukocytes"),
        Rule(frequent, "germline", "population frequency"),
        Rule(stable, "germline", unmeasured),
    ]


def _haematopoiesis_rules(summary: pd.DataFrame, ctdna: "CtdnaSettings") -> list[Rule]:
    fold = ctdna["leukocyte_fold"]
    found = summary["in_leukocytes"]
    vaf = summary["count"] / summary["depth"]
    below = vaf < fold * summary["leukocyte_vaf"]
    alone = vaf.isna() & summary["leukocyte_passes"].eq(True)
    has, is_call = summary["has_leukocytes"], summary["passes_somewhere"].eq(True)
    is_call |= _chosen(summary, ctdna["track"])
    excluded = _is_possible(summary, ctdna) & (ctdna["ch_policy"] == "exclude")
    role, possible = "clonal_haematopoiesis", "possible: listed gene, leukocytes"
    return [
        Rule(
            found & below,
            role,
            f"in leukocytes, plasma VAF below {fold:g} times theirs",
        ),
        Rule(found & alone, role, "in leukocytes, no molecule in plasma"),
        Rule(
            found & vaf.notna() & ~summary["exceeds"],
            role,
            "in leukocytes, not shown to be more in plasma",
        ),
        Rule(excluded & is_call & has, role, f"{possible} too few to tell"),
        Rule(excluded & ~has, role, f"{possible} not measured"),
    ]


def _tracking_rules(summary: pd.DataFrame, ctdna: "CtdnaSettings") -> list[Rule]:
    chosen, passes = _chosen(summary, ctdna["track"]), _source(ctdna["track"])
    kept = "possible clonal haematopoiesis (listed gene), kept by ch_policy"
    unsure = summary["has_leukocytes"] & _cannot_tell(summary)
    return [
        Rule(chosen & _is_possible(summary, ctdna), "tracked", kept),
        Rule(
            chosen & unsure, "tracked", f"passes {passes}, leukocytes too few to tell"
        ),
        Rule(chosen, "tracked", f"passes {passes}"),
    ]


def _cannot_tell(summary: pd.DataFrame) -> pd.Series:
    """Tell where leukocytes neither hold a variant nor are shown to hold less."""
    return ~summary["in_leukocytes"] & ~summary["exceeds"]


def _is_possible(summary: pd.DataFrame, ctdna: "CtdnaSettings") -> pd.Series:
    return _cannot_tell(summary) & summary["gene"].isin(ctdna["ch_genes"])


def _first(conditions: list[pd.Series], words: list[str]) -> np.ndarray:
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
