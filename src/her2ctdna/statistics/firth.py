"""Logistic regression with Firth's penalty: finite where a cell is empty.

The likelihood is multiplied by the root of the determinant of its information
(Firth, Biometrika 1993;80:27), so that separated data have an estimate too;
intervals and tests are of the penalised profile likelihood, not Wald's (Heinze and
Schemper, Stat Med 2002;21:2409). Fits and intervals are firthmodels'; it has no test
of several coefficients at once, so that one is ours. Fitted are standardised and
orthogonal covariates, which changes the arithmetic alone: with age in years or the
year of the calendar as they stand, fits of separated data fail.
"""

import warnings
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from math import exp, isfinite, nan

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from her2ctdna.statistics.proportions import Estimate

FIRTH_TEST = "firth_likelihood_ratio"

_TOLERANCES = (1e-7, 1e-6)
"""Of coefficients, the second where rounding hides the first (4 tables of 1000)."""

_INTERVAL_TOLERANCE = 1e-6
_STEPS = 500
_LARGEST = 700.0
"""Above this logarithm an odds ratio is too large for a number."""

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]


@cache  # a fit takes 10 ms, and the same counts recur among the questions
def compute_firth_odds_ratio(
    events: int, n: int, events_reference: int, n_reference: int, *, confidence: float
) -> Estimate:
    """Return the odds ratio of a group against the reference by Firth's penalty.

    With one binary covariate it is the odds ratio of the table with 0.5 added to
    each cell; interval and p are of the penalised profile likelihood. Missing when
    a group is empty. With all or none of the patients having the event it would tell
    the sizes of the groups only, and is missing too.
    """
    if not n or not n_reference:
        return Estimate(note="a group without patients")
    in_group = np.repeat([1.0, 0.0], [n, n_reference])
    sides = [events, n - events, events_reference, n_reference - events_reference]
    event = np.repeat([True, False, True, False], sides)
    return fit_firth(in_group[:, None], event, column=0, confidence=confidence)


def fit_firth(
    covariates: Matrix, event: Flags, *, column: int, confidence: float
) -> Estimate:
    """Return the odds ratio of one covariate, adjusted for the others.

    With profile-likelihood interval and penalised likelihood-ratio p. Missing, with
    the reason, if all or none have the event, if a covariate is a sum of others (or
    constant), or if the fit does not converge.

    Parameters
    ----------
    covariates
        One row a patient, without a constant.
    event
        Who has the event.
    column
        The covariate whose odds ratio per unit is returned.
    confidence
        Of the interval.
    """
    if note := why_not_identifiable(covariates, event):
        return Estimate(note=note)
    others = np.delete(covariates, column, axis=1)
    constant = np.ones(len(event))
    design = np.column_stack([constant, others, covariates[:, column]])
    basis, units = _orthogonalise(design)
    # slow to import
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("error", RuntimeWarning)
        for tolerance in _TOLERANCES:
            with suppress(ConvergenceWarning, RuntimeWarning, np.linalg.LinAlgError):
                logs, p_value = _fit_last(
                    basis[:, 1:],
                    event.astype(int),
                    confidence=confidence,
                    tolerance=tolerance,
                )
                estimate, low, high = map(_exp, logs * units)
                return Estimate(estimate, low, high, p_value)
    return Estimate(note="Firth's fit did not converge")


def _fit_last(
    covariates: Matrix,
    outcome: NDArray[np.int_],
    *,
    confidence: float,
    tolerance: float,
) -> tuple[Matrix, float]:
    """Return the last log odds ratio with its limits, and p; no convergence warns."""
    from firthmodels import FirthLogisticRegression

    last = covariates.shape[1] - 1
    model = FirthLogisticRegression(gtol=tolerance, xtol=tolerance, max_iter=_STEPS)
    limits = model.fit(covariates, outcome).conf_int(
        1 - confidence,
        method="pl",
        features=[last],
        tol=_INTERVAL_TOLERANCE,
        max_iter=_STEPS,
    )
    # At a tight tolerance the test is sometimes not to be had; at the default it is.
    tested = FirthLogisticRegression(max_iter=_STEPS).fit(covariates, outcome)
    p_value = float(tested.lrt([last]).lrt_pvalues_[last])
    return np.array([model.coef_[last], *limits[last]]), p_value


