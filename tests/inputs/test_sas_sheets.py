"""Sheets as SAS files."""

import pandas as pd
import pyreadstat
import pytest

from her2ctdna.inputs.grids import UnreadableSheetError
from her2ctdna.inputs.sas_sheets import read_sas_sheet

TABLE = pd.DataFrame(
    {
        "USUBJID": ["007", "", "P3"],
        "TRTSDT": [23377.0, None, 23378.0],
        "RANDDT": [23377.0, None, 23378.0],
        "TRTSDTM": [2019772800.0, None, 2019776400.0],
        "AGE": [50.0, 61.5, None],
        "SUM": [0.1, 1e-5, 62.572030410805404],
    }
)
FORMATS = {"TRTSDT": "DATE9.", "RANDDT": "IS8601DA.", "TRTSDTM": "DATETIME20."}


@pytest.mark.parametrize("version", [5, 8])
def test_transport_file_becomes_text(tmp_path, version):
    path = tmp_path / "adsl.xpt"
    pyreadstat.write_xport(
        TABLE,
        path,
        file_format_version=version,
        variable_format=FORMATS,
        column_labels=dict.fromkeys(TABLE, "a label"),
    )
    (header, *rows), warnings = read_sas_sheet(path, encoding=None)
    assert warnings == []
    assert header == (1, list(TABLE))
    assert rows == [
        (2, ["007", "2024-01-02", "2024-01-02", "2024-01-02", "50", "0.1"]),
        (3, ["", "", "", "", "61.5", "1e-05"]),
        (
            4,
            [
                *("P3", "2024-01-03", "2024-01-03", "2024-01-02T01:00:00", ""),
                "62.572030410805404",
            ],
        ),
    ]


def test_text_in_another_encoding_asks_for_the_setting(tmp_path):
    path = tmp_path / "adae.xpt"
    pyreadstat.write_xport(pd.DataFrame({"TERM": ["xxxx"]}), path)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"xxxx", "恶心".encode("gb18030")))
    with pytest.raises(UnreadableSheetError, match=r"study\.encoding"):
        read_sas_sheet(path, encoding=None)
    rows, warnings = read_sas_sheet(path, encoding="gb18030")
    assert (rows[1], warnings) == ((2, ["恶心"]), [])
    with pytest.raises(UnreadableSheetError, match="cannot be read as a SAS"):
        read_sas_sheet(path, encoding="klingon")


def test_utf8_that_is_read_in_another_encoding_is_warned_of(tmp_path):
    path = tmp_path / "adae.xpt"
    pyreadstat.write_xport(pd.DataFrame({"TERM": ["你好"]}), path)
    assert read_sas_sheet(path, encoding=None) == ([(1, ["TERM"]), (2, ["你好"])], [])
    assert read_sas_sheet(path, encoding="utf-8")[1] == []
    rows, (warning,) = read_sas_sheet(path, encoding="gb18030")
    assert rows[1] != (2, ["你好"])
    assert "though it is UTF-8 too" in warning


@pytest.mark.parametrize("name", ["a.xpt", "a.sas7bdat"])
def test_other_file_is_an_error(tmp_path, name):
    path = tmp_path / name
    path.write_text("patient_id,age\nP1,50\n")
    with pytest.raises(UnreadableSheetError, match="cannot be read as a SAS"):
        read_sas_sheet(path, encoding=None)
