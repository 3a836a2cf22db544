"""Patients, adverse events and antibodies from SDTM domains."""

import pytest
from sdtm_tables import DM, EX, column, domain, said

from her2ctdna.inputs.made import in_files
from her2ctdna.inputs.sdtm import make_table
from her2ctdna.inputs.sdtm_times import elapsed_days, known_part


def test_first_dose_is_the_first_that_was_given_of_drug_or_placebo():
    made, findings = make_table({"DM": DM, "EX": EX}, "patients")
    first = column(made.sheet, "first_dose_date")
    assert first == {"S-1": "2024-01-10", "S-2": "2024-02-01", "S-3": None}
    last = column(made.sheet, "last_dose_date")
    assert last == {"S-1": "2024-01-31", "S-2": "2024-02-22", "S-3": None}
    assert [found.severity for found in findings] == ["warning", "note"]
    assert said(findings, "warning", "EXENDTC") == [(3, "2024-02-22")]


def test_covariates_are_kept_and_dates_of_birth_are_not():
    made, _ = make_table({"DM": DM, "EX": EX}, "patients")
    assert {"age", "sex", "arm"} <= set(made.sheet.columns)
    assert not any("brth" in name.lower() for name in made.sheet.columns)
    assert column(made.sheet, "age")["S-1"] == "60"


def test_death_is_of_dm_or_else_of_ds_and_one_without_a_date_is_a_warning():
    ends = domain("""
    USUBJID | DSDECOD | DSSTDTC
    S-1     | DEATH   | 2024-05-01
    S-2     | DEATH   | 2024-06-04
    """)
    made, _ = make_table({"DM": DM, "EX": EX, "DS": ends}, "patients")
    deaths = column(made.sheet, "death_date")
    assert deaths == {"S-1": "2024-05-01", "S-2": "2024-06-05", "S-3": None}
    undated = DM.assign(DTHDTC=None)
    _, findings = make_table({"DM": undated, "EX": EX}, "patients")
    assert said(findings, "warning", "USUBJID") == [(3, "S-2")]


def test_last_alive_is_the_last_contact_and_no_loss_or_partial_date():
    ends = domain("""
    USUBJID | DSDECOD           | DSSTDTC
    S-1     | LOST TO FOLLOW-UP | 2024-09-01
    S-1     | COMPLETED         | 2024-03-01
    S-2     | DEATH             | 2024-06-05
    """)
    events = domain("""
    USUBJID | AESTDTC    | AEENDTC
    S-1     | 2024-03-02 | 2024-04
    S-2     | 2024-03-05 | .
    """)
    domains = {"DM": DM, "EX": EX, "DS": ends, "AE": events}
    made, findings = make_table(domains, "patients")
    alive = column(made.sheet, "last_alive_date")
    assert alive == {"S-1": "2024-03-02", "S-2": "2024-03-05", "S-3": None}
    (note,) = (found for found in findings if found.severity == "note")
    assert "EX, DS, AE" in note.message


def test_dose_without_a_date_is_an_error_and_rfxstdtc_stands_in():
    undated = EX.assign(EXSTDTC=None)
    made, findings = make_table({"DM": DM, "EX": undated}, "patients")
    assert column(made.sheet, "first_dose_date")["S-1"] == "2024-01-10"
    bare = DM.assign(RFXSTDTC=None)
    doses = EX.assign(EXSTDTC=[None, None, None, "2024-02-01", None])
    _, findings = make_table({"DM": bare, "EX": doses}, "patients")
    assert said(findings, "error", "EXSTDTC") == [(2, "")]


def test_rows_of_a_study_without_any_amount_are_doses():
    made, findings = make_table({"DM": DM, "EX": EX.assign(EXDOSE=None)}, "patients")
    assert column(made.sheet, "first_dose_date")["S-1"] == "2024-01-08"
    assert said(findings, "warning", "EXDOSE") == [(None, "")]


def test_first_dose_without_a_day_is_told_by_dm():
    doses = EX.assign(EXSTDTC=[".", "2024-01-31", "2024-01", "2024-02", "2024-03"])
    made, findings = make_table({"DM": DM, "EX": doses}, "patients")
    first = column(made.sheet, "first_dose_date")
    assert first == {"S-1": "2024-01-10", "S-2": "2024-02-01", "S-3": None}
    assert said(findings, "warning", "EXSTDTC") == []


def test_first_dose_that_is_not_that_of_dm_is_a_warning():
    other = DM.assign(RFXSTDTC=["2024-01-08", "2024-02-01T08:00", "2024-03-01"])
    _, findings = make_table({"DM": other, "EX": EX}, "patients")
    assert said(findings, "warning", "EXSTDTC") == [(2, "2024-01-10")]
    assert said(findings, "warning", "USUBJID") == [(4, "S-3")]


