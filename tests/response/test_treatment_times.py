"""Time to next treatment and time on treatment, and why each ends."""

from math import nan
from typing import Any

import pytest

from her2ctdna.response.treatment_times import derive_treatment_times


def derive(
    *,
    new_therapy: float = nan,
    last_dose: float = 84,
    contact: float = 300,
    has_died: bool = False,
    progression: float = nan,
    **recorded: bool,
) -> dict[str, Any]:
    days = {"new_therapy_day": new_therapy, "last_dose_day": last_dose}
    return derive_treatment_times(
        {"has_new_therapy": True, "has_last_dose": True} | recorded | days,
        contact_day=contact,
        has_died=has_died,
        progression_day=progression,
        gap_days=120,
        count_first_day=True,
    )


def time_of(found: dict[str, Any], name: str) -> tuple[float, str, str]:
    return tuple(found[f"{name}_{part}"] for part in ("days", "event", "reason"))


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ({"new_therapy": 120}, (121, "yes", "new therapy")),
        ({"new_therapy": 120, "has_died": True}, (121, "yes", "new therapy")),
        ({"new_therapy": 310}, (311, "yes", "new therapy")),
        ({"has_died": True}, (301, "yes", "death")),
        ({}, (301, "no", "no new therapy")),
    ],
)
def test_time_to_next_treatment_ends_with_what_comes_first(
    course: dict[str, Any], expected: tuple[float, str, str]
) -> None:
    assert time_of(derive(**course), "ttnt") == expected


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ({}, (85, "yes", "no further dose")),
        ({"contact": 204}, (85, "no", "may be on treatment")),
        ({"contact": 205}, (85, "yes", "no further dose")),
        ({"contact": 100, "has_died": True}, (85, "yes", "death")),
        ({"contact": 204, "progression": 90}, (85, "no", "may be on treatment")),
        ({"progression": 90}, (85, "yes", "progression")),
        ({"progression": 290}, (85, "yes", "no further dose")),
        ({"contact": 100, "new_therapy": 95}, (85, "yes", "new therapy")),
        ({"has_died": True}, (85, "yes", "no further dose")),
    ],
)
def test_time_on_treatment_ends_with_the_last_dose_and_says_why(
    course: dict[str, Any], expected: tuple[float, str, str]
) -> None:
    found = time_of(derive(**course), "tot")
    if found[2] == "may be on treatment":
        assert found[:2] == expected[:2]
        return
    assert found == expected


def test_who_has_no_last_dose_and_lives_is_censored_and_not_left_out() -> None:
    found = derive(last_dose=nan)
    assert time_of(found, "tot") == (301, "no", "no last dose: may be on treatment")
    for sign in ({"has_died": True}, {"new_therapy": 90}):
        found = derive(last_dose=nan, **sign)
        assert found["tot_reason"] == "not recorded"
        assert "tot_days" not in found


def test_a_day_that_nobody_has_was_not_asked_for() -> None:
    found = derive(has_new_therapy=False, last_dose=nan, has_last_dose=False)
    assert found == {"ttnt_reason": "not recorded", "tot_reason": "not recorded"}
