"""The table behind ``model_performance``: calibration, ROC, measures, selection."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from her2ctdna.statistics.method_names import CLOPPER_PEARSON
from her2ctdna.statistics.proportions import compute_rate_interval

MODELS = ("model_clinical", "model_full")
MEASURES = (
    *("auc", "auc_optimism_corrected", "brier", "brier_optimism_corrected"),
    *("brier_of_no_model", "calibration_slope", "auc_of_shuffled_responses"),
)
_COLUMNS = [
    *["item", "model", "name", "n", "N", "probability"],
    *["estimate", "ci_low", "ci_high", "false_positive_rate"],
    *["p_value", "note"],
]
_LEAST_IN_A_GROUP = 8
_MOST_GROUPS = 5


def derive_model_performance(
    model: pd.DataFrame,
    predictions: pd.DataFrame,
    selection: pd.DataFrame,
    *,
    confidence: float,
) -> pd.DataFrame:
    """Return what the figure draws of each model, a row an element (``item``).

    ``calibration``: patients in groups of equal size by their probability out of fold,
    at least 8 in each and at most five groups (ties stay together): the mean
    ``probability``, and of the n responders of N the share (``estimate``) with
    Clopper-Pearson limits. ``rug``: each patient's ``probability`` and whether they
    responded (n of N = 1). ``roc``: sensitivity (``estimate``) by
    ``false_positive_rate``, of the mean probabilities. ``measure``: rows of the table
    of the model, their range over repeats as limits. ``selection``: the share of fits
    in which a feature is among the largest (``estimate``), and in which it has its
    sign (``probability``). A model that was not fitted has one row, ``note``.
    """
    rows = [
        {"model": name, **row}
        for name in MODELS
        for row in _of_model(
            model[model["biomarker"] == name],
            predictions[predictions["model"] == name],
            selection[selection["model"] == name],
            confidence,
        )
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _of_model(
    model: pd.DataFrame,
    predictions: pd.DataFrame,
    selection: pd.DataFrame,
    confidence: float,
) -> Iterator[dict[str, object]]:
    if predictions.empty:
        notes = model["note"].dropna()
        if len(model):
            yield {"item": "note", "note": notes.iloc[0] if len(notes) else None}
        return
    chance = predictions["probability"].to_numpy(dtype=float)
    responded = (predictions["responder"] == "yes").to_numpy()
    yield from _calibrate(chance, responded, confidence)
    for one, did in sorted(zip(chance, responded, strict=True)):
        yield {"item": "rug", "probability": one, "n": int(did), "N": 1}
    if 0 < responded.sum() < len(responded):
        for x, y in _roc(chance, responded):
            yield {"item": "roc", "false_positive_rate": x, "estimate": y}
    found = model[model["measure"].isin(MEASURES)]
    for row in found.itertuples():
        yield {
            "item": "measure",
            "name": row.measure,
            "estimate": row.estimate,
            "ci_low": row.low,
            "ci_high": row.high,
            "p_value": row.p_value,
            "N": row.n,
            "n": row.events,
        }
    for row in selection.itertuples():
        yield {
            "item": "selection",
            "name": row.feature,
            "estimate": row.leading_share,
            "probability": row.same_sign_share,
        }


def _roc(chance: np.ndarray, responded: np.ndarray) -> Iterator[tuple[float, float]]:
    """Yield false and true positive rate, from nobody called on to everybody.

    Equal probabilities are called together. To import scikit-learn for its
    ``roc_curve`` would take longer than to draw the figure.
    """
    yield 0.0, 0.0
    for limit in np.unique(chance)[::-1]:
        called = chance >= limit
        yield float(called[~responded].mean()), float(called[responded].mean())


def _calibrate(
    chance: np.ndarray, responded: np.ndarray, confidence: float
) -> Iterator[dict[str, object]]:
    """Yield the groups of the calibration, from the lowest probability."""
    wanted = min(_MOST_GROUPS, max(1, len(chance) // _LEAST_IN_A_GROUP))
    groups = pd.qcut(chance, wanted, labels=False, duplicates="drop")
    for group in np.unique(groups[~pd.isna(groups)]):
        own = groups == group
        n, total = int(responded[own].sum()), int(own.sum())
        low, high = compute_rate_interval(
            n, total, method=CLOPPER_PEARSON, confidence=confidence
        )
        yield {
            "item": "calibration",
            "name": f"group {int(group) + 1}",
            "n": n,
            "N": total,
            "probability": chance[own].mean(),
            "estimate": n / total,
            "ci_low": low,
            "ci_high": high,
        }
