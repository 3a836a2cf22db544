"""Restricted means against survRM2, and by hand."""

from math import isnan, sqrt

import numpy as np
import pytest
from times import golden, needs_golden, veteran

from her2ctdna.statistics.rmst import compute_rmst, compute_rmst_difference


@needs_golden
def test_means_and_difference_agree_with_survrm2_on_veteran() -> None:
    expected = golden("veteran")["rmst_survRM2"]["value"]
    time, event, rows = veteran("trt2")
    in_group = rows[:, 0] == 1
    for side, arm in ((in_group, "arm1"), (~in_group, "arm0")):
        mean, variance = compute_rmst(time[side], event[side], horizon=300)
        assert mean == pytest.approx(expected[arm]["Est."], rel=1e-10)
        assert sqrt(variance) == pytest.approx(expected[arm]["se"], rel=1e-10)
    found = compute_rmst_difference(time, event, in_group, horizon=300, confidence=0.95)
    wanted = expected["unadjusted"]["RMST (arm=1)-(arm=0)"]
    assert found.estimate == pytest.approx(wanted["Est."], rel=1e-9)
    assert found.low == pytest.approx(wanted["lower .95"], rel=1e-9)
    assert found.high == pytest.approx(wanted["upper .95"], rel=1e-9)
    assert found.p_value == pytest.approx(wanted["p"], rel=1e-9)
    assert found.note == "up to day 300"


def test_mean_up_to_a_horizon_is_the_area_under_the_curve() -> None:
    time, event = np.array([2.0, 4, 6, 8]), np.array([True, False, True, False])
    mean, variance = compute_rmst(time, event, horizon=7)
    # 1 until 2, 0.75 until 6, 0.375 until 7.
    assert mean == pytest.approx(2 + 4 * 0.75 + 1 * 0.375)
    areas = (4 * 0.75 + 0.375, 0.375)
    assert variance == pytest.approx(areas[0] ** 2 / (4 * 3) + areas[1] ** 2 / (2 * 1))


def test_curve_that_has_fallen_to_zero_is_known_for_ever() -> None:
    mean, variance = compute_rmst(np.array([3.0]), np.array([True]), horizon=10)
    assert (mean, variance) == (3, 0)


def test_without_a_horizon_it_is_the_shorter_of_the_longest_times() -> None:
    time = np.array([2.0, 9, 4, 6])
    event = np.array([True, False, True, False])
    found = compute_rmst_difference(
        time, event, np.array([1, 1, 0, 0]) == 1, horizon=None, confidence=0.95
    )
    assert found.note == "up to day 6"
    assert found.estimate == pytest.approx((2 + 4 * 0.5) - (4 + 2 * 0.5))


@pytest.mark.parametrize(
    ("time", "event", "in_group", "horizon", "note"),
    [
        ([], [], [], None, "a group without patients"),
        ([3, 4], [1, 1], [1, 1], None, "a group without patients"),
        ([3, 4], [0, 0], [0, 1], None, "no events up to day 3"),
        ([3, 4], [1, 0], [0, 1], 5, "a group is not followed to day 5"),
        ([4, 4], [1, 1], [0, 1], None, "no variance up to day 4"),
    ],
)
def test_difference_that_is_not_estimable_says_why(
    time: list[float],
    event: list[int],
    in_group: list[int],
    horizon: float | None,
    note: str,
) -> None:
    found = compute_rmst_difference(
        np.array(time, dtype=float),
        np.array(event, dtype=bool),
        np.array(in_group, dtype=bool),
        horizon=horizon,
        confidence=0.95,
    )
    assert all(isnan(value) for value in found[:4])
    assert found.note == note
