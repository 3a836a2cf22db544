"""A whole study folder: what the portal asks of it, and what our reader makes of it."""

import numpy as np
import pandas as pd
import pytest
from portal_rules import RULES, fields_of
from test_portal_mutations import CALLS, STATUS

from her2ctdna.exports.portal_form import write_files
from her2ctdna.exports.portal_study import PortalStudy, derive_files, find_build
from her2ctdna.inputs.cbioportal import list_tables, read_study, read_table_of

STUDY = PortalStudy(
    *("NCT-1", "A trial"),
    is_synthetic=True,
    analysis="primary",
    definitions_id="0a1b2c3d+4e5f",
    metric="mean_vaf",
)
PATIENTS = pd.DataFrame(
    {
        "patient_id": ["P1", "P2", "007"],
        "treated": ["yes", "yes", "no"],
        "last_dose_day": [150.0, 60.0, np.nan],
        "new_therapy_day": [np.nan, 120.0, np.nan],
        "last_alive_day": [300.0, np.nan, np.nan],
        "death_day": [np.nan, 250.0, np.nan],
        "os_days": [301.0, 251.0, np.nan],
        "os_event": ["no", "yes", None],
        "pfs_days": [200.5, 46.0, np.nan],
        "pfs_event": ["no", "yes", None],
        "bor": ["PR", "PD", "MISSING"],
        "age": [61.0, 50.0, 40.0],
    }
)
VISITS = pd.DataFrame(
    {
        "patient_id": ["P1", "P1", "P2"],
        "assessed_day": [-7.0, 42.0, 45.0],
        "overall": [None, "PR", "PD"],
        "used": ["no", "yes", "yes"],
    }
)
READINGS = pd.DataFrame(
    {
        "patient_id": ["P1", "P2"],
        "specimen_id": ["P1-M", "P2-P"],
        "specimen": ["metastasis", "primary"],
        "collected_day": [-40.0, -60.0],
        "ihc": ["1+", "2+"],
        "ish": [None, "negative"],
        "chosen": ["yes", "yes"],
    }
)
DRAWS = pd.DataFrame(
    {
        "patient_id": ["P1", "P1", "P1"],
        "sample_id": ["B", "C", "D"],
        "timepoint": ["C1D1", "C2D1", "C3D1"],
        "day": [0.0, 21.0, 42.0],
        "state": ["detected", "detected", "undetected"],
        "level": [0.05, 0.007, 0.0],
        "lod95_level": [0.001, 0.001, 0.001],
        "upper95_level": [np.nan, np.nan, 0.001],
        "n_tracked": [2.0, 2.0, 2.0],
    }
)
TABLES = {
    "patients": PATIENTS,
    "visits": VISITS,
    "her2_readings": READINGS,
    "ctdna_samples": DRAWS,
    "variant_status": STATUS,
    "variants": CALLS,
}
PARTS = {
    "everything": TABLES,
    "patients alone": {"patients": PATIENTS},
    "no HER2": {name: TABLES[name] for name in TABLES if name != "her2_readings"},
    "levels": {name: TABLES[name] for name in ("patients", "ctdna_samples")},
    "nobody": {name: table[:0] for name, table in TABLES.items()},
    "nobody treated": TABLES
    | {"patients": PATIENTS[2:], "visits": VISITS[:0]}
    | {"her2_readings": READINGS[:0], "ctdna_samples": DRAWS[:0]},
}


def files_of(tables, study=STUDY, build="hg38"):
    return derive_files(
        tables, study, landmarks=["C2D1"], covariates=["age"], build=build
    )


