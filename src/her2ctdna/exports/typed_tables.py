"""Tables of results with the types of the catalogue, for Parquet."""

from collections.abc import Iterable

import pandas as pd
import pyarrow as pa

from her2ctdna.settings.catalogue import FILES
from her2ctdna.settings.landmark_columns import LandmarkColumn
from her2ctdna.settings.results.entries import Column


def type_table(table: pd.DataFrame, *, file: str, landmarks: Iterable[str]) -> pa.Table:
    """Return a table of results with one type a column, whatever its cells hold.

    Parameters
    ----------
    table
        As `her2ctdna.tables.read_table` gives it.
    file
        Its path in the folder of an analysis, by which the catalogue knows it.
    landmarks
        The names in its columns.

    Returns
    -------
    The same rows and columns in the same order. Numbers are float64, all else is text,
    flags as yes and no; missing is null. A column that the catalogue does not know and
    that has no cell is text. Without rows the types are the same.
    """
    numbers = _numbers_of(file, landmarks)
    arrays = {
        column: pa.array(
            table[column],
            pa.float64() if _is_number(table[column], numbers) else pa.string(),
            from_pandas=True,
        )
        for column in table.columns
    }
    return pa.table(arrays)


def _numbers_of(file: str, landmarks: Iterable[str]) -> set[str]:
    """Return the columns of numbers, those of each landmark by their whole name."""
    names = list(landmarks)
    found = set()
    for entry in FILES[file].columns:
        if isinstance(entry, Column):
            found |= {entry.name} if entry.kind == "number" else set()
        else:
            found |= {
                LandmarkColumn(column.name, name).name
                for column in entry.columns
                if column.kind == "number"
                for name in names
            }
    return found


def _is_number(cells: pd.Series, numbers: set[str]) -> bool:
    return cells.name in numbers or pd.api.types.is_numeric_dtype(cells)
