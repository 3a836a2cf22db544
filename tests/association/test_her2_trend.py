"""The table of rates along the HER2 levels."""

import pandas as pd
import pytest
from able import with_able

from her2ctdna.association.her2_trend import TREND_COLUMNS, estimate_her2_trend

ASSOCIATION = {
    "confidence": 0.95,
    "trend_band_resamples": 200,
    "seed": 3,
    "trend_scores": [[0, 1, 2, 3], [0, 0.5, 1, 2]],
}


def cohort() -> pd.DataFrame:
    levels = ["absent"] * 7 + ["ultralow"] * 6 + ["1+"] * 17 + [None] * 3
    events = [2, 1, 5, 3]
    totals = [7, 6, 17, 3]
    responds = [
        place < event
        for event, total in zip(events, totals, strict=True)
        for place in range(total)
    ]
    patients = pd.DataFrame({"her2_level": levels, "responder": responds})
    patients["responder"] = patients["responder"].map({True: "yes", False: "no"})
    flags = ("disease_control", "clinical_benefit_registry", "clinical_benefit")
    told = patients.assign(
        treated="yes",
        ctdna_evaluable="yes",
        clearance_C2D1=["cleared", "not_cleared", "missing"] * 11,
        **dict.fromkeys(flags, "yes"),
    )
    return with_able(told, "C2D1")


def test_each_level_has_its_rate_and_the_fit_that_never_falls() -> None:
    table = estimate_her2_trend(
        cohort(), landmarks=["C2D1"], response=True, association=ASSOCIATION
    )
    orr = table[table["endpoint"] == "orr"]
    assert orr[["group", "score", "n", "N"]].values.tolist() == [
        ["absent", 0, 2, 7],
        ["ultralow", 1, 1, 6],
        ["1+", 2, 5, 17],
        ["2+", 3, 0, 0],
    ]
    fitted = [3 / 13, 3 / 13, 5 / 17, float("nan")]
    assert list(orr["monotone"]) == pytest.approx(fitted, nan_ok=True)
    known = orr["monotone"].notna()
    assert (orr["monotone_low"] <= orr["monotone"])[known].all()
    assert (orr["monotone"] <= orr["monotone_high"])[known].all()
    assert orr["monotone_low"].isna().tolist() == [False, False, False, True]


def test_clearance_counts_those_of_whom_it_is_known() -> None:
    table = estimate_her2_trend(
        cohort(), landmarks=["C2D1", "C3D1"], response=False, association=ASSOCIATION
    )
    assert set(table["endpoint"]) == {"clearance_C2D1"}
    assert set(table["population"]) == {"clearance_able"}
    assert list(table["N"]) == [5, 4, 11, 0]


def test_study_without_rates_has_an_empty_table_with_its_columns() -> None:
    table = estimate_her2_trend(
        cohort(), landmarks=[], response=False, association=ASSOCIATION
    )
    assert table.empty
    assert list(table.columns) == TREND_COLUMNS


def test_courses_of_her2_follow_where_they_are_known():
    courses = ["stable_zero", "gained", "stable_low", "one_reading"]
    patients = pd.DataFrame(
        {
            "patient_id": list("ABCD"),
            "treated": "yes",
            "responder": ["no", "yes", "yes", "yes"],
            "disease_control": "yes",
            "clinical_benefit_registry": "yes",
            "clinical_benefit": "yes",
            "her2_level": ["absent", "1+", "2+", "1+"],
            "her2_dynamics": courses,
        },
        dtype=object,
    )
    settings = {"confidence": 0.95, "trend_band_resamples": 10, "seed": 1}
    settings["trend_scores"] = [[0, 1, 2, 3]]
    table = estimate_her2_trend(
        patients, landmarks=[], response=True, association=settings
    )
    own = table[(table["endpoint"] == "orr") & (table["group_by"] == "her2_dynamics")]
    assert own["group"].to_list() == [
        *("stable_zero", "lost", "ever_low", "gained", "stable_low"),
    ]
    assert own["score"].to_list() == [0, 1, 2, 3, 4]
    assert own["N"].to_list() == [1, 0, 0, 1, 1]
    assert own["n"].to_list() == [0, 0, 0, 1, 1]
