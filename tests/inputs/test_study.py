"""From sheets to normalised tables: every bad cell is found, and the rest converted."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.inputs.study import check_cells, check_inputs

HER2 = "patient_id\tspecimen_id\tcollected_day\tspecimen\treader\tihc\tish\n"
SAMPLES = "sample_id\tpatient_id\tcollected_day\ttimepoint\n"
HEADERS = {
    "patients": "patient_id\n",
    "her2": HER2,
    "samples": SAMPLES,
    "variants": "sample_id\tchrom\tpos\tref\talt\talt_count\tdepth\n",
    "levels": SAMPLES.replace("\n", "\tlevel\tunit\tdetected\n"),
    "assessments": "patient_id\tassessed_day\toverall\n",
    "lesions": "patient_id\tassessed_day\tlesion_id\tkind\tstate\n",
    "adverse_events": "patient_id\tterm\tsoc\tgrade\tstarted_day\n",
    "ada": "patient_id\tsampled_day\tresult\n",
}
FOLLOW_UP = "censored at first dose"
PARTIAL_DATES = dict.fromkeys(HEADERS, "refuse")


@pytest.fixture
def study(tmp_path):
    """Return a function that writes sheets (by table) and checks them as a study."""

    def check(*, data_cutoff=None, partial_dates=PARTIAL_DATES, **sheets):
        inputs = {}
        for table, text in sheets.items():
            path = tmp_path / f"{table}.tsv"
            path.write_text(text)
            inputs[table] = str(path)
        tables, findings = check_inputs(
            inputs,
            data_cutoff=data_cutoff,
            partial_dates=partial_dates,
            reference=None,
            baseline_window=None,
            origin="first dose",
            day_one=0,
        )
        # studies of a few cells: that nobody is followed is said elsewhere
        return tables, [found for found in findings if FOLLOW_UP not in found.message]

    return check


def brief(findings, severity="error"):
    """Return where the findings of a severity are, and the cell that they quote."""
    return sorted(
        (found.table, found.row, found.column, found.patient_id, found.value)
        for found in findings
        if found.severity == severity
    )


def message(findings, column):
    (found,) = [found for found in findings if found.column == column]
    return found.message


def test_all_problems_of_all_sheets_come_out_at_once(study):
    _, findings = study(
        patients="patient_id\tdeath_day\tmeasurable\nP1\t1.5\tyes\nP 2\t10\tYess\n",
        her2=HER2 + "P1\tA\t-9\t4+\tcentral\t0\t\nP9\tB\t-9\tbone\tlocal\t0\t\n",
        samples="sample_id\tpatient_id\ttimepoint\nS1\tP1\tC1D1\n",
    )
    assert brief(findings) == [
        ("her2", 2, "specimen", "P1", "4+"),
        ("her2", 3, "patient_id", "P9", "P9"),
        ("her2", 3, "specimen", "P9", "bone"),
        ("patients", 2, "death_day", "P1", "1.5"),
        ("patients", 3, "measurable", "P 2", "Yess"),
        ("patients", 3, "patient_id", "P 2", "P 2"),
        ("samples", 1, "collected_day", "", ""),
    ]


def test_finding_says_what_to_do(study):
    _, findings = study(
        patients="patient_id\tdeath_day\nP1\tsoon\n",
        her2=HER2 + "P1\t\t0\tbone\tcentral\t0\t\n",
        samples="sample_id\tpatient_id\ttimepoint\n",
    )
    assert message(findings, "specimen") == (
        "take one of: primary, metastasis, unknown"
    )
    assert message(findings, "specimen_id") == "is empty; fill it in"
    assert message(findings, "collected_day").startswith("this column is needed; add")
    assert message(findings, "death_day").startswith("give whole days since first dose")


@pytest.mark.parametrize("table", HEADERS)
def test_every_needed_column_is_asked_for(table):
    needed = HEADERS[table].split()
    empty = pd.DataFrame(columns=["other"], dtype=object)
    _, findings = check_cells(empty, table=table, time="day")
    assert sorted(found.column for found in findings) == sorted(needed)
    assert {(found.severity, found.row) for found in findings} == {("error", 1)}


def test_study_of_headers_alone_has_no_patient_and_typed_columns(study):
    tables, findings = study(**HEADERS)
    errors = [found for found in findings if found.severity == "error"]
    assert [(found.table, found.row) for found in errors] == [("patients", 1)]
    assert {found.severity for found in findings} == {"note", "error"}
    assert {table: len(frame) for table, frame in tables.items()} == dict.fromkeys(
        HEADERS, 0
    )
    assert tables["assessments"]["assessed_day"].dtype == float
    assert tables["her2"]["ihc"].dtype == object


def test_sheet_that_is_not_there_does_not_blame_the_patients_of_the_others(tmp_path):
    her2 = tmp_path / "her2.tsv"
    her2.write_text(HER2 + "P1\tA\t0\tprimary\tcentral\t1+\t\n")
    inputs = {"patients": str(tmp_path / "absent.tsv"), "her2": str(her2)}
    tables, findings = check_inputs(
        inputs,
        data_cutoff=None,
        partial_dates=PARTIAL_DATES,
        reference=None,
        baseline_window=None,
        origin="first dose",
        day_one=0,
    )
    assert brief(findings) == [("patients", None, "", "", inputs["patients"])]
    assert tables["patients"].empty


@pytest.mark.parametrize(
    "cell", ["2024-02-30", "2023-02-29", "2024/13/1", "2024-02", "2024-01-30Tnoon"]
)
def test_date_that_does_not_exist_is_an_error(study, cell):
    _, findings = study(
        patients=f"patient_id\tfirst_dose_date\tdeath_date\nP1\t2024-01-01\t{cell}\n"
    )
    assert brief(findings) == [("patients", 2, "death_date", "P1", cell)]
    assert message(findings, "death_date") == ("give a date that exists, as YYYY-MM-DD")


@pytest.mark.parametrize("cell", ["1.5", "12a", "\uff12", "1e2", "2024-01-01"])
def test_day_that_is_no_whole_number_is_an_error(study, cell):
    _, findings = study(patients=f"patient_id\tdeath_day\nP1\t{cell}\n")
    assert brief(findings) == [("patients", 2, "death_day", "P1", cell)]


@pytest.mark.parametrize("cell", ["x", "1,5", "nan", "inf", "1e999", "-1", "101"])
def test_number_that_is_none_or_beyond_its_bounds_is_an_error(study, cell):
    _, findings = study(
        patients="patient_id\nP1\n",
        her2=HER2.replace("\n", "\tstained_percent\n")
        + f"P1\tA\t0\tprimary\tcentral\t0\t\t{cell}\n",
    )
    assert brief(findings) == [("her2", 2, "stained_percent", "P1", cell)]


@pytest.mark.parametrize(("grade", "is_right"), [("0", False), ("1", True)])
def test_grade_starts_at_1(study, grade, is_right):
    _, findings = study(
        patients="patient_id\nP1\n",
        adverse_events=HEADERS["adverse_events"] + f"P1\tNausea\tGI\t{grade}\t3\n",
    )
    assert (findings == []) is is_right


@pytest.mark.parametrize("cell", [".", "..", "a/b", "a b", "ä"])
def test_identifier_of_other_characters_is_an_error(study, cell):
    _, findings = study(patients=f"patient_id\n{cell}\nP.1_a-2\n...\n")
    assert brief(findings) == [("patients", 2, "patient_id", cell, cell)]


def test_na_and_null_are_text_and_not_missing(study):
    tables, findings = study(
        patients="patient_id\thr_status\tmeasurable\nNA\tnull\tNA\nP2\t\tyes\n"
    )
    assert brief(findings) == [("patients", 2, "measurable", "NA", "NA")]
    assert tables["patients"]["patient_id"].to_list() == ["NA", "P2"]
    assert tables["patients"]["hr_status"].to_list() == ["null", None]


def test_repeated_keys_are_errors_of_the_later_rows(study):
    _, findings = study(
        patients="patient_id\nP1\nP1\nP2\nP1\n",
        samples=SAMPLES + "S1\tP1\t0\tC1\nS1\tP2\t0\tC1\n",
        her2=HER2
        + "P1\tA\t0\tprimary\tcentral\t0\t\n"
        + "P1\tA\t0\tprimary\tlocal\t0\t\n"
        + "P1\tA\t0\tprimary\tcentral\t1+\t\n",
    )
    assert brief(findings) == [
        ("her2", 4, "patient_id", "P1", "P1"),
        ("patients", 3, "patient_id", "P1", "P1"),
        ("patients", 5, "patient_id", "P1", "P1"),
        ("samples", 3, "sample_id", "P2", "S1"),
    ]


def test_empty_identifiers_are_not_called_repeated(study):
    _, findings = study(patients="patient_id\tage\n\t50\n\t60\n")
    assert {found.message for found in findings} == {"is empty; fill it in"}
    assert [found.row for found in findings] == [2, 3]


@pytest.mark.parametrize(
    ("given", "known"),
    [("measureable", "measurable"), ("Last_Alive_Day", "last_alive_day")],
)
def test_nearly_named_column_is_kept_with_a_warning(study, given, known):
    tables, findings = study(patients=f"patient_id\t{given}\nP1\tyes\n")
    assert brief(findings, "warning") == [("patients", 1, given, "", "")]
    assert message(findings, given).endswith(f"did you mean {known}?")
    assert tables["patients"][given].to_list() == ["yes"]


def test_extra_column_like_one_that_is_there_is_no_warning(study):
    _, findings = study(patients="patient_id\tmeasurable\tmeasurable2\nP1\tyes\tx\n")
    assert findings == []


def test_cells_that_start_as_formulas_are_warned_of_where_text_is_expected(study):
    tables, findings = study(
        patients="patient_id\tcity\tdelta\tdeath_day\n"
        "P1\t=1+1\t-5\t+9\n"
        "P2\t+x\t+3\t\n"
        "P3\t-y\t\t\n"
        "-P4\t@z\t\t\n"
    )
    assert brief(findings) == []
    assert brief(findings, "warning") == [
        ("patients", 2, "city", "P1", "'=1+1"),
        ("patients", 3, "city", "P2", "'+x"),
        ("patients", 4, "city", "P3", "'-y"),
        ("patients", 5, "city", "-P4", "'@z"),
        ("patients", 5, "patient_id", "-P4", "-P4"),
    ]
    assert tables["patients"]["city"].to_list() == ["'=1+1", "'+x", "'-y", "'@z"]


def test_a_bare_sign_is_no_formula_and_labels_are_kept_as_they_are(study):
    tables, findings = study(
        patients="patient_id\tpdl1\nP1\t+\nP2\t-\n",
        ada="patient_id\tsampled_day\tresult\nP1\t3\tnegative\n",
        samples="sample_id\tpatient_id\tcollected_day\ttimepoint\nS1\tP1\t3\t+30d\n",
    )
    assert tables["patients"]["pdl1"].to_list() == ["+", "-"]
    assert tables["samples"]["timepoint"].to_list() == ["+30d"]
    assert ("samples", 2, "timepoint", "P1", "+30d") in brief(findings, "warning")


def test_treated_that_contradicts_the_first_dose_is_a_warning(study):
    _, findings = study(
        patients="patient_id\tfirst_dose_date\ttreated\n"
        "P1\t2024-01-01\tno\nP2\t\tno\nP3\t\tyes\nP4\t2024-01-01\t\n"
    )
    assert brief(findings, "warning") == [
        ("patients", 2, "treated", "P1", "no"),
        ("patients", 4, "treated", "P3", "yes"),
    ]


def test_mixing_dates_and_days_is_an_error_beside_the_other_errors(study):
    _, findings = study(
        patients="patient_id\tfirst_dose_date\nP1\t2024-01-01\n",
        assessments="patient_id\tassessed_day\tassessed_date\toverall\n"
        "P1\t42\t2024-02-12\tXX\n",
    )
    assert brief(findings) == [
        ("assessments", 1, "assessed_day", "", ""),
        ("assessments", 2, "overall", "P1", "XX"),
    ]


def test_finding_across_cells_names_the_column_and_the_cell_of_the_sheet(study):
    _, findings = study(
        patients="patient_id\tfirst_dose_date\tdeath_date\nP1\t2024-01-10\t2024-01-01\n"
    )
    assert brief(findings) == [("patients", 2, "death_date", "P1", "2024-01-01")]
    assert message(findings, "death_date") == "died before the first dose"


def test_dates_become_days_and_empty_first_dose_is_not_treated(study):
    tables, findings = study(
        patients="patient_id\tfirst_dose_date\tdeath_date\tage\n"
        "P1\t2024-01-01\t2024-12-31\t50\n"
        "P2\t\t2024-05-01\t60\n",
        assessments="patient_id\tassessed_date\toverall\ttarget_sum_mm\n"
        "P1\t2023-12-20\t\t50\n"
        "P1\t2024-02-12\tPR\t30.5\n"
        "P2\t2023-12-20\t\t40\n",
    )
    assert findings == []
    patients, assessments = tables["patients"], tables["assessments"]
    assert patients["treated"].to_list() == ["yes", "no"]
    np.testing.assert_array_equal(patients["death_day"], [365.0, np.nan])
    np.testing.assert_array_equal(assessments["assessed_day"], [-12.0, 42.0, np.nan])
    assert assessments["overall"].to_list() == [None, "PR", None]
    assert not any("date" in column for frame in tables.values() for column in frame)


def test_days_are_treated_by_the_column_or_by_default(study):
    tables, _ = study(patients="patient_id\ttreated\nP1\tyes\nP2\tno\nP3\t\n")
    assert tables["patients"]["treated"].to_list() == ["yes", "no", "yes"]
    tables, _ = study(patients="patient_id\nP1\n")
    assert tables["patients"]["treated"].to_list() == ["yes"]


def test_contract_columns_come_first_and_extra_columns_stay_text(study):
    tables, _ = study(patients="site\tpatient_id\tecog\n01\t007\t1\n")
    patients = tables["patients"]
    assert list(patients.columns) == [
        "patient_id",
        "treated",
        "death_day",
        "last_alive_day",
        "last_dose_day",
        "new_therapy_day",
        "measurable",
        "pfs_days",
        "pfs_event",
        "os_days",
        "os_event",
        "site",
        "ecog",
    ]
    assert patients.loc[2, ["patient_id", "site", "ecog"]].to_list() == [
        "007",
        "01",
        "1",
    ]


def test_numbers_are_read_to_the_last_bit(study):
    cells = ["62.572030410805404", "23.433096104669637", "1e-05", "30.5"]
    rows = "".join(f"P1\t{day}\tSD\t{cell}\n" for day, cell in enumerate(cells, 1))
    tables, findings = study(
        patients="patient_id\nP1\n",
        assessments="patient_id\tassessed_day\toverall\ttarget_sum_mm\n" + rows,
    )
    assert findings == []
    assert tables["assessments"]["target_sum_mm"].to_list() == list(map(float, cells))


def test_records_after_the_cutoff_are_set_aside(study):
    tables, findings = study(
        data_cutoff="2024-02-12",
        patients="patient_id\tfirst_dose_date\tdeath_date\nP1\t2024-01-01\t2024-03-01\n",
        assessments="patient_id\tassessed_date\toverall\n"
        "P1\t2024-02-12\tPR\nP1\t2024-02-13\tPD\n",
    )
    assert tables["assessments"]["overall"].to_list() == ["PR"]
    assert tables["patients"]["death_day"].isna().all()
    assert brief(findings, "note") == [
        ("assessments", None, "", "", "1"),
        ("patients", None, "", "", "1"),
    ]


def test_cutoff_as_a_day_in_a_study_of_dates_is_an_error(study):
    _, findings = study(
        data_cutoff=100, patients="patient_id\tfirst_dose_date\nP1\t2024-01-01\n"
    )
    assert brief(findings) == [("config", None, "study.data_cutoff", "", "100")]


def test_line_numbers_survive_quoted_line_breaks(study):
    _, findings = study(patients='patient_id\tnote\nP1\t"a\nb"\nP 2\tc\n')
    assert brief(findings) == [("patients", 4, "patient_id", "P 2", "P 2")]
