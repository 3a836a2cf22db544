"""Which columns of patients split them by HER2."""

import pandas as pd
import pytest

from her2ctdna.sets.groupings import find_groupings


def groupings(**columns):
    size = len(next(iter(columns.values())))
    patients = pd.DataFrame({"treated": ["yes"] * size, **columns}, dtype=object)
    found = find_groupings(patients, landmarks=[], columns=[])
    return {grouping.column: grouping for grouping in found}


def test_any_staining_is_compared_with_none():
    found = groupings(her2_any_staining=["any_staining", None, "any_staining"])
    grouping = found["her2_any_staining"]
    assert grouping.pairs == [("absent", "any_staining")]
    assert grouping.others == ("missing",)


def test_courses_are_compared_with_stable_zero_in_their_order():
    courses = ["stable_low", "one_reading", "gained", "stable_zero", "lost"]
    grouping = groupings(her2_dynamics=courses)["her2_dynamics"]
    assert grouping.levels == ("stable_zero", "lost", "gained", "stable_low")
    assert grouping.others == ("one_reading",)


@pytest.mark.parametrize("courses", [["one_reading", "unreadable"], ["one_reading"]])
def test_nobody_with_two_readings_has_no_courses_to_compare(courses):
    assert groupings(her2_dynamics=courses) == {}
