"""Association: rates, contrasts, times to event, biomarkers, mutations."""

from her2ctdna.settings.results.entries import Result, flag, number, text

_SURVIVAL = (
    *text("endpoint", "group_by", "group", "origin"),
    *number("n", "events", "median_days", "ci_low", "ci_high"),
    *text("ci_method"),
    *number("followup_median_days", "excluded"),
    *text("patient_ids", "note"),
    *number("origin_day"),
    *text("counted_from"),
)
_CURVES = (
    *text("endpoint", "group_by", "group", "origin"),
    *number("time_days", "at_risk", "events", "censored", "survival"),
    *number("ci_low", "ci_high"),
    *flag("biased"),
    *text("note"),
)

_CELLS = ("both", "ctdna_only", "recist_only", "neither")
CTDNA_RECIST = """
    Whether ctDNA at a landmark and the scans say the same of a patient. Each line is
    one reading of ctDNA (cleared, of those whose sample could show it; the level down
    by as much or more; a ctDNA response, cCR or cPR) against best response as defined,
    or against CR or PR at the first evaluable scan, unconfirmed. The counts are
    patients with both, with one of them, with neither, and, left out of these, those
    whose sample was drawn after their first scan. Points are rates in per cent, lines
    their exact intervals at {{ confidence }}: sensitivity is the share with the ctDNA
    result among those with a response, specificity the share without it among those
    without; PPV and NPV are the shares with and without a response among those with
    and without the ctDNA result, and hold where as many respond as here. All four take
    RECIST for the truth, which it is not; kappa is the agreement beyond chance and
    takes neither for it. A dash is a rate of nobody. The lines share their patients,
    whose identifiers stand in the table.
"""
"""The caption of figure and table."""

