"""Time the reading of a VCF of 200,000 records against bcftools and a plain loop.

Run: .venv/bin/python benchmarks/read_variants.py

Each step runs five times in a process of its own; the fastest counts. The memory is
that of the whole process at its highest, also with ten times as many records. On a
busy machine compare the seconds of processor time.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pysam
import pysam.bcftools

from her2ctdna.calls.vcf import write_batch

N, TIMES, REPEATS = 200_000, 10, 5
SEED = 20240601
HEADER = """\
##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
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


def write_vcf(path: Path, n: int) -> None:
    """Write records as of consensus calls at random, seeded."""
    random = np.random.default_rng(SEED)
    depths = random.integers(1000, 5000, n)
    alt_counts = random.binomial(depths, 0.002)
    plain = path.with_suffix("")
    with plain.open("w") as file:
        file.write(HEADER)
        for pos, (depth, count) in enumerate(
            zip(depths, alt_counts, strict=True), start=1
        ):
            gene = f"GENE{pos // 2000}"
            csq = f"T|missense_variant|MODERATE|{gene}|ENSP{gene}:p.Arg{pos % 999}His"
            csq += ",T|intron_variant|MODIFIER|OTHER|"
            call = f"0/1:{depth - count},{count}:{depth}:{count / depth:.6f}"
            file.write(
                f"chr1\t{pos}\t.\tC\tT\t.\tPASS\tgnomAD_AF=0.0001;CSQ={csq}"
                f"\tGT:AD:DP:AF\t{call}\n"
            )
    pysam.tabix_compress(str(plain), str(path), force=True)
    plain.unlink()


def query(path: Path) -> None:
    """Write the fields as text with bcftools."""
    target = str(path.with_suffix(".txt"))
    # not save_stdout: pysam 0.24 frees it twice
    pysam.bcftools.query("-o", target, "-f", QUERY, str(path), catch_stdout=False)


def loop(path: Path) -> None:
    """Write the fields as Parquet with a loop over records; parse no annotation."""
    rows = []
    with pysam.VariantFile(str(path)) as variants:
        for record in variants:
            call = record.samples[0]
            (reference, alt), depth = call["AD"], call["DP"]
            variant = (record.chrom, record.pos, record.ref, record.alts[0])
            info = (record.filter.keys()[0], record.info["CSQ"][0])
            frequency = record.info["gnomAD_AF"][0]
            numbers = (reference, alt, depth, alt / depth, call["AF"][0], frequency)
            rows.append((*variant, *info, *numbers))
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    names = [f"column_{place}" for place in range(len(columns))]
    pq.write_table(pa.table(columns, names), path.with_suffix(".loop.parquet"))


def bare_loop(path: Path) -> None:
    """Take the fields in a loop over records, and drop them."""
    with pysam.VariantFile(str(path)) as variants:
        for record in variants:
            call = record.samples[0]
            variant = (record.chrom, record.pos, record.ref, record.alts)
            info = (record.filter.keys(), record.info["CSQ"], record.info["gnomAD_AF"])
            _ = (*variant, *info, call["AD"], call["DP"], call["AF"])


def read(path: Path) -> None:
    """Read the calls into Parquet as the workflow does, annotation included."""
    ids = {"sample_id": "S1", "patient_id": "P1", "calls_sample": None}
    sample = ids | {"row": 2, "path": path, "value": path.name}
    target = path.with_suffix(".parquet")
    files, findings = write_batch([sample], target, caller=None, reference=None)
    n_records = pq.read_metadata(target).num_rows
    if findings or list(files["n_records"]) != [n_records]:
        raise RuntimeError(f"read {n_records} calls: {findings}")


STEPS: dict[str, Callable[[Path], None]] = {
    step.__name__: step for step in (query, loop, bare_loop, read)
}


def measure(step: str, path: Path) -> tuple[float, float, float]:
    """Return seconds, seconds of processor time and MB of a step in its own process."""
    found = subprocess.run(
        [sys.executable, __file__, step, str(path)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    seconds, work, memory = map(float, found.stdout.split())
    return seconds, work, memory


def run(step: str, path: Path) -> None:
    """Do a step, and print what it took."""
    pysam.set_verbosity(0)
    start, work = perf_counter(), process_time()
    STEPS[step](path)
    seconds, work = perf_counter() - start, process_time() - work
    print(seconds, work, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Print seconds, their ratio to bcftools query, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.vcf.gz"
        write_vcf(path, N)
        # one after the other, so that a busy spell of the machine hits all of them
        rounds = [{step: measure(step, path) for step in STEPS} for _ in range(REPEATS)]
        best = {step: min(taken[step] for taken in rounds) for step in STEPS}
        for step, (seconds, work, memory) in best.items():
            ratios = " ".join(
                f"{seconds / best[other][0]:6.2f} x {other}"
                for other in ("query", "loop", "bare_loop")
            )
            used = f"(processor {work:.2f} s)"
            print(f"{step:10} {seconds:6.2f} s {used} {ratios} {memory:6.0f} MB")
        write_vcf(path, TIMES * N)
        for step in ("query", "read"):
            seconds, _, memory = measure(step, path)
            print(f"{step:10} {seconds:6.2f} s of {TIMES} x records {memory:6.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
