"""Only the primary test of a question that the config declares is predeclared."""

import pandas as pd
import pytest

from her2ctdna.association.predeclared import is_declared, mark_predeclared

TESTS = pd.DataFrame(
    [
        ("orr", "her2_group", "first_dose", "primary"),
        ("orr", "her2_group", "first_dose", "alternative"),
        ("orr", "her2_group", "first_dose", "interaction"),
        ("pfs", "clearance_C2D1", "C2D1", "primary"),
        ("pfs", "clearance_C3D1", "C3D1", "primary"),
        ("os", "gene_TP53", "first_dose", "primary"),
    ],
    columns=["endpoint", "biomarker", "origin", "role"],
)


@pytest.mark.parametrize(
    ("pattern", "declared"),
    [
        ({"endpoints": ["orr"], "group_by": ["her2_group"]}, [0]),
        (
            {"endpoints": ["orr", "pfs"], "group_by": ["her2_*", "clearance_*"]},
            [0, 3, 4],
        ),
        ({"endpoints": ["*"], "group_by": ["clearance_*"], "origins": ["C2D1"]}, [3]),
        ({"endpoints": ["orr"], "group_by": ["all"]}, []),
        ({"endpoints": [], "group_by": ["*"]}, []),
    ],
)
def test_pattern_declares_the_primary_tests_that_it_names(pattern, declared) -> None:
    marks = mark_predeclared(TESTS, [pattern])
    assert [place for place, mark in enumerate(marks) if mark == "yes"] == declared
    assert set(marks) <= {"yes", "no"}


def test_nothing_is_declared_without_patterns() -> None:
    assert set(mark_predeclared(TESTS, [])) == {"no"}


def test_any_pattern_is_enough() -> None:
    patterns = [
        {"endpoints": ["os"], "group_by": ["all"]},
        {"endpoints": ["orr"], "group_by": ["her2_group"]},
    ]
    assert is_declared("orr", "her2_group", "first_dose", patterns)
    assert not is_declared("os", "her2_group", "first_dose", patterns)


def test_no_tests_have_no_marks() -> None:
    assert mark_predeclared(TESTS.iloc[:0], []).empty


def test_registry_entry_declares_no_comparison(defaults) -> None:
    patterns = defaults["definitions"]["association"]["predeclared"]
    assert is_declared("orr", "all", "first_dose", patterns)
    assert set(mark_predeclared(TESTS, patterns)) == {"no"}
