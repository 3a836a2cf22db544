"""Readers of a VCF side by side: time over that of bcftools query, and memory.

Run: .venv/bin/python benchmarks/read_variants.py [RECORDS ...]

Without numbers of records 1,000 to 2,000,000. Each reader takes the same fields and
writes Parquet (bcftools query: text; ours: annotation taken apart too, and as far as
`variants.parquet`), in a process of its own that has read a small file before. The
fastest of three runs counts, above 100,000 records of two; loops over records end
there. On a busy machine compare processor time. Readers of other projects are those of
benchmarks/requirements.txt in .venv-bench; one that is not installed is left out.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
import pysam

SIZES = (1_000, 10_000, 100_000, 1_000_000, 2_000_000)
MOST_OF_LOOPS = 100_000
REPEATS, REPEATS_OF_LARGE = 3, 2
SEED = 20240601
SMALL = "small.vcf.gz"
FOLDER = Path(__file__).parent
OTHER_PYTHON = FOLDER.parent / ".venv-bench" / "bin" / "python"
READERS = {
    "bcftools_query": None,
    "ours": None,
    "ours_to_the_end": None,
    "bcftools_into_arrow": None,
    "polars_bio": "polars-bio",
    "oxbow": "oxbow",
    "cyvcf2": "cyvcf2",
    "pysam_loop": None,
}
"""Readers, and the package that one of another project needs."""

BASE, OURS = "bcftools_query", ("ours", "ours_to_the_end")
LOOPS = ("cyvcf2", "pysam_loop")
HEADER = """\
##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##FILTER=<ID=PASS,Description="All filters passed">
##INFO=<ID=gnomAD_AF,Number=A,Type=Float,Description="Population frequency">
##INFO=<ID=CSQ,Number=.,Type=String,Description="From VEP. Format: Allele|\
Consequence|IMPACT|SYMBOL|HGVSp">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Molecules of each allele">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Allele fraction">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1
"""


class Taken(NamedTuple):
    """What a reader took: seconds, of them of the processor, and MB at its highest."""

    seconds: float
    work: float
    memory: float


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
            genotype = "0/1" if count else "0/0"
            call = f"{genotype}:{depth - count},{count}:{depth}:{count / depth:.6f}"
            file.write(
                f"chr1\t{pos}\t.\tC\tT\t.\tPASS\tgnomAD_AF=0.0001;CSQ={csq}"
                f"\tGT:AD:DP:AF\t{call}\n"
            )
    pysam.tabix_compress(str(plain), str(path), force=True)
    plain.unlink()


def python_of(reader: str) -> Path | None:
    """Return the Python that has a reader, None if no environment has it."""
    package = READERS[reader]
    if package is None:
        return Path(sys.executable)
    if not OTHER_PYTHON.exists():
        return None
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    found = subprocess.run([OTHER_PYTHON, "-c", asked], capture_output=True, text=True)
    return None if found.returncode else OTHER_PYTHON


def measure(reader: str, python: Path, path: Path, n: int) -> Taken:
    """Run a reader in a process of its own, and check what it wrote."""
    target = path.with_suffix(".parquet")
    target.unlink(missing_ok=True)
    found = subprocess.run(
        [python, FOLDER / "readers", reader, path, path.with_name(SMALL)],
        check=True,
        capture_output=True,
        text=True,
        # as the workflow sets it for its jobs
        env=os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system"},
    )
    if target.exists() and (n_read := pq.read_metadata(target).num_rows) != n:
        raise RuntimeError(f"{reader} read {n_read} of {n} records")
    return Taken(*map(float, found.stdout.split()))


def compare(path: Path, n: int, pythons: dict[str, Path]) -> dict[str, Taken]:
    """Return what each reader takes for a file of so many records."""
    write_vcf(path, n)
    readers = [name for name in pythons if n <= MOST_OF_LOOPS or name not in LOOPS]
    # one after the other, so that a busy spell of the machine hits all of them
    rounds = [
        {name: measure(name, pythons[name], path, n) for name in readers}
        for _ in range(REPEATS if n <= MOST_OF_LOOPS else REPEATS_OF_LARGE)
    ]
    return {
        name: Taken(*map(min, zip(*(taken[name] for taken in rounds), strict=True)))
        for name in readers
    }


def main(sizes: tuple[int, ...]) -> None:
    """Print a row a reader, with ratios of wall and processor time at each size."""
    pythons = {name: found for name in READERS if (found := python_of(name))}
    for name in READERS.keys() - pythons.keys():
        print(f"{name} is not installed (make bench does it), and left out")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.vcf.gz"
        write_vcf(path.with_name(SMALL), 10)
        found = {n: compare(path, n, pythons) for n in sizes}
    print(f"Wall and processor time over {BASE}")
    print(f"| reader | {' | '.join(f'{n:,}' for n in sizes)} |")
    print("|---" * (len(sizes) + 1) + "|")
    for name in pythons:
        cells = [_ratios(found[n], name) for n in sizes]
        print(f"| {name} | {' | '.join(cells)} |")
    for n in sizes:
        base = found[n][BASE]
        used = (f"{name} {found[n][name].memory:.0f} MB" for name in OURS)
        print(
            f"{n:9,} records: {BASE} {base.seconds:.2f} s ({base.work:.2f} s of the "
            f"processor); memory of {', '.join(used)}"
        )


def _ratios(found: dict[str, Taken], name: str) -> str:
    if name not in found:
        return ""
    base, taken = found[BASE], found[name]
    return f"{taken.seconds / base.seconds:.1f}, {taken.work / base.work:.1f}"


if __name__ == "__main__":
    main(tuple(int(n.replace(",", "")) for n in sys.argv[1:]) or SIZES)
