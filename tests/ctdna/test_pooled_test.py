from math import inf

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar
from scipy.stats import binom, chi2, poisson

from her2ctdna.ctdna.pooled_test import (
    compute_background_p,
    compute_mixture_p,
    fit_multiple,
    fit_samples,
    flag_driving,
    flag_outliers,
    name_loci,
    weigh_loci,
)

# definitions.md 6
COUNTS = np.array([0, 1, 0, 2, 0.0])
DEPTHS = np.array([1200, 900, 1500, 1100, 1000.0])
VAFS = np.array([0.3, 0.2, 0.4, 0.35, 0.25])
ERRORS = np.full(5, 1e-4)


def loci_of(*rows, error_rate=1e-4, weight=0.1):
    """Return loci from (sample, alt_count, depth), at positions 1, 2, ..."""
    table = pd.DataFrame(rows, columns=["sample_id", "alt_count", "depth"])
    place = table.groupby("sample_id").cumcount() + 1
    table = table.assign(patient_id="P1", chrom="chr3", pos=place, ref="A", alt="G")
    table = table.assign(error_rate=error_rate, weight=weight)
    return table.astype({"alt_count": float, "depth": float})


def test_the_pooled_tests_are_those_of_the_definitions():
    expected = (DEPTHS * ERRORS).sum()
    assert_allclose(expected, 0.57)
    assert_allclose(compute_background_p(3, expected), 0.020255, atol=5e-7)
    multiple, statistic = fit_multiple(COUNTS, DEPTHS, ERRORS, VAFS)
    assert_allclose(multiple, 0.00133899, atol=5e-9)
    assert_allclose(statistic, 4.80456, atol=5e-6)
    assert_allclose(compute_mixture_p(statistic), 0.014192, atol=5e-7)


@pytest.mark.parametrize("seed", range(20))
def test_the_fit_is_the_one_of_a_general_optimiser(seed):
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 9))
    depth = random.integers(500, 6000, n).astype(float)
    error, weight = random.uniform(2e-5, 3e-4, n), random.uniform(0.005, 0.5, n)
    true = random.choice([0, 0.001, 0.05, 1.3])
    rate = error * (1 - weight) * true + weight * (1 - error) * true
    alt_count = random.binomial(depth.astype(int), np.clip(rate + error, 0, 0.9))

    def loss(p):
        q = weight * (1 - error) * p + (1 - weight) * error * p + error * (1 - p)
        return -binom.logpmf(alt_count, depth, q).sum()

    highest = 1 / weight.max()
    found = minimize_scalar(
        loss, bounds=(0, highest * 0.999), method="bounded", options={"xatol": 1e-12}
    )
    multiple, statistic = fit_multiple(alt_count.astype(float), depth, error, weight)
    best = max(2 * (loss(0) - min(found.fun, loss(0))), 0)
    assert_allclose(statistic, best, rtol=1e-6, atol=1e-7)
    assert loss(multiple) <= found.fun + 1e-8


def test_without_more_molecules_than_error_nothing_is_fitted():
    assert fit_multiple(np.zeros(5), DEPTHS, ERRORS, VAFS) == (0, 0)
    assert_allclose(compute_mixture_p([0, 1e-300, np.nan]), [1, 0.5, 1])


def test_a_locus_of_variant_molecules_only_is_fitted_too():
    full = np.array([1000.0])
    multiple, statistic = fit_multiple(full, full, np.array([1e-4]), np.array([0.2]))
    assert multiple == pytest.approx(5, rel=1e-3)
    assert statistic == pytest.approx(2 * 1000 * np.log(1e4), rel=1e-3)


def test_the_mixture_is_half_a_chi_squared():
    assert_allclose(compute_mixture_p([1.0, 3.84]), 0.5 * chi2.sf([1.0, 3.84], 1))


def test_molecules_at_loci_of_high_weight_say_more():
    depth, error = np.full(2, 3000.0), np.full(2, 1e-4)
    weight = np.array([0.3, 0.01])
    heavy = fit_multiple(np.array([3.0, 0]), depth, error, weight)[1]
    light = fit_multiple(np.array([0, 3.0]), depth, error, weight)[1]
    assert heavy > 2 * light


def test_samples_are_fitted_one_by_one():
    loci = loci_of(("B", 0, 4000), ("A", 3, 4000), ("A", 0, 4000))
    fits = fit_samples(loci)
    assert list(fits["sample_id"]) == ["A", "B"]
    alone = fit_multiple(
        *(np.array(pair) for pair in ([3.0, 0], [4000.0] * 2, [1e-4] * 2, [0.1] * 2))
    )
    assert_allclose(fits.loc[0, ["lr_multiple", "lr_statistic"]].tolist(), alone)
    assert list(fits["lr_p_value"])[1] == 1
    assert list(fit_samples(loci.iloc[:0])) == list(fits)


# Weights


