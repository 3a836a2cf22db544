"""Rank correlation and robust slopes against R."""

from math import inf, isnan

import numpy as np
import pytest
from test_ranks import reference

from her2ctdna.statistics.correlation import estimate_slope, estimate_spearman

X = np.array([2.1, 0.4, 3.3, 1.8, 5.2, 4.1, 0.9])
Y = np.array([-10.0, -15, 5, -30, 12, 20, -35])
OPTIONS = {"confidence": 0.95, "permutations": 10000, "seed": 7}


def test_spearman_and_its_exact_p_are_those_of_r() -> None:
    found = estimate_spearman(X, Y, **OPTIONS)
    assert found.estimate == pytest.approx(reference("spearman", "rho"), abs=1e-12)
    assert found.p_value == pytest.approx(reference("spearman", "p"), rel=1e-12)
    # by hand: tanh(atanh(6/7) -+ 1.959964 * sqrt((1 + (6/7)^2 / 2) / 4))
    assert (found.low, found.high) == pytest.approx(
        (0.1357039982, 0.9845694203), abs=1e-9
    )


def test_spearman_with_ties_is_that_of_r() -> None:
    x, y = np.array([1.0, 2, 2, 3, 4, 4]), np.array([2.0, 1, 3, 3, 5, 4])
    expected = reference("spearman_tied", "rho")
    assert estimate_spearman(x, y, **OPTIONS).estimate == pytest.approx(expected)


def test_more_patients_are_permuted_at_random_and_alike_each_time() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=30)
    y = x + rng.normal(size=30) / 3
    options = OPTIONS | {"permutations": 999}
    found = estimate_spearman(x, y, **options)
    assert found == estimate_spearman(x, y, **options)
    assert found.p_value == pytest.approx(0.002)  # two tails of 1 in 1000


def test_values_below_detection_rank_lowest_and_tied() -> None:
    below = estimate_spearman(np.array([-inf, -inf, 1, 2, 3]), Y[:5], **OPTIONS)
    lowest = estimate_spearman(np.array([-5.0, -5, 1, 2, 3]), Y[:5], **OPTIONS)
    assert below == lowest


@pytest.mark.parametrize(
    ("x", "y", "note"),
    [
        (X[:3], Y[:3], "fewer than four patients"),
        (np.ones(7), Y, "all values are tied"),
        (X, np.ones(7), "all values are tied"),
    ],
)
def test_correlation_that_cannot_be_told_has_a_reason(x, y, note) -> None:
    found = estimate_spearman(x, y, **OPTIONS)
    assert isnan(found.estimate)
    assert isnan(found.p_value)
    assert found.note == note


def test_the_same_order_throughout_has_no_interval() -> None:
    found = estimate_spearman(X, X, **OPTIONS)
    assert found.estimate == pytest.approx(1)
    assert isnan(found.high)
    assert found.note == "the same order throughout"


def test_slope_is_the_median_of_all_pairs() -> None:
    found = estimate_slope(X, Y, confidence=0.95)
    assert found.estimate == pytest.approx(reference("theil_sen", "slope"), abs=1e-12)
    assert found.low < found.estimate < found.high


@pytest.mark.parametrize(
    ("x", "note"),
    [(X[:2], "fewer than three patients above detection"), (X[:3] * 0, "all values")],
)
def test_slope_that_cannot_be_told_has_a_reason(x, note) -> None:
    found = estimate_slope(x, Y[: len(x)], confidence=0.95)
    assert isnan(found.estimate)
    assert found.note is not None
    assert found.note.startswith(note)


def test_slope_of_changes_all_alike_is_zero_without_an_interval() -> None:
    found = estimate_slope(
        np.array([1.0, 2, 3, 4, 5]), np.full(5, -10.0), confidence=0.95
    )
    assert (found.estimate, found.note) == (0, "no interval: all outcomes are alike")
    assert np.isnan([found.low, found.high]).all()
