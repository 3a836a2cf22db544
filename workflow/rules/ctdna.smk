"""From calls to the ctDNA state of each sample and the course of each patient."""


rule read_variants:
    input:
        calls=lambda wildcards: [call["path"] for call in BATCHES[wildcards.batch]],
    output:
        variants="<results>/ctdna/batches/{batch}.parquet",
        findings="<results>/ctdna/batches/{batch}.findings.tsv",
    log:
        "<logs>/read_variants_{batch}.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        samples=lambda wildcards: BATCHES[wildcards.batch],
        code=code_digest("read_variants"),
    script:
        "../scripts/read_variants.py"


rule collect_variants:
    input:
        **accepted("samples", "variants"),
        batches=expand("<results>/ctdna/batches/{batch}.parquet", batch=BATCHES),
    output:
        variants="<results>/ctdna/variants.parquet",
    log:
        "<logs>/collect_variants.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        code=code_digest("collect_variants"),
    script:
        "../scripts/collect_variants.py"


rule derive_ctdna:
    input:
        **accepted("patients", "samples", "levels"),
        **called_variants(),
    output:
        **derived("variant_status.parquet", "ctdna_samples.tsv", "ctdna_landmarks.tsv"),
    log:
        "<logs>/{analysis}/derive_ctdna.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        ctdna=of_analysis("ctdna"),
        code=code_digest("derive_ctdna"),
    script:
        "../scripts/derive_ctdna.py"


rule derive_courses:
    input:
        **accepted("patients"),
        ctdna_samples="<results>/{analysis}/ctdna_samples.tsv",
        endpoints="<results>/{analysis}/endpoints.tsv",
    output:
        ctdna_patients="<results>/{analysis}/ctdna_patients.tsv",
        kinetics=reported(
            "<results>/{analysis}/tables/kinetics.tsv", "kinetics", "table"
        ),
    log:
        "<logs>/{analysis}/derive_courses.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        ctdna=of_analysis("ctdna"),
        confidence=of_analysis("association", "confidence"),
        code=code_digest("derive_courses"),
    script:
        "../scripts/derive_courses.py"
