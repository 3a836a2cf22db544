"""Outcomes of the treated where a measurement is known, and where it is missing."""

import pandas as pd
import pytest

from her2ctdna.association.missing_data import MISSING_COLUMNS, count_missing
from her2ctdna.statistics.proportions import compute_rate_interval

SETS = [
    ("enrolled", "population", None, "P1;P2;P3;P4;P5;P6", None),
    ("all_treated", "population", "enrolled", "P1;P2;P3;P4;P5", None),
    ("her2_evaluable", "population", "all_treated", "P1;P2;P3", "2 HER2 missing"),
    ("landmark_C2D1", "population", "all_treated", "P1", "4 missing"),
    ("hr_status=known", "covariate", "enrolled", "P1;P2;P3;P4;P5;P6", None),
    ("hr_status=positive", "group", "enrolled", "P1;P2", None),
    ("best_change_percent=known", "outcome", "enrolled", "P1", None),
    ("responder=yes", "outcome", "enrolled", "P1;P2;P4", None),
    ("pfs", "followed", "all_treated", "P1;P2;P3;P4", None),
    ("pfs_event=yes", "outcome", "enrolled", "P3;P4", None),
]


def flow(*without: str) -> pd.DataFrame:
    columns = ["set", "kind", "within", "patient_ids", "reason"]
    table = pd.DataFrame(SETS, columns=columns)
    return table[~table["set"].isin(without)]


def test_each_measurement_has_both_sides_of_both_outcomes() -> None:
    table = count_missing(flow(), confidence=0.95)
    assert list(table.columns) == MISSING_COLUMNS
    shown = table[["measured", "endpoint", "status", "n", "N", "patient_ids"]]
    shown = shown.where(shown.notna(), None)
    assert list(shown.itertuples(index=False, name=None)) == [
        ("her2_evaluable", "orr", "known", 2, 3, "P1;P2"),
        ("her2_evaluable", "orr", "missing", 1, 2, "P4"),
        ("her2_evaluable", "pfs", "known", 1, 3, "P3"),
        ("her2_evaluable", "pfs", "missing", 1, 1, "P4"),
        ("landmark_C2D1", "orr", "known", 1, 1, "P1"),
        ("landmark_C2D1", "orr", "missing", 2, 4, "P2;P4"),
        ("landmark_C2D1", "pfs", "known", 0, 1, None),
        ("landmark_C2D1", "pfs", "missing", 2, 3, "P3;P4"),
        ("hr_status=known", "orr", "known", 3, 5, "P1;P2;P4"),
        ("hr_status=known", "orr", "missing", 0, 0, None),
        ("hr_status=known", "pfs", "known", 2, 4, "P3;P4"),
        ("hr_status=known", "pfs", "missing", 0, 0, None),
    ]


def test_response_has_an_interval_and_events_of_pfs_have_none() -> None:
    table = count_missing(flow(), confidence=0.95)
    first = table.iloc[0]
    assert (first["ci_low"], first["ci_high"]) == pytest.approx(
        compute_rate_interval(2, 3, method="clopper_pearson", confidence=0.95)
    )
    assert first["rate"] == pytest.approx(2 / 3)
    of_pfs = table[table["endpoint"] == "pfs"]
    assert of_pfs[["rate", "ci_low", "ci_high"]].isna().all(axis=None)
    nobody = table[(table["N"] == 0) & (table["endpoint"] == "orr")]
    assert nobody["rate"].isna().all()


def test_reason_stands_beside_those_missing() -> None:
    table = count_missing(flow(), confidence=0.95)
    reasons = table.groupby(["measured", "status"], sort=False)["reason"].first()
    assert reasons["her2_evaluable", "missing"] == "2 HER2 missing"
    assert pd.isna(reasons["her2_evaluable", "known"])


def test_study_without_response_has_its_events_alone() -> None:
    table = count_missing(flow("responder=yes"), confidence=0.95)
    assert set(table["endpoint"]) == {"pfs"}
    assert len(table) == 6


def test_study_in_which_nothing_can_be_missing_has_no_rows() -> None:
    given = flow("her2_evaluable", "landmark_C2D1", "hr_status=known")
    table = count_missing(given, confidence=0.95)
    assert table.empty
    assert list(table.columns) == MISSING_COLUMNS
