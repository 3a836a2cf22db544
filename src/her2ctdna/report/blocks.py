"""What a page is built of; the template has one macro for each of these.

Nothing here is HTML: every text is escaped when the template writes it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from her2ctdna.report.formats import MINUS


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


@dataclass(frozen=True)
class Ranked:
    """A cell with what it sorts by, which for a number is also what a filter compares.

    ``order`` is None where there is no value: such cells come last either way.
    """

    text: str
    order: float | str | None

    @property
    def sought(self) -> str:
        """What a search looks at: a number as it is shown, so that scripts read it."""
        has_power = isinstance(self.order, float) and "^" in self.text
        return f"{self.order:g}" if has_power else self.text.replace(MINUS, "-")


Cell = str | Count | Ranked


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and what writes its cell of a row.

    Numbers are set flush right.
    """

    title: str
    write: Callable[[Any], Cell]
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
    """A table; the first cell of a row is its header.

    One that is ``folded`` is long and stands in the appendix. One that is ``explored``
    can be searched, sorted and filtered where scripts run;
    but for the first cell, its cells are `Ranked`. ``sources`` are the results that its
    numbers are from, by name, where it is a table of the clinic: such a table names no
    patient and is taken away.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    folded: bool = False
    explored: bool = False
    sources: tuple[str, ...] = ()
    kind: ClassVar[str] = "table"


def tabulate(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    *,
    folded: bool = False,
    explored: bool = False,
    sources: tuple[str, ...] = (),
) -> Table:
    """Return the table of what each column writes of each row."""
    cells = [[column.write(row) for column in columns] for row in rows]
    return Table(caption, columns, cells, folded, explored, sources)


@dataclass(frozen=True)
class Figure:
    """A figure with the caption that says how to read it; ``width`` is in pixels.

    One that ``is_half`` stands beside another where there is room. What it shows is
    its ``brief`` caption, if it has one.
    """

    name: str
    title: str
    caption: str
    source: str
    width: int | None
    is_half: bool = False
    brief: str = ""
    kind: ClassVar[str] = "figure"

    @property
    def seen(self) -> str:
        """What stands for the drawing where it cannot be seen."""
        return f"{self.title} (a drawing of the numbers in figures/{self.name}.tsv)"


@dataclass(frozen=True)
class Chart:
    """A figure to point at and pick from, shown only where scripts run."""

    name: str
    title: str
    how: str
    spec: Mapping[str, object]
    kind: ClassVar[str] = "chart"


@dataclass(frozen=True)
class Elsewhere:
    """What stands on another page: titles, each with the address of its place."""

    items: Sequence[tuple[str, str]]
    kind: ClassVar[str] = "elsewhere"


@dataclass(frozen=True)
class LeftOut:
    """Who or what a chapter leaves out, and why."""

    items: Sequence[tuple[str, Sequence[str]]]
    kind: ClassVar[str] = "left_out"


Block = Paragraph | Heading | Statements | Table | Figure | Chart | LeftOut


@dataclass(frozen=True)
class Chapter:
    """A chapter of the page."""

    anchor: str
    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)
