"""Sheets of workbooks, and thirteen ways in which Excel spoils one."""

from datetime import date, datetime, time, timedelta
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from her2ctdna.inputs.grids import UnreadableSheetError
from her2ctdna.inputs.sheets import find_bare, read_sheet
from her2ctdna.inputs.workbook_marks import address
from her2ctdna.inputs.workbooks import read_workbook

HEADER = ["patient_id", "specimen_id", "collected_date", "ihc", "stained_percent"]
ROW = ["P1", "A", date(2024, 1, 2), "1+", 5]


@pytest.fixture
def book(tmp_path):
    """Return a function that writes a workbook of sheets (lists of rows)."""

    def write(spoil=None, /, **sheets):
        made = Workbook()
        made.remove(made.active)
        for name, rows in sheets.items():
            sheet = made.create_sheet(name.replace("_", " "))
            for row in rows:
                sheet.append(row)
        if spoil:
            spoil(made)
        path = tmp_path / "study.xlsx"
        made.save(path)
        return path

    return write


def brief(findings):
    return [(found.severity, found.row, found.column) for found in findings]


def test_cells_become_text_with_the_rows_of_the_sheet(book):
    path = book(
        A=[
            ["# exported on a Monday"],
            [],
            ["patient_id", "n", "x", "flag", "seen", "randomised", "note"],
            ["007", 1, 0.1, True, datetime(2024, 1, 2, 3, 4), date(2024, 1, 2), " a "],
            [None, None, None, None, None, None, None],
            [8, 2.0, 1e-5, False, None, date(2024, 1, 3), None],
        ]
    )
    frame, findings = read_sheet(path, table="patients")
    assert findings == []
    assert frame.to_dict("index") == {
        4: {
            "patient_id": "007",
            "n": "1",
            "x": "0.1",
            "flag": "TRUE",
            "seen": "2024-01-02T03:04:00",
            "randomised": "2024-01-02",
            "note": "a",
        },
        6: {
            "patient_id": "8",
            "n": "2",
            "x": "1e-05",
            "flag": "FALSE",
            "seen": None,
            "randomised": "2024-01-03",
            "note": None,
        },
    }


def test_sheet_is_named_behind_the_file(book):
    path = book(HER2_scores=[HEADER, ROW], Notes=[["text"]])
    frame, findings = read_sheet(f"{path}#HER2 scores", table="her2")
    assert findings == []
    assert frame.loc[2].to_list() == ["P1", "A", "2024-01-02", "1+", "5"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "has several sheets; name one behind #, as study.xlsx#HER2 scores"),
        ("#Her2 score", "did you mean HER2 scores?"),
        ("#zzz", "has no sheet zzz, but HER2 scores, Notes"),
    ],
)
def test_sheet_must_be_one_of_those_there(book, name, said):
    path = book(HER2_scores=[HEADER, ROW], Notes=[["text"]])
    frame, (found,) = read_sheet(f"{path}{name}", table="her2")
    assert frame.empty
    assert (found.severity, found.row) == ("error", None)
    assert said in found.message


def test_only_workbooks_have_sheets(tmp_path):
    path = tmp_path / "her2.csv"
    path.write_text("patient_id\nP1\n")
    _, (found,) = read_sheet(f"{path}#A", table="her2")
    assert "only a workbook has sheets" in found.message


def test_workbook_that_was_saved_again_is_read_again(book):
    assert read_sheet(book(A=[HEADER, ROW]), table="her2")[0].loc[2, "ihc"] == "1+"
    other = ["P1", "A", date(2024, 1, 2), "2+ (FISH-)", 5]
    path = book(A=[HEADER, other])
    for _ in range(2):
        assert read_sheet(path, table="her2")[0].loc[2, "ihc"] == "2+ (FISH-)"


def test_header_alone_is_found(book):
    path = book(A=[HEADER], B=[HEADER, ROW])
    inputs = {"her2": f"{path}#A", "ada": f"{path}#B", "levels": f"{path}#C"}
    assert find_bare(inputs) == {"her2": f"{path}#A"}


