"""Text of the page's blocks where no page can link, colour or hide it."""

from her2ctdna.report.blocks import Cell, Count, Table
from her2ctdna.report.escape import visible
from her2ctdna.settings.catalogue import FILES

NO_ROW = "none"
"""What a table without rows says, as on the page."""

_FILES = {entry.name: file for file, entry in FILES.items()}


def write_text(text: str) -> str:
    """Return text with what cannot be seen as codes; XML does not hold all of it."""
    return str(visible(text))


def write_cell(cell: Cell) -> str:
    """Return a cell with what it comes to on a line of its own."""
    if isinstance(cell, str):
        return write_text(cell)
    detail = cell.detail if isinstance(cell, Count) else ""
    return "\n".join(write_text(part) for part in (cell.text, detail) if part)


def write_grid(table: Table) -> list[list[str]]:
    """Return the headings and cells of a table as text, row by row."""
    headings = [write_text(column.title) for column in table.columns]
    rows = [[write_cell(cell) for cell in row] for row in table.rows]
    empty = [[NO_ROW, *[""] * (len(headings) - 1)]]
    return [headings, *(rows or empty)]


def write_source(table: Table) -> str:
    """Return the files beside the page that the numbers of a table are from."""
    return f"Source: {', '.join(_FILES[name] for name in table.sources)}"
