"""Findings as a table and as the list that a stopped run prints."""

import numpy as np
import pandas as pd
import yaml

from her2ctdna.findings import (
    COLUMNS,
    Finding,
    collect_findings,
    describe_errors,
    find_rows,
    findings_table,
)
from her2ctdna.tables import read_table, write_table

IHC = Finding("error", "her2", 12, "ihc", "P1", "4+", "take one of: 0, 1+")
FILE = Finding("error", "samples", None, "", "", "s.tsv", "no such file")
LATE = Finding("warning", "her2", 3, "collected_day", "007", "5", "late")
NOTE = Finding("note", "ada", None, "", "", "2", "set aside")


def test_errors_come_first_then_table_row_and_column():
    earlier = IHC._replace(row=9)
    other = IHC._replace(column="ish")
    table = findings_table([NOTE, LATE, other, IHC, FILE, earlier])
    assert list(table.columns) == COLUMNS
    assert table[["severity", "row", "column"]].astype(object).fillna(
        ""
    ).to_numpy().tolist() == [
        ["error", 9, "ihc"],
        ["error", 12, "ihc"],
        ["error", 12, "ish"],
        ["error", "", ""],
        ["warning", 3, "collected_day"],
        ["note", "", ""],
    ]


def test_same_finding_stands_once():
    assert len(findings_table([IHC, IHC])) == 1


def test_no_findings_are_a_table_of_no_rows_that_is_written_and_read(tmp_path):
    write_table(findings_table([]), tmp_path / "findings.tsv")
    assert (tmp_path / "findings.tsv").read_text() == "\t".join(COLUMNS) + "\n"
    assert collect_findings([read_table(tmp_path / "findings.tsv")]).empty


def test_findings_of_several_files_are_joined_in_order_and_unchanged(tmp_path):
    write_table(findings_table([NOTE, LATE]), tmp_path / "1.findings.tsv")
    write_table(findings_table([FILE, IHC]), tmp_path / "2.findings.tsv")
    joined = collect_findings(
        read_table(tmp_path / name) for name in ("1.findings.tsv", "2.findings.tsv")
    )
    expected = findings_table([NOTE, LATE, FILE, IHC])
    pd.testing.assert_frame_equal(joined, expected)
    assert joined["patient_id"].to_list() == ["P1", "", "007", ""]


def test_without_errors_nothing_is_described():
    assert describe_errors(findings_table([LATE, NOTE]), files={}) == ""
    assert describe_errors(findings_table([]), files={}) == ""


def test_errors_are_described_by_file_row_column_value_and_advice(tmp_path):
    config = Finding("error", "config", None, "study.titel", "", "", "unknown key")
    deep = Finding("error", "variants", 1234567, "pos", "", "x", "give a whole number")
    write_table(findings_table([LATE, FILE, IHC, config, deep]), tmp_path / "f.tsv")
    files = {"her2": "data/her2.tsv", "samples": "s.tsv", "variants": "v.tsv"}
    assert describe_errors(
        read_table(tmp_path / "f.tsv"), files=files
    ).splitlines() == [
        "4 errors in the inputs; nothing was analysed:",
        "  config, study.titel: unknown key",
        "  data/her2.tsv, row 12, ihc: '4+' take one of: 0, 1+",
        "  s.tsv: 's.tsv' no such file",
        "  v.tsv, row 1234567, pos: 'x' give a whole number",
        "To say what these words mean, put into your config (check each, fill in):",
        "values:",
        '  her2: { ihc: { "4+": "" } }',
    ]


def test_many_cells_of_a_column_that_are_wrong_alike_are_one_line():
    def wrong(n_cells):
        cells = [
            Finding("error", "ada", row, "titre", "", f"x{row}", "give a number")
            for row in range(2, 2 + n_cells)
        ]
        return describe_errors(findings_table(cells), files={"ada": "a.tsv"})

    assert wrong(3).splitlines()[1:] == [
        f"  a.tsv, row {row}, titre: 'x{row}' give a number" for row in (2, 3, 4)
    ]
    assert wrong(40).splitlines() == [
        "40 errors in the inputs; nothing was analysed:",
        "  a.tsv, titre: 40 cells, such as row 2 'x2', row 3 'x3', row 4 'x4': "
        "give a number",
    ]


def test_words_that_are_none_of_ours_come_with_lines_for_the_config():
    message = "take one of: CR, PR, SD, NON-CR/NON-PD, PD, NE"
    words = ["Partial Response", "progressive disease", "zzz", "non-cr non-pd", "S"]
    cells = [
        Finding("error", "assessments", row, "AVALC", "", word, message)
        for row, word in enumerate([*words, "zzz"], start=2)
    ]
    text = describe_errors(
        findings_table(cells),
        files={},
        columns={"assessments": {"overall": ["RES", "AVALC"]}},
    )
    assert text.splitlines()[-2:] == [
        "values:",
        '  assessments: { overall: { "Partial Response": PR, '
        '"progressive disease": PD, "zzz": "", "non-cr non-pd": NON-CR/NON-PD, '
        '"S": SD } }',
    ]
    assert yaml.safe_load(text[text.index("values:") :])


def test_of_many_words_that_are_none_of_ours_the_first_are_written_out():
    cells = [
        Finding("error", "ada", row, "result", "", f"w{row}", "take one of: a, b")
        for row in range(2, 37)
    ]
    *_, last = describe_errors(findings_table(cells), files={}).splitlines()
    assert last.endswith('"w31": "" } }  # and 5 words more')
    assert len(yaml.safe_load(last)["ada"]["result"]) == 30


def test_one_error_is_described_in_the_singular():
    text = describe_errors(findings_table([IHC]), files={})
    assert text.startswith("1 error in the inputs")


def test_each_row_is_named_with_its_line_patient_and_value():
    rows = pd.DataFrame(
        {"patient_id": ["P1", None], "day": [42.0, np.nan]}, index=[5, 7]
    )
    assert list(find_rows("note", "ada", rows, "day", "late")) == [
        Finding("note", "ada", 5, "day", "P1", "42", "late"),
        Finding("note", "ada", 7, "day", "", "", "late"),
    ]


def test_column_and_patient_that_are_not_there_are_empty():
    rows = pd.DataFrame({"day": [1.0]}, index=[2])
    assert list(find_rows("note", "ada", rows, "other", "late")) == [
        Finding("note", "ada", 2, "other", "", "", "late")
    ]
    assert list(find_rows("note", "ada", rows.iloc[:0], "day", "late")) == []
