"""HER2 status of each patient, and how far readings of HER2 agree."""


rule derive_her2:
    input:
        **accepted("patients", "her2"),
    output:
        **made("her2_status.tsv", "her2_readings.tsv", "tables/her2_dynamics.tsv"),
    log:
        "<logs>/{analysis}/derive_her2.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        her2=of_analysis("her2"),
        code=code_digest("derive_her2"),
    script:
        "../scripts/derive_her2.py"


rule estimate_agreement:
    input:
        her2_readings="<results>/{analysis}/her2_readings.tsv",
    output:
        **made("tables/her2_agreement.tsv", "tables/her2_agreement_pairs.tsv"),
    log:
        "<logs>/{analysis}/estimate_agreement.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        confidence=of_analysis("association", "confidence"),
        code=code_digest("estimate_agreement"),
    script:
        "../scripts/estimate_agreement.py"
