"""The tables of associations, on small cohorts counted by hand."""

from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from able import with_able

from her2ctdna.association.associations import estimate_associations
from her2ctdna.association.ledger import collect_tests
from her2ctdna.association.multiplicity import adjust_within_families
from her2ctdna.sets.groupings import derive_landmark_origins, find_groupings
from her2ctdna.tables import read_table, write_table

ASSOCIATION = {
    "confidence": 0.95,
    "covariates": [],
    "groups": [],
    "events_per_parameter": {"least": 2, "few": 5},
    "few_patients": {"contrast": 1, "median": 1, "curve": 1},
    "trend_scores": [[0, 1, 2, 3], [0, 0.5, 1, 2]],
    "exact_divisions": 1000,
    "permutations": 1000,
    "rmst_days": None,
    "seed": 1,
    "families": {
        "her2_response": {
            "endpoints": ["orr", "dcr", "cbr*"],
            "biomarkers": ["her2_*"],
        },
        "survival": {"endpoints": ["pfs", "os"], "biomarkers": ["*"]},
    },
}
ANSWER_AND_CHECKS = ("log_rank_permutation", "log_rank", "cox_zph")
Tables = dict[str, pd.DataFrame]
FLAGS = ["disease_control", "clinical_benefit_registry", "clinical_benefit"]

# her2_group, responder, evaluable, pfs_days, pfs_event, clearance_C2D1, state_C2D1
COHORT = [
    ("P01", "zero", "no", "yes", 20, "yes", None, None),
    ("P02", "zero", "no", "yes", 60, "yes", "not_cleared", "detected"),
    ("P03", "zero", "yes", "yes", 200, "no", "cleared", "undetected"),
    ("P04", "low", "yes", "yes", 300, "yes", "cleared", "undetected"),
    ("P05", "low", "yes", "yes", 250, "yes", "cleared", "undetected"),
    ("P06", "low", "no", "yes", 90, "yes", "not_cleared", "detected"),
    ("P07", "low", "yes", "yes", 110, "yes", "not_cleared", "detected"),
    ("P08", "low", None, "no", 1, "no", None, None),
    ("P09", None, "yes", "yes", 400, "no", "uninformative", "not_evaluable"),
    ("P10", "low", "no", "yes", 28, "yes", "not_cleared", "detected"),
]


def cohort() -> pd.DataFrame:
    columns = ["patient_id", "her2_group", "responder", "response_evaluable"]
    columns += ["pfs_days", "pfs_event", "clearance_C2D1", "state_C2D1"]
    patients = pd.DataFrame(COHORT, columns=columns)
    patients = patients.assign(
        treated="yes",
        ctdna_evaluable=patients["clearance_C2D1"]
        .notna()
        .map({True: "yes", False: "no"}),
        os_days=patients["pfs_days"] + 100,
        os_event="no",
        dor_days=patients["pfs_days"].where(patients["responder"] == "yes") - 42,
        dor_event=patients["pfs_event"].where(patients["responder"] == "yes"),
        **dict.fromkeys(FLAGS, "no"),
    )
    untreated = pd.DataFrame([{"patient_id": "P11", "treated": "no"}])
    table = with_able(pd.concat([patients, untreated], ignore_index=True), "C2D1")
    # Something was seen in a sample that could not have shown a clearance.
    table.loc[table["patient_id"] == "P10", "able_C2D1"] = "no"
    return table


def tables(patients: pd.DataFrame | None = None, **options: Any) -> Tables:
    settings: dict[str, Any] = {
        "landmarks": {"C2D1": {"day": 21, "window": 7}},
        "count_first_day": True,
        "response": True,
        "survival": True,
        "association": ASSOCIATION,
    }
    patients = cohort() if patients is None else patients
    found = estimate_associations(patients, **(settings | options))
    adjusted = collect_tests(
        {name: found[name] for name in ("tests", "contrasts")},
        families=ASSOCIATION["families"],
        predeclared=[],
        alpha=0.05,
    )
    return found | {name: adjusted[name] for name in ("tests", "contrasts")}


