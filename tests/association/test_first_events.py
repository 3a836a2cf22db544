"""Milestones and cumulative incidence of patients, from the analysis-ready table."""

from math import nan

import pandas as pd
import pytest

from her2ctdna.association.first_events import estimate_competing
from her2ctdna.association.milestones import estimate_milestones
from her2ctdna.safety.interest_times import derive_interest_times

PATIENTS = pd.DataFrame(
    {
        "patient_id": list("ABCDEFG"),
        "treated": ["yes"] * 6 + ["no"],
        "her2_group": ["zero", "zero", "zero", "low", "low", "low", "low"],
        "pfs_days": [11.0, 21, 31, 41, 51, 61, nan],
        "pfs_event": ["yes", "yes", "no", "yes", "yes", "no", None],
        "pfs_reason": [
            *["progression", "death", "last adequate assessment"],
            *["progression", "death", "new therapy", None],
        ],
        "os_days": [101.0, 21, 101, 101, 51, 101, nan],
        "os_event": ["no", "yes", "no", "no", "yes", "no", None],
        "ttnt_days": nan,
        "ttnt_event": None,
        "tot_days": nan,
        "tot_event": None,
        "dor_days": nan,
        "dor_event": None,
        "responder": "no",
        "baseline_state": ["detected"] * 4 + ["undetected"] * 3,
        "first_cleared_day": [10.0, 5, nan, 20, nan, nan, nan],
    }
)
SETTINGS = {"milestones_days": [30.0, 90.0], "count_first_day": True, "columns": []}


def compete(
    patients: pd.DataFrame, interest: pd.DataFrame | None = None
) -> pd.DataFrame:
    found = estimate_competing(patients, interest=interest, confidence=0.95, **SETTINGS)
    keys = ["endpoint", "group_by", "group", "estimator", "time_days"]
    return found.set_index(keys, drop=False).sort_index()


def test_progression_competes_with_death_and_the_naive_estimate_is_marked() -> None:
    found = compete(PATIENTS)
    row = found.loc[("progression", "all", "all", "aalen_johansen", 30.0)]
    assert (row["n"], row["events"], row["competing_events"]) == (6, 1, 1)
    assert row["incidence"] == pytest.approx(1 / 6)
    assert row["biased"] == "no"
    last = ("progression", "all", "all")
    own = found.loc[(*last, "aalen_johansen", 41.0)]
    naive = found.loc[(*last, "naive_1_minus_km", 41.0)]
    # Two of six events at 11 and 21, one censored at 31: a third of what is left.
    assert own["incidence"] == pytest.approx(1 / 6 + 4 / 6 / 3)
    assert naive["incidence"] == pytest.approx(1 - 5 / 6 * 2 / 3)
    assert naive["biased"] == "yes"


def test_a_milestone_beyond_follow_up_is_empty_and_says_so() -> None:
    row = compete(PATIENTS).loc[("progression", "all", "all", "aalen_johansen", 90.0)]
    assert pd.isna(row["incidence"])
    assert row["note"] == "beyond follow-up, at most 61 days"


def test_groups_are_compared_by_grays_test_and_all_patients_are_not() -> None:
    found = compete(PATIENTS).droplevel([4])
    grouped = found.loc[("progression", "her2_group", "low", "aalen_johansen")]
    assert set(grouped["test"]) == {"gray"}
    assert grouped["p_value"].between(0, 1).all()
    everybody = found.loc[("progression", "all", "all", "aalen_johansen")]
    assert everybody["test"].isna().all()


def test_clearance_on_the_day_of_progression_comes_second() -> None:
    found = compete(PATIENTS).droplevel([4])
    rows = found.loc[("first_clearance", "all", "all", "aalen_johansen")]
    assert set(rows["n"]) == {4}
    # A progresses on the day of its draw, B and D clear before, C does neither.
    last = rows[rows["incidence"].notna()].iloc[-1]
    assert (last["events"], last["competing_events"]) == (2, 1)


def test_progression_of_which_the_kind_was_not_supplied_is_not_guessed() -> None:
    supplied = PATIENTS.assign(pfs_reason=["supplied", *PATIENTS["pfs_reason"][1:]])
    rows = compete(supplied)
    rows = rows[rows["endpoint"] == "progression"]
    assert rows["incidence"].isna().all()
    assert set(rows["note"]) == {
        "of 1 supplied events it is not known whether progression"
    }


def test_an_event_of_interest_competes_with_death_while_events_count() -> None:
    patients = PATIENTS.assign(
        death_day=[nan, 20, nan, nan, 90, nan, nan],
        last_alive_day=[100.0, nan, 100, 100, nan, 15, nan],
        last_dose_day=[40.0] * 6 + [nan],
        new_therapy_day=nan,
    )
    events = pd.DataFrame(
        {
            "patient_id": ["A", "A", "B", "D"],
            "term": ["Pneumonitis", "PNEUMONITIS ", "Nausea", "Pneumonitis"],
            "started_day": [8.0, 3, 2, 99],
            "ended_day": nan,
        }
    )
    interest = derive_interest_times(
        events,
        patients,
        emergent_days=30,
        special_interest={"lung": ["Pneumonitis"], "heart": ["Cardiac failure"]},
    )
    lung = interest[interest["event_name"] == "lung"].set_index("patient_id")
    assert lung["cause"].to_dict() == {
        **{"A": "event", "B": "competing", "C": "censored"},
        **{"D": "censored", "E": "censored", "F": "censored"},
    }
    assert lung["end_day"].tolist() == [3, 20, 70, 70, 70, 40]
    found = compete(patients, interest)
    row = found.loc[("lung", "all", "all", "aalen_johansen", 30.0)]
    assert row["incidence"] == pytest.approx(1 / 6)
    assert row["competing_with"] == "death"


def test_milestones_are_those_of_the_curve_from_each_origin() -> None:
    found = estimate_milestones(PATIENTS, landmarks={}, confidence=0.95, **SETTINGS)
    assert list(found["endpoint"].unique()) == ["pfs", "os"]
    row = found.query("endpoint == 'pfs' and group_by == 'all' and time_days == 30")
    assert row["survival"].item() == pytest.approx(4 / 6)
    assert row["at_risk"].item() == 4
    beyond = found.query("endpoint == 'pfs' and group == 'zero' and time_days == 90")
    assert pd.isna(beyond["survival"].item())
    assert beyond["note"].item() == "beyond follow-up, at most 31 days"
