"""A VCF or BCF file as its header and blocks of whole lines; all of it, or an error.

Text is read as it stands, plain, gzipped or bgzipped, and needs no index; a BCF is
first turned into text by htslib, which is given nothing else: of a text it would
follow what it takes for a link. Blocks and a longest line bound the memory.
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

from her2ctdna.calls.site_list import as_records, find_columns, site_header
from her2ctdna.calls.vcf_header import Header, HeaderError, parse_header

AGAIN = "copy the file again or re-run the caller"
BLOCK_SIZE = 2**22
LONGEST_LINE = 2**24
LONGEST_HEADER = 2**26

GZIP = b"\x1f\x8b"
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_BCF = b"BCF\x02"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class CallsError(Exception):
    """Say why the calls of a sample cannot be read rightly, and what to do.

    ``column`` is the one of the samples sheet that is to blame.
    """

    def __init__(self, message: str, column: str = "calls") -> None:
        super().__init__(message)
        self.column = column


class VariantText(NamedTuple):
    """The header of a file, and its records as blocks of lines.

    Each block but the last ends with a newline. ``is_proven`` says that the file has
    a trailer of its own (the last block of BGZF, the checksum of gzip): once all of
    it is read, it is whole, even if its last line has no newline.
    """

    header: Header
    blocks: Iterator[bytes]
    is_proven: bool


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
        with path.open("rb") as raw:
            head, is_ended = raw.read(18), has_end_mark(raw)
    except OSError as error:
        raise CallsError(f"cannot open the file ({error.strerror}): {AGAIN}") from error
    if not head:
        raise CallsError(f"the file is empty: {AGAIN}")
    is_packed = head.startswith(GZIP)
    if is_packed and head[12:14] == b"BC" and not is_ended:
        raise CallsError(f"the file is truncated (no end-of-file mark): {AGAIN}")
    opener = gzip.open if is_packed else open
    with opener(path, "rb") as opened, tempfile.NamedTemporaryFile() as text:
        file: BinaryIO = cast(BinaryIO, opened)
        start = _read(file, len(BYTE_ORDER_MARK) + 2)
        if start.startswith(_BCF):
            _write_as_text(path, text.name)
            file, start = cast(BinaryIO, text.file), b""
        yield _read_text(file, start, is_proven=is_packed)


def place_of_sample(names: tuple[str, ...], calls_sample: str) -> int | None:
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


def has_end_mark(file: BinaryIO) -> bool:
    """Say whether a file ends with the block that ends every bgzipped file."""
    file.seek(max(0, file.seek(0, 2) - len(_BGZF_END)))
    return file.read() == _BGZF_END


@contextmanager
def quiet_htslib() -> Iterator[None]:
    """Keep htslib from writing to stderr: what matters becomes a finding."""
    verbosity = pysam.set_verbosity(0)
    try:
        yield
    finally:
        pysam.set_verbosity(verbosity)


@contextmanager
def _damage_told() -> Iterator[None]:
    """Say of a file that cannot be unpacked that it is damaged."""
    try:
        yield
    except (EOFError, OSError, zlib.error) as error:
        raise CallsError(f"the file is truncated or damaged: {AGAIN}") from error


def _read(file: BinaryIO, size: int) -> bytes:
    """Return the next bytes of a file."""
    with _damage_told():
        return file.read(size)


def _read_line(file: BinaryIO) -> bytes:
    """Return the next line of a file, with its newline."""
    with _damage_told():
        return _bounded(file.readline(LONGEST_LINE + 1))


def _bounded(line: bytes) -> bytes:
    """Refuse a line, or its beginning, that is longer than any record."""
    if len(line) > LONGEST_LINE:
        size = f"{LONGEST_LINE // 2**20} MB"
        raise CallsError(f"a line is longer than {size}, which no record is: {AGAIN}")
    return line


def _write_as_text(path: Path, target: str) -> None:
    """Write a BCF as a VCF."""
    try:
        with quiet_htslib():
            arguments = ("-Ov", "--no-version", "-o", target, str(path))
            pysam.bcftools.view(*arguments, catch_stdout=False)
    except pysam.utils.SamtoolsError as error:
        raise CallsError(f"the file is truncated or damaged: {AGAIN}") from error


def _read_text(file: BinaryIO, start: bytes, *, is_proven: bool) -> VariantText:
    """Return the header of a text, of which ``start`` is read, and what follows."""
    start = start.removeprefix(BYTE_ORDER_MARK)
    lines, size = [start + _read_line(file)], 0
    sites = find_columns(lines[0])
    if sites and b"INFO" not in lines[0]:
        return _read_sites(file, *sites)
    if start and not start.startswith((b"##", b"#CH")):
        raise CallsError(
            "the file is neither VCF nor BCF: give the caller's own output, or a list "
            "of sites with the columns chrom, pos, ref and alt"
        )
    while lines[-1].startswith(b"#"):
        size += len(lines[-1])
        if size > LONGEST_HEADER:
            text = "the header is longer than any caller writes"
            raise CallsError(f"{text}: {AGAIN}")
        lines.append(_read_line(file))
    first = lines.pop()
    try:
        header = parse_header(b"".join(lines))
    except HeaderError as error:
        raise CallsError(
            "the file has no valid header: it needs a #CHROM line with the columns "
            f"CHROM to INFO, set apart by tabs, and each sample once; {AGAIN}"
        ) from error
    if not lines[-1].endswith(b"\n") and not is_proven:
        raise CallsError(f"the last line has no newline and is cut off: {AGAIN}")
    return VariantText(header, _blocks(file, first), is_proven)


def _read_sites(file: BinaryIO, delimiter: bytes, places: list[int]) -> VariantText:
    """Return a table of sites as a VCF without samples."""
    table = _read(file, LONGEST_HEADER + 1)
    if len(table) > LONGEST_HEADER:
        raise CallsError("the list of sites is longer than any assay has: give a VCF")
    records = as_records(table, delimiter, places)
    return VariantText(site_header(), iter([records] if records else []), True)


def _blocks(file: BinaryIO, rest: bytes) -> Iterator[bytes]:
    """Yield a text from ``rest`` on in blocks of whole lines."""
    while block := _read(file, BLOCK_SIZE):
        end = block.rfind(b"\n") + 1
        if end:
            yield rest + block[:end]
            rest = block[end:]
        else:
            rest = _bounded(rest + block)
    if rest:
        yield rest
