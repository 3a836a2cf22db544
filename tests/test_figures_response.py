"""The numbers behind the figures of response, and that they are what is drawn."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.figures.spider import derive_spider, plot_spider
from her2ctdna.figures.style import DAYS_PER_MONTH, figure_style
from her2ctdna.figures.swimmer import derive_swimmer, plot_swimmer
from her2ctdna.figures.waterfall import derive_waterfall, plot_waterfall
from her2ctdna.visits import derive_target_changes

STUDY = {
    "id": "S",
    "title": "T",
    "synthetic": False,
    "analysis": "primary",
    "definitions": "0123abcd",
}


def patients() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_id": ["A", "B", "C", "D", "E"],
            "treated": ["yes", "yes", "yes", "yes", "no"],
            "her2_group": ["low", "zero", "low", None, "low"],
            "bor": ["PR", "PD", "MISSING", "SD", None],
            "confirmed_bor": ["SD", "PD", "MISSING", "SD", None],
            "best_change_percent": [-40.0, 130.0, np.nan, -40.0, np.nan],
            "clearance_C2D1": ["cleared", None, "missing", "not_cleared", None],
            "responder": ["yes", "no", "no", "no", None],
            "response_day": [42.0, np.nan, np.nan, np.nan, np.nan],
            "pfs_days": [200.0, 40.0, 1.0, 300.0, np.nan],
            "pfs_reason": ["death", "progression", None, "truncated", None],
            "os_days": [200.0, 90.0, 30.0, 400.0, np.nan],
            "os_event": ["yes", "yes", "no", "no", None],
        }
    )


def visits() -> pd.DataFrame:
    rows = [
        ("A", -7.0, "investigator", 50.0, None),
        ("A", 42.0, "investigator", 25.0, "no"),
        ("A", 84.0, None, 60.0, "yes"),
        ("A", 84.0, "independent", 10.0, "no"),
        ("B", 42.0, "investigator", 20.0, "no"),
        ("E", -7.0, "investigator", 20.0, None),
        ("E", 42.0, "investigator", 20.0, "no"),
    ]
    columns = ["patient_id", "assessed_day", "evaluator", "target_sum_mm", "new_lesion"]
    assessments = pd.DataFrame(rows, columns=columns)
    return assessments.join(
        derive_target_changes(assessments, evaluator="investigator")
    )


def test_waterfall_goes_from_growth_to_shrinkage_and_keeps_who_has_no_change():
    drawn = derive_waterfall(patients(), landmark="C2D1")
    assert list(drawn["patient_id"]) == ["B", "A", "D", "C"]
    assert list(drawn["clearance"])[1:] == ["cleared", "not_cleared", "missing"]


def test_waterfall_marks_unconfirmed_responses_and_cuts_growth_beyond_the_axis():
    with figure_style():
        figure = plot_waterfall(
            derive_waterfall(patients(), landmark="C2D1"), study=STUDY
        )
    bars = figure.axes[0]
    assert [patch.get_height() for patch in bars.patches] == [100, -40, -40]
    letters = [text.get_text() for text in bars.texts]
    assert {"PD +130", "PR*", "SD"} <= set(letters)
    words = " ".join(text.get_text() for text in figure.texts)
    assert "C\N{NO-BREAK SPACE}(not\N{NO-BREAK SPACE}assessed)" in words
    assert "2 of 3 patients" in figure.get_suptitle()


def test_waterfall_does_without_her2_and_ctdna():
    table = patients().drop(columns=["her2_group", "clearance_C2D1"])
    drawn = derive_waterfall(table, landmark=None)
    assert drawn[["her2_group", "clearance", "landmark"]].isna().all(axis=None)
    with figure_style():
        assert len(plot_waterfall(drawn, study=STUDY).axes) == 2


def test_swimmer_has_a_line_a_treated_patient_by_group_and_length():
    drawn = derive_swimmer(patients(), None)
    lines = drawn[drawn["item"] == "follow_up"]
    assert list(lines["patient_id"]) == ["B", "A", "C", "D"]
    assert list(lines["day_to"]) == [90, 200, 30, 400]


def test_swimmer_marks_response_progression_death_and_samples():
    samples = pd.DataFrame(
        {
            "sample_id": ["A2", "A1", "X"],
            "patient_id": ["A", "A", "A"],
            "day": [21.0, -3.0, np.nan],
            "state": ["undetected", "detected", "detected"],
        }
    )
    drawn = derive_swimmer(patients(), samples)
    marks = drawn[drawn["day_to"].isna()]
    found = marks[["patient_id", "item", "day_from"]].values.tolist()
    assert found == [
        ["B", "progression", 40],
        ["B", "death", 90],
        ["A", "response", 42],
        ["A", "death", 200],
        ["A", "detected", -3],
        ["A", "undetected", 21],
        ["C", "alive", 30],
        ["D", "alive", 400],
    ]


def test_swimmer_draws_the_days_of_its_table_in_months():
    with figure_style():
        figure = plot_swimmer(derive_swimmer(patients(), None), study=STUDY)
    widths = [patch.get_width() * DAYS_PER_MONTH for patch in figure.axes[0].patches]
    assert widths == pytest.approx([40, 200, 1, 300])


def test_spider_starts_at_no_change_and_keeps_to_one_evaluator():
    drawn = derive_spider(visits(), patients())
    assert drawn[["patient_id", "day"]].values.tolist() == [
        ["A", 0],
        ["A", 42],
        ["A", 84],
    ]
    assert list(drawn["change_percent"]) == pytest.approx([0, -50, 20])
    assert drawn["new_lesion"].iloc[-1] == "yes"


def test_spider_draws_one_panel_when_there_is_no_her2():
    table = patients().drop(columns="her2_group")
    drawn = derive_spider(visits(), table)
    with figure_style():
        figure = plot_spider(drawn, study=STUDY)
    assert [axes.get_title("left") for axes in figure.axes] == ["All patients (n = 1)"]
