"""The table of patients and its sets, what goes with outcome, and safety."""


rule assemble_patients:
    input:
        **accepted("patients"),
        **derived(
            "her2_status.tsv",
            "tables/her2_dynamics.tsv",
            "endpoints.tsv",
            "ctdna_landmarks.tsv",
            "ctdna_patients.tsv",
        ),
    output:
        patients=reported("<results>/{analysis}/patients.tsv", "patients"),
    log:
        "<logs>/{analysis}/assemble_patients.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        code=code_digest("assemble_patients"),
    script:
        "../scripts/assemble_patients.py"


rule derive_flow:
    input:
        patients="<results>/{analysis}/patients.tsv",
    output:
        **made("flow.tsv"),
    log:
        "<logs>/{analysis}/derive_flow.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        landmarks=of_analysis("ctdna", "landmarks"),
        covariates=of_analysis("association", "covariates"),
        groups=of_analysis("association", "groups"),
        count_first_day=of_analysis("response", "count_first_day"),
        response="response" in CHAPTERS,
        code=code_digest("derive_flow"),
    script:
        "../scripts/derive_flow.py"


rule summarise_baseline:
    input:
        patients="<results>/{analysis}/patients.tsv",
    output:
        **made("tables/baseline.tsv"),
    log:
        "<logs>/{analysis}/summarise_baseline.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        landmarks=landmark_names,
        covariates=of_analysis("association", "covariates"),
        groups=of_analysis("association", "groups"),
        code=code_digest("summarise_baseline"),
    script:
        "../scripts/summarise_baseline.py"


rule estimate_associations:
    input:
        patients="<results>/{analysis}/patients.tsv",
    output:
        **made("tables/rates.tsv", "tables/survival.tsv", "tables/survival_curves.tsv"),
        **made("tables/clearance_survival.tsv", "tables/clearance_curves.tsv"),
        contrasts="<results>/{analysis}/tests/contrasts.tsv",
        tests="<results>/{analysis}/tests/tests.tsv",
    log:
        "<logs>/{analysis}/estimate_associations.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        association=of_analysis("association"),
        landmarks=of_analysis("ctdna", "landmarks"),
        count_first_day=of_analysis("response", "count_first_day"),
        response="response" in CHAPTERS,
        survival=True,
        code=code_digest("estimate_associations"),
    script:
        "../scripts/estimate_associations.py"


rule estimate_milestones:
    input:
        patients="<results>/{analysis}/patients.tsv",
    output:
        **made("tables/milestones.tsv", "tables/durations.tsv"),
    log:
        "<logs>/{analysis}/estimate_milestones.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        association=some_of_analysis("association", MilestoneSettings),
        landmarks=of_analysis("ctdna", "landmarks"),
        count_first_day=of_analysis("response", "count_first_day"),
        code=code_digest("estimate_milestones"),
    script:
        "../scripts/estimate_milestones.py"


rule compare_with_scans:
    input:
        patients="<results>/{analysis}/patients.tsv",
        ctdna_landmarks="<results>/{analysis}/ctdna_landmarks.tsv",
        ctdna_response="<results>/{analysis}/tables/ctdna_response.tsv",
        visits="<results>/{analysis}/visits.tsv",
    output:
        **made("tables/ctdna_recist.tsv"),
    log:
        "<logs>/{analysis}/compare_with_scans.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        landmarks=landmark_names,
        confidence=of_analysis("association", "confidence"),
        code=code_digest("compare_with_scans"),
    script:
        "../scripts/compare_with_scans.py"


rule estimate_competing:
    input:
        **accepted("adverse_events"),
        patients="<results>/{analysis}/patients.tsv",
    output:
        **made("tables/competing.tsv"),
    log:
        "<logs>/{analysis}/estimate_competing.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        association=some_of_analysis("association", MilestoneSettings),
        safety=some_of_analysis("safety", InterestSettings),
        count_first_day=of_analysis("response", "count_first_day"),
        code=code_digest("estimate_competing"),
    script:
        "../scripts/estimate_competing.py"


rule estimate_her2_trend:
    input:
        patients="<results>/{analysis}/patients.tsv",
    output:
        trend=reported("<results>/{analysis}/tables/her2_trend.tsv", "her2_trend"),
    log:
        "<logs>/{analysis}/estimate_her2_trend.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        association=some_of_analysis("association", TrendSettings),
        landmarks=of_analysis("ctdna", "landmarks"),
        response="response" in CHAPTERS,
        code=code_digest("estimate_her2_trend"),
    script:
        "../scripts/estimate_her2_trend.py"


rule estimate_biomarkers:
    input:
        **called_variants(),
        **derived("variant_status.parquet", "ctdna_samples.tsv"),
        patients="<results>/{analysis}/patients.tsv",
    output:
        **unadjusted("biomarkers", "mutations"),
    log:
        "<logs>/{analysis}/estimate_biomarkers.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        association=some_of_analysis("association", BiomarkerSettings),
        ctdna=some_of_analysis("ctdna", OfBiomarkers),
        count_first_day=of_analysis("response", "count_first_day"),
        response="response" in CHAPTERS,
        code=code_digest("estimate_biomarkers"),
    script:
        "../scripts/estimate_biomarkers.py"


rule fit_model:
    input:
        patients="<results>/{analysis}/patients.tsv",
    output:
        **unadjusted("model"),
        **made("tables/model_predictions.tsv", "tables/model_selection.tsv"),
    log:
        "<logs>/{analysis}/fit_model.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        landmarks=of_analysis("ctdna", "landmarks"),
        covariates=of_analysis("association", "covariates"),
        model=of_analysis("association", "model"),
        seed=of_analysis("association", "seed"),
        count_first_day=of_analysis("response", "count_first_day"),
        code=code_digest("fit_model"),
    script:
        "../scripts/fit_model.py"


rule collect_tests:
    input:
        **unadjusted("tests", "contrasts", "biomarkers", "mutations", "model"),
        flow="<results>/{analysis}/flow.tsv",
    output:
        **made(
            *("tables/tests.tsv", "tables/contrasts.tsv", "tables/biomarkers.tsv"),
            *("tables/mutations.tsv", "tables/model.tsv", "tables/ledger.tsv"),
            *(
                "tables/detectable.tsv",
                "tables/exaggeration.tsv",
                "tables/missing.tsv",
            ),
        ),
    log:
        "<logs>/{analysis}/collect_tests.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        families=of_analysis("association", "families"),
        predeclared=of_analysis("association", "predeclared"),
        plausible_differences=of_analysis("association", "plausible_differences"),
        plausible_hazard_ratios=of_analysis("association", "plausible_hazard_ratios"),
        confidence=of_analysis("association", "confidence"),
        code=code_digest("collect_tests"),
    script:
        "../scripts/collect_tests.py"


rule summarise_safety:
    input:
        **accepted("patients", "adverse_events", "ada"),
    output:
        **made("tables/adverse_events.tsv", "tables/ada.tsv", "ada_patients.tsv"),
    log:
        "<logs>/{analysis}/summarise_safety.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        safety=of_analysis("safety"),
        confidence=of_analysis("association", "confidence"),
        code=code_digest("summarise_safety"),
    script:
        "../scripts/summarise_safety.py"
