"""Inputs and statistics: checked, all findings together, accepted or refused."""


rule check_inputs:
    input:
        **(named_reference() if "variants" in INPUTS else {}),
        sheets=of_study(SHEETS),
    output:
        **{table: f"<results>/cohort/inputs/{table}.parquet" for table in TABLES},
        findings="<results>/cohort/inputs/findings.tsv",
    log:
        "<logs>/check_inputs.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        inputs=TABLES,
        data_cutoff=config["study"]["data_cutoff"],
        partial_dates=config["study"]["partial_dates"],
        encoding=config["study"]["encoding"],
        date_order=config["study"]["date_order"],
        columns=config["columns"],
        values=config["values"],
        ready_maps=READY_MAPS,
        baseline_window=config["definitions"]["response"]["baseline_window"],
        origin=config["study"]["origin"],
        day_one=config["study"]["day_one"],
        # files that come after they were missed have the inputs checked again
        absent=list_absent(INPUTS.get("samples", ""), written=WRITTEN),
        code=code_digest("check_inputs"),
    script:
        "../scripts/check_inputs.py"


rule collect_findings:
    input:
        **checked("variants"),
        sheets="<results>/cohort/inputs/findings.tsv",
        files=expand("<results>/ctdna/batches/{batch}.files.tsv", batch=BATCHES),
        calls=expand("<results>/ctdna/batches/{batch}.findings.tsv", batch=BATCHES),
        matches=match_findings(),
        coverage=expand(
            "<results>/ctdna/coverage/{batch}.findings.tsv", batch=COVERAGE_BATCHES
        ),
    output:
        findings=reported("<results>/cohort/findings.tsv", "findings"),
    log:
        "<logs>/collect_findings.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        config=[list(found) for found in CONFIG_FINDINGS],
        names_of_samples=names_in_sheet(
            INPUTS.get("samples", ""), table="samples", written=WRITTEN
        ),
        code=code_digest("collect_findings"),
    script:
        "../scripts/collect_findings.py"


rule validate:
    input:
        **checked(*TABLES),
        findings="<results>/cohort/findings.tsv",
    log:
        "<logs>/validate.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        tables=list(TABLES),
        files=files_of_findings(TABLES),
        columns=config["columns"],
        study=overview_of_study(),
        code=code_digest("validate"),
    script:
        "../scripts/validate.py"


rule accept_inputs:
    input:
        findings="<results>/cohort/findings.tsv",
    output:
        accepted="<results>/cohort/inputs/accepted.txt",
    log:
        "<logs>/accept_inputs.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        files=files_of_findings(TABLES),
        columns=config["columns"],
        code=code_digest("accept_inputs"),
    script:
        "../scripts/accept_inputs.py"


rule collect_flow:
    input:
        flows=expand("<results>/{analysis}/flow.tsv", analysis=DEFINITIONS),
    output:
        flow=reported("<results>/cohort/flow.tsv", "flow"),
    log:
        "<logs>/collect_flow.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        analyses=list(DEFINITIONS),
        code=code_digest("collect_flow"),
    script:
        "../scripts/collect_flow.py"


rule check_statistics:
    output:
        checks=reported("<results>/cohort/self_check.tsv", "self_check"),
    log:
        "<logs>/check_statistics.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        code=code_digest("check_statistics"),
    script:
        "../scripts/check_statistics.py"


rule accept_statistics:
    input:
        checks="<results>/cohort/self_check.tsv",
    output:
        accepted="<results>/cohort/statistics_accepted.txt",
    log:
        "<logs>/accept_statistics.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        code=code_digest("accept_statistics"),
    script:
        "../scripts/accept_statistics.py"
