"""Maps of names and words, laid over a sheet when it is read."""

import pandas as pd
import pytest

from her2ctdna.findings import Finding
from her2ctdna.inputs.sheet_maps import (
    Written,
    apply_maps,
    as_written,
    in_names_of_sheet,
    kinds_by_name,
    sources_of,
)


def sheet(**columns):
    rows = range(2, 2 + len(next(iter(columns.values()))))
    return pd.DataFrame(columns, index=list(rows), dtype=object)


def mapped(frame, table="patients", **maps):
    return apply_maps(frame, table=table, written=Written(**maps))


def brief(findings):
    return [(found.column, found.value, found.message) for found in findings]


def test_columns_get_our_names_in_their_places():
    frame = sheet(ARM=["a"], USUBJID=["P1"], TRTSDT=["2024-01-02"])
    names = {"first_dose_date": "TRTSDT", "patient_id": "USUBJID", "site": "USUBJID"}
    found, findings = mapped(frame, columns={"patients": names})
    assert findings == []
    assert list(found.columns) == ["ARM", "patient_id", "site", "first_dose_date"]
    assert found.loc[2].to_list() == ["a", "P1", "P1", "2024-01-02"]


def test_two_columns_may_swap_their_names():
    frame = sheet(patient_id=["S1"], site=["P1"])
    names = {"patient_id": "site", "site": "patient_id"}
    found, findings = mapped(frame, columns={"patients": names})
    assert findings == []
    assert found.loc[2].to_dict() == {"site": "S1", "patient_id": "P1"}


def test_of_a_list_the_first_name_that_the_sheet_has_counts():
    names = {"a": ["X", "Y"], "b": ["Z"], "c": ["Y"]}
    assert sources_of(["Y", "X"], names) == {"a": "X", "c": "Y"}
    assert sources_of(["Y"], names) == {"a": "Y", "c": "Y"}
    # a column that has our name already is left alone
    assert sources_of(["a", "X", "c"], names) == {}


@pytest.mark.parametrize(
    ("names", "column", "value", "said"),
    [
        ({"patient_id": "SUBJD"}, "patient_id", "SUBJD", "did you mean SUBJID?"),
        ({"patient_id": "zzzz"}, "patient_id", "zzzz", "it has SUBJID, x"),
        ({"patientid": "SUBJID"}, "patientid", "", "did you mean patient_id?"),
        ({"Death_Date": "x"}, "Death_Date", "", "did you mean death_date?"),
    ],
)
def test_name_that_is_not_there_is_an_error(names, column, value, said):
    frame = sheet(SUBJID=["P1"], x=["1"])
    _, (found,) = mapped(frame, columns={"patients": names})
    assert (found.severity, found.table) == ("error", "config")
    assert (found.column, found.value) == (f"columns.patients.{column}", value)
    assert said in found.message


def test_only_patients_have_columns_of_the_study_s_own():
    frame = sheet(SUBJID=["P1"])
    names = {"hr_status": "SUBJID"}
    assert mapped(frame, columns={"patients": names})[1] == []
    _, (found,) = mapped(frame, "ada", columns={"ada": names})
    assert "ada has no column of this name of ours; it has patient_id" in found.message


def test_column_that_has_a_name_given_to_another_is_an_error():
    frame = sheet(patient_id=["1"], USUBJID=["P1"])
    found, (error,) = mapped(frame, columns={"patients": {"patient_id": "USUBJID"}})
    assert found.loc[2].to_dict() == {"patient_id": "P1"}
    assert (error.table, error.row, error.column) == ("patients", 1, "patient_id")


def test_words_become_ours_whatever_their_case():
    frame = sheet(overall=["Partial Response", "partial response", "PD", None, "?"])
    words = {"Partial Response": "PR", "?": None}
    found, findings = mapped(
        frame, "assessments", values={"assessments": {"overall": words}}
    )
    assert findings == []
    assert found["overall"].to_list() == ["PR", "PR", "PD", None, None]


def test_words_that_yaml_reads_as_truth_are_meant_as_written():
    frame = sheet(measurable=["Y", "N", "Yes", "off", "1"])
    words = {"Y": True, "N": False, "True": "yes", "False": "no", "1": True}
    found, _ = mapped(frame, values={"patients": {"measurable": words}})
    assert found["measurable"].to_list() == ["yes", "no", "yes", "no", "yes"]


def test_word_that_is_none_of_ours_is_an_error():
    frame = sheet(overall=["Partial"])
    _, (found,) = mapped(
        frame,
        "assessments",
        values={"assessments": {"overall": {"Partial": "P R"}}},
    )
    assert (found.column, found.value) == ("values.assessments.overall", "Partial")
    assert found.message.startswith("read as 'P R'; take one of: CR, PR")


def test_column_of_words_that_we_do_not_have_is_an_error():
    frame = sheet(overall=["PR"])
    values = {"assessments": {"overal": {"x": "PR"}}}
    _, (found,) = mapped(frame, "assessments", values=values)
    assert "did you mean overall?" in found.message


def test_sheet_that_could_not_be_read_is_not_blamed():
    columns = {"patients": {"patient_id": "USUBJID"}}
    assert mapped(pd.DataFrame(dtype=object), columns=columns)[1] == []


def test_findings_name_the_column_and_the_cell_as_written():
    raw = {"assessments": sheet(AVALC=["Partial", "Bad"], day=["1.0", "2"])}
    written = Written(
        columns={"assessments": {"overall": "AVALC", "assessed_day": ["day"]}},
        values={"assessments": {"overall": {"Partial": "PR"}}},
    )
    read, _ = apply_maps(raw["assessments"], table="assessments", written=written)
    found = [
        Finding("error", "assessments", 2, "overall", "P1", "PR", "m"),
        Finding("error", "assessments", 3, "overall", "P1", "other", "m"),
        Finding("error", "assessments", 1, "assessed_day", "", "", "m"),
        Finding("error", "config", None, "overall", "", "", "m"),
    ]
    told = as_written(found, {"assessments": read}, raw, written)
    assert [(one.column, one.value) for one in told] == [
        ("AVALC", "Partial"),
        ("AVALC", "other"),
        ("day", ""),
        ("overall", ""),
    ]


def test_kinds_are_known_by_the_names_of_the_sheet():
    written = Written(columns={"patients": {"first_dose_date": ["TRTSDT"]}})
    kinds = kinds_by_name("patients", written)
    assert (kinds["TRTSDT"], kinds["death_day"]) == ("time", "integer")
    assert kinds["patient_id"] == "identifier"


def test_findings_on_files_name_the_column_of_the_samples_sheet():
    found = pd.DataFrame({"table": ["samples", "her2"], "column": ["calls", "calls"]})
    told = in_names_of_sheet(found, "samples", {"calls": "VCF"})
    assert told["column"].to_list() == ["VCF", "calls"]
