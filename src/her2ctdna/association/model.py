"""The model of response: clinical covariates alone, and with HER2 and early ctDNA.

Everything that is reported of it comes from patients that a fit has not seen, or is
named apparent. Whether it can tell anything at all is a permutation test of the whole
procedure.
"""

from collections.abc import Iterator
from math import nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import sklearn

from her2ctdna.association.features import Question
from her2ctdna.sets.groupings import FIRST_DOSE
from her2ctdna.statistics.penalised import (
    Predictions,
    Procedure,
    compute_auc,
    compute_brier,
    compute_calibration,
    cross_validate,
    fit_procedure,
    predict,
)

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import ModelSettings

MODEL_COLUMNS = [
    *["endpoint", "population", "origin", "biomarker", "measure", "estimate"],
    *["low", "high", "range_of", "test", "p_value", "family", "q_value"],
    *["n", "events", "patient_ids", "note"],
]
PREDICTION_COLUMNS = [
    *["patient_id", "model", "responder", "probability", "low", "high"],
]
SELECTION_COLUMNS = [
    *["model", "feature", "coefficient", "mean", "low", "high"],
    *["same_sign_share", "leading_share", "n_fits", "n_known"],
]
LEADING = 3
"""How many coefficients, the largest, lead a fit."""

TEST = "permutation_auc"
Row = dict[str, object]


class ModelTables(NamedTuple):
    """The performance, the probabilities and the coefficients of both models."""

    model: pd.DataFrame
    predictions: pd.DataFrame
    selection: pd.DataFrame


def fit_model(question: Question, *, model: "ModelSettings", seed: int) -> ModelTables:
    """Return performance, out-of-fold predictions and stability of both models.

    ``model_clinical`` has the clinical covariates, ``model_full`` HER2 and ctDNA
    too. Nothing is fitted unless twice as many patients as there are folds respond,
    and as many do not, and for lack of features: the rows then say so.

    Parameters
    ----------
    question
        Who and what, see `ask_response`.
    model
        The config: ``repeats`` and ``folds`` of the outer cross-validation,
        ``inner_folds`` and ``strengths`` of the penalty, ``permutations``,
        ``bootstraps``.
    seed
        From which all random states derive.
    """
    tables: list[list[Row]] = [[], [], []]
    features = {
        "model_clinical": question.clinical,
        "model_full": list(question.features),
    }
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        for number, (name, columns) in enumerate(features.items()):
            reason = _why_not(question, columns, name, folds=model["folds"])
            if reason:
                tables[0].append(_row(question, name, "auc", note=reason))
                continue
            fitted = _Model(question, name, columns, model, (seed, number))
            tables[0] += fitted.performance()
            tables[1] += fitted.predictions()
            tables[2] += fitted.selection()
    return ModelTables(
        pd.DataFrame(tables[0], columns=MODEL_COLUMNS),
        pd.DataFrame(tables[1], columns=PREDICTION_COLUMNS),
        pd.DataFrame(tables[2], columns=SELECTION_COLUMNS),
    )


def _why_not(
    question: Question, columns: list[str], name: str, *, folds: int
) -> str | None:
    """Return why a model is not fitted, or nothing."""
    n_events = int(question.responded.sum())
    fewest = min(n_events, len(question.responded) - n_events)
    if not columns:
        return "no features"
    if name == "model_full" and columns == question.clinical:
        return "no HER2 and no ctDNA: the clinical model is all there is"
    if fewest < 2 * folds:
        return f"{fewest} patients with the rarer outcome, {2 * folds} are needed"
    return None


