"""The definitions as run, the report, and what made all of it."""


rule write_definitions:
    input:
        **accepted("patients"),
    output:
        definitions="<results>/{analysis}/definitions.yaml",
    log:
        "<logs>/{analysis}/write_definitions.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        definitions=of_analysis(),
        code=code_digest("write_definitions"),
    script:
        "../scripts/write_definitions.py"


rule write_report:
    input:
        **derived(*(file for file in files_of(INPUTS) if file != "report.html")),
        **numbers_of("ctdna_trajectories"),
        findings="<results>/cohort/findings.tsv",
        figures=[
            f"<results>/{{analysis}}/figures/{name}.svg"
            for rule_name in FIGURES
            for name in figures_of(INPUTS, rule_name)
        ],
    output:
        report=reported("<results>/{analysis}/report.html", "report", "report"),
    log:
        "<logs>/{analysis}/write_report.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        study=config["study"],
        analyses=list(DEFINITIONS),
        inputs_given=list(INPUTS),
        inputs=INPUTS,
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
        inputs=[
            *SHEETS,
            *REFERENCE.values(),
            *(call["path"] for call in CALLS),
            *DEPTH_FILES,
        ],
        outputs=every_output(),
    output:
        provenance="<results>/provenance.json",
    log:
        "<logs>/write_provenance.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        inputs=INPUTS,
        config=config,
        code=workflow_digest(FOLDER),
    script:
        "../scripts/write_provenance.py"
