"""Findings: what is wrong or remarkable in the inputs, one row per bad cell."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

SEVERITIES = ("error", "warning", "note")
COLUMNS = ["severity", "table", "row", "column", "patient_id", "value", "message"]


class Finding(NamedTuple):
    """A problem in the inputs.

    ``table`` is the key under ``inputs`` (or ``config``), ``row`` the line number
    in the file (header = 1; ``None`` for the file as a whole), ``message`` what is
    wrong and what to do about it.
    """

    severity: str
    table: str
    row: int | None
    column: str
    patient_id: str
    value: str
    message: str


def find_rows(
    severity: str, table: str, rows: pd.DataFrame, column: str, message: str
) -> Iterator[Finding]:
    """Yield the same finding for each of ``rows``, indexed by the line of the sheet."""
    values = rows[column] if column in rows else pd.Series("", index=rows.index)
    patients = rows.get("patient_id", pd.Series("", index=rows.index))
    for line, value, patient in zip(rows.index, values, patients, strict=True):
        shown = f"{value:g}" if isinstance(value, float) else value
        known = "" if pd.isna(value) else str(shown)
        yield Finding(severity, table, int(line), column, patient or "", known, message)


def findings_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return findings as a table: errors first, then by table, row and column."""
    rank = {severity: place for place, severity in enumerate(SEVERITIES)}
    ordered = sorted(
        set(findings),
        key=lambda found: (
            rank[found.severity],
            found.table,
            found.row or 0,
            found.column,
            found.value,
            found.message,
        ),
    )
    frame = pd.DataFrame(ordered, columns=COLUMNS)
    return frame.assign(row=frame["row"].astype(float))


def collect_findings(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the findings of several tables as one, in the stated order."""
    findings = []
    for table in tables:
        text = table.drop(columns="row").fillna("").to_dict("records")
        for row, cells in zip(table["row"], text, strict=True):
            findings.append(Finding(row=None if pd.isna(row) else int(row), **cells))
    return findings_table(findings)


def describe_errors(findings: pd.DataFrame, *, files: Mapping[str, str]) -> str:
    """Return all errors as one list for the terminal; empty without any.

    Each line names file, row, column and value and says what to do. ``files`` gives
    the path of each input.
    """
    errors = findings[findings["severity"] == "error"]
    if errors.empty:
        return ""
    number = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    lines = [f"{number} in the inputs; nothing was analysed:"]
    for error in errors.astype(object).where(errors.notna(), None).itertuples():
        where = [files.get(error.table, error.table)]
        where += [f"row {int(error.row)}"] if error.row is not None else []
        where += [str(error.column)] if error.column else []
        value = f" {error.value!r}" if error.value else ""
        lines.append(f"  {', '.join(where)}:{value} {error.message}")
    return "\n".join(lines)
