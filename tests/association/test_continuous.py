"""Continuous biomarkers: who has a value, what is estimated, and what cannot be."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from her2ctdna.association.continuous import BIOMARKER_COLUMNS, estimate_continuous
from her2ctdna.association.continuous_values import find_biomarkers

PATIENTS = """\
patient_id treated ctdna_evaluable responder best_change_percent pfs_days pfs_event \
os_days os_event baseline_sample_id baseline_state baseline_level \
clearance_C2D1 ratio_C2D1
P1 yes yes yes -60 300 yes 400 no S1 detected 0.16 cleared 0.001
P2 yes yes yes -40 250 no 390 no S2 detected 0.08 not_cleared 0.125
P3 yes yes no -10 200 yes 300 yes S3 detected 0.04 not_cleared 0.5
P4 yes yes no 5 90 yes 200 yes S4 detected 0.02 not_cleared 2
P5 yes yes no 20 60 yes 100 yes S5 undetected 0 not_shedding .
P6 yes yes no . 20 yes 50 yes S6 detected 0.01 uninformative 0.004
P7 yes no yes -50 150 yes 200 yes S7 not_evaluable . uninformative .
P8 no no . . . . . . . missing . missing .
"""
SAMPLES = """\
sample_id mean_vaf max_vaf
S1 0.16 0.3
S2 0.08 0.2
S3 0.04 0.1
S4 0.02 0.1
S5 0 0
S6 0.01 .
S7 . .
"""
ASSOCIATION = {
    **{"confidence": 0.95, "permutations": 10000, "seed": 1},
    **{"spline_events": 30, "cutpoints": {}, "cutpoint_resamples": 50},
}


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text), sep=" ", na_values=".")


def estimate(patients: pd.DataFrame | None = None, **changes) -> pd.DataFrame:
    options = {
        "landmarks": {"C2D1": {"day": 21, "window": 7}},
        "metric": "mean_vaf",
        "count_first_day": True,
        "response": True,
        "association": ASSOCIATION,
    }
    patients = table(PATIENTS) if patients is None else patients
    return estimate_continuous(patients, table(SAMPLES), **(options | changes))


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return estimate()


def only(rows: pd.DataFrame, biomarker: str, endpoint: str, measure: str):
    found = rows[
        (rows["biomarker"] == biomarker)
        & (rows["endpoint"] == endpoint)
        & (rows["measure"] == measure)
    ]
    assert len(found) == 1
    return found.iloc[0]


def test_patients_with_a_value_are_those_that_can_tell() -> None:
    patients = table(PATIENTS)
    found = {
        biomarker.name: dict(
            zip(
                patients["patient_id"][biomarker.values.index],
                biomarker.values,
                strict=True,
            )
        )
        for biomarker in find_biomarkers(
            patients, table(SAMPLES), origins={"C2D1": 28}, metric="mean_vaf"
        )
    }
    assert list(found) == ["baseline_level", "baseline_max_vaf", "ratio_C2D1"]
    assert list(found["baseline_level"]) == ["P1", "P2", "P3", "P4", "P5", "P6"]
    assert found["baseline_level"]["P5"] == -float("inf")
    assert list(found["baseline_max_vaf"]) == ["P1", "P2", "P3", "P4", "P5"]
    # P1 cleared; P5 sheds nothing; P6 could not have seen enough
    infinite = -float("inf")
    assert found["ratio_C2D1"] == {"P1": infinite, "P2": -3, "P3": -1, "P4": 1}


def test_level_is_compared_by_rank_between_responders_and_others(rows) -> None:
    fold = only(rows, "baseline_level", "orr", "fold_in_responders")
    assert (fold["n"], fold["events"], fold["below_detection"]) == (6, 2, 1)
    assert fold["patient_ids"] == "P1;P2;P3;P4;P5;P6"
    assert fold["p_value"] == pytest.approx(2 / 15)
    area = only(rows, "baseline_level", "orr", "auc")
    assert (area["estimate"], area["p_value"]) == (1, fold["p_value"])


def test_level_is_compared_by_rank_between_her2_groups() -> None:
    groups = ["low", "low", "zero", "zero", None, "low"]
    rows = estimate(table(PATIENTS).head(6).assign(her2_group=groups))
    fold = only(rows, "baseline_level", "her2_group", "fold_in_her2_low")
    assert (fold["n"], fold["events"], fold["test"]) == (5, 3, "rank_sum_exact")
    assert fold["patient_ids"] == "P1;P2;P3;P4;P6"
    values = table(PATIENTS)["baseline_level"].head(6)
    ratios = np.log2(
        [values[low] / values[zero] for low in (0, 1, 5) for zero in (2, 3)]
    )
    assert np.log2(fold["estimate"]) == pytest.approx(np.median(ratios))


def test_study_without_her2_groups_has_no_row_of_them(rows) -> None:
    nobody = estimate(table(PATIENTS).assign(her2_group=None))
    for found in (rows, nobody):
        assert "her2_group" not in set(found["endpoint"])


def test_one_her2_group_gives_a_reason_and_no_number() -> None:
    rows = estimate(table(PATIENTS).assign(her2_group="low"))
    found = rows[rows["endpoint"] == "her2_group"]
    assert found["estimate"].isna().all()
    assert set(found["note"]) == {"a group without patients"}


def test_change_is_correlated_with_all_and_sloped_on_the_detected(rows) -> None:
    correlation = only(rows, "baseline_level", "best_change_percent", "spearman")
    assert (correlation["n"], correlation["estimate"]) == (5, -1)
    slope = only(
        rows, "baseline_level", "best_change_percent", "theil_sen_per_doubling"
    )
    assert (slope["n"], slope["patient_ids"]) == (4, "P1;P2;P3;P4")
    expected = stats.theilslopes([-60, -40, -10, 5], [3, 2, 1, 0]).slope
    assert slope["estimate"] == pytest.approx(expected)


def test_time_is_counted_from_the_landmark_in_those_still_followed(rows) -> None:
    pfs = only(rows, "ratio_C2D1", "pfs", "hazard_ratio_per_doubling")
    assert (pfs["origin"], pfs["n"], pfs["below_detection"]) == ("C2D1", 3, 1)
    assert pfs["patient_ids"] == "P2;P3;P4"
    gone = table(PATIENTS).assign(pfs_days=20.0)
    pfs = only(estimate(gone), "ratio_C2D1", "pfs", "hazard_ratio_per_doubling")
    assert (pfs["n"], pfs["note"]) == (0, "no patients")


def test_few_events_allow_no_spline_and_many_do(rows) -> None:
    bend = only(rows, "baseline_level", "os", "departure_from_line")
    assert pd.isna(bend["p_value"])
    assert bend["note"] == "fewer than 30 events"
    bend = only(
        estimate(association=ASSOCIATION | {"spline_events": 3}),
        "baseline_level",
        "os",
        "departure_from_line",
    )
    assert pd.isna(bend["note"]) != pd.isna(bend["p_value"])


@pytest.mark.parametrize("word", ["yes", "no"])
def test_one_outcome_only_gives_reasons_and_no_number(word: str) -> None:
    rows = estimate(table(PATIENTS).assign(responder=word))
    found = rows[rows["endpoint"] == "orr"]
    assert found["estimate"].isna().all()
    assert set(found["note"]) == {"a group without patients"}


def test_values_all_tied_or_all_undetected_give_reasons(recwarn) -> None:
    patients = table(PATIENTS).assign(baseline_level=0.5, baseline_state="detected")
    rows = estimate(patients)
    level = rows[rows["biomarker"] == "baseline_level"]
    told = level[level["estimate"].notna()]
    assert set(told["measure"]) == {"fold_in_responders", "auc"}
    assert (told["p_value"] == 1).all()
    estimate(table(PATIENTS).assign(baseline_state="undetected"))
    assert list(recwarn) == []


def test_nobody_evaluable_gives_rows_without_numbers() -> None:
    rows = estimate(table(PATIENTS).assign(ctdna_evaluable="no"))
    assert set(rows["n"]) == {0}
    assert rows["estimate"].isna().all()
    assert rows["p_value"].isna().all()
    assert rows["note"].notna().all()
    assert list(rows.columns) == BIOMARKER_COLUMNS


def test_no_number_is_infinite(rows) -> None:
    numbers = rows[["estimate", "ci_low", "ci_high", "p_value", "statistic"]]
    assert not numbers.isin([float("inf"), -float("inf")]).any(axis=None)


def test_cut_off_is_made_only_where_the_config_asks_for_one(rows) -> None:
    assert not rows["measure"].str.contains("cut|youden").any()
    asked = ASSOCIATION | {"cutpoints": {"ratio_C2D1": "youden"}}
    found = estimate(association=asked)
    cut = found[found["measure"].str.contains("cut|youden")]
    assert list(cut["measure"]) == [
        *["cutpoint_log2", "youden_apparent", "youden_corrected"]
    ]
    assert cut["test"].isna().all()
    wrong = ASSOCIATION | {"cutpoints": {"ratio_C9": "youden"}}
    with pytest.raises(ValueError, match=r"no biomarker ratio_C9; this study has base"):
        estimate(association=wrong)


def test_study_without_response_has_times_alone() -> None:
    assert set(estimate(response=False)["endpoint"]) == {"pfs", "os"}
