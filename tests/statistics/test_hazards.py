"""Hazard ratios and the check of proportional hazards against R."""

from math import exp, isnan

import numpy as np
import pandas as pd
import pytest
from times import GOLDEN, REFERENCE, TWO_GROUPS, golden, needs_golden, vectors, veteran

from her2ctdna.statistics.cox import PartialLikelihood
from her2ctdna.statistics.hazards import (
    compute_adjusted_hazard_ratio,
    compute_hazard_ratio,
    compute_proportionality,
    compute_score_of_change,
    compute_wald_interval,
)

COVARIATES = ["trt2", "karno", "age"]


@pytest.mark.parametrize("row", TWO_GROUPS, ids=lambda row: str(row["set"]))
def test_hazard_ratio_and_profile_interval_agree_with_r(row: dict[str, float]) -> None:
    time, event, group = vectors(str(row["set"]))
    found = compute_hazard_ratio(time, event, group.to_numpy(), confidence=0.95)
    assert found.estimate == pytest.approx(row["hazard_ratio"], rel=1e-8)
    assert found.low == pytest.approx(row["low"], rel=1e-8)
    assert found.high == pytest.approx(row["high"], rel=1e-8)
    assert found.p_value == pytest.approx(row["p_value"], rel=1e-8)
    assert found.note is None


@needs_golden
def test_hazard_ratio_agrees_with_r_on_veteran() -> None:
    data = pd.read_csv(GOLDEN / "veteran.csv")
    values = golden("veteran")
    expected = values["cox_group"]["efron"]["value"]["coef"]["factor(trt)2"]["hr"]
    found = compute_hazard_ratio(
        data["time"].to_numpy(),
        data["event"].to_numpy() == 1,
        data["trt"].to_numpy() == 2,
        confidence=0.95,
    )
    assert found.estimate == pytest.approx(expected, rel=1e-8)


def test_monotone_likelihood_keeps_the_limit_and_p_that_exist() -> None:
    time, event, group = vectors("monotone")
    expected = pd.read_csv(REFERENCE / "monotone_cox.csv").iloc[0]
    found = compute_hazard_ratio(time, event, group.to_numpy(), confidence=0.95)
    assert isnan(found.estimate)
    assert isnan(found.high)
    assert found.low == pytest.approx(expected["low"], rel=1e-8)
    assert found.p_value == pytest.approx(expected["p_value"], rel=1e-8)
    assert found.note == (
        "monotone likelihood: no event in the reference while the other is at risk"
    )


def test_monotone_likelihood_has_no_wald_interval_but_the_reason() -> None:
    time, event, group = vectors("monotone")
    profile = compute_hazard_ratio(time, event, group.to_numpy(), confidence=0.95)
    found = compute_wald_interval(
        time, event, group.to_numpy(), profile, confidence=0.95
    )
    assert all(isnan(value) for value in found[:4])
    assert found.note == profile.note


def test_monotone_likelihood_mirrors_when_the_groups_change_places() -> None:
    time, event, group = vectors("monotone")
    forth = compute_hazard_ratio(time, event, group.to_numpy(), confidence=0.95)
    back = compute_hazard_ratio(time, event, ~group.to_numpy(), confidence=0.95)
    assert back.high == pytest.approx(1 / forth.low)
    assert isnan(back.low)
    assert "no event in the group" in str(back.note)


@pytest.mark.parametrize(
    ("time", "event", "in_group", "note"),
    [
        ([], [], [], "a group without patients"),
        ([3, 4], [1, 1], [1, 1], "a group without patients"),
        ([3, 4], [0, 0], [0, 1], "no event while both groups are at risk"),
        ([3, 4], [0, 1], [0, 1], "no event while both groups are at risk"),
    ],
)
def test_hazard_ratio_that_is_not_estimable_says_why(
    time: list[float], event: list[int], in_group: list[int], note: str
) -> None:
    found = compute_hazard_ratio(
        np.array(time, dtype=float),
        np.array(event, dtype=bool),
        np.array(in_group, dtype=bool),
        confidence=0.95,
    )
    assert all(isnan(value) for value in found[:4])
    assert found.note == note


def first(name: str, names: list[str]) -> list[str]:
    """Return the names with one before the others."""
    return [name, *(other for other in names if other != name)]


@needs_golden
@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("name", COVARIATES)
def test_adjusted_ratio_and_profile_interval_agree_with_r_on_veteran(
    ties: str, name: str
) -> None:
    rows = golden("veteran")["cox_profile_ci"][ties]
    if isinstance(rows, dict):
        rows = rows["value"]
    expected = next(row for row in rows if row["variable"] == name)
    time, event, covariates = veteran(*first(name, COVARIATES))
    found = compute_adjusted_hazard_ratio(
        time, event, covariates, confidence=0.95, ties=ties
    )
    assert found.estimate == pytest.approx(expected["hr"], rel=1e-8)
    assert [found.low, found.high] == pytest.approx(expected["hr_ci"], rel=1e-8)
    assert found.p_value == pytest.approx(expected["lrt_p"], rel=1e-8)
    assert found.note is None


