"""One small study in six forms: what is read of it is the same."""

import json
import random
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from openpyxl import Workbook

from her2ctdna.inputs.sheet_maps import PLAIN, Written
from her2ctdna.inputs.sheet_paths import split_path
from her2ctdna.inputs.sheets import read_sheet
from her2ctdna.inputs.study import check_inputs

D = date.fromisoformat
STUDY = {
    "patients": {
        "patient_id": ["001", "002", "003"],
        "first_dose_date": [D("2024-01-10"), D("2024-02-01"), None],
        "death_date": [None, D("2024-09-30"), None],
        "site": ["北京", "上海", None],
        "age": [50, 61, 47],
    },
    "assessments": {
        "patient_id": ["001", "001", "002", "002"],
        "assessed_date": [
            *(D("2024-01-08"), D("2024-03-01")),
            *(D("2024-01-30"), D("2024-03-14")),
        ],
        "overall": [None, "PR", None, "PD"],
        "target_sum_mm": [50.5, 20.25, 40.0, 62.572030410805404],
    },
    "her2": {
        "patient_id": ["001", "002"],
        "specimen_id": ["A", "B"],
        "collected_date": [D("2023-12-01"), None],
        "specimen": ["primary", "metastasis"],
        "reader": ["central", "local"],
        "ihc": ["1+", "0"],
        "ish": [None, "negative"],
        "stained_percent": [40.0, None],
    },
}
DATES = ("first_dose_date", "death_date", "assessed_date", "collected_date")


def as_text(cell):
    return "" if cell is None else str(cell).removesuffix(".0")


def write_text(folder, *, delimiter, ending, encoding):
    inputs = {}
    for table, columns in STUDY.items():
        rows = [columns, *zip(*columns.values(), strict=True)]
        text = "".join(delimiter.join(map(as_text, row)) + "\n" for row in rows)
        path = folder / f"{table}{ending}"
        path.write_bytes(text.encode(encoding))
        inputs[table] = str(path)
    return inputs


def write_tsv(folder):
    return write_text(folder, delimiter="\t", ending=".tsv", encoding="utf-8")


def write_gb18030(folder):
    return write_text(folder, delimiter=";", ending=".csv", encoding="gb18030")


def write_xlsx(folder):
    book = Workbook()
    book.remove(book.active)
    for table, columns in STUDY.items():
        sheet = book.create_sheet(table)
        sheet.append(list(columns))
        for row in zip(*columns.values(), strict=True):
            sheet.append(row)
    path = folder / "study.xlsx"
    book.save(path)
    return {table: f"{path}#{table}" for table in STUDY}


def write_xpt(folder):
    inputs = {}
    for table, columns in STUDY.items():
        frame = pd.DataFrame(columns)
        dates = [name for name in DATES if name in frame]
        for name in dates:
            days = pd.to_datetime(frame[name]) - pd.Timestamp("1960-01-01")
            frame[name] = days.dt.days.astype(float)
        path = folder / f"{table}.xpt"
        pyreadstat.write_xport(
            frame,
            path,
            file_format_version=8,
            variable_format=dict.fromkeys(dates, "DATE9."),
        )
        inputs[table] = str(path)
    return inputs


def write_parquet(folder):
    inputs = {table: str(folder / f"{table}.parquet") for table in STUDY}
    for table, path in inputs.items():
        pq.write_table(pa.table(STUDY[table]), path)
    return inputs


def write_json(folder):
    inputs = {}
    for table, columns in STUDY.items():
        rows = [
            [as_text(cell) if isinstance(cell, date) else cell for cell in row]
            for row in zip(*columns.values(), strict=True)
        ]
        head = {
            "datasetJSONVersion": "1.1.0",
            "columns": [{"name": name, "dataType": "string"} for name in columns],
        }
        if table == "her2":
            path = folder / "her2.ndjson"
            path.write_text("\n".join(map(json.dumps, [head, *rows])))
        else:
            path = folder / f"{table}.json"
            path.write_text(json.dumps(head | {"rows": rows}))
        inputs[table] = str(path)
    return inputs


def check(inputs, written=PLAIN):
    return check_inputs(
        inputs,
        data_cutoff=None,
        partial_dates=dict.fromkeys(STUDY, "refuse"),
        reference=None,
        baseline_window=None,
        origin="first dose",
        day_one=0,
        written=written,
    )


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return check(write_tsv(tmp_path_factory.mktemp("plain")))


def test_study_is_sound(plain):
    tables, findings = plain
    assert [found for found in findings if found.severity == "error"] == []
    assert tables["patients"]["site"].to_list() == ["北京", "上海", None]
    assert tables["patients"]["age"].to_list() == ["50", "61", "47"]
    assert tables["assessments"]["assessed_day"].to_list() == [-2, 51, -2, 42]


