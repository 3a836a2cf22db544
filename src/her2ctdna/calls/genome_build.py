"""Which genome a file of calls is on; a study has one."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from her2ctdna.calls.variant_form import accession_version, with_chr
from her2ctdna.calls.vcf_header import Header
from her2ctdna.findings import Finding
from her2ctdna.tables import read_table

FILE_COLUMNS = [
    "sample_id",
    "patient_id",
    "row",
    "value",
    "caller",
    "build",
    "contigs",
    "n_records",
    "n_calls",
]
"""What is known of a file of calls once it is read."""

Cell = tuple[str, int, str, str, str]
"""Table, row, column, patient and value of a finding."""

LENGTHS = {
    "chr1": {249250621: "hg19", 248956422: "hg38"},
    "chr2": {243199373: "hg19", 242193529: "hg38"},
    "chr3": {198022430: "hg19", 198295559: "hg38"},
    "chr4": {191154276: "hg19", 190214555: "hg38"},
    "chr5": {180915260: "hg19", 181538259: "hg38"},
    "chr6": {171115067: "hg19", 170805979: "hg38"},
    "chr7": {159138663: "hg19", 159345973: "hg38"},
    "chr8": {146364022: "hg19", 145138636: "hg38"},
    "chr9": {141213431: "hg19", 138394717: "hg38"},
    "chr10": {135534747: "hg19", 133797422: "hg38"},
    "chr11": {135006516: "hg19", 135086622: "hg38"},
    "chr12": {133851895: "hg19", 133275309: "hg38"},
    "chr13": {115169878: "hg19", 114364328: "hg38"},
    "chr14": {107349540: "hg19", 107043718: "hg38"},
    "chr15": {102531392: "hg19", 101991189: "hg38"},
    "chr16": {90354753: "hg19", 90338345: "hg38"},
    "chr17": {81195210: "hg19", 83257441: "hg38"},
    "chr18": {78077248: "hg19", 80373285: "hg38"},
    "chr19": {59128983: "hg19", 58617616: "hg38"},
    "chr20": {63025520: "hg19", 64444167: "hg38"},
    "chr21": {48129895: "hg19", 46709983: "hg38"},
    "chr22": {51304566: "hg19", 50818468: "hg38"},
    "chrX": {155270560: "hg19", 156040895: "hg38"},
}
"""Lengths of chromosomes in each build (Genome Reference Consortium)."""

ACCESSIONS = dict(
    zip(
        [f"chr{name}" for name in (*range(1, 23), "X", "Y")],
        [
            *(10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11),
            *(10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9),
        ],
        strict=True,
    )
)
"""Versions of RefSeq's accessions of chromosomes in hg19; in hg38 each is one more."""

_NAMES = {
    "hg19": re.compile(r"hg19|GRCh37|\bb37\b|hs37d5|human_g1k_v37|^37$", re.IGNORECASE),
    "hg38": re.compile(r"hg38|GRCh38|\bb38\b|hs38|^38$", re.IGNORECASE),
}
_KEYS = ("reference", "assembly", "genome_build", "genome", "ncbi_build")


def read_build(header: Header) -> str:
    """Return hg19, hg38, both joined by ``;`` if contigs are of both, or ``unknown``.

    The lengths of contigs decide; without any that is known, what the header calls
    its reference or assembly.
    """
    by_length = build_of_lengths(header.contigs)
    if by_length != "unknown":
        return by_length
    texts = []
    for line in header.lines:
        if line.key.lower() in _KEYS:
            texts.append(line.value)
        elif line.key == "contig":
            texts.append(line.parts.get("assembly", ""))
    return build_of_names(texts)


def build_of_lengths(lengths: Mapping[str, int | None]) -> str:
    """Return the build of contigs with these lengths, as `read_build` does.

    Accessions of RefSeq tell it by their version.
    """
    found = {
        LENGTHS.get(with_chr(name), {}).get(length or 0, "") or _build_of_name(name)
        for name, length in lengths.items()
    }
    return ";".join(sorted(found - {""})) or "unknown"


def _build_of_name(contig: str) -> str:
    named = accession_version(contig)
    if named is None or named[0] not in ACCESSIONS:
        return ""
    return {0: "hg19", 1: "hg38"}.get(named[1] - ACCESSIONS[named[0]], "")


def build_of_names(texts: list[str]) -> str:
    """Return the build that texts name; ``unknown`` without any or with both."""
    found = {name for name, form in _NAMES.items() if form.search(" ".join(texts))}
    return found.pop() if len(found) == 1 else "unknown"


def read_files(paths: Iterable[str]) -> pd.DataFrame:
    """Read what is known of the files of all batches; without any an empty table."""
    tables = [read_table(path) for path in paths]
    filled = [table for table in tables if len(table)]
    if not filled:
        return pd.DataFrame(columns=FILE_COLUMNS)
    return pd.concat(filled, ignore_index=True)


def check_files(files: pd.DataFrame, variants: pd.DataFrame | None) -> list[Finding]:
    """Return an error for each file on another build than most files of the study.

    And a note on each that names chromosomes without ``chr`` where others do. Files
    of an unknown build are left alone; of two builds with as many files the one that
    comes first is taken for the study's.

    Parameters
    ----------
    files
        One row a file (`FILE_COLUMNS`), in the order of the sheet.
    variants
        The input table ``variants``, whose rows may name a ``build``; it counts as
        one file for each.
    """
    known = files[files["build"] != "unknown"]
    places = list(zip(known["build"], _cells(known), strict=True))
    if variants is not None:
        named = variants["build"].dropna().drop_duplicates()
        builds = [build_of_names([name]) for name in named]
        cells = [
            ("variants", int(row), "build", "", name) for row, name in named.items()
        ]
        pairs = zip(builds, cells, strict=True)
        places += [(build, cell) for build, cell in pairs if build != "unknown"]
    is_mixed = {"chr", "bare"} <= set(files["contigs"])
    bare = files[files["contigs"] == "bare"] if is_mixed else files[:0]
    message = "names chromosomes 1, 2, … where other files have chr1; results have chr1"
    notes = [Finding("note", *cell, message) for cell in _cells(bare)]
    return [*_other_builds(places), *notes]


def _cells(files: pd.DataFrame) -> list[Cell]:
    """Return the cells of the samples sheet that name files."""
    rows = zip(files["row"], files["patient_id"], files["value"], strict=True)
    return [
        ("samples", int(row), "calls", patient_id, value)
        for row, patient_id, value in rows
    ]


def _other_builds(places: list[tuple[str, Cell]]) -> Iterator[Finding]:
    """Yield an error for each place on another build than most."""
    n_files = Counter(build for build, _ in places)
    if len(n_files) < 2:
        return
    most, n = n_files.most_common(1)[0]
    example = next(cell[-1] for build, cell in places if build == most)
    for build, cell in places:
        if build != most:
            others = f"{n} other{'s are' if n > 1 else ' is'} on {most}"
            advice = f"lift it over or call it again on {most}"
            message = f"is on {build}, but {others} (such as {example}): {advice}"
            yield Finding("error", *cell, message)
