"""What the words of the tables mean to a reader."""

from collections.abc import Iterable

from her2ctdna.her2.her2_scores import ULTRALOW_MAX_PERCENT
from her2ctdna.sets.groupings import FIRST_DOSE
from her2ctdna.settings.landmark_columns import (
    CHANGE,
    CLEARANCE,
    LOG2_RATIO,
    NO_CTDNA,
    RATIO,
    STATE,
    LandmarkColumn,
)
from her2ctdna.statistics.method_names import (
    BOSCHLOO,
    CLOPPER_PEARSON,
    COCHRAN_ARMITAGE,
    CONDITIONAL_EXACT,
    COX_PROFILE,
    COX_WALD,
    COX_ZPH,
    FIRTH_INTERACTION,
    FIRTH_PROFILE,
    FISHER,
    FISHER_HALTON,
    GREENWOOD_NORMAL,
    LOG_RANK,
    LOG_RANK_PERMUTATION,
    MANTEL_BYAR,
    MIETTINEN_NURMINEN,
    NEWCOMBE,
    WILSON,
)
from her2ctdna.wording import spell, split_names, split_value

ENDPOINTS = {
    "her2_group": "HER2 group",
    "orr": "ORR",
    "dcr": "DCR",
    "cbr_registry": "CBR (any duration)",
    "pfs": "PFS",
    "os": "OS",
    "dor": "DoR",
    "ttr": "Time to response",
    "ttnt": "Time to next treatment or death",
    "tot": "Time on treatment",
    "best_change_percent": "best change of target lesions",
}
POPULATIONS = {
    "all_treated": "all treated",
    "response_evaluable": "response-evaluable",
    "ctdna_evaluable": "ctDNA-evaluable",
    "her2_evaluable": "HER2-evaluable",
    "clearance_able": "sample able to show clearance",
    "clearance_judged": "cleared or not as labelled",
    "clearance_worst": "ctDNA at baseline, not judged = not cleared",
    "clearance_best": "ctDNA at baseline, not judged = cleared",
}
SETS = {
    "enrolled": "Enrolled",
    "all_treated": "Treated (at least one dose)",
    "her2_evaluable": "HER2 group known",
    "response_evaluable": "Response-evaluable",
    "ctdna_evaluable": "ctDNA-evaluable",
    "responder=yes": "Responders",
}
HER2_CLASSES = {
    "absent": "absent (IHC 0, no stained cell)",
    "ultralow": f"ultralow (IHC 0, up to {ULTRALOW_MAX_PERCENT} % of cells stained)",
    "zero_unspecified": "zero, staining not recorded (IHC 0)",
    "low": "low (IHC 1+, or 2+ with ISH negative)",
    "positive": "positive (IHC 3+ or ISH positive): an eligibility warning",
    "indeterminate": (
        "indeterminate (IHC 2+ without a clear ISH result, or a range of scores)"
    ),
    "missing": "missing (no readable result)",
}
HER2_CRITERIA = {
    "absent": "IHC 0: none in any tumour cell",
    "ultralow": (
        "IHC 0: faint, incomplete staining in more than 0 and up to "
        f"{ULTRALOW_MAX_PERCENT} % of tumour cells"
    ),
    "zero_unspecified": (
        "IHC 0: none, or as ultralow; which of the two was not recorded"
    ),
    "low": (
        "IHC 1+, ISH negative or not done: faint, incomplete staining in more than "
        f"{ULTRALOW_MAX_PERCENT} % of tumour cells; or IHC 2+: weak to moderate, "
        f"complete staining in more than {ULTRALOW_MAX_PERCENT} %, with ISH negative"
    ),
    "positive": (
        "IHC 3+: intense, complete, circumferential staining in more than "
        f"{ULTRALOW_MAX_PERCENT} % of tumour cells; or ISH positive"
    ),
    "indeterminate": (
        "IHC 2+ with ISH missing or equivocal, or a range of scores in one cell"
    ),
}
"""What is seen in each class: scores of ASCO-CAP 2018 and 2023, words of trials."""

