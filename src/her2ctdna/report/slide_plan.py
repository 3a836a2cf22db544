"""Which slides there are: the summary of the report, and rates and times in tables."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from her2ctdna.report.blocks import (
    Block,
    Chapter,
    Figure,
    Heading,
    Paragraph,
    Statements,
    Table,
)
from her2ctdna.report.sentences import Sentence


@dataclass(frozen=True)
class TextSlide:
    """Sentences, a paragraph each, with the counts they rest on."""

    title: str
    sentences: Sequence[Sentence]


@dataclass(frozen=True)
class FigureSlide:
    """A figure, or two side by side."""

    title: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class TableSlide:
    """A table."""

    title: str
    table: Table


Slide = TextSlide | FigureSlide | TableSlide

_IN_RESPONSE = (("rates",), ("survival",))
"""The sources of the tables of its chapter that slides show."""


def plan_slides(chapters: Sequence[Chapter]) -> list[Slide]:
    """Return the slides after the title: the summary, with two tables before its flow.

    Parameters
    ----------
    chapters
        Those of the report, the summary first.
    """
    planned = [
        _plan_slide(list(run), chapters[0].title)
        for _, run in groupby(chapters[0].blocks, key=_place)
    ]
    tables = [TableSlide(table.caption, table) for table in _of_response(chapters)]
    flow = next(i for i, slide in enumerate(planned) if isinstance(slide, TableSlide))
    return [*planned[:flow], *tables, *planned[flow:]]


def _of_response(chapters: Iterable[Chapter]) -> Iterator[Table]:
    """Yield the rates of response and the times to event of all treated patients."""
    for chapter in chapters:
        for block in chapter.blocks if chapter.anchor == "response" else ():
            if isinstance(block, Table) and block.sources in _IN_RESPONSE:
                yield from () if block.folded else (block,)


def _place(block: Block) -> str:
    """Return what blocks have in common that stand on one slide."""
    if isinstance(block, Figure):
        return "half" if block.is_half else block.name
    return block.caption if isinstance(block, Table) else "text"


def _plan_slide(blocks: Sequence[Block], title: str) -> Slide:
    """Return the slide of blocks of one kind; text without a heading has ``title``."""
    if isinstance(blocks[0], Table):
        return TableSlide(blocks[0].caption, blocks[0])
    if figures := [block for block in blocks if isinstance(block, Figure)]:
        return FigureSlide(" and ".join(each.title for each in figures), figures)
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    sentences = [each for block in blocks for each in _sentences_of(block)]
    return TextSlide((headings or [title])[0], sentences)


def _sentences_of(block: Block) -> Iterator[Sentence]:
    if isinstance(block, Paragraph):
        yield block.text, []
    if isinstance(block, Statements):
        yield from ((text, list(counts)) for text, counts in block.items)
