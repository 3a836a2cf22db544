"""RECIST 1.1 as a course: each situation of the working group's FAQ, visit by visit.

Sources: EJC 2009;45:228 (RECIST 1.1), its working group's FAQ, and EJC 2016;62:132
(update and clarification).
"""

from math import nan

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from her2ctdna.inputs.dates import normalised_columns
from her2ctdna.response.lesion_courses import follow_lesions
from her2ctdna.response.lesion_rows import Lesion
from her2ctdna.response.lesions import derive_assessments

DAYS = (-7, 42, 84, 126, 168)


def lesion(name, *seen, kind="target", node=None, part_of=None):
    """Return the rows of a lesion at baseline and every six weeks.

    What was seen is a diameter, a state, both, or None for no row.
    """
    rows = []
    for day, cell in zip(DAYS, seen, strict=False):
        if cell is None:
            continue
        mm, state = cell if isinstance(cell, tuple) else (cell, "present")
        if isinstance(mm, str):
            mm, state = None, mm
        cells = {"assessed_day": day, "lesion_id": name, "kind": kind}
        cells |= {"is_node": node, "diameter_mm": mm, "state": state}
        rows.append(cells | {"part_of": part_of})
    return rows


def other(name, *states, node=None):
    return lesion(name, *states, kind="non_target", node=node)


def new(name, *seen, node=None, part_of=None):
    return lesion(name, *seen, kind="new", node=node, part_of=part_of)


def table_of(rows):
    columns = normalised_columns("lesions")
    frame = pd.DataFrame(rows, columns=list(columns)).assign(patient_id="P1")
    frame = frame.astype(object).where(frame.notna(), None)
    numbers = [name for name, is_number in columns.items() if is_number]
    return frame.astype(dict.fromkeys(numbers, float))


def follow(rows, window=None):
    """Return (day, response, sum) of each visit after baseline."""
    derived = derive_assessments(table_of(rows), baseline_window=window)
    later = derived[derived["overall"].notna()]
    sums = later["target_sum_mm"].astype(object).where(later["target_sum_mm"].notna())
    return list(zip(later["assessed_day"], later["overall"], sums, strict=True))


def responses(*lesions):
    return [
        overall for _, overall, _ in follow([row for rows in lesions for row in rows])
    ]


def sums(*lesions):
    return [total for _, _, total in follow([row for rows in lesions for row in rows])]


class TestAfterCompleteResponse:
    @pytest.mark.parametrize("back", [4, 1, "too_small", "present", (2, None)])
    def test_target_that_comes_back_is_pd_whatever_its_size(self, back):
        target = lesion("T1", 20, 12, "absent", back)
        assert responses(target) == ["PR", "CR", "PD"]

    def test_target_that_comes_back_before_an_overall_cr_is_in_the_sum(self):
        back = lesion("T1", 20, "absent", 4, 12)
        rest = lesion("T2", 40, 20, 20, 20)
        assert responses(back, rest) == ["PR", "PR", "PD"]
        assert sums(back, rest) == [20, 24, 32]

    def test_target_that_comes_back_while_non_targets_persist_is_in_the_sum(self):
        back, rest = lesion("T1", 20, "absent", 4, 6), other("O1", *["present"] * 4)
        assert responses(back, rest) == ["PR", "PR", "PD"]

    def test_non_target_that_comes_back_is_pd(self):
        target = lesion("T1", 20, "absent", "absent", "absent")
        rest = other("O1", "present", "absent", "absent", "present")
        assert responses(target, rest) == ["CR", "CR", "PD"]
        assert responses(rest) == ["CR", "CR", "PD"]

    def test_target_node_is_back_from_10_mm_on(self):
        node = lesion("N1", 20, 8, 9, 9.9, 10, node="yes")
        assert responses(node) == ["CR", "CR", "CR", "PD"]

    def test_non_target_node_is_back_from_10_mm_on(self):
        target = lesion("T1", 20, *["absent"] * 4)
        node = other("N1", 12, 8, 9, 9.9, 10, node="yes")
        assert responses(target, node) == ["CR", "CR", "CR", "PD"]

    def test_what_was_not_evaluated_leaves_no_pr(self):
        target = lesion("T1", 20, "absent", "absent", "absent")
        rest = other("O1", "present", "absent", "not_evaluable", "absent")
        assert responses(target, rest) == ["CR", "NE", "CR"]
        unseen = lesion("T1", 20, "absent", "not_evaluable", 3)
        assert responses(unseen) == ["CR", "NE", "PD"]

    def test_lesion_unknown_at_baseline_is_disease_too(self):
        target, late = lesion("T1", 20, "absent", "absent"), other("O9", None, None, 3)
        assert responses(target, late) == ["CR", "PD"]

    def test_new_lesion_is_pd_and_an_equivocal_one_is_not_yet(self):
        target = lesion("T1", 20, "absent", "absent", "absent")
        assert responses(target, new("X1", None, None, 3)) == ["CR", "PD", "CR"]
        doubt = new("X1", None, None, "equivocal")
        assert responses(target, doubt) == ["CR", "CR", "CR"]


