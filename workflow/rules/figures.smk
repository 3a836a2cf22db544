"""The figures, by chapter; each with the table of the numbers it draws."""


rule plot_cohort:
    input:
        **derived(
            "her2_status.tsv",
            "tables/her2_agreement.tsv",
            "tables/her2_agreement_pairs.tsv",
        ),
        flow="<results>/{analysis}/flow.tsv",
    output:
        **figure_files("plot_cohort"),
    log:
        "<logs>/{analysis}/plot_cohort.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        figures=drawings("plot_cohort"),
        study=marked(identify_patients),
        folder=figure_folder,
        chapters=sorted(CHAPTERS),
        confidence=of_analysis("association", "confidence"),
        code=code_digest("plot_cohort"),
    script:
        "../scripts/plot_cohort.py"


rule plot_response:
    input:
        **derived("visits.tsv", "ctdna_samples.tsv"),
        patients="<results>/{analysis}/patients.tsv",
    output:
        **figure_files("plot_response"),
    log:
        "<logs>/{analysis}/plot_response.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        figures=drawings("plot_response"),
        landmarks=of_analysis("ctdna", "landmarks"),
        study=marked(identify_patients),
        folder=figure_folder,
        chapters=sorted(CHAPTERS),
        code=code_digest("plot_response"),
    script:
        "../scripts/plot_response.py"


rule plot_ctdna:
    input:
        **accepted("samples"),
        **called_variants(),
        **derived("variant_status.parquet", "ctdna_samples.tsv", "ctdna_landmarks.tsv"),
        **unadjusted("biomarkers"),
        patients="<results>/{analysis}/patients.tsv",
    output:
        **figure_files("plot_ctdna"),
    log:
        "<logs>/{analysis}/plot_ctdna.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        figures=drawings("plot_ctdna"),
        landmarks=of_analysis("ctdna", "landmarks"),
        study=marked(identify_patients),
        folder=figure_folder,
        chapters=sorted(CHAPTERS),
        metric=of_analysis("ctdna", "metric"),
        confidence=of_analysis("association", "confidence"),
        code=code_digest("plot_ctdna"),
    script:
        "../scripts/plot_ctdna.py"


rule plot_association:
    input:
        **derived(
            "patients.tsv",
            "tables/rates.tsv",
            "tables/contrasts.tsv",
            "tables/tests.tsv",
            "tables/her2_trend.tsv",
            "tables/survival.tsv",
            "tables/survival_curves.tsv",
            "tables/clearance_survival.tsv",
            "tables/clearance_curves.tsv",
            "tables/ctdna_recist.tsv",
            "tables/model.tsv",
            "tables/model_predictions.tsv",
            "tables/model_selection.tsv",
        ),
    output:
        **figure_files("plot_association"),
    log:
        "<logs>/{analysis}/plot_association.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        figures=drawings("plot_association"),
        landmarks=of_analysis("ctdna", "landmarks"),
        study=marked(identify_definitions),
        folder=figure_folder,
        chapters=sorted(CHAPTERS),
        confidence=of_analysis("association", "confidence"),
        code=code_digest("plot_association"),
    script:
        "../scripts/plot_association.py"


rule plot_profiles:
    input:
        **accepted("adverse_events", "ada"),
        **called_variants(),
        **derived("visits.tsv", "variant_status.parquet", "ctdna_samples.tsv"),
        patients="<results>/{analysis}/patients.tsv",
    output:
        **figure_files("plot_profiles"),
    log:
        "<logs>/{analysis}/plot_profiles.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        landmarks=of_analysis("ctdna", "landmarks"),
        study=marked(identify_patients),
        folder=figure_folder,
        chapters=sorted(CHAPTERS),
        metric=of_analysis("ctdna", "metric"),
        special_interest=of_analysis("safety", "special_interest"),
        code=code_digest("plot_profiles"),
    script:
        "../scripts/plot_profiles.py"
