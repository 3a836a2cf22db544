"""How a study tells time, and what a data cutoff leaves."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from her2ctdna.inputs.dates import (
    apply_cutoff,
    cutoff_days,
    days_since_first_dose,
    detect_time,
    empty_table,
    fill_partial_dates,
    first_doses,
    normalised_columns,
    read_written_dates,
)


def sheet(*columns, rows=()):
    return pd.DataFrame(list(rows), columns=list(columns), dtype=object)


def patients(*rows):
    columns = list(normalised_columns("patients"))
    return pd.DataFrame([{"treated": "yes", **row} for row in rows], columns=columns)


def test_first_dose_date_means_dates():
    sheets = {
        "patients": sheet("patient_id", "first_dose_date"),
        "her2": sheet("patient_id", "collected_date"),
    }
    assert detect_time(sheets) == ("date", [])


def test_study_without_dates_tells_time_in_days():
    sheets = {
        "patients": sheet("patient_id", "death_day"),
        "her2": sheet("patient_id", "collected_day"),
    }
    assert detect_time(sheets) == ("day", [])


def test_study_without_any_time_tells_it_in_days():
    assert detect_time({"patients": sheet("patient_id", "pfs_days")}) == ("day", [])


def test_days_among_dates_are_an_error_in_each_column():
    sheets = {
        "patients": sheet("patient_id", "first_dose_date", "death_day"),
        "samples": sheet("sample_id", "collected_day"),
        "her2": sheet("patient_id", "collected_date"),
    }
    time, findings = detect_time(sheets)
    assert time == "date"
    assert [(f.severity, f.table, f.row, f.column) for f in findings] == [
        ("error", "patients", 1, "death_day"),
        ("error", "samples", 1, "collected_day"),
    ]
    assert "use dates everywhere" in findings[0].message


def test_dates_among_days_are_an_error():
    sheets = {
        "patients": sheet("patient_id", "death_day"),
        "her2": sheet("patient_id", "collected_date"),
    }
    time, (found,) = detect_time(sheets)
    assert time == "day"
    assert (found.table, found.column) == ("her2", "collected_date")
    assert "use days everywhere" in found.message


def test_dates_without_a_first_dose_are_still_dates():
    sheets = {"patients": sheet("patient_id"), "her2": sheet("collected_date")}
    assert detect_time(sheets) == ("date", [])


def test_first_doses_are_those_of_treated_patients():
    rows = [("P1", "2024-01-31"), ("P2", None), (None, "2024-02-01")]
    frame = sheet("patient_id", "first_dose_date", rows=rows)
    assert first_doses(frame) == {"P1": date(2024, 1, 31)}
    assert first_doses(sheet("patient_id")) == {}


def test_dates_become_days_since_the_first_dose_of_the_patient():
    days = days_since_first_dose(
        pd.Series(["2024-03-01", "2024-01-31", "2024-01-01", None, "2024-03-01"]),
        pd.Series(["P1", "P1", "P1", "P1", "untreated"]),
        {"P1": date(2024, 1, 31)},
    )
    np.testing.assert_array_equal(days, [30.0, 0.0, -30.0, np.nan, np.nan])


def test_date_with_a_time_of_day_counts_as_its_date():
    days = days_since_first_dose(
        pd.Series(["2024-02-01T23:59:00"]), pd.Series(["P1"]), {"P1": date(2024, 1, 31)}
    )
    assert days.to_list() == [1.0]


def test_cutoff_as_a_date_is_a_day_of_its_own_for_each_patient():
    first_dose = {"P1": date(2024, 1, 1), "P2": date(2024, 3, 1)}
    assert cutoff_days(
        patients({"patient_id": "P1"}), "2024-02-01", first_dose, time="date"
    ) == ({"P1": 31.0, "P2": -29.0}, [])


def test_cutoff_as_a_day_is_the_same_for_all():
    frame = patients({"patient_id": "P1"}, {"patient_id": "P2"})
    assert cutoff_days(frame, 100, {}, time="day") == ({"P1": 100.0, "P2": 100.0}, [])


def test_without_a_cutoff_there_is_none():
    frame = patients({"patient_id": "P1"})
    assert cutoff_days(frame, None, {}, time="day") == ({}, [])
    tables = {"patients": frame}
    assert apply_cutoff(tables, {}) == (tables, [])


@pytest.mark.parametrize(
    ("cutoff", "time"), [(100, "date"), ("2024-02-01", "day"), ("2024-02-30", "date")]
)
def test_cutoff_that_tells_time_otherwise_than_the_study_is_an_error(cutoff, time):
    frame = patients({"patient_id": "P1"})
    days, (found,) = cutoff_days(frame, cutoff, {"P1": date(2024, 1, 1)}, time=time)
    assert days == {}
    assert (found.severity, found.table) == ("error", "config")
    assert (found.column, found.value) == ("study.data_cutoff", str(cutoff))


def test_records_after_the_cutoff_are_set_aside_and_counted():
    assessments = pd.DataFrame(
        {"patient_id": ["P1"] * 4 + ["P2"], "assessed_day": [42, 100, 101, None, 500.0]}
    )
    tables, findings = apply_cutoff(
        {"patients": patients({"patient_id": "P1"}), "assessments": assessments},
        {"P1": 100.0},
    )
    kept = tables["assessments"]["assessed_day"].to_list()
    assert kept[:2] == [42, 100]
    assert np.isnan(kept[2])
    assert kept[3:] == [500]
    (found,) = findings
    assert (found.severity, found.table, found.value) == ("note", "assessments", "1")


def test_table_without_times_is_untouched_by_the_cutoff():
    variants = pd.DataFrame({"sample_id": ["S1"]})
    tables, findings = apply_cutoff(
        {"patients": patients({"patient_id": "P1"}), "variants": variants}, {"P1": 1.0}
    )
    assert tables["variants"] is variants
    assert findings == []


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"death_day": 100.0}, {"death_day": 100.0}),
        ({"death_day": 101.0}, {"death_day": None, "last_alive_day": 100.0}),
        (
            {"death_day": 101.0, "last_alive_day": 50.0},
            {"death_day": None, "last_alive_day": 100.0},
        ),
        ({"new_therapy_day": 100.0}, {"new_therapy_day": 100.0}),
        ({"new_therapy_day": 101.0}, {"new_therapy_day": None}),
        ({"last_alive_day": 300.0}, {"last_alive_day": 100.0}),
        ({"last_dose_day": 300.0}, {"last_dose_day": 100.0}),
        ({"last_alive_day": 60.0, "last_dose_day": 50.0}, {"last_alive_day": 60.0}),
    ],
)
def test_patient_at_the_cutoff(row, expected):
    frame = patients({"patient_id": "P1", **row})
    tables, _ = apply_cutoff({"patients": frame}, {"P1": 100.0})
    known = tables["patients"].astype(object).where(tables["patients"].notna(), None)
    assert {column: known.loc[0, column] for column in expected} == expected


@pytest.mark.parametrize(("last", "treated"), [(-1.0, "no"), (0.0, "yes")])
def test_patient_first_dosed_after_the_cutoff_is_not_treated_yet(last, treated):
    tables, _ = apply_cutoff({"patients": patients({"patient_id": "P1"})}, {"P1": last})
    assert tables["patients"]["treated"].to_list() == [treated]


def test_what_is_not_known_of_patients_at_the_cutoff_is_counted():
    frame = patients(
        {"patient_id": "P1", "death_day": 101.0, "new_therapy_day": 101.0},
        {"patient_id": "P2", "death_day": 99.0, "last_alive_day": 300.0},
        {"patient_id": "P3", "death_day": 101.0},
        {"patient_id": "P4", "treated": "no"},
        {"patient_id": "P5"},
    )
    cutoff = {"P1": 100.0, "P2": 100.0, "P3": 100.0, "P5": -1.0}
    _, findings = apply_cutoff({"patients": frame}, cutoff)
    assert {(found.severity, found.table) for found in findings} == {
        ("note", "patients")
    }
    assert [(found.message.split()[0], found.value) for found in findings] == [
        *[("patients", "1"), ("deaths", "2"), ("new", "1")]
    ]


def test_untreated_patient_has_no_cutoff_and_is_kept():
    frame = patients({"patient_id": "P1", "treated": "no"})
    tables, _ = apply_cutoff({"patients": frame}, {"P2": 10.0})
    assert tables["patients"]["treated"].to_list() == ["no"]


def test_normalised_table_has_days_and_numbers_typed():
    assert normalised_columns("assessments") == {
        "patient_id": False,
        "assessed_day": True,
        "overall": False,
        "evaluator": False,
        "target_sum_mm": True,
        "new_lesion": False,
    }
    assert "first_dose_day" not in normalised_columns("patients")
    assert empty_table("assessments").dtypes.map(str).to_list() == [
        "object",
        "float64",
        "object",
        "object",
        "float64",
        "object",
    ]


def filled(table, column, *cells, rule):
    """Return cells of P1, first dosed on 10 February 2024, filled in by a rule."""
    dosed = sheet("patient_id", "first_dose_date", rows=[("P1", "2024-02-10")])
    rows = [("P1", cell) for cell in cells]
    sheets = {"patients": dosed, table: sheet("patient_id", column, rows=rows)}
    rules = {"patients": "refuse", table: rule}
    whole, findings = fill_partial_dates(sheets, rules=rules)
    return whole[table][column].to_list(), findings


def test_date_without_a_day_takes_the_last_or_the_first_of_the_month():
    cells = ["2023-02", "2024-12", "2024-03-05", None]
    for rule, days in (("last", ("28", "31")), ("first", ("01", "01"))):
        whole, findings = filled("lesions", "assessed_date", *cells, rule=rule)
        assert whole == [f"2023-02-{days[0]}", f"2024-12-{days[1]}", *cells[2:]]
        assert [found.value for found in findings] == cells[:2]
        assert {found.severity for found in findings} == {"warning"}


def test_first_day_of_the_month_of_first_dose_is_the_first_dose():
    whole, _ = filled("lesions", "assessed_date", "2024-02", "2024-03", rule="first")
    assert whole == ["2024-02-10", "2024-03-01"]
    whole, _ = filled("lesions", "assessed_date", "2024-02", rule="last")
    assert whole == ["2024-02-29"]


def test_record_ends_on_the_last_day_of_its_month():
    for column, day in (("started_date", "01"), ("ended_date", "31")):
        whole, _ = filled("adverse_events", column, "2024-05", rule="first")
        assert whole == [f"2024-05-{day}"]


def test_what_is_refused_or_no_month_is_left_for_the_check():
    cells = ["2024-02", "2024-13", "2024"]
    assert filled("ada", "sampled_date", *cells, rule="refuse") == (cells, [])
    assert filled("ada", "sampled_date", *cells[1:], rule="last") == (cells[1:], [])


@pytest.mark.parametrize(
    ("cell", "iso"),
    [
        ("10-JAN-2024", "2024-01-10"),
        ("10Jan2024", "2024-01-10"),
        ("2 feb 2024", "2024-02-02"),
        ("UN-FEB-2024", "2024-02"),
        ("2024-02-UN", "2024-02"),
        ("2024-UNK-UNK", "2024"),
        ("2024-02-10", None),
        ("10-XYZ-2024", None),
        ("10/02/2024", None),
    ],
)
def test_dates_with_named_months_and_unknown_parts_are_read(cell, iso):
    sheets = {
        "adverse_events": sheet("patient_id", "started_date", rows=[("P1", cell)])
    }
    read, findings = read_written_dates(sheets, order=None)
    assert read["adverse_events"]["started_date"].item() == (iso or cell)
    said = [f.message.partition(" (")[0] for f in findings]
    assert said == ([f"read as {iso}"] if iso else [])


@pytest.mark.parametrize(
    ("cell", "order", "iso"),
    [
        ("2024/1/10", None, "2024-01-10"),
        ("2024-1-10", None, "2024-01-10"),
        ("2024.01.10", None, "2024-01-10"),
        ("2024/1/10 0:00", None, "2024-01-10"),
        ("2024年1月10日", None, "2024-01-10"),
        ("2024年1月", None, "2024-01"),
        ("20240110", None, "2024-01-10"),
        ("2024-01-10T08:30:00", None, "2024-01-10T08:30:00"),
        ("03.02.2025", "dmy", "2025-02-03"),
        ("03/02/2025", "mdy", "2025-03-02"),
        ("3-2-2025 12:00:00", "dmy", "2025-02-03"),
        ("03.02.2025", None, "03.02.2025"),
        ("03.02.2025", "ymd", "03.02.2025"),
        ("30.01.2024", None, "30.01.2024"),
        ("30.01.2024", "mdy", "30.01.2024"),
        ("03.02/2025", "dmy", "03.02/2025"),
        ("03.02.25", "dmy", "03.02.25"),
        ("2024/13/1", "dmy", "2024/13/1"),
        ("20241310", None, "20241310"),
    ],
)
def test_dates_are_read_where_their_order_is_known(cell, order, iso):
    sheets = {"ada": sheet("patient_id", "sampled_date", rows=[("P1", cell)])}
    read, findings = read_written_dates(sheets, order=order)
    assert read["ada"]["sampled_date"].item() == iso
    assert len(findings) == (iso != cell)


def test_a_note_a_column_and_form_says_how_dates_were_read():
    rows = [("P1", cell) for cell in ("2024/1/10", "2024/1/11", "3.2.2024", None)]
    sheets = {"ada": sheet("patient_id", "sampled_date", rows=rows)}
    _, findings = read_written_dates(sheets, order="dmy")
    assert [(f.row, f.value, f.message) for f in findings] == [
        (0, "2024/1/10", "read as 2024-01-10 (year first; rows: 2)"),
        (2, "3.2.2024", "read as 2024-02-03 (study.date_order dmy; rows: 1)"),
    ]


@pytest.mark.parametrize(
    ("start", "end", "day", "message"),
    [
        ("1986", None, "1986-01-01", "is a year alone; taken as the first of the year"),
        ("2024", None, "2024-02-10", "is a year alone; taken as the first of the year"),
        ("2024-02", "2024-02-20", "2024-02-10", "has no day; taken as the first of"),
        ("2024-02", "2024-02-05", "2024-02-05", "has no day; taken as the day of its"),
        ("2024", "2024-02-05", "2024-02-05", "not treatment-emergent"),
        ("2024-02", "2024-02", "2024-02-10", "has no day; taken as the first of"),
        ("2023", "2024-01", "2023-01-01", "not treatment-emergent"),
    ],
)
def test_a_filled_in_start_never_passes_the_end(start, end, day, message):
    sheets = {
        "patients": sheet("patient_id", "first_dose_date", rows=[("P1", "2024-02-10")]),
        "adverse_events": sheet(
            "patient_id", "started_date", "ended_date", rows=[("P1", start, end)]
        ),
    }
    rules = {"patients": "refuse", "adverse_events": "first"}
    whole, findings = fill_partial_dates(sheets, rules=rules)
    assert whole["adverse_events"]["started_date"].item() == day
    told = [found for found in findings if found.column == "started_date"]
    assert [found.severity for found in told] == ["warning"]
    assert message in told[0].message


def test_a_year_alone_is_no_date_of_a_scan():
    sheets = {
        "patients": sheet("patient_id", "first_dose_date", rows=[("P1", "2024-02-10")]),
        "assessments": sheet("patient_id", "assessed_date", rows=[("P1", "2024")]),
    }
    rules = {"patients": "refuse", "assessments": "last"}
    whole, findings = fill_partial_dates(sheets, rules=rules)
    assert whole["assessments"]["assessed_date"].item() == "2024"
    assert findings == []
