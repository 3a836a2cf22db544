"""A cBioPortal study folder: patients, HER2, samples, calls and assessments of it."""

import pytest

from her2ctdna.inputs.cbioportal import list_tables, read_table_of
from her2ctdna.inputs.sources import (
    KINDS,
    Source,
    files_of_findings,
    find_bare_sources,
    label_files,
    list_inputs,
    name_source,
    parse_source,
)
from her2ctdna.inputs.study import check_inputs
from her2ctdna.settings.config_types import STUDY_FOLDERS

PATIENTS = """
PATIENT_ID | AGE | SEX    | OS_MONTHS | OS_STATUS  | PFS_MONTHS | PFS_STATUS
P1         | 50  | Female | 12        | 1:DECEASED | 4          | 1:PROGRESSION
P2         | NA  | Female | 24        | 0:LIVING   | 8          | 0:CENSORED
P3         | 61  | Female | 2.5       | LIVING     | [Unknown]  | .
"""
SAMPLES = """
PATIENT_ID | SAMPLE_ID | SAMPLE_TYPE | SAMPLE_CLASS | HER2_IHC_SCORE | HER2_FISH_STATUS
P1         | P1-T      | Primary     | Tumor        | 2+             | Not amplified
P1         | P1-B0     | .           | cfDNA        | .              | .
P1         | P1-B1     | .           | cfDNA        | .              | .
P2         | P2-T      | Metastasis  | Tumor        | 1+             | .
P3         | P3-T      | Recurrence  | Tumor        | 0              | .
"""
TREATMENTS = """
PATIENT_ID | START_DATE | STOP_DATE | EVENT_TYPE | TREATMENT_TYPE  | AGENT
P1         | 130        | 160       | TREATMENT  | Medical Therapy | B
P1         | 100        | 121       | Treatment  | Medical Therapy | A
P2         | 10         | .         | TREATMENT  | Medical Therapy | A
"""
SPECIMENS = """
PATIENT_ID | START_DATE | STOP_DATE | EVENT_TYPE         | SAMPLE_ID
P1         | 1          | .         | Sample acquisition | P1-T
P1         | 98         | .         | SPECIMEN           | P1-B0
P1         | 121        | .         | SPECIMEN           | P1-B1
P2         | 5          | .         | SPECIMEN           | P2-T
"""
STATUS = """
PATIENT_ID | START_DATE | STOP_DATE | EVENT_TYPE | STATUS
P1         | 300        | .         | STATUS     | Alive
P1         | 365        | .         | STATUS     | Deceased
P2         | 700        | .         | STATUS     | Last Follow Up
"""
IMAGING = """
PATIENT_ID | START_DATE | STOP_DATE | EVENT_TYPE | RESPONSE
P1         | 142        | .         | IMAGING    | PR
P1         | 184        | .         | IMAGING    | Progressive Disease
P2         | 52         | .         | IMAGING    | .
"""
MUTATIONS = """
Hugo_Symbol | Chromosome | Start_Position | Reference_Allele | Tumor_Seq_Allele2 | Tumor_Sample_Barcode | t_ref_count | t_alt_count
PIK3CA      | 3          | 178952085      | A                | G                 | P1-T                 | 60          | 40
PIK3CA      | 3          | 178952085      | A                | G                 | P1-B0                | 980         | 20
TP53        | 17         | 7577539        | G                | A                 | P1-B1                | many        | 5
"""  # noqa: E501
LABELS = "#Patient\tx\n#What\tx\n#STRING\tx\n#1\tx\n"


def write(path, text, above=""):
    """Write a table; ``.`` is an empty cell."""
    rows = [line.split("|") for line in text.strip().splitlines()]
    cells = [["" if c.strip() == "." else c.strip() for c in row] for row in rows]
    path.write_text(above + "".join("\t".join(row) + "\n" for row in cells))


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "brca_x"
    place.mkdir()
    write(place / "data_clinical_patient.txt", PATIENTS, LABELS)
    write(place / "data_clinical_sample.txt", SAMPLES, LABELS)
    write(place / "data_timeline_treatment.txt", TREATMENTS)
    write(place / "data_timeline_specimen.txt", SPECIMENS)
    write(place / "data_timeline_status.txt", STATUS)
    write(place / "data_timeline_imaging.txt", IMAGING)
    write(place / "data_mutations.txt", MUTATIONS, "#version 2.4\n")
    return place


