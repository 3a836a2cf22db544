"""A commercial assay's results, through the workflow: each result as it was meant.

The series is made up: tumour molecules per millilitre, the limit given or not, with
results that failed or found nothing. INSPIRE's baseline levels are real.
"""

import pandas as pd
import pytest
import yaml
from numpy.testing import assert_array_equal

from her2ctdna.ctdna.dynamics import derive_ctdna
from her2ctdna.inputs.dates import empty_table

NAN = float("nan")
SERIES = """\
patient day detected level lod
CLEARED 0 yes 10 0.5
CLEARED 21 no 0 0.5
CLEARED 42 no 0 1
EDGE 0 yes 7 0.5
EDGE 21 no 0 0.7
EDGE 42 no 0 0.71
BLUNT 0 yes 2 0.5
BLUNT 21 no 0 0.5
TINY 0 yes 0.8 0.5
TINY 21 no 0 0.5
WORD 0 yes 4 .
WORD 21 no 0 .
WORD 42 yes 1 .
NUMBERLESS 0 yes 4 0.2
NUMBERLESS 21 no . 0.2
FAILED 0 yes 4 0.5
FAILED 21 failed . .
FAILED 42 yes 0.4 0.2
BASEFAIL 0 failed . .
BASEFAIL 21 yes 1 0.5
SILENT 0 no 0 0.5
SILENT 21 yes 1 0.5
NOBASE 21 yes 1 0.5
HALVING 0 yes 8 0.5
HALVING 21 yes 4 0.5
HALVING 42 yes 2 0.5
HALVING 63 no 0 1.5
REBOUND 0 yes 8 0.5
REBOUND 21 no 0 0.5
REBOUND 42 no 0 0.5
REBOUND 84 yes 0.6 0.5
REBOUND 105 yes 0.9 0.5
"""
PATIENTS = [*dict.fromkeys(line.split()[0] for line in SERIES.splitlines()[1:]), "NONE"]
LANDMARKS = """\
patient landmark state clearance ratio residual_max mr50 mr90
CLEARED C2D1 undetected cleared 0 0.05 yes yes
CLEARED C3D1 undetected cleared 0 0.1 yes yes
EDGE C2D1 undetected cleared 0 0.1 yes yes
EDGE C3D1 undetected uninformative 0 0.10142857 yes not_evaluable
BLUNT C2D1 undetected uninformative 0 0.25 yes not_evaluable
BLUNT C3D1 missing missing . . not_evaluable not_evaluable
TINY C2D1 undetected uninformative 0 0.625 not_evaluable not_evaluable
WORD C2D1 undetected cleared 0 . yes yes
WORD C3D1 detected not_cleared 0.25 . yes no
NUMBERLESS C2D1 undetected cleared . 0.05 yes yes
FAILED C2D1 failed_qc missing . . not_evaluable not_evaluable
FAILED C3D1 detected not_cleared 0.1 . yes yes
BASEFAIL C2D1 detected missing . . not_evaluable not_evaluable
SILENT C2D1 detected not_shedding . . not_evaluable not_evaluable
NOBASE C2D1 detected missing . . not_evaluable not_evaluable
HALVING C2D1 detected not_cleared 0.5 . yes no
REBOUND C3D1 undetected cleared 0 0.0625 yes yes
NONE C2D1 missing missing . . not_evaluable not_evaluable
"""
STATES = {"yes": "detected", "no": "undetected", "failed": "failed_qc"}


def rows_of(text):
    """Return a table written with blanks; ``.`` is missing."""
    header, *lines = (line.split() for line in text.splitlines())
    return pd.DataFrame(lines, columns=header).replace(".", None)


def as_numbers(column):
    return pd.to_numeric(column).astype(float)


@pytest.fixture(scope="module")
def series(tmp_path_factory, snakemake_in):
    folder = tmp_path_factory.mktemp("levels")
    rows = rows_of(SERIES)
    levels = pd.DataFrame(
        {
            "sample_id": rows["patient"] + "-" + rows["day"],
            "patient_id": rows["patient"],
            "collected_day": rows["day"],
            "timepoint": "D" + rows["day"],
            "level": rows["level"],
            "unit": "mtm_per_ml",
            "detected": rows["detected"],
            "lod": rows["lod"],
        }
    )
    scans = [("REBOUND", 84, "SD"), ("REBOUND", 126, "PD"), ("HALVING", 42, "SD")]
    columns = ["patient_id", "assessed_day", "overall"]
    sheets = {
        "patients": pd.DataFrame({"patient_id": PATIENTS}),
        "levels": levels,
        "assessments": pd.DataFrame(scans, columns=columns),
    }
    for name, sheet in sheets.items():
        sheet.to_csv(folder / f"{name}.tsv", sep="\t", index=False)
    config = {
        "inputs": {name: f"{name}.tsv" for name in sheets},
        "definitions": {"ctdna": {"metric": "level"}},
        "analyses": {"primary": {}},
    }
    config["definitions"]["association"] = {"covariates": []}
    run = snakemake_in(folder, "results/primary/report.html", config=config)
    assert run.code == 0, run.output
    return run


