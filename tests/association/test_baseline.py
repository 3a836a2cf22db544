"""Characteristics at baseline: levels, medians, not recorded, hidden."""

from typing import Any

import pandas as pd
import pytest

from her2ctdna.association.baseline import BASELINE_COLUMNS, summarise_baseline


def cohort(**columns: list[Any]) -> pd.DataFrame:
    """Return eight patients, the last one untreated, with covariates."""
    known = {
        "patient_id": [f"P{i}" for i in range(1, 9)],
        "treated": ["yes"] * 7 + ["no"],
        "her2_group": ["zero", "zero", "zero", "low", "low", "low", None, "low"],
    }
    return pd.DataFrame(known | columns)


def summarise(patients: pd.DataFrame, *named: str) -> pd.DataFrame:
    return summarise_baseline(patients, landmarks=["C2D1"], named=named)


def rows_of(table: pd.DataFrame, variable: str, **equal: str) -> list[tuple[Any, ...]]:
    shown = table[table["variable"] == variable]
    for column, value in equal.items():
        shown = shown[shown[column] == value]
    numbers = ["level", "group", "n", "N", "value"]
    return list(shown[numbers].itertuples(index=False, name=None))


def test_levels_are_counted_in_all_and_by_group_with_who_is_not_recorded() -> None:
    hr_status = ["positive", "positive", None, "positive", "negative", None, "negative"]
    table = summarise(cohort(hr_status=[*hr_status, "negative"]))
    assert list(table.columns) == BASELINE_COLUMNS
    assert rows_of(table, "hr_status") == [
        ("negative", "all", 2, 7, pytest.approx(2 / 7)),
        ("negative", "zero", 0, 3, 0),
        ("negative", "low", 1, 3, pytest.approx(1 / 3)),
        ("positive", "all", 3, 7, pytest.approx(3 / 7)),
        ("positive", "zero", 2, 3, pytest.approx(2 / 3)),
        ("positive", "low", 1, 3, pytest.approx(1 / 3)),
        ("missing", "all", 2, 7, pytest.approx(2 / 7)),
        ("missing", "zero", 1, 3, pytest.approx(1 / 3)),
        ("missing", "low", 1, 3, pytest.approx(1 / 3)),
    ]
    positive = table[(table["level"] == "positive") & (table["group"] == "zero")]
    assert positive["patient_ids"].tolist() == ["P1;P2"]


def test_a_number_has_median_range_and_quartiles_of_those_known() -> None:
    age = [30.0, 40, 50, 60, 70, 80, None, 99]
    table = summarise(cohort(age=age))
    found = table[table["group"] == "all"].set_index("statistic")
    columns = ["n", "N", "value", "low", "high"]
    assert found.loc["median_range", columns].tolist() == [6, 7, 55, 30, 80]
    assert found.loc["median_iqr", columns].tolist() == [6, 7, 55, 42.5, 67.5]
    assert found.loc["share", ["level", "n"]].tolist() == ["missing", 1]


def test_a_number_with_few_values_is_counted_by_value() -> None:
    table = summarise(cohort(ecog=[0.0, 1, 0, 1, 1, 2, None, 0]))
    levels = rows_of(table, "ecog", group="all")
    assert [row[:3] for row in levels] == [
        *[("0", "all", 2), ("1", "all", 3), ("2", "all", 1), ("missing", "all", 1)]
    ]


def test_without_her2_there_is_one_group() -> None:
    patients = cohort(ecog=[0.0] * 8).drop(columns="her2_group")
    assert set(summarise(patients)["group"]) == {"all"}


def test_a_group_without_patients_has_no_share_and_no_median() -> None:
    patients = cohort(age=[float(i) for i in range(8)], sex=["f"] * 8)
    table = summarise(patients.assign(her2_group="low"), "sex")
    empty = table[table["group"] == "zero"]
    assert (empty["N"] == 0).all()
    assert empty[["value", "low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("born", ["1961-05-06", *["1970-01-01"] * 7]),
        ("visit", ["06.05.2024", *["07.05.2024"] * 7]),
        ("diagnosed", ["2019-04"] * 8),
        ("coded", [20190405.0] * 8),
        ("diagnosis_date", [12.0] * 8),
    ],
)
def test_a_date_is_left_out_whatever_the_config_names(column, cells) -> None:
    table = summarise(cohort(**{column: cells}), column)
    (row,) = table.to_dict("records")
    assert (row["statistic"], row["group"], row["N"]) == ("left_out", "all", 7)
    assert row["note"].startswith("a date")
    assert not any(str(cell) in table.to_csv() for cell in cells if cell != 12.0)


def test_free_text_is_left_out_unless_the_config_names_it() -> None:
    notes = [f"note {i}" for i in range(4)] + [None] * 4
    (row,) = summarise(cohort(remark=notes)).to_dict("records")
    assert row["statistic"] == "left_out"
    assert "4 different texts" in row["note"]
    assert len(summarise(cohort(remark=notes), "remark")) == 15


def test_derived_columns_are_no_covariates_but_what_is_known_at_baseline_is() -> None:
    patients = cohort(
        responder=["yes"] * 8,
        clearance_C2D1=["cleared"] * 8,
        specimen=["primary"] * 4 + ["metastasis"] * 4,
        her2_collected_day=[-10.0, -20, -30, -40, -50, -60, None, -1],
        baseline_state=["detected"] * 6 + ["missing"] * 2,
    )
    table = summarise(patients)
    variables = ["specimen", "specimen_age_days", "baseline_state"]
    assert list(dict.fromkeys(table["variable"])) == variables
    age = table[(table["statistic"] == "median_range") & (table["group"] == "all")]
    assert age[["n", "value", "low", "high"]].values.tolist() == [[6, 35, 10, 60]]
    assert rows_of(table, "baseline_state", group="all")[-1][:3] == (
        *("missing", "all", 1),
    )


def test_of_nobody_treated_there_is_nothing_to_say() -> None:
    table = summarise(cohort(sex=["f"] * 8).assign(treated="no"))
    assert rows_of(table, "sex", group="all") == [
        ("missing", "all", 0, 0, pytest.approx(float("nan"), nan_ok=True))
    ]
