"""Identifiers that a spreadsheet has made numbers of: 007 in one row, 7 in another."""

from collections.abc import Iterator, Mapping

import pandas as pd

from her2ctdna.findings import Finding

_SHARED = ("patient_id", "sample_id")
"""Identifiers by which sheets refer to each other."""


def find_lost_zeros(sheets: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Return an error for each identifier that another has with zeros before it."""
    return [found for column in _SHARED for found in _lost(sheets, column)]


def _lost(sheets: Mapping[str, pd.DataFrame], column: str) -> Iterator[Finding]:
    cells = {
        table: sheet[column].dropna()
        for table, sheet in sheets.items()
        if column in sheet
    }
    padded: dict[str, tuple[str, str, int]] = {}
    for table, column_cells in cells.items():
        with_zeros = column_cells[column_cells.str.fullmatch("0+[0-9]+").astype(bool)]
        for row, cell in with_zeros.drop_duplicates().items():
            padded.setdefault(cell.lstrip("0") or "0", (cell, table, int(row)))
    for table, column_cells in cells.items():
        for row, cell in column_cells[column_cells.isin(list(padded))].items():
            other, where, line = padded[cell]
            message = (
                f"{where}, row {line}, has {other}: if both are one, a spreadsheet has "
                "dropped the zeros here; write both alike, as text"
            )
            patient = str(sheets[table].get("patient_id", {}).get(row) or "")
            place = (table, int(row), column, patient, cell)
            yield Finding("error", *place, message)
