"""The table of patients: what is written of each, and what it sorts and filters by."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest

from her2ctdna.report.blocks import Ranked
from her2ctdna.report.chapters.each_patient import NOTHING, patient_table

PATIENTS = pd.DataFrame(
    {
        "patient_id": ["P1", "P2"],
        "treated": ["yes", "no"],
        "her2_class": ["zero_unspecified", None],
        "her2_group": ["zero", None],
        "bor": ["NON-CR/NON-PD", "MISSING"],
        "confirmed_bor": ["SD", "MISSING"],
        "confirmed_bor_reason": ["SD on day 63", None],
        "responder": ["no", None],
        "best_change_percent": [-12.4, None],
        "pfs_days": [304.375, None],
        "pfs_event": ["yes", None],
        "pfs_reason": ["progression", None],
        "os_days": [304.375, None],
        "os_event": ["no", None],
        "os_reason": ["alive", None],
        "baseline_state": ["detected", "undetected"],
        "baseline_level": [0.0123456, 0.0],
        "clearance_C2D1": ["cleared", "not_shedding"],
        "ecog": [1.0, None],
        "hr_status": ["positive", None],
    }
)


CHAPTERS = frozenset({"her2", "response", "ctdna"})


@dataclass(frozen=True)
class Study:
    patients: pd.DataFrame
    level_scale: str
    chapters: frozenset[str] = CHAPTERS
    response: dict[str, Any] = field(default_factory=lambda: {"confirmed": True})
    landmarks: tuple[str, ...] = ("C2D1",)
    association: dict[str, Any] = field(
        default_factory=lambda: {"covariates": ["ecog", "hr_status", "age"]}
    )

    @property
    def members(self) -> "Study":
        return self

    def resolve(self, endpoint: str) -> tuple[str, ...]:
        followed = self.patients[f"{endpoint}_days"].notna()
        return tuple(self.patients.loc[followed, "patient_id"])


def rows(
    patients: pd.DataFrame = PATIENTS,
    level_scale: str = "mean_vaf",
    chapters: frozenset[str] = CHAPTERS,
) -> list[dict[str, Any]]:
    study = Study(patients, level_scale, chapters)
    table = patient_table(study)  # type: ignore[arg-type]
    assert table.explored
    titles = [column.title for column in table.columns]
    return [dict(zip(titles, row, strict=True)) for row in table.rows]


def test_numbers_are_shown_rounded_and_sort_exactly() -> None:
    row = rows()[0]
    assert row["Patient"] == "P1"
    assert row["Best change, %"] == Ranked("\N{MINUS SIGN}12", -12.4)
    assert row["Best change, %"].sought == "-12"
    assert row["PFS, months"] == Ranked("10.0", pytest.approx(10.0))
    assert row["Level at baseline, %"] == Ranked("1.23", pytest.approx(1.23456))
    assert row["ECOG"] == Ranked("1", 1.0)


def test_words_sort_by_their_meaning() -> None:
    row = rows()[0]
    assert row["HER2 class"] == Ranked("zero unspecified", 2)
    assert row["Confirmed"] == Ranked("SD", 2)
    assert row["Unconfirmed"] == Ranked("NON-CR/NON-PD", 3)
    assert row["Clearance at C2D1"] == Ranked("cleared", 0)
    assert row["PFS event"].text == "event: progression"
    assert row["OS event"].text == "censored: alive"
    assert row["PFS event"].order < row["OS event"].order


def test_what_is_missing_has_nothing_to_sort_by_and_undetected_is_a_word() -> None:
    row = rows()[1]
    missing = [title for title, cell in row.items() if cell == Ranked(NOTHING, None)]
    assert missing == [
        *["HER2 class", "HER2 group", "Which counts, and why", "Responder"],
        *["Best change, %", "PFS, months", "PFS event", "OS, months", "OS event"],
        *["Level at baseline, %", "ECOG", "HR status"],
    ]
    assert row["ctDNA at baseline"].text == "undetected"
    assert row["Clearance at C2D1"].text == "not shedding"
    assert row["Confirmed"].text == "MISSING"


def test_study_has_no_column_of_what_it_was_not_given() -> None:
    lacking = PATIENTS.assign(pfs_days=None)
    assert list(rows(lacking, chapters=frozenset())[0]) == [
        *["Patient", "Treated", "OS, months", "OS event", "Clearance at C2D1"],
        *["ECOG", "HR status"],
    ]


def test_times_that_count_from_something_else_say_so() -> None:
    given = PATIENTS.assign(pfs_reason="supplied, from diagnosis")
    assert "PFS from diagnosis, months" in rows(given)[0]


def test_a_filter_reads_numbers_written_with_a_power() -> None:
    row = rows(PATIENTS.assign(baseline_level=2.5e7), level_scale="mtm_per_ml")[0]
    assert "10^7" in row["Level at baseline, MTM/mL"].text
    assert row["Level at baseline, MTM/mL"].sought == "2.5e+07"


def test_nobody_gives_a_table_without_rows() -> None:
    assert rows(PATIENTS.iloc[:0]) == []
