"""Check every sheet; write the tables as normalised and what is wrong."""

from typing import TYPE_CHECKING

from her2ctdna.findings import findings_table
from her2ctdna.inputs.sheet_maps import Written
from her2ctdna.inputs.study import check_inputs
from her2ctdna.logs import log_to
from her2ctdna.tables import write_parquet, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables, findings = check_inputs(
        snakemake.params.inputs,
        data_cutoff=snakemake.params.data_cutoff,
        partial_dates=snakemake.params.partial_dates,
        reference=snakemake.input.get("reference"),
        baseline_window=snakemake.params.baseline_window,
        origin=snakemake.params.origin,
        day_one=snakemake.params.day_one,
        written=Written(
            encoding=snakemake.params.encoding,
            date_order=snakemake.params.date_order,
            columns=snakemake.params.columns,
            values=snakemake.params.values,
        ),
        ready_maps=snakemake.params.ready_maps,
    )
    write_table(findings_table(findings), snakemake.output.findings)
    for name, table in tables.items():
        write_parquet(table, snakemake.output[name])