def test_each_result_has_the_state_that_the_assay_gave_it(series):
    samples = series.table("primary/ctdna_samples.tsv").set_index("sample_id")
    rows = rows_of(SERIES).assign(sample_id=lambda t: t["patient"] + "-" + t["day"])
    own = samples.loc[rows["sample_id"]]
    assert list(own["state"]) == list(rows["detected"].map(STATES))
    level, lod = as_numbers(rows["level"]), as_numbers(rows["lod"])
    assert_array_equal(own["level"], level)
    assert_array_equal(own["lod95"], lod)
    undetected = (rows["detected"] == "no").to_numpy()
    assert_array_equal(own["upper95"], lod.where(undetected))
    assert own["alt_count"].isna().all()


def test_each_landmark_is_as_the_contract_says(series):
    found = series.table("primary/ctdna_landmarks.tsv")
    found = found.set_index(["patient_id", "landmark"])
    expected = rows_of(LANDMARKS).set_index(["patient", "landmark"])
    own = found.loc[expected.index]
    for words in ("state", "clearance", "mr50", "mr90"):
        assert list(own[words]) == list(expected[words]), words
    for numbers in ("ratio", "residual_max"):
        pd.testing.assert_series_equal(
            as_numbers(own[numbers]), as_numbers(expected[numbers]), check_names=False
        )
    assert own[["ratio_low", "ratio_high"]].isna().all(axis=None)


def test_the_ratio_of_nothing_seen_is_bounded_by_the_limit(series):
    found = series.table("primary/ctdna_landmarks.tsv")
    first = found[found["landmark"] == "C2D1"].set_index("patient_id")["ratio_upper95"]
    assert first[["CLEARED", "BLUNT", "NUMBERLESS"]].tolist() == [0.05, 0.25, 0.05]
    assert first[["WORD", "HALVING", "SILENT"]].isna().all()


def test_each_course_is_as_the_definitions_say(series):
    courses = series.table("primary/ctdna_patients.tsv").set_index("patient_id")
    states = courses["baseline_state"]
    assert states[["SILENT", "BASEFAIL", "NOBASE", "NONE"]].tolist() == [
        "undetected",
        *["missing"] * 3,
    ]
    ever = courses["ever_cleared"].astype(object).where(courses["ever_cleared"].notna())
    assert ever[["CLEARED", "EDGE", "WORD", "FAILED"]].tolist() == [
        *["yes"] * 3,
        "no",
    ]
    assert pd.isna(ever[["BLUNT", "TINY", "SILENT"]]).all()
    assert courses["sustained"][["CLEARED", "WORD", "REBOUND"]].tolist() == [
        *["yes", "no", "yes"]
    ]
    halving = courses.loc["HALVING"]
    assert halving["half_life_days"] == pytest.approx(21)
    assert (halving["half_life_points"], halving["half_life_censored"]) == (4, 1)
    assert courses["half_life_note"].notna().drop("HALVING").all()
    rebound = courses.loc["REBOUND"]
    days = ["nadir_day", "last_day_before_rebound", "rebound_day"]
    assert rebound[days].tolist() == [21, 42, 84]
    lead = ["lead_time_days", "lead_time_low", "lead_time_high"]
    assert rebound[lead].tolist() == [42, 0, 84]


def test_a_cohort_of_single_cases_has_no_half_life_and_says_so(series):
    kinetics = series.table("primary/tables/kinetics.tsv")
    assert kinetics["estimate"].isna().all()
    assert kinetics["note"].str.startswith("not estimable").all()


def test_the_report_says_where_the_assay_gave_no_limit(series):
    page = (series.folder / "results/primary/report.html").read_text()
    assert "limit not given by the assay" in page
    assert "Largest rest of reference not excluded" in page


def test_baseline_levels_of_inspire_are_taken_as_they_are(root, real_data):
    raw = pd.read_csv(real_data / "inspire" / "pembrolizumab.csv")
    drawn = raw.dropna(subset=["baseline_ctdna"])
    empty = empty_table("levels")
    levels = pd.DataFrame(
        {
            "sample_id": drawn["id"] + "-C1",
            "patient_id": drawn["id"],
            "collected_day": 0.0,
            "timepoint": "C1",
            "level": drawn["baseline_ctdna"].astype(float),
            "unit": "mtm_per_ml",
            "detected": (drawn["baseline_ctdna"] > 0).map({True: "yes", False: "no"}),
        }
    ).reindex(columns=list(empty))
    config = yaml.safe_load((root / "config" / "config.yaml").read_text())
    tables = {
        "patients": empty_table("patients").assign(patient_id=raw["id"]),
        "levels": levels.astype(empty.dtypes.to_dict()),
    }
    found = derive_ctdna(tables, ctdna=config["definitions"]["ctdna"])
    samples = found.samples.set_index("patient_id").loc[drawn["id"]]
    assert_array_equal(samples["level"], drawn["baseline_ctdna"])
    assert_array_equal(samples["mtm_per_ml"], drawn["baseline_ctdna"])
    assert samples["lod95"].isna().all()
    at_landmark = found.landmarks[found.landmarks["landmark"] == "C2D1"]
    assert len(at_landmark) == len(raw) == 94
    silent = int((drawn["baseline_ctdna"] == 0).sum())
    counts = at_landmark["baseline_state"].value_counts()
    assert counts.get("undetected", 0) == silent
    assert counts["detected"] == len(drawn) - silent
    assert counts.get("missing", 0) == len(raw) - len(drawn)
    # cycle 3 is given as a group only, so that nobody has a sample there
    assert set(at_landmark["clearance"]) == {"missing"}
