"""The header of a VCF: what it declares, read from bytes as they stand.

htslib refuses headers that are no UTF-8 or that hold a ``Number`` younger than itself,
though nothing in them is needed; so the few lines that are needed are read here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

FIXED_COLUMNS = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")

_STRUCTURED = re.compile(r"##([^=]+)=<(.*)>?", re.DOTALL)
# a bounded name, so that no line can keep the search busy
_PART = re.compile(r'([^=,\s"]{1,64})=("(?:[^"\\]|\\.)*"|[^,>]*)')


class HeaderError(Exception):
    """Say that a text is no header of a VCF."""


class Declared(NamedTuple):
    """A declared field: ``Number`` (``A``, ``R``, ``P``, ``1`` …), ``Type``, text."""

    number: str
    type: str
    description: str


class Line(NamedTuple):
    """A line of the header: ``##key=value``, or ``##key=<parts>``."""

    key: str
    value: str
    parts: dict[str, str]


@dataclass(frozen=True)
class Header:
    """What a header declares; of a field that is declared twice the first counts.

    ``contigs`` gives the length of each contig, None where it is not said.
    """

    lines: tuple[Line, ...]
    formats: dict[str, Declared]
    info: dict[str, Declared]
    contigs: dict[str, int | None]
    samples: tuple[str, ...]
    n_columns: int


def parse_header(text: bytes) -> Header:
    """Return the header in the lines of a VCF that start with ``#``.

    Each line may be UTF-8 or, if it is not, Latin-1.

    Raises
    ------
    HeaderError
        Without ``##fileformat=VCF`` at its start, or if its last line is not
        ``#CHROM`` with the columns CHROM to INFO and each sample once.
    """
    written = text.removesuffix(b"\n").split(b"\n")
    first, *rest = [_decode(line.removesuffix(b"\r")) for line in written]
    if not first.startswith("##fileformat=VCF") or not rest:
        raise HeaderError
    names = rest.pop().split("\t")
    samples = tuple(names[len(FIXED_COLUMNS) + 1 :])
    wanted = ["#" + FIXED_COLUMNS[0], *FIXED_COLUMNS[1:], "FORMAT"]
    if len(names) < len(FIXED_COLUMNS) or names[: len(wanted)] != wanted[: len(names)]:
        raise HeaderError
    if len(set(samples)) < len(samples) or "" in samples:
        raise HeaderError
    lines = tuple(_lines(rest))
    contigs: dict[str, int | None] = {}
    for line in lines:
        if line.key == "contig" and line.parts.get("ID"):
            length = line.parts.get("length", "")
            known = int(length) if re.fullmatch("[0-9]{1,12}", length) else None
            contigs.setdefault(line.parts["ID"], known)
    formats, info = (_declared(lines, key) for key in ("FORMAT", "INFO"))
    return Header(lines, formats, info, contigs, samples, len(names))


def _decode(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _lines(texts: list[str]) -> Iterator[Line]:
    """Yield the lines that say something."""
    for text in texts:
        key, divider, value = text.removeprefix("##").partition("=")
        found = _STRUCTURED.match(text)
        if found:
            parts = {name: _unquoted(part) for name, part in _PART.findall(found[2])}
            yield Line(found[1], "", parts)
        elif divider and text.startswith("##"):
            yield Line(key, value, {})


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text.strip()


def _declared(lines: tuple[Line, ...], key: str) -> dict[str, Declared]:
    found: dict[str, Declared] = {}
    for line in lines:
        if line.key == key and line.parts.get("ID"):
            wanted = ("Number", "Type", "Description")
            said = (line.parts.get(name, "") for name in wanted)
            found.setdefault(line.parts["ID"], Declared(*said))
    return found
