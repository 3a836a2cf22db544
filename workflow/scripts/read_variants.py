"""Read the calls of a batch of samples from their VCF files."""

from typing import TYPE_CHECKING

from her2ctdna.calls.vcf import read_variants
from her2ctdna.findings import findings_table
from her2ctdna.logs import log_to
from her2ctdna.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    files, findings = read_variants(
        snakemake.params.samples,
        snakemake.output.variants,
        caller=snakemake.params.caller,
        reference=snakemake.input.get("reference"),
    )
    write_table(files, snakemake.output.files)
    write_table(findings_table(findings), snakemake.output.findings)