class TestNewLesions:
    TARGET = lesion("T1", 20, 20, 20, 20, 20)

    @pytest.mark.parametrize("mm", [3, 12, "present", "too_small"])
    def test_new_lesion_of_any_size_is_pd(self, mm):
        assert responses(self.TARGET, new("X1", None, None, mm))[:2] == ["SD", "PD"]

    def test_new_lesion_that_goes_away_was_pd(self):
        shrinking = lesion("T1", 20, 12, 6, "absent")
        gone = new("X1", None, 8, "absent", "absent")
        assert responses(shrinking, gone)[0] == "PD"

    def test_equivocal_new_lesion_that_is_confirmed_dates_progression_at_first_sight(
        self,
    ):
        doubt = new("X1", None, (6, "equivocal"), (12, "present"))
        assert responses(self.TARGET, doubt)[:2] == ["PD", "PD"]

    def test_first_of_several_equivocal_sights_counts(self):
        doubt = new("X1", None, "equivocal", "equivocal", "not_evaluable", "present")
        assert responses(self.TARGET, doubt) == ["PD", "PD", "SD", "PD"]

    def test_equivocal_lesion_that_was_refuted_in_between_counts_from_its_return(self):
        doubt = new("X1", None, "equivocal", "absent", "equivocal", "present")
        assert responses(self.TARGET, doubt) == ["SD", "SD", "PD", "PD"]

    def test_equivocal_lesion_that_is_never_confirmed_is_no_progression(self):
        doubt = new("X1", None, "equivocal", "equivocal", "absent", "absent")
        assert responses(self.TARGET, doubt) == ["SD"] * 4

    def test_another_lesion_does_not_confirm_an_equivocal_one(self):
        doubt = new("X1", None, "equivocal", "equivocal")
        assert responses(self.TARGET, doubt, new("X2", None, None, 9))[:2] == [
            "SD",
            "PD",
        ]

    def test_equivocal_progression_of_a_non_target_that_is_confirmed_has_its_own_day(
        self,
    ):
        rest = other("O1", "present", "equivocal", "unequivocal_progression")
        assert responses(lesion("T1", 20, 20, 20), rest) == ["PD", "PD"]

    def test_new_node_below_10_mm_is_no_new_lesion(self):
        node = new("N9", None, 8, 9.9, 10, node="yes")
        assert responses(self.TARGET, node)[:3] == ["SD", "SD", "PD"]

    def test_new_node_is_told_by_any_of_its_rows(self):
        node = new("N9", None, 8, 9) + new("N9", None, None, None, 12, node="yes")
        assert responses(self.TARGET, node)[:3] == ["SD", "SD", "PD"]

    def test_normal_node_that_grew_is_new_when_it_is_one_and_not_before(self):
        node = new("N9", None, (8, "equivocal"), (12, "present"), node="yes")
        assert responses(self.TARGET, node)[:2] == ["SD", "PD"]

    def test_new_lesion_where_nothing_was_scanned_at_baseline_is_pd(self):
        brain = new("brain", None, None, 7)
        assert responses(lesion("T1", 50, 30, 15), brain) == ["PR", "PD"]


