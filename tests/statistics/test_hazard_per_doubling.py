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
from her2ctdna.statistics.hazards import compute_adjusted_hazard_ratio

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
        assert value == pytest.approx(reference("cox", name), rel=1e-10), name
    assert found.note is None


def test_test_of_a_straight_line_is_that_of_r() -> None:
    statistic, p_value, note = compute_nonlinearity_p(TIME, EVENT, AGE)
    assert statistic == pytest.approx(reference("spline", "statistic"), abs=1e-10)
    assert p_value == pytest.approx(reference("spline", "p"), abs=1e-10)
    assert note is None


@pytest.mark.parametrize("values", [range(10, 0, -1), range(1, 11), [30, *[0] * 9]])
def test_events_in_the_order_of_the_values_are_monotone_likelihood(values) -> None:
    found = estimate(range(1, 11), [1] * 8 + [0] * 2, values)
    assert all(map(isnan, found[:4]))
    assert found.note == "monotone likelihood"
    side = np.array(values, dtype=float)[:, None]
    arrays = (np.arange(1.0, 11), np.arange(10) < 8, side)
    engine = compute_adjusted_hazard_ratio(*arrays, confidence=0.95)
    assert engine.note == found.note


def test_hazard_ratio_does_not_depend_on_how_close_the_values_are() -> None:
    wide, close = (estimate(TIME, EVENT, AGE * scale) for scale in (1, 1e-2))
    logs = [(np.log(found[:3]), found.p_value) for found in (wide, close)]
    assert logs[1][0] * 1e-2 == pytest.approx(logs[0][0], rel=1e-8)
    assert logs[1][1] == pytest.approx(logs[0][1], rel=1e-8)


def test_line_is_not_held_against_a_curve_whose_likelihood_is_monotone() -> None:
    time = np.arange(1.0, 41)
    found = compute_nonlinearity_p(time, time < 36, np.log2(time))
    assert isnan(found[0])
    assert isnan(found[1])
    assert found[2] == "monotone likelihood"


@pytest.mark.parametrize(
    ("time", "event", "value", "note"),
    [
        ([], [], [], "no patients"),
        ([3, 4], [0, 0], [1, 2], "no events"),
        ([3, 4, 5], [1, 1, 0], [2, 2, 2], "all values are tied"),
        ([3], [1], [2], "all values are tied"),
        ([3, 4, 5], [0, 0, 1], [1, 2, 3], "at the events no covariate varies"),
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
