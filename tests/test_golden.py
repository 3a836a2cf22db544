"""Every value of ../shared/golden: which test holds it, or why none does."""

import json
import re
from math import isnan, log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from times import needs_golden

from her2ctdna.ctdna.cohort_decline import fit_decline
from her2ctdna.ctdna.half_life import estimate_half_life
from her2ctdna.statistics.censored_mixed import arrange_points
from her2ctdna.statistics.hazards import (
    compute_adjusted_hazard_ratio,
    compute_hazard_ratio,
    compute_wald_interval,
)
from her2ctdna.statistics.rmst import compute_rmst
from her2ctdna.statistics.survival import compute_median, estimate_survival_curve

TESTS = Path(__file__).parent
GOLDEN = TESTS.parents[1] / "shared" / "golden"
pytestmark = needs_golden

TESTED = {
    "01_survival/breast_coxphf.csv": "test_hazards",
    "01_survival/cox_firth.golden.json": "test_hazards",
    "01_survival/monotone_cox.csv": "test_hazards",
    "01_survival/veteran.csv": "test_hazards",
    "01_survival/veteran.golden.json": "test_hazards",
    "01_survival/veteran.km_by_group_loglog.golden.csv": "test_survival",
    "02_proportions/multiplicity.golden.json": "test_ledger",
    "02_proportions/one_proportion_80.golden.csv": "test_proportions",
    "02_proportions/one_proportion_90.golden.csv": "test_proportions",
    "02_proportions/trend.csv": "test_trend",
    "02_proportions/trend.golden.json": "test_trend",
    "02_proportions/two_proportions_90.golden.csv": "test_proportions",
    "03_logistic/separated.csv": "test_firth",
    "03_logistic/separated.golden.json": "test_firth",
    "03_logistic/sex2.csv": "test_firth",
    "03_logistic/sex2.golden.json": "test_firth",
    "04_agreement/anxiety.csv": "test_kappa",
    "04_agreement/diagnoses.csv": "test_kappa",
    "04_agreement/multi_rater.golden.json": "test_kappa",
    "06_censored_mixed/atrazine.golden.json": "test_golden",
    "06_censored_mixed/atrazine_tidy.csv": "test_golden",
    "06_censored_mixed/sleepstudy.csv": "test_golden",
    "06_censored_mixed/sleepstudy.golden.json": "test_golden",
    "06_censored_mixed/sleepstudy_missing.csv": "test_golden",
}
"""The module in whose text the name of the file stands."""

NOT_TESTED = {
    "README.md": "words",
    "02_proportions/one_proportion.csv": "x and n, which the golden files repeat",
    "02_proportions/two_proportions.csv": "counts, which the golden file repeats",
    "06_censored_mixed/atrazine.csv": "as atrazine_tidy.csv",
    "06_censored_mixed/golden.csv": "data without any reference value",
    "06_censored_mixed/oahu.csv": "data without any reference value",
}

LEAVES = {
    "01_survival/veteran": (
        "km_all km_by_group reverse_km reverse_km_by_group logrank cox_group cox_multi "
        "cox_profile_ci cox_zph rmst_survfit rmst_survRM2 cox_firth "
        "cox_coxphf_unpenalised"
    ),
    "01_survival/cox_firth": "breast monotone monotone_coxph",
    "02_proportions/multiplicity": "bh1995 ties one withna unsorted",
    "02_proportions/trend": "her2 smokers mono none down sparse three lungtumour",
    "03_logistic/separated": "x b xb",
    "03_logistic/sex2": "firth_pl firth_lrt",
    "04_agreement/multi_rater": "fleiss kripp_ordinal kripp_nominal",
    "06_censored_mixed/atrazine": "survreg_gaussian_log",
    "06_censored_mixed/sleepstudy": "ml",
}
"""The leaves that a test reproduces; of km_* the log-log interval, the one we give."""

