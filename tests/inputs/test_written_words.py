"""Words in any case, and whole numbers with a point."""

import pandas as pd

from her2ctdna.inputs.written_words import read_words


def test_words_and_whole_numbers_get_our_form_with_a_note_a_column():
    frame = pd.DataFrame(
        {
            "patient_id": ["P1", "P2", "P3"],
            "overall": ["pr", "Non-CR/non-PD", "PD"],
            "assessed_day": ["42.0", "-1", "84."],
            "target_sum_mm": ["2.0", "3", None],
            "new_lesion": ["TRUE", "no", "maybe"],
            "comment": ["YES", "1.0", None],
        },
        index=[2, 3, 4],
        dtype=object,
    )
    read, findings = read_words({"assessments": frame})
    found = read["assessments"]
    assert found["overall"].to_list() == ["PR", "NON-CR/NON-PD", "PD"]
    assert found["assessed_day"].to_list() == ["42", "-1", "84"]
    assert found["target_sum_mm"].to_list() == ["2.0", "3", None]
    assert found["new_lesion"].to_list() == ["yes", "no", "maybe"]
    assert found["comment"].to_list() == ["YES", "1.0", None]
    assert sorted((f.column, f.row, f.value, f.message) for f in findings) == [
        ("assessed_day", 2, "42.0", "read as 42, a whole number (rows: 2)"),
        ("new_lesion", 2, "TRUE", "read as yes, whatever its case (rows: 1)"),
        ("overall", 2, "pr", "read as PR, whatever its case (rows: 2)"),
    ]


def test_truth_is_no_word_of_other_columns():
    frame = pd.DataFrame({"detected": ["TRUE"]}, index=[2], dtype=object)
    assert read_words({"levels": frame})[1] == []


def test_sheets_in_our_form_stay_as_they_are():
    frame = pd.DataFrame({"grade": ["1", None]}, index=[2, 3], dtype=object)
    read, findings = read_words({"adverse_events": frame, "ada": pd.DataFrame()})
    assert findings == []
    pd.testing.assert_frame_equal(read["adverse_events"], frame)
