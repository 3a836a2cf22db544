"""Events of patients as timelines of cBioPortal."""

import numpy as np
import pandas as pd
from test_portal_samples import DRAWS, READINGS

from her2ctdna.exports.portal_samples import derive_samples
from her2ctdna.exports.portal_timelines import derive_timelines

PATIENTS = pd.DataFrame(
    {
        "patient_id": ["P1", "P2", "007"],
        "treated": ["yes", "yes", "no"],
        "last_dose_day": [150.0, np.nan, np.nan],
        "new_therapy_day": [np.nan, 120.0, np.nan],
        "last_alive_day": [300.0, np.nan, np.nan],
        "death_day": [np.nan, 250.0, np.nan],
    }
)
VISITS = pd.DataFrame(
    {
        "patient_id": ["P1", "P1", "P1"],
        "assessed_day": [-7.0, 42.0, 43.0],
        "overall": [None, "PR", "SD"],
        "used": ["no", "yes", "no"],
    }
)
LEVELS = DRAWS.assign(lod95_level=0.001, upper95_level=[None, 0.002])


def derive(patients=PATIENTS, visits=VISITS, draws=LEVELS, readings=READINGS):
    return derive_timelines(
        patients,
        samples=derive_samples(readings, draws),
        visits=visits,
        draws=draws,
        metric="mean_vaf",
    )


def rows(events, *columns):
    shown = events[["PATIENT_ID", "START_DATE", *columns]].astype(object)
    return shown.where(shown.notna(), None).to_numpy().tolist()


def test_treatment_runs_from_first_to_last_dose_of_the_treated():
    assert rows(derive()["TREATMENT"], "STOP_DATE") == [["P1", 0, 150], ["P2", 0, None]]


def test_what_came_after_is_no_treatment_of_the_study():
    assert rows(derive()["SUBSEQUENT_THERAPY"]) == [["P2", 120]]


def test_status_is_each_response_that_counts_then_the_end():
    assert rows(derive()["STATUS"], "STATUS", "OVERALL_RESPONSE") == [
        ["P1", 42, "PR", "PR"],
        ["P1", 300, "ALIVE", None],
        ["P2", 250, "DECEASED", None],
    ]


def test_level_and_state_of_a_draw_are_tests_of_their_own():
    assert rows(derive()["LAB_TEST"], "TEST", "RESULT", "STATE") == [
        ["P1", 0, "ctDNA mean_vaf", 0.05, "detected"],
        ["P1", 0, "ctDNA state", "detected", "detected"],
        ["P2", -1, "ctDNA state", "failed_qc", "failed_qc"],
    ]


def test_specimens_without_a_day_have_no_event():
    events = derive()["SPECIMEN"]
    assert rows(events, "SAMPLE_ID", "SPECIMEN_TYPE") == [
        ["P1", -40, "P1_M1", "tissue"],
        ["P2", -10, "P2_M1", "tissue"],
        ["P1", 0, "P1-B", "blood"],
        ["P2", -1, "P2-B", "blood"],
    ]


def test_columns_that_the_portal_asks_for_stand_first():
    for kind, events in derive().items():
        assert list(events)[:4] == [
            *["PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE"]
        ]
        assert set(events["EVENT_TYPE"]) == {kind}


def test_kinds_without_an_event_are_left_out():
    untreated = PATIENTS[2:].reset_index(drop=True)
    assert derive(untreated, visits=None, draws=None, readings=None) == {}
    assert derive(untreated, VISITS[:0], LEVELS[:0], READINGS[:0]) == {}
