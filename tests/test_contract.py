"""Every file of the contract has its columns, and its words are the contract's."""

import re

import pandas as pd
import pytest
import yaml

from her2ctdna.tables import read_table

COLUMNS = {
    "her2_status.tsv": "patient_id specimen_id reader ihc ish her2_class her2_level "
    "her2_group reason",
    "her2_readings.tsv": "patient_id specimen_id specimen collected_day reader ihc ish "
    "stained_percent her2_class her2_level her2_group her2_any_staining assay ish_raw "
    "staining stained_low stained_high her2_copies cep17_ratio ish_group",
    "tables/her2_dynamics.tsv": "patient_id dynamics n_readings reason",
    "tables/her2_agreement.tsv": "comparison first second reader scale measure "
    "estimate ci_low ci_high ci_method n n_left_out note patient_ids excluded_ids",
    "tables/her2_agreement_pairs.tsv": "comparison first second reader scale "
    "first_value second_value n patient_ids",
    "endpoints.tsv": "patient_id treated bor confirmed_bor bor_day confirmed_bor_day "
    "responder response_day disease_control clinical_benefit_registry "
    "clinical_benefit ttr_days dor_days dor_event dor_reason pfs_days pfs_event "
    "pfs_reason os_days os_event os_reason best_change_percent best_change_day",
    "ctdna_samples.tsv": "sample_id patient_id timepoint day state n_tracked "
    "n_informative n_detected alt_count depth mean_vaf max_vaf pooled_vaf mtm_per_ml "
    "level p_value lod95 upper95",
    "ctdna_landmarks.tsv": "patient_id landmark sample_id day baseline_state state "
    "clearance able ratio ratio_upper95 mr50 mr90 ratio_low ratio_high residual_max",
    "ctdna_patients.tsv": "patient_id baseline_sample_id baseline_state "
    "baseline_level n_samples ever_cleared first_cleared_day "
    "last_detected_day_before sustained nadir_level nadir_day rebound_day "
    "half_life_days half_life_low half_life_high lead_time_days nadir_upper95 "
    "first_cleared_residual_max detected_again_day rebound_kind "
    "last_day_before_rebound half_life_note lead_time_low lead_time_high",
    "tables/ctdna_response.tsv": "sample_id patient_id day response reason ratio "
    "ratio_low ratio_high nadir_sample_id nadir_ratio nadir_ratio_low "
    "nadir_ratio_high",
    "tables/ctdna_recist.tsv": "landmark ctdna recist population n_both n_ctdna_only "
    "n_recist_only n_neither N after_first_scan sensitivity specificity ppv npv kappa "
    "note",
    "tables/kinetics.tsv": "parameter estimate ci_low ci_high ci_method n_patients "
    "n_samples n_censored note",
    "tables/rates.tsv": "endpoint population group_by group n N rate ci_low ci_high "
    "ci_method",
    "tables/contrasts.tsv": "endpoint population origin group_by group reference "
    "measure estimate ci_low ci_high ci_method p_value test n n_reference family "
    "q_value adjusted_for biased",
    "tables/tests.tsv": "endpoint biomarker test statistic p_value attainable_size "
    "family q_value n predeclared",
    "tables/ledger.tsv": "family n_tests n_p_values smallest_p smallest_q alpha "
    "n_below_alpha expected_below_alpha n_out_of_reach n_predeclared",
    "tables/detectable.tsv": "endpoint population origin group_by group reference n "
    "n_reference rate_reference detectable_low detectable_high",
    "tables/exaggeration.tsv": "endpoint population origin group_by group reference "
    "measure n n_reference true_effect alpha power type_s type_m method",
    "tables/missing.tsv": "measured status endpoint n N rate ci_low ci_high "
    "patient_ids reason",
    "tables/biomarkers.tsv": "endpoint population origin biomarker measure estimate "
    "ci_low ci_high ci_method p_value test n family q_value below_detection "
    "patient_ids",
    "tables/mutations.tsv": "endpoint biomarker gene group n N rate ci_low ci_high "
    "patient_ids p_value test family q_value",
    "tables/model.tsv": "biomarker measure estimate low high p_value test n events "
    "family q_value patient_ids",
    "tables/model_predictions.tsv": "patient_id model responder probability low high",
    "tables/model_selection.tsv": "model feature coefficient same_sign_share "
    "leading_share n_fits",
    "tables/baseline.tsv": "variable level group n N value low high statistic",
    "tables/durations.tsv": "endpoint group_by group n N events value low high "
    "statistic",
    "tables/survival.tsv": "endpoint group_by group origin n events median_days "
    "ci_low ci_high ci_method followup_median_days",
    "tables/survival_curves.tsv": "endpoint group_by group origin time_days at_risk "
    "events survival ci_low ci_high",
    "tables/milestones.tsv": "endpoint group_by group origin time_days at_risk "
    "survival ci_low ci_high note",
    "tables/competing.tsv": "endpoint group_by group time_days estimator incidence "
    "ci_low ci_high biased",
    "tables/adverse_events.tsv": "n N rate ci_low ci_high time_at_risk_days "
    "incidence_per_100_py incidence_low incidence_high",
    "tables/ada.tsv": "n N rate ci_low ci_high",
    "figures/captions.tsv": "figure number title n definitions_id analysis caption "
    "file",
    "ada_patients.tsv": "patient_id evaluable baseline class persistence reason "
    "first_positive_day n_samples n_positive peak_titre",
}
SHARED = {
    "cohort/findings.tsv": "severity table row column patient_id value message",
    "cohort/flow.tsv": "set n excluded reason patient_ids",
    "cohort/self_check.tsv": "check quantity source inputs expected computed tolerance "
    "result",
}
VARIANTS = (
    "sample_id patient_id chrom pos ref alt gene consequence protein_change filter "
    "alt_count depth vaf caller_vaf caller"
)
FLAG = "yes no"
WORDS = {
    (
        "her2_status.tsv",
        "her2_class",
    ): "absent ultralow zero_unspecified low positive indeterminate missing",
    ("her2_status.tsv", "her2_level"): "absent ultralow 1+ 2+",
    ("her2_status.tsv", "her2_group"): "zero low",
    ("her2_status.tsv", "her2_any_staining"): "absent any_staining",
    (
        "tables/her2_dynamics.tsv",
        "dynamics",
    ): "stable_zero stable_low gained lost ever_low one_reading unreadable",
    ("endpoints.tsv", "bor"): "CR PR SD NON-CR/NON-PD PD NE MISSING",
    ("endpoints.tsv", "responder"): FLAG,
    ("endpoints.tsv", "pfs_event"): FLAG,
    ("ctdna_samples.tsv", "state"): "detected undetected not_evaluable failed_qc",
    (
        "tables/her2_agreement.tsv",
        "measure",
    ): "percent_agreement cohen_kappa linear_kappa quadratic_kappa gwet_ac1 "
    "gwet_ac2_linear gwet_ac2_quadratic fleiss_kappa",
    (
        "ctdna_landmarks.tsv",
        "baseline_state",
    ): "detected undetected not_evaluable missing",
    (
        "ctdna_landmarks.tsv",
        "clearance",
    ): "cleared not_cleared uninformative not_shedding missing",
    ("ctdna_landmarks.tsv", "mr50"): "yes no not_evaluable",
    ("ctdna_patients.tsv", "ever_cleared"): FLAG,
    ("ctdna_patients.tsv", "sustained"): FLAG,
    ("ctdna_patients.tsv", "rebound_kind"): "rise detected_again",
    ("tables/ctdna_response.tsv", "response"): "cCR cPR cSD cPD NE",
    ("tables/ctdna_recist.tsv", "ctdna"): "clearance mr50 mr90 response",
    ("tables/ctdna_recist.tsv", "recist"): "best_response first_scan",
    ("tables/rates.tsv", "ci_method"): "clopper_pearson wilson",
    (
        "tables/rates.tsv",
        "population",
    ): "all_treated response_evaluable ctdna_evaluable clearance_able "
    "clearance_judged clearance_worst clearance_best",
    ("tables/contrasts.tsv", "biased"): FLAG,
    ("tables/tests.tsv", "predeclared"): FLAG,
    ("tables/missing.tsv", "status"): "known missing",
}


