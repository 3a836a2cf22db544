"""The one form of a variant: shortest alleles, leftmost place, ``chr`` names.

The same variant must have the same chrom, pos, ref and alt in every sample of a
study, whoever called it.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import pysam

_CHROMOSOME = re.compile("(?:chr)?(0?[1-9]|1[0-9]|2[0-6]|X|Y|MT?)", re.IGNORECASE)
_ACCESSION = re.compile(r"NC_0000(0[1-9]|1[0-9]|2[0-4])\.([0-9]+)|NC_012920\.1")
_NUMBERED = {"23": "X", "24": "Y", "25": "M", "26": "M", "MT": "M"}
TRIMMED = "variants were trimmed to their shortest alleles"
MOVED = "insertions or deletions were moved to their leftmost place"
NOT_THERE = (
    "insertions or deletions have a REF that study.reference does not hold: they stay "
    "as written; give the FASTA that the calls were made with"
)

_PASSING = {"pass", "0"}
_WINDOW = 200


class Variant(NamedTuple):
    """Place and alleles of a variant, as in a VCF."""

    chrom: str
    pos: int
    ref: str
    alt: str

    def __str__(self) -> str:
        """Return it as ``chr17:7675088 C>T``."""
        return f"{self.chrom}:{self.pos} {self.ref}>{self.alt}"


def with_chr(name: str) -> str:
    """Return a chromosome as ``chr1`` to ``chr22``, ``chrX``, ``chrY``, ``chrM``.

    Numbers that run on (23 to 26) and RefSeq's accessions are chromosomes too. Names of
    other contigs stay as they are.
    """
    accession, named = _ACCESSION.fullmatch(name), _CHROMOSOME.fullmatch(name)
    if not (accession or named):
        return name
    number = accession[1] or "MT" if accession else named[1] if named else ""
    chromosome = number.upper().lstrip("0")
    return f"chr{_NUMBERED.get(chromosome, chromosome)}"


def accession_version(name: str) -> tuple[str, int] | None:
    """Return the chromosome and the version of RefSeq's accession; of others none."""
    found = _ACCESSION.fullmatch(name)
    return (with_chr(name), int(found[2])) if found and found[1] else None


def without_chr(name: str) -> str:
    """Return a chromosome as ``1`` to ``22``, ``X``, ``Y``, ``MT``; others stay."""
    bare = with_chr(name).removeprefix("chr")
    if not (_ACCESSION.fullmatch(name) or _CHROMOSOME.fullmatch(name)):
        return name
    return "MT" if bare == "M" else bare


def contig_style(name: str) -> str:
    """Return ``chr`` or ``bare``, as a chromosome is named; empty for other contigs."""
    if not _CHROMOSOME.fullmatch(name):
        return ""
    return "chr" if name.lower().startswith("chr") else "bare"


def read_filter(*texts: str | None) -> str | None:
    """Return the words of FILTER columns as one, ``PASS`` where none has failed.

    ``pass`` in any case is PASS, and so is the ``0`` of VCF 3. Of a site and of its
    draw (FORMAT/FT) both must pass. ``None`` where no filter was applied to either.
    """
    told = [text for text in texts if text is not None and text.strip(" .")]
    words = [word.strip() for text in told for word in text.split(";")]
    failed = [word for word in words if word and word.lower() not in _PASSING]
    return ";".join(dict.fromkeys(failed)) or ("PASS" if told else None)


def trim(variant: Variant) -> Variant:
    """Return a variant without the bases that its alleles share, but for one.

    The end is trimmed before the start, as `left_align` needs it. Variants of
    several bases (MNVs) stay one variant.
    """
    chrom, pos, ref, alt = variant
    if ref == alt:
        return variant
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    return Variant(chrom, pos, ref, alt)


class Reference:
    """The sequence of a genome, whose names may lack the ``chr`` or have it.

    ``lengths`` are those of its contigs.
    """

    def __init__(self, fasta: pysam.FastaFile) -> None:
        self._fasta = fasta
        # blocks are read in threads, and htslib has one place in the file
        self._lock = Lock()
        self._names = {with_chr(name): name for name in fasta.references}
        self.lengths = dict(zip(fasta.references, fasta.lengths, strict=True))

    def bases(self, chrom: str, start: int, end: int) -> str:
        """Return the bases from ``start`` to before ``end``, counted from 1.

        Nothing where the genome has none.
        """
        name = self._names.get(with_chr(chrom))
        if name is None:
            return ""
        start, end = (
            min(max(place - 1, 0), self.lengths[name]) for place in (start, end)
        )
        with self._lock:
            found: str = self._fasta.fetch(name, start, end)
        return found.upper()


@contextmanager
def open_reference(path: str | None) -> Iterator[Reference | None]:
    """Open a FASTA, plain or bgzipped; without an index beside it one is made aside."""
    if path is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        index, blocks = f"{path}.fai", f"{path}.gzi"
        if not Path(index).is_file():
            index, blocks = f"{folder}/fai", f"{folder}/gzi"
            pysam.faidx(path, "--fai-idx", index, "--gzi-idx", blocks)
        packed = {"filepath_index_compressed": blocks} if path.endswith("gz") else {}
        with pysam.FastaFile(path, filepath_index=index, **packed) as fasta:
            yield Reference(fasta)


def left_align(variant: Variant, reference: Reference) -> Variant | None:
    """Return a trimmed insertion or deletion at its leftmost place.

    ``None`` if the reference does not hold REF at its place: it is another genome's.
    Other variants are returned as they are. (Tan, Abecasis, Kang, Bioinformatics
    2015; pysam has `bcftools norm` too, but that works on files alone.)
    """
    chrom, pos, ref, alt = variant
    if len(ref) == len(alt) or ref[-1] != alt[-1]:
        return variant
    if reference.bases(chrom, pos, pos + len(ref)) != ref:
        return None
    before = ""
    while ref[-1] == alt[-1] and pos > 1:
        if min(len(ref), len(alt)) == 1:
            before = before or reference.bases(chrom, max(1, pos - _WINDOW), pos)
            ref, alt, pos = before[-1] + ref, before[-1] + alt, pos - 1
            before = before[:-1]
        ref, alt = ref[:-1], alt[:-1]
    return trim(Variant(chrom, pos, ref, alt))


def shorten(
    variant: Variant, reference: Reference | None, changed: Counter[str]
) -> Variant:
    """Return a variant trimmed and left-aligned, and count how it was changed."""
    trimmed = trim(variant)
    changed[TRIMMED] += trimmed != variant
    if reference is None or not (trimmed.ref + trimmed.alt).isalpha():
        return trimmed
    aligned = left_align(trimmed, reference)
    changed[NOT_THERE] += aligned is None
    changed[MOVED] += aligned not in (None, trimmed)
    return aligned or trimmed
