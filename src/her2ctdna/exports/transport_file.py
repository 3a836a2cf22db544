"""SAS transport files (version 5) whose bytes depend on their rows alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

MOST_BYTES = 200
"""The longest text that a variable of a transport file can hold."""

_NO_TIME = b"01JAN60:00:00:00"
"""The zero of SAS, in place of when a file was made."""

_LIBRARY_TIMES = (144, 160)
_DATA_SET_TIMES = (464, 480)
"""Where the header says when library and data set were made and changed (TS-140)."""


class DataSet(NamedTuple):
    """A data set of SAS: its rows, its label, and that of each variable.

    Text is objects (missing is None), all else floats (missing is NaN). Names of
    variables have at most 8 characters, labels at most 40.
    """

    frame: pd.DataFrame
    label: str
    labels: Mapping[str, str]


def write_transport(data_set: DataSet, path: str | Path) -> None:
    """Write a data set in a transport file of its own, named by the stem of the path.

    Text is cut at 200 bytes of UTF-8, which is all that the form holds; a missing one
    is blank. Without rows the variables are written alone.
    """
    # heavy, and most runs write none
    import pyreadstat

    frame, label, labels = data_set
    text = frame.select_dtypes("object")
    written = frame.assign(**{column: _as_text(text[column]) for column in text})
    pyreadstat.write_xport(
        written,
        path,
        file_label=label,
        column_labels=[labels[column] for column in frame.columns],
        table_name=Path(path).stem.upper(),
        file_format_version=5,
    )
    Path(path).write_bytes(_without_times(Path(path).read_bytes()))


def _as_text(cells: pd.Series) -> pd.Series:
    return cells.map(_cut, na_action="ignore").fillna("").astype(object)


def _cut(cell: str) -> str:
    return cell.encode()[:MOST_BYTES].decode(errors="ignore")


def _without_times(content: bytes) -> bytes:
    whole = bytearray(content)
    for start in (*_LIBRARY_TIMES, *_DATA_SET_TIMES):
        whole[start : start + len(_NO_TIME)] = _NO_TIME
    return bytes(whole)
