"""What is remarkable in lesions, and reports that lesions contradict."""

import pandas as pd
import pytest

from her2ctdna.inputs.dates import normalised_columns
from her2ctdna.inputs.lesion_checks import check_lesions

USUAL = {"patient_id": "P1", "lesion_id": "T1", "kind": "target", "is_node": "no"}
USUAL |= {"state": "present", "evaluator": "investigator", "diameter_mm": 30.0}


def table(name, *rows):
    """Return a normalised table whose rows stand on lines 2, 3, ... of the sheet."""
    columns = normalised_columns(name)
    frame = pd.DataFrame(list(rows), columns=list(columns))
    frame = frame.astype({c: float for c, is_number in columns.items() if is_number})
    return frame.set_index(pd.RangeIndex(2, len(frame) + 2))


def lesion(day, **differs):
    return USUAL | {"assessed_day": day} | differs


def found(*rows, assessments=()):
    tables = {"lesions": table("lesions", *rows)}
    if assessments:
        tables["assessments"] = table("assessments", *assessments)
    return [
        (finding.table, finding.row, finding.column, finding.value)
        for finding in check_lesions(tables, baseline_window=None)
    ]


def test_usual_lesions_have_no_finding():
    node = {"lesion_id": "N1", "is_node": "yes", "diameter_mm": 15.0}
    new = {"lesion_id": "X", "kind": "new", "diameter_mm": None}
    assert found(lesion(-5), lesion(-5, **node), lesion(42), lesion(42, **new)) == []
    assert list(check_lesions({}, baseline_window=None)) == []


@pytest.mark.parametrize(
    ("differs", "value"),
    [
        ({"diameter_mm": 9.9}, "9.9"),
        ({"diameter_mm": 14.0, "is_node": "yes"}, "14"),
        ({"diameter_mm": None}, ""),
        ({"state": "not_evaluable"}, "30"),
    ],
)
def test_target_that_is_not_measurable_at_baseline(differs, value):
    assert found(lesion(-5, **differs)) == [("lesions", 2, "diameter_mm", value)]
    later = [row for row in found(lesion(-5), lesion(42, **differs)) if row[3] == value]
    assert later == ([("lesions", 3, "diameter_mm", "")] if value == "" else [])


def test_sixth_target():
    rows = [lesion(-5, lesion_id=f"T{number}") for number in range(1, 8)]
    assert [row for _, row, _, _ in found(*rows)] == [7, 8]


def test_target_unknown_at_baseline_is_named_once():
    rows = [lesion(-5), lesion(42, lesion_id="T2"), lesion(84, lesion_id="T2")]
    assert found(*rows) == [("lesions", 3, "kind", "target")]


def test_lesion_that_changes_its_kind_or_stands_twice():
    rows = [lesion(-5), lesion(42, kind="non_target"), lesion(84), lesion(84)]
    assert found(*rows) == [
        ("lesions", 5, "lesion_id", "T1"),
        ("lesions", 3, "kind", "non_target"),
    ]


def test_every_report_that_the_lesions_contradict_is_named():
    seen = [lesion(-5), lesion(42, diameter_mm=15.0), lesion(84, diameter_mm=14.0)]
    reported = {"patient_id": "P1", "evaluator": "investigator"}
    reports = [
        reported | {"assessed_day": 42.0, "overall": "SD"},
        reported | {"assessed_day": 84.0, "overall": "PR"},
        reported | {"assessed_day": 42.0, "overall": "SD", "evaluator": "independent"},
        reported | {"assessed_day": 84.0, "overall": "PD", "evaluator": None},
        reported | {"assessed_day": 126.0, "overall": "PD"},
    ]
    assert found(*seen, assessments=reports) == [
        ("assessments", 2, "overall", "SD"),
        ("assessments", 5, "overall", "PD"),
    ]


def test_contradiction_says_what_the_lesions_make():
    tables = {
        "lesions": table("lesions", lesion(-5), lesion(42, diameter_mm=15.0)),
        "assessments": table(
            "assessments", {"patient_id": "P1", "assessed_day": 42.0, "overall": "SD"}
        ),
    }
    (finding,) = check_lesions(tables, baseline_window=None)
    assert finding.severity == "warning"
    assert finding.message == (
        "the lesions of this visit make PR (targets PR, non-targets none, new lesion "
        "no); definitions.response.source decides which counts"
    )


def test_patient_without_a_scan_before_first_dose_is_one_finding():
    rows = [
        lesion(3),
        lesion(3, lesion_id="T2"),
        lesion(42),
        lesion(42, lesion_id="T2"),
    ]
    assert found(*rows) == [("lesions", 2, "assessed_day", "3")]
    tables = {"lesions": table("lesions", *rows)}
    assert list(check_lesions(tables, baseline_window=3)) == []
    assert len(list(check_lesions(tables, baseline_window=2))) == 1


def test_target_that_is_present_without_a_diameter_is_asked_for():
    bare = {"diameter_mm": None}
    rows = [lesion(-5), lesion(42, **bare), lesion(84, state="too_small", **bare)]
    rows += [lesion(126, state="absent", **bare), lesion(168, state=None, **bare)]
    assert found(*rows) == [
        ("lesions", 3, "diameter_mm", ""),
        ("lesions", 6, "diameter_mm", ""),
    ]


def test_whole_without_a_diameter_is_right_where_its_parts_have_one():
    parts = [lesion(42, lesion_id="T1.1"), lesion(42, lesion_id="T1.2")]
    assert found(lesion(-5), lesion(42, diameter_mm=None), *parts) == []


def test_lesion_that_is_part_of_a_known_one_is_not_unknown():
    told = lesion(42, lesion_id="b", part_of="T1")
    assert found(lesion(-5), told, lesion(84, lesion_id="b")) == []
    assert found(lesion(-5), lesion(42, lesion_id="b")) == [
        ("lesions", 3, "kind", "target")
    ]


def test_node_that_another_row_denies():
    node = {"lesion_id": "N1", "diameter_mm": 20.0}
    rows = [lesion(-5, is_node="yes", **node), lesion(42, is_node="no", **node)]
    assert found(*rows, lesion(84, is_node=None, **node)) == [
        ("lesions", 3, "is_node", "no")
    ]


def test_new_lesion_that_is_none_or_part_of_a_known_one():
    new = {"kind": "new", "lesion_id": "X"}
    assert found(lesion(-5), lesion(-5, **new)) == [("lesions", 3, "kind", "new")]
    node = new | {"is_node": "yes", "diameter_mm": 9.0}
    assert found(lesion(-5), lesion(42, **node)) == [("lesions", 3, "diameter_mm", "9")]
    part = new | {"lesion_id": "T1.1"}
    assert found(lesion(-5), lesion(42, **part)) == [("lesions", 3, "kind", "new")]
