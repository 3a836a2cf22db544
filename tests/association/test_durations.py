"""Time to response, on treatment and to next treatment."""

from typing import Any

import pandas as pd
import pytest

from her2ctdna.association.durations import DURATION_COLUMNS, summarise_durations


def cohort(**columns: list[Any]) -> pd.DataFrame:
    known = {
        "patient_id": ["P1", "P2", "P3", "P4", "P5"],
        "treated": ["yes", "yes", "yes", "yes", "no"],
        "her2_group": ["zero", "zero", "low", "low", "low"],
        "responder": ["yes", "no", "yes", "yes", None],
        "ttr_days": [43.0, None, 85, 127, None],
        "tot_days": [100.0, 50, 200, 300, None],
        "tot_event": ["yes", "yes", "yes", "no", None],
        "ttnt_days": [None] * 5,
        "ttnt_event": [None] * 5,
    }
    return pd.DataFrame(known | columns)


def summarise(patients: pd.DataFrame) -> pd.DataFrame:
    return summarise_durations(patients, count_first_day=True, confidence=0.95)


def row(table: pd.DataFrame, endpoint: str, group: str) -> dict[str, Any]:
    is_it = (table["endpoint"] == endpoint) & (table["group"] == group)
    (found,) = table[is_it].to_dict("records")
    return found


def test_time_to_response_is_of_responders_with_its_range() -> None:
    table = summarise(cohort())
    assert list(table.columns) == DURATION_COLUMNS
    found = row(table, "ttr", "all")
    assert [found[name] for name in ("n", "value", "low", "high")] == [3, 85, 43, 127]
    assert found["statistic"] == "median_range"
    assert found["patient_ids"] == "P1;P3;P4"
    assert row(table, "ttr", "zero")["n"] == 1


def test_time_on_treatment_censors_who_may_still_be_on_it() -> None:
    found = row(summarise(cohort()), "tot", "all")
    # of 4 the curve falls to 3/4, 1/2, 1/4: half is reached from day 100 to day 200
    assert (found["n"], found["events"], found["value"]) == (4, 3, 150)
    assert found["event_ids"] == "P1;P2;P3"
    assert found["followup_median_days"] == 300


def test_what_nobody_has_has_no_rows() -> None:
    assert set(summarise(cohort())["endpoint"]) == {"ttr", "tot"}
    nobody = cohort(responder=["no"] * 5, tot_days=[None] * 5, tot_event=[None] * 5)
    assert summarise(nobody).empty


def test_a_group_without_responders_says_so() -> None:
    found = row(
        summarise(cohort(responder=["no", "no", "yes", "no", None])), "ttr", "zero"
    )
    assert (found["n"], found["note"]) == (0, "no responders")
    assert found["value"] != found["value"]


def test_without_her2_there_is_one_group() -> None:
    table = summarise(cohort().drop(columns="her2_group"))
    assert set(table["group"]) == {"all"}


def test_count_of_the_first_day_leaves_durations_as_they_are() -> None:
    kept = summarise_durations(cohort(), count_first_day=False, confidence=0.95)
    pd.testing.assert_frame_equal(kept, summarise(cohort()))
    assert kept["value"].iloc[0] == pytest.approx(85)
