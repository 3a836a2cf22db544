"""Check the config and every sheet; write the tables as normalised."""

from typing import TYPE_CHECKING

from her2ctdna.config import check_config, usable_config
from her2ctdna.findings import findings_table
from her2ctdna.logs import log_to
from her2ctdna.study import check_study
from her2ctdna.tables import write_parquet, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    given = snakemake.params.config
    schema, defaults = snakemake.params.schema, snakemake.params.defaults
    config = usable_config(given, defaults, schema)
    tables, findings = check_study(config["inputs"], config=config)
    findings += check_config(given, schema)
    write_table(findings_table(findings), snakemake.output.findings)
    for name, table in tables.items():
        write_parquet(table, snakemake.output[name])
