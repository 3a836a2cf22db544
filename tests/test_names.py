import pytest

from her2ctdna.wording import spell


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hr_status", "HR status"),
        ("prior_lines", "prior lines"),
        ("ecog", "ECOG"),
        ("her2_level", "HER2 level"),
        ("threshold", "threshold"),
        ("", ""),
    ],
)
def test_names_are_spelt_as_the_field_does(name, words):
    assert spell(name) == words
