"""What the catalogue says of one result: a table or document, or a figure."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "flag", "any"]


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, and what its cells are; a flag is yes or no.

    A name with a part in ``<>`` stands for as many columns as the study brings of it:
    none, or several. ``needs`` are the chapters without which there is none.
    """

    name: str
    kind: Kind
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class PerLandmark:
    """Columns that stand together once for each landmark, as ``<name>_<landmark>``."""

    columns: tuple[Column, ...]
    needs: tuple[str, ...] = ("ctdna",)


Columns = tuple[Column | PerLandmark, ...]


@dataclass(frozen=True)
class Result:
    """A table or document that the workflow writes.

    Parameters
    ----------
    file
        Path in the folder of an analysis, or of the results where it ``is_shared``.
    rules
        Which make it.
    row
        What one row of it stands for, or what it is, as results/README.md says it.
    section
        Where it stands in the report that Snakemake packs. What has none stands
        beside the results: it is described and no target of its own.
    needs
        Chapters of the inputs without which a study does not have it.
    columns
        In the order in which they are written; those of Parquet are in its schema.
    caption
        What the packed report says of it: reStructuredText, with parameters of its
        rule in Jinja.
    """

    file: str
    rules: tuple[str, ...]
    row: str = ""
    section: str = ""
    needs: tuple[str, ...] = ()
    columns: Columns = ()
    caption: str = ""
    is_shared: bool = False
    called: str = ""

    @property
    def name(self) -> str:
        """How rules and its caption call it: its stem, unless it is ``called``."""
        return self.called or self.file.rpartition("/")[2].partition(".")[0]

    @property
    def how_to_read(self) -> str:
        """Its caption on one line."""
        return " ".join(self.caption.split())


@dataclass(frozen=True)
class Figure:
    """A figure, which stands beside the table of the numbers it draws.

    Parameters
    ----------
    name
        The stem of its files.
    title
        Its heading in the report.
    rule
        ``plot_<chapter>``, which draws it.
    module
        In `her2ctdna.figures`, where its function ``draw_<name>`` stands; by default
        that of its name.
    caption
        How to read it, in words that do not depend on the study: plain text in Jinja,
        with ``confidence``, as in 95 %, ``landmarks``, the names of landmarks, and
        ``chapters``, what the study has of `chapters_of`. The packed report shows it,
        and the report after the numbers of the study.
    is_paged
        It has a page a patient, which only a PDF can hold; the report names it.
    """

    name: str
    title: str
    section: str
    rule: str
    caption: str
    columns: Columns
    needs: tuple[str, ...] = ()
    module: str = ""
    is_paged: bool = False

    @property
    def formats(self) -> tuple[str, ...]:
        """The endings of its files, the one for a reader first."""
        return ("pdf", "tsv") if self.is_paged else ("svg", "pdf", "png", "tsv")

    @property
    def how_to_read(self) -> str:
        """Its caption on one line."""
        return " ".join(self.caption.split())


Entry = Result | Figure


def text(*names: str, needs: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Return columns of text: words, identifiers, lists of them."""
    return tuple(Column(name, "text", needs) for name in names)


def number(*names: str, needs: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Return columns of numbers, days among them."""
    return tuple(Column(name, "number", needs) for name in names)


def flag(*names: str, needs: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Return columns of yes and no."""
    return tuple(Column(name, "flag", needs) for name in names)
