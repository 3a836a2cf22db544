"""The definitions as run, the report and what is taken away of it, what made it all."""


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
        **told_in_report(),
        drawn=drawn_as("tsv"),
        profiles="<results>/{analysis}/figures/patient_profiles.pdf",
    output:
        **made(*OF_REPORT),
    log:
        "<logs>/{analysis}/write_report.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        **described_in_report(),
        code=code_digest("write_report"),
    script:
        "../scripts/write_report.py"


rule write_take_away:
    input:
        **told_in_report(),
        pictures=drawn_as("png"),
    output:
        **exported("slides.pptx", "tables.docx"),
    log:
        "<logs>/{analysis}/write_take_away.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        **described_in_report(),
        code=code_digest("write_take_away"),
    script:
        "../scripts/write_take_away.py"


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
                *REGISTRY.values(),
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
            tables=name_files(TABLES)
            | ({"adam": SUPPLIED} if SUPPLIED else {})
            | {name: [path] for name, path in REGISTRY.items()},
            config=config,
            code=workflow_digest(FOLDER),
        ),
        citation=yaml.safe_load((FOLDER / "CITATION.cff").read_text()),
        epoch=os.environ.get("SOURCE_DATE_EPOCH"),
    script:
        "../scripts/write_provenance.py"