class _Model:
    """One model: its features, and all that is computed of it."""

    def __init__(
        self,
        question: Question,
        name: str,
        columns: list[str],
        settings: "ModelSettings",
        seed: tuple[int, int],
    ) -> None:
        self.question, self.name, self.columns = question, name, columns
        self.settings, self.seed = settings, seed
        self.x = question.features[columns].to_numpy(dtype=float)
        self.y = question.responded
        strengths = settings["strengths"]
        self.procedure = Procedure(strengths, settings["inner_folds"])
        self.whole = fit_procedure(self.x, self.y, self.procedure, self._rng(0))
        self.repeats = self._repeat(self.y, self._rng(1), settings["repeats"])

    def performance(self) -> Iterator[Row]:
        """Yield the rows of the table: cross-validated, apparent, corrected."""
        for measure, values in self._by_repeat().items():
            yield self._over_repeats(measure, values)
        share = float(self.y.mean())
        null = compute_brier(self.y, np.full(len(self.y), share))
        about = "of the share of responders as everybody's probability"
        yield self._row("brier_of_no_model", null, note=about)
        yield from self._corrected()
        if self.name == "model_full":
            yield self._permuted()

    def predictions(self) -> Iterator[Row]:
        """Yield the out-of-fold probability of each patient, over the repeats."""
        each = np.array([repeat.probability for repeat in self.repeats])
        for place, patient in enumerate(self.question.patient_ids):
            own = each[:, place]
            yield {
                "patient_id": patient,
                "model": self.name,
                "responder": "yes" if self.y[place] else "no",
                "probability": float(own.mean()),
                "low": float(own.min()),
                "high": float(own.max()),
            }

    def selection(self) -> Iterator[Row]:
        """Yield each coefficient, per SD, and how it holds over all outer fits."""
        whole = self.whole[-1].coef_[0]
        fits = np.concatenate([repeat.coefficients for repeat in self.repeats])
        size = np.abs(fits)
        leads = (size[:, :, None] < size[:, None, :]).sum(axis=2) < LEADING
        known = self.question.features[self.columns].notna().sum()
        for place, feature in enumerate(self.columns):
            own = fits[:, place]
            yield {
                "model": self.name,
                "feature": feature,
                "coefficient": float(whole[place]),
                "mean": float(own.mean()),
                "low": float(own.min()),
                "high": float(own.max()),
                "same_sign_share": float(
                    (np.sign(own) == np.sign(whole[place])).mean()
                ),
                "leading_share": float((leads[:, place] & (size[:, place] > 0)).mean()),
                "n_fits": len(own),
                "n_known": int(known.iloc[place]),
            }

    def _by_repeat(self) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for repeat in self.repeats:
            slope, intercept = compute_calibration(self.y, repeat.probability)
            values = {
                "auc": compute_auc(self.y, repeat.probability, repeat.fold),
                "brier": compute_brier(self.y, repeat.probability),
                "calibration_slope": slope,
                "calibration_intercept": intercept,
            }
            for measure, value in values.items():
                found.setdefault(measure, []).append(value)
        return found

    def _over_repeats(self, measure: str, values: list[float]) -> Row:
        known = [value for value in values if value == value]
        if not known:
            return self._row(measure, note="no line fits the predictions")
        note = None
        if len(known) < len(values):
            note = f"known in {len(known)} of {len(values)} repeats"
        return self._row(measure, float(np.mean(known)), note=note) | {
            "low": min(known),
            "high": max(known),
            "range_of": f"{len(known)} repeats",
        }

    def _corrected(self) -> Iterator[Row]:
        """Yield apparent and optimism-corrected AUC and Brier score (Harrell)."""
        measures = {"auc": compute_auc, "brier": compute_brier}
        fitted = predict(self.whole, self.x)
        rng = self._rng(2)
        optimism: dict[str, list[float]] = {measure: [] for measure in measures}
        for _ in range(self.settings["bootstraps"]):
            drawn = self._draw(rng)
            x, y = self.x[drawn], self.y[drawn]
            model = fit_procedure(x, y, self.procedure, rng, who=drawn)
            inside, outside = predict(model, x), predict(model, self.x)
            for measure, compute in measures.items():
                gain = compute(y, inside) - compute(self.y, outside)
                optimism[measure].append(gain)
        note = f"{self.settings['bootstraps']} samples with replacement"
        for measure, compute in measures.items():
            apparent = compute(self.y, fitted)
            seen = "of the patients it was fitted to"
            yield self._row(f"{measure}_apparent", apparent, note=seen)
            corrected = apparent - float(np.mean(optimism[measure]))
            yield self._row(f"{measure}_optimism_corrected", corrected, note=note)

    def _draw(self, rng: np.random.Generator) -> np.ndarray:
        """Return patients with replacement, at least two of each outcome."""
        while True:
            drawn = rng.integers(len(self.y), size=len(self.y))
            distinct = self.y[np.unique(drawn)]
            if min(distinct.sum(), (~distinct).sum()) >= 2:
                return np.asarray(drawn)

    def _permuted(self) -> Row:
        """Return the test that responses are unrelated to all features.

        The AUC, the mean of all repeats, against one cross-validation for each
        shuffling of the responses, with folds and choices of its own. One varies
        more than a mean of several, so the test errs on the side of caution.
        """
        rng = self._rng(3)
        observed = float(np.mean(self._by_repeat()["auc"]))
        shuffled = []
        for _ in range(self.settings["permutations"]):
            y = rng.permutation(self.y)
            repeat = self._repeat(y, rng, 1)[0]
            shuffled.append(compute_auc(y, repeat.probability, repeat.fold))
        reached = sum(value >= observed - 1e-12 for value in shuffled)
        row = self._row("auc_of_shuffled_responses", float(np.mean(shuffled)))
        return row | {
            "low": min(shuffled),
            "high": max(shuffled),
            "range_of": f"{len(shuffled)} permutations",
            "test": TEST,
            "p_value": (1 + reached) / (1 + len(shuffled)),
            "note": "one-sided; each permutation is cross-validated once",
        }

    def _repeat(
        self, y: np.ndarray, rng: np.random.Generator, repeats: int
    ) -> list[Predictions]:
        folds = self.settings["folds"]
        return [
            cross_validate(self.x, y, self.procedure, rng, folds=folds)
            for _ in range(repeats)
        ]

    def _rng(self, purpose: int) -> np.random.Generator:
        return np.random.default_rng([*self.seed, purpose])

    def _row(self, measure: str, estimate: float = nan, **more: object) -> Row:
        return _row(self.question, self.name, measure, estimate=estimate, **more)


def _row(question: Question, name: str, measure: str, **more: object) -> Row:
    return {
        "endpoint": "orr",
        "population": "all_treated",
        "origin": question.landmark or FIRST_DOSE,
        "biomarker": name,
        "measure": measure,
        "n": len(question.responded),
        "events": int(question.responded.sum()),
        "patient_ids": ";".join(question.patient_ids) or None,
        **more,
    }