class TestNodes:
    def test_flag_at_baseline_holds_for_later_rows_of_targets_and_non_targets(self):
        flagged = lesion("N1", 20, node="yes") + lesion("N1", None, 9, 9)
        rest = other("N2", 12, node="yes") + other("N2", None, 8, 12)
        assert responses(flagged, rest) == ["CR", "PD"]

    def test_sum_of_a_cr_holds_the_short_axis_of_normal_nodes(self):
        target, node = (
            lesion("T1", 30, 10, "absent"),
            lesion("N1", 20, 12, 8, node="yes"),
        )
        assert responses(target, node) == ["PR", "CR"]
        assert sums(target, node) == [22, 8]

    def test_node_faintly_seen_counts_5_mm_and_is_normal(self):
        node = lesion("N1", 20, 15, "too_small", node="yes")
        assert (responses(node), sums(node)) == (["SD", "CR"], [15, 5])

    def test_node_that_grows_within_normal_is_in_the_sum(self):
        target, node = lesion("T1", 20, 10, 10.1), lesion("N1", 20, 5, 9.9, node="yes")
        assert responses(target, node) == ["PR", "PD"]


class TestTooSmall:
    def test_target_too_small_to_measure_counts_5_mm(self):
        target = lesion("T1", 20, 12, "too_small", "too_small")
        assert follow(target) == [(42, "PR", 12), (84, "PR", 5), (126, "PR", 5)]

    def test_diameter_that_could_be_measured_is_taken(self):
        target = lesion("T1", 20, (3, "too_small"), (2, "present"))
        assert (responses(target), sums(target)) == (["PR", "PR"], [3, 2])

    def test_it_grows_again_from_5_mm(self):
        assert responses(lesion("T1", 20, "too_small", 9, 10)) == ["PR", "PR", "PD"]

    def test_present_without_a_diameter_is_not_evaluable(self):
        target = lesion("T1", 20, "present", "too_small", "absent")
        assert responses(target) == ["NE", "PR", "CR"]

    def test_non_target_too_small_is_still_there(self):
        rest = other("O1", "present", "too_small", "absent")
        assert responses(rest) == ["NON-CR/NON-PD", "CR"]


