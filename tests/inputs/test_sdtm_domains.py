"""A folder of SDTM domains: what it gives, and how its files are read."""

import pandas as pd
import pyreadstat
import pytest
from sdtm_tables import DM, EX

from her2ctdna.inputs.sdtm_domains import read_domains
from her2ctdna.inputs.sources import (
    Source,
    files_of_findings,
    files_of_source,
    find_bare_sources,
    label_files,
    list_inputs,
    name_files,
    name_source,
    parse_source,
    read_raw_source,
)
from her2ctdna.inputs.study import check_inputs

RULES = dict.fromkeys(["patients", "assessments", "lesions", "ada"], "refuse")


@pytest.fixture
def folder(tmp_path):
    """Return a folder with DM and EX, and one to write more domains to."""
    place = tmp_path / "sdtm.v1"
    place.mkdir()
    DM.to_parquet(place / "dm.parquet")
    doses = EX.assign(EXDOSE=EX["EXDOSE"].astype(float))
    pyreadstat.write_xport(doses.fillna(""), str(place / "ex.xpt"), table_name="EX")
    return place


def check(inputs, day_one=0):
    return check_inputs(
        inputs,
        data_cutoff=None,
        partial_dates=RULES,
        reference=None,
        baseline_window=None,
        origin="first dose",
        day_one=day_one,
    )


def test_folder_gives_what_it_has_and_a_sheet_takes_its_place(folder):
    (folder / "ae.csv").write_text("USUBJID\n")
    given = {"sdtm": str(folder), "her2": "her2.tsv", "adam": "adam"}
    assert list_inputs(given) == {
        "patients": f"{folder}#sdtm:patients",
        "adverse_events": f"{folder}#sdtm:adverse_events",
        "her2": "her2.tsv",
    }
    own = list_inputs({"sdtm": str(folder), "patients": "p.tsv"})
    assert own["patients"] == "p.tsv"
    assert list_inputs({"patients": "p.tsv"}) == {"patients": "p.tsv"}


def test_paths_of_sheets_are_no_sources(tmp_path):
    source = Source("sdtm", "data/sdtm", "ada")
    assert parse_source("data/p.tsv") is None
    assert parse_source("book.xlsx#patients") is None
    assert parse_source(name_source(source)) == source
    assert files_of_source(str(tmp_path / "absent.tsv")) == []


def test_cells_are_text_and_rows_are_counted_from_2(folder):
    domains, findings = read_domains(folder)
    assert findings == []
    assert domains["EX"]["EXDOSE"].tolist() == ["0", "5.4", "5.4", "0", "0"]
    assert domains["EX"]["EXENDTC"].tolist()[3] is None
    assert domains["DM"].index.tolist() == [2, 3, 4]


def test_numbers_of_any_kind_and_missing_ones_are_text(folder):
    kinds = {"WHOLE": pd.array([1, None], "Int64"), "PART": [0.1, None]}
    cells = pd.DataFrame({"USUBJID": ["S-1", "S-2"], **kinds})
    cells.to_parquet(folder / "ae.parquet")
    domains, _ = read_domains(folder)
    assert domains["AE"]["WHOLE"].tolist() == ["1", None]
    assert domains["AE"]["PART"].tolist() == ["0.1", None]


def test_what_is_not_read_is_noted_once(folder):
    DM.to_parquet(folder / "suppdm.parquet")
    DM.to_parquet(folder / "lb.parquet")
    DM.to_csv(folder / "dm.csv")
    _, findings = read_domains(folder)
    assert [(found.severity, found.column) for found in findings] == [
        ("note", "DM"),
        ("note", "LB"),
        ("note", "SUPPDM"),
    ]


def test_repeated_rows_count_once_and_are_a_warning(folder):
    pd.concat([DM, DM.iloc[:1]]).to_parquet(folder / "dm.parquet")
    domains, (found,) = read_domains(folder)
    assert len(domains["DM"]) == 3
    assert (found.severity, found.column) == ("warning", "DM")


