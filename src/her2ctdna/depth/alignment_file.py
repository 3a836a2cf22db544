"""Opening a BAM or CRAM file, and what is wrong with it before a site is known."""

from collections.abc import Iterator
from pathlib import Path

import pysam

from her2ctdna.depth.contigs import find_contig
from her2ctdna.depth.indexes import find_index

_FORMATS = ("BAM", "CRAM")


class CoverageError(Exception):
    """Say why a file that gives depth cannot be read rightly, and what to do."""


def open_alignments(path: str | Path, *, reference: str | None) -> pysam.AlignmentFile:
    """Open a BAM or CRAM with its index.

    Raises
    ------
    CoverageError
        If it is none, is cut off, has no header or no index, or is a CRAM and no
        reference is given: htslib would look for one on the network.
    """
    try:
        file = pysam.AlignmentFile(str(path), reference_filename=reference)
    except (OSError, ValueError) as error:
        reason = "it is neither BAM nor CRAM, or has no header"
        if "truncated" in str(error):
            reason = "it is truncated (no end-of-file mark)"
        raise CoverageError(f"{reason}: copy or write the file again") from error
    problem = _problem_of(file, Path(path), reference)
    if problem:
        file.close()
        raise CoverageError(problem)
    return file


def _problem_of(
    file: pysam.AlignmentFile, path: Path, reference: str | None
) -> str | None:
    """Return why an open file cannot be counted in, or None."""
    if file.format not in _FORMATS:
        return "it is neither BAM nor CRAM: give the sorted BAM or CRAM"
    if file.format == "CRAM" and reference is None:
        return "a CRAM needs the FASTA it was made with: set study.reference"
    if find_index(path) is None or not file.has_index():
        return f"it has no index: sort it by position and run samtools index {path}"
    if not file.nreferences:
        return "its header names no contigs: copy or write the file again"
    return None


def open_reference(path: str | Path) -> pysam.FastaFile:
    """Open an indexed FASTA.

    Raises
    ------
    CoverageError
        If there is no such file or no index beside it: htslib would write one there.
    """
    if not Path(path).is_file():
        raise CoverageError("no such file; correct the path in the config")
    if not Path(f"{path}.fai").is_file():
        raise CoverageError(f"it has no index: run samtools faidx {path}")
    try:
        return pysam.FastaFile(str(path))
    except (OSError, ValueError) as error:
        raise CoverageError("it is no FASTA: give the genome's FASTA") from error


def check_alignments(
    path: str | Path, *, reference: str | None
) -> Iterator[tuple[str, str]]:
    """Yield severity and text of what is wrong with a file of alignments."""
    try:
        with open_alignments(path, reference=reference) as file:
            yield from _compare_contigs(file, reference)
            if next(iter(file), None) is None:
                yield "warning", "it holds no reads: nothing in it is measured"
    except CoverageError as problem:
        yield "error", str(problem)
    except (OSError, ValueError):
        advice = "the file is damaged, or study.reference is not what it was made with"
        yield "error", f"its first read cannot be read: {advice}"
    index = find_index(path)
    if index and index.stat().st_mtime < Path(path).stat().st_mtime:
        yield "warning", "it is newer than its index: run samtools index again"


def _compare_contigs(
    file: pysam.AlignmentFile, reference: str | None
) -> Iterator[tuple[str, str]]:
    """Yield an error if the reference is of another genome build than the reads."""
    if reference is None:
        return
    with open_reference(reference) as fasta:
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
    for name, length in zip(file.references, file.lengths, strict=True):
        known = find_contig(name, lengths) if name not in lengths else name
        if known and lengths[known] != length:
            yield (
                "error",
                f"{name} is {length} bases long here and {lengths[known]} in "
                "study.reference: both must be of one genome build",
            )
            return
