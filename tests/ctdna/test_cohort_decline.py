"""Fits of the mixed model. Reference values are lme4's: tests/reference/mixed.R."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from statsmodels.regression.mixed_linear_model import MixedLM

from her2ctdna.ctdna.cohort_decline import fit_decline
from her2ctdna.statistics.censored_mixed import arrange_points

REFERENCE = Path(__file__).parents[1] / "reference"
SLOPE, LIMIT = -0.05, np.log(0.0006)


def sleepstudy(case):
    data = pd.read_csv(REFERENCE / "sleepstudy.csv", dtype={"subject": str})
    return data if case == "balanced" else data[data["kept"] == "yes"]


def fit(patients, days, values, is_censored=None):
    censored = np.zeros(len(days), bool) if is_censored is None else is_censored
    names, arrays = np.array(patients, object), (np.array(days, float), values)
    return fit_decline(arrange_points(names, *arrays, censored), level=0.95)


def fit_sleep(case):
    data = sleepstudy(case)
    return fit(data["subject"], data["days"], data["reaction"].to_numpy(float))


@pytest.mark.parametrize("case", ["balanced", "unbalanced"])
def test_without_censoring_the_fit_is_that_of_lme4(case):
    expected = pd.read_csv(REFERENCE / "mixed.csv").set_index("case").loc[case]
    found = fit_sleep(case)
    fixed = [found.intercept, found.slope, found.error, found.loglik]
    assert_allclose(fixed, expected[["intercept", "slope", "error", "loglik"]], 1e-7)
    spread = found.spread[[0, 0, 1], [0, 1, 1]]
    names = ["var_intercept", "covariance", "var_slope"]
    assert_allclose(spread, expected[names], rtol=1e-5)


@pytest.mark.parametrize(
    ("case", "tolerance"), [("balanced", 1e-6), ("unbalanced", 2e-3)]
)
def test_profile_limits_are_the_t_interval_of_lme4(case, tolerance):
    """Exact in a balanced study; close to it in one that lacks some days."""
    expected = pd.read_csv(REFERENCE / "mixed.csv").set_index("case").loc[case]
    found = fit_sleep(case)
    for name in ("intercept", "slope"):
        limits = expected[[f"{name}_low", f"{name}_high"]]
        assert_allclose(getattr(found, f"{name}_limits"), limits, rtol=tolerance)


@pytest.mark.parametrize(
    ("method", "tolerance"), [("lbfgs", 1e-5), ("bfgs", 1e-5), ("powell", 1e-3)]
)
def test_without_censoring_the_fit_is_that_of_statsmodels(method, tolerance):
    data = sleepstudy("unbalanced")
    design = np.column_stack([np.ones(len(data)), data["days"]])
    model = MixedLM(data["reaction"], design, data["subject"], exog_re=design)
    theirs = model.fit(reml=False, method=method)
    found = fit_sleep("unbalanced")
    assert_allclose([found.intercept, found.slope], theirs.fe_params, rtol=tolerance)
    assert_allclose(found.spread, theirs.cov_re, rtol=100 * tolerance)


def cohort_of(n, rng, spread=0.02):
    """Return levels of n patients that halve every 14 days, about a third unseen."""
    days = np.tile([0.0, 21, 42, 84], n)
    level, decline = rng.normal(-4.5, 1, n), rng.normal(SLOPE, spread, n)
    values = np.repeat(level, 4) + np.repeat(decline, 4) * days
    return (
        np.repeat(np.arange(n), 4).astype(str),
        days,
        values + rng.normal(0, 0.4, 4 * n),
    )


def test_a_limit_in_place_of_a_level_is_biased_and_censoring_is_not():
    names, days, values = cohort_of(80, np.random.default_rng(5))
    hidden = values < LIMIT
    assert 0.25 < hidden.mean() < 0.4
    censored = fit(names, days, np.where(hidden, LIMIT, values), hidden)
    low, high = censored.slope_limits
    assert low < SLOPE < high
    assert censored.slope == pytest.approx(SLOPE, rel=0.1)
    substituted = fit(names, days, np.where(hidden, LIMIT, values))
    assert substituted.slope > 0.75 * SLOPE
    assert substituted.slope_limits[0] > SLOPE


def test_without_spread_between_declines_the_fit_stands_on_its_edge():
    names, days, values = cohort_of(12, np.random.default_rng(0), spread=0.0)
    found = fit(names, days, values)
    assert found.spread[1, 1] < 1e-4
    assert found.slope_limits[0] < SLOPE < found.slope_limits[1]


def test_the_scale_of_levels_and_days_does_not_matter():
    names, days, values = cohort_of(12, np.random.default_rng(1))
    found, other = fit(names, days, values), fit(names, days / 7, values + np.log(2000))
    assert other.slope == pytest.approx(7 * found.slope, rel=1e-6)
    assert other.intercept == pytest.approx(found.intercept + np.log(2000), rel=1e-6)
    assert other.loglik == pytest.approx(found.loglik, rel=1e-9)


@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_levels_that_fit_a_line_without_error_have_no_maximum(spread):
    names, days, _ = cohort_of(8, np.random.default_rng(2))
    level = np.repeat(spread * np.arange(8.0), 4)
    assert fit(names, days, level - 0.05 * days) is None