HER2_DYNAMICS = {
    "stable_zero": "zero throughout",
    "stable_low": "low throughout",
    "gained": "gained: zero, then low",
    "lost": "lost: low, then zero",
    "ever_low": "in turns, or both on one day",
    "one_reading": "one reading only",
    "unreadable": "no dated reading with a group",
}
RESPONSES = {
    "CR": "complete response (CR)",
    "PR": "partial response (PR)",
    "SD": "stable disease (SD)",
    "NON-CR/NON-PD": "neither CR nor PD, no target lesion (NON-CR/NON-PD)",
    "PD": "progressive disease (PD)",
    "NE": "not evaluable (NE)",
    "MISSING": "not assessed after first dose (MISSING)",
}
CLEARANCES = {
    "cleared": "cleared",
    "not_cleared": "not cleared",
    "uninformative": "uninformative (could not have seen enough)",
    "not_shedding": "nothing detected at baseline (not shedding)",
    "missing": "missing (no usable sample or no baseline)",
}
STATES = {
    "detected": "detected",
    "undetected": "undetected",
    "not_evaluable": "not evaluable",
    "failed_qc": "failed QC",
    "missing": "missing",
}
METHODS = {
    CLOPPER_PEARSON: "Clopper-Pearson",
    WILSON: "Wilson",
    NEWCOMBE: "Newcombe",
    MIETTINEN_NURMINEN: "Miettinen-Nurminen",
    CONDITIONAL_EXACT: "exact conditional",
    COX_PROFILE: "Cox, profile likelihood",
    COX_WALD: "Cox, Wald",
    GREENWOOD_NORMAL: "Greenwood, normal",
    FIRTH_PROFILE: "Firth, profile likelihood",
}
MEASURES = {
    "risk_difference": "difference",
    "odds_ratio": "odds ratio",
    "hazard_ratio": "hazard ratio",
    "rmst_difference": "difference of restricted mean times",
}
TESTS = {
    FISHER: "Fisher",
    FISHER_HALTON: "Fisher-Freeman-Halton",
    BOSCHLOO: "Boschloo",
    COCHRAN_ARMITAGE: "Cochran-Armitage, exact",
    FIRTH_INTERACTION: "interaction, Firth",
    LOG_RANK_PERMUTATION: "log-rank by permutation",
    LOG_RANK: "log-rank",
    MANTEL_BYAR: "Mantel-Byar",
    COX_ZPH: "proportional hazards",
}
MODEL_MEASURES = {
    "auc": "area under the ROC curve, out of fold",
    "brier": "Brier score, out of fold (smaller is better)",
    "calibration_slope": "calibration slope, out of fold (1 is ideal)",
    "calibration_intercept": "calibration intercept, out of fold (0 is ideal)",
    "brier_of_no_model": "Brier score without any model",
    "auc_apparent": "area, apparent",
    "auc_optimism_corrected": "area, optimism corrected (bootstrap)",
    "brier_apparent": "Brier score, apparent",
    "brier_optimism_corrected": "Brier score, optimism corrected (bootstrap)",
    "auc_of_shuffled_responses": "area with shuffled responses",
}
FEATURES = {
    "her2_low": "HER2-low",
    "baseline_log2_level": "ctDNA level at baseline (log2)",
    LOG2_RATIO: "ctDNA ratio to baseline (log2)",
    NO_CTDNA: "ctDNA could not be judged",
}
AGREEMENT_MEASURES = {
    "percent_agreement": "agreement",
    "cohen_kappa": "Cohen's kappa",
    "linear_kappa": "weighted kappa, linear",
    "quadratic_kappa": "weighted kappa, quadratic",
    "fleiss_kappa": "Fleiss' kappa",
    "krippendorff_alpha_ordinal": "Krippendorff's alpha, ordinal",
    "krippendorff_alpha_nominal": "Krippendorff's alpha, nominal",
    "gwet_ac1": "Gwet's AC1",
    "gwet_ac2_linear": "Gwet's AC2, linear",
    "gwet_ac2_quadratic": "Gwet's AC2, quadratic",
}
AGREEMENT_SCALES = {
    "ihc": "IHC score (0 < 1+ < 2+ < 3+)",
    "her2_level": "HER2 level (absent < ultralow < 1+ < 2+)",
    "her2_group": "HER2 group (zero < low)",
    "her2_category": "HER2 level, or class where there is none",
}
METRICS = {
    "mean_vaf": "mean VAF",
    "max_vaf": "highest VAF",
    "pooled_vaf": "pooled VAF",
    "mtm_per_ml": "mutant molecules per mL plasma",
    "vaf": "VAF by the assay",
    "tumour_fraction": "tumour fraction by the assay",
    "level": "level of the assay, in its several units",
}
INPUTS = {
    "patients": "patients",
    "her2": "HER2 readings",
    "samples": "ctDNA samples",
    "variants": "table of variant calls",
    "levels": "ctDNA levels of an assay",
    "assessments": "tumour assessments",
    "lesions": "lesions",
    "adverse_events": "adverse events",
    "ada": "anti-drug antibodies",
}
EVENT_CATEGORIES = {
    "all": "All events",
    "related": "Related to treatment",
    "serious": "Serious",
    "of_interest": "Flagged as of interest in the sheet",
}
ADA_CLASSES = {
    "evaluable": "evaluable (of the treated)",
    "baseline_positive": "positive at baseline",
    "induced": "induced by treatment",
    "induced_persistent": "induced, persistent",
    "induced_transient": "induced, transient",
    "boosted": "boosted by treatment",
    "boosted_persistent": "boosted, persistent",
    "boosted_transient": "boosted, transient",
    "incidence": "incidence: induced or boosted",
    "prevalence": "prevalence: positive at baseline or later",
}
ADA_NOT_EVALUABLE = {
    "not_evaluable_no_baseline": "Not evaluable: no sample until the first dose",
    "not_evaluable_no_later_sample": "Not evaluable: no sample after the first dose",
    "not_evaluable_no_sample": "Not evaluable: no sample with a day",
}
_GROUPINGS = {
    "all": "all patients",
    "her2_group": "HER2 group",
    "her2_class": "HER2 class",
    "her2_level": "HER2 level",
    "her2_any_staining": "HER2 staining (ultralow or low against absent)",
    "her2_dynamics": "course of HER2 before treatment",
    "ever_cleared": "ctDNA clearance at any time",
    "baseline_level": "ctDNA level at baseline",
    "baseline_mean_vaf": "mean VAF at baseline",
    "baseline_max_vaf": "highest VAF at baseline",
    "model_clinical": "model of clinical covariates",
    "model_full": "model with biomarkers",
}
_GENE = "gene_"
_EVER_CLEARED = {"no": "not cleared", "yes": "cleared"}
_LANDMARK_GROUPINGS = {
    CLEARANCE: "ctDNA clearance",
    STATE: "ctDNA state",
    CHANGE: "change of ctDNA",
    RATIO: "ctDNA ratio to baseline",
}


