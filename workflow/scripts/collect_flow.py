"""Join the flows of patients of all analyses into one table."""

from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.sets.flow import collect_flow
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    names = snakemake.params.analyses
    flows = map(read_table, snakemake.input.flows)
    table = collect_flow(dict(zip(names, flows, strict=True)))
    write_table(table, snakemake.output.flow)
