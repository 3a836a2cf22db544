"""Adjusted odds ratios of HER2, and subgroups, on a cohort counted by hand."""

from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import pytest

from her2ctdna.association.adjusted_ratios import code_covariates, contrast_adjusted
from her2ctdna.association.comparisons import Comparison, find_comparisons
from her2ctdna.association.subgroups import contrast_subgroups, estimate_interactions
from her2ctdna.sets.groupings import find_groupings
from her2ctdna.statistics.firth import fit_firth

NEEDED = {"least": 2, "few": 5}
# her2_group, hr_status, responder, and how many patients
CELLS = [
    ("zero", "negative", "yes", 2),
    ("zero", "negative", "no", 6),
    ("zero", "positive", "yes", 5),
    ("zero", "positive", "no", 5),
    ("low", "negative", "yes", 6),
    ("low", "negative", "no", 4),
    ("low", "positive", "yes", 9),
    ("low", "positive", "no", 5),
    ("low", None, "yes", 3),
    (None, "positive", "yes", 4),
]


def cohort(cells: list[tuple[Any, ...]] = CELLS) -> pd.DataFrame:
    rows = [
        (group, status, response)
        for group, status, response, n in cells
        for _ in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["her2_group", "hr_status", "responder"])
    flags = ("disease_control", "clinical_benefit_registry", "clinical_benefit")
    return frame.assign(
        patient_id=[f"P{number}" for number in range(len(frame))],
        treated="yes",
        response_evaluable="yes",
        prior_lines=np.arange(len(frame)) % 3 + 1.0,
        **dict.fromkeys(flags, "yes"),
    )


def questions(patients: pd.DataFrame) -> list[Comparison]:
    groupings = find_groupings(patients, landmarks=[], columns=["hr_status"])
    return find_comparisons(
        patients,
        rates=["orr"],
        hazards=[],
        groupings=groupings,
        origins={},
        count_first_day=True,
    )


def adjusted(
    patients: pd.DataFrame, covariates: list[str], **needed: float
) -> dict[str, Any]:
    (row,) = contrast_adjusted(
        patients,
        questions(patients),
        covariates=covariates,
        confidence=0.95,
        needed=NEEDED | needed,
    )
    return row


def test_adjusted_ratio_is_that_of_the_model_in_who_has_every_covariate() -> None:
    patients = cohort()
    row = adjusted(patients, ["hr_status", "prior_lines", "ecog"])
    assert row["adjusted_for"] == "hr_status;prior_lines"
    assert (row["group"], row["reference"]) == ("low", "zero")
    assert (row["n"], row["events"]) == (24, 15)
    assert (row["n_reference"], row["events_reference"]) == (18, 7)
    complete = patients.dropna(subset=["her2_group", "hr_status"])
    design = np.column_stack(
        [
            complete["her2_group"] == "low",
            complete["hr_status"] == "positive",
            complete["prior_lines"],
        ]
    ).astype(float)
    event = (complete["responder"] == "yes").to_numpy()
    expected = fit_firth(design, event, column=0, confidence=0.95)
    found = (row["estimate"], row["ci_low"], row["ci_high"], row["p_value"])
    assert found == pytest.approx(expected[:4])
    assert (row["ci_method"], row["test"]) == (
        "firth_profile",
        "firth_likelihood_ratio",
    )
    assert row["note"] is None


def test_few_events_per_parameter_are_noted_and_very_few_not_estimated() -> None:
    patients = cohort()
    few = adjusted(patients, ["hr_status", "prior_lines"], few=8)
    assert few["estimate"] > 1
    text = "20 patients with the rarer outcome for 3 parameters"
    assert few["note"] == f"read with care: {text}, fewer than 8 each"
    none = adjusted(patients, ["hr_status", "prior_lines"], least=7, few=8)
    assert isnan(none["estimate"])
    assert isnan(none["p_value"])
    assert none["note"] == f"not estimated: {text}, fewer than 7 each"
    assert none["n"] == 24


def test_covariate_that_is_the_group_is_not_identifiable() -> None:
    patients = cohort()
    patients["site"] = patients["her2_group"].map({"zero": "A", "low": "B"})
    row = adjusted(patients, ["site"])
    assert isnan(row["estimate"])
    assert "not identifiable" in row["note"]


def test_covariate_with_one_value_is_named_and_does_not_adjust() -> None:
    patients = cohort().assign(country="X")
    row = adjusted(patients, ["country"])
    assert row["note"] == "country has one value"
    assert row["estimate"] == pytest.approx(18.5 * 11.5 / (9.5 * 7.5), rel=1e-6)


