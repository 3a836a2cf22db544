"""Compare ctDNA at the landmarks with best response and with the first scan."""

from typing import TYPE_CHECKING

from her2ctdna.association.scan_agreement import compare_with_scans
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    tables = read_tables(snakemake.input)
    compared = compare_with_scans(
        tables["patients"],
        tables["ctdna_landmarks"],
        tables["ctdna_response"],
        tables["visits"],
        landmarks=snakemake.params.landmarks,
        confidence=snakemake.params.confidence,
    )
    write_table(compared, snakemake.output.ctdna_recist)
