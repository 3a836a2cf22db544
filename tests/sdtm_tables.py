"""Domains of SDTM as small tables, written as text."""

import pandas as pd


def domain(text):
    """Return a domain from a table with a header; ``.`` is an empty cell."""
    header, *rows = [line.split("|") for line in text.strip().splitlines()]
    cells = [[cell.strip() for cell in row] for row in rows]
    frame = pd.DataFrame(
        [[None if cell in ("", ".") else cell for cell in row] for row in cells],
        columns=[name.strip() for name in header],
        dtype=object,
    )
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return frame


def column(sheet, name):
    """Return the cells of a column by patient."""
    return dict(zip(sheet["patient_id"], sheet[name], strict=True))


def said(findings, severity, column):
    """Return (row, value) of the findings of a severity on a column."""
    return [
        (found.row, found.value)
        for found in findings
        if (found.severity, found.column) == (severity, column)
    ]


DM = domain("""
USUBJID | RFSTDTC    | RFXSTDTC   | DTHDTC     | DTHFL | AGE | SEX | ARM | BRTHDTC
S-1     | 2024-01-10 | 2024-01-10 | .          | .     | 60  | F   | A   | 1964-01-01
S-2     | 2024-02-01 | 2024-02-01 | 2024-06-05 | Y     | 55  | F   | A   | 1969-01-01
S-3     | .          | .          | .          | .     | 70  | F   | SF  | 1954-01-01
""")
EX = domain("""
USUBJID | EXTRT   | EXDOSE | EXSTDTC          | EXENDTC
S-1     | DRUG    | 0      | 2024-01-08       | 2024-01-08
S-1     | DRUG    | 5.4    | 2024-01-31       | 2024-01-31
S-1     | DRUG    | 5.4    | 2024-01-10T09:30 | 2024-01-10T10:00
S-2     | PLACEBO | 0      | 2024-02-01       | .
S-2     | PLACEBO | 0      | 2024-02-22       | 2024-02
""")
