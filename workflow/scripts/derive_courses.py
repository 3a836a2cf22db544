"""Derive ctDNA responses, the course of each patient, its decline in the cohort."""

from typing import TYPE_CHECKING

from her2ctdna.ctdna.cohort_kinetics import estimate_kinetics
from her2ctdna.ctdna.courses import derive_courses
from her2ctdna.ctdna.ctdna_response import derive_responses
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    samples, patients = tables["ctdna_samples"], tables["patients"]
    responses = derive_responses(samples, patients, ctdna=snakemake.params.ctdna)
    write_table(responses, snakemake.output.ctdna_response)
    courses = derive_courses(
        samples, patients, tables["endpoints"], ctdna=snakemake.params.ctdna
    )
    write_table(courses, snakemake.output.ctdna_patients)
    kinetics = estimate_kinetics(
        samples, courses, patients, confidence=snakemake.params.confidence
    )
    write_table(kinetics, snakemake.output.kinetics)
