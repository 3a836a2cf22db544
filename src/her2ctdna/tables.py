"""The one dialect of the tables that the workflow writes and reads back."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

IDENTIFIERS = frozenset(
    {
        "analysis",
        "definitions_id",
        "patient_id",
        "sample_id",
        "specimen_id",
        "baseline_sample_id",
        "patient_ids",
        "excluded_ids",
        "lesion_id",
        "timepoint",
        "landmark",
        "group",
        "reference",
        "reader",
        "assay",
        "her2_assay",
        "ihc",
        "first",
        "second",
        "first_value",
        "second_value",
        "origin",
        "value",
    }
)
"""Columns that stay text however much they look like numbers."""

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_LARGEST_EXACT_INTEGER = 2**53


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table written by `write_table`.

    Empty cells are missing (``None`` in text, NaN in numbers and in empty columns). A
    column becomes numeric only if it is no identifier and each of its cells is
    written as a number is (``007`` is text). Flags stay ``yes`` and ``no``.
    """
    frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    for column in frame.columns:
        cells = frame[column].where(frame[column] != "", None)
        known = cells.dropna()
        if (
            column not in IDENTIFIERS
            and len(known)
            and known.map(lambda cell: bool(_NUMBER.fullmatch(cell))).all()
        ):
            # not to_numeric, which misses the last bit of many numbers
            frame[column] = cells.map(float, na_action="ignore").astype(float)
        elif len(known):
            frame[column] = cells
        else:
            # nobody knows whether it is text: NaN can be calculated with
            frame[column] = pd.Series(np.nan, index=frame.index, dtype=object)
    return frame


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
        pq.write_table(frame, path, compression="zstd")


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


def _as_written(cells: pd.Series) -> pd.Series:
    """Return a column as it is to stand in a TSV."""
    if pd.api.types.is_bool_dtype(cells):
        return cells.map({True: "yes", False: "no"})
    if pd.api.types.is_float_dtype(cells):
        known = cells.dropna().astype(float)
        if ((known % 1 == 0) & (known.abs() < _LARGEST_EXACT_INTEGER)).all():
            return cells.astype(float).astype("Int64")
    return cells
