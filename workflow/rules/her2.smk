"""HER2 status of each patient."""


rule derive_her2:
    input:
        **accepted("patients", "her2"),
    output:
        her2_status="<results>/{analysis}/her2_status.tsv",
        her2_readings="<results>/{analysis}/her2_readings.tsv",
    log:
        "<logs>/{analysis}/derive_her2.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        her2=of_analysis("her2"),
        code=code_digest("derive_her2"),
    script:
        "../scripts/derive_her2.py"
