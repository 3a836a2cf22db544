"""What a page is built of; the template has one macro for each of these.

Nothing here is HTML: every text is escaped when the template writes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class Patients:
    """A named set of patients (or samples) behind a number."""

    label: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """A number that opens to the patients it counts, with what it comes to."""

    text: str
    sets: tuple[Patients, ...]
    detail: str = ""


Cell = str | Count


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers are set flush right."""

    title: str
    is_number: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Prose, which may end with a link to a file beside the page."""

    text: str
    file: str = ""
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Heading:
    """The title of a section inside a chapter."""

    text: str
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True)
class Statements:
    """Sentences, each with the counts it rests on."""

    items: Sequence[tuple[str, Sequence[Count]]]
    style: str = "plain"
    kind: ClassVar[str] = "statements"


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its header."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    folded: bool = False
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Figure:
    """A figure with the caption that says how to read it; ``width`` is in pixels."""

    name: str
    title: str
    caption: str
    source: str
    width: int | None
    kind: ClassVar[str] = "figure"


@dataclass(frozen=True)
class LeftOut:
    """Who or what a chapter leaves out, and why."""

    items: Sequence[tuple[str, Sequence[str]]]
    kind: ClassVar[str] = "left_out"


Block = Paragraph | Heading | Statements | Table | Figure | LeftOut


@dataclass(frozen=True)
class Chapter:
    """A chapter of the page."""

    anchor: str
    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)
