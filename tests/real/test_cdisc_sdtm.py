"""A folder of SDTM domains as the whole input of a study (CDISC pilot, pharmaverse).

What other teams derived of the same domains: emergence of each event, classes of
antibodies, and response and times of eight subjects (their settings as in
test_recist8).
"""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from her2ctdna.inputs.sources import list_inputs
from her2ctdna.inputs.study import check_inputs
from her2ctdna.response.endpoints import derive_endpoints
from her2ctdna.response.lesions import derive_assessments
from her2ctdna.response.visits import derive_visits
from her2ctdna.safety.adverse_events import derive_emergent
from her2ctdna.safety.antibodies import derive_ada_patients
from her2ctdna.safety.exposure import derive_emergent_end

DATA = Path(__file__).parents[3] / "shared" / "data"
CDISC = DATA / "cdisc"
pytestmark = pytest.mark.skipif(not CDISC.exists(), reason="no ../shared/data")
SEEN_LATER = {"01-701-1023", "01-701-1033", "01-701-1111", "01-701-1115"}
"""Came to a retrieval visit (DS) months after the end of treatment, which is where
their OS is censored; a visit is a contact, so ours is censored there."""

WITHOUT_BASELINE = "01-704-1093"
"""Positive at week 2, no other sample: induced to them, not evaluable to us."""

FATAL = [("01-701-1211", 9), ("01-710-1083", 1)]
"""Events that led to death (AESDTH): SEVERE to them, grade 5 to us."""


@pytest.fixture(scope="module")
def study(root):
    defaults = yaml.safe_load((root / "config" / "config.yaml").read_text())
    tables, findings = check_inputs(
        list_inputs({"sdtm": str(CDISC / "sdtm")}),
        data_cutoff=None,
        partial_dates=defaults["study"]["partial_dates"],
        reference=None,
        baseline_window=None,
        origin="first dose",
        day_one=0,
    )
    return tables, findings


def test_study_runs_from_its_folders_and_is_compared(tmp_path, snakemake_in):
    data_sets = tmp_path / "adam"
    data_sets.mkdir()
    theirs = pd.read_csv(DATA / "recist" / "recist8" / "expected.csv")
    told = {"USUBJID": theirs["subject_id"], "AVALC": theirs["bor_confirmed"]}
    responses = pd.DataFrame(told).assign(PARAMCD="CBOR")
    responses.to_csv(data_sets / "adrs.csv", index=False)
    config = {
        "inputs": {"sdtm": str(CDISC / "sdtm"), "adam": "adam"},
        "definitions": {"association": {"covariates": []}},
        "analyses": {"primary": {"response": {"ne_is_adequate": True}}},
    }
    run = snakemake_in(tmp_path, "results/primary/tables/supplied.tsv", config=config)
    assert run.code == 0, run.output
    table = run.table("primary/tables/supplied.tsv")
    assert set(table["endpoint"]) == {"confirmed_bor"}
    assert len(table) == len(theirs)
    assert "no" not in set(table["agrees"])
    assert (table["agrees"] == "yes").sum() >= 8


def test_folder_has_no_error_and_names_its_own_rows(study):
    _, findings = study
    assert [found for found in findings if found.severity == "error"] == []
    partial = [found for found in findings if found.column == "RSDTC"]
    assert {(found.row, found.value) for found in partial} == {
        (row, "2014-02") for row in (5, 6, 7)
    }


def test_screen_failures_are_patients_without_treatment(study):
    tables, _ = study
    patients = tables["patients"]
    failures = patients[patients["arm"] == "Screen Failure"]
    assert len(failures) == 19
    assert set(failures["treated"]) == {"no"}
    assert (patients["treated"] == "yes").sum() == 79


def test_emergence_and_severity_of_every_event_are_theirs(study):
    tables, _ = study
    end = derive_emergent_end(tables["patients"], emergent_days=30)
    ours = derive_emergent(tables["adverse_events"], end)
    ours["aeseq"] = ours["aeseq"].astype(int)
    theirs = pd.read_csv(CDISC / "expected_ae.csv")
    both = theirs.merge(
        ours, left_on=["USUBJID", "AESEQ"], right_on=["patient_id", "aeseq"]
    )
    assert len(both) == len(theirs) == 299
    assert ((both["TRTEMFL"] == "Y") == (both["emergent"] == "yes")).all()
    severity = both["ASEV"].map({"MILD": 1, "MODERATE": 2, "SEVERE": 3})
    other = both[severity != both["grade"]]
    assert sorted(zip(other["USUBJID"], other["AESEQ"], strict=True)) == FATAL