def test_study_of_days_alone_counts_from_the_first_dose():
    subjects = DM[["USUBJID", "AGE"]]
    doses = domain("""
    USUBJID | EXTRT | EXDOSE | EXSTDY | EXENDY
    S-1     | DRUG  | 5      | 1      | 1
    S-1     | DRUG  | 5      | 22     | 22
    S-2     | DRUG  | 5      | 3      | 3
    """)
    ends = domain("""
    USUBJID | DSDECOD | DSSTDY
    S-2     | DEATH   | 100
    """)
    scans = domain("""
    USUBJID | RSTESTCD | RSSTRESC | RSDY
    S-1     | OVRLRESP | PR       | 43
    S-2     | OVRLRESP | SD       | 43
    S-2     | OVRLRESP | NE       | -5
    """)
    domains = {"DM": subjects, "EX": doses, "DS": ends, "RS": scans}
    made, _ = make_table(domains, "patients")
    treated = column(made.sheet, "treated")
    assert treated == {"S-1": "yes", "S-2": "yes", "S-3": "no"}
    assert column(made.sheet, "last_dose_day") == {"S-1": "21", "S-2": "0", "S-3": None}
    assert column(made.sheet, "death_day")["S-2"] == "97"
    made, _ = make_table(domains, "assessments")
    assert made.sheet["assessed_day"].tolist() == ["42", "40", "-7"]


def test_record_without_a_date_takes_it_from_its_study_day():
    events = domain("""
    USUBJID | AETERM | AESOC | AESEV | AESTDTC | AESTDY
    S-1     | Rash   | Skin  | MILD  | .       | 1
    S-1     | Cough  | Lung  | MILD  | .       | -1
    S-3     | Fall   | Other | MILD  | .       | 4
    """)
    made, _ = make_table({"DM": DM, "EX": EX, "AE": events}, "adverse_events")
    started = made.sheet["started_date"].tolist()
    assert started == ["2024-01-10", "2024-01-09", None]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("2024-01-10T09:30", "2024-01-10"),
        ("2024-01", "2024-01"),
        ("2024", "2024"),
        ("2024---10", "2024"),
        ("--01-10", None),
        ("2024-01-10/2024-01-12", "2024-01-10"),
        ("10JAN2024", "10JAN2024"),
    ],
)
def test_dates_of_any_precision(written, known):
    assert known_part(written) == known


def test_end_of_an_interval():
    assert known_part("2024-01-10/2024-01-12", is_end=True) == "2024-01-12"


def test_study_days_know_no_day_0():
    days = domain("D\n-2\n-1\n0\n1\n2\n.")["D"]
    assert elapsed_days(days).fillna(99).tolist() == [-2, -1, 99, 0, 1, 99]


AE = """
USUBJID | AESEQ | AETERM | AEDECOD | AEBODSYS | AESOC | AETOXGR | AESEV    | AESER | AEREL   | AEOUT | AESTDTC    | AEENDTC
S-1     | 1     | rash   | Rash    | Skin     | .     | 2       | SEVERE   | N     | Y       | .     | 2024-01-11 | 2024-02
S-1     | 2     | died   | .       | .        | Other | .       | SEVERE   | Y     | N       | FATAL | 2024-01    | .
S-2     | 1     | cough  | Cough   | Lung     | Resp. | GRADE 3 | .        | N     | PERHAPS | .     | 2024       | .
S-2     | 2     | fever  | Fever   | .        | Other | .       | MODERATE | .     | .       | .     | .          | .
"""  # noqa: E501


def test_events_take_the_better_of_two_variables():
    made, findings = make_table(
        {"DM": DM, "EX": EX, "AE": domain(AE)}, "adverse_events"
    )
    sheet = made.sheet
    assert sheet["term"].tolist() == ["Rash", "died", "Cough", "Fever"]
    assert sheet["soc"].tolist() == ["Skin", "Other", "Resp.", "Other"]
    assert sheet["grade"].tolist() == ["2", "5", "3", "2"]
    assert sheet["serious"].tolist() == ["no", "yes", "no", None]
    assert sheet["related"].tolist() == ["yes", "no", None, None]
    assert sheet["started_date"].tolist() == ["2024-01-11", "2024-01", "2024", None]
    assert sheet["ended_date"].tolist() == ["2024-02", None, None, None]
    assert said(findings, "note", "AESEV") == [(None, "2")]
    assert said(findings, "warning", "AEREL") == [(4, "PERHAPS")]


