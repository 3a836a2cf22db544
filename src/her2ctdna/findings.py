"""Findings: what is wrong or remarkable in the inputs, one row per bad cell."""

from collections.abc import Iterable
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
