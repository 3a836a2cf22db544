"""Ours beside supplied endpoints."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.inputs.adam import SUPPLIED_COLUMNS
from her2ctdna.inputs.supplied import compare_supplied


def compare(endpoint, own, *values):
    ours = pd.DataFrame({"patient_id": ["P1"], endpoint: [own]})
    rows = [("P1", endpoint, value, unit, "") for value, unit in values]
    supplied = pd.DataFrame(rows, columns=SUPPLIED_COLUMNS)
    (row,) = compare_supplied(ours, supplied).itertuples(index=False)
    return row.supplied, row.agrees, row.why


@pytest.mark.parametrize(
    ("own", "value", "unit", "agrees"),
    [
        (100.0, "100", "days", "yes"),
        (101.0, "100", "days", "no"),
        (158.0, "5.2", "months", "yes"),
        (170.0, "5.2", "months", "no"),
        (14.0, "2", "weeks", "yes"),
        (np.nan, "100", "days", None),
        (660.49375, "660.49375", "days", "yes"),
        (660.49375, "660.494", "days", "no"),
    ],
)
def test_times(own, value, unit, agrees):
    assert compare("pfs_days", own, (value, unit))[1] == agrees


def test_why_a_time_differs():
    assert "first day" in compare("pfs_days", 101.0, ("100", "days"))[2]
    assert "longer by 30 days" in compare("os_days", 130.0, ("100", "days"))[2]
    assert compare("os_days", np.nan, ("9", "days"))[2] == "ours is missing"


@pytest.mark.parametrize(
    ("endpoint", "own", "value", "agrees", "why"),
    [
        ("bor", "PR", "PR", "yes", ""),
        ("bor", "MISSING", "NE", "no", "no assessment"),
        ("bor", "NE", "SD", "no", "early SD"),
        ("confirmed_bor", "SD", "PR", "no", "confirmation"),
        ("pfs_event", "yes", "no", "no", "censored"),
        ("ada_class", "negative", "none", "yes", ""),
        ("ada_class", None, "none", "yes", ""),
        ("ada_class", "induced", "none", "no", "no class"),
        ("teae_count", 2.0, "2", "yes", ""),
    ],
)
def test_words(endpoint, own, value, agrees, why):
    _, found, said = compare(endpoint, own, (value, ""))
    assert found == agrees
    assert why in (said or "")


def test_several_values_are_not_judged():
    value, agrees, why = compare("bor", "PR", ("PR", ""), ("SD", ""))
    assert (value, agrees) == ("PR, SD", None)
    assert "several" in why


def test_rows_are_in_order_and_others_are_named():
    ours = pd.DataFrame({"patient_id": ["B", "A"], "bor": "PR", "os_days": 1.0})
    rows = [
        (who, name, value, unit, "")
        for who in ("A", "B", "C")
        for name, value, unit in (("os_days", "1", "days"), ("bor", "PR", ""))
    ]
    supplied = pd.DataFrame(rows, columns=SUPPLIED_COLUMNS)
    table = compare_supplied(ours, supplied)
    assert list(zip(table["patient_id"], table["endpoint"], strict=True)) == [
        ("B", "bor"),
        ("B", "os_days"),
        ("A", "bor"),
        ("A", "os_days"),
        ("C", "bor"),
        ("C", "os_days"),
    ]
    assert table["why"].tolist()[4:] == ["not a patient of this study"] * 2
    assert table["agrees"].tolist()[:4] == ["yes"] * 4
