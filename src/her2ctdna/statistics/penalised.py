"""Ridge logistic regression whose every choice is made inside the patients it fits.

Imputation, scaling and the strength of the penalty are part of the procedure, so that
cross-validation, the bootstrap and the permutation test judge all of it. Ridge and
not lasso: with a dozen responders which of two related features a lasso keeps is
chance, and ridge leaves the intercept, so the mean of the probabilities, alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

_FLOOR = 1e-12


class Procedure(NamedTuple):
    """What is tried: ``strengths`` are sklearn's C, small ones shrinking more."""

    strengths: Sequence[float]
    inner_folds: int


class Predictions(NamedTuple):
    """Of one repeat of cross-validation: out of fold, and the fits behind them."""

    probability: np.ndarray
    fold: np.ndarray
    coefficients: np.ndarray


class LowestSeen(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Put values below detection (minus infinity) level with the lowest one seen.

    The order is kept and no distance below detection is made up. Where a fit saw no
    value at all they are missing.
    """

    def fit(self, features: np.ndarray, responded: object = None) -> "LowestSeen":
        """Find the lowest value of each column."""
        seen = np.where(np.isfinite(features), features, np.inf)
        lowest = seen.min(axis=0)
        self.lowest_ = np.where(np.isfinite(lowest), lowest, np.nan)
        return self

    def transform(self, features: np.ndarray) -> np.ndarray:
        """Return the features without minus infinity."""
        return np.where(np.isneginf(features), self.lowest_, features)


def make_pipeline(strength: float) -> Pipeline:
    """Return the model: what is missing or below detection, scale, ridge logistic."""
    return Pipeline(
        [
            ("below", LowestSeen()),
            ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("scale", StandardScaler()),
            ("logistic", LogisticRegression(C=strength, solver="newton-cholesky")),
        ]
    )


def assign_folds(
    responded: np.ndarray, folds: int, rng: np.random.Generator, *, who: np.ndarray
) -> np.ndarray:
    """Return the fold of each row, responders spread evenly and all folds of one size.

    Rows of one patient (``who``), as a sample with replacement has them, stay
    together, which sklearn's `StratifiedKFold` cannot.
    """
    fold = np.zeros(len(responded), dtype=int)
    start = 0
    for outcome in (True, False):
        ids = rng.permutation(np.unique(who[responded == outcome]))
        for place, patient in enumerate(ids):
            fold[who == patient] = (start + place) % folds
        start += len(ids)
    return fold


def fit_procedure(
    features: np.ndarray,
    responded: np.ndarray,
    procedure: Procedure,
    rng: np.random.Generator,
    *,
    who: np.ndarray | None = None,
) -> Pipeline:
    """Return the model fitted with the strength that inner cross-validation prefers.

    By log loss; of equal ones the stronger penalty.
    """
    strengths = sorted(procedure.strengths)
    best = strengths[0]
    if len(strengths) > 1:
        who = np.arange(len(responded)) if who is None else who
        fold = assign_folds(responded, procedure.inner_folds, rng, who=who)
        losses = [0.0] * len(strengths)
        for held_out in np.unique(fold):  # more folds than patients leave some empty
            is_test = fold == held_out
            train, test = features[~is_test], features[is_test]
            prepare = make_pipeline(best)[:-1]
            train, test = prepare.fit_transform(train), prepare.transform(test)
            for place, strength in enumerate(strengths):
                model = make_pipeline(strength)[-1].fit(train, responded[~is_test])
                chance = expit(test @ model.coef_[0] + model.intercept_[0])
                losses[place] += log_loss(responded[is_test], chance)
        best = strengths[int(np.argmin(losses))]
    return make_pipeline(best).fit(features, responded)


def cross_validate(
    features: np.ndarray,
    responded: np.ndarray,
    procedure: Procedure,
    rng: np.random.Generator,
    *,
    folds: int,
) -> Predictions:
    """Return the probability of each patient from a model that has not seen them."""
    fold = assign_folds(responded, folds, rng, who=np.arange(len(responded)))
    probability = np.zeros(len(responded))
    coefficients = []
    for held_out in range(folds):
        is_test = fold == held_out
        model = fit_procedure(features[~is_test], responded[~is_test], procedure, rng)
        probability[is_test] = predict(model, features[is_test])
        coefficients.append(model[-1].coef_[0])
    return Predictions(probability, fold, np.array(coefficients))


def predict(model: Pipeline, features: np.ndarray) -> np.ndarray:
    """Return the probability of response of each row."""
    return np.asarray(model.predict_proba(features)[:, 1])


def log_loss(responded: np.ndarray, probability: np.ndarray) -> float:
    """Return the sum of the losses of these probabilities."""
    given = np.where(responded, probability, 1 - probability)
    return float(-np.log(np.maximum(given, _FLOOR)).sum())


def compute_brier(responded: np.ndarray, probability: np.ndarray) -> float:
    """Return the mean squared distance of probability and outcome."""
    return float(((probability - responded) ** 2).mean())


def compute_auc(
    responded: np.ndarray, probability: np.ndarray, fold: np.ndarray | None = None
) -> float:
    """Return how often a responder has the higher probability; ties count one half.

    With folds only patients of one fold are compared: across folds the models
    differ, and a fold with more responders has been fitted on fewer, which pulls a
    pooled area below one half where nothing is to be found.
    """
    together = responded[:, None] & ~responded[None, :]
    if fold is not None:
        together &= fold[:, None] == fold[None, :]
    higher = np.sign(probability[:, None] - probability[None, :]) / 2 + 0.5
    return float(higher[together].mean())


def compute_calibration(
    responded: np.ndarray, probability: np.ndarray
) -> tuple[float, float]:
    """Return slope and intercept of the outcome on the log odds of the prediction.

    Logistic regression without penalty; 1 and 0 are ideal, a slope below 1 means
    that the probabilities are too extreme. NaN where the probabilities are all the
    same, or separate the outcomes so that no line fits.
    """
    safe = np.clip(probability, _FLOOR, 1 - _FLOOR)
    odds = np.log(safe / (1 - safe))
    with_it, without = odds[responded], odds[~responded]
    is_apart = with_it.min() >= without.max() or with_it.max() <= without.min()
    if is_apart or np.ptp(odds) < _FLOOR:
        return float("nan"), float("nan")
    free = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10)
    free.fit(odds[:, None], responded)
    return float(free.coef_[0, 0]), float(free.intercept_[0])
