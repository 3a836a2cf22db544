"""Reading a sheet as text, with the line of each row, losing nothing silently."""

import csv
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.depth.indexes import find_index
from her2ctdna.findings import Finding

if TYPE_CHECKING:
    from her2ctdna.calls.vcf import NamedCalls
    from her2ctdna.depth.site_counts import CoveredSample

FILE_COLUMNS = ("calls", "alignments", "depth_track")
"""Columns of the samples sheet that name files."""

DELIMITERS = {".tsv": "\t", ".csv": ","}
MAF = ".maf"


def read_sheet(path: str | Path, *, table: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a UTF-8 TSV or CSV as text; a table of calls may be a MAF.

    Returns
    -------
    The cells as text without surrounding blanks (missing is ``None``), indexed by
    the line number in the file (header = 1), and what is wrong with the file. A
    file that cannot be read gives an empty table and an error. Rows with too few or
    too many cells are errors, and so are cells without a column name and quotes that
    do not pair; blank lines are passed over. The standard csv module is used since
    pandas does not tell the lines of quoted multi-line cells.
    """
    path = Path(path)
    ending = path.suffix.lower()
    is_maf = ending == MAF and table == "variants"
    delimiter = "\t" if is_maf else DELIMITERS.get(ending)
    if delimiter is None:
        return _unreadable(
            table, path, "name it .tsv or .csv, as its cells are divided"
        )
    if not path.is_file():
        return _unreadable(table, path, "no such file; correct the path in the config")
    try:
        text = path.read_text(encoding="utf-8-sig")
        lines = _rows_of_maf(text) if is_maf else _numbered_rows(text, delimiter)
    except UnicodeDecodeError as error:
        advice = f"is not UTF-8 (byte {error.start}); save it as UTF-8"
        return _unreadable(table, path, advice)
    except csv.Error as error:
        return _unreadable(table, path, str(error))
    if not lines:
        return _unreadable(table, path, "is empty; give at least a header")
    return _as_frame(lines, table)


def list_calls(path: str | Path) -> list["NamedCalls"]:
    """Return the samples of a sheet that name a file of calls.

    Each has ``sample_id``, ``patient_id``, ``calls_sample``, ``row`` (line of the
    sheet), ``value`` (as written) and ``path`` (relative paths start at the sheet).
    A sheet that cannot be read gives none; its check says what is wrong with it.
    """
    sheet, _ = read_sheet(path, table="samples")
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
            "path": str(Path(path).parent / row["calls"]),
        }
        for line, row in named.iterrows()
    ]


def list_coverage(path: str | Path) -> list["CoveredSample"]:
    """Return the samples of a sheet that name alignments or a depth track that exist.

    Each has ``sample_id``, ``patient_id``, ``calls_sample``, ``row``, ``has_calls``,
    ``alignments`` and ``depth_track`` (relative paths start at the sheet; None if not
    named, or no such file), ``values`` (both as written), and ``files``, which are
    these files and their indexes. A sheet that cannot be read gives none.
    """
    sheet, _ = read_sheet(path, table="samples")
    if not {"sample_id", "patient_id"} <= set(sheet.columns):
        return []
    columns, folder = FILE_COLUMNS[1:], Path(path).parent
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
                "row": int(line),
                "has_calls": row.get("calls") is not None,
                "values": values,
                "files": [*found.values(), *indexes],
                "alignments": found.get("alignments"),
                "depth_track": found.get("depth_track"),
            }
            samples.append(sample)
    return samples


def list_absent(path: str | Path) -> list[str]:
    """Return the files that a sheet of samples names and that do not exist."""
    sheet, _ = read_sheet(path, table="samples")
    columns = [name for name in FILE_COLUMNS if name in sheet]
    named = {cell for name in columns for cell in sheet[name].dropna()}
    return sorted(cell for cell in named if not (Path(path).parent / cell).is_file())


def _numbered_rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not blank, each with the line it starts on."""
    # strict, as else an open quote would swallow the rows that follow it
    reader = csv.reader(StringIO(text), delimiter=delimiter, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                rows.append((line, stripped))
            line = reader.line_num + 1
    except csv.Error as error:
        advice = "a cell that opens with a quote must close with it"
        raise csv.Error(f"cannot be read from row {line} on; {advice}") from error
    return rows


def _rows_of_maf(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows of a MAF: no comments, and quotes are letters like others."""
    lines = enumerate(text.splitlines(), start=1)
    return [
        (number, [cell.strip() for cell in line.split("\t")])
        for number, line in lines
        if line.strip() and not line.startswith("#")
    ]


def _as_frame(
    lines: list[tuple[int, list[str]]], table: str
) -> tuple[pd.DataFrame, list[Finding]]:
    (header_line, header), *rows = lines
    while header and not header[-1]:
        header = header[:-1]
    findings = [
        _error(table, header_line, name, "this column stands twice; rename one")
        for name in sorted({name for name in header if header.count(name) > 1} - {""})
    ]
    nameless = {place for place, name in enumerate(header) if not name}
    filled = {place for _, cells in rows for place, cell in enumerate(cells) if cell}
    findings += [
        _error(table, header_line, "", f"column {place + 1} has no name; name it")
        for place in sorted(nameless & filled)
    ]
    kept: dict[int, list[str | None]] = {}
    for line, cells in rows:
        surplus = [cell for cell in cells[len(header) :] if cell]
        if surplus or len(cells) < len(header):
            message = f"has {len(cells)} cells where the header has {len(header)}"
            findings.append(_error(table, line, "", message + "; mend the row"))
        padded = cells[: len(header)] + [""] * (len(header) - len(cells))
        kept[line] = [cell or None for cell in padded]
    frame = pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=object)
    return frame.loc[:, ~frame.columns.duplicated() & (frame.columns != "")], findings


def _unreadable(
    table: str, path: Path, advice: str
) -> tuple[pd.DataFrame, list[Finding]]:
    finding = Finding("error", table, None, "", "", str(path), advice)
    return pd.DataFrame(dtype=object), [finding]


def _error(table: str, line: int, column: str, message: str) -> Finding:
    return Finding("error", table, line, column, "", "", message)
