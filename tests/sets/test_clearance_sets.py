"""In whom clearance is counted, and which landmark a headline names."""

import pandas as pd
import pytest

from her2ctdna.sets.clearance_sets import (
    CLEARANCE_SETS,
    explain_not_able,
    find_headline_landmark,
    take_clearance_set,
)

# patient, treated, clearance, able, state
PATIENTS = pd.DataFrame(
    [
        ("strong_clear", "yes", "cleared", "yes", "undetected"),
        ("strong_seen", "yes", "not_cleared", "yes", "detected"),
        ("weak_seen", "yes", "not_cleared", "no", "detected"),
        ("weak_clear", "yes", "uninformative", "no", "undetected"),
        ("uncounted", "yes", "uninformative", "no", "not_evaluable"),
        ("no_reference", "yes", "uninformative", None, "detected"),
        ("gone", "yes", "missing", "no", "missing"),
        ("no_ctdna", "yes", "not_shedding", None, "undetected"),
        ("untreated", "no", "cleared", "yes", "undetected"),
    ],
    columns=["patient_id", "treated", "clearance_T2", "able_T2", "state_T2"],
)
BOUND = ["strong_clear", "strong_seen", "weak_seen", "weak_clear", "uncounted", "gone"]


@pytest.mark.parametrize(
    ("population", "members", "cleared"),
    [
        ("clearance_able", BOUND[:2], BOUND[:1]),
        ("clearance_judged", BOUND[:3], BOUND[:1]),
        ("clearance_worst", BOUND, BOUND[:1]),
        ("clearance_best", BOUND, [BOUND[0], *BOUND[3:]]),
    ],
)
def test_each_set_has_its_patients_and_counts_the_unknown_its_own_way(
    population, members, cleared
):
    counted = take_clearance_set(PATIENTS, population, "T2")
    assert list(counted["patient_id"]) == members
    assert set(counted["clearance_T2"]) <= {"cleared", "not_cleared"}
    is_cleared = counted["clearance_T2"] == "cleared"
    assert list(counted.loc[is_cleared, "patient_id"]) == cleared


@pytest.mark.parametrize("population", CLEARANCE_SETS)
def test_of_nobody_each_set_is_empty(population):
    nobody = PATIENTS.iloc[:0]
    assert take_clearance_set(nobody, population, "T2").empty


def test_not_measured_and_not_seen_enough_are_two_reasons():
    why = explain_not_able(PATIENTS.set_index("patient_id"), "T2")
    assert why.dropna().to_dict() == {
        "weak_seen": "could not have seen enough",
        "weak_clear": "could not have seen enough",
        "uncounted": "not measured",
        "no_reference": "not measured",
        "gone": "missing",
        "no_ctdna": "not_shedding",
    }


def of_landmarks(**able):
    """Return treated patients, of whom so many are able at each landmark."""
    columns = {name: ["yes"] * n + ["no"] * (12 - n) for name, n in able.items()}
    tables = {f"able_{name}": values for name, values in columns.items()}
    told = {f"clearance_{name}": "not_cleared" for name in able}
    return pd.DataFrame({"treated": "yes", **tables}).assign(**told)


@pytest.mark.parametrize(
    ("able", "named"),
    [
        ({"C2": 10, "C3": 12}, "C2"),
        ({"C2": 9, "C3": 10}, "C3"),
        ({"C2": 3, "C3": 5, "C4": 5}, "C3"),
        ({"C2": 0, "C3": 0}, "C2"),
    ],
)
def test_headline_names_the_first_with_ten_able_else_the_one_with_most(able, named):
    assert find_headline_landmark(of_landmarks(**able), able) == named


def test_without_landmarks_no_headline_names_one():
    assert find_headline_landmark(PATIENTS, []) is None