def without_timelines(folder):
    for path in folder.glob("data_timeline_*"):
        path.unlink()
    return str(folder)


def sheet_of(folder, table):
    made, findings = read_table_of(str(folder), table)
    return made.sheet, findings


def told(findings, severity, table):
    return [
        (found.row, found.column, found.value)
        for found in findings
        if (found.severity, found.table) == (severity, table)
    ]


def check(inputs, **changes):
    settings = {
        "data_cutoff": None,
        "partial_dates": {},
        "reference": None,
        "baseline_window": None,
        "origin": "diagnosis",
        "day_one": 0,
    }
    return check_inputs(inputs, **(settings | changes))


def test_folder_gives_the_tables_that_it_has(folder):
    assert list(list_tables(str(folder))) == [
        *("patients", "her2", "samples", "variants", "assessments"),
    ]
    inputs = list_inputs({"cbioportal": str(folder), "her2": "her2.tsv"})
    assert inputs["her2"] == "her2.tsv"
    assert inputs["patients"] == f"{folder}#cbioportal:patients"
    assert find_bare_sources(inputs | {"her2": inputs["samples"]}) == {}
    assert parse_source(inputs["samples"]).kind == "cbioportal"
    files = files_of_findings(inputs)
    assert files["samples"] == str(folder / "data_clinical_sample.txt")
    assert files["assessments"] == str(folder / "data_timeline_imaging.txt")
    assert files["cbioportal"] == str(folder)
    assert "cbioportal DATA_MUTATIONS" in label_files(inputs)


def test_kinds_of_folders_are_those_of_the_config():
    assert set(KINDS) == set(STUDY_FOLDERS)
    for kind in KINDS:
        source = Source(kind, "data/a#b", "ada")
        assert parse_source(name_source(source)) == source


def test_times_count_from_the_earliest_treatment(folder):
    sheet, findings = sheet_of(folder, "patients")
    assert sheet.index.tolist() == [6, 7, 8]
    assert sheet["treated"].tolist() == ["yes", "yes", "no"]
    assert sheet["last_dose_day"].tolist() == ["60", "0", None]
    assert sheet["death_day"].tolist() == ["265", None, None]
    assert sheet["last_alive_day"].tolist() == ["200", "690", None]
    notes = [found.message for found in findings if found.column == "treated"]
    assert len(notes) == 1
    assert "(1 patients have several)" in notes[0]


def test_months_are_days_and_statuses_events(folder):
    sheet, findings = sheet_of(folder, "patients")
    assert sheet["os_days"].tolist() == ["365.25", "730.5", "76.09375"]
    assert sheet["os_event"].tolist() == ["yes", "no", "no"]
    assert sheet["pfs_days"].tolist() == ["121.75", "243.5", None]
    assert sheet["pfs_event"].tolist() == ["yes", "no", None]
    assert sheet["age"].tolist() == ["50", None, "61"]
    assert any("study.origin" in found.message for found in findings)


def test_half_a_duration_is_left_out_with_a_warning(folder):
    text = """
    PATIENT_ID | OS_MONTHS | OS_STATUS  | PFS_MONTHS
    P1         | 12        | .          | 3
    P2         | .         | 1:DECEASED | .
    P3         | 3         | 0:LIVING   | .
    """
    write(folder / "data_clinical_patient.txt", text)
    sheet, findings = sheet_of(folder, "patients")
    assert sheet["os_days"].tolist() == [None, None, "91.3125"]
    assert sheet["os_event"].tolist() == [None, None, "no"]
    assert sheet["pfs_days"].isna().all()
    assert told(findings, "warning", "patients") == [
        (2, "OS_MONTHS", "12"),
        (3, "OS_STATUS", "1:DECEASED"),
        (2, "PFS_MONTHS", "3"),
    ]


