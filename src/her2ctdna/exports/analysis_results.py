"""Analysis results data: all numbers of the tables of an analysis, one row each.

In the manner of the Analysis Results Standard of CDISC and of the R package ``cards``:
what is meant, how it was had, and the number.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from her2ctdna.exports.counted_patients import hash_counted
from her2ctdna.sets.flow import Flow

ARD_SCHEMA = pa.schema(
    {
        "table": pa.string(),
        "row": pa.int64(),
        "group_by": pa.string(),
        "group": pa.string(),
        "variable": pa.string(),
        "statistic": pa.string(),
        "value": pa.float64(),
        "method": pa.string(),
        "keys": pa.string(),
        "patients_sha256": pa.string(),
    }
)

_GROUPED_BY = ("group_by", "biomarker", "measured")
_GROUPS = ("group", "groups", "status")
_VARIABLES = (
    *("endpoint", "parameter", "feature", "model", "comparison", "recist"),
    *("measured", "family", "gene", "term", "soc", "level", "class", "dynamics"),
)
_METHODS = ("ci_method", "estimator", "method", "range_of", "test")
_TESTED = ("statistic", "p_value", "q_value")
"""Columns whose method is the test of the row, whatever made its interval."""

_PROSE = ("note", "reason", "why", "source", "terms_not_matched")
_KEY_NUMBERS = ("time_days", "true_effect", "score", "day", "pos")
"""Numbers that tell rows of a table apart."""


def derive_ard(results: Mapping[str, pd.DataFrame]) -> pa.Table:
    """Return each number of the tables in ``tables/`` as a row of its own.

    Parameters
    ----------
    results
        The tables of an analysis by their file (``tables/rates.tsv``), ``flow.tsv``
        among them, as `her2ctdna.tables.read_table` gives them.

    Returns
    -------
    `ARD_SCHEMA`, by table, then row (from 1 on) and column; a missing number has no
    row, so that tables without one give none. ``statistic`` is the column of the
    number, in its unit; ``method`` what made it: of p- and q-values the test, else
    that of the interval. ``keys`` are all words of the row that say what it is of, and
    times, as JSON with sorted names; ``group_by``, ``group`` and ``variable`` are the
    main ones among them. ``patients_sha256`` is that of the patients behind the row,
    None where unknown, see `hash_counted`.
    """
    flow = Flow(results["flow.tsv"])
    parts = [
        _numbers_of(PurePosixPath(file).stem, table, flow)
        for file, table in results.items()
        if file.startswith("tables/")
    ]
    return pa.concat_tables([ARD_SCHEMA.empty_table(), *parts])


def _numbers_of(name: str, table: pd.DataFrame, flow: Flow) -> pa.Table:
    columns = [str(column) for column in table.select_dtypes("number").columns]
    values = table[columns].to_numpy(dtype=float)
    rows, places = np.nonzero(~np.isnan(values))
    statistics = np.array(columns, dtype=object)[places]
    is_tested = np.isin(places, [columns.index(s) for s in _TESTED if s in columns])
    told = _describe(name, table, flow)
    numbers = {column: cells[rows] for column, cells in told.items()} | {
        "table": np.full(len(rows), name, dtype=object),
        "row": rows + 1,
        "statistic": statistics,
        "value": values[rows, places],
        "method": np.where(
            is_tested,
            _first_of(table, ("test", *_METHODS))[rows],
            _first_of(table, _METHODS)[rows],
        ),
    }
    return pa.table({name: numbers[name] for name in ARD_SCHEMA.names}, ARD_SCHEMA)


def _describe(
    name: str, table: pd.DataFrame, flow: Flow
) -> dict[str, NDArray[np.object_]]:
    """Return what is said of each row of a table, whichever of its numbers."""
    return {
        "group_by": _first_of(table, _GROUPED_BY),
        "group": _first_of(table, _GROUPS),
        "variable": _first_of(table, _VARIABLES),
        "keys": np.array(list(_write_keys(table)), dtype=object),
        "patients_sha256": np.array(hash_counted(name, table, flow), dtype=object),
    }


def _first_of(table: pd.DataFrame, columns: Sequence[str]) -> NDArray[np.object_]:
    """Return of each row the first of some cells that is filled in, else None."""
    found = pd.Series(None, index=table.index, dtype=object)
    for column in columns:
        if column in table:
            found = found.where(found.notna(), table[column])
    return np.array(found.where(found.notna(), None), dtype=object)


def _write_keys(table: pd.DataFrame) -> Iterator[str]:
    columns = sorted(_key_columns(table))
    for cells in table[columns].itertuples(index=False, name=None):
        known = zip(columns, cells, strict=True)
        keys = {name: _plain(cell) for name, cell in known if not pd.isna(cell)}
        yield json.dumps(keys, ensure_ascii=False, separators=(",", ":"))


def _key_columns(table: pd.DataFrame) -> Iterable[str]:
    numbers = set(table.select_dtypes("number").columns) - {*_KEY_NUMBERS}
    left_out = {*numbers, *_PROSE, *_METHODS}
    return (name for name in {*table} - left_out if not name.endswith("_ids"))


def _plain(cell: str | float) -> str | float:
    """Return a whole number without its point, as JSON in its canonical form has it."""
    return int(cell) if isinstance(cell, float) and cell == int(cell) else cell
