"""Methods as run: what each threshold means, and the formulas in words."""

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
    "association.permutations": "random tables of a test that cannot count them all",
    "association.bootstrap": "resamples for the band around the monotone fit",
    "association.seed": "seed of all random draws",
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
    "association.cutpoints": "how a biomarker is cut, with the optimism corrected",
    "association.families": "tests whose q-values are computed together",
}
"""Keys whose parts the study names itself."""

DEVIATIONS = (
    "The endpoints are those of NCT06452706, the trial that this workflow was made "
    "for. Its registry entry counts PFS and OS from randomization; nobody is "
    "randomised in a single-arm study, so time zero is the first dose.",
    "That entry asks no duration of stable disease for clinical benefit, so its rate "
    "counts whoever had one assessment without progression. It is shown as "
    "CBR (registry), beside clinical benefit of the duration given in the definitions.",
    "It does not define ctDNA clearance, its assay or its schedule. Every "
    "choice about ctDNA on this page is the analysts' own, and stands in the table of "
    "thresholds.",
)

FORMULAS = (
    ("Month", "A month is 30.4375 days."),
    (
        "Intervals of rates",
        "Clopper-Pearson (exact, conservative) is quoted first; Wilson (score, without "
        "continuity correction) stands beside it.",
    ),
    (
        "Difference of rates",
        "The rate of a group minus that of the reference, with Newcombe's interval "
        "(his method 10, from two Wilson intervals), and beside it Miettinen and "
        "Nurminen's (score test, variance times N / (N - 1)).",
    ),
    (
        "Odds ratio",
        "Conditional maximum likelihood with the exact interval; p by Fisher's exact "
        "test, two-sided by minimum likelihood. Beside it Boschloo's test (twice the "
        "smaller side) and the odds ratio by Firth's penalty, with the interval and "
        "the test of the penalised profile likelihood.",
    ),
    (
        "Adjusted odds ratio, interaction",
        "Firth's penalised logistic regression on the covariates named, in the "
        "patients of whom all of them are known. Numbers enter as they are, words as "
        "indicators. Where patients with the rarer outcome are too few per parameter "
        "nothing is estimated. Interaction: penalised likelihood-ratio test of the "
        "products of HER2 group and the levels of a characteristic.",
    ),
    (
        "Trend",
        "The exact test of Cochran and Armitage over all ways to deal the events "
        "among the patients, two-sided by distance from the mean. The monotone fit is "
        "isotonic regression weighted by patients; its band is made of percentiles of "
        "fits to patients drawn anew within each level.",
    ),
    (
        "Survival",
        "Kaplan-Meier with Greenwood's variance on the log-log scale. The median is "
        "the first time at which the curve is at most one half (the middle of a "
        "stretch at exactly one half); its limits are where those of the curve cross "
        "one half. Groups are compared by the log-rank test, its p from permutations, "
        "and a plain Cox model with Efron's treatment of ties and profile-likelihood "
        "intervals. Beside it stand Wald's interval, to compare with published ones, "
        "Firth's penalised Cox model, finite also where a group has no event, all of "
        "them adjusted for the covariates too, the difference of "
        "restricted mean times, and the score test of proportional hazards. Median "
        "follow-up is by the reverse Kaplan-Meier method.",
    ),
    (
        "Clearance and outcome",
        "From a landmark, in patients still followed without the event; and from first "
        "dose with a group that changes on the day of the draw (time-dependent Cox, "
        "Mantel and Byar's test). The same from first dose by what was known later is "
        "biased and marked so.",
    ),
    (
        "Continuous biomarkers",
        "Exact rank-sum test with midranks; Hodges-Lehmann shift on the log scale with "
        "the interval of the exact test; area under the ROC curve with DeLong's "
        "interval; Spearman's correlation with a permutation test; Theil-Sen slope; "
        "Cox model per doubling with profile-likelihood interval. Below detection "
        "values are ranked as tied and lowest.",
    ),
    (
        "Model of response",
        "Ridge logistic regression; medians for missing values, scaling and the "
        "choice of the penalty inside each fold; repeated stratified "
        "cross-validation, the area within folds; optimism by bootstrap (Harrell); "
        "a permutation test of the whole procedure.",
    ),
    (
        "Detectable rates",
        "Exact power of Fisher's two-sided test at the sizes of the groups, 80 % "
        "asked, for one test alone.",
    ),
    (
        "Errors of sign and size",
        "Of the results with p below 1 minus the confidence, if the true effect is one "
        "named in the definitions: the share with the wrong sign (type S) and the "
        "factor by which they overstate it on average (type M; Gelman and Carlin). Of "
        "rates the exact sum over all tables under Fisher's test, the true rate of the "
        "reference being the observed one; of hazard ratios a normal approximation on "
        "the log scale from the number of events.",
    ),
    (
        "Self-check",
        "Before a report is written, published intervals are recomputed from their "
        "n/N and must agree to the last printed digit, and values of R must be met to "
        "one part in a million. A difference fails the run.",
    ),
    (
        "Detection of ctDNA",
        "The mutant molecules at all tracked, informative sites of a sample are summed "
        "and compared with the number that sequencing errors alone would give "
        "(Poisson, one-sided). The 95 % detection limit of a sample (LOD95) is the "
        "fraction at which it would have been called detected 95 times in 100. The "
        "likelihood-ratio test, which the definitions may choose in its place, weights "
        "the sites by their fraction at baseline.",
    ),
    (
        "Clearance",
        "Detected at baseline, not detected at the landmark, in a sample that could "
        "have seen the given share of the baseline level. A sample that is missing, "
        "failed or too shallow is never counted as cleared.",
    ),
    (
        "Ratio to baseline",
        "Of counted molecules the interval is the exact conditional one of two Poisson "
        "rates: exact for the pooled VAF, moved to the scale of any other level and so "
        "approximate. An assay's levels have none. Nothing detected gives an upper "
        "bound and, where the limit forbids it, no answer on molecular response.",
    ),
    (
        "Rebound and lead time",
        "A rise over the lowest level with one-sided 95 % bounds that do not overlap, "
        "or any detection after a clearance; the next sample, if any, must agree. It "
        "began between two samples as progression did between two scans, which "
        "bounds the lead time on both sides.",
    ),
    (
        "Half-life",
        "A line through the log levels from baseline to nadir by maximum likelihood, "
        "levels below the limit left-censored. Over the cohort a mixed model with a "
        "level and a decline of each patient. Intervals are by profile likelihood "
        "with the cut-off of the t interval.",
    ),
    (
        "Landmark analysis",
        "Time is counted from the last day on which a landmark sample may lie, among "
        "patients still followed without the event on that day. So nobody enters a "
        "group for having lived long enough to be sampled.",
    ),
    (
        "Adverse events",
        "The incidence is the number of patients with a first event per 100 years at "
        "risk (of 365.25 days), from first dose to that event, or without one to the "
        "end of the time in which events count or of follow-up, with Garwood's exact "
        "Poisson interval. An event without a start is taken to have begun with the "
        "first dose.",
    ),
    (
        "Agreement of readings",
        "Share of pairs that agree, with Clopper-Pearson interval; Cohen's kappa, "
        "plain and weighted, with the normal interval of Fleiss, Cohen and Everitt; "
        "Fleiss' kappa of three or more readers and Gwet's AC1 and AC2 with the t "
        "interval of Gwet's linearised variance; Krippendorff's alpha, with a "
        "jackknife interval, of specimens that two or more of several readers have "
        "read. Scales are fixed, so categories that "
        "nobody used count in AC.",
    ),
    (
        "q-values",
        "Benjamini-Hochberg within each family of tests; the families were declared in "
        "the config. One test of each question is the primary one and counts; others "
        "of the same question, and those of interaction, have no q-value.",
    ),
)


def flatten_definitions(
    definitions: Mapping[str, Any],
) -> Iterator[tuple[str, str, str]]:
    """Yield key, value and meaning of each threshold; raise if one has no meaning."""
    for key, value in _flat(definitions, ()):
        named = next((part for part in NAMED_PARTS if key.startswith(f"{part}.")), None)
        yield key, _shown(value), NAMED_PARTS[named] if named else MEANINGS[key]


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
