"""The numbers behind the figures of response, and that they are what is drawn."""

import figure_tables
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from her2ctdna.figures.marks.palette import HER2_CLASSES
from her2ctdna.figures.marks.style import DAYS_PER_MONTH, figure_style
from her2ctdna.figures.spider import derive_spider, plot_spider
from her2ctdna.figures.swimmer import plot_swimmer
from her2ctdna.figures.swimmer_table import derive_swimmer
from her2ctdna.figures.waterfall import plot_waterfall
from her2ctdna.figures.waterfall_table import derive_waterfall
from her2ctdna.response.visits import derive_target_changes

STUDY = figure_tables.STUDY | {"id": "S", "title": "T", "synthetic": False}


def patients() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_id": ["A", "B", "C", "D", "E"],
            "treated": ["yes", "yes", "yes", "yes", "no"],
            "her2_group": ["low", "zero", "low", None, "low"],
            "her2_class": ["low", "absent", "low", "missing", "low"],
            "her2_level": ["2+", "absent", None, None, "1+"],
            "bor": ["PR", "PD", "MISSING", "SD", None],
            "confirmed_bor": ["SD", "PD", "MISSING", "SD", None],
            "best_change_percent": [-40.0, 130.0, np.nan, -40.0, np.nan],
            "clearance_C2D1": ["cleared", None, "missing", "not_cleared", None],
            "clearance_C3D1": ["cleared", None, "missing", "cleared", None],
            "responder": ["yes", "no", "no", "no", None],
            "response_day": [42.0, np.nan, np.nan, np.nan, np.nan],
            "pfs_days": [200.0, 40.0, 1.0, 300.0, np.nan],
            "pfs_reason": ["death", "progression", None, "truncated", None],
            "os_days": [200.0, 90.0, 30.0, 400.0, np.nan],
            "os_event": ["yes", "yes", "no", "no", None],
            "last_dose_day": [150.0, np.nan, 20.0, np.nan, np.nan],
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
    overall = [None, "PR", "PD", "PR", "PD", None, "SD"]
    used = ["no", "yes", "no", "yes", "yes", "no", "no"]
    assessments = assessments.assign(overall=overall, used=used)
    return assessments.join(
        derive_target_changes(
            assessments, evaluator="investigator", baseline_window=None
        )
    )


def test_waterfall_goes_from_growth_to_shrinkage_and_keeps_who_has_no_change():
    drawn = derive_waterfall(patients(), landmarks=["C2D1", "C3D1"])
    assert list(drawn["patient_id"]) == ["B", "A", "D", "C"]
    assert list(drawn["clearance_C2D1"])[1:] == ["cleared", "not_cleared", "missing"]
    assert list(drawn["clearance_C3D1"])[1:] == ["cleared", "cleared", "missing"]
    assert list(drawn["her2_category"]) == ["absent", "2+", "", "low"]


def waterfall(table: pd.DataFrame, landmarks: list[str]) -> Figure:
    with figure_style():
        return plot_waterfall(
            derive_waterfall(table, landmarks=landmarks),
            landmarks=landmarks,
            study=STUDY,
        )


def test_waterfall_marks_unconfirmed_responses_and_cuts_growth_beyond_the_axis():
    figure = waterfall(patients(), ["C2D1"])
    bars = figure.axes[0]
    assert [patch.get_height() for patch in bars.patches] == [100, -40, -40]
    letters = [text.get_text() for text in bars.texts]
    assert {"PD\n+130", "PR*", "SD"} <= set(letters)
    words = " ".join(text.get_text() for text in figure.texts)
    assert "C\N{NO-BREAK SPACE}(not\N{NO-BREAK SPACE}assessed)" in words
    assert "2 of 3 patients" in figure.get_suptitle()


def test_waterfall_colours_bars_by_her2_class():
    bars = waterfall(patients(), []).axes[0].patches
    colours = [to_hex(bar.get_facecolor()).upper() for bar in bars]
    assert colours == [HER2_CLASSES[name].colour for name in ("absent", "2+", "")]


def test_waterfall_has_a_strip_for_each_landmark():
    assert len(waterfall(patients(), ["C2D1", "C3D1"]).axes) == 4
    assert len(waterfall(patients(), []).axes) == 2


def test_waterfall_names_cut_bars_below_where_letters_do_not_fit():
    copies = range(60)
    many = pd.concat([patients().assign(patient_id=f"X{i}") for i in copies])
    words = " ".join(text.get_text() for text in waterfall(many, []).texts)
    assert "Cut at +100\N{NO-BREAK SPACE}% (n = 60)" in words
    assert "X0\N{NO-BREAK SPACE}(+130\N{NO-BREAK SPACE}%)" in words


def test_waterfall_does_without_her2_and_ctdna():
    gone = ["her2_group", "her2_class", "her2_level", "clearance_C2D1"]
    table = patients().drop(columns=gone)
    drawn = derive_waterfall(table, landmarks=["C2D1"])
    assert (drawn["her2_category"] == "").all()
    assert "clearance_C2D1" not in drawn
    assert len(waterfall(table, ["C2D1"]).axes) == 2


def rows_of(drawn: pd.DataFrame, item: str) -> list[list[object]]:
    columns = ["patient_id", "value", "day_from", "day_to"]
    return drawn.loc[drawn["item"] == item, columns].values.tolist()


def test_swimmer_has_a_lane_a_treated_patient_by_group_and_length():
    drawn = derive_swimmer(patients(), visits(), None)
    lines = drawn[drawn["item"] == "follow_up"]
    assert list(lines["patient_id"]) == ["B", "A", "C", "D"]
    assert list(lines["day_to"]) == [90, 200, 30, 400]
    assert list(lines["her2_category"]) == ["absent", "2+", "low", ""]