@pytest.fixture(scope="module")
def analysed() -> Tables:
    return tables()


def rows_of(table: pd.DataFrame, **keys: str) -> list[dict[str, Any]]:
    for column, value in keys.items():
        table = table[table[column] == value]
    return table.to_dict("records")


def only(table: pd.DataFrame, **keys: str) -> dict[str, Any]:
    found = rows_of(table, **keys)
    assert len(found) == 1, keys
    return found[0]


@pytest.mark.parametrize(
    ("population", "group_by", "group", "n", "total"),
    [
        ("all_treated", "all", "all", 5, 10),
        ("response_evaluable", "all", "all", 5, 9),
        ("ctdna_evaluable", "all", "all", 5, 8),
        ("all_treated", "her2_group", "zero", 1, 3),
        ("all_treated", "her2_group", "low", 3, 6),
        ("all_treated", "her2_group", "missing", 1, 1),
        ("response_evaluable", "her2_group", "low", 3, 5),
        ("ctdna_evaluable", "clearance_C2D1", "cleared", 3, 3),
        ("ctdna_evaluable", "clearance_C2D1", "not_cleared", 1, 4),
        ("ctdna_evaluable", "clearance_C2D1", "uninformative", 1, 1),
        ("ctdna_evaluable", "clearance_C2D1", "missing", 0, 0),
        ("all_treated", "clearance_C2D1", "missing", 0, 2),
        ("clearance_able", "clearance_C2D1", "cleared", 3, 3),
        ("clearance_able", "clearance_C2D1", "not_cleared", 1, 3),
        ("clearance_judged", "clearance_C2D1", "cleared", 3, 3),
        ("clearance_judged", "clearance_C2D1", "not_cleared", 1, 4),
        ("clearance_worst", "clearance_C2D1", "not_cleared", 2, 5),
        ("clearance_best", "clearance_C2D1", "cleared", 4, 4),
    ],
)
def test_rate_counts_responders_of_a_group(
    analysed: Tables, population: str, group_by: str, group: str, n: int, total: int
) -> None:
    keys = {"endpoint": "orr", "population": population, "group_by": group_by}
    found = only(analysed["rates"], **keys, group=group, ci_method="clopper_pearson")
    assert (found["n"], found["N"]) == (n, total)
    if total:
        assert found["rate"] == n / total
        assert found["ci_low"] <= found["rate"] <= found["ci_high"]
    else:
        assert all(isnan(found[name]) for name in ("rate", "ci_low", "ci_high"))


def test_clearance_is_counted_in_those_able_to_show_it_with_bounds_beside(
    analysed: Tables,
) -> None:
    rates = analysed["rates"]
    keys = {"endpoint": "clearance_C2D1", "group_by": "all", "ci_method": "wilson"}
    found = rows_of(rates, **keys)
    assert [(row["population"], row["n"], row["N"]) for row in found] == [
        ("clearance_able", 3, 6),
        ("clearance_judged", 3, 7),
        ("clearance_worst", 3, 8),
        ("clearance_best", 4, 8),
    ]
    by = set(rates.loc[rates["endpoint"] == "clearance_C2D1", "group_by"])
    assert by == {"all", "her2_group"}


def test_groups_stand_in_order_with_the_reference_first_and_missing_last(
    analysed: Tables,
) -> None:
    rates = analysed["rates"]
    found = rows_of(rates, endpoint="orr", population="all_treated", ci_method="wilson")
    assert [(row["group_by"], row["group"]) for row in found] == [
        ("all", "all"),
        ("her2_group", "zero"),
        ("her2_group", "low"),
        ("her2_group", "missing"),
        ("clearance_C2D1", "not_cleared"),
        ("clearance_C2D1", "cleared"),
        ("clearance_C2D1", "uninformative"),
        ("clearance_C2D1", "missing"),
        ("state_C2D1", "detected"),
        ("state_C2D1", "undetected"),
        ("state_C2D1", "not_evaluable"),
        ("state_C2D1", "missing"),
    ]


