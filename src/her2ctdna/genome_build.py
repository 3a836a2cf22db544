"""Which genome a file of calls is on; a study has one."""

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.variant_form import with_chr

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

_NAMES = {
    "hg19": re.compile(r"hg19|GRCh37|\bb37\b|hs37d5|human_g1k_v37", re.IGNORECASE),
    "hg38": re.compile(r"hg38|GRCh38|\bb38\b|hs38", re.IGNORECASE),
}
_KEYS = ("reference", "assembly", "genome_build", "genome", "ncbi_build")


def read_build(header: Any) -> str:
    """Return hg19, hg38, both joined by ``;`` if contigs are of both, or ``unknown``.

    The lengths of contigs decide; without any that is known, what the header calls
    its reference or assembly.
    """
    contigs = header.contigs
    by_length = {
        LENGTHS.get(with_chr(name), {}).get(contigs[name].length) for name in contigs
    }
    if known := by_length - {None}:
        return ";".join(sorted(str(build) for build in known))
    texts = []
    for record in header.records:
        if record.type == "GENERIC" and record.key.lower() in _KEYS:
            texts.append(record.value)
        elif record.key == "contig":
            texts.append(record.get("assembly") or "")
    return build_of_names(texts)


def build_of_names(texts: list[str]) -> str:
    """Return the build that texts name; ``unknown`` without any or with both."""
    found = {name for name, form in _NAMES.items() if form.search(" ".join(texts))}
    return found.pop() if len(found) == 1 else "unknown"


def check_builds(files: pd.DataFrame) -> Iterator[Finding]:
    """Yield an error for each file on another build than most files of the study.

    Parameters
    ----------
    files
        One row a file or table of calls, with the cells of a finding (``table``,
        ``row``, ``column``, ``patient_id``, ``value``) and ``build``. Files of an
        unknown build are left alone; of two builds with as many files the one that
        comes first counts as that of the study.
    """
    known = files[files["build"] != "unknown"]
    if known["build"].nunique() < 2:
        return
    n_files = known["build"].value_counts(sort=False)
    most = n_files.index[n_files.argmax()]
    example = known.loc[known["build"] == most, "value"].iloc[0]
    for file in known[known["build"] != most].itertuples():
        message = (
            f"is on {file.build}, but {n_files[most]} other files are on {most} "
            f"(such as {example}): lift it over or call it again on {most}"
        )
        row = None if pd.isna(file.row) else int(file.row)
        where = (file.table, row, file.column, file.patient_id or "", file.value)
        yield Finding("error", *where, message)


def check_contig_names(files: pd.DataFrame) -> Iterator[Finding]:
    """Yield a note on each file without ``chr`` in a study that has some with it."""
    if set(files["contigs"]) >= {"1", "chr1"}:
        for file in files[files["contigs"] == "1"].itertuples():
            message = (
                "names its contigs 1, 2 and so on where other files have chr1, chr2; "
                "results say chr1"
            )
            row = None if pd.isna(file.row) else int(file.row)
            where = (file.table, row, file.column, file.patient_id or "", file.value)
            yield Finding("note", *where, message)