@pytest.mark.parametrize(
    ("write", "written"),
    [
        (write_gb18030, Written(encoding="gb18030")),
        (write_xlsx, PLAIN),
        (write_xpt, PLAIN),
        (write_parquet, PLAIN),
        (write_json, PLAIN),
    ],
)
def test_tables_and_findings_are_those_of_the_same_study_as_text(
    plain, tmp_path, write, written
):
    tables, findings = check(write(tmp_path), written)
    assert findings == plain[1]
    assert tables.keys() == plain[0].keys()
    for table, frame in tables.items():
        pd.testing.assert_frame_equal(frame, plain[0][table])


def test_study_with_its_own_names_and_words_is_told_in_them(tmp_path):
    (tmp_path / "adsl.csv").write_text(
        "USUBJID;TRTSDT;DTHDT;hr\nP1;10.01.2024;30.09.2023;pos\nP2;2024-02-30;;neg\n"
    )
    (tmp_path / "adrs.csv").write_text(
        "USUBJID;ADT;AVALC;sum\nP1;01.03.2024;Partial Response;1,5\nP1;x;SD2;2\n"
    )
    written = Written(
        date_order="dmy",
        columns={
            "patients": {
                "patient_id": "USUBJID",
                "first_dose_date": "TRTSDT",
                "death_date": "DTHDT",
                "hr_status": "hr",
            },
            "assessments": {
                "patient_id": ["USUBJID"],
                "assessed_date": ["ADT"],
                "overall": ["AVALC"],
                "target_sum_mm": ["sum"],
            },
        },
        values={
            "assessments": {"overall": {"Partial Response": "PR"}},
            "patients": {"hr_status": {"pos": "positive"}},
        },
    )
    inputs = {
        "patients": str(tmp_path / "adsl.csv"),
        "assessments": str(tmp_path / "adrs.csv"),
    }
    tables, findings = check(inputs, written)
    errors = sorted(found[1:6] for found in findings if found.severity == "error")
    assert errors == [
        ("assessments", 2, "sum", "P1", "1,5"),
        ("assessments", 3, "ADT", "P1", "x"),
        ("assessments", 3, "AVALC", "P1", "SD2"),
        ("patients", 2, "DTHDT", "P1", "30.09.2023"),
        ("patients", 3, "TRTSDT", "P2", "2024-02-30"),
    ]
    said = {(found.column, found.message) for found in findings}
    assert ("DTHDT", "died before the first dose") in said
    (comma,) = [message for column, message in said if column == "sum"]
    assert comma.startswith("write decimals with a point")
    assert tables["assessments"].loc[2, "overall"] == "PR"
    assert tables["patients"]["hr_status"].to_list() == ["positive", "neg"]


def test_date_whose_order_is_open_asks_for_the_setting(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text("patient_id,first_dose_date\nP1,03/02/2024\nP2,30/01/2024\n")
    _, findings = check({"patients": str(path)})
    wrong = [found for found in findings if found.column == "first_dose_date"]
    assert [(found.severity, found.value) for found in wrong] == [
        ("error", "03/02/2024"),
        ("error", "30/01/2024"),
    ]
    assert all("study.date_order" in found.message for found in wrong)


def test_names_that_clash_are_told_of_the_column_that_is_to_go(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text("patient_id,USUBJID,first_dose_date\n1,P 1,2024-01-02\n")
    written = Written(columns={"patients": {"patient_id": "USUBJID", "age": "AGE"}})
    _, findings = check({"patients": str(path)}, written)
    errors = [found[1:6] for found in findings if found.severity == "error"]
    assert errors == [
        ("config", None, "columns.patients.age", "", "AGE"),
        ("patients", 1, "patient_id", "", ""),
        ("patients", 2, "USUBJID", "P 1", "P 1"),
    ]


def test_cell_that_excel_has_spoilt_is_one_error(tmp_path):
    book = Workbook()
    book.active.append(["patient_id", "first_dose_date", "measurable"])
    book.active.append(["P1", D("2024-01-02"), D("2024-01-02")])
    book.active.append(["#REF!", D("2024-01-02"), "yes"])
    path = tmp_path / "patients.xlsx"
    book.save(path)
    _, findings = check({"patients": str(path)})
    errors = [found[1:4] for found in findings if found.severity == "error"]
    assert errors == [("patients", 3, "patient_id"), ("patients", 2, "measurable")]


@pytest.mark.parametrize("write", [write_xlsx, write_xpt, write_parquet, write_json])
def test_damaged_file_is_an_error_and_no_crash(tmp_path, write):
    path = split_path(write(tmp_path)["her2"])[0]
    draw, raw = random.Random(20240601), path.read_bytes()
    n_refused = 0
    for _ in range(60):
        damaged = bytearray(raw)
        for _ in range(draw.randint(1, 8)):
            damaged[draw.randrange(len(raw))] = draw.randrange(256)
        path.write_bytes(damaged[: draw.choice([len(raw), len(raw) // 2])])
        name = "#her2" if path.suffix == ".xlsx" else ""
        frame, findings = read_sheet(f"{path}{name}", table="her2")
        n_refused += frame.empty and any(
            found.severity == "error" for found in findings
        )
    assert n_refused > 0
