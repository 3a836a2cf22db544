"""The analysis-ready table."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.ctdna import courses as kinetics
from her2ctdna.her2 import her2_status as her2
from her2ctdna.response import endpoints
from her2ctdna.sets.cohort import assemble_patients
from her2ctdna.settings.results.patient_table import DERIVED

SHEET = {
    **{"treated": "yes", "death_day": np.nan, "measurable": "yes"},
    **{"pfs_days": np.nan, "pfs_event": None, "os_days": np.nan, "os_event": None},
}
ENDPOINTS = {
    **{"treated": "yes", "bor": "SD", "n_visits": 1.0, "pfs_days": 85.0},
    "first_visit_day": 42.0,
}
HER2 = {"specimen_id": "A", "her2_class": "low", "her2_group": "low", "reason": "only"}
LANDMARK = {
    **{
        "landmark": "C2D1",
        "sample_id": "S2",
        "day": 21.0,
        "baseline_state": "detected",
    },
    **{"state": "undetected", "clearance": "cleared", "ratio": 0.0, "mr50": "yes"},
    "able": "yes",
    "residual_max": 0.04,
}


def table(usual, **rows):
    """Return one row per keyword (a patient), given by what differs from the usual."""
    return pd.DataFrame(
        [{"patient_id": patient, **usual, **row} for patient, row in rows.items()]
    )


def assemble(patients, response, *, her2=None, courses=None, landmarks=None):
    dynamics = None if her2 is None else her2[["patient_id"]].assign(dynamics="gained")
    return assemble_patients(
        patients,
        response,
        her2_status=her2,
        her2_dynamics=dynamics,
        courses=courses,
        landmarks=landmarks,
    )


def evaluable(*, sheet=None, endpoints=None):
    """Tell whether a treated patient is response-evaluable."""
    joined = assemble(
        table(SHEET, P1=sheet or {}), table(ENDPOINTS, P1=endpoints or {})
    )
    return joined.loc[0, "response_evaluable"]


def test_results_replace_what_was_supplied_and_covariates_are_kept():
    joined = assemble(
        table(SHEET, P1={"pfs_days": 12.0, "ecog": "1"}), table(ENDPOINTS, P1={})
    )
    assert joined.loc[0, ["pfs_days", "ecog", "treated"]].to_list() == [85, "1", "yes"]
    assert joined.columns.is_unique


def test_every_patient_has_one_row_in_the_order_of_the_sheet():
    joined = assemble(
        table(SHEET, P2={}, P1={}),
        table(ENDPOINTS, P1={"bor": "PR"}, P2={"bor": "PD"}),
        her2=table(HER2, P1={}, P2={}),
        landmarks=table(LANDMARK, P1={}),
    )
    assert joined["patient_id"].to_list() == ["P2", "P1"]
    assert joined["bor"].to_list() == ["PD", "PR"]
    assert joined["clearance_C2D1"].fillna("none").to_list() == ["none", "cleared"]
    assert joined["her2_dynamics"].to_list() == ["gained", "gained"]


def test_chapter_without_input_has_no_columns():
    joined = assemble(table(SHEET, P1={}), table(ENDPOINTS, P1={}))
    assert not {"her2_class", "her2_evaluable", "ctdna_evaluable"} & set(joined)


def test_names_that_two_tables_share_are_told_apart():
    joined = assemble(
        table(SHEET, P1={}),
        table(ENDPOINTS, P1={}),
        her2=table(HER2, P1={"collected_day": -9.0}),
    )
    assert joined.loc[0, ["her2_reason", "her2_collected_day"]].to_list() == [
        "only",
        -9,
    ]
    assert not {"reason", "collected_day"} & set(joined)


@pytest.mark.parametrize(
    ("sheet", "endpoints", "expected"),
    [
        ({}, {}, "yes"),
        ({"measurable": None}, {}, "yes"),
        ({"measurable": "no"}, {}, "no"),
        ({}, {"n_visits": 0.0}, "no"),
        ({"death_day": 20.0}, {"n_visits": 0.0}, "yes"),
        ({"death_day": 20.0, "measurable": "no"}, {"n_visits": 0.0}, "no"),
        ({}, {"treated": "no"}, "no"),
        ({}, {"n_visits": np.nan}, "no"),
    ],
)
def test_response_evaluable_is_measurable_and_assessed_or_dead(
    sheet, endpoints, expected
):
    assert evaluable(sheet=sheet, endpoints=endpoints) == expected


def test_her2_evaluable_is_treated_and_in_a_group():
    joined = assemble(
        table(SHEET, P1={}, P2={}, P3={}),
        table(ENDPOINTS, P1={}, P2={}, P3={"treated": "no"}),
        her2=table(HER2, P1={}, P2={"her2_group": None}, P3={}),
    )
    assert joined["her2_evaluable"].to_list() == ["yes", "no", "no"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("detected", "yes"),
        ("undetected", "yes"),
        ("not_evaluable", "no"),
        ("missing", "no"),
    ],
)
def test_ctdna_evaluable_is_a_baseline_that_was_seen(state, expected):
    joined = assemble(
        table(SHEET, P1={}),
        table(ENDPOINTS, P1={}),
        courses=table({"baseline_state": state}, P1={}),
    )
    assert joined.loc[0, "ctdna_evaluable"] == expected


def test_results_at_landmarks_stand_side_by_side():
    joined = assemble(
        table(SHEET, P1={}),
        table(ENDPOINTS, P1={}),
        landmarks=pd.concat(
            [
                table(LANDMARK, P1={}),
                table(LANDMARK, P1={"landmark": "T2", "ratio": 1.5, "mr50": "no"}),
            ]
        ),
    )
    found = joined.loc[0]
    assert found[["clearance_C2D1", "state_C2D1", "day_C2D1"]].to_list() == [
        *["cleared", "undetected", 21]
    ]
    assert found["residual_max_C2D1"] == 0.04
    assert found[["ratio_C2D1", "mr50_C2D1", "change_C2D1"]].to_list() == [
        *[0, "yes", "decrease"]
    ]
    assert found[["ratio_T2", "mr50_T2", "change_T2"]].to_list() == [
        *[1.5, "no", "increase"]
    ]


@pytest.mark.parametrize(
    ("ratio", "change"),
    [(0.999, "decrease"), (1.0, "increase"), (2.0, "increase"), (np.nan, None)],
)
def test_change_is_an_increase_from_a_ratio_of_1(ratio, change):
    joined = assemble(
        table(SHEET, P1={}),
        table(ENDPOINTS, P1={}),
        landmarks=table(LANDMARK, P1={"ratio": ratio}),
    )
    found = joined.loc[0, "change_C2D1"]
    assert found == change or (change is None and pd.isna(found))


def test_analysis_without_landmarks_keeps_every_patient():
    joined = assemble(
        table(SHEET, P1={}, P2={}),
        table(ENDPOINTS, P1={}, P2={}),
        landmarks=table(LANDMARK, P1={}).iloc[:0],
    )
    assert joined["patient_id"].to_list() == ["P1", "P2"]


@pytest.mark.parametrize(
    ("drawn", "scanned", "late"),
    [(21, 42, "no"), (42, 42, "no"), (43, 42, "yes"), (43, np.nan, "no")],
)
def test_sample_is_late_when_it_was_drawn_after_the_first_scan(drawn, scanned, late):
    joined = assemble(
        table(SHEET, P1={}, P2={}),
        table(ENDPOINTS, P1={"first_visit_day": scanned}, P2={}),
        landmarks=table(LANDMARK, P1={"day": drawn}, P2={"day": np.nan}),
    )
    assert joined["late_C2D1"].tolist() == [late, "no"]


def test_the_names_of_results_are_those_of_the_derived_tables():
    renamed = {
        **{"reason": "her2_reason", "collected_day": "her2_collected_day"},
        "assay": "her2_assay",
    }
    of_her2 = {renamed.get(column, column) for column in her2.STATUS_COLUMNS}
    of_her2.add("her2_dynamics")
    sets = {"her2_evaluable", "response_evaluable", "ctdna_evaluable"}
    of_sheet = {"death_day", "last_alive_day", "last_dose_day", "new_therapy_day"}
    names = {*endpoints.COLUMNS, *kinetics.COLUMNS, *of_her2, *sets, *of_sheet}
    assert names | {"measurable"} == DERIVED
