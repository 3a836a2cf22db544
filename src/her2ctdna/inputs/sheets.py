"""Reading a sheet of any form as text, with the row of each cell."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.calls.maf import is_maf as is_named_maf
from her2ctdna.depth.indexes import find_index
from her2ctdna.findings import Finding
from her2ctdna.inputs.dataset_json import read_dataset_json
from her2ctdna.inputs.grids import Rows, UnreadableSheetError, frame_of
from her2ctdna.inputs.parquet_sheets import read_parquet_sheet
from her2ctdna.inputs.sas_sheets import read_sas_sheet
from her2ctdna.inputs.sheet_maps import (
    PLAIN,
    Written,
    apply_maps,
    kinds_by_name,
    sources_of,
)
from her2ctdna.inputs.sheet_paths import file_of, split_path
from her2ctdna.inputs.text_sheets import (
    DELIMITERS,
    count_text_lines,
    read_maf_rows,
    read_text_sheet,
)
from her2ctdna.inputs.workbooks import WORKBOOKS, read_workbook

if TYPE_CHECKING:
    from her2ctdna.calls.vcf import NamedCalls
    from her2ctdna.depth.site_counts import CoveredSample

FILE_COLUMNS = ("calls", "alignments", "depth_track")
"""Columns of the samples sheet that name files."""

ENDINGS = (
    *DELIMITERS,
    *WORKBOOKS,
    ".parquet",
    ".xpt",
    ".sas7bdat",
    ".json",
    ".ndjson",
)
"""Endings of the forms of sheets that are read."""


def read_sheet(
    path: str | Path, *, table: str, written: Written = PLAIN
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a sheet of any form, with our names of its columns and our words.

    Returns
    -------
    As `read_raw_sheet`, and the errors of the maps of the config.
    """
    sheet, findings = read_raw_sheet(path, table=table, written=written)
    mapped, wrong = apply_maps(sheet, table=table, written=written)
    return mapped, findings + wrong


