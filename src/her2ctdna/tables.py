"""The one dialect of the tables that the workflow writes and reads back."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

Record = dict[str, Any]
"""A row of a table of patients by column, as pandas gives it: the study's own too."""

_TYPES: dict[str, dict[str, str]] = {}
with (Path(__file__).parent / "column_types.tsv").open(encoding="utf-8") as listed:
    for entry in csv.DictReader(listed, delimiter="\t"):
        _TYPES.setdefault(entry["table"], {})[entry["column"]] = entry["type"]
"""What the cells of each column are, by table; `make catalogue` writes the file."""
_TEXT = {
    column for types in _TYPES.values() for column in types if types[column] == "text"
} - {
    column for types in _TYPES.values() for column in types if types[column] == "number"
}
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_LARGEST_EXACT_INTEGER = 2**53


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table written by `write_table`.

    A column of a result is what the catalogue of results says of it, which is found by
    the name of the file. Any other, such as a covariate of the sheet, becomes numeric
    only if each of its cells is written as a number is (``007`` is text) and no result
    has text of that name. Empty cells are missing (``None`` in text, NaN in numbers
    and in empty columns that no result has). Flags stay ``yes`` and ``no``.

    Raises
    ------
    ValueError
        If a cell of numbers holds none; it names file, row and column.
    """
    frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    types = _TYPES.get(Path(path).stem.rpartition(".")[2], {})
    # lists: most tables are small, where a Series for each step takes most of the time
    columns: dict[str, NDArray[Any]] = {}
    for column in frame.columns:
        cells = [cell or None for cell in frame[column]]
        kind = types.get(column) or _kind_of(column, list(filter(None, cells)))
        if kind == "number":
            columns[column] = _as_numbers(cells, column, path)
        elif kind == "text":
            columns[column] = np.array(cells, dtype=object)
        else:
            # nobody knows whether it is text: NaN can be calculated with
            columns[column] = np.full(len(cells), np.nan, dtype=object)
    return pd.DataFrame(columns, index=frame.index, columns=frame.columns)


def write_table(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a TSV: missing is empty, flags are yes/no, numbers at full precision.

    A numeric column without fractions is written as integers.
    """
    shown = pd.DataFrame(
        {column: _as_written(frame[column]) for column in frame.columns},
        columns=frame.columns,
    )
    shown.to_csv(path, sep="\t", index=False, lineterminator="\n")


def read_parquet(path: str | Path) -> pd.DataFrame:
    """Read a Parquet table; missing text is ``None``, missing numbers are NaN."""
    return pd.read_parquet(path)


def write_parquet(frame: "pd.DataFrame | pa.Table", path: str | Path) -> None:
    """Write a Parquet table whose bytes depend on the rows alone."""
    if isinstance(frame, pd.DataFrame):
        frame.to_parquet(path, index=False, compression="zstd")
    else:
        # ranges of columns, which no step asks for, are a quarter of the work
        pq.write_table(frame, path, compression="zstd", write_statistics=False)


def read_tables(files: Mapping[str, object]) -> dict[str, pd.DataFrame]:
    """Read the Parquet and TSV files of a step, by name.

    What is no such file, or a list of files, is left out.
    """
    readers = {".parquet": read_parquet, ".tsv": read_table}
    return {
        name: readers[suffix](path)
        for name, path in files.items()
        if isinstance(path, str) and (suffix := Path(path).suffix) in readers
    }


def _kind_of(column: str, known: list[str]) -> str | None:
    """Return what the cells of a column are that the catalogue does not have."""
    if not known:
        return None
    if column in _TEXT or not all(_NUMBER.fullmatch(cell) for cell in known):
        return "text"
    return "number"


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell)) or cell in ("inf", "-inf")


def _as_numbers(
    cells: list[str | None], column: str, path: str | Path
) -> NDArray[np.float64]:
    for row, cell in enumerate(cells, start=2):
        if cell is not None and not _is_number(cell):
            raise ValueError(
                f"{path}, row {row}, column {column}: {cell!r} is no number; "
                "the file was changed, so delete it and run again"
            )
    # not to_numeric, which misses the last bit of many numbers
    return np.array([np.nan if cell is None else float(cell) for cell in cells])


def _as_written(cells: pd.Series) -> pd.Series:
    """Return a column as it is to stand in a TSV."""
    if pd.api.types.is_bool_dtype(cells):
        return cells.map({True: "yes", False: "no"})
    if pd.api.types.is_float_dtype(cells):
        known = cells.dropna().astype(float)
        if ((known % 1 == 0) & (known.abs() < _LARGEST_EXACT_INTEGER)).all():
            return cells.astype(float).astype("Int64")
    return cells
