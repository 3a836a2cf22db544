"""Rank tests, shifts and areas against R, and what they do with ties and detection."""

from math import inf, isnan, nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from her2ctdna.statistics.ranks import (
    as_log2,
    compute_rank_sum_p,
    estimate_auc,
    estimate_shift,
)

REFERENCE = pd.read_csv(Path(__file__).parents[1] / "reference" / "biomarkers.csv")
SAMPLES = {
    "plain": (
        [1.1, 2.3, 0.4, 5.9, 3.2, 4.8, 2.7],
        [0.2, 1.7, 0.9, 2.1, 0.1, 3.1, 1.3, 0.6, 2.9],
    ),
    "tied": ([1, 2, 2, 3, 4, 4, 5], [0, 1, 1, 2, 2, 3, 0, 1]),
    "below": (
        [-inf, -inf, -3, -2.5, -4],
        [-inf, -1, -0.5, 0, 0.3, -2, 1, -1.5],
    ),
    "small": ([1, 2], [3, 4, 5]),
}


def reference(what: str, name: str) -> float:
    found = REFERENCE[(REFERENCE["what"] == what) & (REFERENCE["name"] == name)]
    return float(found["value"].iloc[0])


def sample(name: str) -> tuple[np.ndarray, np.ndarray]:
    group, other = SAMPLES[name]
    return np.array(group, dtype=float), np.array(other, dtype=float)


@pytest.mark.parametrize("name", SAMPLES)
def test_rank_sum_p_is_the_share_of_all_divisions(name: str) -> None:
    expected = reference(name, "rank_sum_p")
    assert compute_rank_sum_p(*sample(name))[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", SAMPLES)
def test_area_and_its_interval_are_those_of_proc(name: str) -> None:
    found = estimate_auc(*sample(name), confidence=0.95)
    assert found.estimate == pytest.approx(reference(name, "auc"), abs=1e-12)
    if name != "small":
        limits = [reference(name, f"auc_{side}") for side in ("low", "high")]
        assert [found.low, found.high] == pytest.approx(limits, abs=1e-9)


def test_area_is_that_of_sklearn() -> None:
    group, other = sample("tied")
    outcome = np.repeat([1, 0], [len(group), len(other)])
    expected = roc_auc_score(outcome, np.concatenate([group, other]))
    found = estimate_auc(group, other, confidence=0.9)
    assert found.estimate == pytest.approx(expected, abs=1e-15)


def test_shift_and_its_interval_are_those_of_r() -> None:
    found = estimate_shift(*sample("plain"), confidence=0.95)
    expected = [reference("plain", name) for name in ("shift", "shift_low")]
    assert [found.estimate, found.low] == pytest.approx(expected, abs=1e-5)
    assert found.high == pytest.approx(reference("plain", "shift_high"), abs=1e-5)
    assert found.p_value == pytest.approx(reference("plain", "wilcox_p"), rel=1e-12)
    assert found.note is None


def test_shift_to_a_value_below_detection_is_missing_with_the_reason() -> None:
    found = estimate_shift(*sample("below"), confidence=0.95)
    assert found.estimate == pytest.approx(-3.4)
    assert isnan(found.low)
    assert found.note == "the lower limit lies among values below detection"
    both = np.array([-inf, -inf, -inf])
    found = estimate_shift(both, np.array([0.0, 1.0, 2.0, 3.0]), confidence=0.5)
    assert isnan(found.estimate)
    assert found.note is not None
    assert "the estimate lies among values below detection" in found.note


def test_values_that_are_all_below_detection_do_not_differ() -> None:
    below = np.full(4, -inf)
    found = estimate_shift(below, below, confidence=0.5)
    assert (found.estimate, found.p_value) == (0.0, 1.0)
    area = estimate_auc(below, below, confidence=0.95)
    assert (area.estimate, area.p_value) == (0.5, 1.0)
    assert area.note == "no interval: the areas do not vary"


def test_groups_too_small_for_an_interval_have_an_estimate_alone() -> None:
    found = estimate_shift(*sample("small"), confidence=0.95)
    assert found.estimate == -2.5
    assert isnan(found.low)
    assert isnan(found.high)
    assert found.note == "too few patients for an interval of 95 %"


@pytest.mark.parametrize("estimate", [estimate_shift, estimate_auc])
def test_empty_group_has_no_estimate_and_the_reason(estimate) -> None:
    found = estimate(np.array([]), np.array([1.0, 2.0]), confidence=0.95)
    assert isnan(found.estimate)
    assert isnan(found.p_value)
    assert found.note == "a group without patients"


def test_complete_separation_has_no_delong_interval() -> None:
    found = estimate_auc(np.array([3.0, 4, 5]), np.array([0.0, 1, 2]), confidence=0.95)
    assert found.estimate == 1
    assert found.p_value == pytest.approx(0.1)
    assert isnan(found.low)
    single = estimate_auc(np.array([3.0]), np.array([0.0, 1, 2]), confidence=0.95)
    assert single.note == "no interval: a group of one patient"


def test_many_patients_have_the_normal_approximation_and_a_note() -> None:
    values = np.arange(140.0)
    found = estimate_shift(values[70:], values[:70] + 60, confidence=0.95)
    assert found.note == "normal approximation"
    assert found.estimate == pytest.approx(10)
    assert found.low < 10 < found.high
    tied = np.ones(60)
    assert compute_rank_sum_p(tied, tied) == (1.0, "normal approximation")


def test_logarithm_of_nothing_detected_is_lowest_and_of_nothing_measured_missing():
    values = np.array([0.5, nan, 0.0, 8.0, 0.3])
    is_below = np.array([False, False, False, False, True])
    logs = as_log2(values, is_below=is_below)
    assert logs[[0, 3, 4]].tolist() == [-1.0, 3.0, -inf]
    assert np.isnan(logs[[1, 2]]).all()
