"""Twelve subjects of another team's RECIST derivation (pharmaverse), as a study."""

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
            "date": "assessed_date",
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
            "unconfirmed": {"response": {"confirmed": False}},
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