def test_low_is_compared_with_zero_by_difference_and_odds_ratio(
    analysed: Tables,
) -> None:
    found = analysed["contrasts"]
    keys = {"endpoint": "orr", "population": "all_treated", "group_by": "her2_group"}
    difference = only(found, **keys, ci_method="newcombe")
    assert (difference["group"], difference["reference"]) == ("low", "zero")
    assert difference["estimate"] == pytest.approx(3 / 6 - 1 / 3)
    assert (difference["n"], difference["n_reference"]) == (6, 3)
    assert (difference["events"], difference["events_reference"]) == (3, 1)
    assert difference["measure"] == "risk_difference"
    score = only(found, **keys, ci_method="miettinen_nurminen")
    assert score["estimate"] == difference["estimate"]
    assert score["ci_low"] < difference["ci_low"]
    ratio = only(found, **keys, ci_method="conditional_exact")
    assert ratio["measure"] == "odds_ratio"
    assert ratio["test"] == "fisher"
    assert ratio["p_value"] == 1


def test_a_test_is_in_one_population_and_its_contrast_shares_the_q_value(
    analysed: Tables,
) -> None:
    question = {"endpoint": "orr", "biomarker": "her2_group"}
    test = only(analysed["tests"], **question, role="primary")
    assert (test["population"], test["test"]) == ("all_treated", "fisher")
    assert (test["n"], test["events"], test["groups"]) == (9, 4, "zero;low")
    assert test["family"] == "her2_response"
    keys = {"endpoint": "orr", "group_by": "her2_group", "test": "fisher"}
    tested = only(analysed["contrasts"], **keys, population="all_treated")
    for column in ("p_value", "family", "q_value"):
        assert tested[column] == test[column]
    shown = only(analysed["contrasts"], **keys, population="response_evaluable")
    assert pd.isna(shown["family"])
    assert isnan(shown["q_value"])


def test_landmark_counts_from_its_last_possible_day_those_still_followed(
    analysed: Tables,
) -> None:
    survival = analysed["survival"]
    keys = {"endpoint": "pfs", "group_by": "clearance_C2D1"}
    able = only(
        analysed["clearance_survival"],
        **keys,
        group="not_cleared",
        population="clearance_able",
    )
    assert (able["n"], able["excluded"]) == (3, 0)
    not_cleared = only(survival, **keys, group="not_cleared")
    assert not_cleared["origin"] == "C2D1"
    assert (not_cleared["n"], not_cleared["events"]) == (3, 3)
    assert (not_cleared["excluded"], not_cleared["patient_ids"]) == (1, "P10")
    # Days 59, 89 and 109 end; day 28 is the first of the time from the landmark.
    assert not_cleared["median_days"] == 89 - 28 + 1
    missing = only(survival, **keys, group="missing")
    assert (missing["n"], missing["patient_ids"]) == (0, "P01;P08")
    assert missing["note"] == "no patients"


def test_who_ends_on_the_day_of_the_landmark_is_still_followed() -> None:
    patients = cohort()
    patients.loc[patients["patient_id"] == "P10", "pfs_days"] = 29
    found = only(
        tables(patients)["survival"],
        endpoint="pfs",
        group_by="clearance_C2D1",
        group="not_cleared",
    )
    assert (found["n"], found["excluded"]) == (4, 0)


def test_comparison_from_first_dose_by_a_landmark_group_is_marked_biased(
    analysed: Tables,
) -> None:
    keys = {"endpoint": "pfs", "group_by": "clearance_C2D1", "measure": "hazard_ratio"}
    keys["ci_method"] = "cox_profile"
    keys["population"] = "clearance_able"
    naive = only(analysed["contrasts"], **keys, origin="first_dose")
    proper = only(analysed["contrasts"], **keys, origin="C2D1")
    assert (naive["biased"], proper["biased"]) == ("yes", "no")
    assert (naive["n_reference"], proper["n_reference"]) == (3, 3)
    assert naive["note"].startswith("biased: immortal time")
    biased = rows_of(analysed["contrasts"], biased="yes")
    assert {row["ci_method"] for row in biased} == {"cox_profile"}
    tests = rows_of(analysed["tests"], endpoint="pfs", biomarker="clearance_C2D1")
    assert {row["origin"] for row in tests} == {"C2D1"}
    for name in ("survival", "survival_curves"):
        shown = analysed[name].query("group_by == 'clearance_C2D1'")
        assert set(shown["origin"]) == {"C2D1"}


