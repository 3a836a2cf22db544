"""The tables of the clinic as Word has them, to take into a text of one's own."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import count

from docx import Document
from docx.document import Document as Text
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from her2ctdna.report.blocks import Chapter, Table
from her2ctdna.report.office_files import seal_file
from her2ctdna.report.office_text import write_grid, write_source, write_text
from her2ctdna.report.results import Results
from her2ctdna.report.study_marks import write_mark, write_scope, write_stamp

A4 = (Mm(297), Mm(210))
MARGIN = Mm(15)
TEXT_SIZE, CELL_SIZE = Pt(10), Pt(8)
STAMP_COLOUR = RGBColor(0x7A, 0x1F, 0x00)


def write_word_tables(results: Results, chapters: Sequence[Chapter]) -> bytes:
    """Return the tables of the clinic of an analysis as a file of Word.

    Parameters
    ----------
    results
        Of the analysis.
    chapters
        Those of its report (`write_chapters`): of each its short tables that say their
        sources, under its title.
    """
    document = Document()
    _set_up(document, results)
    document.add_heading(write_text(results.study["title"]), level=1)
    document.add_paragraph(write_text(write_scope(results)))
    numbers = count(1)
    for chapter in chapters:
        tables = list(list_tables(chapter))
        if tables:
            document.add_heading(chapter.title, level=2)
        for table in tables:
            _add_table(document, table, next(numbers))
    made = BytesIO()
    document.save(made)
    return seal_file(made.getvalue(), title=write_mark(results))


def list_tables(chapter: Chapter) -> Iterator[Table]:
    """Yield the tables of a chapter that are taken away: of the clinic, and short."""
    for block in chapter.blocks:
        if isinstance(block, Table) and block.sources and not block.folded:
            yield block


def _set_up(document: Text, results: Results) -> None:
    """Lay pages across, with the stamp of a made-up study and the study on each."""
    document.styles["Normal"].font.size = TEXT_SIZE
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = A4
    page.left_margin = page.right_margin = MARGIN
    page.top_margin = page.bottom_margin = MARGIN
    page.footer.paragraphs[0].text = write_text(write_mark(results))
    if stamp := write_stamp(results):
        run = page.header.paragraphs[0].add_run(stamp)
        run.bold, run.font.color.rgb = True, STAMP_COLOUR


def _add_table(document: Text, table: Table, number: int) -> None:
    caption = f"Table {number}. {write_text(table.caption)}"
    title = document.add_paragraph(caption, style="Caption")
    title.paragraph_format.keep_with_next = True
    grid = write_grid(table)
    made = document.add_table(rows=len(grid), cols=len(grid[0]), style="Table Grid")
    for row, texts in zip(made.rows, grid, strict=True):
        _mark_row(row, "w:cantSplit")
        for cell, text, column in zip(row.cells, texts, table.columns, strict=True):
            _write_cell(cell, text, is_number=column.is_number)
    _mark_row(made.rows[0], "w:tblHeader")
    for cell in made.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    _shrink(document.add_paragraph(write_source(table)))


def _mark_row(row: _Row, property_name: str) -> None:
    """Set a property of a row that python-docx has no word for."""
    row._tr.get_or_add_trPr().append(OxmlElement(property_name))


def _write_cell(cell: _Cell, text: str, *, is_number: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.add_run(text)
    _shrink(paragraph)
    if is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _shrink(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.space_after = Pt(0)
    for run in paragraph.runs:
        run.font.size = CELL_SIZE
