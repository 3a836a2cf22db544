"""What a study gives, as `snakemake validate` prints it."""

import pandas as pd

from her2ctdna.inputs.dates import empty_table
from her2ctdna.inputs.overview import describe_study

LANDMARKS = {
    "C2D1": {"day": 21, "window": 7},
    "EOT": {"timepoint": "end", "reference": None},
}


def table(name, **columns):
    return pd.concat([empty_table(name), pd.DataFrame(columns)], ignore_index=True)


def described(mapped=(), **tables):
    text = describe_study(
        tables,
        title="S: a study",
        files={name: f"{name}.csv" for name in tables},
        mapped=mapped,
        baseline_window=(-28, 1),
        landmarks=LANDMARKS,
    )
    return [" ".join(line.split()) for line in text.splitlines() if line]


PATIENTS = table(
    "patients", patient_id=["P1", "P2", "P3"], treated=["yes", "yes", "no"]
)


def test_who_has_what_counts_the_treated_alone():
    her2 = table(
        "her2", patient_id=["P1", "P1", "P3", "P2"], ihc=["0", "1+", "0", None]
    )
    assessments = table(
        "assessments", patient_id=["P1", "P2"], assessed_day=[42.0, -7.0]
    )
    drawn = {
        "patient_id": ["P1", "P1", "P2", "P2", "P2"],
        "collected_day": [-1.0, 22.0, 0.0, 30.0, 90.0],
        "timepoint": ["base", "C2", "base", "C2", "end"],
        "material": [None, "plasma", "plasma", "plasma", "plasma"],
    }
    lines = described(
        patients=PATIENTS,
        her2=her2,
        assessments=assessments,
        samples=table("samples", **drawn),
        ada=table("ada", patient_id=["P2", "P2"]),
    )
    assert lines == [
        "S: a study",
        "Read",
        "patients 3 rows of patients.csv",
        "her2 4 rows of her2.csv",
        "assessments 2 rows of assessments.csv",
        "samples 5 rows of samples.csv",
        "ada 2 rows of ada.csv",
        "Known",
        "patients 3 enrolled, 2 treated",
        "HER2 1 of 2 treated have an IHC score",
        "response 1 of 2 were assessed after day 0",
        "ctDNA 2 of 2 have a baseline sample, 1 at C2D1, 1 at EOT",
        "antibodies 2 rows, of 1 of 2 treated",
    ]


def test_leukocytes_and_tissue_are_no_draw():
    samples = table(
        "samples",
        patient_id=["P1", "P2"],
        collected_day=[0.0, 0.0],
        material=["leukocyte", "tissue"],
    )
    lines = described(patients=PATIENTS, samples=samples)
    assert lines[-1] == "ctDNA 0 of 2 have a baseline sample, 0 at C2D1, 0 at EOT"


def test_without_assessments_supplied_durations_are_told():
    supplied = PATIENTS.assign(os_days=[100.0, None, 30.0])
    lines = described(patients=supplied)
    assert lines[-1] == "survival 1 of 2 have supplied durations"


def test_sheets_with_names_of_their_own_are_told():
    lines = described(mapped=["patients"], patients=PATIENTS)
    assert lines[2] == "patients 3 rows of patients.csv, mapped by the config"


def test_patients_that_could_not_be_read_are_none():
    lines = described(patients=empty_table("patients"))
    assert lines[-1] == "patients 0 enrolled, 0 treated"
