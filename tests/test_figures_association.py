"""The numbers behind the figures of association, and that they are what is drawn."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.figures.forest import derive_forest, plot_forest
from her2ctdna.figures.kaplan_meier import derive_kaplan_meier, plot_kaplan_meier
from her2ctdna.figures.response_by_her2 import (
    derive_response_by_her2,
    plot_response_by_her2,
)
from her2ctdna.figures.style import DAYS_PER_MONTH, figure_style

STUDY = {
    "id": "S",
    "title": "T",
    "synthetic": False,
    "analysis": "primary",
    "definitions": "0123abcd",
}


def rates() -> pd.DataFrame:
    rows = [
        ("her2_level", "2+", 5, 9),
        ("her2_level", "absent", 2, 7),
        ("her2_level", "ultralow", 1, 6),
        ("her2_level", "1+", 5, 17),
        ("her2_level", "missing", 3, 3),
        ("her2_class", "zero_unspecified", 1, 1),
        ("her2_group", "low", 10, 26),
        ("her2_group", "zero", 4, 14),
        ("her2_group", "missing", 2, 2),
    ]
    table = pd.DataFrame(rows, columns=["group_by", "group", "n", "N"])
    table = table.assign(rate=table["n"] / table["N"], ci_low=0.1, ci_high=0.9)
    table = table.assign(endpoint="orr", population="all_treated")
    exact = table.assign(ci_method="clopper_pearson")
    other = table.assign(ci_method="wilson")
    return pd.concat([exact, other, exact.assign(endpoint="dcr")])


def contrast(group_by: str, group: str, reference: str, **changed) -> dict[str, object]:
    return {
        "endpoint": "orr",
        "population": "all_treated",
        "origin": "first_dose",
        "group_by": group_by,
        "group": group,
        "reference": reference,
        "measure": "risk_difference",
        "estimate": 0.1,
        "ci_low": -0.21,
        "ci_high": 0.35,
        "ci_method": "newcombe",
        "n": 26.0,
        "n_reference": 14.0,
        "events": 10.0,
        "events_reference": 4.0,
        "adjusted_for": None,
        "subgroup": None,
        "biased": "no",
    } | changed


def contrasts() -> pd.DataFrame:
    at_c2d1 = {"origin": "C2D1", "population": "ctdna_evaluable"}
    return pd.DataFrame(
        [
            contrast("hr_status", "positive", "negative"),
            contrast("mr50_C2D1", "yes", "no", **at_c2d1),
            contrast("clearance_C2D1", "cleared", "not_cleared", **at_c2d1),
            contrast("her2_group", "low", "zero", population="response_evaluable"),
            contrast("her2_group", "low", "zero", estimate=0.2),
            contrast("her2_group", "low", "zero", measure="odds_ratio"),
            contrast("her2_group", "low", "zero", endpoint="dcr"),
            contrast("her2_group", "low", "zero", adjusted_for="hr_status"),
            contrast("her2_class", "low", "absent"),
            contrast("her2_level", "2+", "absent"),
            contrast("clearance_C3D1", "cleared", "not_cleared", biased="yes"),
        ]
    )


def trend() -> pd.DataFrame:
    fits = {"absent": 0.23, "ultralow": 0.23, "1+": 0.3, "2+": 0.55}
    orr = pd.DataFrame({"group": fits.keys(), "monotone": fits.values()})
    orr = orr.assign(monotone_low=orr["monotone"] / 2, monotone_high=0.9)
    orr = orr.assign(endpoint="orr", population="all_treated")
    return pd.concat([orr, orr.assign(endpoint="dcr", monotone=1.0)])


def interactions() -> pd.DataFrame:
    rows = [("orr", "hr_status", "interaction", 0.42), ("orr", None, "primary", 0.01)]
    rows += [("dcr", "hr_status", "interaction", 0.02)]
    return pd.DataFrame(rows, columns=["endpoint", "subgroup", "role", "p_value"])


def curves() -> pd.DataFrame:
    rows = [
        ("zero", 0.0, 3, 0, 0, 1.0, 1.0, 1.0),
        ("zero", 60.0, 3, 1, 0, 2 / 3, 0.05, 0.95),
        ("zero", 90.0, 2, 1, 1, 1 / 3, 0.01, 0.77),
        ("low", 0.0, 2, 0, 0, 1.0, 1.0, 1.0),
        ("low", 100.0, 2, 0, 2, 1.0, 1.0, 1.0),
        ("missing", 0.0, 1, 0, 0, 1.0, 1.0, 1.0),
        ("missing", 10.0, 1, 1, 0, 0.0, np.nan, np.nan),
    ]
    columns = "group time_days at_risk events censored survival ci_low ci_high"
    table = pd.DataFrame(rows, columns=columns.split())
    own = table.assign(endpoint="pfs", group_by="her2_group", origin="first_dose")
    return pd.concat([own, own.assign(endpoint="os"), own.assign(origin="C2D1")])


def survival() -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "group": ["zero", "low", "missing"],
            "n": [3, 2, 1],
            "events": [2, 0, 1],
            "median_days": [90.0, np.nan, 10.0],
            "ci_low": [60.0, np.nan, np.nan],
            "ci_high": [np.nan, np.nan, np.nan],
        }
    )
    return table.assign(endpoint="pfs", group_by="her2_group", origin="first_dose")


def kaplan_meier() -> pd.DataFrame:
    hazard = {"endpoint": "pfs", "measure": "hazard_ratio", "ci_method": "cox_profile"}
    hazards = [
        contrast("her2_group", "low", "zero", **hazard, estimate=0.7),
        contrast("her2_group", "low", "zero", **hazard, estimate=9.9, biased="yes"),
    ]
    return derive_kaplan_meier(
        curves(),
        survival(),
        pd.DataFrame(hazards),
        endpoint="pfs",
        group_by="her2_group",
        origin="first_dose",
        groups=("zero", "low"),
    )


def test_the_monotone_fit_and_its_band_are_those_of_the_trend_of_the_orr():
    drawn = derive_response_by_her2(rates(), contrasts(), trend())
    levels = drawn[drawn["item"] == "level"]
    assert list(levels["group"]) == ["absent", "ultralow", "1+", "2+"]
    assert list(levels["monotone"]) == [0.23, 0.23, 0.3, 0.55]
    assert list(levels["monotone_low"]) == [0.115, 0.115, 0.15, 0.275]
    assert set(levels["monotone_high"]) == {0.9}


def test_unspecified_zero_stands_apart_and_has_no_fit():
    drawn = derive_response_by_her2(rates(), contrasts(), trend())
    apart = drawn[drawn["item"] == "class"]
    assert list(apart["group"]) == ["zero_unspecified"]
    assert apart["monotone"].isna().all()
    assert list(drawn["item"]) == [
        *["level"] * 4,
        "class",
        "group",
        "group",
        "difference",
    ]


def test_response_by_her2_states_both_rates_and_their_difference():
    drawn = derive_response_by_her2(rates(), contrasts(), trend())
    with figure_style():
        figure = plot_response_by_her2(drawn, confidence=0.95, study=STUDY)
    title = figure.get_suptitle().replace("\N{NO-BREAK SPACE}", " ")
    minus = "\N{MINUS SIGN}"
    rates_stated, difference = title.replace("\n", " ").split("; ")
    assert rates_stated == "ORR 38 % in HER2-low, 29 % in HER2-zero"
    assert difference == f"difference 20 points ({minus}21 to 35)"
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels[0] == "absent\n2/7"


def test_one_level_with_patients_has_no_monotone_fit():
    one = rates()[lambda table: table["group"].isin(["1+", "low"])]
    drawn = derive_response_by_her2(one, contrasts().iloc[:0], trend().iloc[:0])
    assert drawn["monotone"].isna().all()
    assert list(drawn["group"]) == ["1+", "low"]


def test_the_forest_keeps_one_unadjusted_difference_a_comparison():
    drawn = derive_forest(contrasts(), interactions())
    assert drawn[["section", "comparison", "population"]].values.tolist() == [
        ["HER2", "HER2-low vs HER2-zero", "all_treated"],
        ["HER2", "level: 2+ vs absent", "all_treated"],
        ["Covariates", "hr status: positive vs negative", "all_treated"],
        ["ctDNA at C2D1", "molecular response, 50 %: yes vs no", "ctdna_evaluable"],
        ["ctDNA at C2D1", "cleared vs not cleared", "ctdna_evaluable"],
    ]
    assert list(drawn["estimate"]) == [0.2, 0.1, 0.1, 0.1, 0.1]
    assert drawn.loc[0, ["n", "N", "n_reference", "N_reference"]].tolist() == [
        *(10, 26, 4, 14)
    ]


def test_the_forest_shows_subgroups_apart_with_the_p_of_their_interaction():
    within = {"subgroup": "hr_status=positive", "estimate": 0.3}
    table = pd.concat(
        [
            contrasts(),
            pd.DataFrame([contrast("her2_group", "low", "zero", **within)]),
        ],
        ignore_index=True,
    )
    drawn = derive_forest(table, interactions())
    row = drawn.iloc[2]
    assert row["section"] == "HER2-low vs HER2-zero within subgroups"
    assert (row["comparison"], row["estimate"]) == ("hr status: positive", 0.3)
    assert list(drawn["interaction_p"].dropna()) == [0.42]
    assert len(drawn) == 6
    with figure_style():
        figure = plot_forest(drawn, confidence=0.95, study=STUDY)
    words = [text.get_text() for text in figure.texts]
    assert "hr status: positive (interaction p 0.42)" in words


def test_the_forest_draws_its_table_in_points():
    drawn = derive_forest(contrasts(), interactions())
    with figure_style():
        figure = plot_forest(drawn, confidence=0.95, study=STUDY)
    axes = figure.axes[0]
    marks = next(line for line in axes.lines if line.get_marker() == "s")
    assert list(marks.get_xdata()) == pytest.approx([20, 10, 10, 10, 10])
    words = [text.get_text() for text in figure.texts]
    assert words.count("10/26 vs 4/14") == 5


def test_only_compared_groups_have_a_curve_and_the_others_are_counted():
    drawn = kaplan_meier()
    drawn_rows = drawn[["group", "is_drawn", "time_days"]].values.tolist()
    assert drawn_rows == [
        ["zero", "yes", 0],
        ["zero", "yes", 60],
        ["zero", "yes", 90],
        ["low", "yes", 0],
        ["low", "yes", 100],
        ["missing", "no", 0],
    ]
    hazard = drawn.set_index("group")["hazard_ratio"]
    assert set(hazard["low"]) == {0.7}
    assert hazard["zero"].isna().all()


def test_kaplan_meier_draws_steps_censoring_and_numbers_at_risk():
    with figure_style():
        figure = plot_kaplan_meier(
            kaplan_meier(), subject="HER2 group", confidence=0.95, study=STUDY
        )
    steps = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 3]
    assert list(steps[0].get_xdata() * DAYS_PER_MONTH) == pytest.approx([0, 60, 90])
    assert list(steps[0].get_ydata()) == pytest.approx([100, 200 / 3, 100 / 3])
    ticks = [line for line in figure.axes[0].lines if line.get_marker() == "|"]
    assert [list(line.get_ydata()) for line in ticks] == [
        pytest.approx([100 / 3]),
        pytest.approx([100]),
    ]
    words = [text.get_text() for text in figure.texts]
    at_risk = words[words.index("HER2-zero") :][:5]
    assert at_risk == ["HER2-zero", "3", "3", "2", "0"]
    assert any("Not drawn: 1 missing" in word for word in words)
    title = figure.get_suptitle()
    assert "3.0 (HER2-zero), not reached (HER2-low); hazard ratio 0.70" in title


def test_a_study_without_followed_patients_says_so():
    empty = kaplan_meier().iloc[:0]
    with figure_style():
        figure = plot_kaplan_meier(
            empty, subject="ctDNA clearance at C2D1", confidence=0.95, study=STUDY
        )
    words = [text.get_text() for text in figure.texts]
    assert "No patient is followed in a group of ctDNA clearance at C2D1." in words