@needs_golden
@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("name", COVARIATES)
def test_adjusted_wald_interval_agrees_with_r_on_veteran(ties: str, name: str) -> None:
    expected = golden("veteran")["cox_multi"][ties]["value"]["coef"][name]
    time, event, covariates = veteran(*first(name, COVARIATES))
    profile = compute_adjusted_hazard_ratio(
        time, event, covariates, confidence=0.95, ties=ties
    )
    found = compute_wald_interval(
        time, event, covariates, profile, confidence=0.95, ties=ties
    )
    assert found.estimate == pytest.approx(expected["hr"], rel=1e-8)
    assert [found.low, found.high] == pytest.approx(expected["hr_ci"], rel=1e-7)
    assert isnan(found.p_value)


@needs_golden
def test_wald_interval_of_two_groups_agrees_with_r_on_veteran() -> None:
    values = golden("veteran")["cox_group"]["efron"]["value"]["coef"]
    expected = values["factor(trt)2"]["hr_ci"]
    time, event, rows = veteran("trt2")
    in_group = rows[:, 0] == 1
    profile = compute_hazard_ratio(time, event, in_group, confidence=0.95)
    found = compute_wald_interval(time, event, rows, profile, confidence=0.95)
    assert [found.low, found.high] == pytest.approx(expected, rel=1e-7)


@needs_golden
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_error_of_a_coefficient_agrees_with_r_on_veteran(ties: str) -> None:
    expected = golden("veteran")["cox_multi"][ties]["value"]
    time, event, covariates = veteran(*COVARIATES)
    fit = PartialLikelihood(time, event, covariates, ties=ties).maximise()
    errors = np.sqrt(np.diag(np.linalg.inv(fit.information)))
    for place, name in enumerate(COVARIATES):
        assert errors[place] == pytest.approx(expected["coef"][name]["se"], rel=1e-7)
    assert fit.log_likelihood == pytest.approx(expected["loglik"][1], rel=1e-10)


@needs_golden
@pytest.mark.parametrize("name", COVARIATES)
def test_firth_cox_agrees_with_coxphf_on_veteran(name: str) -> None:
    expected = golden("veteran")["cox_firth"]["value"]
    time, event, covariates = veteran(*first(name, COVARIATES))
    found = compute_adjusted_hazard_ratio(
        time, event, covariates, confidence=0.95, ties="breslow", penalised=True
    )
    check_firth(found, expected, name)


@needs_golden
@pytest.mark.parametrize("name", ["T", "N", "G", "CD"])
def test_firth_cox_agrees_with_coxphf_on_breast(name: str) -> None:
    data = pd.read_csv(GOLDEN / "breast_coxphf.csv")
    found = compute_adjusted_hazard_ratio(
        data["TIME"].to_numpy(),
        data["CENS"].to_numpy() == 1,
        data[first(name, ["T", "N", "G", "CD"])].to_numpy(dtype=float),
        confidence=0.95,
        ties="breslow",
        penalised=True,
    )
    check_firth(found, golden("cox_firth")["breast"]["value"], name)
    assert found.note == "26 events for 4 coefficients"


@needs_golden
def test_monotone_likelihood_is_refused_plain_and_finite_with_firths_penalty() -> None:
    data = pd.read_csv(GOLDEN / "monotone_cox.csv")
    time, event = data["time"].to_numpy(), data["event"].to_numpy() == 1
    rows = data[["x"]].to_numpy(dtype=float)
    plain = compute_hazard_ratio(time, event, rows[:, 0] == 1, confidence=0.95)
    assert isnan(plain.estimate)
    assert "monotone likelihood" in str(plain.note)
    values = golden("cox_firth")
    assert plain.p_value == pytest.approx(
        values["monotone_coxph"]["value"]["lrt"]["pvalue"], rel=1e-6
    )
    adjusted = compute_adjusted_hazard_ratio(time, event, rows, confidence=0.95)
    assert all(isnan(value) for value in adjusted[:4])
    assert adjusted.note == "monotone likelihood"
    found = compute_adjusted_hazard_ratio(
        time, event, rows, confidence=0.95, ties="breslow", penalised=True
    )
    check_firth(found, values["monotone"]["value"], "x")


def check_firth(found, expected, name) -> None:
    """Hold an estimate against coxphf; its limits stop at a tolerance of 1e-7."""
    assert found.estimate == pytest.approx(exp(expected["coef"][name]), rel=1e-6)
    assert found.low == pytest.approx(expected["hr_lower"][name], rel=1e-6)
    assert found.high == pytest.approx(expected["hr_upper"][name], rel=1e-6)
    assert found.p_value == pytest.approx(expected["p"][name], rel=1e-6)


