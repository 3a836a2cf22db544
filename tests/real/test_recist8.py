"""Twelve subjects of another team's RECIST derivation (pharmaverse), as a study.

Their partial dates take the last day of the month for responses and the first for
lesions, as the default config has it, so dates go in as they were written.
"""

import numpy as np
import pandas as pd
import pytest

STILL_ASSESSED_AFTER_LAST_ALIVE = "01-701-1115"
"""Last known alive on day 54, CR on day 63: by the contract overall survival is
censored at the later, so 64 days and not their 55."""


@pytest.fixture(scope="module")
def recist8(real_data, tmp_path_factory, snakemake_in):
    source = real_data / "recist" / "recist8"
    folder = tmp_path_factory.mktemp("recist8")
    subjects = pd.read_csv(source / "subjects.csv", dtype=str)
    patients = subjects.rename(
        columns={"subject_id": "patient_id", "ref_date": "first_dose_date"}
    )
    kept = ["patient_id", "first_dose_date", "death_date", "last_alive_date", "arm"]
    patients[kept].to_csv(folder / "patients.csv", index=False)
    assessments = pd.read_csv(source / "assessments.csv", dtype=str)
    assessments = assessments.rename(
        columns={
            "subject_id": "patient_id",
            "raw_date": "assessed_date",
            "response": "overall",
        }
    )
    assessments[["patient_id", "assessed_date", "overall"]].to_csv(
        folder / "assessments.csv", index=False
    )
    config = {
        "study": {"id": "recist8", "title": "pharmaverse", "synthetic": True},
        "inputs": {"patients": "patients.csv", "assessments": "assessments.csv"},
        "definitions": {
            "response": {"ne_is_adequate": True, "new_therapy": "ignore"},
            "association": {"covariates": []},
        },
        "analyses": {
            "primary": {},
            "unconfirmed": {
                "response": {"confirmed": False, "clinical_benefit_days": 42}
            },
            "benefit": {"response": {"clinical_benefit_days": 42}},
        },
    }
    targets = [f"results/{name}/endpoints.tsv" for name in config["analyses"]]
    run = snakemake_in(folder, *targets, config=config)
    assert run.code == 0, run.output
    expected = pd.read_csv(source / "expected.csv").set_index("subject_id")
    return run, expected, subjects.set_index("subject_id")


def endpoints_of(run, analysis):
    return run.table(f"{analysis}/endpoints.tsv").set_index("patient_id")


def day(expected, column, subjects):
    dates = pd.to_datetime(expected[column])
    return (dates - pd.to_datetime(subjects["ref_date"])).dt.days.astype(float)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("bor", "bor_unconfirmed"), ("confirmed_bor", "bor_confirmed")],
)
def test_best_response_and_its_day(recist8, ours, theirs):
    run, expected, subjects = recist8
    endpoints = endpoints_of(run, "primary")
    assert endpoints[ours].to_dict() == expected[theirs].to_dict()
    days = endpoints[f"{ours}_day"].astype(float)
    theirs_day = day(expected, f"{theirs}_date", subjects)
    pd.testing.assert_series_equal(days, theirs_day, check_names=False)


@pytest.mark.parametrize("name", ["pfs", "os"])
def test_time_to_event(recist8, name):
    run, expected, _ = recist8
    endpoints = endpoints_of(run, "primary")
    theirs = expected[f"{name}_days"].copy()
    if name == "os":
        assert theirs[STILL_ASSESSED_AFTER_LAST_ALIVE] == 55
        theirs[STILL_ASSESSED_AFTER_LAST_ALIVE] = 64
    ours = endpoints[f"{name}_days"].astype(float)
    pd.testing.assert_series_equal(ours, theirs, check_names=False)
    events = endpoints[f"{name}_event"].map({"yes": 1.0, "no": 0.0})
    pd.testing.assert_series_equal(
        events.astype(float), expected[f"{name}_event"], check_names=False
    )


