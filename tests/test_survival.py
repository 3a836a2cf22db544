"""Time to event against R's survival package (tests/reference, ../shared/golden)."""

import json
from math import isnan, nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2ctdna.hazards import compute_hazard_ratio
from her2ctdna.log_rank import compute_log_rank
from her2ctdna.survival import compute_median, estimate_survival_curve

REFERENCE = Path(__file__).parent / "reference"
GOLDEN = Path(__file__).parents[2] / "shared" / "golden" / "01_survival"
needs_golden = pytest.mark.skipif(not GOLDEN.exists(), reason="no ../shared/golden")

DATA = pd.read_csv(REFERENCE / "survival_data.csv").astype({"event": bool})
MEDIANS = pd.read_csv(REFERENCE / "medians.csv").to_dict("records")
TWO_GROUPS = pd.read_csv(REFERENCE / "two_groups.csv").to_dict("records")


def vectors(name: str, who: str = "all") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return time, event and membership of group 1 of a data set."""
    rows = DATA[DATA["set"] == name]
    if who != "all":
        rows = rows[rows["group"] == int(who)]
    return rows["time"].to_numpy(), rows["event"].to_numpy(), rows["group"] == 1


def curve_of(time: list[float], event: list[bool]) -> pd.DataFrame:
    return estimate_survival_curve(
        np.array(time, dtype=float), np.array(event, dtype=bool), confidence=0.95
    )


def test_curve_with_log_log_band_agrees_with_r_on_lung() -> None:
    time, event, _ = vectors("lung")
    found = estimate_survival_curve(time, event, confidence=0.95)
    expected = pd.read_csv(REFERENCE / "lung_curve.csv")
    assert list(found.iloc[0]) == [0, 228, 0, 0, 1, 1, 1]
    np.testing.assert_allclose(
        found.iloc[1:].to_numpy(dtype=float), expected.to_numpy(dtype=float), rtol=1e-12
    )


@needs_golden
@pytest.mark.parametrize("treatment", [1, 2])
def test_curve_agrees_with_r_on_veteran(treatment: int) -> None:
    data = pd.read_csv(GOLDEN / "veteran.csv").query("trt == @treatment")
    found = estimate_survival_curve(
        data["time"].to_numpy(), data["event"].to_numpy() == 1, confidence=0.95
    ).iloc[1:]
    expected = pd.read_csv(GOLDEN / "veteran.km_by_group_loglog.golden.csv")
    expected = expected[expected["strata"] == f"trt={treatment}"]
    columns = ["time", "n_risk", "n_event", "n_censor", "surv", "lower", "upper"]
    np.testing.assert_allclose(
        found.to_numpy(dtype=float),
        expected[columns].to_numpy(dtype=float),
        rtol=1e-9,
        atol=1e-15,
    )


@pytest.mark.parametrize("row", MEDIANS, ids=lambda row: f"{row['set']}-{row['who']}")
def test_medians_and_follow_up_agree_with_r(row: dict[str, float]) -> None:
    time, event, _ = vectors(str(row["set"]), str(row["who"]))
    assert (len(time), event.sum()) == (row["n"], row["events"])
    median = compute_median(estimate_survival_curve(time, event, confidence=0.95))
    expected = [row["median"], row["low"], row["high"]]
    assert list(median) == pytest.approx(expected, nan_ok=True)
    reverse = compute_median(estimate_survival_curve(time, ~event, confidence=0.95))
    assert reverse.estimate == pytest.approx(row["followup"], nan_ok=True)


def test_median_of_a_plateau_at_one_half_is_its_middle() -> None:
    curve = curve_of([1, 2, 3, 4], [True, True, True, True])
    assert compute_median(curve).estimate == 2.5


def test_a_plateau_that_is_one_half_but_for_rounding_counts_as_one() -> None:
    curve = pd.DataFrame(
        {
            "time_days": [0.0, 10.0, 30.0],
            "survival": [1.0, 0.5 + 1e-12, 0.25],
            "ci_low": [1.0, 0.1, 0.05],
            "ci_high": [1.0, 0.9, 0.8],
        }
    )
    median = compute_median(curve)
    assert (median.estimate, median.low) == (20, 10)
    assert isnan(median.high)


def test_a_plateau_that_never_ends_has_its_beginning_as_median() -> None:
    curve = curve_of([1, 2, 3, 4], [True, True, False, False])
    assert compute_median(curve).estimate == 2


def test_curve_without_events_stays_at_one_and_has_no_median() -> None:
    curve = curve_of([5, 7], [False, False])
    assert list(curve["survival"]) == [1, 1, 1]
    assert list(curve["ci_low"]) == [1, 1, 1]
    assert all(isnan(value) for value in compute_median(curve))


def test_curve_of_nobody_has_no_rows() -> None:
    curve = curve_of([], [])
    assert curve.empty
    assert all(isnan(value) for value in compute_median(curve))


def test_event_on_the_first_day_is_counted_at_time_zero() -> None:
    curve = curve_of([0, 4], [True, False])
    assert curve.drop(columns=["ci_low", "ci_high"]).to_numpy().tolist() == [
        [0, 2, 1, 0, 0.5],
        [4, 1, 0, 1, 0.5],
    ]


def test_survival_of_zero_has_no_interval() -> None:
    curve = curve_of([3], [True])
    assert curve["survival"].tolist() == [1, 0]
    assert curve["ci_low"].tolist() == pytest.approx([1, nan], nan_ok=True)


@pytest.mark.parametrize("row", TWO_GROUPS, ids=lambda row: str(row["set"]))
def test_log_rank_test_agrees_with_r(row: dict[str, float]) -> None:
    statistic, p_value, note = compute_log_rank(*vectors(str(row["set"])))
    assert statistic == pytest.approx(row["chisq"], rel=1e-10)
    assert p_value == pytest.approx(row["log_rank_p"], rel=1e-9)
    assert note is None


@needs_golden
def test_log_rank_test_agrees_with_r_on_veteran() -> None:
    data = pd.read_csv(GOLDEN / "veteran.csv")
    golden = json.loads((GOLDEN / "veteran.golden.json").read_text())["logrank"]
    statistic, p_value, _ = compute_log_rank(
        data["time"].to_numpy(), data["event"].to_numpy() == 1, data["trt"].to_numpy()
    )
    assert statistic == pytest.approx(golden["value"]["chisq"], rel=1e-9)
    assert p_value == pytest.approx(golden["value"]["p"], rel=1e-9)


def test_log_rank_test_of_three_groups_agrees_with_r() -> None:
    data = pd.read_csv(REFERENCE / "lung_ecog.csv")
    expected = pd.read_csv(REFERENCE / "log_rank_three_groups.csv").iloc[0]
    statistic, p_value, _ = compute_log_rank(
        data["time"].to_numpy(), data["event"].to_numpy() == 1, data["group"].to_numpy()
    )
    assert statistic == pytest.approx(expected["chisq"], rel=1e-10)
    assert p_value == pytest.approx(expected["p_value"], rel=1e-9)


def test_group_gone_before_the_first_event_costs_no_degree_of_freedom() -> None:
    time, event, group = vectors("aml")
    without = compute_log_rank(time, event, group.to_numpy().astype(str))
    gone = compute_log_rank(
        np.append(time, [1.0, 2.0]),
        np.append(event, [False, False]),
        np.append(group.to_numpy().astype(str), ["gone", "gone"]),
    )
    assert gone == without


@pytest.mark.parametrize(
    ("time", "event", "group", "note"),
    [
        ([], [], [], "fewer than two groups with patients"),
        ([3, 4], [1, 1], "aa", "fewer than two groups with patients"),
        ([3, 4], [0, 0], "ab", "no events"),
        ([3, 4], [0, 1], "ab", "fewer than two groups at risk at the first event"),
        ([4, 4], [1, 1], "ab", "all patients at risk have the event at once"),
    ],
)
def test_log_rank_test_that_is_not_possible_says_why(
    time: list[float], event: list[int], group: str, note: str
) -> None:
    statistic, p_value, found = compute_log_rank(
        np.array(time, dtype=float), np.array(event, dtype=bool), np.array(list(group))
    )
    assert isnan(statistic)
    assert isnan(p_value)
    assert found == note


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
    golden = json.loads((GOLDEN / "veteran.golden.json").read_text())
    expected = golden["cox_group"]["efron"]["value"]["coef"]["factor(trt)2"]["hr"]
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
