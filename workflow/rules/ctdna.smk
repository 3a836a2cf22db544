"""From calls to the ctDNA state of each sample and the course of each patient."""


rule read_variants:
    input:
        **named_reference(),
        calls=called_files,
    output:
        variants="<results>/ctdna/batches/{batch}.arrow",
        files="<results>/ctdna/batches/{batch}.files.tsv",
        findings="<results>/ctdna/batches/{batch}.findings.tsv",
    log:
        "<logs>/read_variants_{batch}.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        samples=lambda wildcards: BATCHES[wildcards.batch],
        caller=config["study"]["caller"],
        code=code_digest("read_variants"),
    script:
        "../scripts/read_variants.py"


rule match_variants:
    input:
        **checked("samples", "variants"),
        batches=expand("<results>/ctdna/batches/{batch}.arrow", batch=BATCHES),
        files=expand("<results>/ctdna/batches/{batch}.files.tsv", batch=BATCHES),
    output:
        matches="<results>/ctdna/matches.parquet",
        findings="<results>/ctdna/matches.findings.tsv",
    log:
        "<logs>/match_variants.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        is_aligned=bool(REFERENCE),
        code=code_digest("match_variants"),
    script:
        "../scripts/match_variants.py"


rule collect_variants:
    input:
        **accepted("samples", "variants"),
        batches=expand("<results>/ctdna/batches/{batch}.arrow", batch=BATCHES),
        files=expand("<results>/ctdna/batches/{batch}.files.tsv", batch=BATCHES),
    output:
        variants=reported("<results>/ctdna/variants.parquet", "variants"),
    log:
        "<logs>/collect_variants.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        code=code_digest("collect_variants"),
    script:
        "../scripts/collect_variants.py"


rule check_coverage:
    input:
        files=coverage_files,
    output:
        findings="<results>/ctdna/coverage/{batch}.findings.tsv",
    log:
        "<logs>/check_coverage_{batch}.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        samples=lambda wildcards: COVERAGE_BATCHES[wildcards.batch],
        reference=REFERENCE.get("reference"),
        code=code_digest("check_coverage"),
    script:
        "../scripts/check_coverage.py"


rule count_sites:
    input:
        variants="<results>/ctdna/variants.parquet",
        files=coverage_files,
    output:
        counts="<results>/ctdna/coverage/{batch}.parquet",
    log:
        "<logs>/count_sites_{batch}.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        samples=lambda wildcards: COVERAGE_BATCHES[wildcards.batch],
        reference=REFERENCE.get("reference"),
        counting=config["study"]["counting"],
        code=code_digest("count_sites"),
    script:
        "../scripts/count_sites.py"


rule collect_counts:
    input:
        batches=expand(
            "<results>/ctdna/coverage/{batch}.parquet", batch=COVERAGE_BATCHES
        ),
    output:
        site_counts=reported("<results>/ctdna/site_counts.parquet", "site_counts"),
    log:
        "<logs>/collect_counts.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        code=code_digest("collect_counts"),
    script:
        "../scripts/collect_counts.py"


rule derive_ctdna:
    input:
        **accepted("patients", "samples", "levels"),
        **called_variants(),
        **matched_variants(),
        **counted_sites(),
    output:
        **made("variant_status.parquet", "ctdna_samples.tsv", "ctdna_landmarks.tsv"),
    log:
        "<logs>/{analysis}/derive_ctdna.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        ctdna=of_analysis("ctdna"),
        code=code_digest("derive_ctdna"),
    script:
        "../scripts/derive_ctdna.py"


rule summarise_variants:
    input:
        **accepted("patients", "samples"),
        **called_variants(),
        **derived("variant_status.parquet", "her2_status.tsv"),
    output:
        **made("tables/emergent.tsv", "tables/erbb2.tsv", "tables/background.tsv"),
    log:
        "<logs>/{analysis}/summarise_variants.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        ctdna=of_analysis("ctdna"),
        code=code_digest("summarise_variants"),
    script:
        "../scripts/summarise_variants.py"


rule derive_courses:
    input:
        **accepted("patients"),
        ctdna_samples="<results>/{analysis}/ctdna_samples.tsv",
        endpoints="<results>/{analysis}/endpoints.tsv",
    output:
        **made("ctdna_patients.tsv", "tables/ctdna_response.tsv", "tables/kinetics.tsv"),
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
