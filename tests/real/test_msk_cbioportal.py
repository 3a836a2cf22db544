"""HER2 of MSK 2018 as a cBioPortal study folder: the same readings as by a sheet."""

import pandas as pd

from her2ctdna.inputs.sources import list_inputs
from her2ctdna.inputs.study import check_inputs

ATTRIBUTES = {
    "Patient ID": "PATIENT_ID",
    "Sample ID": "SAMPLE_ID",
    "Sample Type": "SAMPLE_TYPE",
    "HER2 IHC Score of Sequenced Sample": "HER2_IHC_SCORE_OF_SEQUENCED_SAMPLE",
    "HER2 FISH Status of Sequenced Sample": "HER2_FISH_STATUS_OF_SEQUENCED_SAMPLE",
    "Overall Survival (Months)": "OS_MONTHS",
    "Overall Survival Status": "OS_STATUS",
}


def test_readings_and_survival_are_as_supplied(real_data, tmp_path):
    path = real_data / "her2" / "msk2018" / "her2_clinical.tsv"
    raw = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    raw = raw[list(ATTRIBUTES)].rename(columns=ATTRIBUTES)
    ends = ["OS_MONTHS", "OS_STATUS"]
    patients = raw[["PATIENT_ID", *ends]].drop_duplicates("PATIENT_ID")
    for name, table in (("patient", patients), ("sample", raw.drop(columns=ends))):
        with (tmp_path / f"data_clinical_{name}.txt").open("w") as file:
            file.write("#a\n#b\n#c\n#1\n")
            table.to_csv(file, sep="\t", index=False)
    tables, findings = check_inputs(
        list_inputs({"cbioportal": str(tmp_path)}),
        data_cutoff=None,
        partial_dates={},
        reference=None,
        baseline_window=None,
        origin="diagnosis",
        day_one=0,
    )
    assert set(tables) == {"patients", "her2"}
    assert not [found for found in findings if found.severity == "error"]
    her2 = tables["her2"]
    assert her2["ihc"].fillna("").tolist() == raw[raw.columns[3]].tolist()
    assert her2["ish"].fillna("").tolist() == raw[raw.columns[4]].tolist()
    assert her2.index.tolist() == list(range(6, len(raw) + 6))
    known = patients["OS_MONTHS"].replace("", None).astype(float)
    assert (
        (tables["patients"]["os_days"] / 30.4375)
        .round(6)
        .equals(known.round(6).set_axis(tables["patients"].index).rename("os_days"))
    )
    died = int((patients["OS_STATUS"] == "1:DECEASED").sum())
    assert int((tables["patients"]["os_event"] == "yes").sum()) == died > 0
