"""Compare what we derived with the ADaM data sets that were supplied."""

from typing import TYPE_CHECKING

from her2ctdna.inputs.adam import read_supplied
from her2ctdna.inputs.supplied import collect_ours, compare_supplied
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    ours = collect_ours(
        tables["endpoints"],
        tables["patients"],
        adverse_events=tables.get("adverse_events"),
        ada_patients=tables.get("ada_patients"),
        emergent_days=snakemake.params.emergent_days,
    )
    supplied = read_supplied(snakemake.params.folder)
    write_table(compare_supplied(ours, supplied), snakemake.output.supplied)