def test_days_as_excel_counts_them_are_read_where_dates_stand_and_noted(book):
    rows = [["P1", "A", 45567, 1, None], ["P2", "B", 45568.5, 2, None]]
    frame, (found,) = read_sheet(book(A=[HEADER, *rows]), table="her2")
    assert frame["collected_date"].to_list() == ["2024-10-02", "2024-10-03T12:00:00"]
    assert frame["ihc"].to_list() == ["1", "2"]
    assert brief([found]) == [("note", 2, "collected_date")]
    assert found.value == "45567"
    assert found.message == (
        "A!C2 is a day as Excel counts them, read as 2024-10-02 (rows: 2)"
    )


def test_days_are_counted_from_1904_where_the_workbook_says_so(book):
    def mac(made):
        made.epoch = CALENDAR_MAC_1904

    path = book(mac, A=[HEADER, ["P1", "A", 44105, "0", 1]])
    assert read_sheet(path, table="her2")[0].loc[2, "collected_date"] == "2024-10-02"


def cell(address, value):
    """Return what sets one cell of the first sheet."""

    def spoil(made):
        made.worksheets[0][address] = value

    return spoil


def merge(made):
    made.worksheets[0].merge_cells("A2:A3")


def show_as_percent(made):
    made.worksheets[0]["E2"].number_format = "0.0%"
    made.worksheets[0]["E2"] = 0.05


def hide_row(made):
    made.worksheets[0].row_dimensions[3].hidden = True


def hide_header(made):
    made.worksheets[0].row_dimensions[1].hidden = True


def hide_column(made):
    made.worksheets[0].column_dimensions["D"].hidden = True


SPOILT = {
    "score that became a date": (
        cell("D2", date(2024, 1, 2)),
        ("error", 2, "ihc", "2024-01-02"),
        "S!D2 holds a date or time",
    ),
    "share that became a time": (
        cell("E3", time(1, 40)),
        ("error", 3, "stained_percent", "01:40:00"),
        "S!E3 holds a date or time",
    ),
    "ratio that became a duration": (
        cell("E3", timedelta(hours=30)),
        ("error", 3, "stained_percent", "1 day, 6:00:00"),
        "S!E3 holds a date or time",
    ),
    "identifier with a fraction": (
        cell("A2", 12.5),
        ("error", 2, "patient_id", "12.5"),
        "S!A2 holds a number with a fraction",
    ),
    "identifier of too many digits": (
        cell("B3", 1e20),
        ("error", 3, "specimen_id", "1e+20"),
        "S!B3 holds a number with a fraction or of too many digits",
    ),
    "formula in error": (
        cell("D3", "#REF!"),
        ("error", 3, "ihc", "#REF!"),
        "S!D3 holds an error; mend the formula",
    ),
    "look-up without a result": (
        cell("A3", "#N/A"),
        ("error", 3, "patient_id", "#N/A"),
        "S!A3 holds an error; mend the formula",
    ),
    "formula without a value": (
        cell("E2", "=1+1"),
        ("error", 2, "stained_percent", ""),
        "S!E2 is a formula without a value",
    ),
    "merged cells": (
        merge,
        ("error", 2, "patient_id", ""),
        "S!A2 is merged up to A3",
    ),
    "share shown as per cent": (
        show_as_percent,
        ("error", 2, "stained_percent", "0.05"),
        "S!E2 is shown as per cent",
    ),
    "hidden row": (
        hide_row,
        ("warning", 3, "patient_id", ""),
        "S!A3 stands in a hidden row, read like others (hidden: 3)",
    ),
    "hidden header": (
        hide_header,
        ("error", 1, "patient_id", ""),
        "S!A1 is the header and hidden",
    ),
    "hidden column": (
        hide_column,
        ("warning", 1, "ihc", ""),
        "S!D1 heads a hidden column",
    ),
}


