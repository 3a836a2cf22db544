"""What the reader of each form of sheet gives: rows of text with their numbers."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isnan
from numbers import Integral

import pandas as pd

from her2ctdna.findings import Finding

Rows = list[tuple[int, list[str]]]
"""Rows that are not blank, header first, each with its number (header line = 1)."""

EXACT_WHOLE = 1e15
"""From here on a spreadsheet and a float no longer hold every digit of a number."""


class UnreadableSheetError(Exception):
    """A sheet cannot be read; the text says why and what to do."""


def cell_text(value: object) -> str:
    """Return a typed cell as the text that a sheet of text would hold.

    Numbers without a fraction are whole numbers, others as Python writes them; dates
    are ISO 8601, with the time of day only where there is one; blanks are empty.
    """
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Decimal):
        return _number_text(float(value), str(value))
    if isinstance(value, float):
        return _number_text(value, repr(float(value)))
    return _other_text(value)


def _number_text(value: float, as_written: str) -> str:
    if isnan(value):
        return ""
    is_whole = abs(value) < EXACT_WHOLE and value == int(value)
    return str(int(value)) if is_whole else as_written


def _other_text(value: object) -> str:
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    raise UnreadableSheetError(
        f"holds cells that are no text, number or date ({type(value).__name__}); "
        "write each as text"
    )


def numbered(rows: Iterable[Iterable[object]], *, first: int = 1) -> Rows:
    """Return typed rows as text, numbered from ``first`` on, without blank ones."""
    texts = (
        (number, [cell_text(cell) for cell in row])
        for number, row in enumerate(rows, start=first)
    )
    return [(number, cells) for number, cells in texts if any(cells)]


def frame_of(rows: Rows, table: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Return rows as a table indexed by their numbers, and what is wrong with them.

    Rows with too few or too many cells are errors, and so are cells without a column
    name and columns that stand twice.
    """
    (header_line, header), *below = rows
    while header and not header[-1]:
        header = header[:-1]
    findings = [
        _error(table, header_line, name, "this column stands twice; rename one")
        for name in sorted({name for name in header if header.count(name) > 1} - {""})
    ]
    nameless = {place for place, name in enumerate(header) if not name}
    filled = {place for _, cells in below for place, cell in enumerate(cells) if cell}
    findings += [
        _error(table, header_line, "", f"column {place + 1} has no name; name it")
        for place in sorted(nameless & filled)
    ]
    kept: dict[int, list[str | None]] = {}
    for line, cells in below:
        surplus = [cell for cell in cells[len(header) :] if cell]
        if surplus or len(cells) < len(header):
            message = f"has {len(cells)} cells where the header has {len(header)}"
            findings.append(_error(table, line, "", message + "; mend the row"))
        padded = cells[: len(header)] + [""] * (len(header) - len(cells))
        kept[line] = [cell or None for cell in padded]
    frame = pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=object)
    return frame.loc[:, ~frame.columns.duplicated() & (frame.columns != "")], findings


def _error(table: str, line: int, column: str, message: str) -> Finding:
    return Finding("error", table, line, column, "", "", message)