@pytest.fixture(scope="module", params=PARTS)
def folder(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cbioportal")
    write_files(files_of(PARTS[request.param]), folder)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    write_files(files_of(TABLES), folder)
    return str(folder)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_folder_keeps_the_rules_of_the_portal(folder, rule):
    rule(folder)


def test_folder_has_the_files_of_what_the_study_has():
    assert sorted(name for name in files_of(TABLES) if name[:4] != "meta") == [
        "case_lists/cases_all.txt",
        "case_lists/cases_sequenced.txt",
        "data_clinical_patient.txt",
        "data_clinical_sample.txt",
        "data_mutations.txt",
        "data_timeline_lab_test.txt",
        "data_timeline_specimen.txt",
        "data_timeline_status.txt",
        "data_timeline_subsequent_therapy.txt",
        "data_timeline_treatment.txt",
    ]
    assert not any("mutations" in name for name in files_of(PARTS["levels"]))
    assert not any("sample" in name for name in files_of(PARTS["patients alone"]))


def test_study_is_named_after_its_analysis_and_synthetic_data_say_so(whole):
    fields = files_of(TABLES)["meta_study.txt"].splitlines()
    assert fields[1:] == [
        "cancer_study_identifier: nct_1_primary",
        "name: Synthetic data: A trial (NCT-1, primary)",
        "description: Analysis primary of NCT-1, definitions 0a1b2c3d+4e5f, made by "
        "her2-ctdna. Times are since first dose.",
        "reference_genome: hg38",
    ]
    real = files_of(TABLES, STUDY._replace(is_synthetic=False), build="")
    assert "ynthetic" not in real["meta_study.txt"]
    assert "reference_genome" not in real["meta_study.txt"]


def test_sequenced_are_the_draws_whose_calls_were_read(tmp_path):
    none = DRAWS.assign(n_tracked=[2.0, np.nan, 0.0])
    write_files(files_of(TABLES | {"ctdna_samples": none}), tmp_path)
    assert fields_of(tmp_path / "case_lists/cases_sequenced.txt")["case_list_ids"] == (
        "B\tD"
    )


@pytest.mark.parametrize(
    ("builds", "build"),
    [
        (["hg38", "unknown", "hg38"], "hg38"),
        (["hg19", "hg38"], ""),
        (["unknown"], ""),
        (["hg19;hg38"], ""),
        ([], ""),
    ],
)
def test_build_is_the_one_that_files_tell(builds, build):
    assert find_build(pd.DataFrame({"build": builds}, dtype=object)) == build


def test_our_own_reader_finds_every_table_and_no_error(whole):
    assert set(list_tables(whole)) == {
        *["patients", "her2", "samples", "variants", "assessments"]
    }
    _, findings = read_study(whole)
    for table in list_tables(whole):
        findings += read_table_of(whole, table)[1]
    assert {found.severity for found in findings} <= {"note"}


def test_our_own_reader_gives_the_same_patients_and_durations(whole):
    sheet = read_table_of(whole, "patients")[0].sheet
    assert list(sheet["patient_id"]) == list(PATIENTS["patient_id"])
    assert list(sheet["treated"]) == list(PATIENTS["treated"])
    for name in ("os_days", "pfs_days", "last_dose_day", "death_day"):
        np.testing.assert_allclose(
            pd.to_numeric(sheet[name]).astype(float), PATIENTS[name], rtol=1e-9
        )
    for name in ("os_event", "pfs_event"):
        assert list(sheet[name]) == list(PATIENTS[name])


def test_our_own_reader_gives_the_same_responses_samples_and_scores(whole):
    visits = read_table_of(whole, "assessments")[0].sheet
    assert visits[["patient_id", "assessed_day", "overall"]].to_numpy().tolist() == [
        ["P1", "42", "PR"],
        ["P2", "45", "PD"],
    ]
    samples = read_table_of(whole, "samples")[0].sheet
    plasma = samples[samples["material"] == "plasma"]
    assert list(plasma["collected_day"]) == ["0", "21", "42"]
    assert list(plasma["timepoint"]) == list(DRAWS["timepoint"])
    her2 = read_table_of(whole, "her2")[0].sheet
    assert list(her2["ihc"]) == ["1+", "2+"]
    assert list(her2["specimen"]) == ["metastasis", "primary"]
    assert list(her2["collected_day"]) == ["-40", "-60"]
