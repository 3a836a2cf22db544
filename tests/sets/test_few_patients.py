"""What rests on few patients is marked in its note, and read from there."""

import pandas as pd
import pytest

from her2ctdna.sets.few_patients import (
    mark_few_contrasts,
    mark_few_curves,
    mark_few_medians,
    read_few,
    write_few,
)

FEW = {"contrast": 5, "median": 10, "curve": 4}


@pytest.mark.parametrize(
    ("n", "mark"), [(0, ""), (1, "few: n = 1"), (4, "few: n = 4"), (5, "")]
)
def test_fewer_than_the_limit_are_few_and_nobody_is_not(n: int, mark: str) -> None:
    assert write_few(n, least=5) == mark
    assert read_few(f"why; {mark}" if mark else "why") == mark


def test_contrasts_are_marked_by_the_smaller_group_after_their_note() -> None:
    rows = [(3, 9, None), (9, 4, "no events"), (5, 5, "x"), (0, 9, "empty")]
    contrasts = pd.DataFrame(rows, columns=["n", "n_reference", "note"])
    marked = mark_few_contrasts(contrasts, FEW)["note"].tolist()
    assert marked == ["few: n = 3", "no events; few: n = 4", "x", "empty"]


def test_medians_are_marked_by_who_is_at_risk_at_the_start() -> None:
    survival = pd.DataFrame({"n": [9, 10, 0], "note": [None, None, "no patients"]})
    marked = mark_few_medians(survival, FEW)["note"].tolist()
    assert marked == ["few: n = 9", None, "no patients"]


def test_curves_are_marked_by_the_most_that_are_ever_at_risk() -> None:
    rows = [("a", 3), ("a", 1), ("b", 0), ("b", 4)]
    curves = pd.DataFrame(rows, columns=["group", "at_risk"])
    marked = mark_few_curves(curves, FEW)["note"].tolist()
    assert marked == ["few: n = 3", "few: n = 3", None, None]


def test_a_study_without_rows_has_no_marks() -> None:
    empty = pd.DataFrame(columns=["n", "n_reference", "note", "group", "at_risk"])
    for mark in (mark_few_contrasts, mark_few_medians, mark_few_curves):
        assert mark(empty, FEW).empty
