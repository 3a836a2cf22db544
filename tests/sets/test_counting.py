"""What times to event count from, and who has one from a landmark."""

import pandas as pd
import pytest

from her2ctdna.sets.counting import find_starts, follow_groups, name_start
from her2ctdna.sets.groupings import ALL

REASONS = ["progression", "supplied", "supplied, from diagnosis", None]


def cohort(reasons=REASONS):
    return pd.DataFrame(
        {
            "patient_id": [f"P{number}" for number in range(len(reasons))],
            "treated": "yes",
            "os_days": 100.0,
            "os_event": "yes",
            "os_reason": reasons,
        }
    )


def test_start_is_first_dose_unless_the_reason_names_another():
    usual = ["first dose"] * 2
    starts = find_starts(cohort(), "os")
    assert starts.to_list() == [*usual, "diagnosis", "first dose"]
    assert find_starts(cohort().drop(columns="os_reason"), "os").nunique() == 1
    assert find_starts(cohort([None, None]), "os").to_list() == usual
    assert find_starts(cohort().iloc[:0], "os").empty


def test_starts_are_named_together_and_of_nobody_as_first_dose():
    assert name_start(find_starts(cohort(), "os")) == "diagnosis or first dose"
    assert name_start(pd.Series(dtype=object)) == "first dose"


@pytest.mark.parametrize(("origin_day", "known"), [(None, 4), (42.0, 3)])
def test_duration_of_another_origin_has_no_time_from_a_landmark(origin_day, known):
    followed = follow_groups(
        cohort(), "os", ALL, origin_day=origin_day, count_first_day=False
    )
    assert followed["time_days"].count() == known