RESULTS = (
    Result(
        "tables/rates.tsv",
        section="Association",
        rules=("estimate_associations",),
        row="endpoint, population, group, interval method",
        columns=(
            *text("endpoint", "population", "group_by", "group"),
            *number("n", "N", "rate", "ci_low", "ci_high"),
            *text("ci_method"),
        ),
        caption="""
            One row an endpoint, population, group and method of interval: ``n`` of
            ``N`` with the exact Clopper-Pearson interval and, in a row of its own,
            the Wilson interval, at {{ "%g" | format(100 *
            snakemake.params.association["confidence"]) }} %. Patients without a group
            stand as ``missing``. A response by what is known at a landmark leaves
            those whose sample was drawn after the first scan in the group
            ``after_first_scan``.
        """,
    ),
    Result(
        "tables/contrasts.tsv",
        section="Association",
        rules=("estimate_associations", "collect_tests"),
        row=(
            "comparison of two groups, measure and `ci_method`; `subgroup` (as "
            "`hr_status=positive`) and `adjusted_for` where they apply; `biased` = "
            "yes: immortal time"
        ),
        columns=(
            *text(
                *("endpoint", "population", "origin", "group_by", "group"),
                *("reference", "subgroup", "measure"),
            ),
            *number("estimate", "ci_low", "ci_high"),
            *text("ci_method"),
            *number("p_value"),
            *text("test"),
            *number("n", "n_reference", "events", "events_reference"),
            *text("family"),
            *number("q_value"),
            *text("adjusted_for"),
            *flag("biased"),
            *text("note"),
        ),
        caption="""
            Differences and ratios between groups, a row for each method
            (``ci_method``): ``group`` against ``reference``, with the interval at {{
            "%g" | format(100 * snakemake.params.confidence) }} %. Rows with
            ``adjusted_for`` come from Firth's logistic regression, or of times to
            event from plain and Firth's Cox regression, in the patients of whom every
            covariate is known, rows with ``subgroup`` from those of the subgroup.
            Rows with ``biased`` = yes compare from the first dose what was known only
            later (immortal time); they are there to be seen beside the landmark rows,
            not to be believed. Beside each plain Cox row stand Firth's penalised one
            and the difference of restricted mean times.
        """,
    ),
    Result(
        "tables/survival.tsv",
        section="Association",
        rules=("estimate_associations",),
        row=(
            "endpoint and group: n, events, median and its interval, follow-up, the "
            "day that time is counted from, and what stands for first dose where "
            "durations were supplied"
        ),
        columns=_SURVIVAL,
        caption="""
            One row a time to event and group: patients, events, and the median in
            days with its log-log interval at {{ "%g" | format(100 *
            snakemake.params.association["confidence"]) }} %. An empty median was not
            reached. Follow-up is by reverse Kaplan-Meier. ``origin`` is the first
            dose or a landmark, ``origin_day`` the day since first dose that time is
            counted from; from a landmark patients with the event before it are not
            counted. ``counted_from`` is what durations that the study supplied count
            from, or the first dose.
        """,
    ),
    Result(
        "tables/survival_curves.tsv",
        section="Association",
        rules=("estimate_associations",),
        row=(
            "endpoint, group and time: at risk, events, share without the event; "
            "`biased` yes: the naive curves by clearance at any time"
        ),
        columns=_CURVES,
        caption="""
            Kaplan-Meier curves, one row a curve and time: the number at risk just
            before it, the events at it, and the share without the event with its
            log-log interval. By ``ever_cleared`` the curves are Simon and Makuch's:
            patients move from ``no`` to ``yes`` at the draw, so the number at risk
            may rise. Rows with ``biased`` yes are of the same groups as if they were
            known at first dose: immortal time, shown to be recognised.
        """,
    ),
    Result(
        "tables/clearance_survival.tsv",
        section="Association",
        needs=("ctdna",),
        rules=("estimate_associations",),
        row=(
            "set of patients, endpoint and group by clearance: as `survival.tsv`, of "
            "those able to show it, those labelled, and the bounds"
        ),
        columns=(*text("population"), *_SURVIVAL),
        caption="""
            Times to event by clearance, from its landmark, in each set of patients
            that clearance is counted in: ``clearance_able`` (the sample could have
            shown it, whatever it showed) is the one of figures and tests;
            ``clearance_judged`` takes the labels, ``clearance_worst`` and
            ``clearance_best`` count all with ctDNA at baseline, the unknown as not
            cleared or as cleared.
        """,
    ),
    Result(
        "tables/clearance_curves.tsv",
        section="Association",
        needs=("ctdna",),
        rules=("estimate_associations",),
        row="set of patients, endpoint, group by clearance and time: the curves",
        columns=(*text("population"), *_CURVES),
        caption="""
            The Kaplan-Meier curves behind ``clearance_survival``: one row a curve and
            time, as in ``survival_curves``. Those of
            ``clearance_able`` are the ones that figures draw and tests are of.
        """,
    ),
    Result(
        "tables/ctdna_recist.tsv",
        section="Association",
        needs=("ctdna", "response"),
        rules=("compare_with_scans",),
        row=(
            "landmark, ctDNA (clearance, each molecular response, ctDNA response) and "
            "RECIST (best response, first scan): the four cells, sensitivity, "
            "specificity, PPV, NPV, kappa"
        ),
        columns=(
            *text("landmark", "ctdna", "recist", "population"),
            *number(*(f"n_{cell}" for cell in _CELLS)),
            *number("N", "after_first_scan", "recist_unknown"),
            *number(
                *(
                    f"{name}{end}"
                    for name in ("sensitivity", "specificity", "ppv", "npv", "kappa")
                    for end in ("", "_ci_low", "_ci_high")
                )
            ),
            *text("note", *(f"{cell}_ids" for cell in _CELLS)),
            *text("after_first_scan_ids", "recist_unknown_ids"),
        ),
        caption=CTDNA_RECIST,
    ),
    Result(
        "tables/milestones.tsv",
        section="Association",
        rules=("estimate_milestones",),
        row=(
            "endpoint, group and time (`association.milestones_days`): share without "
            "the event, at risk; empty, with a note, beyond follow-up"
        ),
        columns=(
            *text("endpoint", "group_by", "group", "origin"),
            *number("time_days", "n", "events", "at_risk", "survival"),
            *number("ci_low", "ci_high"),
            *text("note"),
        ),
        caption="""
            One row an endpoint, group and time: the share still without the event at
            ``time_days`` after the origin (Kaplan-Meier, events at that time counted,
            log-log interval at {{ "%g" | format(100 *
            snakemake.params.association["confidence"]) }} %), and who was at risk
            just before. Beyond the last time of anybody in a group there is no
            estimate. ``ttnt`` is time to next treatment or death, ``tot`` time on
            treatment.
        """,
    ),
    Result(
        "tables/competing.tsv",
        section="Association",
        rules=("estimate_competing",),
        row=(
            "endpoint (progression, first_clearance, each event of special interest), "
            "group, time and estimator: cumulative incidence, Gray's test "
            "(unadjusted); `biased` yes: 1 - KM"
        ),
        columns=(
            *text("endpoint", "competing_with", "group_by", "group", "origin"),
            *number("time_days", "n", "at_risk", "events", "competing_events"),
            *text("estimator"),
            *number("incidence", "ci_low", "ci_high"),
            *flag("biased"),
            *text("test"),
            *number("statistic", "p_value"),
            *text("note"),
        ),
        caption="""
            One row an endpoint, group, time and estimator: the share in whom the
            event came first, by ``time_days`` from first dose (Aalen-Johansen,
            log-log interval at {{ "%g" | format(100 *
            snakemake.params.association["confidence"]) }} %), with Gray's test
            between the groups, unadjusted. Rows with ``biased`` yes are 1 - KM, which
            takes who died or progressed first for censored: too high, shown to be
            recognised.
        """,
    ),
    Result(
        "tests/",
        rules=("estimate_associations", "estimate_biomarkers", "fit_model"),
        row="the tables of tests before families are adjusted",
    ),
    Result(
        "tables/biomarkers.tsv",
        section="Association",
        needs=("ctdna",),
        rules=("estimate_biomarkers", "collect_tests"),
        row=(
            "continuous biomarker, endpoint and measure: estimate, interval, p, q, n, "
            "how many below detection, ids"
        ),
        columns=(
            *text("endpoint", "population", "origin", "biomarker", "measure"),
            *number("estimate", "ci_low", "ci_high"),
            *text("ci_method", "test"),
            *number("statistic", "p_value", "attainable_size"),
            *text("family"),
            *number("q_value", "n", "events", "below_detection"),
            *text("patient_ids", "note"),
        ),
        caption="""
            Levels and ratios of ctDNA against response, best change of the tumour,
            PFS and OS, without cutting them into groups. One row a biomarker,
            endpoint and ``measure``: the fold in responders (Hodges-Lehmann), an area
            under the ROC curve, a correlation, a slope or a hazard ratio per
            doubling, each with its interval and the test that goes with it. Levels
            below detection take part by rank only, and ``below_detection`` counts
            them.
        """,
    ),
    Result(
        "tables/mutations.tsv",
        section="Association",
        needs=("calls",),
        rules=("estimate_biomarkers", "collect_tests"),
        row="gene found at baseline, question and group: n of N, ids, p, q",
        columns=(
            *text("endpoint", "population", "origin", "biomarker", "gene", "group"),
            *number("n", "N", "rate", "ci_low", "ci_high"),
            *text("patient_ids", "test"),
            *number("p_value", "attainable_size"),
            *text("family"),
            *number("q_value"),
            *text("note"),
        ),
        caption="""
            Genes found mutated in plasma at baseline, against response and HER2
            class: ``n`` of ``N`` in each group with an exact interval at {{ "%g" |
            format(100 * snakemake.params.confidence) }} %. Genes found in a smaller
            share of patients than ``min_gene_frequency`` of the definitions are not
            tested. Not found is not unmutated: it also means too little ctDNA to see.
        """,
    ),
)
