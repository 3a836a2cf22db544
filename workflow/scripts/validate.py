"""Print what a study gives, and all that is wrong with it; fail if anything is."""

from typing import TYPE_CHECKING

from her2ctdna.findings import describe_errors, describe_remarks
from her2ctdna.inputs.overview import describe_study
from her2ctdna.logs import Refusal, log_to
from her2ctdna.tables import read_parquet, read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    files, columns = snakemake.params.files, snakemake.params.columns
    tables = {
        name: read_parquet(snakemake.input[name]) for name in snakemake.params.tables
    }
    findings = read_table(snakemake.input.findings)
    print(describe_study(tables, files=files, **snakemake.params.study))
    print(describe_remarks(findings, files=files), flush=True)
    refusal = describe_errors(findings, files=files, columns=columns)
    if refusal:
        raise Refusal(refusal)
