"""The analysis-ready table and the flow of patients."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna import endpoints, her2, kinetics
from her2ctdna.cohort import assemble_patients, collect_flows, derive_flow
from her2ctdna.outline import RESULT_COLUMNS

SHEET = {
    **{"treated": "yes", "death_day": np.nan, "measurable": "yes"},
    **{"pfs_days": np.nan, "pfs_event": None, "os_days": np.nan, "os_event": None},
}
ENDPOINTS = {"treated": "yes", "bor": "SD", "n_visits": 1.0, "pfs_days": 85.0}
HER2 = {"specimen_id": "A", "her2_class": "low", "her2_group": "low", "reason": "only"}
LANDMARK = {
    **{
        "landmark": "C2D1",
        "sample_id": "S2",
        "day": 21.0,
        "baseline_state": "detected",
    },
    **{"state": "undetected", "clearance": "cleared", "ratio": 0.0, "mr50": "yes"},
    "residual_max": 0.04,
}


def table(usual, **rows):
    """Return one row per keyword (a patient), given by what differs from the usual."""
    return pd.DataFrame(
        [{"patient_id": patient, **usual, **row} for patient, row in rows.items()]
    )


def assemble(patients, response, *, her2=None, courses=None, landmarks=None):
    return assemble_patients(
        patients, response, her2_status=her2, courses=courses, landmarks=landmarks
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


def test_the_names_of_results_are_those_of_the_derived_tables():
    renamed = {"reason": "her2_reason", "collected_day": "her2_collected_day"}
    of_her2 = {renamed.get(column, column) for column in her2.COLUMNS}
    sets = {"her2_evaluable", "response_evaluable", "ctdna_evaluable"}
    derived = {*endpoints.COLUMNS, *kinetics.COLUMNS, *of_her2, *sets}
    assert derived == RESULT_COLUMNS


FLOW_TABLE = pd.DataFrame(
    {
        "patient_id": ["P1", "P2", "P3", "P4", "007"],
        "treated": ["yes", "yes", "yes", "yes", "no"],
        "bor": ["PR", "NE", "SD", "MISSING", "MISSING"],
        "measurable": ["yes", "yes", "no", None, "yes"],
        "response_evaluable": ["yes", "no", "no", "no", "no"],
        "her2_class": ["low", "absent", "positive", "missing", "low"],
        "her2_evaluable": ["yes", "yes", "no", "no", "no"],
        "baseline_state": ["detected", "undetected", "detected", "missing", "detected"],
        "ctdna_evaluable": ["yes", "yes", "yes", "no", "no"],
        "clearance_C2D1": [
            *["cleared", "not_shedding", "missing", "missing", "cleared"]
        ],
    }
)


def test_each_set_has_its_patients_and_the_reasons_of_the_others():
    flow = derive_flow(FLOW_TABLE, landmarks=["C2D1", "C3D1"])
    shown = flow[["set", "n", "patient_ids", "excluded", "excluded_ids", "reason"]]
    assert shown.to_numpy().tolist() == [
        ["enrolled", 5, "P1;P2;P3;P4;007", 0, "", ""],
        ["all_treated", 4, "P1;P2;P3;P4", 1, "007", "1 not treated"],
        ["her2_evaluable", 2, "P1;P2", 2, "P3;P4", "1 HER2 missing; 1 HER2 positive"],
        [
            *["response_evaluable", 1, "P1", 3, "P2;P3;P4"],
            "2 no evaluable assessment; 1 not measurable",
        ],
        ["ctdna_evaluable", 3, "P1;P2;P3", 1, "P4", "1 baseline missing"],
        ["landmark_C2D1", 1, "P1", 3, "P2;P3;P4", "2 missing; 1 not_shedding"],
    ]


def test_n_is_the_number_of_patients_named():
    flow = derive_flow(FLOW_TABLE, landmarks=["C2D1"])
    for names, count in (("patient_ids", "n"), ("excluded_ids", "excluded")):
        named = [len([name for name in ids.split(";") if name]) for ids in flow[names]]
        assert named == flow[count].to_list()


def test_set_of_a_chapter_without_input_is_not_in_the_flow():
    table = FLOW_TABLE[["patient_id", "treated", "bor", "measurable"]]
    table = table.assign(bor="MISSING", response_evaluable="no")
    flow = derive_flow(table, landmarks=["C2D1"])
    assert flow["set"].to_list() == ["enrolled", "all_treated"]


def test_flow_of_nobody_counts_0():
    flow = derive_flow(FLOW_TABLE.iloc[:0], landmarks=["C2D1"])
    assert set(flow["n"]) == {0}
    assert set(flow["patient_ids"]) == {""}


def flow_of(**sets):
    """Return a flow from the patients of each set and the reason of the others."""
    return pd.DataFrame(
        [
            {"set": name, "patient_ids": ids, "reason": reason}
            for name, (ids, reason) in sets.items()
        ]
    )


def collected(**flows):
    table = collect_flows(flows)
    return [
        tuple(row)
        for row in table[["set", "analysis", "patient_ids"]].fillna("every").to_numpy()
    ]


def test_what_all_analyses_share_stands_once_and_the_rest_for_each():
    assert collected(
        primary=flow_of(enrolled=("P1;P2", None), her2=("P1", "1 missing")),
        other=flow_of(enrolled=("P1;P2", None), her2=("P2", "1 missing")),
    ) == [
        ("enrolled", "every", "P1;P2"),
        ("her2", "primary", "P1"),
        ("her2", "other", "P2"),
    ]


def test_same_patients_for_other_reasons_are_not_the_same():
    rows = collected(
        primary=flow_of(her2=("P1", "1 HER2 missing")),
        other=flow_of(her2=("P1", "1 HER2 indeterminate")),
    )
    assert [analysis for _, analysis, _ in rows] == ["primary", "other"]


def test_set_that_not_every_analysis_has_names_its_analysis():
    rows = collected(
        primary=flow_of(enrolled=("P1", None)),
        other=flow_of(enrolled=("P1", None), landmark_T2=("P1", None)),
    )
    assert rows == [("enrolled", "every", "P1"), ("landmark_T2", "other", "P1")]


def test_only_analysis_is_every_analysis():
    rows = collected(primary=flow_of(enrolled=("P1", None)))
    assert rows == [("enrolled", "every", "P1")]