@pytest.mark.parametrize(
    ("analysis", "column", "theirs"),
    [
        ("unconfirmed", "responder", "resp_unconfirmed"),
        ("primary", "responder", "resp_confirmed"),
        ("unconfirmed", "clinical_benefit", "cb"),
        ("benefit", "clinical_benefit", "cb_confirmed"),
    ],
)
def test_responders_and_clinical_benefit(recist8, analysis, column, theirs):
    run, expected, _ = recist8
    ours = endpoints_of(run, analysis)[column].fillna("no")
    assert ours.map({"yes": "Y", "no": "N"}).to_dict() == expected[theirs].to_dict()


def test_first_response_and_progression_have_their_days(recist8):
    run, expected, subjects = recist8
    pairs = [("unconfirmed", "response_day", "resp_unconfirmed_date")]
    pairs += [("primary", "progression_day", "pd_date")]
    for analysis, column, theirs in pairs:
        ours = endpoints_of(run, analysis)[column].astype(float)
        theirs_day = day(expected, theirs, subjects)
        pd.testing.assert_series_equal(ours, theirs_day, check_names=False)


def test_partial_date_takes_the_last_day_of_the_month_and_is_a_warning(recist8):
    run, _, _ = recist8
    visits = run.table("primary/visits.tsv")
    own = visits[visits["patient_id"] == "01-701-1015"]
    assert own["assessed_day"].to_list() == [21, 57, 63]
    findings = run.table("cohort/findings.tsv")
    row = findings[findings["column"] == "assessed_date"]
    assert row["value"].to_list() == ["2014-02"]
    assert row["severity"].to_list() == ["warning"]


def test_assessment_after_the_last_day_alive_is_a_warning(recist8):
    run, _, _ = recist8
    findings = run.table("cohort/findings.tsv")
    row = findings[findings["column"] == "last_alive_date"]
    assert row["severity"].tolist() == ["warning"]
    assert row["patient_id"].tolist() == [STILL_ASSESSED_AFTER_LAST_ALIVE]


def test_duration_of_unconfirmed_response(recist8):
    run, expected, _ = recist8
    endpoints = endpoints_of(run, "unconfirmed")
    ours = endpoints["dor_days"].astype(float)
    pd.testing.assert_series_equal(ours, expected["dor_days"], check_names=False)
    events = endpoints["dor_event"].map({"yes": 1.0, "no": 0.0}).astype(float)
    pd.testing.assert_series_equal(events, expected["dor_event"], check_names=False)


def test_subject_who_was_not_treated_is_kept_and_not_counted(recist8):
    run, expected, _ = recist8
    endpoints = endpoints_of(run, "primary")
    untreated = endpoints[endpoints["treated"] == "no"]
    assert untreated.index.tolist() == ["01-701-1057"]
    assert np.isnan(expected.loc["01-701-1057", "pfs_days"])


BACK_AFTER_CR = ("RADIOLOGIST 2", "01-701-1133")
"""All targets gone, then one of 4.95 mm: they judge the visit alone (PR by size); by
the FAQ of the RECIST working group disease after an overall CR is PD, of any size."""

READERS = ("INVESTIGATOR", "RADIOLOGIST 1", "RADIOLOGIST 2")
STATES = {"PRESENT": "present", "ABSENT": "absent"}


def as_lesions(source):
    """Return their lesions as rows of the contract, with who read them."""
    raw = pd.read_csv(source / "lesions.csv", dtype=str, keep_default_na=False)
    is_node = raw["TULOC"] == "LYMPH NODE"
    is_target = raw["TRGRPID"] == "TARGET"
    wanted = np.where(is_target, np.where(is_node, "LPERP", "LDIAM"), "TUMSTATE")
    lesions = pd.DataFrame(
        {
            "patient_id": raw["USUBJID"],
            "assessed_date": raw["TRDTC"],
            "lesion_id": raw["TRLNKID"],
            "kind": np.where(is_target, "target", "non_target"),
            "is_node": np.where(is_node, "yes", "no"),
            "diameter_mm": raw["TRSTRESN"].where(is_target, ""),
            "state": raw["TRSTRESC"].map(STATES).where(~is_target, "present"),
            "reader": raw["TREVALID"].where(raw["TREVALID"] != "", raw["TREVAL"]),
            "expected": raw["expected_overall_response"],
        }
    )
    lesions["state"] = lesions["state"].fillna("not_evaluable")
    return lesions[(raw["TRTESTCD"] == wanted).to_numpy()]


