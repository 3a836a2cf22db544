"""Sensitivity, specificity, predictive values and kappa, against R and by hand."""

from math import isnan

import pytest
from sklearn.metrics import cohen_kappa_score

from her2ctdna.statistics.accuracy import (
    ACCURACY,
    FourCells,
    compute_accuracy,
    compute_pair_kappa,
    count_accuracy,
)
from her2ctdna.statistics.kappa import NO_SPREAD, NOTHING, ONE_CATEGORY

CELLS = FourCells(both=8, test_only=2, reference_only=3, neither=12)


def test_each_rate_has_its_own_patients():
    assert count_accuracy(CELLS) == {
        "sensitivity": (8, 11),
        "specificity": (12, 14),
        "ppv": (8, 10),
        "npv": (12, 15),
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # R 4.2.2: binom.test(n, N)$conf.int
        ("sensitivity", (8 / 11, 0.390257440428, 0.939782265827)),
        ("specificity", (12 / 14, 0.571870839090, 0.982205484517)),
        ("ppv", (0.8, 0.443904537692, 0.974789273673)),
        ("npv", (0.8, 0.519108866193, 0.956687994894)),
    ],
)
def test_rates_have_the_intervals_of_r(name, expected):
    found = compute_accuracy(CELLS, confidence=0.95)[name]
    assert found[:3] == pytest.approx(expected, rel=1e-9)
    assert found.note is None


def test_kappa_is_that_of_sklearn_with_the_interval_of_its_paper():
    found = compute_pair_kappa(CELLS, confidence=0.95)
    test = [1] * 10 + [0] * 15
    reference = [1] * 8 + [0] * 2 + [1] * 3 + [0] * 12
    assert found.estimate == pytest.approx(cohen_kappa_score(test, reference))
    # the formula of Fleiss, Cohen and Everitt written out in R 4.2.2
    limits = found.estimate, found.low, found.high
    expected = 0.590163934426, 0.270720266820, 0.909607602032
    assert limits == pytest.approx(expected, rel=1e-9)


def test_by_hand():
    """20 units: 5 both, 5 by neither, 10 by one of them: no more than chance."""
    cells = FourCells(5, 5, 5, 5)
    rates = compute_accuracy(cells, confidence=0.95)
    assert [rates[name].estimate for name in ACCURACY] == [0.5] * 4
    assert compute_pair_kappa(cells, confidence=0.95).estimate == pytest.approx(0)


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ((0, 0, 0, 0), set(ACCURACY)),
        ((0, 2, 0, 3), {"sensitivity"}),
        ((2, 0, 3, 0), {"specificity"}),
        ((0, 0, 2, 3), {"ppv"}),
        ((2, 3, 0, 0), {"npv"}),
        ((4, 0, 0, 0), {"specificity", "npv"}),
    ],
)
def test_a_rate_of_nobody_is_none_and_says_so(cells, missing):
    found = compute_accuracy(FourCells(*cells), confidence=0.95)
    assert {name for name, rate in found.items() if isnan(rate.estimate)} == missing
    assert {name for name, rate in found.items() if rate.note} == missing
    assert all(isnan(found[name].low) for name in missing)


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ((0, 0, 0, 0), NOTHING),
        ((4, 0, 0, 0), ONE_CATEGORY),
        ((0, 0, 0, 4), ONE_CATEGORY),
        ((4, 0, 0, 4), NO_SPREAD),
    ],
)
def test_kappa_says_where_it_or_its_interval_is_missing(cells, note):
    assert compute_pair_kappa(FourCells(*cells), confidence=0.95).note == note
