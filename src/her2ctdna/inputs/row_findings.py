"""One finding for each row of a normalised table that a check has picked."""

from collections.abc import Iterator

import pandas as pd

from her2ctdna.findings import Finding


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