def test_progression_of_a_supplied_duration_is_what_the_assessments_tell():
    table = patients().assign(pfs_reason="supplied", progression_day=None)
    table.loc[0, "progression_day"] = 57.0
    events = rows_of(derive_swimmer(table, visits(), None), "event")
    told = [(row[0], row[2]) for row in events if row[1] == "progression"]
    assert told == [(table["patient_id"][0], 57.0)]


def test_durations_from_diagnosis_are_not_drawn_from_the_first_dose():
    supplied = patients().assign(
        os_reason="supplied, from diagnosis",
        death_day=[60.0, np.nan, np.nan, np.nan, np.nan],
        last_alive_day=[60.0, 25.0, np.nan, np.nan, np.nan],
    )
    drawn = derive_swimmer(supplied, visits(), None)
    ends = drawn[drawn["item"] == "follow_up"].set_index("patient_id")["day_to"]
    assert ends.reindex(["A", "B"]).to_list() == [60, 25]
    assert ends.reindex(["C", "D"]).isna().all()


def test_treatment_ends_with_the_last_dose_and_without_one_with_follow_up():
    drawn = derive_swimmer(patients(), visits(), None)
    assert rows_of(drawn, "treatment") == [
        ["B", "no_day", 0, 90],
        ["A", "ended", 0, 150],
        ["C", "ended", 0, 20],
        ["D", "ongoing", 0, 400],
    ]


def test_treatment_is_follow_up_and_said_so_where_no_last_dose_is_given():
    table = patients().drop(columns="last_dose_day")
    drawn = derive_swimmer(table, visits(), None)
    assert {row[1] for row in rows_of(drawn, "treatment")} == {"not_given"}
    with figure_style():
        figure = plot_swimmer(drawn, study=STUDY)
    words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "follow-up (no last dose is given)" in words
    assert "on_treatment" not in set(drawn["value"])


def test_a_response_holds_until_the_next_assessment_or_the_last_dose():
    drawn = derive_swimmer(patients(), visits(), None)
    assert rows_of(drawn, "response") == [
        ["B", "PD", 42, 90],
        ["A", "PR", 42, 84],
        ["A", "PR", 84, 150],
    ]


def test_swimmer_marks_response_progression_death_and_samples():
    samples = pd.DataFrame(
        {
            "sample_id": ["A2", "A1", "X"],
            "patient_id": ["A", "A", "A"],
            "day": [21.0, -3.0, np.nan],
            "state": ["undetected", "detected", "detected"],
        }
    )
    drawn = derive_swimmer(patients(), visits(), samples)
    marks = drawn[drawn["day_to"].isna()]
    found = marks[["patient_id", "value", "day_from"]].values.tolist()
    assert found == [
        ["B", "progression", 40],
        ["B", "death", 90],
        ["A", "response", 42],
        ["A", "death", 200],
        ["A", "detected", -3],
        ["A", "undetected", 21],
        ["C", "alive", 30],
        ["D", "on_treatment", 400],
    ]


def test_progression_stands_on_its_day_where_that_is_known():
    table = patients().assign(progression_day=[np.nan, 39.0, np.nan, np.nan, np.nan])
    drawn = derive_swimmer(table, visits(), None)
    assert ["B", "progression", 39] in [row[:3] for row in rows_of(drawn, "event")]


def test_swimmer_draws_the_days_of_its_table_in_months():
    with figure_style():
        figure = plot_swimmer(derive_swimmer(patients(), visits(), None), study=STUDY)
    lanes = figure.axes[-1]
    ends = {
        round(path.vertices[:, 0].max() * DAYS_PER_MONTH, 6)
        for collection in lanes.collections
        for path in collection.get_paths()
    }
    assert {90, 200, 30, 400, 150, 20, 84} <= ends


def test_draws_stand_below_the_bar_so_that_no_mark_hides_another():
    samples = pd.DataFrame(
        {"sample_id": ["A1"], "patient_id": ["A"], "day": [42.0], "state": ["detected"]}
    )
    drawn = derive_swimmer(patients(), visits(), samples)
    with figure_style():
        figure = plot_swimmer(drawn, study=STUDY)
    at = {
        line.get_marker(): line.get_ydata()[-1]
        for line in figure.axes[-1].lines
        if line.get_marker() in "o^"
    }
    assert at["o"] - at["^"] > 0.3


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


def test_spider_keeps_a_new_lesion_seen_without_a_measured_sum():
    table = visits()
    table.loc[4, ["used", "new_lesion", "patient_id"]] = ["yes", "yes", "A"]
    table.loc[4, "assessed_day"] = 126.0
    table.loc[4, "change_percent"] = np.nan
    drawn = derive_spider(table, patients())
    last = drawn.iloc[-1]
    assert (last["patient_id"], last["day"], last["new_lesion"]) == ("A", 126, "yes")
    assert np.isnan(last["change_percent"])
    with figure_style():
        figure = plot_spider(drawn, study=STUDY)
    words = [text.get_text() for text in figure.texts]
    assert "new lesion, target sum not measured" in words


def test_spider_gives_the_growth_of_each_line_that_leaves_the_panel():
    parts = [visits().assign(patient_id=name) for name in ("A", "B")]
    table = pd.concat(
        [part[part["change_percent"].notna()] for part in parts], ignore_index=True
    )
    table["change_percent"] = [-50.0, 140.0, 10.0, -20.0, 230.0, 10.0]
    same_group = patients().assign(her2_group="low")
    with figure_style():
        figure = plot_spider(derive_spider(table, same_group), study=STUDY)
    assert [text.get_text() for text in figure.axes[0].texts] == ["+140, +230"]
