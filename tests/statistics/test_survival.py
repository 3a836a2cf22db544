"""Time to event against R's survival package (tests/reference, ../shared/golden)."""

import json
from math import isnan, nan

import numpy as np
import pandas as pd
import pytest
from times import GOLDEN, REFERENCE, needs_golden, vectors

from her2ctdna.statistics.survival import compute_median, estimate_survival_curve

MEDIANS = pd.read_csv(REFERENCE / "medians.csv").to_dict("records")


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


@needs_golden
@pytest.mark.parametrize("treatment", [1, 2])
def test_medians_of_veteran_agree_with_r(treatment: int) -> None:
    golden = json.loads((GOLDEN / "veteran.golden.json").read_text())
    expected = golden["km_by_group"]["log-log"]["value"][f"trt={treatment}"]
    data = pd.read_csv(GOLDEN / "veteran.csv").query("trt == @treatment")
    median = compute_median(
        estimate_survival_curve(
            data["time"].to_numpy(), data["event"].to_numpy() == 1, confidence=0.95
        )
    )
    limits = [expected[name] for name in ("median", "median_lcl", "median_ucl")]
    assert list(median) == limits


def test_who_enters_late_is_at_risk_after_the_entry_only() -> None:
    curve = estimate_survival_curve(
        np.array([4.0, 6.0, 8.0]),
        np.array([True, True, False]),
        entry=np.array([-np.inf, 4.0, 2.0]),
        confidence=0.95,
    )
    assert curve["time_days"].tolist() == [0, 4, 6, 8]
    assert curve["at_risk"].tolist() == [1, 2, 2, 1]
    assert curve["survival"].tolist() == [1, 0.5, 0.25, 0.25]


def test_curve_with_nobody_at_risk_at_its_start_begins_at_one() -> None:
    curve = estimate_survival_curve(
        np.array([9.0]), np.array([True]), entry=np.array([5.0]), confidence=0.95
    )
    assert curve["at_risk"].tolist() == [0, 1]
    assert curve["survival"].tolist() == [1, 0]
