"""Which assessments count, why others not, and the changes of the targets."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.response.visits import (
    derive_target_changes,
    derive_visits,
    select_visits,
)

COLUMNS = ["patient_id", "assessed_day", "overall", "evaluator", "target_sum_mm"]


def table(
    *rows, patient=None, evaluator="investigator", new_therapy="censor", window=None
):
    """Return the visits of P1 from rows of (day, overall, evaluator, sum)."""
    assessments = pd.DataFrame(
        [("P1", *row, *[None] * (4 - len(row))) for row in rows], columns=COLUMNS
    ).astype({"assessed_day": float, "target_sum_mm": float})
    known = {"patient_id": "P1", "treated": "yes", "new_therapy_day": np.nan}
    patients = pd.DataFrame([known | (patient or {})])
    response = {"evaluator": evaluator, "new_therapy": new_therapy}
    response["baseline_window"] = window
    return derive_visits(assessments, patients, response=response), patients


def select(*rows, **given):
    """Return the visits that count, as (day, overall)."""
    selected = select_visits(*table(*rows, **given))
    return {
        patient: [(visit.day, visit.overall) for visit in seen]
        for patient, seen in selected.items()
    }


def reasons(*rows, **given):
    return table(*rows, **given)[0]["reason"].to_list()


def test_assessments_after_the_first_pd_are_not_used():
    rows = [(42, "SD"), (84, "PD"), (126, "CR"), (168, "PD")]
    assert select(*rows) == {"P1": [(42, "SD"), (84, "PD")]}


def test_assessments_are_taken_in_the_order_of_days():
    assert select((126, "CR"), (84, "PD"), (42, "SD")) == {
        "P1": [(42, "SD"), (84, "PD")]
    }


def test_baseline_and_undated_assessments_are_not_visits():
    rows = [(-7, "SD"), (0, "SD"), (None, "PD"), (1, "SD")]
    assert select(*rows) == {"P1": [(1, "SD")]}


def test_scan_in_the_window_of_baseline_is_one_unless_it_has_a_response():
    rows = [(3, None, None, 60), (42, "PR", None, 30)]
    assert reasons(*rows, window=3) == ["baseline", "counts"]
    assert reasons(*rows, window=2) == ["no response given", "counts"]
    found, _ = table(*rows, window=3)
    assert found["change_percent"].to_list()[1] == -50
    assert reasons((3, "SD"), window=3) == ["counts"]


def test_assessment_without_a_response_is_no_visit():
    assert select((42, None), (84, "SD")) == {"P1": [(84, "SD")]}


@pytest.mark.parametrize(
    ("overalls", "worst"),
    [
        (["CR", "PD", "SD"], "PD"),
        (["PR", "SD"], "SD"),
        (["SD", "NON-CR/NON-PD"], "NON-CR/NON-PD"),
        (["CR", "PR"], "PR"),
        (["NE", "CR"], "CR"),
        (["NE", "NE"], "NE"),
    ],
)
def test_worst_of_several_responses_on_one_day_counts(overalls, worst):
    rows = [(42, overall) for overall in overalls]
    assert select(*rows) == select(*rows[::-1]) == {"P1": [(42, worst)]}


def test_only_the_chosen_evaluator_or_nobody_named_counts():
    rows = [
        (42, "SD", "investigator"),
        (42, "PD", "independent"),
        (84, "PR", "independent"),
        (126, "PD", None),
    ]
    assert select(*rows) == {"P1": [(42, "SD"), (126, "PD")]}
    assert select(*rows, evaluator="independent") == {"P1": [(42, "PD")]}


def test_assessments_after_a_new_therapy_are_cut_if_it_censors():
    rows = [(42, "SD"), (84, "SD"), (126, "PR")]
    started = {"new_therapy_day": 84.0}
    assert select(*rows, patient=started) == {"P1": [(42, "SD"), (84, "SD")]}
    assert select(*rows, patient=started, new_therapy="ignore") == {
        "P1": [(42, "SD"), (84, "SD"), (126, "PR")]
    }


def test_treated_patient_without_assessments_has_no_visits():
    assert select() == {"P1": []}


def test_untreated_patient_is_not_among_the_visits():
    assert select((42, "SD"), patient={"treated": "no"}) == {}


def test_each_assessment_that_does_not_count_says_why():
    rows = [
        (None, "SD"),
        (-5, "SD"),
        (42, "SD", "independent"),
        (42, "SD", "investigator"),
        (42, "PR", "investigator"),
        (63, None),
        (84, "PD"),
        (126, "CR"),
    ]
    found, _ = table(*rows)
    assert found["reason"].to_list() == [
        "baseline",
        "by another evaluator",
        "counts",
        "another response of that day counts",
        "no response given",
        "counts",
        "after progression",
        "no day",
    ]
    assert (found["used"] == "yes").to_list() == (found["reason"] == "counts").to_list()
    assert reasons((42, "SD"), patient={"treated": "no"}) == ["not treated"]
    late = reasons((42, "SD"), (50, "SD"), patient={"new_therapy_day": 42})
    assert late == ["counts", "after the new therapy"]


def test_progression_after_a_new_therapy_that_censors_ends_nothing_before():
    rows = [(42, "SD"), (84, "PD")]
    started = {"new_therapy_day": 60}
    assert reasons(*rows, patient=started) == ["counts", "after the new therapy"]
    assert reasons(*rows, patient=started, new_therapy="ignore") == ["counts"] * 2


def changes(*rows):
    """Return sum, baseline, nadir, and the three changes of each later sum."""
    columns = ["baseline_sum_mm", "nadir_sum_mm", "change_percent"]
    columns += ["change_from_nadir_mm", "change_from_nadir_percent"]
    found, _ = table(*rows)
    return found.loc[found["assessed_day"] > 0, columns].to_numpy()


def test_changes_are_from_baseline_and_from_the_smallest_earlier_sum():
    found = changes(
        (-20, None, None, 80),
        (-3, None, None, 100),
        (42, "SD", None, 80),
        (84, "PR", None, 50),
        (126, "NE", None, None),
        (168, "PD", None, 60),
    )
    np.testing.assert_allclose(
        found,
        [
            [100, 100, -20, -20, -20],
            [100, 80, -50, -30, -37.5],
            [np.nan] * 5,
            [100, 50, -40, 10, 20],
        ],
    )


def test_nadir_of_0_has_no_change_in_percent():
    found = changes((0, None, None, 60), (42, "CR", None, 0), (84, "PD", None, 5))
    np.testing.assert_allclose(found[1], [60, 0, -275 / 3, 5, np.nan])


def test_two_sums_of_a_day_are_no_nadir_for_each_other():
    found = changes((0, None, None, 60), (42, "SD", None, 50), (42, "SD", None, 40))
    np.testing.assert_allclose(found[:, 1], [60, 60])


def test_sums_without_baseline_have_no_change():
    assert np.isnan(changes((42, "SD", None, 50))).all()


def test_no_assessments_give_no_rows_and_no_changes():
    found, patients = table()
    assert len(found) == 0
    assert select_visits(found, patients) == {"P1": []}
    changes = derive_target_changes(
        found, evaluator="investigator", baseline_window=None
    )
    assert len(changes) == 0
