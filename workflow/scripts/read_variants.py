"""Read the calls of a batch of samples from their VCF files."""

from typing import TYPE_CHECKING

from her2ctdna.findings import findings_table
from her2ctdna.logs import log_to
from her2ctdna.tables import write_parquet, write_table
from her2ctdna.vcf import read_batch

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    variants, findings = read_batch(snakemake.params.samples)
    write_parquet(variants, snakemake.output.variants)
    write_table(findings_table(findings), snakemake.output.findings)
