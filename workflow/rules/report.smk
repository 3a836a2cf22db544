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
        findings="<results>/cohort/findings.tsv",
        self_check="<results>/cohort/self_check.tsv",
        statistics_accepted="<results>/cohort/statistics_accepted.txt",
        figures=[
            f"<results>/{{analysis}}/figures/{file}"
            for file in figure_files_of(INPUTS, *FIGURES)
            if file.endswith(".svg")
        ],
        profiles="<results>/{analysis}/figures/patient_profiles.pdf",
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
