"""The definitions as run, the report, and what made all of it."""


rule write_definitions:
    input:
        **accepted("patients"),
    output:
        **made("definitions.yaml"),
    log:
        "<logs>/{analysis}/write_definitions.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        definitions=of_analysis(),
        code=code_digest("write_definitions"),
    script:
        "../scripts/write_definitions.py"


rule compare_supplied:
    input:
        **accepted("patients", "adverse_events"),
        **derived("endpoints.tsv", "ada_patients.tsv"),
        data_sets=of_study(SUPPLIED),
    output:
        **made("tables/supplied.tsv"),
    log:
        "<logs>/{analysis}/compare_supplied.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        folder=INPUTS.get("adam"),
        emergent_days=of_analysis("safety", "emergent_days"),
        code=code_digest("compare_supplied"),
    script:
        "../scripts/compare_supplied.py"


rule write_report:
    input:
        **derived(*(file for file in files_of(INPUTS) if file not in NOT_IN_REPORT)),
        **numbers_of("ctdna_trajectories"),
        findings="<results>/cohort/findings.tsv",
        self_check="<results>/cohort/self_check.tsv",
        statistics_accepted="<results>/cohort/statistics_accepted.txt",
        figures=drawn_as("svg"),
        drawn=drawn_as("tsv"),
        profiles="<results>/{analysis}/figures/patient_profiles.pdf",
        all_rates=expand("<results>/{name}/tables/rates.tsv", name=DEFINITIONS),
        all_contrasts=expand("<results>/{name}/tables/contrasts.tsv", name=DEFINITIONS),
        all_flow=expand("<results>/{name}/flow.tsv", name=DEFINITIONS),
    output:
        **made(*OF_REPORT),
    log:
        "<logs>/{analysis}/write_report.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        study=config["study"],
        analyses=list(DEFINITIONS),
        overlays=config["analyses"],
        inputs_given=list(INPUTS),
        inputs=label_files(TABLES),
        association=of_analysis("association"),
        code=code_digest("write_report"),
    script:
        "../scripts/write_report.py"


rule print_report:
    input:
        report="<results>/{analysis}/report.html",
    output:
        pdf="<results>/{analysis}/report.pdf",
    log:
        "<logs>/{analysis}/print_report.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        code=code_digest("print_report"),
    script:
        "../scripts/print_report.py"


rule write_provenance:
    input:
        inputs=of_study(
            [
                *SHEETS,
                *SUPPLIED,
                *REFERENCE.values(),
                *(call["path"] for call in CALLS),
                *DEPTH_FILES,
            ]
        ),
        outputs=every_output(),
    output:
        provenance=reported("<results>/provenance.json", "provenance"),
        crate=reported("<results>/ro-crate-metadata.json", "ro_crate"),
        snakefile="<results>/workflow/Snakefile",
    log:
        "<logs>/write_provenance.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        run=dict(
            tables=name_files(TABLES) | ({"adam": SUPPLIED} if SUPPLIED else {}),
            config=config,
            code=workflow_digest(FOLDER),
        ),
        citation=yaml.safe_load((FOLDER / "CITATION.cff").read_text()),
        epoch=os.environ.get("SOURCE_DATE_EPOCH"),
    script:
        "../scripts/write_provenance.py"
