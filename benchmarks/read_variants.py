"""Time the reading of a VCF of 200,000 records against pysam and bcftools.

Run: .venv/bin/python benchmarks/read_variants.py
"""

import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pysam
import pysam.bcftools

from her2ctdna.tables import write_parquet
from her2ctdna.vcf import read_calls

N = 200_000
HEADER = """\
##fileformat=VCFv4.2
##contig=<ID=chr1>
##INFO=<ID=gnomAD_AF,Number=A,Type=Float,Description="Population frequency">
##INFO=<ID=CSQ,Number=.,Type=String,Description="From VEP. Format: Allele|\
Consequence|IMPACT|SYMBOL|HGVSp">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Molecules of each allele">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Allele fraction">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1
"""
QUERY = r"%CHROM\t%POS\t%REF\t%ALT\t%FILTER\t%CSQ\t%gnomAD_AF[\t%AD\t%DP\t%AF]\n"


def write_vcf(path: Path) -> None:
    """Write records as of consensus calls at random."""
    random = np.random.default_rng(1)
    depths = random.integers(1000, 5000, N)
    alt_counts = random.binomial(depths, 0.002)
    plain = path.with_suffix("")
    with plain.open("w") as file:
        file.write(HEADER)
        for pos, (depth, count) in enumerate(
            zip(depths, alt_counts, strict=True), start=1
        ):
            csq = "T|missense_variant|MODERATE|GENE|ENSP1:p.Arg1His"
            csq += ",T|intron_variant|MODIFIER|OTHER|"
            call = f"0/1:{depth - count},{count}:{depth}:{count / depth:.4f}"
            file.write(
                f"chr1\t{pos}\t.\tC\tT\t.\tPASS\tgnomAD_AF=0.0001;CSQ={csq}"
                f"\tGT:AD:DP:AF\t{call}\n"
            )
    pysam.tabix_compress(str(plain), str(path), force=True)


def read_to_parquet(path: Path) -> None:
    """Read the file as the workflow does."""
    calls, findings = read_calls(
        path, sample_id="S1", patient_id="P1", calls_sample=None, row=2, value=""
    )
    if len(calls) != N or findings:
        raise RuntimeError(f"read {len(calls)} of {N} calls: {findings}")
    write_parquet(calls, path.with_suffix(".parquet"))


def loop_over_records(path: Path) -> None:
    """Take the same fields from each record, and nothing more."""
    with pysam.VariantFile(str(path)) as variants:
        for record in variants:
            call = record.samples[0]
            variant = (record.chrom, record.pos, record.ref, record.alts)
            info = (record.info["CSQ"], record.info["gnomAD_AF"])
            _ = (*variant, *info, call["AD"], call["DP"], call["AF"])


def query(path: Path) -> None:
    """Write the same fields as text with bcftools."""
    target = str(path.with_suffix(".txt"))
    # not save_stdout: pysam 0.24 frees it twice
    pysam.bcftools.query("-o", target, "-f", QUERY, str(path), catch_stdout=False)


def main() -> None:
    """Print seconds, and the ratio to bcftools query."""
    pysam.set_verbosity(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.vcf.gz"
        write_vcf(path)
        seconds = {}
        for step in (query, loop_over_records, read_to_parquet):
            start = perf_counter()
            step(path)
            seconds[step.__name__] = perf_counter() - start
    for name, spent in seconds.items():
        print(f"{name}\t{spent:.2f} s\t{spent / seconds['query']:.1f} x query")


main()
