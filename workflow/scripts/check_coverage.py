"""Check the alignments and depth tracks of a batch, before any site is known."""

from typing import TYPE_CHECKING

from her2ctdna.depth.site_counts import check_coverage
from her2ctdna.findings import findings_table
from her2ctdna.logs import log_to
from her2ctdna.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    findings = check_coverage(
        snakemake.params.samples, reference=snakemake.params.reference
    )
    write_table(findings_table(findings), snakemake.output.findings)
