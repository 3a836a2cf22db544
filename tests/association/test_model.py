"""The model of response is honest: noise gives 0.5, and a signal is found."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.association.features import Question
from her2ctdna.association.model import fit_model

SETTINGS = {
    **{"repeats": 2, "folds": 5, "inner_folds": 3, "strengths": [0.03, 0.3]},
    **{"bootstraps": 10, "permutations": 19},
}

QUICK = SETTINGS | {"repeats": 1, "bootstraps": 1, "permutations": 1}


def question(
    *, signal: float = 0.0, n: int = 40, seed: int = 1, missing: float = 0.2
) -> Question:
    rng = np.random.default_rng(seed)
    responded = rng.permutation(np.arange(n) % 5 < 2)
    ratio = rng.normal(size=n) - signal * responded
    ratio[rng.random(n) < missing] = np.nan
    ratio[np.nan_to_num(ratio, nan=0.0) < -3.5] = -np.inf
    features = pd.DataFrame(
        {
            "hr_status=positive": rng.integers(2, size=n).astype(float),
            "prior_lines": rng.integers(1, 5, size=n).astype(float),
            "her2_low": rng.integers(2, size=n).astype(float),
            "log2_ratio_C2D1": ratio,
            "no_ctdna_C2D1": np.isnan(ratio).astype(float),
        }
    )
    ids = [f"P{number:02}" for number in range(n)]
    return Question(ids, features, list(features)[:2], responded, "C2D1")


def value(table: pd.DataFrame, measure: str, model: str = "model_full") -> float:
    rows = table[(table["measure"] == measure) & (table["biomarker"] == model)]
    assert len(rows) == 1
    return float(rows["estimate"].iloc[0])


def test_shuffled_responses_give_an_area_of_one_half_within_error() -> None:
    """30 cohorts of noise: the mean AUC lies within three errors of one half."""
    areas, briers = [], []
    for seed in range(30):
        model = fit_model(question(seed=seed), model=QUICK, seed=seed).model
        areas.append(value(model, "auc"))
        briers.append(value(model, "brier") - value(model, "brier_of_no_model"))
    error = np.std(areas, ddof=1) / len(areas) ** 0.5
    assert error < 0.04
    assert abs(np.mean(areas) - 0.5) < 3 * error
    assert np.mean(briers) > 0


@pytest.fixture(scope="module")
def strong():
    return fit_model(question(signal=3.0), model=SETTINGS, seed=1)


def test_signal_is_found_and_credited_to_its_feature(strong) -> None:
    assert value(strong.model, "auc") > 0.8
    assert value(strong.model, "auc", "model_clinical") < 0.7
    assert value(strong.model, "brier") < value(strong.model, "brier_of_no_model")
    tested = strong.model[strong.model["test"] == "permutation_auc"]
    assert tested["p_value"].tolist() == [0.05]
    selection = strong.selection.set_index(["model", "feature"])
    ratio = selection.loc[("model_full", "log2_ratio_C2D1")]
    assert ratio["coefficient"] < 0
    assert ratio["same_sign_share"] == 1
    assert ratio["leading_share"] == 1
    assert ratio["n_fits"] == 10


def test_apparent_performance_is_better_than_the_corrected(strong) -> None:
    for model in ("model_clinical", "model_full"):
        apparent = value(strong.model, "auc_apparent", model)
        assert value(strong.model, "auc_optimism_corrected", model) < apparent
        apparent = value(strong.model, "brier_apparent", model)
        assert value(strong.model, "brier_optimism_corrected", model) > apparent


def test_each_patient_has_a_probability_from_each_model(strong) -> None:
    predictions = strong.predictions
    assert len(predictions) == 80
    assert not predictions.duplicated(["patient_id", "model"]).any()
    assert predictions["probability"].between(0, 1).all()
    assert (predictions["low"] <= predictions["high"]).all()


def test_shuffled_responses_of_the_test_itself_lie_about_one_half() -> None:
    settings = SETTINGS | {"repeats": 1, "bootstraps": 1, "permutations": 40}
    model = fit_model(question(signal=3.0), model=settings, seed=2).model
    assert value(model, "auc_of_shuffled_responses") == pytest.approx(0.5, abs=0.08)


def test_same_seed_gives_the_same_tables_and_another_does_not() -> None:
    found = [fit_model(question(), model=QUICK, seed=seed) for seed in (1, 1, 2)]
    for first, second in zip(found[0], found[1], strict=True):
        pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert value(found[2].model, "auc") != value(found[0].model, "auc")


@pytest.mark.parametrize(
    ("responded", "note"),
    [
        (np.zeros(40, dtype=bool), "0 patients with the rarer outcome, 10 are needed"),
        (np.ones(40, dtype=bool), "0 patients with the rarer outcome, 10 are needed"),
        (np.arange(40) < 9, "9 patients with the rarer outcome, 10 are needed"),
    ],
)
def test_too_few_of_an_outcome_give_a_reason_and_no_number(responded, note) -> None:
    asked = question()._replace(responded=responded)
    found = fit_model(asked, model=SETTINGS, seed=1)
    assert found.model["note"].tolist() == [note, note]
    assert found.model["estimate"].isna().all()
    assert len(found.predictions) == len(found.selection) == 0


def test_model_without_features_of_its_own_is_not_fitted() -> None:
    asked = question()
    clinical = asked._replace(features=asked.features[asked.clinical])
    model = fit_model(clinical, model=QUICK, seed=1).model
    note = model.loc[model["biomarker"] == "model_full", "note"].tolist()
    assert note == ["no HER2 and no ctDNA: the clinical model is all there is"]
    bare = asked._replace(clinical=[])
    model = fit_model(bare, model=QUICK, seed=1).model
    assert model.loc[model["biomarker"] == "model_clinical", "note"].tolist() == [
        "no features"
    ]


def test_feature_that_nobody_has_is_of_no_weight() -> None:
    asked = question(missing=1.0)
    found = fit_model(asked, model=QUICK, seed=1).selection
    ratio = found[found["feature"] == "log2_ratio_C2D1"].iloc[0]
    assert (ratio["coefficient"], ratio["n_known"]) == (0, 0)
