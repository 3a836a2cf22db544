"""Findings as a table and as the list that a stopped run prints."""

import pandas as pd

from her2ctdna.findings import (
    COLUMNS,
    Finding,
    collect_findings,
    describe_errors,
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
    write_table(findings_table([NOTE, LATE]), tmp_path / "1.tsv")
    write_table(findings_table([FILE, IHC]), tmp_path / "2.tsv")
    joined = collect_findings(
        read_table(tmp_path / name) for name in ("1.tsv", "2.tsv")
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
    ]


def test_one_error_is_described_in_the_singular():
    text = describe_errors(findings_table([IHC]), files={})
    assert text.startswith("1 error in the inputs")
