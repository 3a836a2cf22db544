"""What an analysis consists of: which files and figures, given the study's inputs.

An input that is not given takes its chapter out of the results.
"""

from collections.abc import Iterable

ALWAYS = frozenset({"always"})

FILES: dict[str, frozenset[str]] = {
    "definitions.yaml": ALWAYS,
    "flow.tsv": ALWAYS,
    "patients.tsv": ALWAYS,
    "her2_status.tsv": frozenset({"her2"}),
    "her2_readings.tsv": frozenset({"her2"}),
    "visits.tsv": frozenset({"response"}),
    "endpoints.tsv": ALWAYS,
    "variant_status.parquet": frozenset({"calls"}),
    "ctdna_samples.tsv": frozenset({"ctdna"}),
    "ctdna_landmarks.tsv": frozenset({"ctdna"}),
    "ctdna_patients.tsv": frozenset({"ctdna"}),
    "ada_patients.tsv": frozenset({"ada"}),
    "tables/her2_dynamics.tsv": frozenset({"her2"}),
    "tables/her2_agreement.tsv": frozenset({"her2"}),
    "tables/her2_agreement_pairs.tsv": frozenset({"her2"}),
    "tables/kinetics.tsv": frozenset({"ctdna"}),
    "tables/rates.tsv": ALWAYS,
    "tables/contrasts.tsv": ALWAYS,
    "tables/tests.tsv": ALWAYS,
    "tables/her2_trend.tsv": frozenset({"her2"}),
    "tables/ledger.tsv": ALWAYS,
    "tables/detectable.tsv": ALWAYS,
    "tables/exaggeration.tsv": ALWAYS,
    "tables/missing.tsv": ALWAYS,
    "tables/survival.tsv": ALWAYS,
    "tables/survival_curves.tsv": ALWAYS,
    "tables/biomarkers.tsv": frozenset({"ctdna"}),
    "tables/mutations.tsv": frozenset({"calls"}),
    "tables/model.tsv": frozenset({"response"}),
    "tables/model_predictions.tsv": frozenset({"response"}),
    "tables/model_selection.tsv": frozenset({"response"}),
    "tables/adverse_events.tsv": frozenset({"adverse_events"}),
    "tables/ada.tsv": frozenset({"ada"}),
    "tables/emergent.tsv": frozenset({"calls"}),
    "tables/erbb2.tsv": frozenset({"calls"}),
    "tables/background.tsv": frozenset({"calls"}),
    "figures/captions.tsv": ALWAYS,
    "report.html": ALWAYS,
}
"""Files of an analysis and the chapters each needs."""

FIGURES: dict[str, dict[str, frozenset[str]]] = {
    "cohort": {
        "patient_flow": ALWAYS,
        "her2_distribution": frozenset({"her2"}),
        "her2_agreement": frozenset({"her2"}),
    },
    "response": {
        "waterfall": frozenset({"response"}),
        "swimmer": frozenset({"response"}),
        "spider": frozenset({"response"}),
    },
    "ctdna": {
        "oncoprint": frozenset({"calls"}),
        "ctdna_trajectories": frozenset({"ctdna"}),
        "ctdna_clearance": frozenset({"ctdna"}),
        "ctdna_by_her2": frozenset({"ctdna", "her2"}),
    },
    "association": {
        "response_by_her2": frozenset({"her2", "response"}),
        "context": frozenset({"her2", "response"}),
        "forest": ALWAYS,
        "km_pfs_her2": frozenset({"her2"}),
        "km_os_her2": frozenset({"her2"}),
        "km_pfs_clearance": frozenset({"ctdna"}),
        "km_os_clearance": frozenset({"ctdna"}),
        "clearance_bias": frozenset({"ctdna"}),
        "model_performance": frozenset({"response"}),
    },
    "profiles": {"patient_profiles": ALWAYS},
}
"""Figures by the rule that draws them (``plot_<key>``) and the chapters each needs."""

FORMATS = ("svg", "pdf", "png", "tsv")
PAGED = frozenset({"patient_profiles"})
"""Figures of many pages, which only a PDF can hold; the report names them."""

RESULT_COLUMNS = frozenset(
    {
        "baseline_level",
        "baseline_sample_id",
        "baseline_state",
        "best_change_day",
        "best_change_percent",
        "bor",
        "bor_day",
        "bor_reason",
        "clinical_benefit",
        "clinical_benefit_registry",
        "confirmed_bor",
        "confirmed_bor_day",
        "confirmed_bor_reason",
        "ctdna_evaluable",
        "disease_control",
        "dor_days",
        "dor_event",
        "dor_reason",
        "ever_cleared",
        "first_cleared_day",
        "first_cleared_residual_max",
        "first_visit_day",
        "half_life_censored",
        "half_life_days",
        "half_life_high",
        "half_life_low",
        "half_life_note",
        "half_life_points",
        "her2_any_staining",
        "her2_assay",
        "her2_class",
        "her2_collected_day",
        "her2_dynamics",
        "her2_evaluable",
        "her2_group",
        "her2_level",
        "her2_reason",
        "ihc",
        "ihc_raw",
        "ish",
        "last_day_before_rebound",
        "last_detected_day_before",
        "lead_time_days",
        "lead_time_high",
        "lead_time_low",
        "n_samples",
        "n_visits",
        "nadir_day",
        "nadir_level",
        "nadir_state",
        "nadir_upper95",
        "os_days",
        "os_event",
        "os_reason",
        "patient_id",
        "pfs_days",
        "pfs_event",
        "pfs_reason",
        "progression_day",
        "progression_free_day",
        "reader",
        "rebound_day",
        "rebound_kind",
        "rebound_level",
        "rebound_ratio",
        "responder",
        "response_day",
        "response_evaluable",
        "specimen",
        "specimen_id",
        "stained_percent",
        "sustained",
        "treated",
        "ttr_days",
    }
)
"""Columns of ``patients.tsv`` that are derived; those of landmarks come to them."""


def chapters_of(inputs: Iterable[str]) -> frozenset[str]:
    """Return the chapters that a study with these inputs has."""
    given = set(inputs)
    chapters = given & {"her2", "adverse_events", "ada"}
    if given & {"assessments", "lesions"}:
        chapters.add("response")
    if "samples" in given:
        chapters.add("calls")
    if given & {"samples", "levels"}:
        chapters.add("ctdna")
    return ALWAYS | chapters


def files_of(inputs: Iterable[str]) -> list[str]:
    """Return the files of an analysis, relative to its folder, figures apart."""
    chapters = chapters_of(inputs)
    return [file for file, needed in FILES.items() if needed <= chapters]


def figures_of(inputs: Iterable[str], rule: str) -> list[str]:
    """Return the names of the figures that ``plot_<rule>`` draws."""
    chapters = chapters_of(inputs)
    return [name for name, needed in FIGURES[rule].items() if needed <= chapters]


def formats_of(figure: str) -> tuple[str, ...]:
    """Return the endings of a figure's files, the one for a reader first."""
    return ("pdf", "tsv") if figure in PAGED else FORMATS


def figure_files_of(inputs: Iterable[str], *rules: str) -> list[str]:
    """Return the files of the figures of these rules, relative to their folder."""
    given = list(inputs)
    return [
        f"{name}.{ending}"
        for rule in rules
        for name in figures_of(given, rule)
        for ending in formats_of(name)
    ]
