"""Collect all tests of an analysis, count them, and say what they could show."""

from typing import TYPE_CHECKING

from her2ctdna.association.detectable import list_detectable
from her2ctdna.association.exaggeration import list_exaggeration
from her2ctdna.association.ledger import collect_tests
from her2ctdna.association.missing_data import count_missing
from her2ctdna.logs import log_to
from her2ctdna.statistics.attainable_size import alpha_of
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    params = snakemake.params
    alpha = alpha_of(params.confidence)
    given = read_tables(snakemake.input)
    missing = count_missing(given.pop("flow"), confidence=params.confidence)
    tables = collect_tests(
        given, families=params.families, predeclared=params.predeclared, alpha=alpha
    )
    tables["missing"] = missing
    tables["detectable"] = list_detectable(tables["contrasts"], alpha=alpha)
    tables["exaggeration"] = list_exaggeration(
        tables["contrasts"],
        differences=params.plausible_differences,
        hazard_ratios=params.plausible_hazard_ratios,
        alpha=alpha,
    )
    for name, table in tables.items():
        write_table(table, snakemake.output.get(name))
