"""The flow of patients: its sets, their names, and who is in an intersection."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.sets.flow import (
    FLOW_COLUMNS,
    Flow,
    collect_flow,
    derive_flow,
)
from her2ctdna.sets.set_names import name_conditions, name_rate_sets, name_time_sets

PATIENTS = pd.DataFrame(
    {
        "patient_id": ["P1", "P2", "P3", "P4", "007"],
        "treated": ["yes", "yes", "yes", "yes", "no"],
        "measurable": ["yes", "yes", "no", None, "yes"],
        "hr_status": ["positive", None, "positive", "negative", "unknown"],
        "prior_lines": [2.0, 3.0, 2.0, 2.0, 2.0],
        "her2_class": ["low", "absent", "positive", "missing", "low"],
        "her2_group": ["low", "zero", None, None, "low"],
        "her2_evaluable": ["yes", "yes", "no", "no", "no"],
        "bor": ["PR", "NE", "SD", "MISSING", "MISSING"],
        "responder": ["yes", "no", "no", "no", None],
        "response_evaluable": ["yes", "no", "no", "no", "no"],
        "best_change_percent": [-40.0, np.nan, 3.0, np.nan, np.nan],
        "pfs_days": [90.0, 30.0, 20.0, np.nan, np.nan],
        "pfs_event": ["yes", "no", "yes", None, None],
        "os_days": [90.0, 60.0, 60.0, 25.0, np.nan],
        "os_event": ["no", "no", "yes", "yes", None],
        "dor_days": [48.0, np.nan, np.nan, np.nan, np.nan],
        "dor_event": ["yes", None, None, None, None],
        "baseline_state": ["detected", "undetected", "detected", "missing", "detected"],
        "ctdna_evaluable": ["yes", "yes", "yes", "no", "no"],
        "clearance_C2D1": [
            *["cleared", "not_shedding", "missing", "missing", "cleared"]
        ],
        "able_C2D1": ["yes", None, "no", None, "yes"],
        "state_C2D1": ["undetected", "undetected", "missing", "missing", "undetected"],
    }
)
LANDMARKS = {"C2D1": {"day": 21, "window": 7}, "C3D1": {"day": 42, "window": 10}}


def flow_of(patients=PATIENTS, **changes):
    settings = {"landmarks": LANDMARKS, "columns": ["hr_status"], "response": True}
    return derive_flow(patients, **(settings | {"count_first_day": True} | changes))


def rows_of(flow, kind):
    """Return name, parent, ids, ids left out and reason of each set of a kind."""
    columns = ["set", "within", "patient_ids", "excluded_ids", "reason"]
    chosen = flow.loc[flow["kind"] == kind, columns]
    return chosen.astype(object).where(chosen.notna(), "").to_numpy().tolist()


def test_each_population_has_its_patients_and_the_reasons_of_the_others():
    assert rows_of(flow_of(), "population") == [
        ["enrolled", "", "P1;P2;P3;P4;007", "", ""],
        ["all_treated", "enrolled", "P1;P2;P3;P4", "007", "1 not treated"],
        [
            *["her2_evaluable", "all_treated", "P1;P2", "P3;P4"],
            "1 HER2 missing; 1 HER2 positive",
        ],
        [
            *["response_evaluable", "all_treated", "P1", "P2;P3;P4"],
            "2 no evaluable assessment; 1 not measurable",
        ],
        ["ctdna_evaluable", "all_treated", "P1;P2;P3", "P4", "1 baseline missing"],
        [
            "clearance_able@C2D1",
            "all_treated",
            "P1",
            "P2;P3;P4",
            "2 missing; 1 not_shedding",
        ],
    ]


def test_each_group_of_a_table_is_a_set_and_so_is_missing():
    groups = {name: ids for name, _, ids, _, _ in rows_of(flow_of(), "group")}
    assert groups == {
        "her2_group=zero": "P2",
        "her2_group=low": "P1;007",
        "her2_group=missing": "P3;P4",
        "her2_class=absent": "P2",
        "her2_class=low": "P1;007",
        "her2_class=missing": "P4",
        "her2_class=positive": "P3",
        "hr_status=negative": "P4",
        "hr_status=positive": "P1;P3",
        "hr_status=missing": "P2",
        "hr_status=unknown": "007",
        "clearance_C2D1=not_cleared": "",
        "clearance_C2D1=cleared": "P1;007",
        "clearance_C2D1=missing": "P3;P4",
        "clearance_C2D1=not_shedding": "P2",
        "late_C2D1=yes": "",
        "late_C2D1=no": "P1;P2;P3;P4;007",
        "state_C2D1=detected": "",
        "state_C2D1=undetected": "P1;P2;007",
        "state_C2D1=missing": "P3;P4",
    }


def test_who_has_a_value_of_a_covariate_is_a_set():
    (known,) = rows_of(flow_of(), "covariate")
    assert known[:4] == ["hr_status=known", "enrolled", "P1;P3;P4;007", "P2"]


def test_groups_of_a_column_hold_everyone_enrolled_once():
    flow = flow_of()
    groups = flow[flow["kind"] == "group"]
    sizes = groups.groupby(groups["set"].str.partition("=")[0])["n"].sum()
    assert set(sizes) == {len(PATIENTS)}


def test_who_was_drawn_after_the_first_scan_is_a_set():
    late = ["yes", "no", "no", "no", "no"]
    sets = flow_of(PATIENTS.assign(late_C2D1=late)).set_index("set")["patient_ids"]
    assert sets["late_C2D1=yes"] == "P1"
    assert sets["late_C2D1=no"] == "P2;P3;P4;007"


def test_who_has_all_covariates_is_in_the_set_of_each():
    columns = ["hr_status", "prior_lines"]
    flow = Flow(flow_of(columns=columns))
    known = flow.resolve(*name_conditions(None, ";".join(columns)))
    assert known == ("P1", "P3", "P4", "007")


def test_patients_are_where_their_time_ended_cleared_or_not():
    moved = PATIENTS.assign(first_cleared_day=[21.0, np.nan, 40.0, np.nan, np.nan])
    sets = flow_of(moved).set_index("set")
    assert sets.loc["pfs@draw=yes", "patient_ids"] == "P1"
    assert sets.loc["pfs@draw=no", "patient_ids"] == "P3"
    reason = sets.loc["pfs@draw=yes", "reason"]
    assert reason == "1 ended not cleared; 1 not detected at baseline"


def test_numbers_are_groups_while_they_are_few_and_else_known_or_not():
    few = flow_of(columns=["prior_lines"])
    assert {"prior_lines=2", "prior_lines=3"} <= set(few["set"])
    many = pd.concat([PATIENTS] * 2, ignore_index=True).assign(
        patient_id=list("ABCDEFGHIJ"),
        age=[*np.arange(40.0, 49.0), np.nan],
        treated="yes",
    )
    known = rows_of(flow_of(many, columns=["age"], response=False), "group")
    assert known[-1] == ["age=known", "enrolled", "A;B;C;D;E;F;G;H;I", "J", "1 missing"]


def test_outcomes_are_flags_with_yes_words_that_occur_and_numbers_that_are_known():
    outcomes = {name: ids for name, _, ids, _, _ in rows_of(flow_of(), "outcome")}
    assert outcomes == {
        "bor=MISSING": "P4;007",
        "bor=NE": "P2",
        "bor=PR": "P1",
        "bor=SD": "P3",
        "responder=yes": "P1",
        "best_change_percent=known": "P1;P3",
        "dor_event=yes": "P1",
        "pfs_event=yes": "P1;P3",
        "os_event=yes": "P3;P4",
        "baseline_state=detected": "P1;P3;007",
        "baseline_state=missing": "P4",
        "baseline_state=undetected": "P2",
    }


def test_from_a_landmark_those_are_followed_who_are_still_without_the_event():
    # day 28 is the last of the window: P2 is censored at day 29, P3 gone at day 19
    assert rows_of(flow_of(), "followed") == [
        ["pfs", "all_treated", "P1;P2;P3", "P4", "1 not followed"],
        ["pfs@C2D1", "pfs", "P1;P2", "P3", "1 with event before day 28"],
        ["os", "all_treated", "P1;P2;P3;P4", "", ""],
        ["os@C2D1", "os", "P1;P2;P3", "P4", "1 with event before day 28"],
        ["dor", "responder=yes", "P1", "", ""],
    ]


def test_who_is_censored_before_a_landmark_is_told_from_who_has_the_event():
    landmarks = {"C2D1": {"day": 32, "window": 8}}
    followed = {
        row[0]: row[2:] for row in rows_of(flow_of(landmarks=landmarks), "followed")
    }
    assert followed["pfs@C2D1"] == [
        *["P1", "P2;P3", "1 censored before day 40; 1 with event before day 40"]
    ]


def test_from_a_landmark_without_a_sample_nobody_is_followed():
    unseen = PATIENTS.assign(day_C2D1=np.nan)
    flow = flow_of(unseen, landmarks={"C2D1": {"timepoint": "C2D1"}})
    row = next(row for row in rows_of(flow, "followed") if row[0] == "pfs@C2D1")
    assert row[2:4] == ["", "P1;P2;P3"]
    assert row[4] == "1 censored before its origin; 2 with event before its origin"


def test_n_is_the_number_named_and_with_the_excluded_makes_the_parent():
    flow = flow_of()
    for names, count in (("patient_ids", "n"), ("excluded_ids", "excluded")):
        named = [len([name for name in ids.split(";") if name]) for ids in flow[names]]
        assert named == flow[count].to_list()
    sizes = flow.set_index("set")["n"]
    inside = flow[flow["within"].notna()]
    parents = sizes[inside["within"]].to_list()
    assert (inside["n"] + inside["excluded"]).to_list() == parents
    assert flow["set"].is_unique


def test_set_of_a_chapter_without_input_is_not_in_the_flow():
    columns = ["patient_id", "treated", "measurable", "response_evaluable", "bor"]
    columns += ["responder", "pfs_days", "pfs_event", "os_days", "os_event"]
    flow = flow_of(PATIENTS[columns], columns=[], response=False)
    assert flow["set"].to_list() == [
        *["enrolled", "all_treated", "pfs_event=yes", "os_event=yes", "pfs", "os"]
    ]


def test_flow_of_nobody_has_its_sets_with_nobody_in_them():
    flow = flow_of(PATIENTS.iloc[:0])
    assert set(flow["n"]) == {0}
    assert set(flow["patient_ids"]) == {""}
    assert {"her2_evaluable", "her2_group=low"} <= set(flow["set"])
    assert "response_evaluable" not in set(flow["set"])


def test_column_that_is_a_group_and_an_outcome_stands_once():
    flow = flow_of(columns=["responder", "hr_status", "hr_status"])
    assert flow["set"].is_unique
    assert flow.set_index("set").loc["responder=yes", "kind"] == "group"


def test_patients_of_an_intersection_are_in_all_its_sets_in_their_order():
    flow = Flow(flow_of())
    assert flow.resolve("all_treated") == ("P1", "P2", "P3", "P4")
    assert flow.resolve("her2_group=low", "all_treated") == ("P1",)
    assert flow.resolve("os_event=yes", "os@C2D1") == ("P3",)
    assert flow.resolve("pfs", "her2_group=zero", "responder=yes") == ()


def test_value_that_nobody_has_is_empty_and_what_is_no_set_is_an_error():
    flow = Flow(flow_of())
    assert flow.resolve("her2_class=indeterminate") == ()
    for name in ("her2_klass=low", "landmark_T9", "pfs@T9"):
        with pytest.raises(KeyError, match="the flow has no such set"):
            flow.resolve("all_treated", name)


def test_sets_of_several_analyses_are_not_looked_up_as_one():
    other = PATIENTS.assign(responder="no")
    joined = collect_flow({"primary": flow_of(), "other": flow_of(other)})
    with pytest.raises(ValueError, match="take the rows of one analysis"):
        Flow(joined)
    mine = joined[joined["analysis"].isna() | (joined["analysis"] == "other")]
    assert Flow(mine).resolve("all_treated", "responder=yes") == ()


@pytest.mark.parametrize(
    ("named", "sets"),
    [
        (
            name_rate_sets(
                "orr", "all_treated", group_by="all", group="all", landmarks=[]
            ),
            (["all_treated"], "responder=yes"),
        ),
        (
            name_rate_sets(
                "dcr", "response_evaluable", group_by="hr", group="pos", landmarks=[]
            ),
            (["response_evaluable", "hr=pos"], "disease_control=yes"),
        ),
        (
            name_rate_sets(
                "clearance_T2",
                "clearance_able",
                group_by="hr",
                group="missing",
                landmarks=["T2"],
            ),
            (["clearance_able@T2", "hr=missing"], "clearance_able:cleared@T2"),
        ),
        (
            name_rate_sets(
                *("orr", "all_treated"),
                group_by="her2_group",
                group="low",
                landmarks=[],
                conditions=name_conditions("ecog=1", "hr;lines"),
            ),
            (
                ["all_treated", "her2_group=low", "ecog=1", "hr=known", "lines=known"],
                "responder=yes",
            ),
        ),
        (
            name_time_sets("os", "first_dose", group_by="all", group="all"),
            (["os"], "os_event=yes"),
        ),
        (
            name_time_sets("pfs", "T2", group_by="mr50_T2", group="yes"),
            (["pfs@T2", "mr50_T2=yes"], "pfs_event=yes"),
        ),
        (
            name_time_sets(
                *("os", "first_dose"),
                group_by="hr",
                group="pos",
                conditions=name_conditions(None, "lines"),
            ),
            (["os", "hr=pos", "lines=known"], "os_event=yes"),
        ),
        (
            name_time_sets("dor", "response", group_by="hr", group="pos"),
            (["dor", "hr=pos"], "dor_event=yes"),
        ),
    ],
)
def test_number_is_named_by_population_group_and_outcome(named, sets):
    assert named == sets


def test_row_without_subgroup_and_covariates_asks_for_no_further_set():
    assert name_conditions(None, float("nan")) == []


@pytest.mark.parametrize(
    ("column", "group", "sets"),
    [
        ("clearance_T2", "cleared", ["clearance_T2=cleared", "late_T2=no"]),
        ("mr50_T2", "yes", ["mr50_T2=yes", "late_T2=no"]),
        ("clearance_T2", "after_first_scan", ["late_T2=yes"]),
        ("change_of_mind", "yes", ["change_of_mind=yes"]),
    ],
)
def test_response_by_a_landmark_asks_for_a_sample_in_time(column, group, sets):
    named = name_rate_sets(
        "orr", "all_treated", group_by=column, group=group, landmarks=["T2"]
    )
    assert named == (["all_treated", *sets], "responder=yes")


@pytest.mark.parametrize(
    ("biased", "sets"), [(False, ["os@draw=yes"]), (True, ["os", "ever_cleared=yes"])]
)
def test_clearance_at_any_time_counts_where_time_ended_unless_biased(biased, sets):
    named = name_time_sets(
        "os", "first_dose", group_by="ever_cleared", group="yes", is_biased=biased
    )
    assert named == (sets, "os_event=yes")


def collected(**flows):
    """Join flows given by the patients of each set and the reason of the others."""
    tables = {
        analysis: pd.DataFrame(
            [
                {"set": name, "patient_ids": ids, "reason": reason}
                for name, (ids, reason) in sets.items()
            ],
            columns=FLOW_COLUMNS,
        ).assign(kind="group")
        for analysis, sets in flows.items()
    }
    table = collect_flow(tables)
    assert list(table) == ["set", "analysis", *FLOW_COLUMNS[1:]]
    shown = table[["set", "analysis", "patient_ids"]].fillna("every")
    return [tuple(row) for row in shown.to_numpy()]


def test_what_all_analyses_share_stands_once_and_the_rest_for_each():
    assert collected(
        primary={"enrolled": ("P1;P2", None), "her2": ("P1", "1 missing")},
        other={"enrolled": ("P1;P2", None), "her2": ("P2", "1 missing")},
    ) == [
        ("enrolled", "every", "P1;P2"),
        ("her2", "primary", "P1"),
        ("her2", "other", "P2"),
    ]


def test_same_patients_for_other_reasons_are_not_the_same():
    rows = collected(
        primary={"her2": ("P1", "1 HER2 missing")},
        other={"her2": ("P1", "1 HER2 indeterminate")},
    )
    assert [analysis for _, analysis, _ in rows] == ["primary", "other"]


def test_set_that_not_every_analysis_has_names_its_analysis():
    rows = collected(
        primary={"enrolled": ("P1", None)},
        other={"enrolled": ("P1", None), "landmark_T2": ("P1", None)},
    )
    assert rows == [("enrolled", "every", "P1"), ("landmark_T2", "other", "P1")]


def test_only_analysis_is_every_analysis():
    rows = collected(primary={"enrolled": ("P1", None)})
    assert rows == [("enrolled", "every", "P1")]


def test_value_that_one_analysis_has_stands_with_its_column():
    rows = collected(
        primary={"her2=low": ("P1", None), "hr=negative": ("P2", None)},
        other={"her2=low": ("P1", None), "her2=zero": ("P3", None)},
    )
    assert [name for name, _, _ in rows] == ["her2=low", "her2=zero", "hr=negative"]
