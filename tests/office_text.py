"""What stands in slides and in a file of Word, read back, and the numbers of a text."""

import re
from io import BytesIO
from zipfile import ZipFile

from docx import Document
from pptx import Presentation

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)")
"""A number, which is no part of a name such as C2D1."""


def numbers_of(text):
    """Return the numbers of a text as they are written, without sign."""
    return set(NUMBER.findall(text))


def grids_of_slides(made):
    """Return the tables of slides, each row by row."""
    shapes = [s for page in Presentation(BytesIO(made)).slides for s in page.shapes]
    return [grid_of(shape.table) for shape in shapes if shape.has_table]


def texts_of_slides(made):
    """Return what stands on each slide outside of tables."""
    return [
        [shape.text_frame.text for shape in page.shapes if shape.has_text_frame]
        for page in Presentation(BytesIO(made)).slides
    ]


def text_of_slides(made):
    """Return all that slides and their notes say."""
    cells = [cell for grid in grids_of_slides(made) for row in grid for cell in row]
    notes = [
        page.notes_slide.notes_text_frame.text
        for page in Presentation(BytesIO(made)).slides
        if page.has_notes_slide
    ]
    texts = [text for texts in texts_of_slides(made) for text in texts]
    return "\n".join([*texts, *cells, *notes])


def grids_of_word(made):
    """Return the tables of a file of Word, each row by row."""
    return [grid_of(table) for table in Document(BytesIO(made)).tables]


def lines_of_word(made):
    """Return the paragraphs of a file of Word outside of tables."""
    return [paragraph.text for paragraph in Document(BytesIO(made)).paragraphs]


def grid_of(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def parts_of(made):
    """Return the parts of an office file by their name."""
    with ZipFile(BytesIO(made)) as parts:
        return {entry.filename: parts.read(entry) for entry in parts.infolist()}
