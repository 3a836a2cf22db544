"""Write the tables of an analysis with types, and all of their numbers in one."""

from pathlib import Path
from typing import TYPE_CHECKING

from her2ctdna.exports.analysis_results import derive_ard
from her2ctdna.exports.typed_tables import type_table
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    for file, numbers in snakemake.params.numbers.items():
        name = Path(file).stem
        write_parquet(type_table(tables[name], numbers), snakemake.output[name])
    results = {file: tables[Path(file).stem] for file in snakemake.params.numbers}
    write_parquet(derive_ard(results), snakemake.output.ard)