def test_her2_groups_are_followed_from_first_dose_and_never_biased(
    analysed: Tables,
) -> None:
    contrasts = analysed["contrasts"].query("group_by == 'her2_group'")
    assert set(contrasts["origin"]) == {"first_dose"}
    assert set(contrasts["biased"]) == {"no"}


def test_no_events_leave_the_hazard_ratio_missing_with_a_reason(
    analysed: Tables,
) -> None:
    rows = rows_of(analysed["contrasts"], endpoint="os", group_by="her2_group")
    assert {row["ci_method"]: row["note"] for row in rows} == {
        "cox_profile": "no event while both groups are at risk",
        "cox_wald": "no event while both groups are at risk",
        "firth_profile": "no events",
        "greenwood_normal": "no events up to day 300",
    }
    tests = rows_of(analysed["tests"], endpoint="os", biomarker="her2_group")
    assert [row["test"] for row in tests] == [*ANSWER_AND_CHECKS]
    assert {row["note"] for row in tests} == {"no events"}
    for row in rows:
        assert isnan(row["estimate"])
    for row in [*rows, *tests]:
        assert isnan(row["p_value"])
        assert isnan(row["q_value"])
    assert only(analysed["survival"], endpoint="os", group_by="all")["note"] == (
        "median not reached"
    )


def test_wald_stands_beside_the_profile_without_a_test_of_its_own(
    analysed: Tables,
) -> None:
    keys = {"endpoint": "pfs", "group_by": "her2_group"}
    profile = only(analysed["contrasts"], **keys, ci_method="cox_profile")
    wald = only(analysed["contrasts"], **keys, ci_method="cox_wald")
    for column in ("measure", "estimate", "n", "events", "n_reference", "group"):
        assert wald[column] == profile[column]
    assert wald["ci_low"] < wald["estimate"] < wald["ci_high"]
    assert wald["ci_low"] != profile["ci_low"]
    assert wald["test"] is None
    assert isnan(wald["p_value"])
    assert isnan(wald["q_value"])


def test_one_question_has_one_q_value_and_its_checks_have_none(
    analysed: Tables,
) -> None:
    rows = rows_of(analysed["tests"], endpoint="pfs", biomarker="her2_group")
    assert [row["test"] for row in rows] == [*ANSWER_AND_CHECKS]
    assert [row["family"] for row in rows[:1]] == ["survival"]
    assert rows[0]["q_value"] >= rows[0]["p_value"]
    for check in rows[1:]:
        assert 0 < check["p_value"] < 1
        assert pd.isna(check["family"])
        assert isnan(check["q_value"])
    assert rows[0]["statistic"] == pytest.approx(rows[1]["statistic"])
    assert rows[0]["note"] == "exact: all divisions"


def test_ratios_are_adjusted_in_patients_of_whom_all_covariates_are_known() -> None:
    patients = cohort().assign(
        ecog=[0.0, 1, 0, 1, 0, 0, 1, None, 0, 1, 1],
        site=["a", "b", "a", "a", "b", "a", "missing", "b", "a", "b", "a"],
    )
    settings = ASSOCIATION | {"covariates": ["ecog", "site", "absent"]}
    found = tables(patients, association=settings)["contrasts"]
    adjusted = found[found["adjusted_for"].notna()]
    assert set(adjusted["group_by"]) == {"her2_group", "clearance_C2D1"}
    assert set(adjusted["adjusted_for"]) == {"ecog;site"}
    assert set(adjusted["biased"]) == {"no"}
    rows = rows_of(adjusted, endpoint="pfs", group_by="her2_group")
    methods = ["cox_profile", "cox_wald", "firth_profile"]
    assert [row["ci_method"] for row in rows] == methods
    for row in rows:
        # P07 and P08 lack a covariate, P09 a group.
        assert (row["n"], row["n_reference"]) == (4, 3)
        assert isnan(row["q_value"])
    assert rows[2]["note"] == "6 events for 3 coefficients"
    assert 0 < rows[2]["ci_low"] < rows[2]["estimate"] < rows[2]["ci_high"]


