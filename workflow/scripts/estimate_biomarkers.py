"""Estimate continuous biomarkers and mutations against response, HER2 and time."""

from typing import TYPE_CHECKING

from her2ctdna.association.biomarker_tables import estimate_biomarkers
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    params = snakemake.params
    tables = estimate_biomarkers(
        read_tables(snakemake.input),
        ctdna=params.ctdna,
        count_first_day=params.count_first_day,
        response=params.response,
        association=params.association,
    )
    for name, table in tables.items():
        write_table(table, snakemake.output.get(name))
