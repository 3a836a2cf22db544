"""Sheets of text: their encoding, what divides their cells, and the lines of rows."""

import codecs
import csv
import gzip
import re
import zlib
from io import StringIO
from itertools import islice
from pathlib import Path

from her2ctdna.calls.variant_file import GZIP
from her2ctdna.inputs.grids import Rows, UnreadableSheetError

DELIMITERS = {".tsv": "\t", ".csv": ",", ".txt": "\t"}
"""Endings of sheets of text, and what divides their cells where the header leaves it
open."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte order marks; those of UTF-32 come first, as one of UTF-16 starts one of them."""

_OTHER_FORMS = {
    b"PK\x03\x04": "a zip file, as an Excel workbook is; name it .xlsx, or unpack it",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Excel workbook; name it .xls",
    GZIP: "compressed (gzip); unpack it",
    b"PAR1": "a Parquet file; name it .parquet",
    b"HEADER RECORD*******LIB": "a SAS transport file; name it .xpt",
    bytes(12) + b"\xc2\xea\x81\x60": "a SAS data set; name it .sas7bdat",
    b"%PDF": "a PDF; save its table as .csv",
}
"""How files of other forms start, and what they are."""

_NAMED_DELIMITER = re.compile(r"sep=(.)", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"?')


def read_text_sheet(path: Path, *, encoding: str | None) -> tuple[Rows, list[str]]:
    """Return the rows of a sheet of text, and what a user should be warned of.

    Lines that start with ``#`` above the header are passed over, and counted.
    """
    raw = path.read_bytes()
    if form := _other_form(raw):
        raise UnreadableSheetError(f"is {form}")
    text, warnings = _decode(raw, encoding)
    above, delimiter = _above_header(text, path.suffix.lower())
    # csv, since pandas does not tell the lines of quoted multi-line cells
    return _numbered_rows(text, delimiter, above), warnings


def read_maf_rows(path: Path) -> Rows:
    """Return the rows of a MAF, gzipped or not: quotes are letters like others."""
    raw = path.read_bytes()
    try:
        whole = gzip.decompress(raw) if raw.startswith(GZIP) else raw
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        advice = "is truncated or damaged; copy or write the file again"
        raise UnreadableSheetError(advice) from error
    try:
        text = whole.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        advice = f"is not UTF-8 (byte {error.start}); save it as UTF-8"
        raise UnreadableSheetError(advice) from error
    lines = enumerate(text.splitlines(), start=1)
    return [
        (number, [cell.strip() for cell in line.split("\t")])
        for number, line in lines
        if line.strip() and not line.startswith("#")
    ]


def count_text_lines(path: Path, most: int, *, encoding: str | None) -> int:
    """Count the lines of a text sheet that are not blank, up to ``most``.

    Only the start of the file is read. One that is no text, or in no encoding that is
    known, has none.
    """
    with path.open("rb") as file:
        head = file.read(64)
    known = _mark_of(head) or encoding or "utf-8"
    try:
        codecs.lookup(known)
    except LookupError:
        return 0
    if _other_form(head):
        return 0
    with path.open(encoding=known, errors="replace") as lines:
        filled = (line.strip() for line in lines)
        rows = (
            line
            for line in filled
            if line and line[0] != "#" and not _NAMED_DELIMITER.fullmatch(line)
        )
        return sum(1 for _ in islice(rows, most))


def _other_form(raw: bytes) -> str:
    found = (said for magic, said in _OTHER_FORMS.items() if raw.startswith(magic))
    return next(found, "")


def _mark_of(raw: bytes) -> str | None:
    return next((name for mark, name in _MARKS.items() if raw.startswith(mark)), None)


def _decode(raw: bytes, encoding: str | None) -> tuple[str, list[str]]:
    """Return the text of a file: its mark counts, else the setting, else UTF-8."""
    known = _mark_of(raw) or encoding or "utf-8"
    try:
        text = raw.decode(known)
    except LookupError as error:
        advice = f"study.encoding names no encoding of text: {known}; such as gb18030"
        raise UnreadableSheetError(advice) from error
    except UnicodeDecodeError as error:
        name = "UTF-8" if known.startswith("utf-8") else known
        at = min(error.start, len(raw) - 1)
        advice = (
            f"is not {name} (byte {at} is 0x{raw[at]:02X}); save it as UTF-8, or name "
            "its encoding by study.encoding (such as gb18030, windows-1252, utf-16)"
        )
        raise UnreadableSheetError(advice) from error
    if "\0" in text:
        advice = (
            f"holds bytes of zero (the first is byte {raw.index(0)}), as UTF-16 does "
            "and binary files do; save it as UTF-8, or set study.encoding: utf-16"
        )
        raise UnreadableSheetError(advice)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    is_other = encoding and not _mark_of(raw) and _is_utf8_beyond_ascii(raw)
    if is_other and codecs.lookup(known).name not in ("utf-8", "utf-8-sig"):
        return text, [f"read as study.encoding says ({known}), though it is UTF-8 too"]
    return text, []


def _is_utf8_beyond_ascii(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not raw.isascii()


def _above_header(text: str, ending: str) -> tuple[int, str]:
    """Return how many lines stand above the header, and what divides its cells."""
    named, above = None, 0
    for line in StringIO(text):
        if found := _NAMED_DELIMITER.fullmatch(line.strip()):
            named = found[1]
        elif line.strip(" \t\r\n,;") and not line.startswith("#"):
            return above, named or _delimiter_of(line, ending)
        above += 1
    return above, DELIMITERS[ending]


def _delimiter_of(header: str, ending: str) -> str:
    """Return what divides the cells of a header; the ending, where that is open."""
    outside = _QUOTED.sub("", header)
    found = {mark: outside.count(mark) for mark in ("\t", ",", ";") if mark in outside}
    usual = DELIMITERS[ending]
    return usual if usual in found or not found else max(found, key=lambda m: found[m])


def _numbered_rows(text: str, delimiter: str, above: int) -> Rows:
    """Return the rows that are not blank, each with the line it starts on."""
    lines = StringIO(text)
    for _ in range(above):
        next(lines)
    # strict, as else an open quote would swallow the rows that follow it
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows, line = [], above + 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                rows.append((line, stripped))
            line = above + reader.line_num + 1
    except csv.Error as error:
        advice = "a cell that opens with a quote must close with it"
        message = f"cannot be read from row {line} on; {advice}"
        raise UnreadableSheetError(message) from error
    return rows
