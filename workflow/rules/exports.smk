"""Results in the forms of others; ADaM and cBioPortal by the target `exports`."""


rule write_parquet:
    input:
        **derived(*tables_of(INPUTS)),
    output:
        **with_types(),
        **made("ard.parquet"),
    log:
        "<logs>/{analysis}/write_parquet.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        numbers=numbers_of_tables,
        code=code_digest("write_parquet"),
    script:
        "../scripts/write_parquet.py"


rule export_adam:
    input:
        **derived("endpoints.tsv", "visits.tsv"),
    output:
        **exported("adam/adrs.xpt", "adam/adtte.xpt"),
    log:
        "<logs>/{analysis}/export_adam.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        study_id=config["study"]["id"],
        is_synthetic=config["study"]["synthetic"],
        count_first_day=of_analysis("response", "count_first_day"),
        code=code_digest("export_adam"),
    script:
        "../scripts/export_adam.py"


rule export_cbioportal:
    input:
        **derived("patients.tsv", "visits.tsv", "her2_readings.tsv"),
        **derived("ctdna_samples.tsv", "variant_status.parquet"),
        **called_variants(),
        files=expand("<results>/ctdna/batches/{batch}.files.tsv", batch=BATCHES),
    output:
        cbioportal=directory("<results>/{analysis}/cbioportal"),
    log:
        "<logs>/{analysis}/export_cbioportal.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        study=marked(identify_definitions),
        metric=of_analysis("ctdna", "metric"),
        landmarks=landmark_names,
        covariates=of_analysis("association", "covariates"),
        code=code_digest("export_cbioportal"),
    script:
        "../scripts/export_cbioportal.py"