def test_no_folder_and_a_broken_file_are_errors(tmp_path, folder):
    _, (found,) = read_domains(tmp_path / "absent")
    assert found.severity == "error"
    (folder / "rs.xpt").write_text("no transport file")
    _, (found,) = read_domains(folder)
    assert (found.severity, found.column) == ("error", "RS")


def test_study_day_0_is_an_error_where_there_is_no_date(folder):
    rows = "USUBJID,AESTDTC,AESTDY\nS-1,,0\nS-1,2024-01-10,0\n"
    (folder / "ae.csv").write_text(rows)
    _, (found,) = read_domains(folder)
    assert (found.severity, found.row, found.column) == ("error", 2, "AESTDY")


def test_study_from_domains_is_checked_with_their_names(folder):
    (folder / "rs.csv").write_text(
        "USUBJID,RSTESTCD,RSSTRESC,RSDTC\n"
        "S-1,OVRLRESP,PR,2024-02-20\n"
        "S-1,OVRLRESP,GOOD,2024-03-20\n"
        "S-9,OVRLRESP,PR,2024-03-20\n"
    )
    inputs = list_inputs({"sdtm": str(folder)})
    tables, findings = check(inputs)
    assert tables["patients"]["treated"].tolist() == ["yes", "yes", "no"]
    assert tables["assessments"]["assessed_day"].tolist()[:2] == [41, 70]
    errors = {found[1:4] for found in findings if found.severity == "error"}
    assert errors == {("assessments", 3, "RSSTRESC"), ("assessments", 4, "USUBJID")}
    files = files_of_findings(inputs)
    assert files["assessments"] == str(folder / "rs.csv")


def test_domain_without_a_row_of_the_table_is_bare(folder):
    (folder / "rs.csv").write_text(
        "USUBJID,RSTESTCD,RSSTRESC,RSDTC\nS-1,TRGRESP,PR,2024-02-20\n"
    )
    inputs = list_inputs({"sdtm": str(folder)})
    assert find_bare_sources(inputs) == {"assessments": f"{folder}#sdtm:assessments"}


def test_files_are_named_for_the_record(folder, tmp_path):
    sheet = tmp_path / "her2.tsv"
    sheet.write_text("patient_id\n")
    inputs = list_inputs({"sdtm": str(folder), "her2": str(sheet)})
    files = [str(folder / "dm.parquet"), str(folder / "ex.xpt")]
    assert name_files(inputs) == {"sdtm": files, "her2": [str(sheet)]}
    assert list(label_files(inputs)) == ["sdtm DM", "sdtm EX", "her2"]
    assert read_raw_source(str(sheet), table="her2")[0].columns.tolist() == [
        "patient_id"
    ]


def test_days_of_a_sheet_that_count_from_1(tmp_path):
    sheets = {
        "patients": "patient_id\tlast_alive_day\nP1\t10\nP2\t1\n",
        "ada": "patient_id\tsampled_day\tresult\n"
        "P1\t-1\tnegative\nP1\t1\tnegative\nP1\t8\tpositive\nP2\t0\tnegative\n",
    }
    inputs = {}
    for table, text in sheets.items():
        path = tmp_path / f"{table}.tsv"
        path.write_text(text)
        inputs[table] = str(path)
    tables, findings = check(inputs, day_one=1)
    assert tables["patients"]["last_alive_day"].tolist() == [9, 0]
    assert tables["ada"]["sampled_day"].tolist()[:3] == [-1, 0, 7]
    errors = [found for found in findings if found.severity == "error"]
    assert [(found.row, found.value) for found in errors] == [(5, "0")]
    tables, findings = check(inputs, day_one=0)
    assert tables["ada"]["sampled_day"].tolist() == [-1, 1, 8, 0]
    assert not [found for found in findings if found.severity == "error"]
