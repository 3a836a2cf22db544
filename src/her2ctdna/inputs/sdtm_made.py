"""What the makers of tables from SDTM return, and the words of SDTM they share."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from her2ctdna.findings import Finding

YES_NO = {"Y": "yes", "YES": "yes", "N": "no", "NO": "no"}
NOT_DONE = "NOT DONE"


class Made(NamedTuple):
    """A table made from domains.

    ``sheet`` has the columns of the contract as text, ``rows`` the row of the domain
    + 1 for each of its rows, ``variables`` the variable that a column is. Findings
    name rows and columns of the sheet.
    """

    sheet: pd.DataFrame
    rows: Mapping[int, int]
    variables: Mapping[str, str]
    findings: list[Finding]


def as_sheet(columns: Mapping[str, pd.Series], index: pd.Index) -> pd.DataFrame:
    """Return columns as a sheet of text whose missing cells are None."""
    sheet = pd.DataFrame(dict(columns), index=index, dtype=object)
    return sheet.where(sheet.notna(), None)


def same_rows(sheet: pd.DataFrame) -> dict[int, int]:
    """Return the rows of a sheet that has those of its domain."""
    return {int(row): int(row) for row in sheet.index}


def upper(cells: pd.Series) -> pd.Series:
    """Return words in upper case, blanks between them as one; missing stays None."""
    words = cells.map(lambda cell: " ".join(cell.upper().split()), na_action="ignore")
    return words.astype(object).where(words.notna(), None)


def shown(words: pd.Series) -> str:
    """Return the distinct words of some cells, sorted and joined by commas."""
    return ", ".join(sorted(set(words.dropna())))
