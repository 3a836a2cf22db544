"""Assemble the analysis-ready table, one row a patient."""

from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.sets.cohort import assemble_patients
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    patients = assemble_patients(
        tables["patients"],
        tables["endpoints"],
        her2_status=tables.get("her2_status"),
        her2_dynamics=tables.get("her2_dynamics"),
        courses=tables.get("ctdna_patients"),
        landmarks=tables.get("ctdna_landmarks"),
    )
    write_table(patients, snakemake.output.patients)
