"""A VCF or BCF file as its header and blocks of whole lines; all of it, or an error.

Text is read as it stands, plain, gzipped or bgzipped, and needs no index; a BCF is
first turned into text by htslib. Blocks bound the memory, whatever the file's size.
"""

import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import pysam
import pysam.bcftools
import pysam.utils

AGAIN = "copy the file again or re-run the caller"
BLOCK_SIZE = 2**22

_GZIP = b"\x1f\x8b"
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_BCF = b"BCF"


class CallsError(Exception):
    """Say why the calls of a sample cannot be read rightly, and what to do.

    ``column`` is the one of the samples sheet that is to blame.
    """

    def __init__(self, message: str, column: str = "calls") -> None:
        super().__init__(message)
        self.column = column


class VariantText(NamedTuple):
    """The header of a file, as pysam reads it, and its records as blocks of lines.

    Each block but the last ends with a newline. ``n_columns`` is the number of cells
    of each line.
    """

    header: pysam.VariantHeader
    n_columns: int
    blocks: Iterator[bytes]


@contextmanager
def open_variants(path: Path) -> Iterator[VariantText]:
    """Open a VCF or BCF file.

    Raises
    ------
    CallsError
        If there is no such file, or it is no VCF or BCF, has no valid header, or is
        truncated or damaged; the latter may show only while blocks are read.
    """
    try:
        with path.open("rb") as file:
            head, is_ended = file.read(18), _has_end_mark(file)
    except OSError as error:
        raise CallsError(f"cannot open the file ({error.strerror}): {AGAIN}") from error
    if not head:
        raise CallsError(f"the file is empty: {AGAIN}")
    if head.startswith(_GZIP) and head[12:14] == b"BC" and not is_ended:
        raise CallsError(f"the file is truncated (no end-of-file mark): {AGAIN}")
    opener = gzip.open if head.startswith(_GZIP) else open
    with opener(path, "rb") as opened, tempfile.NamedTemporaryFile() as text:
        start = _read(cast(BinaryIO, opened), len(_BCF))
        if start == _BCF:
            _write_as_text(path, text.name)
            yield _read_text(cast(BinaryIO, text.file), b"")
        else:
            yield _read_text(cast(BinaryIO, opened), start)


def place_of_sample(names: list[str], calls_sample: str) -> int | None:
    """Return the place of a sample in a file; an empty name takes the only one.

    Raises
    ------
    CallsError
        If the file has no such sample, or several and none is named.
    """
    listed = ", ".join(names) or "no sample columns"
    if calls_sample and calls_sample not in names:
        text = f"the VCF has no such sample; it holds: {listed}"
        raise CallsError(text, "calls_sample")
    if not calls_sample and len(names) > 1:
        text = f"the VCF holds {len(names)} samples, name one of: {listed}"
        raise CallsError(text, "calls_sample")
    return names.index(calls_sample or names[0]) if names else None


def _has_end_mark(file: BinaryIO) -> bool:
    """Say whether a file ends with the block that ends every bgzipped file."""
    file.seek(max(0, file.seek(0, 2) - len(_BGZF_END)))
    return file.read() == _BGZF_END


def _read(file: BinaryIO, size: int) -> bytes:
    """Return the next bytes of a file."""
    try:
        return file.read(size)
    except (EOFError, OSError, zlib.error) as error:
        raise CallsError(f"the file is truncated or damaged: {AGAIN}") from error


def _write_as_text(path: Path, target: str) -> None:
    """Write a BCF as a VCF."""
    try:
        with quiet_htslib():
            arguments = ("-Ov", "--no-version", "-o", target, str(path))
            pysam.bcftools.view(*arguments, catch_stdout=False)
    except pysam.utils.SamtoolsError as error:
        raise CallsError(f"the file is truncated or damaged: {AGAIN}") from error


@contextmanager
def quiet_htslib() -> Iterator[None]:
    """Keep htslib from writing to stderr: what matters becomes a finding."""
    verbosity = pysam.set_verbosity(0)
    try:
        yield
    finally:
        pysam.set_verbosity(verbosity)


def _read_text(file: BinaryIO, start: bytes) -> VariantText:
    """Return the header of a text, and the blocks after it."""
    if start and not start.startswith((b"##", b"#CH")):
        raise CallsError(
            "the file is neither VCF nor BCF: give the caller's own output"
        )
    end = None
    while end is None:
        block = _read(file, BLOCK_SIZE)
        start += block
        end = _end_of_header(start, is_all=not block)
    header = _parse_header(start[:end])
    if not start[:end].endswith(b"\n"):
        raise CallsError(f"the last line has no newline and is cut off: {AGAIN}")
    n_columns = start[start.rindex(b"#CHROM") : end].count(b"\t") + 1
    return VariantText(header, n_columns, _blocks(file, start[end:]))


def _end_of_header(text: bytes, *, is_all: bool) -> int | None:
    """Return where the first line without ``#`` starts; ``None`` if it is not there."""
    at = 0
    while text.startswith(b"#", at):
        end = text.find(b"\n", at)
        if end < 0:
            return len(text) if is_all else None
        at = end + 1
    return at if at < len(text) or is_all else None


def _parse_header(text: bytes) -> pysam.VariantHeader:
    """Return a header as htslib understands it."""
    with tempfile.NamedTemporaryFile(suffix=".vcf") as file:
        file.write(text)
        file.flush()
        try:
            with quiet_htslib(), pysam.VariantFile(file.name) as variants:
                return variants.header.copy()
        except (OSError, ValueError) as error:
            raise CallsError(
                "the file has no valid header: it needs a #CHROM line with the columns "
                f"CHROM to INFO, set apart by tabs, and each sample once; {AGAIN}"
            ) from error


def _blocks(file: BinaryIO, rest: bytes) -> Iterator[bytes]:
    """Yield a text from ``rest`` on in blocks of whole lines."""
    while block := _read(file, BLOCK_SIZE):
        end = block.rfind(b"\n") + 1
        if end:
            yield rest + block[:end]
            rest = block[end:]
        else:
            rest += block
    if rest:
        yield rest