def test_attribute_with_a_name_of_ours_gets_another(folder):
    text = "PATIENT_ID | MEASURABLE | HER2_CLASS | GRADE\nP1 | much | Low | 3\n"
    write(folder / "data_clinical_patient.txt", text)
    sheet, findings = sheet_of(folder, "patients")
    assert {"given_measurable", "given_her2_class", "grade"} <= set(sheet.columns)
    noted = {column for _, column, _ in told(findings, "note", "patients")}
    assert {"MEASURABLE", "HER2_CLASS"} <= noted


def test_without_a_treatment_all_are_treated_and_no_day_is_known(folder):
    place = without_timelines(folder)
    sheet, findings = sheet_of(place, "patients")
    assert set(sheet["treated"]) == {"yes"}
    assert "last_dose_day" not in sheet
    (note,) = [found for found in findings if found.column == "treated"]
    assert "no timeline has a TREATMENT" in note.message
    assert sheet_of(place, "her2")[0]["collected_day"].isna().all()
    assert "assessments" not in list_tables(place)
    tables, findings = check(list_inputs({"cbioportal": place}))
    assert tables["patients"]["os_days"].tolist() == [365.25, 730.5, 76.09375]


def test_treatment_without_a_start_is_a_warning(folder):
    text = TREATMENTS.replace("| 10  ", "| .   ")
    write(folder / "data_timeline_treatment.txt", text)
    sheet, findings = sheet_of(folder, "patients")
    assert sheet["treated"].tolist() == ["yes", "yes", "no"]
    assert told(findings, "warning", "patients") == [(7, "PATIENT_ID", "P2")]


def test_her2_is_that_of_tissue(folder):
    sheet, findings = sheet_of(folder, "her2")
    assert sheet["specimen_id"].tolist() == ["P1-T", "P2-T", "P3-T"]
    assert sheet["specimen"].tolist() == ["primary", "metastasis", "unknown"]
    assert sheet["ihc"].tolist() == ["2+", "1+", "0"]
    assert sheet["ish"].tolist() == ["Not amplified", None, None]
    assert sheet["collected_day"].tolist() == ["-99", "-5", None]
    assert (None, "SAMPLE_TYPE", "RECURRENCE") in told(findings, "note", "her2")


def test_samples_are_plasma_and_tissue_with_their_days(folder):
    sheet, _ = sheet_of(folder, "samples")
    assert sheet["material"].tolist() == [
        *("tissue", "plasma", "plasma", "tissue", "tissue"),
    ]
    assert sheet["collected_day"].tolist() == ["-99", "-2", "21", "-5", None]
    assert sheet["timepoint"].tolist() == ["D-99", "D-2", "D21", "D-5", None]
    named = SAMPLES.replace("SAMPLE_CLASS", "TIMEPOINT").replace("cfDNA", "Plasma_1")
    write(folder / "data_clinical_sample.txt", named)
    assert "samples" not in list_tables(str(folder))


def test_study_is_checked_with_the_names_and_lines_of_its_files(folder):
    text = SAMPLES.replace("P2         | P2-T", "P9         | P2-T")
    write(folder / "data_clinical_sample.txt", text, LABELS)
    tables, findings = check(list_inputs({"cbioportal": str(folder)}), day_one=1)
    errors = {
        (found.table, found.row, found.column, found.value)
        for found in findings
        if found.severity == "error"
    }
    assert errors == {
        ("her2", 9, "PATIENT_ID", "P9"),
        ("samples", 9, "PATIENT_ID", "P9"),
        ("variants", 5, "t_ref_count", "many"),
    }
    calls = tables["variants"]
    assert calls["depth"].tolist()[:2] == [100, 1000]
    assert calls["alt_count"].tolist()[:2] == [40, 20]
    assert tables["assessments"]["assessed_day"].tolist() == [42, 84]
    assert tables["assessments"]["overall"].tolist() == ["PR", "PD"]


