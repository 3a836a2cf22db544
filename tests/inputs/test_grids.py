"""Typed cells as text."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from her2ctdna.inputs.grids import UnreadableSheetError, cell_text, numbered


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (pd.NaT, ""),
        (float("nan"), ""),
        (" a b ", "a b"),
        (True, "TRUE"),
        (False, "FALSE"),
        (7, "7"),
        (2.0, "2"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (np.float64(30.5), "30.5"),
        (np.int64(3), "3"),
        (1e20, "1e+20"),
        (Decimal("2.00"), "2"),
        (Decimal("2.50"), "2.50"),
        (date(2024, 1, 2), "2024-01-02"),
        (datetime(2024, 1, 2), "2024-01-02"),
        (datetime(2024, 1, 2, 3, 4), "2024-01-02T03:04:00"),
        (pd.Timestamp("2024-01-02"), "2024-01-02"),
        (datetime(2024, 1, 2, tzinfo=UTC), "2024-01-02"),
        (time(1, 2), "01:02:00"),
        (timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_cell_is_what_a_sheet_of_text_would_hold(value, text):
    assert cell_text(value) == text


def test_cell_of_another_kind_is_an_error():
    with pytest.raises(UnreadableSheetError, match="list"):
        cell_text(["a"])


def test_rows_are_numbered_and_blank_ones_left_out():
    assert numbered([["a"], [None], [1.0]], first=2) == [(2, ["a"]), (4, ["1"])]
