"""Milestones and competing events on the page."""

from typing import Any

import pandas as pd

from her2ctdna.association.first_events import COMPETING_COLUMNS
from her2ctdna.association.milestones import MILESTONE_COLUMNS
from her2ctdna.report.blocks import Table
from her2ctdna.report.milestone_tables import milestone_blocks
from her2ctdna.report.results import Results


def results_of(**tables: pd.DataFrame) -> Results:
    return Results(
        tables={"patients": pd.DataFrame({"patient_id": ["P1"]}), **tables},
        figures={},
        definitions={
            "response": {"clinical_benefit_days": 168},
            "ctdna": {"landmarks": {}},
        },
        study={},
        analysis="primary",
        analyses=["primary"],
        inputs_given=[],
        association={"confidence": 0.95, "milestones_days": [182.625]},
        code="",
        input_digests={},
    )


def competing(estimator: str, biased: str, incidence: float) -> dict[str, Any]:
    return {
        **{"endpoint": "progression", "competing_with": "death without progression"},
        **{"group_by": "all", "group": "all", "origin": "first_dose"},
        **{"time_days": 182.625, "n": 42, "events": 12, "competing_events": 2},
        **{"estimator": estimator, "incidence": incidence, "biased": biased},
        **{"ci_low": 0.172, "ci_high": 0.464},
    }


def test_incidence_stands_beside_the_naive_estimate_with_its_patients() -> None:
    rows = [
        competing("aalen_johansen", "no", 0.3127),
        competing("naive_1_minus_km", "yes", 0.3274),
        competing("aalen_johansen", "no", 0.1) | {"time_days": 30.0},
    ]
    table = pd.DataFrame(rows, columns=COMPETING_COLUMNS)
    (shown,) = [
        block
        for block in milestone_blocks(results_of(competing=table))
        if isinstance(block, Table)
    ]
    (row,) = shown.rows
    assert row[2:6] == ["6.0 months", "12 / 2 / 42", "31.3 % (17.2 to 46.4)", "32.7 %"]


def test_milestone_beyond_follow_up_is_not_estimable_and_says_why() -> None:
    row = {
        **{"endpoint": "ttnt", "group_by": "all", "group": "all"},
        **{"origin": "first_dose", "time_days": 365.25, "n": 3, "events": 3},
        **{"at_risk": 0, "note": "beyond follow-up, at most 297 days"},
    }
    table = pd.DataFrame([row], columns=MILESTONE_COLUMNS)
    (shown,) = [
        block
        for block in milestone_blocks(results_of(milestones=table))
        if isinstance(block, Table)
    ]
    assert shown.rows[0][3:] == [
        *["3/3", "12.0 months", "0", "not estimable"],
        "beyond follow-up, at most 297 days",
    ]


def test_without_the_tables_nothing_is_said() -> None:
    assert list(milestone_blocks(results_of())) == []