def test_words_of_treatments_are_no_responses(folder):
    write(folder / "data_timeline_imaging.txt", IMAGING.replace("IMAGING", "TREATMENT"))
    assert "assessments" not in list_tables(str(folder))


def test_meta_files_say_what_a_file_is(folder):
    for kind, name in (("PATIENT", "clinical_patient"), ("SAMPLE", "clinical_sample")):
        (folder / f"data_{name}.txt").rename(folder / f"{kind.lower()}s.tsv")
        (folder / f"meta_{name}.txt").write_text(
            "cancer_study_identifier: brca_x\ngenetic_alteration_type: CLINICAL\n"
            f"datatype: {kind}_ATTRIBUTES\ndata_filename: {kind.lower()}s.tsv\n"
        )
    (folder / "meta_cna.txt").write_text(
        "genetic_alteration_type: COPY_NUMBER_ALTERATION\ndatatype: DISCRETE\n"
        "data_filename: data_cna.txt\n"
    )
    (folder / "data_cna.txt").write_text("Hugo_Symbol\n")
    (folder / "data_mutations_extended.txt").write_text("Hugo_Symbol\n")
    sheet, findings = sheet_of(folder, "patients")
    assert sheet["patient_id"].tolist() == ["P1", "P2", "P3"]
    unread = ["data_cna.txt", "data_mutations_extended.txt"]
    assert [value for *_, value in told(findings, "note", "cbioportal")] == unread


def test_unknown_timeline_is_a_note_and_a_day_that_is_none_an_error(folder):
    text = IMAGING.replace("IMAGING", "LAB_TEST").replace("RESPONSE", "RESULT")
    write(folder / "data_timeline_lab.txt", text)
    write(folder / "data_timeline_status.txt", STATUS.replace("700", "2021"))
    _, findings = sheet_of(folder, "patients")
    assert told(findings, "note", "cbioportal") == [(None, "", "data_timeline_lab.txt")]
    write(folder / "data_timeline_status.txt", STATUS.replace("700", "2021-01-01"))
    _, findings = sheet_of(folder, "patients")
    assert told(findings, "error", "cbioportal") == [(4, "START_DATE", "2021-01-01")]


def test_folder_without_patients_is_one_error(folder, tmp_path):
    (folder / "data_clinical_patient.txt").unlink()
    _, findings = check(list_inputs({"cbioportal": str(folder)}))
    errors = {found for found in findings if found.table == "cbioportal"}
    errors = {found for found in errors if found.severity == "error"}
    assert [found.value for found in errors] == [str(folder)]
    inputs = list_inputs({"cbioportal": str(tmp_path / "absent")})
    assert list(inputs) == ["patients"]
    _, findings = check(inputs)
    (error,) = [found for found in findings if found.severity == "error"]
    assert "no such folder" in error.message


def test_file_that_lacks_a_column_or_a_row_is_an_error(folder):
    write(folder / "data_clinical_patient.txt", PATIENTS.replace("PATIENT_ID", "ID"))
    _, findings = sheet_of(folder, "patients")
    assert told(findings, "error", "cbioportal") == [(1, "PATIENT_ID", "")]
    (folder / "data_clinical_sample.txt").write_text("#a\n")
    (folder / "data_timeline_status.txt").write_bytes(b"PATIENT_ID\xff\n")
    _, findings = sheet_of(folder, "patients")
    named = [value for *_, value in told(findings, "error", "cbioportal")]
    assert named == ["", "data_clinical_sample.txt", "data_timeline_status.txt"]


def test_sheet_beside_the_folder_takes_the_place_of_its_table(folder, tmp_path):
    own = tmp_path / "her2.tsv"
    own.write_text(
        "patient_id\tspecimen_id\tcollected_day\tspecimen\treader\tihc\tish\n"
        "P1\tA\t-3\tprimary\tcentral\t0\t\n"
    )
    inputs = list_inputs({"cbioportal": str(folder), "her2": str(own)})
    tables, _ = check(inputs)
    assert tables["her2"]["specimen_id"].tolist() == ["A"]
