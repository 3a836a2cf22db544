"""What a caller's silence excludes: never more than its own limit."""

from math import exp, isnan

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, poisson

from her2ctdna.ctdna.sample_limits import compute_lod95, compute_upper95
from her2ctdna.ctdna.silent_sites import (
    compute_silent_lod95,
    compute_silent_upper95,
    reported_from,
)

NONE = np.array([])


def at(*numbers):
    return np.array(numbers, dtype=float)


@pytest.mark.parametrize("depth", [1000, 5000, 40000])
def test_without_silent_sites_the_limits_are_those_of_counted_ones(depth):
    expected = depth * 1e-4
    lod = compute_lod95(depth, expected, alpha=0.05)[0]
    critical = next(k for k in range(1, 99) if poisson.sf(k - 1, expected) < 0.05)
    assert compute_silent_lod95(depth, critical, NONE, NONE) == pytest.approx(
        lod, rel=1e-9
    )
    for seen in (0, 3):
        assert compute_silent_upper95(seen, depth, NONE, NONE) == pytest.approx(
            float(compute_upper95(seen, depth)), rel=1e-9
        )


def test_one_silent_site_is_seen_from_what_the_caller_reports():
    lod = compute_silent_lod95(0, 1, at(2000), at(3))
    assert poisson.cdf(2, 2000 * lod) == pytest.approx(0.05, rel=1e-6)
    assert lod == pytest.approx(6.2958 / 2000, rel=1e-4)
    upper = compute_silent_upper95(0, 0, at(2000), at(3))
    assert binom.cdf(2, 2000, upper) == pytest.approx(0.05, rel=1e-6)


def test_molecules_at_several_silent_sites_do_not_add_up():
    sites, reported = at(*[2000] * 10), at(*[3] * 10)
    lod = compute_silent_lod95(0, 3, sites, reported)
    assert poisson.cdf(2, 2000 * lod) ** 10 == pytest.approx(0.05, rel=1e-6)
    pooled = compute_silent_lod95(20000, 3, NONE, NONE)
    assert lod > 2.5 * pooled


def test_a_limit_of_one_molecule_makes_silence_as_good_as_a_count():
    silent = compute_silent_lod95(0, 1, at(1000, 3000), at(1, 1))
    assert silent == pytest.approx(compute_silent_lod95(4000, 1, NONE, NONE), rel=1e-9)
    upper = compute_silent_upper95(0, 0, at(1000, 3000), at(1, 1))
    assert upper == pytest.approx(float(compute_upper95(0, 4000)), rel=1e-9)


def test_counted_and_silent_sites_are_missed_together():
    lod = compute_silent_lod95(3000, 2, at(1000), at(3))
    missed = poisson.cdf(1, 3000 * lod) * poisson.cdf(2, 1000 * lod)
    assert missed == pytest.approx(0.05, rel=1e-6)
    upper = compute_silent_upper95(1, 3000, at(1000), at(3))
    missed = binom.cdf(1, 3000, upper) * binom.cdf(2, 1000, upper)
    assert missed == pytest.approx(0.05, rel=1e-6)


def test_a_silent_site_never_needs_less_than_the_test_does():
    strict = compute_silent_lod95(0, 6, at(5000), at(3))
    assert poisson.cdf(5, 5000 * strict) == pytest.approx(0.05, rel=1e-6)


def test_too_few_molecules_exclude_nothing():
    assert compute_silent_lod95(0, 1, at(2), at(3)) == 1
    assert compute_silent_upper95(0, 0, at(2), at(3)) == 1
    assert isnan(compute_silent_lod95(0, 1, NONE, NONE))
    assert isnan(compute_silent_upper95(0, 0, NONE, NONE))


def test_the_limit_covers_the_truth_19_times_in_20():
    rng = np.random.default_rng(20240601)
    vaf, depths = 0.0012, [1500, 2500]
    silent, reported = at(*depths), at(3, 3)
    drawn = rng.binomial([4000, *depths], vaf, size=(4000, 3))
    quiet = drawn[(drawn[:, 1:] < 3).all(axis=1)]
    chance = exp(sum(np.log(binom.cdf(2, depth, vaf)) for depth in depths))
    assert len(quiet) / len(drawn) == pytest.approx(chance, abs=0.03)
    bounds = {
        seen: compute_silent_upper95(seen, 4000, silent, reported)
        for seen in set(quiet[:, 0].tolist())
    }
    missed = sum(bounds[seen] < vaf for seen in quiet[:, 0].tolist())
    assert missed / len(drawn) <= 0.05


def test_a_caller_reports_from_its_count_and_its_fraction():
    depth = pd.Series([100.0, 6000.0, 6001.0, 20000.0])
    limit = {"alt_count": 3, "vaf": 0.0005}
    assert list(reported_from(depth, caller_limit=limit)) == [3, 3, 4, 10]