class TestSplitAndMerged:
    @pytest.mark.parametrize("whole", ["T1", "T01"])
    @pytest.mark.parametrize("names", [("T1.1", "T1.2"), ("T01.1", "T01.2")])
    def test_fragments_are_summed_by_their_names(self, whole, names):
        rows = [lesion(whole, 60, 40)]
        rows += [lesion(name, None, None, 15, 25) for name in names]
        assert (responses(*rows), sums(*rows)) == (["PR", "PR", "PD"], [40, 30, 50])

    def test_fragments_are_summed_by_part_of_told_once(self):
        first = lesion("a", None, 15, part_of="T1") + lesion("a", None, None, 15)
        second = lesion("b", None, 15, part_of="T1") + lesion("b", None, None, 10)
        assert sums(lesion("T1", 60), first, second) == [30, 25]

    def test_fragment_that_was_not_seen_leaves_the_sum_incomplete(self):
        rows = [lesion("T1", 60), lesion("T1.1", None, 15, 15, 15)]
        rows += [lesion("T1.2", None, 15, None, "absent")]
        assert responses(*rows) == ["PR", "NE", "PR"]
        assert sums(*rows)[::2] == [30, 15]

    def test_what_is_left_of_the_whole_is_summed_with_its_fragments(self):
        rows = [lesion("T1", 60, 20, "absent"), lesion("T1.1", None, 10, 10)]
        assert sums(*rows) == [30, 10]

    def test_fragment_is_no_new_lesion_if_it_is_said_to_be_a_part(self):
        rows = [lesion("T1", 60, 40), lesion("T1.1", None, None, 15)]
        assert responses(*rows, new("b", None, None, 10, part_of="T1")) == ["PR", "PR"]

    def test_names_with_points_at_baseline_are_lesions_of_their_own(self):
        rows = [lesion("1.1", 30, 10, 10), lesion("1.2", 30, 10, "absent")]
        assert sums(*rows) == [20, 10]

    @pytest.mark.parametrize("again", [25, 20, "present", "absent"])
    def test_merged_lesions_are_measured_once(self, again):
        merged = lesion("T2", 20, 15) + lesion("T2", None, None, again, part_of="T1")
        assert sums(lesion("T1", 20, 15, 25), merged) == [30, 25]
        alone = lesion("T2", 20, 15) + lesion("T2", None, None, 25, part_of="T1")
        assert sums(lesion("T1", 20, 15), alone) == [30, 25]

    def test_merged_lesion_stays_merged_until_it_has_a_row_of_its_own(self):
        merged = lesion("T2", 20, 15) + lesion(
            "T2", None, None, "present", part_of="T1"
        )
        apart = lesion("T2", None, None, None, None, 5)
        assert sums(lesion("T1", 20, 15, 25, 20, 10), merged, apart) == [30, 25, 20, 15]

    def test_merged_lesion_may_have_both_names(self):
        rows = [lesion("T1", 20, 15), lesion("T2", 20, 15)]
        assert sums(*rows, lesion("T1/T2", None, None, 25, 24)) == [30, 25, 24]

    def test_merged_lesion_that_was_not_measured_is_not_gone(self):
        merged = lesion("T2", 20, 15) + lesion("T2", None, None, "absent", part_of="T1")
        assert responses(lesion("T1", 20, 15), merged) == ["SD", "NE"]

    def test_two_that_name_each_other_are_measured_once(self):
        rows = lesion("T1", 20, 15) + lesion("T1", None, None, 25, part_of="T2")
        rows += lesion("T2", 20, 15) + lesion("T2", None, None, 25, part_of="T1")
        assert sums(rows) == [30, 25]

    def test_non_target_in_parts_is_as_its_worst_part(self):
        rows = [other("O1", "present"), other("O1.1", None, "absent", "absent")]
        rows += [other("O1.2", None, "present", "absent")]
        assert responses(*rows) == ["NON-CR/NON-PD", "CR"]


class TestSumAndNadir:
    def test_progression_is_of_the_sum_and_not_of_one_lesion(self):
        grown, shrunk = lesion("T1", 10, 14, 20), lesion("T2", 50, 30, 20)
        assert responses(grown, shrunk) == ["SD", "PR"]

    def test_progression_counts_from_the_nadir_and_response_from_baseline(self):
        assert responses(lesion("T1", 100, 50, 59, 60)) == ["PR", "PR", "PD"]
        assert responses(lesion("T1", 100, 69, 80, 82)) == ["PR", "SD", "SD"]

    def test_growth_of_20_percent_below_5_mm_is_no_progression(self):
        assert responses(lesion("T1", 20, 10, 14, 15)) == ["PR", "PR", "PD"]

    def test_target_that_was_treated_locally_is_not_evaluable_from_then_on(self):
        treated = lesion("T1", 30, 20, "not_evaluable", "not_evaluable")
        rest = lesion("T2", 30, 20, 20, 60)
        assert responses(treated, rest) == ["PR", "NE", "PD"]

    def test_modest_growth_of_a_non_target_is_no_progression(self):
        target, rest = lesion("T1", 50, 30, 30), other("O1", "present", "present", 30)
        assert responses(target, rest) == ["PR", "PR"]

    def test_unequivocal_progression_of_non_targets_is_pd_despite_response(self):
        rest = other("O1", "present", "present", "unequivocal_progression")
        assert responses(lesion("T1", 50, 30, 15), rest) == ["PR", "PD"]

    def test_disease_that_cannot_be_measured_alone(self):
        rest = other("O1", *["present"] * 3, "unequivocal_progression")
        assert responses(rest) == ["NON-CR/NON-PD", "NON-CR/NON-PD", "PD"]


