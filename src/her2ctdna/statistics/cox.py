"""Cox's partial likelihood: several covariates, late entry, ties, Firth's penalty.

Written out because no Python library has profile-likelihood intervals or the score
test of proportional hazards, statsmodels counts a row at risk at its entry, and
firthmodels has neither late entry nor Efron's ties. Checked against R's survival and
coxphf (tests/reference, ../shared/golden).
"""

from collections.abc import Mapping
from functools import cached_property
from math import inf
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog

FARTHEST = 50.0
"""The log hazard ratio that stands for infinity: exp(50) dwarfs any count."""

_MOST_STEPS = 500
_LONGEST_STEP = 2.0
_SMALLEST_SCORE = 1e-9
_FLAT = 1e-7
_ROUNDING = 1e-12
_OUT_OF_REACH = "the likelihood has no maximum in reach"


class Fit(NamedTuple):
    """Where a likelihood is highest, how high, and its information there."""

    beta: np.ndarray
    log_likelihood: float
    information: np.ndarray


class PartialLikelihood:
    """The partial likelihood of covariates of rows that are followed.

    A row is at risk after ``entry`` up to and including ``time``: (entry, time]. Each
    event has a risk set of weights; of several events at a time each finds the share
    of the earlier ones gone (Efron) or all still there (Breslow).

    Parameters
    ----------
    time, event
        End of each row, and whether it is an event.
    covariates
        One row each, one column a covariate.
    entry
        Start of each row; without it all are at risk from the beginning.
    ties
        ``efron`` or ``breslow``.
    penalised
        Whether half the logarithm of the determinant of the information is added
        (Firth, Biometrika 1993;80:27; Heinze and Schemper, Biometrics 2001;57:114),
        which keeps estimates finite.
    """

    def __init__(
        self,
        time: np.ndarray,
        event: np.ndarray,
        covariates: np.ndarray,
        *,
        entry: np.ndarray | None = None,
        ties: str = "efron",
        penalised: bool = False,
    ) -> None:
        rows = np.asarray(covariates, dtype=float)
        rows = rows[:, None] if rows.ndim == 1 else rows
        self.x = rows - rows.mean(axis=0) if len(rows) else rows
        self.size = self.x.shape[1]
        self.penalised = penalised
        failing = np.flatnonzero(event)
        failing = failing[np.argsort(time[failing], kind="stable")]
        self.times = time[failing]
        first = np.searchsorted(self.times, self.times)
        deaths = np.searchsorted(self.times, self.times, side="right") - first
        gone = (np.arange(len(failing)) - first) / np.maximum(deaths, 1)
        when = self.times[:, None]
        at_risk = time >= when
        if entry is not None:
            at_risk &= entry < when
        self.failing = self.x[failing]
        self.at_risk = at_risk
        self.weights = at_risk.astype(float)
        if ties == "efron":
            self.weights -= gone[:, None] * ((time == when) & event)

    @cached_property
    def outer(self) -> np.ndarray:
        """The products of the covariates of each row, one row each."""
        products: np.ndarray = self.x[:, :, None] * self.x[:, None, :]
        return products.reshape(len(self.x), -1)

    def chances(self, beta: np.ndarray) -> tuple[np.ndarray, float]:
        """Return each row's chance of each event, and the log likelihood."""
        risk = np.where(self.at_risk, self.x @ beta, -inf)
        top = risk.max(axis=1)
        weighted = self.weights * np.exp(risk - top[:, None])
        total = weighted.sum(axis=1)
        value = (self.failing @ beta - np.log(total) - top).sum()
        return weighted / total[:, None], float(value)

    def variances(self, chances: np.ndarray, means: np.ndarray) -> np.ndarray:
        """Return the variance of the covariates in each risk set."""
        squares = (chances @ self.outer).reshape(-1, self.size, self.size)
        found: np.ndarray = squares - means[:, :, None] * means[:, None, :]
        return found

    def evaluate(self, beta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return the (penalised) log likelihood, its score, and the information."""
        chances, value = self.chances(beta)
        means = chances @ self.x
        information = self.variances(chances, means).sum(axis=0)
        score = (self.failing - means).sum(axis=0)
        if self.penalised:
            sign, log_determinant = np.linalg.slogdet(information)
            if sign <= 0:
                return -inf, score, information
            value += log_determinant / 2
            score = score + self._pull(chances, means, information)
        return value, score, information

    def _pull(
        self, chances: np.ndarray, means: np.ndarray, information: np.ndarray
    ) -> np.ndarray:
        """Return the score of the penalty, from the third moments of risk sets."""
        inverse = np.linalg.inv(information)
        apart = self.x[None, :, :] - means[:, None, :]
        lengths = np.einsum("snp,pq,snq->sn", apart, inverse, apart, optimize=True)
        pull: np.ndarray = np.einsum("sn,sn,snp->p", chances, lengths, apart) / 2
        return pull

    def maximise(
        self,
        *,
        fixed: Mapping[int, float] | None = None,
        start: np.ndarray | None = None,
    ) -> Fit:
        """Return the maximum over all coefficients but those that are ``fixed``.

        Newton's method, its steps halved until they gain enough: with the penalty the
        likelihood bends more than its information says. Raises ArithmeticError if it
        does not get there, as where the likelihood rises without end.
        """
        beta = np.zeros(self.size) if start is None else start.copy()
        for place, value in (fixed or {}).items():
            beta[place] = value
        free = [place for place in range(self.size) if place not in (fixed or {})]
        value, score, information = self.evaluate(beta)
        for _ in range(_MOST_STEPS):
            if not free or np.abs(score[free]).max() < _SMALLEST_SCORE:
                return Fit(beta, value, information)
            step = np.zeros(self.size)
            step[free] = _solve(information[np.ix_(free, free)], score[free])
            step *= min(1.0, _LONGEST_STEP / np.abs(step).max())
            trial = self.evaluate(beta + step)
            while not _is_better(trial, value, score, step, free):
                step /= 2
                if np.abs(step).max() < _ROUNDING:
                    raise ArithmeticError(_OUT_OF_REACH)
                trial = self.evaluate(beta + step)
            beta, (value, score, information) = beta + step, trial
        raise ArithmeticError(_OUT_OF_REACH)

    def find_flaw(self) -> str | None:
        """Return why coefficients cannot be estimated, or None.

        That they cannot be told apart, or that in some direction the likelihood
        never falls: each event is of a row whose score is the highest at risk
        (monotone likelihood). The penalty cures the second.
        """
        if not len(self.times):
            return "no events"
        information = self.evaluate(np.zeros(self.size))[2]
        if np.linalg.matrix_rank(information, tol=_FLAT) < self.size:
            return "at the events no covariate varies, or some cannot be told apart"
        if not self.penalised and self._rises_without_end():
            return "monotone likelihood"
        return None

    def _rises_without_end(self) -> bool:
        """Tell by linear programming whether a direction of recession exists."""
        gaps = self.failing[:, None, :] - self.x[None, :, :]
        gaps = np.unique(gaps[self.at_risk], axis=0)
        found = linprog(
            -gaps.sum(axis=0), A_ub=-gaps, b_ub=np.zeros(len(gaps)), bounds=(-1, 1)
        )
        return bool(-found.fun > _FLAT)


def _solve(information: np.ndarray, score: np.ndarray) -> np.ndarray:
    try:
        solved: np.ndarray = np.linalg.solve(information, score)
    except np.linalg.LinAlgError:
        raise ArithmeticError(_OUT_OF_REACH) from None
    return solved


def _is_better(
    trial: tuple[float, np.ndarray, np.ndarray],
    value: float,
    score: np.ndarray,
    step: np.ndarray,
    free: list[int],
) -> bool:
    """Tell whether a step gained a quarter of what its slope promised.

    Near the maximum, where gains drown in rounding, the score must have shrunk.
    """
    if trial[0] >= value + score @ step / 4:
        return True
    is_level = trial[0] >= value - _ROUNDING * (1 + abs(value))
    shrunk = np.abs(trial[1][free]).max() <= 0.75 * np.abs(score[free]).max()
    return bool(is_level and shrunk)
