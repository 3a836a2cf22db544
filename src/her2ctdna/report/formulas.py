"""The formulas in words."""

from typing import NamedTuple


class Formula(NamedTuple):
    """How a quantity is computed, and what a study must have to have it."""

    quantity: str
    how: str
    needs: frozenset[str] = frozenset()


FORMULAS = (
    Formula("Month", "A month is 30.4375 days."),
    Formula(
        "Intervals of rates",
        "Clopper-Pearson (exact, conservative) is quoted first; Wilson (score, without "
        "continuity correction) stands beside it.",
    ),
    Formula(
        "Difference of rates",
        "The rate of a group minus that of the reference, with Newcombe's interval "
        "(his method 10, from two Wilson intervals), and beside it Miettinen and "
        "Nurminen's (score test, variance times N / (N - 1)).",
    ),
    Formula(
        "Odds ratio",
        "Conditional maximum likelihood with the exact interval; p by Fisher's exact "
        "test, two-sided by minimum likelihood. Beside it Boschloo's test (twice the "
        "smaller side) and the odds ratio by Firth's penalty, with the interval and "
        "the test of the penalised profile likelihood.",
    ),
    Formula(
        "Adjusted odds ratio, interaction",
        "Firth's penalised logistic regression on the covariates named, in the "
        "patients of whom all of them are known. Numbers enter as they are, words as "
        "indicators. Where patients with the rarer outcome are too few per parameter "
        "nothing is estimated. Interaction: penalised likelihood-ratio test of the "
        "products of a group and the levels of a characteristic.",
    ),
    Formula(
        "Trend",
        "The exact test of Cochran and Armitage over all ways to deal the events "
        "among the patients, two-sided by distance from the mean. The monotone fit is "
        "isotonic regression weighted by patients; its band is made of percentiles of "
        "fits to patients drawn anew within each level.",
        frozenset({"her2", "response"}),
    ),
    Formula(
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
    Formula(
        "Clearance and outcome",
        "From a landmark, in patients still followed without the event; and from first "
        "dose with a group that changes on the day of the draw (time-dependent Cox, "
        "Mantel and Byar's test). The same from first dose by what was known later is "
        "biased and marked so.",
        frozenset({"ctdna"}),
    ),
    Formula(
        "Continuous biomarkers",
        "Exact rank-sum test with midranks; Hodges-Lehmann shift on the log scale with "
        "the interval of the exact test; area under the ROC curve with DeLong's "
        "interval; Spearman's correlation with a permutation test; Theil-Sen slope; "
        "Cox model per doubling with profile-likelihood interval. Below detection "
        "values are ranked as tied and lowest.",
        frozenset({"ctdna"}),
    ),
    Formula(
        "Model of response",
        "Ridge logistic regression; medians for missing values, scaling and the "
        "choice of the penalty inside each fold; repeated stratified "
        "cross-validation, the area within folds; optimism by bootstrap (Harrell); "
        "a permutation test of the whole procedure.",
        frozenset({"response"}),
    ),
    Formula(
        "Detectable rates",
        "Exact power of Fisher's two-sided test at the sizes of the groups, 80 % "
        "asked, for one test alone.",
    ),
    Formula(
        "Errors of sign and size",
        "Of the results with p below 1 minus the confidence, if the true effect is one "
        "named in the definitions: the share with the wrong sign (type S) and the "
        "factor by which they overstate it on average (type M; Gelman and Carlin). Of "
        "rates the exact sum over all tables under Fisher's test, the true rate of the "
        "reference being the observed one; of hazard ratios a normal approximation on "
        "the log scale from the number of events.",
    ),
    Formula(
        "Self-check",
        "Before a report is written, published intervals are recomputed from their "
        "n/N and must agree to the last printed digit, and values of R must be met to "
        "one part in a million. A difference fails the run.",
    ),
    Formula(
        "Detection of ctDNA",
        "The mutant molecules at all tracked, informative sites of a sample are summed "
        "and compared with the number that sequencing errors alone would give "
        "(Poisson, one-sided). The 95 % detection limit of a sample (LOD95) is the "
        "fraction at which it would have been called detected 95 times in 100. The "
        "likelihood-ratio test, which the definitions may choose in its place, weights "
        "the sites by their fraction at baseline.",
        frozenset({"calls"}),
    ),
    Formula(
        "Clearance",
        "Detected at baseline, not detected at the landmark, in a sample that could "
        "have seen the given share of the baseline level. A sample that is missing, "
        "failed or too shallow is never counted as cleared.",
        frozenset({"ctdna"}),
    ),
    Formula(
        "Ratio to baseline",
        "Of counted molecules the interval is the exact conditional one of two Poisson "
        "rates: exact for the pooled VAF, moved to the scale of any other level and so "
        "approximate. An assay's levels have none. Nothing detected gives an upper "
        "bound and, where the limit forbids it, no answer on molecular response.",
        frozenset({"ctdna"}),
    ),
    Formula(
        "Rebound and lead time",
        "A rise over the lowest level with one-sided 95 % bounds that do not overlap, "
        "or any detection after a clearance; the next sample, if any, must agree. It "
        "began between two samples as progression did between two visits, which "
        "bounds the lead time on both sides.",
        frozenset({"ctdna"}),
    ),
    Formula(
        "Half-life",
        "A line through the log levels from baseline to nadir by maximum likelihood, "
        "levels below the limit left-censored. Over the cohort a mixed model with a "
        "level and a decline of each patient. Intervals are by profile likelihood "
        "with the cut-off of the t interval.",
        frozenset({"ctdna"}),
    ),
    Formula(
        "Landmark analysis",
        "Time is counted from the last day on which a landmark sample may lie, among "
        "patients still followed without the event on that day. So nobody enters a "
        "group for having lived long enough to be sampled.",
        frozenset({"ctdna"}),
    ),
    Formula(
        "Adverse events",
        "The incidence is the number of patients with a first event per 100 years at "
        "risk (of 365.25 days), from first dose to that event, or without one to the "
        "end of the time in which events count or of follow-up, with Garwood's exact "
        "Poisson interval. An event without a start is taken to have begun with the "
        "first dose.",
        frozenset({"adverse_events"}),
    ),
    Formula(
        "Agreement of readings",
        "Share of pairs that agree, with Clopper-Pearson interval; Cohen's kappa, "
        "plain and weighted, with the normal interval of Fleiss, Cohen and Everitt; "
        "Fleiss' kappa of three or more readers and Gwet's AC1 and AC2 with the t "
        "interval of Gwet's linearised variance; Krippendorff's alpha, with a "
        "jackknife interval, of specimens that two or more of several readers have "
        "read. Scales are fixed, so categories that "
        "nobody used count in AC.",
        frozenset({"her2"}),
    ),
    Formula(
        "q-values",
        "Benjamini-Hochberg within each family of tests; the families were declared in "
        "the config. One test of each question is the primary one and counts; others "
        "of the same question, and those of interaction, have no q-value.",
    ),
)