DRAWS = pd.DataFrame(
    {
        "sample_id": ["C1", "C2", "T"],
        "material": ["plasma", "plasma", "tissue"],
        "is_baseline": [True, False, False],
    }
)


def vafs_of(**vafs):
    rows = [(s, pos, vaf) for s, own in vafs.items() for pos, vaf in own.items()]
    calls = pd.DataFrame(rows, columns=["sample_id", "pos", "vaf"])
    return calls.assign(patient_id="P1", chrom="chr3", ref="A", alt="G")


@pytest.mark.parametrize(
    ("track", "weights"),
    [("baseline", [0.1, 0.3, 0.2]), ("tissue", [0.4, 0.4, 0.4])],
)
def test_a_locus_has_its_vaf_where_it_was_chosen_else_the_mean(track, weights):
    variants = vafs_of(C1={1: 0.1, 2: 0.3, 3: 0, 9: 0.5}, C2={3: 0.9}, T={2: 0.4})
    loci = loci_of(*[("C2", 1, 4000)] * 3)
    found = weigh_loci(loci, variants, DRAWS, ctdna={"track": track})
    assert_allclose(found, weights)


def test_without_any_vaf_all_loci_weigh_alike():
    loci = loci_of(("C2", 1, 4000), ("C2", 0, 4000))
    found = weigh_loci(loci, vafs_of(C2={1: 0.2}), DRAWS, ctdna={"track": "baseline"})
    assert list(found) == [1, 1]


# Loci


def outlying(*counts, depth=4000, alpha=0.05):
    loci = loci_of(*(("S", count, depth) for count in counts))
    return list(flag_outliers(loci, alpha=alpha))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # others 0 of 8000: at most 3.0, so 1.5 + .4 here; P(X >= 7) = .0044 < .05 / 3
        ([7, 0, 0], [True, False, False]),
        # P(X >= 5 | 1.9) = .044
        ([5, 0, 0], [False, False, False]),
        # others 1 of 8000: at most 4.74, so 2.4 + .4; P(X >= 7) = .026
        ([7, 1, 0], [False, False, False]),
        # the others are detected by themselves
        ([40, 4, 3], [False, False, False]),
        ([0, 0, 0], [False, False, False]),
        # no other locus to compare with
        ([40], [False]),
    ],
)
def test_a_locus_stands_out_where_the_others_do_not_allow_it(counts, expected):
    assert outlying(*counts) == expected


def test_the_rule_for_outliers_is_as_stated():
    bound = -np.log(0.05) / 8000
    assert poisson.sf(6, 4000 * (1e-4 + bound)) < 0.05 / 3
    assert poisson.sf(4, 4000 * (1e-4 + bound)) > 0.05 / 3


def test_a_locus_that_was_high_at_baseline_may_hold_more_than_the_others():
    loci = loci_of(("S", 9, 4000), ("S", 0, 4000))
    level = flag_outliers(loci, alpha=0.05)
    heavy = flag_outliers(loci.assign(weight=[0.5, 0.1]), alpha=0.05)
    assert list(level) == [True, False]
    assert list(heavy) == [False, False]


@pytest.mark.parametrize(
    ("test", "counts", "expected"),
    [
        # of two loci error gives .8: P(X >= 2) = .19, P(X >= 3) = .047
        ("poisson", [4, 0, 0], [True, False, False]),
        ("poisson", [2, 2, 2], [False, False, False]),
        ("poisson", [2, 1, 1], [True, False, False]),
        ("likelihood_ratio", [4, 0, 0], [True, False, False]),
        ("likelihood_ratio", [4, 4, 4], [False, False, False]),
    ],
)
def test_a_locus_drives_a_sample_that_is_undetected_without_it(test, counts, expected):
    loci = loci_of(*(("S", count, 4000) for count in counts))
    found = flag_driving(loci, ctdna={"test": test, "alpha": 0.05})
    assert list(found) == expected


@pytest.mark.parametrize("test", ["poisson", "likelihood_ratio"])
def test_a_single_locus_drives_its_sample(test):
    loci = loci_of(("S", 9, 4000), ("T", 2, 4000))
    found = flag_driving(loci, ctdna={"test": test, "alpha": 0.05})
    assert list(found) == [True, True]


def test_loci_are_named_by_place_and_allele_in_order():
    loci = loci_of(("S", 1, 10), ("S", 1, 10), ("R", 1, 10)).iloc[::-1]
    assert name_loci(loci).to_dict() == {
        "R": "chr3-1-A-G",
        "S": "chr3-1-A-G;chr3-2-A-G",
    }
    assert name_loci(loci.iloc[:0]).empty


def test_nothing_stands_out_without_loci():
    loci = loci_of(("S", 1, 10)).iloc[:0]
    assert flag_outliers(loci, alpha=0.05).empty
    assert len(flag_driving(loci, ctdna={"test": "poisson", "alpha": inf})) == 0
