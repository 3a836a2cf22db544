"""Tables of results with the types of the catalogue, for Parquet."""

from collections.abc import Collection

import pandas as pd
import pyarrow as pa


def type_table(table: pd.DataFrame, numbers: Collection[str]) -> pa.Table:
    """Return a table of results with one type a column, whatever its cells hold.

    Parameters
    ----------
    table
        As `her2ctdna.tables.read_table` gives it.
    numbers
        The columns that the catalogue has as numbers, see `number_columns`.

    Returns
    -------
    The same rows and columns in the same order. Numbers are float64, all else is text,
    flags as yes and no; missing is null. A column that the catalogue does not know is
    a number if it was read as one; without a cell it is text. Without rows the types
    are the same.
    """
    arrays = {
        column: pa.array(
            table[column],
            pa.float64() if _is_number(table[column], numbers) else pa.string(),
            from_pandas=True,
        )
        for column in table.columns
    }
    return pa.table(arrays)


def _is_number(cells: pd.Series, numbers: Collection[str]) -> bool:
    return cells.name in numbers or pd.api.types.is_numeric_dtype(cells)
