"""Columns and values of a study, joined to one text and taken apart again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from her2ctdna.wording import join_names, join_value, split_names, split_value

NAMES = st.text(alphabet="a>=;:\\'\" b", min_size=1)


@pytest.mark.parametrize(
    ("column", "value", "joined"),
    [
        ("hr_status", "positive", "hr_status=positive"),
        ("age>=65", "yes", r"age>\=65=yes"),
        ("arm", "dose=5", "arm=dose=5"),
    ],
)
def test_only_an_equals_sign_of_the_column_is_marked(column, value, joined):
    assert join_value(column, value) == joined
    assert split_value(joined) == (column, value)


@given(NAMES, NAMES)
def test_column_and_value_come_back(column, value):
    assert split_value(join_value(column, value)) == (column, value)


@given(st.lists(NAMES))
def test_names_come_back(names):
    assert split_names(join_names(names)) == names


def test_a_name_alone_has_no_value():
    assert split_value("landmark_C2D1") == ("landmark_C2D1", "")