def test_covariate_of_one_value_or_the_group_itself_is_not_adjusted_for() -> None:
    patients = cohort().assign(site="a", ecog=[0.0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 1])
    keys = {"endpoint": "pfs", "group_by": "her2_group", "ci_method": "firth_profile"}

    def adjusted(*covariates: str) -> dict[str, Any]:
        settings = ASSOCIATION | {"covariates": list(covariates)}
        found = tables(patients, association=settings)["contrasts"]
        return only(found[found["adjusted_for"].notna()], **keys)

    alone, both = adjusted("ecog", "her2_group"), adjusted("ecog", "site")
    assert (alone["adjusted_for"], both["adjusted_for"]) == ("ecog", "ecog;site")
    assert both["estimate"] == alone["estimate"]
    assert both["note"] == f"{alone['note']}; site has one value"


def test_response_is_not_set_against_a_sample_drawn_after_the_first_scan() -> None:
    late = ["no", "no", "yes", "no", "no", "no", "yes", "no", "no", "no", "no"]
    patients = cohort().assign(late_C2D1=late)
    found = tables(patients)
    keys = {"endpoint": "orr", "group_by": "clearance_C2D1"}
    rates = found["rates"].query("population == 'all_treated'")
    rates = rates[rates["ci_method"] == "wilson"]
    counts = {row["group"]: (row["n"], row["N"]) for row in rows_of(rates, **keys)}
    assert counts == {
        "not_cleared": (0, 3),
        "cleared": (2, 2),
        "uninformative": (1, 1),
        "missing": (0, 2),
        "after_first_scan": (2, 2),
    }
    keys = {"endpoint": "orr", "biomarker": "clearance_C2D1"}
    test = only(found["tests"], **keys, test="fisher")
    assert (test["n"], test["events"]) == (4, 2)
    assert rows_of(found["survival"], group="after_first_scan") == []
    clearance = rows_of(found["rates"], endpoint="clearance_C2D1", group_by="all")
    assert {row["N"] for row in clearance} == {6, 7, 8}


def test_who_sheds_nothing_is_a_stratum_of_its_own() -> None:
    patients = cohort()
    unshed = ["clearance_C2D1", "able_C2D1"]
    patients.loc[patients["patient_id"] == "P02", unshed] = "not_shedding", None
    found = tables(patients)
    keys = {"endpoint": "orr", "population": "ctdna_evaluable"}
    row = rows_of(
        found["rates"], **keys, group_by="clearance_C2D1", group="not_shedding"
    )[0]
    assert (row["n"], row["N"]) == (0, 1)
    keys = {"endpoint": "orr", "biomarker": "clearance_C2D1"}
    test = only(found["tests"], **keys, test="fisher")
    assert (test["groups"], test["n"]) == ("not_cleared;cleared", 5)


def test_times_that_differ_by_rounding_alone_are_tied() -> None:
    patients = cohort()
    settings = {"landmarks": {}, "response": False}
    tied = tables(patients, **settings)
    nearly = patients.assign(pfs_days=patients["pfs_days"] * (1 + 1e-13))
    nearly.loc[1, "pfs_days"] = patients.loc[1, "pfs_days"]
    pd.testing.assert_frame_equal(tables(nearly, **settings)["tests"], tied["tests"])


