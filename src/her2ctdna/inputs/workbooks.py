"""Sheets of workbooks (.xlsx, .xlsb, .xls, .ods), and what Excel has done to them.

A spreadsheet changes what is typed into it: 1-2 becomes a date, 1:40 a time, 007 the
number 7. What was typed cannot be had back, so such cells are errors by their address.
"""

import difflib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from her2ctdna.findings import Finding
from her2ctdna.inputs.grids import (
    EXACT_WHOLE,
    Rows,
    UnreadableSheetError,
    cell_text,
    numbered,
)
from her2ctdna.inputs.workbook_marks import NO_MARKS, Marks, Place, address, read_marks

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

WORKBOOKS = (".xlsx", ".xlsb", ".xls", ".ods")
"""Endings of workbooks."""

Cells = list[list[object]]

_SERIALS = (20_000, 80_000)
"""Numbers that may be days as Excel counts them: from 1954 to 2119."""

_ERROR_WORDS = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"}
)


def read_workbook(
    path: Path, name: str | None, *, table: str, kinds: Mapping[str, str]
) -> tuple[Rows, list[Finding]]:
    """Return the rows of a sheet of a workbook, and the cells that Excel has changed.

    Parameters
    ----------
    path
        The workbook.
    name
        Its sheet; ``None`` where it has only one.
    table
        The key under ``inputs``, for the findings.
    kinds
        The kind of each known column (`her2ctdna.inputs.columns.Field`) by its name in
        the sheet; other columns are extra ones.
    """
    state = path.stat()
    sheet = _load(path, name, (state.st_mtime_ns, state.st_size))
    cells: Cells = [list(row) for row in sheet.cells]
    above = _rows_above_header(cells)
    header = [cell_text(cell) for cell in cells[above]] if above < len(cells) else []
    findings = []
    if header and sheet.marks is NO_MARKS:
        message = (
            f"cells with an error (#REF!) cannot be told from empty ones in an "
            f"{path.suffix.lower()} file; save it as .xlsx to have them found"
        )
        findings.append(Finding("warning", table, None, "", "", str(path), message))

    def found(severity: str, place: Place, value: str, message: str) -> Finding:
        row, column = place
        named = header[column - 1] if column <= len(header) else ""
        where = f"{sheet.name}!{address(place)} "
        return Finding(severity, table, row, named, "", value, where + message)

    findings += [
        found(severity, place, value, message)
        for severity, place, value, message in (
            *_marked(sheet.marks, above + 1, len(header)),
            *_merged(sheet.merged, above + 1),
            *_percentages(sheet.marks, cells, header, kinds),
            *_changed(cells, header, above, kinds),
        )
    ]
    dated = _read_serials(cells, header, above, kinds, sheet.marks)
    findings += [found("note", *changed) for changed in dated]
    return numbered(cells[above:], first=above + 1), findings


class _Sheet(NamedTuple):
    """What a sheet of a workbook holds, as it stands there."""

    name: str
    cells: tuple[tuple[object, ...], ...]
    merged: list[tuple[Place, Place]]
    marks: Marks


# the samples are asked several things while the rules are read, and a workbook is read
# as a whole for each of its sheets
@lru_cache(maxsize=32)
def _load(path: Path, name: str | None, _stamp: tuple[int, int]) -> _Sheet:
    """Read a sheet, once for each state of its file."""
    # imported where it is needed, as most studies have no workbook
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        sheet = book.get_sheet_by_name(_name_of(book, path, name))
    except CalamineError as error:
        advice = (
            f"is no workbook that can be read ({error}); if it holds text, name it "
            ".csv, if a password protects it, save it without one"
        )
        raise UnreadableSheetError(advice) from error
    is_marked = path.suffix.lower() == ".xlsx"
    return _Sheet(
        sheet.name,
        tuple(tuple(row) for row in sheet.to_python(skip_empty_area=False)),
        sheet.merged_cell_ranges or [],
        read_marks(path, sheet.name) if is_marked else NO_MARKS,
    )


def _name_of(book: "CalamineWorkbook", path: Path, name: str | None) -> str:
    names = book.sheet_names
    shown = ", ".join(names)
    if not names:
        raise UnreadableSheetError("has no sheet; open it and save it again")
    if name is None and len(names) == 1:
        return names[0]
    if name is None:
        advice = f"has several sheets; name one behind #, as {path.name}#{names[0]}"
        raise UnreadableSheetError(f"{advice} (it has {shown})")
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        advice = f"has no sheet {name}, but {shown}{hint}"
        raise UnreadableSheetError(advice)
    return name


