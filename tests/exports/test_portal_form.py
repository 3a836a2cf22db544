"""The files of cBioPortal as text."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.exports.portal_form import (
    Attribute,
    clinical_text,
    data_text,
    meta_text,
    name_attribute,
    write_files,
)


def test_cells_have_full_precision_no_quotes_and_nothing_for_what_is_missing():
    table = pd.DataFrame(
        {
            "A": ["x", None, 'say "so"\tor\nnot'],
            "B": [0.1 + 0.2, np.nan, 3.0],
        }
    )
    assert data_text(table) == (
        'A\tB\nx\t0.30000000000000004\n\t\nsay "so" or not\t3\n'
    )


def test_a_table_without_rows_is_its_header():
    assert data_text(pd.DataFrame({"A": [], "B": []})) == "A\tB\n"


def test_clinical_file_has_four_lines_on_its_attributes_in_their_order():
    attributes = [
        Attribute("PATIENT_ID", "Patient", "Who"),
        Attribute("AGE", "Age", "Years", "NUMBER"),
    ]
    table = pd.DataFrame({"AGE": [61.0], "MORE": ["x"], "PATIENT_ID": ["P1"]})
    assert clinical_text(table, attributes) == (
        "#Patient\tAge\n#Who\tYears\n#STRING\tNUMBER\n#1\t1\nPATIENT_ID\tAGE\nP1\t61\n"
    )


def test_meta_file_has_a_field_a_line_and_keeps_an_empty_one():
    assert meta_text({"a": "b: c", "filter": ""}) == "a: b: c\nfilter:\n"


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["hr_status"], "HR_STATUS"),
        (["CTDNA_CLEARANCE", "C2.D1 pre-dose"], "CTDNA_CLEARANCE_C2_D1_PRE_DOSE"),
        (["Größe (cm)"], "GR_SSE_CM"),
        (["年龄"], ""),
    ],
)
def test_names_of_attributes_are_capitals_and_digits(parts, name):
    assert name_attribute(*parts) == name


def test_files_are_written_with_the_folders_above_them(tmp_path):
    write_files({"a.txt": "A\n", "case_lists/b.txt": "ü\n"}, tmp_path / "study")
    assert (tmp_path / "study/a.txt").read_bytes() == b"A\n"
    assert (tmp_path / "study/case_lists/b.txt").read_text("utf-8") == "ü\n"