def test_nobody_responding_or_no_complete_patient_says_so() -> None:
    none = adjusted(cohort().assign(responder="no"), ["hr_status"])
    assert none["note"] == "no patient has the event"
    unknown = adjusted(cohort().assign(hr_status=None), ["hr_status"])
    assert unknown["note"].startswith("a group without patients")
    assert (unknown["n"], unknown["n_reference"]) == (0, 0)


def test_study_without_covariates_has_no_adjusted_rows() -> None:
    patients = cohort()
    rows = contrast_adjusted(
        patients, questions(patients), covariates=[], confidence=0.95, needed=NEEDED
    )
    assert list(rows) == []


def test_words_become_indicators_and_numbers_stay() -> None:
    frame = pd.DataFrame({"word": ["b", "a", "c", "a"], "number": [2.0, 1, 2, 5]})
    coded, constant = code_covariates(frame.assign(same="x"))
    assert coded.tolist() == [[1, 0, 2], [0, 0, 1], [0, 1, 2], [0, 0, 5]]
    assert constant == ["same"]


def subgroup_rows(patients: pd.DataFrame) -> tuple[list[Any], list[Any]]:
    groupings = find_groupings(patients, landmarks=[], columns=["hr_status"])
    splits = [found for found in groupings if found.column == "hr_status"]
    asked = questions(patients)
    rows = contrast_subgroups(patients, asked, splits, confidence=0.95)
    tests = estimate_interactions(patients, asked, splits, numbers=[], needed=NEEDED)
    return list(rows), list(tests)


def test_subgroups_are_counted_by_themselves_and_have_no_p_of_their_own() -> None:
    rows, _ = subgroup_rows(cohort())
    counted = {
        row["subgroup"]: (
            *(row["events"], row["n"], row["events_reference"], row["n_reference"]),
        )
        for row in rows
    }
    assert counted == {
        "hr_status=negative": (6, 10, 2, 8),
        "hr_status=positive": (9, 14, 5, 10),
    }
    assert len(rows) == 8
    assert all(isnan(row["p_value"]) for row in rows)
    assert {row["test"] for row in rows} == {None}


def test_interaction_is_tested_once_a_covariate() -> None:
    (test,) = subgroup_rows(cohort())[1]
    assert (test["subgroup"], test["role"]) == ("hr_status", "interaction")
    assert (test["n"], test["events"]) == (42, 22)
    assert 0.05 < test["p_value"] < 1
    assert test["note"] is None


def test_opposite_effects_in_subgroups_give_a_small_interaction_p() -> None:
    cells = [
        *[("zero", "negative", "yes", 1), ("zero", "negative", "no", 14)],
        *[("low", "negative", "yes", 14), ("low", "negative", "no", 1)],
        *[("zero", "positive", "yes", 14), ("zero", "positive", "no", 1)],
        *[("low", "positive", "yes", 1), ("low", "positive", "no", 14)],
    ]
    (test,) = subgroup_rows(cohort(cells))[1]
    assert test["p_value"] < 1e-6


def test_interaction_that_cannot_be_carried_has_no_p_and_says_why() -> None:
    (one,) = subgroup_rows(cohort().assign(responder="no"))[1]
    assert isnan(one["p_value"])
    assert one["note"] == "no patient has the event"
    empty = [*CELLS[:4], ("low", "negative", "yes", 6), ("low", "negative", "no", 5)]
    rows, (test,) = subgroup_rows(cohort(empty))
    assert isnan(test["p_value"])
    assert "not identifiable" in test["note"]
    assert {row["note"] for row in rows if row["subgroup"] == "hr_status=positive"} == {
        "a group without patients"
    }


def test_interaction_with_a_number_is_that_of_its_product() -> None:
    patients = cohort()
    patients.loc[0, "prior_lines"] = np.nan
    asked = questions(patients)
    (test,) = estimate_interactions(
        patients, asked, [], numbers=["prior_lines", "ecog"], needed=NEEDED
    )
    assert (test["subgroup"], test["n"]) == ("prior_lines", 44)
    known = patients.dropna(subset=["her2_group", "prior_lines"])
    low = (known["her2_group"] == "low").to_numpy(dtype=float)
    lines = known["prior_lines"].to_numpy()
    event = (known["responder"] == "yes").to_numpy()
    design = np.column_stack([low, lines, low * lines])
    expected = fit_firth(design, event, column=2, confidence=0.95)
    assert test["p_value"] == pytest.approx(expected.p_value, abs=1e-6)


def test_covariate_with_one_level_makes_no_subgroups() -> None:
    rows, tests = subgroup_rows(cohort().assign(hr_status="positive"))
    assert rows == tests == []