def read_raw_sheet(
    path: str | Path, *, table: str, written: Written = PLAIN
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a sheet of any form as it is written; a table of calls may be a MAF.

    Returns
    -------
    The cells as text without surrounding blanks (missing is ``None``), indexed by
    the row in the file (header = 1), and what is wrong with the file. A file that
    cannot be read gives an empty table and an error. Rows with too few or too many
    cells are errors, and so are cells without a column name and quotes that do not
    pair; blank lines are passed over.
    """
    file, name = split_path(path)
    if not file.is_file():
        return _unreadable(table, path, "no such file; correct the path in the config")
    try:
        rows, findings = _rows_of(file, name, table, written)
    except UnreadableSheetError as error:
        return _unreadable(table, path, str(error))
    if not rows:
        return _unreadable(table, path, "is empty; give at least a header")
    frame, wrong = frame_of(rows, table)
    return frame, findings + wrong


def find_bare(inputs: Mapping[str, str], *, written: Written = PLAIN) -> dict[str, str]:
    """Return the paths of the sheets that have a header and not one row.

    Looked for at the start of files of text only, as they may be large; the patients
    are left out, since there is no study without them.
    """
    return {
        table: path
        for table, path in inputs.items()
        if table != "patients" and _is_bare(path, table, written)
    }


def names_in_sheet(
    path: str | Path, *, table: str, written: Written = PLAIN
) -> dict[str, str]:
    """Return the names that a sheet has for our columns, where a map gives them."""
    columns = written.columns.get(table, {})
    if not columns:
        return {}
    sheet, _ = read_raw_sheet(path, table=table, written=written)
    return sources_of(list(sheet.columns), columns)


def _is_bare(path: str, table: str, written: Written) -> bool:
    file, _ = split_path(path)
    ending = file.suffix.lower()
    if not file.is_file():
        return False
    if ending in {*DELIMITERS, ".maf"}:
        return count_text_lines(file, 2, encoding=written.encoding) == 1
    sheet, _ = read_raw_sheet(path, table=table, written=written)
    return sheet.empty and not sheet.columns.empty


def _rows_of(
    file: Path, name: str | None, table: str, written: Written
) -> tuple[Rows, list[Finding]]:
    """Return the rows of a file by its form, and what is said of its cells."""
    ending = file.suffix.lower()
    if ending in WORKBOOKS:
        kinds = kinds_by_name(table, written)
        return read_workbook(file, name, table=table, kinds=kinds)
    if name is not None:
        advice = f"only a workbook has sheets to name behind #; leave out #{name}"
        raise UnreadableSheetError(advice)
    if table == "variants" and is_named_maf(file):
        return read_maf_rows(file), []
    if ending in {*DELIMITERS, ".xpt", ".sas7bdat"}:
        read = read_text_sheet if ending in DELIMITERS else read_sas_sheet
        rows, warnings = read(file, encoding=written.encoding)
        found = [
            Finding("warning", table, None, "", "", str(file), text)
            for text in warnings
        ]
        return rows, found
    readers = {
        ".parquet": read_parquet_sheet,
        ".json": read_dataset_json,
        ".ndjson": read_dataset_json,
    }
    if ending not in readers:
        advice = (
            f"is of a form that is not read; save it as one of {', '.join(ENDINGS)}"
        )
        raise UnreadableSheetError(advice)
    return readers[ending](file), []


def list_calls(path: str | Path, *, written: Written = PLAIN) -> list["NamedCalls"]:
    """Return the samples of a sheet that name a file of calls.

    Each has ``sample_id``, ``patient_id``, ``calls_sample``, ``row`` (line of the
    sheet), ``value`` (as written) and ``path`` (relative paths start at the sheet).
    A sheet that cannot be read gives none; its check says what is wrong with it.
    """
    sheet, _ = read_sheet(path, table="samples", written=written)
    if not {"sample_id", "patient_id", "calls"} <= set(sheet.columns):
        return []
    named = sheet.dropna(subset=["sample_id", "patient_id", "calls"])
    return [
        {
            "sample_id": row["sample_id"],
            "patient_id": row["patient_id"],
            "calls_sample": row.get("calls_sample"),
            "row": int(line),
            "value": row["calls"],
            "path": str(file_of(path).parent / row["calls"]),
        }
        for line, row in named.iterrows()
    ]


def list_coverage(
    path: str | Path, *, written: Written = PLAIN
) -> list["CoveredSample"]:
    """Return the samples of a sheet that name alignments or a depth track that exist.

    Each has ``sample_id``, ``patient_id``, ``calls_sample``, ``depth_sample``, ``row``,
    ``has_calls``, ``alignments`` and ``depth_track`` (relative paths start at the
    sheet; None if not named, or no such file), ``values`` (both as written), and
    ``files``, which are these files and their indexes. A sheet that cannot be read
    gives none.
    """
    sheet, _ = read_sheet(path, table="samples", written=written)
    if not {"sample_id", "patient_id"} <= set(sheet.columns):
        return []
    columns, folder = FILE_COLUMNS[1:], file_of(path).parent
    samples: list[CoveredSample] = []
    for line, row in sheet.dropna(subset=["sample_id", "patient_id"]).iterrows():
        values = {column: row.get(column) for column in columns}
        files = {name: folder / value for name, value in values.items() if value}
        found = {name: str(file) for name, file in files.items() if file.is_file()}
        indexes = [str(index) for file in found.values() if (index := find_index(file))]
        if found:
            sample: CoveredSample = {
                "sample_id": row["sample_id"],
                "patient_id": row["patient_id"],
                "calls_sample": row.get("calls_sample"),
                "depth_sample": row.get("depth_sample"),
                "row": int(line),
                "has_calls": row.get("calls") is not None,
                "values": values,
                "files": [*found.values(), *indexes],
                "alignments": found.get("alignments"),
                "depth_track": found.get("depth_track"),
            }
            samples.append(sample)
    return samples


def list_absent(path: str | Path, *, written: Written = PLAIN) -> list[str]:
    """Return the files that a sheet of samples names and that do not exist."""
    sheet, _ = read_sheet(path, table="samples", written=written)
    columns = [name for name in FILE_COLUMNS if name in sheet]
    named = {cell for name in columns for cell in sheet[name].dropna()}
    return sorted(cell for cell in named if not (file_of(path).parent / cell).is_file())


def _unreadable(
    table: str, path: str | Path, advice: str
) -> tuple[pd.DataFrame, list[Finding]]:
    finding = Finding("error", table, None, "", "", str(path), advice)
    return pd.DataFrame(dtype=object), [finding]