@needs_golden
def test_check_of_proportional_hazards_agrees_with_cox_zph_on_veteran() -> None:
    expected = golden("veteran")["cox_zph"]["km"]["value"]
    time, event, covariates = veteran(*COVARIATES)
    likelihood = PartialLikelihood(time, event, covariates)
    for place, name in enumerate(COVARIATES):
        statistic = compute_score_of_change(likelihood, [place])
        assert statistic == pytest.approx(expected[name]["chisq"], rel=1e-8)
    statistic, p_value, _ = compute_proportionality(time, event, covariates)
    assert statistic == pytest.approx(expected["GLOBAL"]["chisq"], rel=1e-8)
    assert p_value == pytest.approx(expected["GLOBAL"]["p"], rel=1e-8)


def test_firths_ratio_is_finite_where_one_group_has_no_event() -> None:
    time, event, in_group = vectors("monotone")
    found = compute_adjusted_hazard_ratio(
        time, event, in_group.to_numpy(), confidence=0.95, penalised=True
    )
    assert 1 < found.low < found.estimate < found.high < np.inf


def test_covariate_without_events_on_one_side_leaves_only_the_penalised_ratio() -> None:
    time = np.array([3.0, 5, 6, 8, 9, 11, 12, 14])
    event = np.array([1, 1, 1, 1, 1, 0, 0, 0], dtype=bool)
    group = np.array([1, 0, 1, 0, 1, 0, 1, 0])
    other = np.array([1, 1, 1, 1, 1, 0, 0, 0])
    rows = np.column_stack([group, other])
    plain = compute_adjusted_hazard_ratio(time, event, rows, confidence=0.95)
    assert (isnan(plain.estimate), plain.note) == (True, "monotone likelihood")
    penalised = compute_adjusted_hazard_ratio(
        time, event, rows, confidence=0.95, penalised=True
    )
    assert 0 < penalised.low < penalised.estimate < penalised.high


@pytest.mark.parametrize(
    ("time", "event", "rows", "note"),
    [
        ([], [], [], "no patients"),
        ([3, 4], [0, 0], [0, 1], "no events"),
        ([3, 4, 5], [1, 1, 1], [1, 1, 1], "at the events no covariate varies"),
        ([3, 4], [0, 1], [0, 1], "at the events no covariate varies"),
    ],
)
@pytest.mark.parametrize("penalised", [False, True])
def test_adjusted_ratio_that_is_not_estimable_says_why(
    time: list[float], event: list[int], rows: list[int], note: str, penalised: bool
) -> None:
    found = compute_adjusted_hazard_ratio(
        np.array(time, dtype=float),
        np.array(event, dtype=bool),
        np.array(rows, dtype=float),
        confidence=0.95,
        penalised=penalised,
    )
    assert all(isnan(value) for value in found[:4])
    assert str(found.note).startswith(note)


def test_collinear_covariates_are_refused() -> None:
    time, event, in_group = vectors("aml")
    rows = np.column_stack([in_group, ~in_group])
    found = compute_adjusted_hazard_ratio(time, event, rows, confidence=0.95)
    assert isnan(found.estimate)
    assert "cannot be told apart" in str(found.note)


def test_proportionality_of_events_at_one_time_cannot_be_checked() -> None:
    found = compute_proportionality(
        np.array([4.0, 4, 6]), np.array([True, True, False]), np.array([0.0, 1, 1])
    )
    assert isnan(found[1])
    assert found[2] is not None


def test_change_over_time_cannot_be_told_from_one_event_with_both_at_risk() -> None:
    found = compute_proportionality(
        np.array([3.0, 3, 5, 6]),
        np.array([True, True, True, False]),
        np.array([1.0, 0, 0, 0]),
    )
    assert isnan(found[1])
    assert found[2] == "too few events to tell a change over time"


def test_penalised_ratio_of_one_informative_event_is_found() -> None:
    """One risk set of two: 1.5 log p + 0.5 log(1 - p) is highest at p = 0.75."""
    found = compute_adjusted_hazard_ratio(
        np.array([3.0, 5]),
        np.array([True, False]),
        np.array([1.0, 0]),
        confidence=0.95,
        penalised=True,
    )
    assert found.estimate == pytest.approx(3, rel=1e-8)


@pytest.mark.parametrize("penalised", [False, True])
@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_hazard_ratio_per_unit_follows_the_unit(scale: float, penalised: bool) -> None:
    time, event, in_group = vectors("aml")
    value = np.sin(np.arange(len(time)))
    found, scaled = (
        compute_adjusted_hazard_ratio(
            time,
            event,
            np.column_stack([unit * value, in_group]),
            confidence=0.95,
            penalised=penalised,
        )
        for unit in (1.0, scale)
    )
    assert scaled.note == found.note
    assert scaled.p_value == pytest.approx(found.p_value, rel=1e-8)
    if scale > 1:
        logs = np.log([scaled[:3], found[:3]])
        assert logs[0] * scale == pytest.approx(logs[1], rel=1e-7)
