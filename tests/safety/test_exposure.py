"""Time at risk counted by hand; incidences against R (tests/reference/incidence.R)."""

from math import isnan, nan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from her2ctdna.safety.exposure import (
    compute_incidence,
    count_incidence,
    derive_emergent_end,
    derive_risk_end,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "incidence.csv"


def patient(**days: float) -> pd.DataFrame:
    names = ["last_dose_day", "new_therapy_day", "last_alive_day", "death_day"]
    return pd.DataFrame([{"patient_id": "P1", **dict.fromkeys(names), **days}])


def event(started: float | None = None, ended: float | None = None) -> pd.DataFrame:
    row = {"patient_id": "P1", "started_day": started, "ended_day": ended}
    return pd.DataFrame([row]).astype({"started_day": float, "ended_day": float})


NO_EVENT = event().head(0)


def test_incidence_and_interval_agree_with_r() -> None:
    for row in pd.read_csv(REFERENCE).itertuples():
        found = compute_incidence(row.events, row.days, confidence=row.confidence)
        expected = (row.incidence, row.low, row.high)
        assert found[:3] == pytest.approx(expected, rel=1e-9, abs=1e-12), row


@pytest.mark.parametrize("days", [0, nan])
def test_without_time_at_risk_there_is_no_incidence(days: float) -> None:
    found = compute_incidence(0, days, confidence=0.95)
    assert all(map(isnan, found[:3]))
    assert found.note == "no time at risk"


@pytest.mark.parametrize(
    ("days", "end"),
    [
        ({"last_dose_day": 100}, 130),
        ({"last_dose_day": 50, "new_therapy_day": 60}, 60),
        ({"last_dose_day": 50, "new_therapy_day": 90}, 80),
        ({"last_dose_day": 10, "new_therapy_day": 5}, 10),
        ({"new_therapy_day": 40}, 40),
        ({"new_therapy_day": -5}, 0),
        ({}, nan),
    ],
)
def test_window_ends_after_the_last_dose_or_with_a_new_therapy(
    days: dict[str, float], end: float
) -> None:
    found = derive_emergent_end(patient(**days), emergent_days=30)
    assert found["P1"] == pytest.approx(end, nan_ok=True)


@pytest.mark.parametrize(
    ("days", "events", "end"),
    [
        ({"last_dose_day": 100, "last_alive_day": 400}, NO_EVENT, 130),
        ({"last_dose_day": 100, "last_alive_day": 110}, NO_EVENT, 110),
        ({"last_dose_day": 100, "last_alive_day": 110}, event(105, 120), 120),
        ({"last_dose_day": 100}, NO_EVENT, 100),
        ({"last_dose_day": 100, "death_day": 104}, NO_EVENT, 104),
        ({"last_dose_day": 100, "death_day": 104}, event(20, 110), 104),
        ({"last_alive_day": 70}, NO_EVENT, 70),
        ({"last_dose_day": 50, "new_therapy_day": 60}, NO_EVENT, 60),
        ({}, event(20, 40), nan),
        ({}, NO_EVENT, nan),
    ],
)
def test_risk_ends_with_the_window_or_with_follow_up(
    days: dict[str, float], events: pd.DataFrame, end: float
) -> None:
    patients = patient(**days)
    emergent_end = derive_emergent_end(patients, emergent_days=30)
    found = derive_risk_end(patients, events, emergent_end=emergent_end)
    assert found["P1"] == pytest.approx(end, nan_ok=True)


def count(onset: dict[str, float], ends: dict[str, float]) -> dict[str, Any]:
    return count_incidence(
        pd.Series(onset, dtype=float), pd.Series(ends, dtype=float), confidence=0.95
    )


def test_time_runs_to_the_first_event_or_the_end_of_risk() -> None:
    found = count({"P1": 9, "P2": 0}, {"P1": 130, "P2": 80, "P3": 99})
    assert found["time_at_risk_days"] == 10 + 1 + 100
    assert (found["incidence_n"], found["incidence_N"]) == (2, 3)
    assert found["incidence_per_100_py"] == pytest.approx(2 / 111 * 36525)


def test_patient_without_known_end_of_risk_takes_no_part() -> None:
    found = count({"P1": 9, "P2": 3}, {"P1": 130, "P2": nan, "P3": nan})
    assert found["time_at_risk_days"] == 10
    assert (found["incidence_n"], found["incidence_N"]) == (1, 1)


def test_no_event_in_some_time_has_an_upper_limit() -> None:
    found = count({}, {"P1": 365})
    assert (found["incidence_n"], found["incidence_low"]) == (0, 0)
    # -log(0.025) events in 366 days
    assert found["incidence_high"] == pytest.approx(3.688879454 / 366 * 36525)


@pytest.mark.parametrize("ends", [{}, {"P1": nan}])
def test_no_known_time_is_missing_and_not_zero(ends: dict[str, float]) -> None:
    found = count({"P1": 3}, ends)
    assert (found["incidence_n"], found["incidence_N"]) == (0, 0)
    assert isnan(found["time_at_risk_days"])
    assert isnan(found["incidence_per_100_py"])
    assert isnan(found["incidence_high"])
