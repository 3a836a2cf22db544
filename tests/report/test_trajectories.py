"""The chart of ctDNA over time: the rows of the figure, and what can be picked."""

from typing import Any

import figure_tables
import pandas as pd
import pytest

from her2ctdna.figures.ctdna_trajectories import derive_ctdna_trajectories
from her2ctdna.report.trajectories import trajectories_spec

DRAWN = pd.DataFrame(
    [
        ("P1", "low", "PR", "A", 0.0, "detected", 0.02, None),
        ("P1", "low", "PR", "B", 21.0, "undetected", None, 0.0004),
        ("P2", None, "SD", "C", 7.0, "undetected", None, None),
        ("P2", None, "SD", "D", 14.0, "failed_qc", None, None),
    ],
    columns=[
        "patient_id",
        "her2_group",
        "bor",
        "sample_id",
        "day",
        "state",
        "level",
        "upper_bound",
    ],
)
PATIENTS = pd.DataFrame({"patient_id": ["P1", "P2"], "her2_class": ["low", None]})


def spec_of(
    drawn: pd.DataFrame, patients: pd.DataFrame, scale: str = "mean_vaf"
) -> dict[str, Any] | None:
    return trajectories_spec(drawn, patients, scale=scale, description="All.")


def rows_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = spec["datasets"][spec["data"]["name"]]
    return rows


def test_rows_are_those_of_the_figure_with_fractions_in_percent() -> None:
    spec = spec_of(DRAWN, PATIENTS)
    assert spec
    first, second, third, last = rows_of(spec)
    assert first == {
        **{"patient": "P1", "her2": "low", "week": 0.0, "day": 0.0, "sample": "A"},
        **{"state": "detected", "level": "2.00 %", "limit": "none", "height": 2.0},
    }
    assert second["week"] == 3.0
    assert (second["level"], second["limit"]) == ("none", "0.0400 %")
    assert second["height"] == pytest.approx(0.04)
    assert (third["state"], third["her2"]) == ("undetected", "missing")
    assert "height" not in third
    assert "height" not in last


def test_levels_of_an_assay_keep_their_unit() -> None:
    spec = spec_of(DRAWN, PATIENTS, scale="mtm_per_ml")
    assert spec
    assert rows_of(spec)[0]["height"] == 0.02
    assert rows_of(spec)[0]["level"] == "0.0200 MTM/mL"


def test_classes_are_listed_from_none_to_most_stained() -> None:
    cohort = figure_tables.patients(42)
    samples = figure_tables.ctdna_samples(cohort)
    spec = spec_of(derive_ctdna_trajectories(samples, cohort), cohort)
    assert spec
    colour = spec["layer"][0]["encoding"]["color"]["scale"]
    assert colour["domain"] == ["absent", "ultralow", "zero unspecified", "low"]
    assert len(set(colour["range"])) == 4
    assert len(rows_of(spec)) == 41 * len(figure_tables.DRAW_DAYS)


def test_study_without_her2_has_no_class_to_pick() -> None:
    spec = spec_of(DRAWN, PATIENTS[["patient_id"]])
    assert spec
    assert "her2" not in str(spec).lower()
    assert {choice["name"] for choice in spec["params"]} == {"patient", "pointed"}


def test_without_any_level_there_is_no_chart() -> None:
    assert spec_of(DRAWN.iloc[2:], PATIENTS) is None
    assert spec_of(DRAWN.iloc[:0], PATIENTS) is None


def test_spec_names_no_address_and_is_always_the_same() -> None:
    spec = spec_of(DRAWN, PATIENTS)
    assert "http" not in str(spec)
    assert spec_of(DRAWN, PATIENTS) == spec
