"""What the makers of tables from a folder return, and what they share."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from her2ctdna.findings import Finding

RESPONSE_WORDS = {word: word for word in ("CR", "PR", "SD", "PD", "NE")} | {
    "COMPLETE RESPONSE": "CR",
    "PARTIAL RESPONSE": "PR",
    "STABLE DISEASE": "SD",
    "PROGRESSIVE DISEASE": "PD",
    "NOT EVALUABLE": "NE",
    "NON-CR/NON-PD": "NON-CR/NON-PD",
}
"""Words of RECIST as folders have them: ours."""


class Made(NamedTuple):
    """A table made from the files of a folder.

    ``sheet`` has the columns of the contract as text, ``rows`` the row of the file
    for each of its rows, ``variables`` the column of the file that a column is.
    Findings name rows and columns of the sheet.
    """

    sheet: pd.DataFrame
    rows: Mapping[int, int]
    variables: Mapping[str, str]
    findings: list[Finding]


class ReadTable(NamedTuple):
    """A table that came from a folder.

    ``sheet`` is as `her2ctdna.inputs.sheets.read_sheet` gives one; ``rows`` and
    ``variables`` are as in `Made`.
    """

    sheet: pd.DataFrame
    rows: Mapping[int, int]
    variables: Mapping[str, str]


def as_read(made: Made) -> tuple[ReadTable, list[Finding]]:
    """Return a table that was made, and its findings as its files have the cells."""
    rows = {int(line): int(row) for line, row in made.rows.items()}
    table = ReadTable(made.sheet, rows, made.variables)
    return table, [_in_file(found, table) for found in made.findings]


def in_files(findings: list[Finding], tables: Mapping[str, ReadTable]) -> list[Finding]:
    """Return findings with the rows and columns of the files that cells are of.

    What was said of a sheet's row is of the row of the file it came from, and what
    was said of a column of the file's column, where it is one.
    """
    return [
        _in_file(found, tables[found.table]) if found.table in tables else found
        for found in findings
    ]


def as_sheet(columns: Mapping[str, pd.Series], index: pd.Index) -> pd.DataFrame:
    """Return columns as a sheet of text whose missing cells are None."""
    sheet = pd.DataFrame(dict(columns), index=index, dtype=object)
    return sheet.where(sheet.notna(), None)


def same_rows(sheet: pd.DataFrame) -> dict[int, int]:
    """Return the rows of a sheet that has those of its file."""
    return {int(row): int(row) for row in sheet.index}


def cells_of(frame: pd.DataFrame, *names: str) -> pd.Series:
    """Return the cells of the first of some columns that a row has filled in."""
    cells = pd.Series(None, index=frame.index, dtype=object)
    for name in names:
        if name in frame:
            cells = cells.where(cells.notna(), frame[name])
    return as_cells(cells)


def as_cells(cells: pd.Series) -> pd.Series:
    """Return cells as objects, the missing ones None."""
    cells = cells.astype(object)
    return cells.where(cells.notna(), None)


def upper(cells: pd.Series) -> pd.Series:
    """Return words in upper case, blanks between them as one; missing stays None."""
    return as_cells(
        cells.map(lambda cell: " ".join(cell.upper().split()), na_action="ignore")
    )


def shown(words: pd.Series) -> str:
    """Return the distinct words of some cells, sorted and joined by commas."""
    return ", ".join(sorted(set(words.dropna())))


def _in_file(found: Finding, table: ReadTable) -> Finding:
    row = found.row if found.row is None else table.rows.get(found.row, found.row)
    column = table.variables.get(found.column, found.column)
    return found._replace(row=row, column=column)
