"""What a reader of values does not see in an Excel workbook: errors, hidden rows.

An .xlsx is a zip of XML. Only it is looked into; the other forms of workbooks hold the
same in ways of their own.
"""

import posixpath
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse
from zipfile import BadZipFile, ZipFile

from her2ctdna.inputs.grids import UnreadableSheetError

_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")

_DAMAGES = (
    *(BadZipFile, KeyError, ParseError, StopIteration, ValueError, EOFError),
    *(NotImplementedError, RuntimeError, zlib.error),
)
"""What a damaged zip or XML raises, or one that is encrypted."""

Place = tuple[int, int]
"""Row and column of a cell, both from 1 on."""


class Marks(NamedTuple):
    """What the XML of a sheet tells beside its values.

    ``errors`` has the cells with an error, ``unset`` formulas without a value,
    ``percentages`` numbers that are shown as per cent (5 % is held as 0.05).
    """

    errors: dict[Place, str]
    unset: list[Place]
    percentages: list[Place]
    hidden_rows: list[int]
    hidden_columns: list[int]
    since_1904: bool


NO_MARKS = Marks({}, [], [], [], [], since_1904=False)
"""Of a workbook that is no .xlsx, of which no more is known."""


def read_marks(path: Path, sheet: str) -> Marks:
    """Return what the XML of a sheet of an .xlsx tells beside its values."""
    try:
        with ZipFile(path) as parts:
            book = fromstring(parts.read("xl/workbook.xml"))
            with parts.open(_part_of(parts, book, sheet)) as file:
                return _marks(file, _percent_styles(parts), _counts_from_1904(book))
    except _DAMAGES as error:
        advice = "is a damaged workbook; open it and save it again as .xlsx"
        raise UnreadableSheetError(advice) from error


def address(place: Place) -> str:
    """Return a place as a spreadsheet names it: (3, 28) is AB3."""
    row, column = place
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _part_of(parts: ZipFile, book: Element, sheet: str) -> str:
    """Return the part of the zip that holds a sheet."""
    entry = next(
        part
        for part in book.iter()
        if _name(part) == "sheet" and part.get("name") == sheet
    )
    wanted = next(value for key, value in entry.items() if key.endswith("}id"))
    relations = fromstring(parts.read("xl/_rels/workbook.xml.rels"))
    target = next(
        str(part.get("Target")) for part in relations if part.get("Id") == wanted
    )
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _counts_from_1904(book: Element) -> bool:
    settings = (part for part in book.iter() if _name(part) == "workbookPr")
    return any(part.get("date1904") in ("1", "true") for part in settings)


def _percent_styles(parts: ZipFile) -> set[str]:
    """Return the styles of cells (as cells name them) that show per cent."""
    if "xl/styles.xml" not in parts.namelist():
        return set()
    styles = fromstring(parts.read("xl/styles.xml"))
    codes = {
        part.get("numFmtId"): part.get("formatCode", "")
        for part in styles.iter()
        if _name(part) == "numFmt"
    }
    # those that need no code of their own: 0% and 0.00%
    percent = {"9", "10"} | {name for name, code in codes.items() if "%" in code}
    cells = next((part for part in styles if _name(part) == "cellXfs"), ())
    return {
        str(place)
        for place, style in enumerate(cells)
        if style.get("numFmtId") in percent
    }


def _marks(file: IO[bytes], percent_styles: set[str], since_1904: bool) -> Marks:
    marks = Marks({}, [], [], [], [], since_1904)
    place = (0, 0)
    for event, part in iterparse(file, events=("start", "end")):
        name = _name(part)
        if event == "start":
            place = _moved(place, part, name)
        elif name == "c":
            _note_cell(marks, place, part, percent_styles)
        elif name == "row":
            if part.get("hidden") in ("1", "true"):
                marks.hidden_rows.append(place[0])
            part.clear()
        elif name == "col" and part.get("hidden") in ("1", "true"):
            marks.hidden_columns.extend(_columns(part))
    return marks


def _moved(place: Place, part: Element, name: str) -> Place:
    """Return the place after the start of a row or a cell, named or counted."""
    given = part.get("r")
    if name == "row":
        return (int(given) if given else place[0] + 1, 0)
    if name != "c":
        return place
    found = _ADDRESS.fullmatch(given or "")
    if not found:
        return (place[0], place[1] + 1)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return (int(found[2]), column)


def _note_cell(
    marks: Marks, place: Place, cell: Element, percent_styles: set[str]
) -> None:
    held = {_name(part): part.text for part in cell}
    if cell.get("t") == "e":
        marks.errors[place] = held.get("v") or "an error"
    elif "f" in held and not held.get("v") and cell.get("t") != "str":
        marks.unset.append(place)
    elif cell.get("s") in percent_styles and cell.get("t", "n") == "n":
        marks.percentages.extend([place] if held.get("v") else [])


def _columns(part: Element) -> Iterator[int]:
    first, last = int(part.get("min", 1)), int(part.get("max", 1))
    # columns beyond the data are hidden up to the last that a sheet can have
    yield from range(first, min(last, first + 200) + 1)


def _name(part: Element) -> str:
    return part.tag.rpartition("}")[2]
