"""The summary of the report as slides, to take to a meeting."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from math import ceil

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.shapes.base import BaseShape
from pptx.slide import Slide as Page
from pptx.slide import SlideLayout
from pptx.table import Table as Grid
from pptx.table import _Cell
from pptx.text.text import TextFrame
from pptx.util import Inches, Length, Pt

from her2ctdna.report.blocks import Chapter, Column, Figure
from her2ctdna.report.office_files import seal_file
from her2ctdna.report.office_text import write_grid, write_source, write_text
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import Sentence
from her2ctdna.report.slide_plan import (
    FigureSlide,
    Slide,
    TableSlide,
    TextSlide,
    plan_slides,
)
from her2ctdna.report.study_marks import write_mark, write_scope, write_stamp

WIDE, HIGH = Inches(13.333), Inches(7.5)
MARGIN, GAP = Inches(0.5), Inches(0.25)
INSIDE = Length(WIDE - 2 * MARGIN)
STAMP_TOP, TITLE_TOP, TOP, FOOT_TOP = map(Inches, (0.1, 0.4, 1.25, 7.05))
LINE = Inches(0.35)
STAMP_COLOUR = RGBColor(0x7A, 0x1F, 0x00)
QUIET = RGBColor(0x55, 0x55, 0x55)
TITLE_SIZE, SIZES, SMALL = 28, (20, 18, 16, 14, 12), 11
"""Points of titles, of text, and of tables and what stands at the edges of a slide."""

_SHARE_OF_SIZE = 0.5
"""How wide a letter is on average, of the size of its type."""
_LINES = 1.25
_WIDEST_CELL = 34
_TITLE_SLIDE, _TITLE_ONLY = 0, 5
"""The layouts of the template that are used; the others are taken out."""


def write_slides(
    results: Results, chapters: Sequence[Chapter], pictures: Mapping[str, bytes]
) -> bytes:
    """Return the slides of an analysis as PowerPoint has them.

    Parameters
    ----------
    results
        Of the analysis.
    chapters
        Those of its report (`write_chapters`), whose words, numbers and tables are
        shown.
    pictures
        PNG of the figures that the summary of this study shows, by their name.
    """
    deck = Presentation()
    first, other = _set_up(deck)
    _add_title(deck.slides.add_slide(first), results)
    for planned in plan_slides(chapters):
        page = deck.slides.add_slide(other)
        _write_title(page, planned.title)
        _draw(page, planned, pictures)
    for page in deck.slides:
        _add_marks(page, results)
    made = BytesIO()
    deck.save(made)
    return seal_file(made.getvalue(), title=write_mark(results))


def choose_size(texts: Iterable[str], *, wide: Length, high: Length) -> int:
    """Return the largest of the sizes, in points, at which all paragraphs fit."""
    lengths = [len(text) for text in texts]

    def fits(size: int) -> bool:
        in_line = wide.pt / (_SHARE_OF_SIZE * size)
        lines = sum(ceil(length / in_line) for length in lengths)
        return (lines * _LINES + len(lengths) / 2) * size <= high.pt

    return next((size for size in SIZES if fits(size)), SIZES[-1])


def share_width(grid: Sequence[Sequence[str]], *, wide: Length) -> list[Length]:
    """Return the width of each column, by its longest line as far as it may be."""
    longest = [
        max(len(line) for cell in column for line in cell.split("\n"))
        for column in zip(*grid, strict=True)
    ]
    weights = [min(max(length, 6), _WIDEST_CELL) for length in longest]
    return [Length(wide * weight // sum(weights)) for weight in weights]


def _set_up(deck: Deck) -> tuple[SlideLayout, SlideLayout]:
    """Make slides wide, without the dates and layouts that the template brings."""
    deck.slide_width, deck.slide_height = WIDE, HIGH
    kept = deck.slide_layouts[_TITLE_SLIDE], deck.slide_layouts[_TITLE_ONLY]
    for layout in [layout for layout in deck.slide_layouts if layout not in kept]:
        deck.slide_layouts.remove(layout)
    for part in (deck.slide_master, deck.notes_master, *kept):
        _without_date(part.placeholders)
    for layout, top, high in zip(kept, (2.2, 0.4), (1.6, 0.8), strict=True):
        _place(layout.placeholders[0], top=Inches(top), high=Inches(high))
    _place(kept[0].placeholders[1], top=Inches(4), high=Inches(2))
    return kept


def _without_date(placeholders: Iterable[BaseShape]) -> None:
    for shape in list(placeholders):
        if shape.placeholder_format.type == PP_PLACEHOLDER.DATE:
            shape.element.getparent().remove(shape.element)


def _place(shape: BaseShape, *, top: Length, high: Length) -> None:
    shape.left, shape.width, shape.top, shape.height = MARGIN, INSIDE, top, high


def _add_title(page: Page, results: Results) -> None:
    _write_title(page, results.study["title"])
    lines = map(write_text, (write_mark(results), write_scope(results)))
    frame = page.placeholders[1].text_frame
    frame.text = "\n".join(lines)
    _set_size(frame, SIZES[0])


def _write_title(page: Page, title: str) -> None:
    assert page.shapes.title is not None
    frame = page.shapes.title.text_frame
    frame.text = write_text(title)
    _set_size(frame, TITLE_SIZE)


def _draw(page: Page, planned: Slide, pictures: Mapping[str, bytes]) -> None:
    if isinstance(planned, TextSlide):
        _write_sentences(page, planned.sentences)
    elif isinstance(planned, FigureSlide):
        _show_figures(page, planned, pictures)
    else:
        _show_table(page, planned)


def _add_marks(page: Page, results: Results) -> None:
    """Write the study on the foot of a slide, and over a made-up one its stamp."""
    foot = _add_text(page, top=FOOT_TOP, high=LINE)
    _write_small(foot, write_mark(results), colour=QUIET)
    if stamp := write_stamp(results):
        _write_small(_add_text(page, top=STAMP_TOP, high=LINE), stamp, STAMP_COLOUR)


def _add_text(page: Page, *, top: Length, high: Length) -> TextFrame:
    frame: TextFrame = page.shapes.add_textbox(MARGIN, top, INSIDE, high).text_frame
    frame.word_wrap = True
    return frame


def _write_small(frame: TextFrame, text: str, colour: RGBColor) -> None:
    run = frame.paragraphs[0].add_run()
    run.text = write_text(text)
    run.font.bold, run.font.color.rgb = colour == STAMP_COLOUR, colour
    _set_size(frame, SMALL)


def _write_sentences(page: Page, sentences: Sequence[Sentence]) -> None:
    high = Length(FOOT_TOP - TOP)
    frame = _add_text(page, top=TOP, high=high)
    written = [(text, ", ".join(i.text for i in counts)) for text, counts in sentences]
    size = choose_size(map(" ".join, written), wide=INSIDE, high=high)
    for i, (text, counts) in enumerate(written):
        paragraph = frame.add_paragraph() if i else frame.paragraphs[0]
        paragraph.space_after = Pt(size / 2)
        paragraph.add_run().text = write_text(text)
        if counts:
            run = paragraph.add_run()
            run.text, run.font.color.rgb = f" {counts}", QUIET
    _set_size(frame, size)


def _show_figures(
    page: Page, planned: FigureSlide, pictures: Mapping[str, bytes]
) -> None:
    n = len(planned.figures)
    wide = Length((INSIDE - (n - 1) * GAP) // n)
    for i, figure in enumerate(planned.figures):
        left = Length(MARGIN + i * (wide + GAP))
        _show_figure(page, figure, pictures[figure.name], left=left, wide=wide)
    captions = "\n".join(write_text(figure.caption) for figure in planned.figures)
    notes = page.notes_slide.notes_text_frame
    assert notes is not None
    notes.text = captions


def _show_figure(
    page: Page, figure: Figure, picture: bytes, *, left: Length, wide: Length
) -> None:
    """Show a figure as large as its place lets it be, in the middle of it."""
    high = Length(FOOT_TOP - TOP)
    shape = page.shapes.add_picture(BytesIO(picture), left, TOP)
    scale = min(wide / shape.width, high / shape.height)
    shape.width, shape.height = (
        Length(int(side * scale)) for side in (shape.width, shape.height)
    )
    shape.left = Length(left + (wide - shape.width) // 2)
    _describe(shape, figure.seen)


def _show_table(page: Page, planned: TableSlide) -> None:
    grid = write_grid(planned.table)
    size = (len(grid), len(grid[0]))
    high = Length(LINE * len(grid))
    shape = page.shapes.add_table(*size, MARGIN, TOP, INSIDE, high)
    _describe(shape, planned.title)
    _fill_table(shape.table, grid, planned.table.columns)
    source = _add_text(page, top=Length(FOOT_TOP - LINE), high=LINE)
    _write_small(source, write_source(planned.table), colour=QUIET)


def _fill_table(
    made: Grid, grid: Sequence[Sequence[str]], columns: Sequence[Column]
) -> None:
    for j, width in enumerate(share_width(grid, wide=INSIDE)):
        made.columns[j].width = width
    for i, texts in enumerate(grid):
        made.rows[i].height = LINE
        for j, (text, column) in enumerate(zip(texts, columns, strict=True)):
            _write_cell(made.cell(i, j), text, is_number=column.is_number)


def _write_cell(cell: _Cell, text: str, *, is_number: bool) -> None:
    cell.text = text
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.margin_top = cell.margin_bottom = Pt(2)
    _set_size(cell.text_frame, SMALL)
    for paragraph in cell.text_frame.paragraphs:
        paragraph.alignment = PP_ALIGN.RIGHT if is_number else PP_ALIGN.LEFT


def _set_size(frame: TextFrame, size: int) -> None:
    """Set the size of what is written; PowerPoint heeds no size of a paragraph."""
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run.font.size = Pt(size)


def _describe(shape: BaseShape, text: str) -> None:
    """Say in words what a shape shows, for those who do not see it."""
    (properties,) = shape.element.xpath("./*/p:cNvPr")
    properties.set("descr", write_text(text))
