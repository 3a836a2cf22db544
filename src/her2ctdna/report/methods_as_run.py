"""Methods as run: what each threshold means."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

MEANINGS = {
    "her2.reader": "whose reading of HER2 counts where there are several",
    "her2.specimen": "which specimen counts where there are several",
    "her2.zero": "HER2 classes that make the group HER2-zero",
    "her2.low": "HER2 classes that make the group HER2-low",
    "her2.range_policy": "what a range of two IHC scores is",
    "response.evaluator": "whose tumour assessments count",
    "response.source": "overall response as reported, or derived from lesions",
    "response.confirmed": "whether only a confirmed response counts in ORR and DoR",
    "response.confirmation_days": "days after which a second response confirms a first",
    "response.sd_min_days": "days from first dose from which stable disease counts",
    "response.max_ne_between": (
        "not-evaluable assessments allowed between a response and its confirmation"
    ),
    "response.accept_sd_between_pr": (
        "whether stable disease may lie between a partial response and its confirmation"
    ),
    "response.clinical_benefit_days": (
        "days from first dose without progression that make a clinical benefit (CBR)"
    ),
    "response.ne_is_adequate": (
        "whether a not-evaluable assessment may be the day of censoring"
    ),
    "response.new_therapy": (
        "what a new anticancer therapy does to PFS: censor it before, or ignore it"
    ),
    "response.missed_assessment_days": (
        "days without assessment before an event that censor PFS; empty: never"
    ),
    "response.count_first_day": (
        "whether the first day counts: duration = end minus start plus 1, in days"
    ),
    "response.truncate_days.pfs": "days after which PFS is cut off; empty: never",
    "response.truncate_days.os": "days after which OS is cut off; empty: never",
    "response.treatment_gap_days": (
        "days without a dose after which the time on treatment has ended"
    ),
    "ctdna.metric": "what the level of ctDNA in a sample is",
    "ctdna.track": "where the tracked variants come from",
    "ctdna.baseline_window": (
        "days from first dose between which the last sample is the baseline"
    ),
    "ctdna.pass_only": "whether a variant must have passed the caller's filters",
    "ctdna.min_alt_count": "mutant molecules a variant needs to be tracked",
    "ctdna.min_depth": (
        "molecules at a site below which it is not informative, in any sample"
    ),
    "ctdna.min_vaf": "variant allele fraction a variant needs to be tracked",
    "ctdna.filter_fail": "filter words that remove a record even at a tracked site",
    "ctdna.caller_limit.alt_count": (
        "molecules from which the caller reports a variant; where only the depth is "
        "known, its silence excludes no fewer"
    ),
    "ctdna.caller_limit.vaf": (
        "variant allele fraction from which the caller reports a variant"
    ),
    "ctdna.error_rate": "errors per base among consensus molecules",
    "ctdna.error_source": (
        "whether the error rate is the configured one or estimated from samples"
    ),
    "ctdna.test": (
        "which test decides detection: molecules alike (poisson), or loci weighted "
        "by their VAF at baseline (likelihood_ratio)"
    ),
    "ctdna.suppress_outliers": (
        "whether a locus that stands out alone in a sample is set aside"
    ),
    "ctdna.alpha": "level of the one-sided test by which a sample is called detected",
    "ctdna.germline.min_vaf": "variant allele fraction from which it may be germline",
    "ctdna.germline.min_homozygous_vaf": (
        "variant allele fraction that is near 100 % where leukocytes are not measured"
    ),
    "ctdna.germline.max_population_af": (
        "population frequency above which a variant is germline"
    ),
    "ctdna.ch_genes": "genes of clonal haematopoiesis",
    "ctdna.ch_policy": "what is done with variants in these genes",
    "ctdna.leukocyte_fold": (
        "multiple of the leukocyte VAF that a plasma VAF must reach to be tumour"
    ),
    "ctdna.resistance_genes": "genes whose emergent variants are pointed out",
    "ctdna.clearance_max_fraction": (
        "share of the baseline level that a sample must have been able to see for "
        "its clearance to count"
    ),
    "ctdna.molecular_response": (
        "ratios to baseline at or below which a fall is a molecular response"
    ),
    "ctdna.rebound_fold": (
        "multiple of the lowest level that is a rebound, unless it follows a clearance"
    ),
    "safety.emergent_days": (
        "days after the last dose during which an adverse event still counts"
    ),
    "safety.ada_titre_scale": "how titres are written: as multiples or as logarithms",
    "safety.ada_titre_fold": (
        "rise over a positive baseline titre that makes an antibody boosted"
    ),
    "safety.ada_persistent_days": (
        "days between the first and the last positive sample that make an antibody "
        "persistent"
    ),
    "association.confidence": "confidence of every interval",
    "association.covariates": "columns of patients adjusted for",
    "association.groups": "further columns of patients to group by",
    "association.events_per_parameter.least": (
        "patients with the rarer outcome per parameter below which nothing is adjusted"
    ),
    "association.events_per_parameter.few": (
        "the same, below which an adjusted estimate has a note"
    ),
    "association.trend_scores": (
        "scores of absent, ultralow, 1+ and 2+ in the trend test; the first count"
    ),
    "association.exact_divisions": (
        "divisions of patients that a log-rank test takes one by one; more are sampled"
    ),
    "association.permutations": "random tables of a test that cannot count them all",
    "association.bootstrap": "resamples for the band around the monotone fit",
    "association.seed": "seed of all random draws",
    "association.milestones_days": (
        "days at which survival and cumulative incidence are read"
    ),
    "association.rmst_days": (
        "days up to which mean times are compared; empty: the smaller of the two "
        "groups' longest times"
    ),
    "association.min_gene_frequency": (
        "share of patients in whom a gene must be found at baseline to be tested"
    ),
    "association.spline_events": (
        "events from which a biomarker is tested for a departure from a line"
    ),
    "association.plausible_differences": (
        "true differences of rates at which errors of sign and size are computed"
    ),
    "association.plausible_hazard_ratios": (
        "true hazard ratios at which errors of sign and size are computed"
    ),
    "association.predeclared": (
        "questions declared before the data were looked at; all others are exploratory"
    ),
    "association.cutpoints": "biomarkers that are cut, and by what; empty: none is",
    "association.bootstraps": "samples with replacement that correct a cut-off",
    "association.model.repeats": "repeats of the cross-validation of the model",
    "association.model.folds": "folds of each repeat",
    "association.model.inner_folds": "folds inside a fit that choose its penalty",
    "association.model.strengths": (
        "strengths of the penalty to choose from (C: small ones shrink more)"
    ),
    "association.model.bootstraps": (
        "samples with replacement that correct the optimism of the model"
    ),
    "association.model.permutations": (
        "shuffled responses that the whole procedure is held against"
    ),
}
"""What each key of ``definitions`` decides, for a reader who knows no YAML."""

NAMED_PARTS = {
    "her2.recode": "score given to an IHC result that is written like this",
    "ctdna.error_rate": "errors per base among consensus molecules, by class of change",
    "ctdna.landmarks": (
        "landmark: the sample nearest to the day within the window, or of that label"
    ),
    "safety.special_interest": "terms of an adverse event of special interest",
    "safety.special_interest_words": (
        "words that make a term look like an event of special interest"
    ),
    "association.cutpoints": "how a biomarker is cut, with the optimism corrected",
    "association.families": "tests whose q-values are computed together",
}
"""Keys whose parts the study names itself."""


def flatten_definitions(
    definitions: Mapping[str, Any],
) -> Iterator[tuple[str, str, str]]:
    """Yield key, value and meaning of each threshold; raise if one has no meaning."""
    for key, value in _flat(definitions, ()):
        named = next((part for part in NAMED_PARTS if key.startswith(f"{part}.")), None)
        yield key, _shown(value), NAMED_PARTS[named] if named else MEANINGS[key]


def list_overlay(overlay: Mapping[str, Any]) -> list[str]:
    """Return what an analysis lays over the definitions, as ``key: value``."""
    return [f"{key}: {_shown(value)}" for key, value in _flat(overlay, ())]


def _flat(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the leaves of nested mappings; what a study named itself is one leaf."""
    key = ".".join(path)
    if isinstance(value, Mapping) and ".".join(path[:-1]) not in NAMED_PARTS:
        for name, part in value.items():
            yield from _flat(part, (*path, str(name)))
    else:
        yield key, value


def _shown(value: Any) -> str:
    """Return a value of the definitions as text; nothing at all is ``(empty)``."""
    if value is None or value in ([], {}):
        return "(empty)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_shown(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_shown(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value)
