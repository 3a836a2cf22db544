"""Checks of the HER2 sheet: forms, one specimen on two rows, dual probes."""

import pandas as pd
import pytest

from her2ctdna.inputs.dates import empty_table
from her2ctdna.inputs.her2_checks import check_her2, join_specimens

KEY = {"patient_id": "P1", "specimen_id": "A", "reader": "central"}


def sheet(*rows):
    columns = [*KEY, "collected_day", "ihc", "ish", "her2_copies", "cep17_ratio"]
    usual = dict.fromkeys(columns) | KEY
    frame = pd.DataFrame([usual | row for row in rows], columns=columns, dtype=object)
    frame.index += 2
    return frame


def findings(**row):
    columns = empty_table("her2").columns
    frame = pd.DataFrame([dict.fromkeys(columns) | KEY | row], columns=columns)
    numbers = ("collected_day", "her2_copies", "cep17_ratio")
    return list(check_her2({"her2": frame.astype(dict.fromkeys(numbers, float))}))


@pytest.mark.parametrize("order", [1, -1])
def test_ihc_and_ish_of_one_specimen_are_one_reading(order):
    rows = [{"ihc": "2+", "collected_day": "-9"}, {"ish": "negative"}]
    joined, [note] = join_specimens(sheet(*rows[::order]))
    [row] = joined.to_dict("records")
    assert (row["ihc"], row["ish"], row["collected_day"]) == ("2+", "negative", "-9")
    assert list(joined.index) == [2]
    assert (note.severity, note.row) == ("note", 3)
    assert "joined with row 2" in note.message


def test_numbers_of_a_dual_probe_are_a_test_of_ish_too():
    probe = {"her2_copies": "2.1", "cep17_ratio": "1.1"}
    joined, notes = join_specimens(sheet({"ihc": "2+"}, probe))
    assert len(joined) == len(notes) == 1


@pytest.mark.parametrize(
    "rows",
    [
        [{"ihc": "2+"}, {"ihc": "1+"}],
        [{"ihc": "2+"}, {"ihc": "2+", "ish": "negative"}],
        [{"ish": "negative"}, {"ish": "negative"}],
        [{"ihc": "2+"}, {"ish": "negative"}, {"ish": "positive"}],
        [
            {"ihc": "2+", "collected_day": "1"},
            {"ish": "negative", "collected_day": "2"},
        ],
        [{"ihc": "2+"}, {"ish": "negative", "reader": "local"}],
        [{"ihc": "2+"}, {"ish": "negative", "specimen_id": "B"}],
    ],
)
def test_rows_that_are_no_pair_stay_as_they_are(rows):
    joined, notes = join_specimens(sheet(*rows))
    assert len(joined) == len(rows)
    assert notes == []


def test_sheet_without_the_columns_is_left_to_the_check_of_cells():
    frame = pd.DataFrame({"patient_id": ["P1", "P1"]})
    assert join_specimens(frame)[1] == []


def test_half_a_dual_probe_is_a_warning():
    [found] = findings(ihc="2+", her2_copies=2.1)
    assert (found.severity, found.column) == ("warning", "her2_copies")
    assert "cep17_ratio" in found.message
    assert findings(ihc="2+", her2_copies=2.1, cep17_ratio=1.0) == []


def test_what_a_form_was_read_as_is_noted():
    notes = {(f.column, f.message) for f in findings(ihc="2+ (FISH-)", ish="neg")}
    assert notes == {
        ("ihc", "read as 2+, ISH negative (rows: 1)"),
        ("ish", "read as negative (rows: 1)"),
    }


def test_ish_told_in_the_ihc_cell_is_an_eligibility_warning():
    found = [
        f.message for f in findings(ihc="1+ (FISH positive)") if f.severity != "note"
    ]
    assert [message.partition(":")[0] for message in found] == [
        "HER2-positive in a HER2-negative trial",
        "ISH is positive where IHC is 0 or 1+; check both",
    ]
