"""Adverse events and anti-drug antibodies."""

from her2ctdna.settings.results.entries import Result, flag, number, text

RESULTS = (
    Result(
        "ada_patients.tsv",
        section="Safety",
        needs=("ada",),
        rules=("summarise_safety",),
        row=(
            "treated patient: antibodies at baseline and later, class, persistence, "
            "why not evaluable"
        ),
        columns=(
            *text("patient_id"),
            *flag("evaluable"),
            *text("baseline", "class", "persistence", "reason"),
            *number(
                *("baseline_day", "baseline_titre", "first_positive_day"),
                *("n_samples", "n_positive", "n_undated", "peak_titre"),
            ),
        ),
        caption="""
            Anti-drug antibodies of each treated patient: result at baseline, class,
            persistence, day of the first positive sample, peak titre, samples and how
            many were positive. ``reason`` says why a patient is not evaluable. The
            table of classes is counted from it.
        """,
    ),
    Result(
        "tables/adverse_events.tsv",
        section="Safety",
        needs=("adverse_events",),
        rules=("summarise_safety",),
        row=(
            "event (all, of special interest, by class and term), category and "
            "highest grade: n of N treated, ids, incidence per 100 patient-years"
        ),
        columns=(
            *text("level", "soc", "term", "category", "grade"),
            *number("n", "N", "rate", "ci_low", "ci_high"),
            *text("patient_ids"),
            *number(
                *("incidence_n", "incidence_N", "time_at_risk_days"),
                *("incidence_per_100_py", "incidence_low", "incidence_high"),
            ),
        ),
        caption="""
            Treatment-emergent adverse events, up to {{
            snakemake.params.safety["emergent_days"] }} days after the last dose: each
            patient once per row, at the worst grade. All events first, then those of
            special interest (also where nobody had one), then system organ classes
            and terms by falling frequency. Rates are of the treated patients with
            exact Clopper-Pearson intervals; incidences are first events per 100
            patient-years at risk with exact Garwood intervals.
        """,
    ),
    Result(
        "tables/ada.tsv",
        section="Safety",
        needs=("ada",),
        rules=("summarise_safety",),
        row="antibody class, and reason not to be evaluable: n of N, ids, peak titres",
        columns=(
            *text("class"),
            *number("n", "N", "rate", "ci_low", "ci_high"),
            *text("patient_ids"),
            *number("peak_titre_median", "peak_titre_min", "peak_titre_max"),
        ),
        caption="""
            Anti-drug antibodies, one row a class: how many treated patients were
            evaluable (a sample at baseline and one later), why others were not, and
            of the evaluable how many had antibodies at baseline, induced or boosted
            by treatment (a rise of {{ snakemake.params.safety["ada_titre_fold"] }}
            times), persistent (over {{ snakemake.params.safety["ada_persistent_days"]
            }} days) or transient. Intervals are exact.
        """,
    ),
)