def test_scan_after_first_dose_is_no_baseline_unless_it_is_said_to_be():
    rows = lesion("T1", 50, 30, 60)
    rows = [
        row | {"assessed_day": day} for row, day in zip(rows, (3, 42, 84), strict=True)
    ]
    for window in (None, 2):
        assert [row[:2] for row in follow(rows, window)] == [
            *[(3, "NE"), (42, "NE"), (84, "NE")],
        ]
    assert follow(rows, window=3) == [(42, "PR", 30), (84, "PD", 60)]


STATES = st.sampled_from(
    [
        "present",
        "absent",
        "too_small",
        "not_evaluable",
        "equivocal",
        "unequivocal_progression",
        None,
    ]
)
CELLS = st.none() | st.tuples(
    st.sampled_from([nan, 0.0, 2.0, 8.0, 12.0, 20.0, 40.0]), STATES
)
NAMES = {
    "T1": "target",
    "T2": "target",
    "N1": "target",
    "T1.1": "target",
    "T1/T2": "target",
    "O1": "non_target",
    "X1": "new",
    "X2": "new",
}
COURSES = st.fixed_dictionaries(
    {name: st.lists(CELLS, min_size=5, max_size=5) for name in NAMES}
)


def follow_courses(courses, last=DAYS[-1]):
    """Return the response of each visit up to the day ``last``, by its day."""
    rows = [
        Lesion(
            day, name, NAMES[name], "yes" if name == "N1" else None, *cell, *[None] * 3
        )
        for place, day in enumerate(DAYS)
        for name, seen in courses.items()
        if (cell := seen[place]) is not None and day <= last
    ]
    visits = follow_lesions(rows, last_baseline_day=0)
    return {row["assessed_day"]: row["overall"] for row in visits if "overall" in row}


NOTHING = dict.fromkeys(NAMES, [None] * 5)
FOUND_AT_A_CR = NOTHING | {
    "O1": [(nan, "present"), (nan, "absent"), None, None, None],
    "X2": [None, (nan, "equivocal"), None, None, (nan, "present")],
}
"""At a CR a new lesion was equivocal; two visits later it is there without doubt."""


@settings(max_examples=300, deadline=None)
@given(courses=COURSES)
@example(courses=FOUND_AT_A_CR | {"T1/T2": [*[None] * 3, (nan, "present"), None]})
@example(courses=FOUND_AT_A_CR | {"T1.1": [None, None, (nan, "present"), None, None]})
def test_later_visit_changes_an_earlier_response_only_where_a_lesion_was_equivocal(
    courses,
):
    """The exception by name: an equivocal lesion that later proves unequivocal."""
    whole = follow_courses(courses)
    for last in DAYS[1:]:
        for day, overall in follow_courses(courses, last).items():
            if whole[day] != overall:
                seen = [course[DAYS.index(day)] for course in courses.values()]
                assert "equivocal" in {cell[1] for cell in seen if cell is not None}
                assert whole[day] == "PD"


@settings(max_examples=300, deadline=None)
@given(courses=COURSES)
def test_after_an_overall_cr_there_is_no_response_but_cr_ne_and_pd(courses):
    found = list(follow_courses(courses).values())
    if "CR" in found:
        assert set(found[found.index("CR") :]) <= {"CR", "NE", "PD"}
