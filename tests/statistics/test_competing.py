"""Cumulative incidence and Gray's test against R's cmprsk, milestones against survival.

Public data of R's survival package, with ties, plateaus and times beyond the last
censoring: tests/reference/competing.R.
"""

from math import isnan, log

import numpy as np
import pandas as pd
import pytest
from times import REFERENCE

from her2ctdna.statistics.competing import (
    compute_gray,
    estimate_cumulative_incidence,
)
from her2ctdna.statistics.survival import estimate_survival_curve, read_milestone

DATA = pd.read_csv(REFERENCE / "competing_data.csv", dtype={"group": str})
INCIDENCES = pd.read_csv(REFERENCE / "cumulative_incidence.csv")
GRAY = pd.read_csv(REFERENCE / "gray.csv")
MILESTONES = pd.read_csv(REFERENCE / "milestones.csv")


def members(name: str, group: str) -> tuple[np.ndarray, np.ndarray]:
    own = DATA[(DATA["set"] == name) & ((DATA["group"] == group) | (group == "all"))]
    return own["time"].to_numpy(dtype=float), own["cause"].to_numpy()


@pytest.mark.parametrize(
    ("name", "group"), INCIDENCES[["set", "group"]].drop_duplicates().to_numpy()
)
def test_incidence_and_its_variance_are_those_of_cuminc(name: str, group: str) -> None:
    time, cause = members(name, group)
    curve = estimate_cumulative_incidence(time, cause, confidence=0.95)
    expected = INCIDENCES.query("set == @name and group == @group").dropna()
    assert len(expected) > 4
    for row in expected.itertuples():
        found = curve[curve["time_days"] <= row.time].iloc[-1]
        assert found["incidence"] == pytest.approx(row.incidence, abs=1e-12)
        assert found["variance"] == pytest.approx(row.variance, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize(
    "row", GRAY.to_dict("records"), ids=lambda row: str(row["set"])
)
def test_grays_test_is_that_of_cuminc(row: dict[str, float]) -> None:
    own = DATA[DATA["set"] == row["set"]]
    time, cause, group = (own[name].to_numpy() for name in ("time", "cause", "group"))
    statistic, p_value, note = compute_gray(time.astype(float), cause, group)
    assert statistic == pytest.approx(row["statistic"], rel=1e-9)
    assert p_value == pytest.approx(row["p"], rel=1e-9)
    assert note is None


@pytest.mark.parametrize(
    ("name", "group"), MILESTONES[["set", "group"]].drop_duplicates().to_numpy()
)
def test_milestones_are_those_of_summary_survfit(name: str, group: str) -> None:
    time, cause = members(name, group)
    curve = estimate_survival_curve(time, cause > 0, confidence=0.95)
    for row in MILESTONES.query("set == @name and group == @group").itertuples():
        found = read_milestone(curve, row.time)
        if isnan(row.survival):
            assert isnan(found.survival)
            assert str(found.note).startswith("beyond follow-up")
            continue
        assert found.note is None
        assert found.at_risk == row.at_risk
        assert found.survival == pytest.approx(row.survival, abs=1e-12)
        if 0 < row.survival < 1:
            assert found.low == pytest.approx(row.low, abs=1e-9)
            assert found.high == pytest.approx(row.high, abs=1e-9)


def test_reference_has_times_beyond_the_last_censoring_of_each_set() -> None:
    beyond = MILESTONES[MILESTONES["survival"].isna()]
    assert set(beyond["set"]) == set(DATA["set"])


def test_incidences_and_being_free_of_both_add_up_to_one() -> None:
    time, cause = members("mgus2", "all")
    own = estimate_cumulative_incidence(time, cause, confidence=0.95)
    swapped = np.array([0, 2, 1])[cause]
    other = estimate_cumulative_incidence(time, swapped, confidence=0.95)
    free = estimate_survival_curve(time, cause > 0, confidence=0.95)
    whole = own["incidence"] + other["incidence"] + free["survival"]
    assert whole.to_numpy() == pytest.approx(np.ones(len(whole)))
    naive = 1 - estimate_survival_curve(time, cause == 1, confidence=0.95)["survival"]
    assert (naive >= own["incidence"] - 1e-12).all()
    assert naive.iloc[-1] > own["incidence"].iloc[-1] + 0.05


def test_interval_is_that_of_the_log_log_scale() -> None:
    time, cause = members("mgus2", "F")
    row = estimate_cumulative_incidence(time, cause, confidence=0.95).iloc[50]
    error = row["variance"] ** 0.5 / abs(row["incidence"] * log(row["incidence"]))
    for limit, way in (("ci_low", 1), ("ci_high", -1)):
        expected = log(-log(row["incidence"])) + way * 1.959963984540054 * error
        assert log(-log(row[limit])) == pytest.approx(expected, rel=1e-9)


def test_without_patients_there_is_no_curve_and_no_milestone() -> None:
    nobody = np.array([])
    assert estimate_cumulative_incidence(nobody, nobody, confidence=0.95).empty
    curve = estimate_survival_curve(nobody, nobody.astype(bool), confidence=0.95)
    found = read_milestone(curve, 10.0)
    assert isnan(found.survival)
    assert found.note == "no patients"


@pytest.mark.parametrize(
    ("cause", "group", "note"),
    [
        ([1, 2, 0], "aaa", "fewer than two groups with patients"),
        ([2, 2, 0], "aab", "no events"),
    ],
)
def test_grays_test_that_is_not_possible_says_why(
    cause: list[int], group: str, note: str
) -> None:
    time = np.array([3.0, 5, 8])
    found = compute_gray(time, np.array(cause), np.array(list(group)))
    assert isnan(found[1])
    assert found[2] == note
