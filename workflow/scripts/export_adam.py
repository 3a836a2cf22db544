"""Write the endpoints of an analysis as SAS transport files in the manner of ADaM."""

from typing import TYPE_CHECKING

from her2ctdna.exports.adam_data_sets import derive_data_sets
from her2ctdna.exports.transport_file import write_transport
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    made = derive_data_sets(
        tables["endpoints"],
        tables.get("visits"),
        study_id=snakemake.params.study_id,
        is_synthetic=snakemake.params.is_synthetic,
        count_first_day=snakemake.params.count_first_day,
    )
    for name, path in snakemake.output.items():
        write_transport(made[name], path)
