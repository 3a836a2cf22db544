"""Collect all tests of an analysis, adjust them in families, and count them."""

from typing import TYPE_CHECKING

from her2ctdna.detectable import list_detectable
from her2ctdna.ledger import collect_tests
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    alpha = round(1 - snakemake.params.confidence, 12)
    tables = collect_tests(
        read_tables(snakemake.input), families=snakemake.params.families, alpha=alpha
    )
    tables["detectable"] = list_detectable(tables["contrasts"], alpha=alpha)
    for name, table in tables.items():
        write_table(table, snakemake.output.get(name))
