"""Sheets as CDISC Dataset-JSON 1.1: one document, or one array a line (NDJSON)."""

import json
from collections.abc import Iterator
from pathlib import Path

from her2ctdna.inputs.grids import Rows, UnreadableSheetError, cell_text

_NO_DATASET = "is no Dataset-JSON 1.1"


def read_dataset_json(path: Path) -> Rows:
    """Return the rows of a Dataset-JSON file by the names of its columns.

    In a document (``.json``) the first of ``rows`` is row 2; of NDJSON the line counts.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        advice = f"is not UTF-8 (byte {error.start}), as JSON must be; save it as UTF-8"
        raise UnreadableSheetError(advice) from error
    is_lines = path.suffix.lower() == ".ndjson"
    head, rows = _lines_of(text) if is_lines else _document(text)
    header = _names(head)
    texts = [(number, _cells(row, number)) for number, row in rows]
    return [(1, header), *((number, cells) for number, cells in texts if any(cells))]


def _document(text: str) -> tuple[object, Iterator[tuple[int, object]]]:
    whole = _parse(text, "")
    rows = whole.get("rows", []) if isinstance(whole, dict) else None
    if not isinstance(rows, list):
        advice = f"{_NO_DATASET}: it needs columns and rows; a list of them each"
        raise UnreadableSheetError(advice)
    return whole, enumerate(rows, start=2)


def _lines_of(text: str) -> tuple[object, Iterator[tuple[int, object]]]:
    # not splitlines(), which divides at characters that JSON allows inside text
    lines = text.split("\n")
    rows = (
        (number, _parse(line, f"line {number}: "))
        for number, line in enumerate(lines[1:], start=2)
        if line.strip()
    )
    return _parse(lines[0], "line 1: "), rows


def _parse(text: str, where: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError as error:
        advice = f"{where}is no JSON ({error}); export the file again"
        raise UnreadableSheetError(advice) from error


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _names(head: object) -> list[str]:
    columns = head.get("columns") if isinstance(head, dict) else None
    if not isinstance(columns, list) or not columns:
        advice = f"{_NO_DATASET}: its metadata have no columns"
        raise UnreadableSheetError(advice)
    for column in columns:
        if not isinstance(column, dict) or not isinstance(column.get("name"), str):
            advice = f"{_NO_DATASET}: each of columns needs a name"
            raise UnreadableSheetError(advice)
    return [column["name"].strip() for column in columns]


def _cells(row: object, number: int) -> list[str]:
    if not isinstance(row, list):
        advice = f"row {number} is no list of cells; export the file again"
        raise UnreadableSheetError(advice)
    try:
        return [cell_text(cell) for cell in row]
    except UnreadableSheetError as error:
        raise UnreadableSheetError(f"row {number} {error}") from error