def test_words_of_relation_that_are_judged_are_noted():
    events = domain("""
    USUBJID | AETERM | AESOC | AETOXGR | AEREL    | AESTDTC
    S-1     | a      | b     | 1       | PROBABLE | 2024-01-11
    S-1     | b      | b     | 1       | REMOTE   | 2024-01-11
    """)
    made, findings = make_table({"AE": events}, "adverse_events")
    assert made.sheet["related"].tolist() == ["yes", "no"]
    (note,) = findings
    assert note.message == "counted as related: PROBABLE; as not related: REMOTE"


def test_event_that_did_not_occur_is_left_out():
    events = domain("""
    USUBJID | AETERM | AESOC | AETOXGR | AEOCCUR | AESTDTC
    S-1     | a      | b     | 1       | Y       | 2024-01-11
    S-1     | b      | b     | .       | N       | .
    """)
    made, findings = make_table({"AE": events}, "adverse_events")
    assert made.sheet["term"].tolist() == ["a"]
    assert said(findings, "note", "AEOCCUR") == [(None, "1")]


def test_antibodies_of_one_sample_are_one_result():
    tests = domain("""
    USUBJID | ISTESTCD | ISTEST                  | ISSTRESC     | ISSTAT   | ISDTC
    S-1     | ADASCR   | ADA Screen              | POSITIVE     | .        | 2024-01-10
    S-1     | ADACONF  | ADA Confirmatory        | NEGATIVE     | .        | 2024-01-10
    S-1     | ADASCR   | ADA Screen              | POSITIVE     | .        | 2024-02-10
    S-1     | ADACONF  | ADA Confirmatory        | POSITIVE     | .        | 2024-02-10
    S-1     | ADATITER | ADA Titer               | 1:40         | .        | 2024-02-10
    S-1     | ADA_NAB  | Neutralizing Antibody   | POSITIVE     | .        | 2024-02-10
    S-2     | ADA_BAB  | Binding ADA             | 1.5          | .        | 2024-02-01
    S-2     | ADA_BAB  | Binding ADA             | 0            | .        | 2024-02-02
    S-2     | ADA_BAB  | Binding ADA             | .            | NOT DONE | 2024-02-03
    S-2     | ADA_BAB  | Binding ADA             | <20          | .        | 2024-02-04
    S-2     | ADA_BAB  | Binding ADA             | POSITIVE 80  | .        | 2024-02-05
    """)
    made, findings = make_table({"IS": tests}, "ada")
    rows = list(
        zip(
            made.sheet["sampled_date"],
            made.sheet["result"],
            made.sheet["titre"],
            strict=True,
        )
    )
    assert rows == [
        ("2024-01-10", "negative", None),
        ("2024-02-10", "positive", "1:40"),
        ("2024-02-01", "positive", "1.5"),
        ("2024-02-02", "negative", None),
        ("2024-02-03", "not reportable", None),
        ("2024-02-04", "positive", "<20"),
        ("2024-02-05", "positive", "80"),
    ]
    assert [made.rows[row] for row in made.sheet.index] == [3, 5, 8, 9, 10, 11, 12]
    assert said(findings, "note", "ISTESTCD") == [(None, "1")]


def test_antibodies_against_several_drugs_are_a_warning():
    tests = domain("""
    USUBJID | ISTESTCD | ISBDAGNT | ISSTRESC | ISDTC
    S-1     | ADA_BAB  | A        | NEGATIVE | 2024-01-10
    S-1     | ADA_BAB  | B        | POSITIVE | 2024-01-10
    """)
    made, findings = make_table({"IS": tests}, "ada")
    assert made.sheet["result"].tolist() == ["negative", "positive"]
    assert said(findings, "warning", "ISBDAGNT") == [(None, "")]


def test_missing_domains_are_one_error_and_a_missing_variable_one():
    _, (found,) = make_table({"AE": domain(AE)}, "patients")
    assert (found.severity, found.table) == ("error", "sdtm")
    assert "needs DM and EX" in found.message
    bare = domain(AE).drop(columns=["AETOXGR", "AESEV"])
    made, (found,) = make_table({"AE": bare}, "adverse_events")
    assert made.sheet.empty
    assert "AE has no AETOXGR or AESEV" in found.message


def test_findings_name_the_variable_of_the_domain():
    made, _ = make_table({"DM": DM, "EX": EX, "AE": domain(AE)}, "adverse_events")
    _, findings = make_table({"DM": DM, "EX": EX}, "patients")
    ours = findings[0]._replace(table="adverse_events", row=3, column="started_date")
    (named,) = in_files([ours], {"adverse_events": made})
    assert (named.row, named.column) == (3, "AESTDTC")