NOT_ASKED = {
    "01_survival/veteran": {
        "logrank_rho1": "we do not weight early events",
        "logrank_stratified": "14 against 28 patients are too few for strata",
        "logrank_trend": "no times to event by ordered groups are tested for trend",
        "cox_stratified": "covariates are adjusted for, not stratified by",
        "cox_robust": "no patient is in the model twice at a time",
        "concordance_cox": "no model of times to event is judged",
        "concordance_single": "as concordance_cox",
    },
    "01_survival/cox_firth": {"breast_wald": "Firth's limits are of the profile"},
    "03_logistic/sex2": {
        "formula": "the model",
        "firth_wald": "Firth's limits are of the profile",
        "firth_default_control": "firth_pl, stopped earlier",
        "firth_flic": "no risk of a patient is predicted by Firth's model",
        "brglm2_AS_mean": "the coefficients of firth_pl, by another package",
        "glm": "plain logistic regression is infinite where a cell is empty",
        "glm_profile_tight": "as glm",
    },
    "04_agreement/multi_rater": {
        "fleiss_exact": "Conger's kappa; who read what is not fixed over specimens",
        "light": "a mean of Cohen's kappas, which stand one by one",
        "anx_icc_twoway_agree_single": "scores of HER2 are no quantity",
        "anx_icc_twoway_cons_single": "as above",
        "anx_icc_oneway": "as above",
        "anx_icc_twoway_agree_avg": "as above",
        "anx_psych_ICC": "as above",
        "kripp_interval": "as above",
        "kendall_w": "agreement of ranks: a reader one score higher would not show",
    },
    "06_censored_mixed/atrazine": {
        "survreg_lognormal": "survreg_gaussian_log on the scale before logarithms",
        "survreg_null": "no line without a slope is fitted",
        "cenros": "regression on order statistics puts numbers below the limit",
        "cenfit": "a mean of levels below the limit is not estimated",
        "cendiff": "an error, see the README there",
    },
    "06_censored_mixed/sleepstudy": {
        "reml": "the fit is by maximum likelihood, as censored values need",
        "missing": "the same; by maximum likelihood in tests/reference/mixed.csv",
        "intercept": "patients differ in how fast their level falls",
        "uncorrelated": "level and fall of a patient may go together",
        "lrt_slope": "whether patients differ in their fall is not tested",
        "profile_ci_ml": "of the model intercept",
    },
}


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.golden.json").read_text(encoding="utf-8"))


