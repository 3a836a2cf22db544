"""Response, PFS and OS of each patient."""


rule derive_endpoints:
    input:
        **accepted("patients", "assessments", "lesions"),
    output:
        **made("visits.tsv", "endpoints.tsv"),
    log:
        "<logs>/{analysis}/derive_endpoints.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        response=of_analysis("response"),
        origin=config["study"]["origin"],
        code=code_digest("derive_endpoints"),
    script:
        "../scripts/derive_endpoints.py"
