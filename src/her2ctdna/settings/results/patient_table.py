"""The analysis-ready table, one row a patient."""

from her2ctdna.settings.results.entries import (
    Column,
    PerLandmark,
    Result,
    flag,
    number,
    text,
)

_HER2 = ("her2",)
_CTDNA = ("ctdna",)

PATIENTS = Result(
    "patients.tsv",
    section="Patients",
    rules=("assemble_patients",),
    row=(
        "patient: covariates, response and times, HER2 and ctDNA side by side, with a "
        "set of columns for each landmark"
    ),
    columns=(
        *text("patient_id"),
        *number("death_day", "last_alive_day", "last_dose_day", "new_therapy_day"),
        *flag("measurable"),
        Column("<covariate>", "any"),
        *flag("treated"),
        *text("bor", "confirmed_bor"),
        *number("bor_day", "confirmed_bor_day"),
        *flag("responder"),
        *number("response_day"),
        *flag("disease_control", "clinical_benefit_registry", "clinical_benefit"),
        *number("ttr_days", "dor_days"),
        *flag("dor_event"),
        *text("dor_reason"),
        *number("pfs_days"),
        *flag("pfs_event"),
        *text("pfs_reason"),
        *number("os_days"),
        *flag("os_event"),
        *text("os_reason"),
        *number(
            *("best_change_percent", "best_change_day", "n_visits"),
            *("first_visit_day", "progression_day"),
        ),
        *text("bor_reason", "confirmed_bor_reason"),
        *number("progression_free_day"),
        *number("ttnt_days"),
        *flag("ttnt_event"),
        *text("ttnt_reason"),
        *number("tot_days"),
        *flag("tot_event"),
        *text("tot_reason"),
        *text("specimen_id", "specimen", needs=_HER2),
        *number("her2_collected_day", needs=_HER2),
        *text("reader", "ihc", "ihc_raw", "ish", needs=_HER2),
        *number("stained_percent", needs=_HER2),
        *text("her2_assay", "her2_class", "her2_level", "her2_group", needs=_HER2),
        *text("her2_any_staining", "her2_reason", needs=_HER2),
        *flag("her2_evaluable", needs=_HER2),
        *flag("response_evaluable"),
        *text("her2_dynamics", needs=_HER2),
        *text("baseline_sample_id", "baseline_state", needs=_CTDNA),
        *number("baseline_level", "n_samples", needs=_CTDNA),
        *flag("ever_cleared", needs=_CTDNA),
        *number("first_cleared_day", "last_detected_day_before", needs=_CTDNA),
        *number("first_cleared_residual_max", needs=_CTDNA),
        *flag("sustained", needs=_CTDNA),
        *number("detected_again_day", needs=_CTDNA),
        *number("nadir_level", "nadir_day", needs=_CTDNA),
        *text("nadir_state", needs=_CTDNA),
        *number("nadir_upper95", "rebound_day", needs=_CTDNA),
        *text("rebound_kind", needs=_CTDNA),
        *number("last_day_before_rebound", "rebound_level", needs=_CTDNA),
        *number("rebound_ratio", needs=_CTDNA),
        *number("half_life_days", "half_life_low", "half_life_high", needs=_CTDNA),
        *number("half_life_points", "half_life_censored", needs=_CTDNA),
        *text("half_life_note", needs=_CTDNA),
        *number("lead_time_days", "lead_time_low", "lead_time_high", needs=_CTDNA),
        *flag("ctdna_evaluable", needs=_CTDNA),
        PerLandmark(
            (
                *text("clearance"),
                *flag("able"),
                *number("residual_max"),
                *text("state"),
                *number("ratio", "day"),
                Column("mr<percent>", "text"),
                *text("change"),
            )
        ),
        PerLandmark(flag("late")),
    ),
    caption="""
        The analysis-ready table of *{{ snakemake.wildcards.analysis }}*: one row
        a patient, with covariates, HER2, response and times, and ctDNA side by
        side, a set of columns for each landmark. Days count from the first dose.
        An empty cell is missing; *not evaluable* and *uninformative* are words
        and never empty. Flags are yes and no.
    """,
)

DERIVED = frozenset(
    column.name
    for column in PATIENTS.columns
    if isinstance(column, Column) and column.name != "<covariate>"
)
"""Its columns by name, landmarks apart: what a study adds to its sheet may be none."""

RESULTS = (PATIENTS,)
