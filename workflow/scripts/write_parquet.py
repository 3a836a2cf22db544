"""Write the tables of an analysis with types, and all of their numbers in one."""

from typing import TYPE_CHECKING

from her2ctdna.exports.analysis_results import derive_ard
from her2ctdna.exports.typed_tables import type_table
from her2ctdna.logs import log_to
from her2ctdna.tables import read_table, write_parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    params = snakemake.params
    read = {file: read_table(snakemake.input[name]) for name, file in params.files}
    for name, file in params.files:
        typed = type_table(read[file], file=file, landmarks=params.landmarks)
        write_parquet(typed, snakemake.output[name])
    write_parquet(derive_ard(read), snakemake.output.ard)
