"""Identifiers that lost the zeros before them."""

import pandas as pd

from her2ctdna.inputs.lost_zeros import find_lost_zeros


def sheet(**columns):
    rows = range(2, 2 + len(next(iter(columns.values()))))
    return pd.DataFrame(columns, index=list(rows), dtype=object)


def test_identifier_without_the_zeros_of_another_is_an_error_that_names_both():
    sheets = {
        "patients": sheet(patient_id=["007", "010", "11", None]),
        "her2": sheet(patient_id=["7", "10", "11"], specimen_id=["01", "1", "2"]),
    }
    found = find_lost_zeros(sheets)
    assert [(f.table, f.row, f.column, f.value) for f in found] == [
        ("her2", 2, "patient_id", "7"),
        ("her2", 3, "patient_id", "10"),
    ]
    assert found[0].message.startswith("patients, row 2, has 007: if both are one")


def test_rows_of_one_sheet_are_compared_too():
    (found,) = find_lost_zeros({"samples": sheet(sample_id=["S1", "0012", "12"])})
    assert (found.row, found.value) == (4, "12")


def test_sheets_without_identifiers_have_none_that_is_lost():
    assert find_lost_zeros({"patients": pd.DataFrame(), "ada": sheet(x=["1"])}) == []
