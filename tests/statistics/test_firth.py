"""Firth's logistic regression against R's logistf (../shared/golden) and vectors."""

import json
from math import exp, isfinite, isnan, log
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from her2ctdna.statistics.firth import (
    compute_firth_odds_ratio,
    compute_firth_test,
    fit_firth,
)

GOLDEN = Path(__file__).parents[3] / "shared" / "golden" / "03_logistic"
REFERENCE = Path(__file__).parents[1] / "reference"
needs_golden = pytest.mark.skipif(not GOLDEN.exists(), reason="no ../shared/golden")
EARLY_STOP = ("separated", "x")
"""Whose upper limit logistf stops short of; that of x itself is tested apart."""


def golden(name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    values = json.loads((GOLDEN / f"{name}.golden.json").read_text(encoding="utf-8"))
    return pd.read_csv(GOLDEN / f"{name}.csv"), values


def same(expected: float) -> object:
    return pytest.approx(expected, abs=1e-6, rel=1e-6)


@needs_golden
@pytest.mark.parametrize(
    ("name", "model"),
    [("sex2", ""), ("separated", "x"), ("separated", "b"), ("separated", "xb")],
)
def test_coefficients_intervals_and_p_are_those_of_logistf(
    name: str, model: str
) -> None:
    data, values = golden(name)
    expected = (values[model] if model else values)["firth_pl"]["value"]
    outcome = data.columns[0]
    columns = list(model) or [c for c in data if c != outcome]
    covariates = data[columns].to_numpy(dtype=float)
    event = data[outcome].to_numpy(dtype=bool)
    for place, column in enumerate(columns):
        found = fit_firth(covariates, event, column=place, confidence=0.95)
        assert log(found.estimate) == same(expected["coef"][column])
        assert log(found.low) == same(expected["lower"][column])
        if (name, model) != EARLY_STOP:
            assert log(found.high) == same(expected["upper"][column])
        assert found.p_value == same(expected["p"][column])
        assert found.note is None


@needs_golden
def test_upper_limit_where_logistf_stops_early_is_the_true_one() -> None:
    data, _ = golden("separated")
    event = data["y"].to_numpy(dtype=bool)
    covariates = data[["x"]].to_numpy(dtype=float)
    found = fit_firth(covariates, event, column=0, confidence=0.95)
    assert log(found.high) == pytest.approx(19.156325, abs=1e-5)


@needs_golden
def test_joint_test_of_coefficients_is_that_of_logistftest() -> None:
    data, values = golden("sex2")
    event = data["case"].to_numpy(dtype=bool)
    covariates = data.drop(columns="case")
    design = np.column_stack([np.ones(len(data)), covariates]).astype(float)
    for place, column in enumerate(covariates):
        expected = values["firth_lrt"][column]["value"]
        statistic, p_value, note = compute_firth_test(
            design, event, tested=[0, place + 1]
        )
        full, held = expected["loglik"]
        assert statistic == same(2 * (full - held))
        p_expected = expected["p"]
        assert p_value == same(p_expected["null"])
        assert note is None


@needs_golden
def test_test_of_one_coefficient_is_that_of_the_fit() -> None:
    data, values = golden("sex2")
    event = data["case"].to_numpy(dtype=bool)
    covariates = data.drop(columns="case")
    design = np.column_stack([np.ones(len(data)), covariates]).astype(float)
    expected = values["firth_pl"]["value"]["p"]
    for place, column in enumerate(covariates):
        _, p_value, _ = compute_firth_test(design, event, tested=[place + 1])
        assert p_value == same(expected[column])


@pytest.mark.parametrize(
    ("counts", "beta", "low", "high"),
    [
        ((7, 12, 0, 6), 2.87510, 0.4260, 7.8246),
        ((27, 72, 11, 37), 0.33127, -0.4937, 1.1942),
        ((14, 33, 1, 40), 2.97457, log(4.32), log(187.9)),
    ],
)
def test_published_odds_ratios_are_reproduced(
    counts: tuple[int, int, int, int], beta: float, low: float, high: float
) -> None:
    found = compute_firth_odds_ratio(*counts, confidence=0.95)
    assert log(found.estimate) == pytest.approx(beta, abs=1e-5)
    assert log(found.low) == pytest.approx(low, abs=1e-3)
    assert log(found.high) == pytest.approx(high, abs=1e-3)


def test_penalised_p_of_a_published_table() -> None:
    found = compute_firth_odds_ratio(7, 12, 0, 6, confidence=0.95)
    assert found.p_value == pytest.approx(0.01791, abs=1e-5)


def test_every_table_of_a_small_trial_has_a_finite_odds_ratio_with_half_added() -> None:
    for x in range(0, 15, 2):
        for y in range(0, 29, 4):
            found = compute_firth_odds_ratio(x, 14, y, 28, confidence=0.95)
            if x + y in (0, 42):
                assert isnan(found.estimate)
                continue
            expected = (x + 0.5) * (28 - y + 0.5) / ((14 - x + 0.5) * (y + 0.5))
            assert found.estimate == pytest.approx(expected, rel=1e-6)
            assert 0 < found.low < found.estimate < found.high
            assert isfinite(found.high)
            assert 0 < found.p_value <= 1


def test_a_table_on_which_the_tightest_fit_stops_has_an_odds_ratio_all_the_same() -> (
    None
):
    found = compute_firth_odds_ratio(7, 19, 3, 11, confidence=0.95)
    assert found.estimate == pytest.approx(7.5 * 8.5 / (12.5 * 3.5), rel=1e-6)
    assert found.note is None


@pytest.mark.parametrize(
    ("counts", "note"),
    [
        ((0, 0, 3, 10), "a group without patients"),
        ((3, 10, 0, 0), "a group without patients"),
        ((0, 10, 0, 12), "no patient has the event"),
        ((10, 10, 12, 12), "every patient has the event"),
    ],
)
def test_tables_without_information_have_no_estimate_and_say_why(
    counts: tuple[int, int, int, int], note: str
) -> None:
    found = compute_firth_odds_ratio(*counts, confidence=0.95)
    assert all(isnan(value) for value in found[:4])
    assert found.note == note


def test_a_group_that_is_its_covariate_is_not_identifiable() -> None:
    group = np.repeat([0.0, 1.0], 6)
    event = np.tile([True, False, False], 4)
    both = np.column_stack([group, group])
    found = fit_firth(both, event, column=0, confidence=0.95)
    assert isnan(found.estimate)
    assert str(found.note).startswith("not identifiable")
    design = np.column_stack([np.ones(12), both])
    statistic, p_value, note = compute_firth_test(design, event, tested=[1])
    assert isnan(statistic)
    assert isnan(p_value)
    assert str(note).startswith("not identifiable")


def test_odds_ratio_of_a_perfectly_split_table_is_finite_and_wide() -> None:
    found = compute_firth_odds_ratio(10, 10, 0, 12, confidence=0.95)
    assert found.estimate == pytest.approx(21 * 25, rel=1e-6)
    assert found.high > exp(10)


FAR_FROM_ZERO = pd.read_csv(REFERENCE / "firth.csv")


@pytest.mark.parametrize(
    "row",
    FAR_FROM_ZERO.to_dict("records"),
    ids=lambda row: f"{row['set']}-{row['column']}",
)
def test_age_and_year_beside_separation_are_those_of_the_profile_in_r(
    row: dict[str, Any],
) -> None:
    data = pd.read_csv(REFERENCE / "firth_data.csv").query("set == @row['set']")
    columns = ["group", "covariate"]
    covariates = data[columns].to_numpy(dtype=float)
    event = data["event"].to_numpy(dtype=bool)
    place = columns.index(row["column"])
    found = fit_firth(covariates, event, column=place, confidence=0.95)
    assert found.note is None
    assert log(found.estimate) == same(row["beta"])
    assert log(found.low) == same(row["low"])
    assert log(found.high) == same(row["high"])
    assert found.p_value == same(row["p"])
    design = np.column_stack([np.ones(len(event)), covariates])
    _, p_value, note = compute_firth_test(design, event, tested=[place + 1])
    assert note is None
    assert p_value == same(row["p"])


@pytest.mark.parametrize("spread", [(58, 11), (2021, 2), (0, 1e-4), (2e5, 6e4)])
def test_fits_of_separated_data_converge_whatever_the_scale(
    spread: tuple[float, float],
) -> None:
    for seed in range(25):
        random = np.random.default_rng(seed)
        n = int(random.integers(20, 43))
        in_group = np.arange(n) < n // 2
        value = random.normal(size=n)
        event = in_group & (random.random(n) < 0.5)
        centre, width = spread
        plain, shifted = (
            fit_firth(
                np.column_stack([in_group, covariate]).astype(float),
                event,
                column=0,
                confidence=0.95,
            )
            for covariate in (value, centre + width * value)
        )
        assert plain.note is shifted.note is None
        assert shifted[:4] == pytest.approx(plain[:4], rel=1e-5)
