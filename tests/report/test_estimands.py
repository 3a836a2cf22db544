"""The estimands follow from the config: each setting changes the cells it decides."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

import pytest

from her2ctdna.report.estimands import Estimand, list_estimands
from her2ctdna.wording import USUAL_START

FROM_FIRST_DOSE = dict.fromkeys(("pfs", "os"), USUAL_START)


@pytest.fixture
def definitions(defaults: dict[str, Any]) -> dict[str, Any]:
    return defaults["definitions"]


def estimands(
    definitions: dict[str, Any],
    *,
    starts: Mapping[str, str] = FROM_FIRST_DOSE,
    durations: Collection[str] = ("tot", "ttnt"),
    has_response: bool = True,
    has_ctdna: bool = True,
) -> dict[str, Estimand]:
    found = list_estimands(
        definitions,
        starts=starts,
        durations=durations,
        has_response=has_response,
        has_ctdna=has_ctdna,
    )
    return {estimand.endpoint: estimand for estimand in found}


def changed(definitions: dict[str, Any], key: str, value: object) -> dict[str, Any]:
    laid = deepcopy(definitions)
    *path, last = key.split(".")
    part = laid
    for name in path:
        part = part[name]
    part[last] = value
    return laid


def test_every_endpoint_has_every_cell(definitions: dict[str, Any]) -> None:
    found = estimands(definitions)
    assert list(found) == [
        *["ORR", "DCR", "CBR (any duration)", "CBR (168 days)", "PFS", "OS", "DoR"],
        *["Time on treatment", "Time to next treatment"],
        *["Clearance at C2D1", "PFS and OS by clearance at C2D1"],
        *["Clearance at C3D1", "PFS and OS by clearance at C3D1"],
    ]
    assert all(cell for estimand in found.values() for cell in estimand)


def test_what_the_study_lacks_has_no_estimand(definitions: dict[str, Any]) -> None:
    lacking: dict[str, Any] = {"has_response": False, "has_ctdna": False}
    found = estimands(definitions, durations=["tot"], **lacking)
    assert list(found) == ["PFS", "OS", "Time on treatment"]
    found = estimands(definitions, starts={"os": "diagnosis"}, durations=(), **lacking)
    assert list(found) == ["OS"]
    assert found["OS"].variable.startswith("from diagnosis to death")


def test_supplied_pfs_is_told_as_supplied(definitions: dict[str, Any]) -> None:
    found = estimands(
        definitions, starts={"pfs": "randomisation"}, durations=(), has_response=False
    )
    assert found["PFS"].variable == (
        "from randomisation to progression or death, as supplied"
    )
    assert "assess" not in " ".join(found["PFS"])


@pytest.mark.parametrize(
    ("key", "value", "endpoint", "cell", "word"),
    [
        ("response.new_therapy", "ignore", "PFS", "new_therapy", "treatment policy"),
        ("response.new_therapy", "ignore", "DoR", "new_therapy", "treatment policy"),
        ("response.new_therapy", "ignore", "ORR", "new_therapy", "count"),
        ("response.missed_assessment_days", 90, "PFS", "missed_assessments", "90 days"),
        ("response.missed_assessment_days", 90, "DoR", "missed_assessments", "90 days"),
        ("response.ne_is_adequate", True, "PFS", "missed_assessments", "counts as"),
        ("response.confirmed", False, "ORR", "variable", "confirmed or not"),
        ("response.confirmed", False, "DoR", "population", "confirmed or not"),
        ("response.confirmation_days", 35, "ORR", "variable", "after 35 days"),
        ("response.max_ne_between", 2, "ORR", "variable", "at most 2 NE"),
        ("response.accept_sd_between_pr", True, "DCR", "variable", "or one SD"),
        ("response.sd_min_days", 50, "DCR", "variable", "from day 50"),
        ("response.sd_min_days", 50, "DCR", "missed_assessments", "before day 50"),
        ("response.source", "lesions", "ORR", "variable", "derived from lesions"),
        ("response.evaluator", "independent", "PFS", "variable", "independent"),
        ("response.count_first_day", False, "OS", "variable", "to death"),
        ("response.truncate_days.pfs", 700, "PFS", "variable", "after 700 days"),
        ("response.truncate_days.os", 900, "OS", "variable", "after 900 days"),
        (
            "response.treatment_gap_days",
            60,
            "Time on treatment",
            "discontinuation",
            "60",
        ),
        (
            "ctdna.clearance_max_fraction",
            0.2,
            "Clearance at C2D1",
            "population",
            "20 %",
        ),
        ("ctdna.alpha", 0.01, "Clearance at C2D1", "variable", "alpha 0.01"),
        ("association.confidence", 0.9, "ORR", "summary", "90 %"),
        ("association.confidence", 0.9, "PFS", "summary", "90 %"),
    ],
)
def test_a_setting_changes_the_cell_that_it_decides(
    definitions: dict[str, Any],
    key: str,
    value: object,
    endpoint: str,
    cell: str,
    word: str,
) -> None:
    before = getattr(estimands(definitions)[endpoint], cell)
    after = getattr(estimands(changed(definitions, key, value))[endpoint], cell)
    assert before != after
    assert word in after


def test_the_days_of_a_benefit_name_its_endpoint(definitions: dict[str, Any]) -> None:
    found = estimands(changed(definitions, "response.clinical_benefit_days", 180))
    assert "from day 180" in found["CBR (180 days)"].variable


def test_a_landmark_is_told_by_its_days_or_by_its_label(
    definitions: dict[str, Any],
) -> None:
    assert (
        "on day 21 \N{PLUS-MINUS SIGN} 7"
        in estimands(definitions)["Clearance at C2D1"].variable
    )
    landmarks = {"T2": {"timepoint": "T2", "reference": "T1"}}
    found = estimands(changed(definitions, "ctdna.landmarks", landmarks))
    assert "at time point T2, against T1" in found["Clearance at T2"].variable
