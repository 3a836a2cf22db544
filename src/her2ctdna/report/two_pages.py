"""What stands in the report and what in its appendix, and how one leads to the other.

The report can be read without the appendix: what goes there are long tables, charts to
explore, and the chapters on how it was done.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from her2ctdna.report.blocks import Block, Chapter, Chart, Elsewhere, Table

REPORT, APPENDIX = "report.html", "appendix.html"


class Placed(NamedTuple):
    """A block with the name by which links reach it, on whichever page."""

    id: str
    block: Block | Elsewhere


class Section(NamedTuple):
    """A chapter as a page has it, with its number in the report."""

    anchor: str
    title: str
    number: int
    blocks: Sequence[Placed]


def split_pages(
    chapters: Sequence[Chapter], appended: Collection[str]
) -> tuple[list[Section], list[Section]]:
    """Return the sections of the report and those of the appendix.

    Chapters named in ``appended`` stand in the appendix as a whole; of the others the
    folded tables and the charts do, and links stand where these would have been.
    """
    report: list[Section] = []
    appendix: list[Section] = []
    for number, chapter in enumerate(chapters, start=1):
        named = (chapter.anchor, chapter.title, number)
        placed = _place(chapter)
        if chapter.anchor in appended:
            appendix.append(Section(*named, placed))
            continue
        report.append(Section(*named, list(_with_links(placed))))
        long = [each for each in placed if _is_appended(each)]
        if long:
            appendix.append(Section(*named, long))
    return report, appendix


def _place(chapter: Chapter) -> list[Placed]:
    return [
        Placed(f"{chapter.anchor}-{i}", block)
        for i, block in enumerate(chapter.blocks, start=1)
    ]


def _is_appended(placed: Placed) -> bool:
    block = placed.block
    return isinstance(block, Chart) or (isinstance(block, Table) and block.folded)


def _with_links(placed: Iterable[Placed]) -> Iterator[Placed]:
    """Yield what stays, and for each run of what goes one list of links to it."""
    for is_gone, run in groupby(placed, key=_is_appended):
        if not is_gone:
            yield from run
            continue
        gone = list(run)
        links = [(_title(each), f"{APPENDIX}#{each.id}") for each in gone]
        yield Placed(f"{gone[0].id}-elsewhere", Elsewhere(links))


def _title(placed: Placed) -> str:
    block = placed.block
    if isinstance(block, Table):
        return f"{block.caption} ({len(block.rows)} rows)"
    assert isinstance(block, Chart)
    return block.title