def _rows_above_header(cells: Cells) -> int:
    """Return how many rows are blank or start with ``#`` before the header."""
    for above, row in enumerate(cells):
        texts = [cell_text(cell) for cell in row]
        if any(texts) and not texts[0].startswith("#"):
            if sum(map(bool, texts)) == 1 and any(
                sum(cell not in ("", None) for cell in below) > 1
                for below in cells[above + 1 :]
            ):
                advice = (
                    f"row {above + 1} ({next(filter(None, texts))}) is a title and no "
                    "header; delete it, or start it with #"
                )
                raise UnreadableSheetError(advice)
            return above
    return len(cells)


Change = tuple[str, Place, str, str]
"""Severity, place, value and message of a finding on a cell."""


def _marked(marks: Marks, header_row: int, n_columns: int) -> Iterator[Change]:
    for place, word in marks.errors.items():
        if place[0] < header_row:
            continue
        yield "error", place, word, "holds an error; mend the formula or clear the cell"
    for place in marks.unset:
        message = "is a formula without a value; open it in Excel and save it again"
        yield "error", place, "", message
    rows = ", ".join(map(str, marks.hidden_rows))
    if rows:
        message = f"stands in a hidden row, read like others (hidden: {rows}); show all"
        yield "warning", (marks.hidden_rows[0], 1), "", message
        if header_row in marks.hidden_rows:
            message = "is the header and hidden; show it, or delete it if it is none"
            yield "error", (header_row, 1), "", message
    for column in marks.hidden_columns:
        if column <= n_columns:
            message = "heads a hidden column, which is read like others; show it"
            yield "warning", (header_row, column), "", message


def _percentages(
    marks: Marks, cells: Cells, header: list[str], kinds: Mapping[str, str]
) -> Iterator[Change]:
    """Yield the per cent that a workbook holds as fractions: 5 % as 0.05."""
    for row, column in marks.percentages:
        if column <= len(header) and kinds.get(header[column - 1]) == "percent":
            message = (
                "is shown as per cent, so that the workbook holds a fraction; format "
                "the column as Number and give per cent, such as 5"
            )
            yield "error", (row, column), cell_text(cells[row - 1][column - 1]), message


def _merged(ranges: list[tuple[Place, Place]], header_row: int) -> Iterator[Change]:
    for (top, left), (bottom, right) in ranges:
        if bottom + 1 < header_row:
            continue
        place, end = (top + 1, left + 1), address((bottom + 1, right + 1))
        message = f"is merged up to {end}, so that one cell has a value and the others "
        yield "error", place, "", message + "are empty; unmerge them and fill in each"


def _changed(
    cells: Cells, header: list[str], above: int, kinds: Mapping[str, str]
) -> Iterator[Change]:
    """Yield the cells that hold something else than was typed."""
    for place, name in enumerate(header):
        column = {
            (number, place + 1): row[place]
            for number, row in enumerate(cells[above + 1 :], start=above + 2)
            if cell_text(row[place])
        }
        kind = kinds.get(name, "")
        # in a column of its own making a study may keep dates
        own = not kind and all(_is_time(cell) for cell in column.values())
        for where, cell in column.items():
            text = cell_text(cell)
            if _is_time(cell) and kind != "time" and not own:
                message = (
                    "holds a date or time, which Excel makes of entries such as 1-2 "
                    "or 1:40; enter what was meant as text (format the column as Text)"
                )
                yield "error", where, text, message
            elif kind == "identifier" and _is_rounded(cell):
                message = (
                    "holds a number with a fraction or of too many digits, which is no "
                    "identifier; enter it as text (format the column as Text)"
                )
                yield "error", where, text, message
            elif text in _ERROR_WORDS:
                message = "holds an error as text; correct or clear the cell"
                yield "error", where, text, message


def _is_time(cell: object) -> bool:
    return isinstance(cell, date | time | timedelta)


def _is_rounded(cell: object) -> bool:
    if not isinstance(cell, int | float):
        return False
    return cell != int(cell) or abs(cell) >= EXACT_WHOLE


def _read_serials(
    cells: Cells,
    header: list[str],
    above: int,
    kinds: Mapping[str, str],
    marks: Marks,
) -> list[tuple[Place, str, str]]:
    """Turn numbers in columns of dates into dates; return a note a column."""
    start = datetime(1904, 1, 1) if marks.since_1904 else datetime(1899, 12, 30)
    low, high = _SERIALS
    notes = []
    for place in (place for place, name in enumerate(header) if kinds.get(name)):
        first, count = None, 0
        for number, row in enumerate(cells[above + 1 :], start=above + 2):
            cell = row[place]
            is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
            if kinds[header[place]] != "time" or not is_number:
                continue
            if low <= cell <= high:  # type: ignore[operator]
                seconds = round(float(cell) * 86_400)  # type: ignore[arg-type]
                row[place] = start + timedelta(seconds=seconds)
                read = cell_text(row[place])
                first = first or ((number, place + 1), cell_text(cell), read)
                count += 1
        if first:
            where, value, read = first
            message = f"is a day as Excel counts them, read as {read} (rows: {count})"
            notes.append((where, value, message))
    return notes