def test_every_file_is_tested_or_has_a_reason_why_not() -> None:
    files = {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.*")}
    assert files == {*TESTED, *NOT_TESTED}
    for name, module in TESTED.items():
        stem = re.split(r"\.golden|\.csv|_(?:80|90)\.", Path(name).name)[0]
        [path] = TESTS.rglob(f"{module}.py")
        assert stem in path.read_text(encoding="utf-8"), name


@pytest.mark.parametrize("name", LEAVES)
def test_every_leaf_is_tested_or_has_a_reason_why_not(name: str) -> None:
    leaves = set(golden(name)) - {"data", "definitions", "note"}
    assert leaves == {*LEAVES[name].split(), *NOT_ASKED.get(name, {})}


def veteran() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    data = pd.read_csv(GOLDEN / "01_survival" / "veteran.csv")
    time, event = data["time"].to_numpy(float), data["event"].to_numpy() == 1
    return time, event, (data["trt"] == 2).to_numpy()


@pytest.mark.parametrize(
    ("leaf", "name", "side"),
    [
        ("km_all", "all", None),
        ("km_by_group", "trt=1", False),
        ("km_by_group", "trt=2", True),
        ("reverse_km", "all", None),
        ("reverse_km_by_group", "trt=1", False),
        ("reverse_km_by_group", "trt=2", True),
    ],
)
def test_survival_at_days_and_median_are_those_of_survfit(
    leaf: str, name: str, side: bool | None
) -> None:
    found = golden("01_survival/veteran")[leaf]
    expected = (found if "value" in found else found["log-log"])["value"][name]
    time, event, group = veteran()
    event = ~event if leaf.startswith("reverse") else event
    mine = np.full(len(time), True) if side is None else group == side
    curve = estimate_survival_curve(time[mine], event[mine], confidence=0.95)
    assert (mine.sum(), event[mine].sum()) == (expected["n"], expected["events"])
    limits = [expected[key] for key in ("median", "median_lcl", "median_ucl")]
    wanted = [np.nan if value is None else value for value in limits]
    assert list(compute_median(curve)) == pytest.approx(wanted, nan_ok=True)
    for at in expected["landmarks"]:
        row = curve[curve["time_days"] <= at["time"]].iloc[-1]
        assert row["survival"] == pytest.approx(at["surv"], rel=1e-9)
        if at["lower"] is not None:
            assert row["ci_low"] == pytest.approx(at["lower"], rel=1e-9)
            assert row["ci_high"] == pytest.approx(at["upper"], rel=1e-9)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_hazard_ratio_of_two_groups_is_that_of_coxph(ties: str) -> None:
    expected = golden("01_survival/veteran")["cox_group"][ties]["value"]
    coefficient = expected["coef"]["factor(trt)2"]
    time, event, group = veteran()
    found = compute_adjusted_hazard_ratio(
        time, event, group, confidence=0.95, ties=ties
    )
    wald = compute_wald_interval(time, event, group, found, confidence=0.95, ties=ties)
    assert found.estimate == pytest.approx(coefficient["hr"], rel=1e-8)
    assert found.p_value == pytest.approx(expected["lrt"]["pvalue"], rel=1e-7)
    assert [wald.low, wald.high] == pytest.approx(coefficient["hr_ci"], rel=1e-7)
    if ties == "efron":
        assert compute_hazard_ratio(time, event, group, confidence=0.95)[:4] == (
            pytest.approx(found[:4], rel=1e-8)
        )


@pytest.mark.parametrize("name", ["trt2", "karno", "age"])
def test_adjusted_ratio_with_breslows_ties_is_that_of_coxphf(name: str) -> None:
    expected = golden("01_survival/veteran")["cox_coxphf_unpenalised"]["value"]
    data = pd.read_csv(GOLDEN / "01_survival" / "veteran.csv")
    rows = data[[name, *({"trt2", "karno", "age"} - {name})]].to_numpy(float)
    time, event, _ = veteran()
    found = compute_adjusted_hazard_ratio(
        time, event, rows, confidence=0.95, ties="breslow"
    )
    assert log(found.estimate) == pytest.approx(expected["coef"][name], rel=1e-6)
    assert found.low == pytest.approx(expected["hr_lower"][name], rel=1e-6)
    assert found.high == pytest.approx(expected["hr_upper"][name], rel=1e-6)
    assert found.p_value == pytest.approx(expected["p"][name], rel=1e-6)


@pytest.mark.parametrize(("name", "side"), [("trt=1", False), ("trt=2", True)])
def test_restricted_mean_and_its_error_are_those_of_survfit(
    name: str, side: bool
) -> None:
    expected = golden("01_survival/veteran")["rmst_survfit"]["value"][name]
    time, event, group = veteran()
    mine = group == side
    mean, variance = compute_rmst(time[mine], event[mine], horizon=300)
    assert mean == pytest.approx(expected["rmean"], rel=1e-9)
    assert sqrt(variance) == pytest.approx(expected["se(rmean)"], rel=1e-9)


def test_line_through_levels_below_their_limit_is_that_of_survreg() -> None:
    expected = golden("06_censored_mixed/atrazine")["survreg_gaussian_log"]["value"]
    data = pd.read_csv(GOLDEN / "06_censored_mixed" / "atrazine_tidy.csv")
    found = estimate_half_life(
        (data["group"] == "June").to_numpy(float),
        np.log(data["val"].to_numpy(float)),
        (data["detected"] == 0).to_numpy(),
        level=0.95,
    )
    # A fall from September (0) to June (1) by R's coefficient of September.
    slope = expected["table"]["groupSept"]["Value"]
    assert log(2) / found.days == pytest.approx(slope, rel=1e-6)
    assert not isnan(found.days)


def sleepstudy(name: str) -> Any:
    data = pd.read_csv(GOLDEN / "06_censored_mixed" / f"{name}.csv")
    points = arrange_points(
        data["Subject"].astype(str).to_numpy(object),
        data["Days"].to_numpy(float),
        data["Reaction"].to_numpy(float),
        np.zeros(len(data), bool),
    )
    return fit_decline(points, level=0.95)


def check_lines(
    found: Any, fixed: list[float], spread: list[float], loglik: float
) -> None:
    assert [found.intercept, found.slope, found.error] == pytest.approx(fixed, rel=1e-6)
    assert found.loglik == pytest.approx(loglik, rel=1e-9)
    mine = [found.spread[0, 0], found.spread[1, 1], found.spread[0, 1]]
    assert mine == pytest.approx(spread, rel=1e-4)


def test_lines_of_patients_are_those_of_lmer_by_maximum_likelihood() -> None:
    expected = golden("06_censored_mixed/sleepstudy")["ml"]["value"]
    fixed = [expected["fixef"][key]["Estimate"] for key in ("(Intercept)", "Days")]
    check_lines(
        sleepstudy("sleepstudy"),
        [*fixed, expected["sigma"]],
        [row["vcov"] for row in expected["varcorr"][:3]],
        expected["loglik"],
    )


def test_lines_of_patients_with_days_missing_are_those_of_lmer() -> None:
    reference = pd.read_csv(TESTS / "reference" / "mixed.csv").set_index("case")
    expected = reference.loc["unbalanced"]
    check_lines(
        sleepstudy("sleepstudy_missing"),
        list(expected[["intercept", "slope", "error"]]),
        list(expected[["var_intercept", "var_slope", "covariance"]]),
        expected["loglik"],
    )
