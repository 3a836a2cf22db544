"""The penalised model: folds, what is learnt inside them, and its measures."""

from math import inf, isnan, nan

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from her2ctdna.statistics.penalised import (
    LowestSeen,
    Procedure,
    assign_folds,
    compute_auc,
    compute_brier,
    compute_calibration,
    cross_validate,
    fit_procedure,
    log_loss,
    make_pipeline,
    predict,
)

PROCEDURE = Procedure([0.03, 0.3], 3)


def cohort(n: int = 40, signal: float = 0.0, seed: int = 1):
    rng = np.random.default_rng(seed)
    responded = np.arange(n) % 5 < 2
    features = rng.normal(size=(n, 4))
    features[:, 0] += signal * responded
    return features, responded


def test_folds_hold_as_many_responders_and_as_many_patients() -> None:
    _, responded = cohort(42)
    rng = np.random.default_rng(1)
    fold = assign_folds(responded, 5, rng, who=np.arange(42))
    for members in (responded, ~responded, np.full(42, True)):
        sizes = np.bincount(fold[members], minlength=5)
        assert sizes.max() - sizes.min() <= 1


def test_copies_of_a_patient_stay_in_one_fold() -> None:
    rng = np.random.default_rng(1)
    who = rng.integers(20, size=60)
    fold = assign_folds(who % 2 == 0, 3, rng, who=who)
    assert all(len(set(fold[who == patient])) == 1 for patient in who)


def test_value_below_detection_counts_as_the_lowest_that_the_fit_saw() -> None:
    seen = np.array([[2.0, nan, -inf], [-inf, -inf, 1.0], [3.0, nan, nan]])
    fitted = LowestSeen().fit(seen)
    found = fitted.transform(np.array([[-inf, -inf, -5.0], [nan, 1.0, -inf]]))
    assert found[0, [0, 2]].tolist() == [2.0, -5.0]
    assert found[1, [1, 2]].tolist() == [1.0, 1.0]
    assert isnan(found[0, 1])
    assert isnan(found[1, 0])


def test_missing_value_is_the_median_of_the_patients_fitted_and_of_no_other() -> None:
    features = np.array([[1.0], [2.0], [9.0], [nan]] * 3)
    responded = np.array([False, True] * 6)
    model = make_pipeline(0.3).fit(features, responded)
    shown = predict(model, np.array([[nan], [2.0]]))
    assert shown[0] == shown[1]


def test_what_is_held_out_has_no_part_in_its_own_prediction() -> None:
    features, responded = cohort(signal=1.0)
    options = {"folds": 5}
    first = cross_validate(
        features, responded, PROCEDURE, np.random.default_rng(3), **options
    )
    changed = features.copy()
    out = first.fold == 0
    changed[out, 1] = nan
    changed[out, 2] = 99.0
    again = cross_validate(
        changed, responded, PROCEDURE, np.random.default_rng(3), **options
    )
    assert (first.coefficients[0] == again.coefficients[0]).all()
    assert (first.coefficients[1] != again.coefficients[1]).any()


def test_fit_is_that_of_sklearn_with_the_better_of_its_penalties() -> None:
    features, responded = cohort(signal=2.0)
    model = fit_procedure(features, responded, PROCEDURE, np.random.default_rng(2))
    assert model[-1].C == 0.3
    scaled = (features - features.mean(axis=0)) / features.std(axis=0)
    plain = LogisticRegression(C=0.3, tol=1e-10, max_iter=1000).fit(scaled, responded)
    assert model[-1].coef_ == pytest.approx(plain.coef_, abs=1e-4)


def test_more_inner_folds_than_patients_hold_out_one_at_a_time() -> None:
    features, responded = cohort(8)
    rng = np.random.default_rng(2)
    model = fit_procedure(features, responded, Procedure([0.03, 0.3], 20), rng)
    assert model[-1].C in (0.03, 0.3)


def test_noise_prefers_the_stronger_penalty() -> None:
    features, responded = cohort(seed=6)
    model = fit_procedure(features, responded, PROCEDURE, np.random.default_rng(2))
    assert model[-1].C == 0.03


def test_area_and_brier_score_are_those_of_sklearn() -> None:
    rng = np.random.default_rng(4)
    responded = rng.random(30) < 0.5
    probability = np.round(rng.random(30), 1)
    assert compute_auc(responded, probability) == pytest.approx(
        roc_auc_score(responded, probability), abs=1e-15
    )
    assert compute_brier(responded, probability) == pytest.approx(
        brier_score_loss(responded, probability), abs=1e-15
    )


def test_area_within_folds_compares_nobody_across_them() -> None:
    responded = np.array([True, False, True, False])
    probability = np.array([0.9, 0.8, 0.2, 0.1])
    fold = np.array([0, 0, 1, 1])
    assert compute_auc(responded, probability) == 0.75
    assert compute_auc(responded, probability, fold) == 1.0


def test_well_calibrated_probabilities_have_slope_one_and_intercept_zero() -> None:
    probability = np.repeat([0.2, 0.8], 10)
    responded = np.array([True] * 2 + [False] * 8 + [True] * 8 + [False] * 2)
    slope, intercept = compute_calibration(responded, probability)
    assert slope == pytest.approx(1, abs=1e-6)
    assert intercept == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    "probability", [[0.4] * 4, [0.9, 0.8, 0.2, 0.1], [0.1, 0.2, 0.8, 0.9]]
)
def test_calibration_of_constant_or_separating_probabilities_is_missing(
    probability,
) -> None:
    responded = np.array([True, True, False, False])
    found = compute_calibration(responded, np.array(probability))
    assert all(map(isnan, found))


def test_certain_and_wrong_costs_much_and_not_without_end() -> None:
    assert log_loss(np.array([True]), np.array([0.0])) == pytest.approx(27.631, abs=0.1)
