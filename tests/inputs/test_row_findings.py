"""One finding a row: where it is, whose, and what the cell holds."""

import numpy as np
import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.row_findings import find_rows


def test_each_row_is_named_with_its_line_patient_and_value():
    rows = pd.DataFrame(
        {"patient_id": ["P1", None], "day": [42.0, np.nan]}, index=[5, 7]
    )
    assert list(find_rows("note", "ada", rows, "day", "late")) == [
        Finding("note", "ada", 5, "day", "P1", "42", "late"),
        Finding("note", "ada", 7, "day", "", "", "late"),
    ]


def test_column_and_patient_that_are_not_there_are_empty():
    rows = pd.DataFrame({"day": [1.0]}, index=[2])
    assert list(find_rows("note", "ada", rows, "other", "late")) == [
        Finding("note", "ada", 2, "other", "", "", "late")
    ]
    assert list(find_rows("note", "ada", rows.iloc[:0], "day", "late")) == []