def compute_firth_test(
    design: Matrix, event: Flags, *, tested: Sequence[int]
) -> tuple[float, float, str | None]:
    """Return statistic, p-value and note of the test that coefficients are all zero.

    Twice the fall of the penalised likelihood when they are held at zero, against
    chi-square with as many degrees of freedom. The penalty stays that of the whole
    design, as in R's ``logistf``.

    Parameters
    ----------
    design
        One row a patient, the constant included.
    event
        Who has the event.
    tested
        The columns of ``design`` whose coefficients are tested.
    """
    if note := why_not_identifiable(design, event, has_constant=True):
        return nan, nan, note
    free = np.setdiff1d(np.arange(design.shape[1]), tested)
    basis, _ = _orthogonalise(design[:, [*free, *tested]])
    whole = _maximise(basis, event, np.arange(design.shape[1]))
    held = _maximise(basis, event, np.arange(len(free)))
    if not (isfinite(whole) and isfinite(held)):
        return nan, nan, "Firth's fit did not converge"
    statistic = max(2 * (whole - held), 0.0)
    return statistic, float(stats.chi2.sf(statistic, len(tested))), None


def why_not_identifiable(
    covariates: Matrix, event: Flags, *, has_constant: bool = False
) -> str | None:
    """Return why these data have no fit of these covariates, or nothing."""
    if event.all() or not event.any():
        which = "every" if len(event) and event.all() else "no"
        return f"{which} patient has the event"
    design = covariates
    if not has_constant:
        design = np.column_stack([np.ones(len(event)), covariates])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return "not identifiable: groups and covariates cannot be told apart"
    return None


def _orthogonalise(design: Matrix) -> tuple[Matrix, float]:
    """Return an orthogonal basis of a design, and what a unit of its last column is.

    Each column is cleared of those before it and has a mean square of one, so that
    the coefficients of the first few columns span the same as before, and that of the
    last one is its own times the number returned.
    """
    basis, triangle = np.linalg.qr(design)
    root = np.sqrt(len(design))
    signs = np.where(np.diag(triangle) < 0, -1.0, 1.0)
    return basis * signs * root, root / abs(triangle[-1, -1])


def _maximise(design: Matrix, event: Flags, free: NDArray[np.int_]) -> float:
    """Return the highest penalised log-likelihood with the other coefficients zero.

    NaN if it is not found.
    """

    def negative(coefficients: Matrix) -> float:
        beta = np.zeros(design.shape[1])
        beta[free] = coefficients
        return -_penalised(beta, design, event)

    if not len(free):
        return -negative(np.array([]))
    # Without derivatives the optimiser stops where their noise begins: success is
    # judged by a second start from where the first one ended.
    first = optimize.minimize(negative, np.zeros(len(free)), method="BFGS")
    second = optimize.minimize(
        negative, first.x, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11}
    )
    is_settled = abs(first.fun - second.fun) < 1e-6
    return -float(min(first.fun, second.fun)) if is_settled else nan


def _penalised(beta: Matrix, design: Matrix, event: Flags) -> float:
    linear = design @ beta
    weight = special.expit(linear) * special.expit(-linear)
    information = design.T @ (design * weight[:, None])
    sign, determinant = np.linalg.slogdet(information)
    if sign <= 0:
        return -np.inf
    fit = special.log_expit(np.where(event, linear, -linear)).sum()
    return float(fit + determinant / 2)


def _exp(limit: float) -> float:
    """Return a limit as an odds ratio, missing where it is none."""
    return exp(limit) if isfinite(limit) and limit < _LARGEST else nan