@pytest.mark.parametrize("name", COLUMNS)
def test_tables_of_an_analysis_have_their_columns(demo, name):
    assert set(COLUMNS[name].split()) <= set(demo.table(f"primary/{name}").columns)


@pytest.mark.parametrize("name", SHARED)
def test_shared_tables_have_their_columns(demo, name):
    assert set(SHARED[name].split()) <= set(demo.table(name).columns)


def test_variants_and_their_roles_have_their_columns(demo):
    results = demo.folder / "results"
    variants = pd.read_parquet(results / "ctdna" / "variants.parquet")
    assert set(VARIANTS.split()) <= set(variants.columns)
    roles = pd.read_parquet(results / "primary" / "variant_status.parquet")
    keys = {"sample_id", "chrom", "pos", "ref", "alt"}
    assert keys | {"role", "reason"} <= set(roles.columns)
    words = "tracked germline clonal_haematopoiesis filtered emergent"
    assert set(roles["role"]) == set(words.split())
    assert not roles.duplicated(list(keys)).any()


@pytest.mark.parametrize(("name", "column"), WORDS)
def test_columns_of_words_hold_no_other(demo, name, column):
    found = set(demo.table(f"primary/{name}")[column].dropna())
    assert found <= set(WORDS[name, column].split())


def test_one_row_a_patient(demo):
    enrolled = len(demo.table("primary/patients.tsv"))
    for name in ("her2_status", "endpoints", "ctdna_patients", "patients"):
        table = demo.table(f"primary/{name}.tsv")
        assert len(table) == table["patient_id"].nunique() == enrolled
    landmarks = demo.table("primary/ctdna_landmarks.tsv")
    assert len(landmarks) == 2 * enrolled
    assert not landmarks.duplicated(["patient_id", "landmark"]).any()


