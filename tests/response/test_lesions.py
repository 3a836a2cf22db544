"""RECIST 1.1 from lesions: sums, nadir, each response, one named test per rule."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from her2ctdna.response.lesion_courses import join_responses
from her2ctdna.response.lesions import derive_assessments, select_assessments

COLUMNS = [
    *["patient_id", "assessed_day", "lesion_id", "kind", "is_node"],
    *["diameter_mm", "state", "evaluator", "visit_id", "part_of"],
]


def target(day, name, mm, state="present", *, node=False):
    """Return a row of a target lesion; ``mm`` of None is not measured."""
    return (day, name, "target", "yes" if node else "no", mm, state)


def other(day, name, state, kind="non_target"):
    return (day, name, kind, "no", None, state)


def lesions(*rows, evaluator="investigator"):
    filled = [
        ("P1", *row[:6], evaluator, *row[6:], *[None] * (8 - len(row))) for row in rows
    ]
    frame = pd.DataFrame(filled, columns=COLUMNS)
    return frame.astype({"assessed_day": float, "diameter_mm": float})


def assessments_of(table, window=None):
    return derive_assessments(table, baseline_window=window)


def derive(*rows):
    """Return (day, overall, sum) of each visit after baseline."""
    table = assessments_of(lesions(*rows))
    later = table[table["assessed_day"] > 0]
    return list(
        later[["assessed_day", "overall", "target_sum_mm"]].itertuples(
            index=False, name=None
        )
    )


def responses(*rows):
    return [overall for _, overall, _ in derive(*rows)]


def course(*sums):
    """Return the responses of one target, at baseline and every six weeks."""
    return responses(*(target(42 * i, "T1", mm) for i, mm in enumerate(sums)))


def test_sum_is_of_all_targets_and_baseline_has_no_response():
    table = assessments_of(
        lesions(
            *[target(-7, "T1", 30), target(-7, "N1", 20, node=True)],
            *[target(42, "T1", 25), target(42, "N1", 15, node=True)],
        )
    )
    assert table["assessed_day"].to_list() == [-7, 42]
    assert table["target_sum_mm"].to_list() == [50, 40]
    assert table["overall"].isna().to_list() == [True, False]
    assert table["new_lesion"].to_list()[1] == "no"
    assert table["evaluator"].to_list() == ["investigator"] * 2


def test_baseline_is_the_last_measurement_of_each_lesion_up_to_day_0():
    rows = [target(0, "T1", 50), target(-30, "T1", 90), target(-20, "T2", 50)]
    table = assessments_of(lesions(*rows))
    assert table["assessed_day"].to_list() == [0]
    assert table["target_sum_mm"].to_list() == [100]


def test_pr_starts_at_a_decrease_of_30_percent_from_baseline():
    assert course(100, 70.1) == ["SD"]
    assert course(100, 70) == ["PR"]
    assert course(32.1, 22.47) == ["PR"]  # 30 % exactly but for rounding of floats


def test_pr_counts_from_baseline_and_not_from_the_nadir():
    assert course(100, 90, 71) == ["SD", "SD"]


def test_pd_needs_20_percent_over_the_nadir():
    assert course(100, 119.9) == ["SD"]
    assert course(100, 120) == ["PD"]


def test_pd_needs_5_mm_over_the_nadir():
    assert course(20, 24.9) == ["SD"]
    assert course(20, 25) == ["PD"]


def test_nadir_is_the_smallest_sum_before_the_visit():
    assert course(100, 60, 72) == ["PR", "PD"]
    assert course(100, 60, 65, 72) == ["PR", "PR", "PD"]
    assert course(50, 55, 60) == ["SD", "PD"]


def test_nadir_of_0_and_5_mm_is_pd():
    rest = other(0, "NT1", "present"), other(42, "NT1", "present")
    rows = [target(0, "T1", 30), target(42, "T1", 0), *rest]
    assert responses(*rows, target(84, "T1", 5)) == ["PR", "PD"]
    assert responses(*rows, target(84, "T1", 4)) == ["PR", "PR"]


def test_pd_may_be_less_than_baseline():
    assert course(100, 20, 30) == ["PR", "PD"]


def test_cr_is_the_disappearance_of_all_targets():
    assert course(30, 0) == ["CR"]
    assert course(30, 0.1) == ["PR"]


def test_absent_target_counts_as_0_mm_whatever_its_diameter():
    rows = [target(0, "T1", 30), target(42, "T1", None, "absent")]
    assert derive(*rows) == [(42, "CR", 0)]
    rows = [target(0, "T1", 30), target(42, "T1", 12, "absent")]
    assert derive(*rows) == [(42, "CR", 0)]


@pytest.mark.parametrize(("mm", "overall"), [(9, "CR"), (9.9, "CR"), (10, "PR")])
def test_node_below_10_mm_is_normal(mm, overall):
    rows = [target(0, "T1", 30), target(0, "N1", 20, node=True)]
    rows += [target(42, "T1", 0), target(42, "N1", mm, node=True)]
    assert derive(*rows) == [(42, overall, mm)]


def test_target_that_was_not_measured_makes_ne():
    rows = [target(0, "T1", 30), target(0, "T2", 30), target(42, "T1", 10)]
    for missing in (
        [],
        [target(42, "T2", None)],
        [target(42, "T2", 30, "not_evaluable")],
    ):
        ((_, overall, total),) = derive(*rows, *missing)
        assert overall == "NE"
        assert np.isnan(total)


def test_measured_targets_alone_may_be_pd_while_one_is_unmeasured():
    rows = [target(0, "T1", 30), target(0, "T2", 20)]
    ((_, overall, total),) = derive(*rows, target(42, "T1", 60))
    assert overall == "PD"
    assert np.isnan(total)
    assert responses(*rows, target(42, "T1", 59)) == ["NE"]


def test_incomplete_sum_is_no_nadir():
    rows = [target(0, "T1", 30), target(0, "T2", 30), target(42, "T1", 10)]
    rows += [target(84, "T1", 30), target(84, "T2", 30)]
    assert responses(*rows) == ["NE", "SD"]


def test_target_unmeasured_at_baseline_leaves_no_sum_to_compare_with():
    rows = [target(0, "T1", 20), target(0, "T2", None)]
    table = assessments_of(lesions(*rows))
    assert table["target_sum_mm"].isna().all()
    rows += [target(42, "T1", 20), target(42, "T2", 20)]
    assert responses(*rows) == ["NE"]
    rows += [target(84, "T1", 24), target(84, "T2", 24)]
    assert responses(*rows) == ["NE", "PD"]


def test_lesion_unknown_at_baseline_is_not_in_the_sum():
    rows = [target(0, "T1", 30), target(42, "T1", 30), target(42, "T9", 50)]
    assert derive(*rows) == [(42, "SD", 30)]


@pytest.mark.parametrize(
    ("state", "overall"),
    [
        ("absent", "CR"),
        ("present", "NON-CR/NON-PD"),
        ("equivocal", "NON-CR/NON-PD"),
        ("unequivocal_progression", "PD"),
        ("not_evaluable", "NE"),
        (None, "NE"),
    ],
)
def test_non_target_disease_alone(state, overall):
    assert responses(other(0, "NT1", "present"), other(42, "NT1", state)) == [overall]


def test_non_target_cr_needs_all_of_them_absent():
    rows = [other(0, "NT1", "present"), other(0, "NT2", "present")]
    rows += [other(42, "NT1", "absent")]
    assert responses(*rows, other(42, "NT2", "absent")) == ["CR"]
    assert responses(*rows, other(42, "NT2", "present")) == ["NON-CR/NON-PD"]
    assert responses(*rows) == ["NE"]


def test_non_target_progression_is_pd_whatever_the_targets_do():
    rows = [target(0, "T1", 30), other(0, "NT1", "present"), target(42, "T1", 10)]
    assert responses(*rows, other(42, "NT1", "unequivocal_progression")) == ["PD"]


@pytest.mark.parametrize("state", ["present", "not_evaluable", "equivocal"])
def test_target_cr_with_non_targets_left_or_not_seen_is_pr(state):
    rows = [target(0, "T1", 30), other(0, "NT1", "present"), target(42, "T1", 0)]
    assert responses(*rows, other(42, "NT1", state)) == ["PR"]
    assert responses(*rows, other(42, "NT1", "absent")) == ["CR"]
    assert responses(*rows) == ["PR"]


@pytest.mark.parametrize(
    ("state", "overall"),
    [
        ("present", "PD"),
        (None, "PD"),
        ("equivocal", "PR"),
        ("absent", "PR"),
        ("not_evaluable", "PR"),
    ],
)
def test_new_lesion_is_pd_unless_equivocal(state, overall):
    rows = [target(0, "T1", 30), target(42, "T1", 10), other(42, "X1", state, "new")]
    assert responses(*rows) == [overall]
    table = assessments_of(lesions(*rows))
    assert table["new_lesion"].to_list()[1] == ("yes" if overall == "PD" else "no")


def test_patient_without_baseline_is_ne_unless_a_lesion_is_new():
    assert responses(target(42, "T1", 10)) == ["NE"]
    assert responses(other(42, "X1", "present", "new")) == ["PD"]


@pytest.mark.parametrize(
    ("target_response", "non_target", "overall"),
    [
        ("CR", "CR", "CR"),
        ("CR", "none", "CR"),
        ("CR", "NON-CR/NON-PD", "PR"),
        ("CR", "NE", "PR"),
        ("PR", "CR", "PR"),
        ("PR", "NE", "PR"),
        ("SD", "NON-CR/NON-PD", "SD"),
        ("SD", "NE", "SD"),
        ("NE", "CR", "NE"),
        ("NE", "NON-CR/NON-PD", "NE"),
        ("PD", "CR", "PD"),
        ("CR", "PD", "PD"),
        ("NE", "PD", "PD"),
        ("none", "CR", "CR"),
        ("none", "NON-CR/NON-PD", "NON-CR/NON-PD"),
        ("none", "NE", "NE"),
        ("none", "PD", "PD"),
        ("none", "none", "NE"),
    ],
)
def test_tables_1_and_2_of_recist(target_response, non_target, overall):
    assert join_responses(target_response, non_target, has_new_lesion=False) == overall
    assert join_responses(target_response, non_target, has_new_lesion=True) == "PD"


def test_evaluators_are_derived_apart():
    table = assessments_of(
        pd.concat(
            [
                lesions(target(0, "T1", 30), target(42, "T1", 10)),
                lesions(
                    *[target(0, "T1", 30), target(42, "T1", 40)],
                    evaluator="independent",
                ),
            ]
        )
    )
    later = table[table["assessed_day"] > 0].set_index("evaluator")["overall"]
    assert later.to_dict() == {"independent": "PD", "investigator": "PR"}


def test_any_number_of_readers_may_be_named():
    seen = {"BICR": 10, "Reader 1": 25, "investigator": 40}
    parts = [
        lesions(target(0, "T1", 30), target(42, "T1", mm), evaluator=name)
        for name, mm in seen.items()
    ]
    table = assessments_of(pd.concat(parts))
    later = table[table["assessed_day"] > 0].set_index("evaluator")["overall"]
    assert later.to_dict() == {"BICR": "PR", "Reader 1": "SD", "investigator": "PD"}


def test_rows_that_name_no_evaluator_hold_for_whoever_is_named():
    nobody = lesions(target(0, "T1", 30), target(42, "T1", 10), evaluator=None)
    assert assessments_of(nobody)["evaluator"].isna().all()
    named = lesions(target(84, "T1", 40), evaluator="independent")
    table = assessments_of(pd.concat([nobody, named]))
    assert set(table["evaluator"]) == {"independent", "investigator"}
    courses = table.groupby("evaluator")["overall"].agg(lambda seen: list(seen[1:]))
    assert courses.to_dict() == {"independent": ["PR", "PD"], "investigator": ["PR"]}


def test_rows_without_a_day_are_left_out_and_order_does_not_matter():
    rows = [target(0, "T1", 100), target(42, "T1", 60), target(84, "T1", 72)]
    undated = target(None, "T1", 0)
    assert responses(*rows[::-1], undated) == responses(*rows) == ["PR", "PD"]


def test_no_lesions_give_no_assessments():
    table = assessments_of(lesions())
    assert len(table) == 0
    assert {"patient_id", "assessed_day", "overall", "evaluator"} <= set(table.columns)


def test_source_decides_which_assessments_are_used():
    reported = pd.DataFrame({"overall": ["SD"]})
    measured = lesions(target(0, "T1", 30), target(42, "T1", 10))
    select = partial(select_assessments, baseline_window=None)
    assert select(reported, measured, source="reported") is reported
    derived = select(reported, measured, source="lesions")
    assert derived["overall"].to_list()[1:] == ["PR"]
    assert select(None, measured, source="reported") is None
    assert select(reported, None, source="lesions") is None


def test_lesions_of_one_visit_over_two_days_are_one_assessment():
    baseline = [target(0, "T1", 30), target(0, "T2", 30)]
    seen = [(*target(41, "T1", 15), "W6"), (*target(43, "T2", 15), "W6")]
    assert derive(*baseline, *seen) == [(43, "PR", 30)]
    apart = [row[:6] for row in seen]
    assert [overall for _, overall, _ in derive(*baseline, *apart)] == ["NE", "NE"]


def test_progression_of_a_visit_over_two_days_has_the_first_and_others_the_last():
    rows = [target(0, "T1", 30), (*target(41, "T1", 30), "W6")]
    new = (*other(44, "N1", "present", kind="new"), "W6")
    assert [row[:2] for row in derive(*rows, new)] == [(41, "PD")]
    seen = (*other(44, "O1", "present"), "W6")
    assert [row[:2] for row in derive(*rows, seen)] == [(44, "SD")]


def test_non_target_node_below_10_mm_is_gone():
    rows = [target(0, "T1", 30), other(0, "N1", "present"), target(42, "T1", 0)]
    for mm, overall in ((9.9, "CR"), (10.0, "PR")):
        node = (42, "N1", "non_target", "yes", mm, "present")
        assert responses(*rows, node) == [overall]


def test_responses_of_targets_and_non_targets_are_kept():
    rows = [target(0, "T1", 30), other(0, "O1", "present")]
    rows += [target(42, "T1", 15), other(42, "O1", "not_evaluable")]
    table = assessments_of(lesions(*rows))
    columns = ["target_response", "non_target_response", "overall"]
    assert table[columns].iloc[1].to_list() == ["PR", "NE", "PR"]
