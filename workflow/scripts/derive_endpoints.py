"""Derive response, PFS and OS of each patient."""

from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.response.endpoints import derive_endpoints
from her2ctdna.response.lesions import select_assessments
from her2ctdna.response.visits import derive_visits
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    response = snakemake.params.response
    assessments = select_assessments(
        tables.get("assessments"),
        tables.get("lesions"),
        source=response["source"],
        baseline_window=response["baseline_window"],
    )
    visits = None
    if assessments is not None:
        visits = derive_visits(assessments, tables["patients"], response=response)
        write_table(visits, snakemake.output.visits)
    endpoints = derive_endpoints(
        tables["patients"], visits, response=response, origin=snakemake.params.origin
    )
    write_table(endpoints, snakemake.output.endpoints)