@pytest.mark.parametrize("fold", [4, 10**0.6])
def test_classes_of_antibodies_are_theirs(study, fold):
    tables, _ = study
    ours = derive_ada_patients(
        tables["ada"],
        tables["patients"],
        titre_scale="log10",
        titre_fold=fold,
        persistent_days=112,
    )
    theirs = pd.read_csv(CDISC / "expected_ada.csv")
    both = theirs.merge(ours, left_on="USUBJID", right_on="patient_id")
    assert len(both) == len(theirs) == 72
    is_induced = both["class"] == "induced"
    told = pd.DataFrame(
        {
            "ENHANC1": both["class"] == "boosted",
            "INDUCD1": is_induced,
            "PERSADA1": is_induced & (both["persistence"] == "persistent"),
            "TRANADA1": is_induced & (both["persistence"] == "transient"),
            "TRUNAFF1": both["class"] == "positive_not_boosted",
        }
    )
    differing = both[(told != (both[told.columns] == "Y")).any(axis=1)]
    assert list(differing["USUBJID"]) == [WITHOUT_BASELINE]
    assert list(differing["reason"]) == ["no_baseline"]


def test_read_on_a_linear_scale_nobody_would_be_enhanced(study):
    settings = {"titre_fold": 4, "persistent_days": 112}
    tables = study[0]["ada"], study[0]["patients"]
    linear, logarithmic = (
        derive_ada_patients(*tables, titre_scale=scale, **settings)["class"]
        for scale in ("linear", "log10")
    )
    assert not (linear == "boosted").any()
    assert (logarithmic == "boosted").any()


@pytest.mark.parametrize("evaluator", ["investigator", "RADIOLOGIST 1"])
def test_response_from_lesions_is_that_reported(study, evaluator):
    tables, _ = study
    derived = derive_assessments(tables["lesions"], baseline_window=None)
    reported = tables["assessments"]
    key = ["patient_id", "evaluator", "assessed_day"]
    both = reported.merge(derived, on=key, suffixes=("", "_derived"))
    both = both[both["evaluator"] == evaluator]
    assert len(both) >= len(reported[reported["evaluator"] == evaluator]) - 1
    differing = both[both["overall"] != both["overall_derived"]]
    # back after a CR: see BACK_AFTER_CR in test_recist8
    assert set(differing["patient_id"]) <= {"01-701-1133"}


def test_response_and_times_of_eight_subjects_are_theirs(study, defaults):
    tables, _ = study
    response = defaults["definitions"]["response"]
    response |= {"ne_is_adequate": True, "new_therapy": "ignore"}
    visits = derive_visits(tables["assessments"], tables["patients"], response=response)
    ours = derive_endpoints(
        tables["patients"], visits, response=response, origin="first dose"
    ).set_index("patient_id")
    theirs = pd.read_csv(DATA / "recist" / "recist8" / "expected.csv")
    theirs = theirs.set_index("subject_id")
    shared = theirs.index.intersection(ours.index)
    assert len(shared) >= 8
    ours, theirs = ours.loc[shared], theirs.loc[shared]
    assert ours["bor"].to_dict() == theirs["bor_unconfirmed"].to_dict()
    assert ours["confirmed_bor"].to_dict() == theirs["bor_confirmed"].to_dict()
    for name in ("pfs", "os"):
        days, wanted = ours[f"{name}_days"].astype(float), theirs[f"{name}_days"]
        other = set(days[days.ne(wanted) & ~(days.isna() & wanted.isna())].index)
        assert other <= (SEEN_LATER if name == "os" else set())
        assert all(days[one] > wanted[one] for one in other)
        event = ours[f"{name}_event"].map({"yes": 1.0, "no": 0.0}).astype(float)
        pd.testing.assert_series_equal(event, theirs[f"{name}_event"])
