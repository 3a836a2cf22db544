"""Reported responses that cannot be, or that do not count: one test per rule."""

import pandas as pd
import pytest

from her2ctdna.inputs.assessment_checks import check_assessments
from her2ctdna.inputs.dates import empty_table


def found(*rows, window=None):
    """Return where the findings are, of rows (patient, day, response, evaluator)."""
    columns = ["patient_id", "assessed_day", "overall", "evaluator"]
    filled = [dict(zip(columns, row, strict=False)) for row in rows]
    frame = pd.DataFrame(filled, columns=list(empty_table("assessments")))
    frame = frame.astype(empty_table("assessments").dtypes.to_dict())
    frame = frame.set_axis(range(2, 2 + len(rows)), axis="index")
    findings = check_assessments({"assessments": frame}, baseline_window=window)
    return [(f.severity, f.row, f.column, f.value) for f in findings]


def test_usual_course_and_no_assessments_have_no_finding():
    rows = [("P1", -7, None), ("P1", 42, "PR"), ("P1", 84, "CR"), ("P1", 126, "PD")]
    assert found(*rows) == found() == []
    assert list(check_assessments({}, baseline_window=None)) == []


@pytest.mark.parametrize("after", ["PR", "SD", "NON-CR/NON-PD"])
def test_what_follows_a_cr_and_is_neither_cr_nor_pd_is_a_warning(after):
    rows = [("P1", 28, "CR"), ("P1", 84, after), ("P2", 84, after)]
    assert found(*rows) == [("warning", 3, "overall", after)]
    assert found(*rows[::-1]) == [("warning", 3, "overall", after)]


@pytest.mark.parametrize("after", ["CR", "PD", "NE"])
def test_cr_pd_and_ne_may_follow_a_cr(after):
    assert found(("P1", 28, "CR"), ("P1", 84, after)) == []


def test_cr_of_another_evaluator_or_before_a_pd_does_not_count():
    other = [("P1", 28, "CR", "Reader 1"), ("P1", 84, "SD", "Reader 2")]
    assert found(*other) == []
    assert found(("P1", 28, "CR"), ("P1", 84, "PD"), ("P1", 126, "SD")) == []


@pytest.mark.parametrize("day", [-7, 0])
def test_response_up_to_first_dose_is_a_warning_and_a_mere_sum_is_not(day):
    assert found(("P1", day, "SD")) == [("warning", 2, "overall", "SD")]
    assert found(("P1", day, None)) == []


def test_assessment_without_a_response_is_baseline_in_the_window_only():
    assert found(("P1", 3, None)) == [("error", 2, "overall", "")]
    assert found(("P1", 3, None), window=3) == []
    assert found(("P1", 4, None), window=3) == [("error", 2, "overall", "")]