def test_horizon_of_restricted_means_comes_from_the_settings() -> None:
    settings = ASSOCIATION | {"rmst_days": 150}
    found = tables(association=settings)["contrasts"]
    keys = {"endpoint": "pfs", "group_by": "her2_group", "measure": "rmst_difference"}
    row = only(found, **keys)
    assert row["note"] == "up to day 150"
    # zero: 20, 60, then 150; low: 300, 250 and 110, 90, 28 ended, P08 censored at 1.
    zero, low = (20 + 60 + 150) / 3, (28 + 90 + 110 + 150 + 150) / 5
    assert row["estimate"] == pytest.approx(low - zero)


def test_duration_of_response_is_that_of_responders_from_the_response(
    analysed: Tables,
) -> None:
    survival = analysed["survival"].query("endpoint == 'dor'")
    assert set(survival["group_by"]) == {"all", "her2_group"}
    found = only(survival, group="all")
    assert (found["n"], found["events"], found["origin"]) == (5, 3, "response")


def test_curves_start_at_time_zero_with_everybody_at_risk(analysed: Tables) -> None:
    curves = analysed["survival_curves"]
    keys = ["endpoint", "group_by", "group", "origin"]
    first = curves.groupby(keys, sort=False).first()
    assert set(first["time_days"]) == {0}
    assert set(first["survival"]) == {1}
    assert first.loc[("pfs", "all", "all", "first_dose"), "at_risk"] == 10


def test_infinity_is_never_written(analysed: Tables) -> None:
    assert "infinite" in analysed["contrasts"]["note"].str.cat(sep=" ", na_rep="")
    for table in analysed.values():
        numbers = table.select_dtypes("number")
        assert not numbers.isin([float("inf"), float("-inf")]).any(axis=None)


def test_tables_of_a_written_cohort_are_the_same(
    analysed: Tables, tmp_path: Path
) -> None:
    write_table(cohort(), tmp_path / "patients.tsv")
    read_back = tables(read_table(tmp_path / "patients.tsv"))
    for name, table in analysed.items():
        pd.testing.assert_frame_equal(read_back[name], table)


def test_study_with_response_alone_has_no_survival_and_no_landmarks() -> None:
    patients = cohort()[["patient_id", "treated", "responder", *FLAGS]]
    patients = patients.assign(dor_days=None, dor_event=None)
    found = tables(patients, landmarks={}, survival=False)
    assert set(found["rates"]["endpoint"]) == {"orr", "dcr", "cbr_registry", "cbr"}
    assert set(found["rates"]["population"]) == {"all_treated"}
    assert found["contrasts"].empty
    assert found["tests"].empty
    assert set(found["survival"]["endpoint"]) == {"dor"}


def test_study_with_survival_alone_has_no_rates() -> None:
    found = tables(landmarks={}, response=False)
    assert found["rates"].empty
    assert set(found["contrasts"]["measure"]) == {"hazard_ratio", "rmst_difference"}
    assert set(found["tests"]["test"]) == {*ANSWER_AND_CHECKS}


def test_empty_study_has_empty_tables_with_all_columns() -> None:
    found = tables(landmarks={}, response=False, survival=False)
    for table in found.values():
        assert table.empty
        assert len(table.columns) > 5


def test_group_of_nobody_is_compared_as_missing_with_a_reason() -> None:
    patients = cohort().replace({"her2_group": {"low": None}})
    found = tables(patients)
    question = {"endpoint": "orr", "biomarker": "her2_group"}
    test = only(found["tests"], **question, test="fisher")
    assert isnan(test["p_value"])
    assert test["note"] == "fewer than two groups with patients"
    for row in rows_of(found["contrasts"], group_by="her2_group"):
        assert isnan(row["estimate"])
        assert row["note"] == "a group without patients"


def test_three_groups_are_each_compared_with_the_reference_and_tested_at_once() -> None:
    patients = cohort().assign(
        her2_level=["absent", "ultralow", "absent", "1+", "1+", "1+", "1+"] + [None] * 4
    )
    found = tables(patients)
    question = {"endpoint": "orr", "biomarker": "her2_level"}
    test = only(found["tests"], **question, test="fisher_halton")
    assert (test["role"], test["groups"]) == ("alternative", "absent;ultralow;1+")
    pairs = [
        (row["group"], row["reference"], row["family"])
        for row in rows_of(
            found["contrasts"],
            endpoint="orr",
            population="all_treated",
            group_by="her2_level",
            ci_method="conditional_exact",
        )
    ]
    assert [pair[:2] for pair in pairs] == [("ultralow", "absent"), ("1+", "absent")]
    assert all(pd.isna(pair[2]) for pair in pairs)


