"""her2-ctdna: HER2-low versus zero, ctDNA clearance and response.

The table of contents. One rule file per chapter of the analysis, in reading order;
the logic is in the package `her2ctdna` (src/).
"""

from snakemake.utils import min_version

min_version("9.19")


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/wiring.smk"
include: "workflow/rules/cohort.smk"
include: "workflow/rules/her2.smk"
include: "workflow/rules/response.smk"
include: "workflow/rules/ctdna.smk"
include: "workflow/rules/association.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/exports.smk"


rule all:
    default_target: True
    input:
        every_output(),
        printed_reports(),
        "<results>/provenance.json",


rule exports:
    input:
        every_export(),