def test_missing_is_empty_and_never_a_word_or_a_dot(demo):
    for path in (demo.folder / "results").rglob("*.tsv"):
        cells = set(re.split(r"[\t\n]", path.read_text(encoding="utf-8")))
        assert not cells & {".", "nan", "NaN", "None", "inf", "-inf", "<NA>"}, path


def test_numbers_come_back_as_they_were(demo):
    samples = demo.table("primary/ctdna_samples.tsv")
    seen = samples.dropna(subset=["pooled_vaf"])
    pooled = seen["alt_count"] / seen["depth"]
    assert (pooled == seen["pooled_vaf"]).all()


def test_each_interval_and_test_has_its_coverage_or_error_in_the_methods(demo, root):
    text = (root / "docs" / "methods.md").read_text(encoding="utf-8")
    part = text[text.index("### Coverage and error") : text.index("### Patient flow")]
    for name in ("rates", "contrasts", "tests", "biomarkers", "survival", "model"):
        table = demo.table(f"primary/tables/{name}.tsv")
        for column in {"ci_method", "test"} & set(table.columns):
            for word in table[column].dropna().unique():
                assert word in part, f"{column} {word} of {name}.tsv"


def test_definitions_are_complete(demo, defaults):
    path = demo.folder / "results" / "unconfirmed" / "definitions.yaml"
    definitions = yaml.safe_load(path.read_text())
    assert definitions["response"]["confirmed"] is False
    definitions["response"]["confirmed"] = True
    assert definitions == defaults["definitions"]


def test_clearance_is_claimed_only_where_it_could_have_been_refuted(demo):
    landmarks = demo.table("primary/ctdna_landmarks.tsv")
    samples = demo.table("primary/ctdna_samples.tsv").set_index("sample_id")
    courses = demo.table("primary/ctdna_patients.tsv").set_index("patient_id")
    cleared = landmarks[landmarks["clearance"] == "cleared"]
    assert len(cleared) > 0
    limit = samples.loc[cleared["sample_id"], "lod95"].to_numpy()
    baseline = courses.loc[cleared["patient_id"], "baseline_level"].to_numpy()
    assert (limit <= 0.1 * baseline).all()


