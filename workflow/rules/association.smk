"""The table of patients and its sets, what goes with outcome, and safety."""


rule assemble_patients:
    input:
        **accepted("patients"),
        **derived(
            "her2_status.tsv",
            "endpoints.tsv",
            "ctdna_landmarks.tsv",
            "ctdna_patients.tsv",
        ),
    output:
        patients=reported("<results>/{analysis}/patients.tsv", "patients", "table"),
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
        flow="<results>/{analysis}/flow.tsv",
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


rule estimate_associations:
    input:
        patients="<results>/{analysis}/patients.tsv",
    output:
        **{
            table: reported(
                f"<results>/{{analysis}}/tables/{table}.tsv", table, "table"
            )
            for table in ("rates", "contrasts", "tests", "survival", "survival_curves")
        },
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


rule estimate_her2_trend:
    input:
        patients="<results>/{analysis}/patients.tsv",
    output:
        trend=reported(
            "<results>/{analysis}/tables/her2_trend.tsv", "her2_trend", "table"
        ),
    log:
        "<logs>/{analysis}/estimate_her2_trend.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        confidence=of_analysis("association", "confidence"),
        trend_scores=of_analysis("association", "trend_scores"),
        bootstrap=of_analysis("association", "bootstrap"),
        seed=of_analysis("association", "seed"),
        landmarks=of_analysis("ctdna", "landmarks"),
        response="response" in CHAPTERS,
        code=code_digest("estimate_her2_trend"),
    script:
        "../scripts/estimate_her2_trend.py"


rule summarise_safety:
    input:
        **accepted("patients", "adverse_events", "ada"),
    output:
        **{
            Path(file).stem: reported(
                f"<results>/{{analysis}}/{file}", Path(file).stem, "table"
            )
            for file in (
                "tables/adverse_events.tsv",
                "tables/ada.tsv",
                "ada_patients.tsv",
            )
            if file in files_of(INPUTS)
        },
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