@pytest.fixture(scope="module")
def by_lesions(real_data, tmp_path_factory, snakemake_in):
    """Run one study a reader, all from lesions."""
    source = real_data / "recist" / "recist8"
    subjects = pd.read_csv(source / "subjects.csv", dtype=str)
    patients = subjects.rename(
        columns={"subject_id": "patient_id", "ref_date": "first_dose_date"}
    )
    lesions = as_lesions(source)
    runs = {}
    for reader in READERS:
        folder = tmp_path_factory.mktemp("lesions")
        kept = ["patient_id", "first_dose_date", "last_alive_date"]
        patients[kept].to_csv(folder / "patients.csv", index=False)
        own = lesions[lesions["reader"] == reader]
        own.drop(columns=["reader", "expected"]).to_csv(
            folder / "lesions.csv", index=False
        )
        config = {
            "inputs": {"patients": "patients.csv", "lesions": "lesions.csv"},
            "definitions": {
                "response": {"source": "lesions"},
                "association": {"covariates": []},
            },
            "analyses": {"primary": {}},
        }
        run = snakemake_in(folder, "results/primary/visits.tsv", config=config)
        assert run.code == 0, run.output
        runs[reader] = run.table("primary/visits.tsv").set_index("patient_id")
    dates = pd.to_datetime(subjects.set_index("subject_id")["ref_date"])
    return runs, lesions, dates, source


def test_overall_response_of_every_visit_of_every_reader(by_lesions):
    runs, lesions, _, _ = by_lesions
    compared = 0
    for reader, visits in runs.items():
        own = lesions[(lesions["reader"] == reader) & (lesions["expected"] != "")]
        theirs = own.groupby(["patient_id", "assessed_date"], sort=True)["expected"]
        assert theirs.nunique().eq(1).all()
        later = visits[visits["assessed_day"] > 0]
        for patient, expected in theirs.first().groupby(level="patient_id"):
            ours = later.loc[[patient], "overall"]
            wanted = expected.to_list()
            if (reader, patient) == BACK_AFTER_CR:
                assert wanted == ["PR", "CR", "PR"]
                wanted = ["PR", "CR", "PD"]
            assert ours.to_list() == wanted, (reader, patient)
            compared += len(ours)
        assert len(later) == len(theirs)
    assert compared == 66


def test_sums_and_nadirs_of_the_investigator(by_lesions):
    runs, _, dates, source = by_lesions
    expected = pd.read_csv(source / "expected_sum_of_diameters.csv")
    expected["day"] = [
        (pd.Timestamp(row.ADT) - dates[row.USUBJID]).days
        for row in expected.itertuples()
    ]
    complete = expected[expected["LSEXP"] == expected["LSASS"]]
    assert (len(expected), len(complete)) == (25, 22)
    visits = runs["INVESTIGATOR"].reset_index()
    ours = visits.merge(
        complete,
        left_on=["patient_id", "assessed_day"],
        right_on=["USUBJID", "day"],
        how="inner",
    )
    assert len(ours) == 22
    np.testing.assert_allclose(ours["target_sum_mm"], ours["AVAL"])
    later = ours[ours["assessed_day"] > 0]
    assert len(later) == 16
    np.testing.assert_allclose(later["baseline_sum_mm"], later["BASE"])
    np.testing.assert_allclose(later["nadir_sum_mm"], later["NADIR"])
    np.testing.assert_allclose(later["change_percent"], later["PCHG"])
    np.testing.assert_allclose(later["change_from_nadir_mm"], later["CHGNAD"])
    percent = later["change_from_nadir_percent"]
    np.testing.assert_allclose(percent, later["PCHGNAD"])
    incomplete = expected[expected["LSEXP"] != expected["LSASS"]]
    for row in incomplete.itertuples():
        found = visits[
            (visits["patient_id"] == row.USUBJID) & (visits["assessed_day"] == row.day)
        ]
        assert found["target_sum_mm"].isna().all()
        assert len(found) == 1