def test_classes_that_are_no_group_are_shown_and_not_compared() -> None:
    patients = cohort().assign(
        her2_class=["absent"] * 3 + ["low"] * 5 + ["positive", "zero_unspecified", None]
    )
    (grouping,) = (
        found
        for found in find_groupings(patients, landmarks=[], columns=[])
        if found.column == "her2_class"
    )
    assert grouping.levels == ("absent", "low")
    assert grouping.others == ("positive", "zero_unspecified")


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ([2.0, 1.0, 3.0, None], ("1", "2", "3")),
        (["yes", "no", "yes", None], ("no", "yes")),
        (["decrease", "increase", None, None], ("increase", "decrease")),
        (["B", "A", "A", "C"], ("A", "B", "C")),
        (["A", "A", None, None], ("A",)),
        ([None, None, None, None], ()),
    ],
)
def test_covariate_takes_the_known_or_the_natural_order(
    values: list[object], levels: tuple[str, ...]
) -> None:
    patients = pd.DataFrame({"treated": "yes", "covariate": values})
    (found,) = find_groupings(patients, landmarks=[], columns=["covariate"])
    assert found.levels == levels
    assert found.others == (("missing",) if None in values else ())


def test_continuous_and_absent_covariates_are_left_out_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    patients = pd.DataFrame({"treated": "yes", "age": [40.0, 41, 42, 43, 44, 45]})
    found = find_groupings(patients, landmarks=[], columns=["age", "ecog"])
    assert found == []
    assert "age: too many distinct numbers" in caplog.text
    assert "ecog: no such column" in caplog.text


def test_landmark_time_starts_after_the_last_sample_that_makes_a_group() -> None:
    patients = pd.DataFrame(
        {
            "clearance_C2D1": ["cleared", None],
            "clearance_T2": ["cleared", "cleared"],
            "day_T2": [40.0, 47.0],
            "clearance_T3": [None, None],
            "day_T3": [None, None],
        }
    )
    origins = derive_landmark_origins(
        patients,
        {
            "C2D1": {"day": 21, "window": 7},
            "T2": {"timepoint": "T2", "reference": "T1"},
            "T3": {"timepoint": "T3", "reference": "T1"},
            "C9D1": {"day": 168, "window": 14},
        },
    )
    assert list(origins) == ["C2D1", "T2", "T3"]
    assert origins == pytest.approx(
        {"C2D1": 28, "T2": 47, "T3": float("nan")}, nan_ok=True
    )


def test_landmark_without_samples_excludes_everybody() -> None:
    found = tables(
        cohort().assign(day_C2D1=None),
        landmarks={"C2D1": {"timepoint": "T2", "reference": "T1"}},
    )
    rows = rows_of(found["survival"], endpoint="pfs", group_by="state_C2D1")
    assert {row["n"] for row in rows} == {0}
    assert sum(row["excluded"] for row in rows) == 10


def test_q_values_are_within_a_family_and_a_missing_p_does_not_count() -> None:
    p_values = [0.01, None, 0.02, 0.03, 0.5]
    tests = pd.DataFrame(
        {
            "endpoint": ["orr", "orr", "dcr", "pfs", "orr"],
            "biomarker": ["her2_group", "her2_level", "her2_group", "ecog", "age"],
            "p_value": p_values,
        }
    )
    found = adjust_within_families(tests, families=ASSOCIATION["families"])
    assert list(found["family"]) == [
        *["her2_response", "her2_response", "her2_response"],
        *["survival", "unassigned"],
    ]
    expected = [0.02, float("nan"), 0.02, 0.03, 0.5]
    assert list(found["q_value"]) == pytest.approx(expected, nan_ok=True)
