"""The likelihood of the mixed model, against other ways to compute it."""

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.optimize import approx_fprime
from scipy.special import log_ndtr
from scipy.stats import multivariate_normal, norm

from her2ctdna.statistics.censored_mixed import arrange_points, log_likelihood

DAYS = [0.0, 1.0, 2.0, 4.0]
VALUES = [1.0, 0.2, -1.1, -1.5]
THETA = np.array([0.8, -0.7, 0.9, -0.1, 0.4, np.log(0.5)])
"""a, b, Cholesky factor of the spread of a_i and b_i, log of the error."""


def points_of(days, values, is_censored, patients=None):
    names = np.array(patients or ["P1"] * len(days), dtype=object)
    arrays = (np.array(days), np.array(values), np.array(is_censored, bool))
    return arrange_points(names, *arrays)


def marginal_terms():
    """Return mean and covariance of the values, effects integrated out by algebra."""
    design = np.column_stack([np.ones(4), DAYS])
    factor = np.array([[THETA[2], 0.0], [THETA[3], THETA[4]]])
    mean = design @ THETA[:2]
    spread = design @ factor @ factor.T @ design.T
    return mean, spread + np.exp(2 * THETA[5]) * np.eye(4)


def test_without_censoring_it_is_the_multivariate_normal():
    mean, covariance = marginal_terms()
    value, _ = log_likelihood(THETA, points_of(DAYS, VALUES, [False] * 4))
    expected = multivariate_normal(mean, covariance).logpdf(VALUES)
    assert value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n_censored", [1, 2])
def test_with_censoring_it_is_a_normal_density_times_a_normal_probability(n_censored):
    mean, covariance = marginal_terms()
    seen, hidden = np.arange(4 - n_censored), np.arange(4 - n_censored, 4)
    inside = covariance[np.ix_(seen, seen)]
    across = np.linalg.solve(inside, covariance[np.ix_(seen, hidden)])
    rest = np.array(VALUES) - mean
    centre = mean[hidden] + across.T @ rest[seen]
    left = (
        covariance[np.ix_(hidden, hidden)] - covariance[np.ix_(hidden, seen)] @ across
    )
    expected = multivariate_normal(mean[seen], inside).logpdf(rest[seen] + mean[seen])
    expected += multivariate_normal(centre, left).logcdf(np.array(VALUES)[hidden])
    censored = [place in hidden for place in range(4)]
    value, _ = log_likelihood(THETA, points_of(DAYS, VALUES, censored))
    assert value == pytest.approx(expected, abs=1e-7)


def test_with_more_censoring_it_is_the_integral_by_brute_force():
    censored = np.array([False, True, True, True])

    def joint(slope, level):
        effects = THETA[2] * level, THETA[3] * level + THETA[4] * slope
        mean = THETA[0] + effects[0] + (THETA[1] + effects[1]) * np.array(DAYS)
        z = (np.array(VALUES) - mean) / 0.5
        logs = np.where(censored, log_ndtr(z), norm.logpdf(z) - np.log(0.5))
        return np.exp(logs.sum() + norm.logpdf([slope, level]).sum())

    expected, _ = dblquad(joint, -6, 6, -6, 6, epsabs=1e-8)
    value, _ = log_likelihood(THETA, points_of(DAYS, VALUES, censored))
    assert value == pytest.approx(np.log(expected), abs=1e-6)


def test_the_gradient_is_that_of_the_likelihood():
    names = [name for name in "ABC" for _ in range(4)]
    censored = [False] * 4 + [False, False, True, True] + [False, True, False, True]
    shifted = VALUES + [value - 0.5 for value in VALUES] + [v + 0.3 for v in VALUES]
    points = points_of(DAYS * 3, shifted, censored, names)
    _, gradient = log_likelihood(THETA, points)
    expected = approx_fprime(THETA, lambda at: log_likelihood(at, points)[0], 1e-7)
    np.testing.assert_allclose(gradient, expected, atol=1e-5)


def test_patients_add_up_however_many_points_each_has():
    alone = [
        log_likelihood(THETA, points_of(DAYS[:n], VALUES[:n], [False] * n))[0]
        for n in (4, 2)
    ]
    names = ["P2"] * 4 + ["P1"] * 2
    both = points_of(DAYS + DAYS[:2], VALUES + VALUES[:2], [False] * 6, names)
    assert both.weight.tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]
    assert log_likelihood(THETA, both)[0] == pytest.approx(sum(alone), rel=1e-12)