def test_clearance_counts_in_four_sets_and_is_tested_in_those_able_to_show_it(demo):
    rates = demo.table("primary/tables/rates.tsv")
    own = rates[
        (rates["endpoint"] == "clearance_C2D1")
        & (rates["group_by"] == "all")
        & (rates["ci_method"] == "wilson")
    ]
    shares = own.set_index("population")[["n", "N"]].T.to_dict("list")
    assert shares == {
        "clearance_able": [3, 19],
        "clearance_judged": [3, 25],
        "clearance_worst": [3, 33],
        "clearance_best": [11, 33],
    }
    tests = demo.table("primary/tables/tests.tsv")
    asked = tests["biomarker"].str.startswith("clearance_")
    asked |= tests["endpoint"].str.startswith("clearance_")
    asked &= ~tests["biomarker"].str.startswith("gene_")
    groups = tests[asked & tests["groups"].notna()]
    assert set(groups["population"]) == {"clearance_able"}
    contrasts = demo.table("primary/tables/contrasts.tsv")
    shown = contrasts[contrasts["group_by"] == "clearance_C2D1"]
    assert {"clearance_judged", "clearance_worst", "clearance_best"} <= set(
        shown["population"]
    )


def test_naive_comparison_is_marked_and_nowhere_tested(demo):
    contrasts = demo.table("primary/tables/contrasts.tsv")
    late = contrasts["group_by"].str.contains("_C[23]D1$")
    late |= contrasts["group_by"] == "ever_cleared"
    hazards = (contrasts["measure"] == "hazard_ratio") & (
        contrasts["test"] == "likelihood_ratio"
    )
    naive = contrasts[late & hazards & (contrasts["origin"] == "first_dose")]
    assert len(naive) > 0
    assert set(naive["biased"]) == {"yes"}
    assert set(contrasts.drop(naive.index)["biased"]) == {"no"}
    tests = read_table(demo.folder / "results/primary/tables/tests.tsv")
    late_tests = tests[tests["biomarker"].str.contains("_C[23]D1$")]
    assert "first_dose" not in set(late_tests["origin"])
    of_any_time = tests[tests["biomarker"] == "ever_cleared"]
    assert set(of_any_time["test"]) == {"mantel_byar", "cox_zph"}


def test_clearance_at_any_time_is_compared_from_the_draw_on(demo):
    contrasts = demo.table("primary/tables/contrasts.tsv")
    rows = contrasts[(contrasts["group_by"] == "ever_cleared")]
    proper = rows[rows["biased"] == "no"]
    assert "time_dependent_cox" in set(proper["test"])
    curves = demo.table("primary/tables/survival_curves.tsv")
    start = curves[curves["group_by"] == "ever_cleared"].groupby("group").first()
    assert start.loc["yes", "at_risk"] == 0
    patients = demo.table("primary/patients.tsv")
    detected = patients["baseline_state"] == "detected"
    assert start.loc["no", "at_risk"] == detected.sum()


def test_response_by_clearance_leaves_out_samples_after_the_first_scan(demo):
    patients = demo.table("primary/patients.tsv")
    rates = demo.table("primary/tables/rates.tsv")
    late = patients["day_C3D1"].astype(float) > patients["first_visit_day"]
    assert late.any()
    assert (patients["late_C3D1"] == "yes").tolist() == late.tolist()
    rows = rates[
        (rates["endpoint"] == "orr")
        & (rates["population"] == "ctdna_evaluable")
        & (rates["group_by"] == "clearance_C3D1")
        & (rates["ci_method"] == "wilson")
    ].set_index("group")["N"]
    evaluable = patients["ctdna_evaluable"] == "yes"
    assert rows["after_first_scan"] == (late & evaluable).sum()
    counts = patients.loc[evaluable & ~late, "clearance_C3D1"].value_counts()
    for group in ("cleared", "not_cleared", "not_shedding"):
        assert rows[group] == counts[group]