def plain(word: object) -> str:
    """Return a word of a table with its underscores as blanks."""
    return spell(str(word))


def endpoint_label(
    endpoint: str, *, landmarks: Iterable[str], benefit_days: float
) -> str:
    """Return the name of an endpoint; clinical benefit with the days it asks for."""
    if endpoint == "cbr":
        return f"CBR ({benefit_days:g} days)"
    if cleared := LandmarkColumn.parse(endpoint, landmarks):
        return f"Clearance at {cleared.landmark}"
    if endpoint.startswith(_GENE):
        return _gene_label(endpoint)
    return ENDPOINTS.get(endpoint, plain(endpoint))


def grouping_label(column: str, *, landmarks: Iterable[str]) -> str:
    """Return what a column that splits patients is about."""
    result = LandmarkColumn.parse(column, landmarks)
    if result and result.reduction:
        return f"ctDNA fall of {result.reduction} % or more at {result.landmark}"
    if result and result.kind in _LANDMARK_GROUPINGS:
        return f"{_LANDMARK_GROUPINGS[result.kind]} at {result.landmark}"
    if column.startswith(_GENE):
        return _gene_label(column)
    return _GROUPINGS.get(column, plain(column))


def _gene_label(biomarker: str) -> str:
    return f"{biomarker.removeprefix(_GENE)} found at baseline"


def feature_label(feature: str, *, landmarks: Iterable[str]) -> str:
    """Return what a feature of the model is."""
    result = LandmarkColumn.parse(feature, landmarks)
    if result and result.kind in FEATURES:
        return f"{FEATURES[result.kind]} at {result.landmark}"
    return FEATURES.get(feature, plain(feature))


def group_label(column: str, group: str) -> str:
    """Return the name of a group, such as HER2-low, in plain words."""
    if column == "her2_group":
        return f"HER2-{group}" if group in ("zero", "low") else "no HER2 group"
    if column == "ever_cleared":
        return _EVER_CLEARED.get(group, plain(group))
    return "all" if column == "all" else plain(group)


def subgroup_label(subgroup: str) -> str:
    """Return a subgroup in words, as ``HR status positive``."""
    column, level = split_value(subgroup)
    return f"{plain(column)} {group_label(column, level)}"


def name_all(columns: str) -> str:
    """Return columns joined by `join_names` as words."""
    return ", ".join(plain(name) for name in split_names(columns))


def origin_label(origin: str) -> str:
    """Return from when time is counted."""
    known = {FIRST_DOSE: "first dose", "response": "first response"}
    return known.get(origin, f"landmark {origin}")
