"""Derive the ctDNA course of each patient."""

from typing import TYPE_CHECKING

from her2ctdna.kinetics import derive_courses
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    courses = derive_courses(
        tables["ctdna_samples"],
        tables["patients"],
        tables["endpoints"].set_index("patient_id")["progression_day"],
        ctdna=snakemake.params.ctdna,
    )
    write_table(courses, snakemake.output.ctdna_patients)
