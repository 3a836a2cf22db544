"""Opening a VCF or BCF file, and making sure that all of it is there."""

import gzip
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pysam

AGAIN = "copy the file again or re-run the caller"

_BGZF_BLOCK = b"\x1f\x8b\x08\x04"
_BGZF_BLOCK_SIZE = 2**16


class CallsError(Exception):
    """Say why the calls of a sample cannot be read rightly, and what to do.

    ``column`` is the one of the samples sheet that is to blame.
    """

    def __init__(self, message: str, column: str = "calls") -> None:
        super().__init__(message)
        self.column = column


@contextmanager
def quiet_htslib() -> Iterator[None]:
    """Keep htslib from writing to stderr: what matters becomes a finding."""
    verbosity = pysam.set_verbosity(0)
    try:
        yield
    finally:
        pysam.set_verbosity(verbosity)


@contextmanager
def seekable(path: Path) -> Iterator[Path]:
    """Yield a file that pysam can open: it cannot seek in plain gzip, so unpack it.

    Raises
    ------
    CallsError
        If there is no such file, or it is empty or damaged.
    """
    try:
        with path.open("rb") as file:
            head = file.read(18)
    except OSError as error:
        raise CallsError(f"cannot open the file ({error.strerror}): {AGAIN}") from error
    if not head:
        raise CallsError(f"the file is empty: {AGAIN}")
    if not head.startswith(b"\x1f\x8b") or _is_bgzf(head):
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=".vcf") as unpacked:
        try:
            with gzip.open(path) as packed:
                shutil.copyfileobj(packed, unpacked)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise CallsError(f"the file is truncated or damaged: {AGAIN}") from error
        unpacked.flush()
        yield Path(unpacked.name)


def open_variants(path: Path) -> Any:
    """Open a file with pysam.

    Raises
    ------
    CallsError
        If it is no VCF or BCF, has no valid header, or lacks the mark that ends
        each bgzipped file.
    """
    try:
        return pysam.VariantFile(str(path))
    except (OSError, ValueError) as error:
        reason = "the file is neither VCF nor BCF: give the caller's own output"
        if "BGZF EOF" in str(error):
            reason = f"the file is truncated (no end-of-file mark): {AGAIN}"
        elif "valid header" in str(error):
            reason = (
                "the file has no valid header: it needs a #CHROM line with the columns "
                f"CHROM to INFO, set apart by tabs, and each sample once; {AGAIN}"
            )
        raise CallsError(reason) from error


def read_records(variants: Any) -> Iterator[Any]:
    """Yield the records of an open file.

    Raises
    ------
    CallsError
        If a record is cut off or damaged, or has fewer columns than the header.
    """
    n_samples = len(variants.header.samples)
    last = None
    try:
        for record in variants:
            # htslib lets a line end after INFO
            if len(record.samples) != n_samples:
                place = f"{record.chrom}:{record.pos}"
                raise CallsError(f"the record at {place} lacks columns: {AGAIN}")
            last = record
            yield record
    except (OSError, ValueError) as error:
        place = f"{last.chrom}:{last.pos}" if last else "the header"
        raise CallsError(
            f"the file is truncated or damaged after {place}: {AGAIN}"
        ) from error


def ends_with_newline(path: Path) -> bool:
    """Say whether the text of a VCF, plain or bgzipped, ends with a newline.

    A caller that dies while its output is being compressed leaves a file with an
    end-of-file mark and half a line.
    """
    with path.open("rb") as file:
        head = file.read(18)
        # the last block with text and the empty one that marks the end
        file.seek(max(0, file.seek(0, 2) - 2 * _BGZF_BLOCK_SIZE))
        tail = file.read()
    if not _is_bgzf(head):
        return tail.endswith(b"\n")
    start = tail.rfind(_BGZF_BLOCK)
    while start >= 0:
        # the same bytes inside a block start no gzip member
        with suppress(EOFError, zlib.error, gzip.BadGzipFile):
            if text := gzip.decompress(tail[start:]):
                return text.endswith(b"\n")
        start = tail.rfind(_BGZF_BLOCK, 0, start)
    return False


def _is_bgzf(head: bytes) -> bool:
    """Say whether a file that starts so is bgzipped."""
    return head.startswith(_BGZF_BLOCK) and head[12:14] == b"BC"
