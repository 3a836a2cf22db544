import pandas as pd
import pytest

from her2ctdna.ctdna.error_rates import (
    CLASSES,
    classify_changes,
    configured_rates,
    name_change,
)


@pytest.mark.parametrize(
    ("ref", "alt", "name"),
    [
        ("C", "T", "C>T"),
        ("G", "A", "C>T"),
        ("A", "G", "T>C"),
        ("G", "T", "C>A"),
        ("A", "C", "T>G"),
        ("G", "C", "C>G"),
        ("A", "T", "T>A"),
        ("T", "TAC", "insertion"),
        ("TAC", "T", "deletion"),
        ("AC", "GT", "other"),
        ("N", "A", "other"),
        ("C", "*", "other"),
    ],
)
def test_a_change_is_named_by_the_pyrimidine_of_its_pair(ref, alt, name):
    assert name_change(ref, alt) == name


def test_every_row_has_the_class_of_its_change():
    variants = pd.DataFrame(
        {"ref": ["C", "G", "A"], "alt": ["T", "A", "AT"]}, index=[7, 3, 5]
    )
    classes = classify_changes(variants)
    assert classes.to_dict() == {7: "C>T", 3: "C>T", 5: "insertion"}
    assert classify_changes(variants.iloc[:0]).empty


def test_one_rate_is_that_of_every_class():
    assert configured_rates(1e-4) == dict.fromkeys(CLASSES, 1e-4)


def test_a_class_without_a_rate_has_the_default():
    rates = configured_rates({"C>T": 2e-4, "default": 1e-5})
    assert rates == dict.fromkeys(CLASSES, 1e-5) | {"C>T": 2e-4}