@pytest.mark.parametrize("way", SPOILT)
def test_what_excel_has_spoilt_is_found_by_its_address(book, way):
    spoil, where, said = SPOILT[way]
    path = book(spoil, S=[HEADER, ROW, ["P2", "B", date(2024, 1, 3), "0", 0]])
    _, findings = read_sheet(path, table="her2")
    found = [
        found for found in findings if (*found[:1], *found[2:4], found[5]) == where
    ]
    assert [text.message[: len(said)] for text in found] == [said]
    assert all("S!" in found.message for found in findings)


def test_what_stands_above_the_header_is_no_concern(book):
    def title(made):
        made.worksheets[0].merge_cells("A1:C1")
        made.worksheets[0]["B2"] = "#REF!"
        made.worksheets[0]["A2"] = "#"

    path = book(title, S=[["# HER2"], [], HEADER, ROW])
    frame, findings = read_sheet(path, table="her2")
    assert (list(frame.index), findings) == ([4], [])


def test_title_above_the_header_is_an_error(book):
    path = book(S=[["HER2 of all patients"], HEADER, ROW])
    _, (found,) = read_sheet(path, table="her2")
    assert "row 1 (HER2 of all patients) is a title and no header" in found.message


def test_error_pasted_as_text_is_an_error(book):
    def paste(made):
        made.worksheets[0]["D2"].value = "#N/A"
        made.worksheets[0]["D2"].data_type = "s"

    _, (found,) = read_sheet(book(paste, S=[HEADER, ROW]), table="her2")
    assert "S!D2 holds an error as text" in found.message


def test_date_among_other_cells_of_an_extra_column_is_an_error(book):
    rows = [["patient_id", "arm"], ["P1", "1-2"], ["P2", date(2024, 1, 2)]]
    _, (found,) = read_sheet(book(S=rows), table="patients")
    assert brief([found]) == [("error", 3, "arm")]


def test_days_that_became_dates_are_errors(book):
    rows = [["patient_id", "death_day"], ["P1", date(2024, 1, 2)]]
    _, (found,) = read_sheet(book(S=rows), table="patients")
    assert brief([found]) == [("error", 2, "death_day")]


def test_open_document_is_read_with_a_warning_that_errors_are_not_seen(tmp_path):
    path = tmp_path / "her2.ods"
    rows = [
        "".join(f"<table:table-row>{row}</table:table-row>")
        for row in (
            text("patient_id") + text("collected_date") + text("stained_percent"),
            text("007") + '<table:table-cell office:value-type="date" '
            'office:date-value="2024-01-02"/>'
            + '<table:table-cell office:value-type="float" office:value="5"/>',
        )
    ]
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="A">'
        f"{''.join(rows)}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", "<manifest/>")
        parts.writestr("content.xml", content)
    frame, (found,) = read_sheet(path, table="her2")
    assert frame.loc[2].to_list() == ["007", "2024-01-02", "5"]
    assert (found.severity, found.row) == ("warning", None)
    assert "cannot be told from empty ones in an .ods file" in found.message


def text(word):
    """Return a cell of text of an OpenDocument."""
    cell = 'table:table-cell office:value-type="string"'
    return f"<{cell}><text:p>{word}</text:p></table:table-cell>"


def test_file_that_is_no_workbook_is_an_error(tmp_path):
    for name in ("a.xlsx", "a.xls", "a.ods", "a.xlsb"):
        path = tmp_path / name
        path.write_text("patient_id\nP1\n")
        with pytest.raises(UnreadableSheetError, match=r"name it \.csv"):
            read_workbook(path, None, table="her2", kinds={})


@pytest.mark.parametrize(
    ("place", "shown"),
    [((1, 1), "A1"), ((3, 26), "Z3"), ((3, 28), "AB3"), ((9, 703), "AAA9")],
)
def test_places_are_named_as_a_spreadsheet_does(place, shown):
    assert address(place) == shown
