"""Hazard ratios per doubling against R's coxph."""

from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_ranks import reference

from her2ctdna.statistics.hazard_per_doubling import (
    compute_nonlinearity_p,
    estimate_hazard_per_doubling,
)

LUNG = pd.read_csv(Path(__file__).parents[1] / "reference" / "biomarkers_lung.csv")
TIME = LUNG["time"].to_numpy(dtype=float)
EVENT = LUNG["event"].to_numpy() == 1
AGE = np.log2(LUNG["age"].to_numpy(dtype=float))


def estimate(time, event, value):
    arrays = (np.array(time, dtype=float), np.array(event, dtype=bool))
    return estimate_hazard_per_doubling(
        *arrays, np.array(value, dtype=float), confidence=0.95
    )


def test_hazard_ratio_per_doubling_is_that_of_r() -> None:
    found = estimate(TIME, EVENT, AGE)
    for name, value in zip(
        ("hazard_ratio", "low", "high", "p"), found[:4], strict=True
    ):
        assert value == pytest.approx(reference("cox", name), rel=1e-6), name
    assert found.note is None


def test_test_of_a_straight_line_is_that_of_r() -> None:
    statistic, p_value, note = compute_nonlinearity_p(TIME, EVENT, AGE)
    assert statistic == pytest.approx(reference("spline", "statistic"), abs=1e-6)
    assert p_value == pytest.approx(reference("spline", "p"), abs=1e-6)
    assert note is None


def test_events_in_the_order_of_the_values_leave_one_limit() -> None:
    found = estimate(range(1, 9), [1] * 6 + [0] * 2, range(8, 0, -1))
    assert isnan(found.estimate)
    assert isnan(found.high)
    assert 1 < found.low < 100
    assert 0 < found.p_value < 0.01
    assert found.note == "the events are in the order of the values"
    turned = estimate(range(1, 9), [1] * 6 + [0] * 2, range(1, 9))
    assert isnan(turned.low)
    assert turned.high == pytest.approx(1 / found.low, rel=1e-6)


@pytest.mark.parametrize(
    ("time", "event", "value", "note"),
    [
        ([], [], [], "no patients"),
        ([3, 4], [0, 0], [1, 2], "no events"),
        ([3, 4, 5], [1, 1, 0], [2, 2, 2], "all values are tied"),
        ([3, 4, 5], [0, 0, 1], [1, 2, 3], "no event while different values"),
    ],
)
def test_hazard_ratio_that_cannot_be_told_has_a_reason(
    time, event, value, note
) -> None:
    found = estimate(time, event, value)
    assert all(map(isnan, found[:4]))
    assert found.note is not None
    assert found.note.startswith(note)


@pytest.mark.parametrize("value", [np.ones(60), np.array([])])
def test_spline_needs_three_different_knots(value: np.ndarray) -> None:
    found = compute_nonlinearity_p(TIME[: len(value)], EVENT[: len(value)], value)
    assert isnan(found[1])
    assert found[2] == "too many tied values for a spline"
