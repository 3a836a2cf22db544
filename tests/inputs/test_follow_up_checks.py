"""Follow-up that is missing, implausible or not read: one test per rule."""

import pandas as pd
import pytest

from her2ctdna.inputs.dates import empty_table
from her2ctdna.inputs.follow_up_checks import check_follow_up


def table(name, *rows, **extra):
    frame = pd.DataFrame(list(rows), columns=list(empty_table(name)))
    frame = frame.astype(empty_table(name).dtypes.to_dict())
    return frame.set_axis(range(2, 2 + len(rows)), axis="index").assign(**extra)


def found(*rows, origin="first dose", extra=None, **tables):
    """Return where the findings are of treated patients P1, P2, ..."""
    filled = [
        {"patient_id": f"P{number}", "treated": "yes"} | row
        for number, row in enumerate(rows, 1)
    ]
    tables["patients"] = table("patients", *filled, **(extra or {}))
    return [
        (f.severity, f.row, f.column, f.value)
        for f in check_follow_up(tables, origin=origin)
    ]


def followed(pfs, pfs_event, os, os_event):
    cells = {"pfs_days": pfs, "pfs_event": pfs_event}
    return cells | {"os_days": os, "os_event": os_event}


def test_plausible_follow_up_has_no_finding():
    assert found(followed(100, "yes", 300, "yes"), {"last_alive_day": 50}) == []
    assert found(followed(300, "yes", 300, "yes"), {"death_day": 10}) == []
    assert found() == []


@pytest.mark.parametrize("column", ["os_days", "pfs_days", "last_alive_day"])
def test_code_of_what_is_not_known_is_a_warning(column):
    cells = {column: 99999.0}
    if column != "last_alive_day":
        cells = followed(10, "yes", 20, "no") | cells
    values = {(column, value) for _, _, column, value in found(cells)}
    assert (column, "99999") in values


def test_pfs_longer_than_os_is_a_warning():
    rows = [followed(301, "yes", 300, "no"), {"death_day": 100, "last_dose_day": 1}]
    assert found(*rows) == [("warning", 2, "pfs_days", "301")]
    supplied = {"pfs_days": 102, "pfs_event": "yes", "death_day": 100}
    assert found(supplied) == [("warning", 2, "pfs_days", "102")]
    assert found(supplied | {"pfs_days": 101}) == []


@pytest.mark.parametrize("day", [0, 120])
def test_pfs_censored_on_the_day_of_death_is_a_warning(day):
    assert found(followed(day, "no", day, "yes")) == [("warning", 2, "pfs_event", "no")]
    assert found(followed(day, "no", day, "no")) == []


def test_treated_without_any_follow_up_is_a_warning_each():
    assert found({"last_dose_day": 9}, {}) == [("warning", 3, "patient_id", "P2")]
    seen = {"patient_id": "P2", "assessed_day": 42}
    after = table("assessments", seen)
    assert found({"last_dose_day": 9}, {}, assessments=after) == []
    before = table("assessments", seen | {"assessed_day": -7})
    assert len(found({"last_dose_day": 9}, {}, assessments=before)) == 1
    assert found({"last_dose_day": 9}, {"treated": "no"}) == []


def test_study_in_which_nobody_is_followed_is_one_warning():
    assert found({}, {}) == [("warning", None, "", "")]


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("OS_MONTHS", "os_days (months x 30.4375)"),
        ("pfs_months", "pfs_days (months x 30.4375)"),
        ("Overall Survival (Months)", "os_days (months x 30.4375)"),
        ("PFS_years", "pfs_days (years x 365.25)"),
        ("os_weeks", "os_days (weeks x 7)"),
        ("OS_STATUS", "os_event (yes or no)"),
        ("PFS.Status", "pfs_event (yes or no)"),
        ("os_time", "os_days"),
    ],
)
def test_column_that_looks_like_a_duration_is_pointed_out(column, wanted):
    tables = {"patients": table("patients", {"patient_id": "P1", "treated": "yes"})}
    tables["patients"] = tables["patients"].assign(last_dose_day=9.0, **{column: "3"})
    (finding,) = check_follow_up(tables, origin="first dose")
    assert (finding.severity, finding.row, finding.column) == ("warning", 1, column)
    assert finding.message.endswith(f"give {wanted}")


def test_months_beside_days_and_other_columns_are_not_pointed_out():
    extra = {"OS_MONTHS": "9.9", "OS_STATUS": "0", "osteoporosis": "no", "pos": "1"}
    assert found(followed(10, "yes", 300, "no"), extra=extra) == []


def test_origins_that_are_mixed_are_a_warning():
    rows = [followed(100, "yes", 300, "yes"), {"death_day": 10}]
    assert found(*rows) == []
    assert found(*rows, origin="diagnosis") == [
        ("warning", 2, "pfs_days", "100"),
        ("warning", 2, "os_days", "300"),
    ]
    assert found(rows[0], origin="diagnosis") == []
