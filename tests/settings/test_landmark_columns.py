"""Columns of landmarks: made and read back, and what is none of them."""

import pytest

from her2ctdna.settings.landmark_columns import (
    LandmarkColumn,
    name_clearance,
    name_reduction,
)


@pytest.mark.parametrize("landmark", ["C2D1", "C2_D1", "end_of_cycle_2", "max_A"])
@pytest.mark.parametrize(
    "result",
    [
        *["clearance", "residual_max", "state", "ratio", "day", "change", "late"],
        *["log2_ratio", "no_ctdna", "mr50", "mr99.5"],
    ],
)
def test_a_column_is_read_as_it_was_made(result: str, landmark: str) -> None:
    column = LandmarkColumn(result, landmark)
    assert column.name == f"{result}_{landmark}"
    others = ["A", "D1", landmark, "C3D1"]
    assert LandmarkColumn.parse(column.name, others) == column
    assert column.kind == ("mr" if column.reduction else result)


@pytest.mark.parametrize(
    "column",
    [
        *[
            "change_x",
            "clearance_centre",
            "clearance",
            "C2D1",
            "_C2D1",
            "residual_C2D1",
        ],
        *["residual_C2D1", "mr_C2D1", "mr._C2D1", "clearance_C2", "age_C2D1"],
        "clearance_C2D1_x",
    ],
)
def test_a_covariate_is_no_column_of_a_landmark(column: str) -> None:
    assert LandmarkColumn.parse(column, ["C2D1", "C3_D1"]) is None


def test_a_word_that_names_no_result_is_refused() -> None:
    with pytest.raises(ValueError, match="clearence: no result at a landmark"):
        LandmarkColumn("clearence", "C2D1")


@pytest.mark.parametrize(
    ("ratio", "result"),
    [(0.5, "mr50"), (0.1, "mr90"), (0.3, "mr70"), (0.005, "mr99.5")],
)
def test_molecular_response_is_named_by_its_reduction(ratio, result) -> None:
    assert name_reduction(ratio) == result
    column = LandmarkColumn(result, "C2D1")
    assert column.reduction == result.removeprefix("mr")
    assert column.kind == "mr"


def test_clearance_has_a_short_way() -> None:
    assert name_clearance("C2_D1") == "clearance_C2_D1"
