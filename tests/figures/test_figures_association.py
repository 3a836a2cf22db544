"""The numbers behind the figures of association, and that they are what is drawn."""

import figure_tables
import numpy as np
import pandas as pd
import pytest

from her2ctdna.figures.clearance_bias import plot_clearance_bias
from her2ctdna.figures.clearance_bias_table import (
    Sides,
    derive_clearance_bias,
    write_gaps,
)
from her2ctdna.figures.forest import derive_forest, plot_forest
from her2ctdna.figures.kaplan_meier import derive_kaplan_meier, plot_kaplan_meier
from her2ctdna.figures.marks.style import DAYS_PER_MONTH, figure_style
from her2ctdna.figures.marks.survival_panel import write_p
from her2ctdna.figures.model_performance import plot_model_performance
from her2ctdna.figures.model_performance_table import derive_model_performance
from her2ctdna.figures.response_by_her2 import (
    derive_response_by_her2,
    plot_response_by_her2,
)

STUDY = figure_tables.STUDY | {"id": "S", "title": "T", "synthetic": False}


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
    """Return tests: of interaction, of trend, of survival, and others like them."""
    rows = [
        ("orr", "hr_status", "interaction", "firth_interaction", "her2_group", 0.42),
        ("orr", None, "primary", "fisher", "her2_group", 0.01),
        ("dcr", "hr_status", "interaction", "firth_interaction", "her2_group", 0.02),
        ("orr", None, "primary", "cochran_armitage_exact", "her2_level", 0.2517),
        ("orr", None, "sensitivity", "cochran_armitage_exact", "her2_level", 0.9),
        ("dcr", None, "primary", "cochran_armitage_exact", "her2_level", 0.8),
        ("pfs", None, "primary", "log_rank_permutation", "her2_group", 0.0421),
        ("os", None, "primary", "log_rank_permutation", "her2_group", 0.7),
        ("pfs", None, "alternative", "log_rank", "her2_group", 0.8),
    ]
    columns = ["endpoint", "subgroup", "role", "test", "biomarker", "p_value"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(
        population="all_treated", origin="first_dose", note="exact: all divisions"
    )


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
    own = own.assign(biased="no", note=None)
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
            "excluded": [1, 0, 0],
            "origin_day": 0.0,
            "counted_from": "first dose",
            "note": ["few: n = 3", "median not reached; few: n = 2", None],
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
        interactions(),
        endpoint="pfs",
        group_by="her2_group",
        origin="first_dose",
        groups=("zero", "low"),
    )


def test_the_monotone_fit_and_its_band_are_those_of_the_trend_of_the_orr():
    drawn = derive_response_by_her2(rates(), contrasts(), trend(), interactions())
    levels = drawn[drawn["item"] == "level"]
    assert list(levels["group"]) == ["absent", "ultralow", "1+", "2+"]
    assert list(levels["monotone"]) == [0.23, 0.23, 0.3, 0.55]
    assert list(levels["monotone_low"]) == [0.115, 0.115, 0.15, 0.275]
    assert set(levels["monotone_high"]) == {0.9}


def test_unspecified_zero_stands_apart_and_has_no_fit():
    drawn = derive_response_by_her2(rates(), contrasts(), trend(), interactions())
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
    drawn = derive_response_by_her2(rates(), contrasts(), trend(), interactions())
    with figure_style():
        figure = plot_response_by_her2(drawn, confidence=0.95, study=STUDY)
    title = figure.get_suptitle().replace("\N{NO-BREAK SPACE}", " ")
    minus = "\N{MINUS SIGN}"
    rates_stated, difference = title.replace("\n", " ").split("; ")
    assert rates_stated == "ORR 38 % in HER2-low, 29 % in HER2-zero"
    assert difference == f"difference 20 points ({minus}21 to 35)"
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels[0] == "absent"
    beside = [text.get_text() for text in figure.axes[0].texts]
    assert {"29\n2/7", "17\n1/6", "56\n5/9", "38\n10/26"} <= set(beside)


def test_the_exact_test_of_trend_stands_with_the_levels_and_in_the_subtitle():
    drawn = derive_response_by_her2(rates(), contrasts(), trend(), interactions())
    by_item = drawn.groupby("item")["p_value"]
    assert set(by_item.get_group("level")) == {0.2517}
    assert by_item.get_group("group").isna().all()
    with figure_style():
        figure = plot_response_by_her2(drawn, confidence=0.95, study=STUDY)
    words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "Exact Cochran-Armitage test of trend" in words
    assert "p = 0.25" in words


def test_one_level_with_patients_has_no_monotone_fit():
    one = rates()[lambda table: table["group"].isin(["1+", "low"])]
    drawn = derive_response_by_her2(
        one, contrasts().iloc[:0], trend().iloc[:0], interactions().iloc[:0]
    )
    assert drawn["monotone"].isna().all()
    assert list(drawn["group"]) == ["1+", "low"]


def test_the_forest_keeps_one_unadjusted_difference_a_comparison():
    drawn = derive_forest(contrasts(), interactions())
    assert drawn[["section", "comparison", "population"]].values.tolist() == [
        ["HER2", "HER2-low vs HER2-zero", "all_treated"],
        ["HER2", "level: 2+ vs absent", "all_treated"],
        ["Covariates", "HR status: positive vs negative", "all_treated"],
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
    assert (row["comparison"], row["estimate"]) == ("HR status: positive", 0.3)
    assert list(drawn["interaction_p"].dropna()) == [0.42]
    assert len(drawn) == 6
    with figure_style():
        figure = plot_forest(drawn, confidence=0.95, study=STUDY)
    words = [text.get_text() for text in figure.texts]
    assert "HR status: positive (interaction p 0.42)" in words


def test_the_forest_draws_its_table_in_points():
    drawn = derive_forest(contrasts(), interactions())
    with figure_style():
        figure = plot_forest(drawn, confidence=0.95, study=STUDY)
    axes = figure.axes[0]
    marks = next(line for line in axes.lines if line.get_marker() == "s")
    assert list(marks.get_xdata()) == pytest.approx([20, 10, 10, 10, 10])
    words = [text.get_text() for text in figure.texts]
    assert words.count("10/26 vs 4/14") == 5


def test_the_forest_holds_both_odds_ratios_and_writes_those_of_its_first_line():
    odds = {"measure": "odds_ratio", "ci_low": 0.3, "ci_high": 8.0}
    exact = contrast("her2_group", "low", "zero", estimate=1.55, **odds)
    firth = exact | {"estimate": 1.48, "ci_method": "firth_profile"}
    exact |= {"ci_method": "conditional_exact"}
    table = pd.concat([contrasts(), pd.DataFrame([exact, firth])], ignore_index=True)
    drawn = derive_forest(table, interactions())
    assert drawn["odds_ratio"].dropna().tolist() == [1.55]
    assert drawn["odds_firth"].dropna().tolist() == [1.48]
    with figure_style():
        figure = plot_forest(drawn, confidence=0.95, study=STUDY)
    words = [
        text.get_text().replace("\N{NO-BREAK SPACE}", " ") for text in figure.texts
    ]
    assert (
        "Odds ratio of HER2-low vs HER2-zero: 1.55 (0.30 to 8.00) (conditional exact); "
        "1.48 (0.30 to 8.00) (Firth, profile limits)."
    ) in words


def test_an_interval_that_leaves_the_axis_of_the_forest_ends_in_an_arrow():
    drawn = derive_forest(contrasts(), interactions()).head(2)
    drawn = drawn.assign(ci_low=[-0.7, -0.2], ci_high=[0.3, 0.61])
    with figure_style():
        figure = plot_forest(drawn, confidence=0.95, study=STUDY)
    axes = figure.axes[0]
    assert axes.get_xlim() == (-50, 50)
    arrows = {
        (line.get_marker(), line.get_xdata()[0])
        for line in axes.lines
        if line.get_marker() in "<>"
    }
    assert arrows == {("<", -50.0), (">", 50.0)}


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
    at_risk = words[words.index("At risk (events so far)") + 1 :][:5]
    assert at_risk == ["HER2-zero", "3 (0)", "3 (0)", "2 (1)", "0 (2)"]
    assert {"2 of 3 with an event", "median 3.0 months", "median not reached"} <= set(
        words
    )
    said = " ".join(words).replace("\n", " ")
    assert "Log-rank test by permutation, p = 0.042 (exact: all divisions)." in said
    assert "(2.0 to not reached)" in words
    assert any("Not drawn: 1 missing" in word for word in words)
    title = figure.get_suptitle()
    assert "3.0 (HER2-zero), not reached (HER2-low); hazard ratio 0.70" in title


@pytest.mark.parametrize(
    ("endpoint", "origin", "since", "said"),
    [
        ("pfs", "first_dose", "first dose", "Median PFS in months: 3.0"),
        ("dor", "response", "the first response", "Median DoR in months: 3.0"),
    ],
)
def test_of_all_there_is_one_curve_and_no_comparison(endpoint, origin, since, said):
    asked = {"endpoint": endpoint, "group_by": "all", "group": "all", "origin": origin}
    drawn = derive_kaplan_meier(
        curves()
        .query("group == 'zero' and origin == 'first_dose'")
        .assign(**asked)[:3],
        survival().query("group == 'zero'").assign(**asked),
        contrasts(),
        interactions(),
        endpoint=endpoint,
        group_by="all",
        origin=origin,
        groups=("all",),
    )
    assert set(drawn["group"]) == {"all"}
    assert drawn[["hazard_ratio", "p_value"]].isna().all(axis=None)
    with figure_style():
        figure = plot_kaplan_meier(drawn, subject="all", confidence=0.95, study=STUDY)
    assert figure.get_suptitle() == said
    words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "Log-rank" not in words
    assert "Time from day" not in words
    assert figure.axes[0].get_xlabel().startswith(f"Months since {since}")


def test_medians_that_were_reached_are_dropped_to_the_axis():
    with figure_style():
        figure = plot_kaplan_meier(
            kaplan_meier(), subject="HER2 group", confidence=0.95, study=STUDY
        )
    downs = [
        line
        for line in figure.axes[0].lines
        if list(line.get_ydata()) == [0, 50] and len(set(line.get_xdata())) == 1
    ]
    assert [line.get_xdata()[0] * DAYS_PER_MONTH for line in downs] == [
        pytest.approx(90)
    ]


def test_a_landmark_says_its_day_and_how_many_were_gone_before_it():
    wanted = {"origin": "C2D1"}
    drawn = derive_kaplan_meier(
        curves().query("endpoint == 'pfs'"),
        survival().assign(**wanted, origin_day=28.0),
        pd.DataFrame([contrast("her2_group", "low", "zero", ci_method="x")]),
        interactions(),
        endpoint="pfs",
        group_by="her2_group",
        origin="C2D1",
        groups=("zero", "low"),
    )
    assert drawn["p_value"].isna().all()
    with figure_style():
        figure = plot_kaplan_meier(drawn, subject="x", confidence=0.95, study=STUDY)
    said = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "Time from day 28, in those then followed without the event; 1 of" in said
    assert "Log-rank" not in said


def test_a_monotone_hazard_ratio_and_few_patients_are_said_in_the_figure():
    monotone = {"estimate": np.nan, "ci_low": np.nan, "ci_high": 0.07}
    firth = {"estimate": 0.01, "ci_low": 0.0001, "ci_high": 0.12}
    kind = {"endpoint": "pfs", "measure": "hazard_ratio"}
    rows = [
        contrast("her2_group", "low", "zero", **kind) | {"ci_method": method, **numbers}
        for method, numbers in (("cox_profile", monotone), ("firth_profile", firth))
    ]
    drawn = derive_kaplan_meier(
        curves().query("endpoint == 'pfs'"),
        survival(),
        pd.DataFrame(rows),
        interactions(),
        endpoint="pfs",
        group_by="her2_group",
        origin="first_dose",
        groups=("zero", "low"),
    )
    low = drawn[drawn["group"] == "low"].iloc[0]
    assert low["few"] == "few: n = 2"
    assert low[["hazard_high", "hazard_firth"]].tolist() == [0.07, 0.01]
    with figure_style():
        figure = plot_kaplan_meier(drawn, subject="x", confidence=0.95, study=STUDY)
    words = [text.get_text() for text in figure.texts]
    said = " ".join(words).replace("\n", " ")
    assert "hazard ratio below 0.070 (penalised 0.010, 0.00010 to 0.12)" in said
    assert {"few: n = 2", "few: n = 3"} <= set(words)


def test_the_gap_is_immortal_time_only_where_patients_and_exposure_are_the_same():
    naive = Sides(9, 19, 5, 15)
    assert write_gaps({"naive": naive, "moving": naive}) == (
        "Naive and from the draw: the same 28 patients, 9 of them cleared, so the gap "
        "is immortal time."
    )
    assert write_gaps({"naive": naive, "landmark": Sides(3, 15, 2, 12)}) == (
        "Naive and landmark differ in more than immortal time: 28 patients, 9 "
        "cleared, 20 events, against 18 patients, 3 cleared, 14 events."
    )
    assert write_gaps({"moving": naive}) == ""


def bias_tables() -> tuple[pd.DataFrame, ...]:
    keys = ["group_by", "origin", "biased"]
    kinds = {
        "naive": ("ever_cleared", "first_dose", "yes"),
        "landmark": ("clearance_C2D1", "C2D1", "no"),
        "moving": ("ever_cleared", "first_dose", "no"),
    }
    rows, hazards = [], []
    for place, kind in enumerate(kinds.values()):
        named = dict(zip(keys, kind, strict=True))
        is_ever = kind[0] == "ever_cleared"
        groups = ("no", "yes") if is_ever else ("not_cleared", "cleared")
        for group in (*groups, "missing"):
            for day, at_risk, share in ((0.0, 3, 1.0), (50.0, 2, 0.5)):
                counts = {"events": int(day > 0), "censored": 0, "at_risk": at_risk}
                limits = {"survival": share, "ci_low": share, "ci_high": share}
                row = {"endpoint": "pfs", "group": group, "time_days": day}
                row["note"] = "few: n = 3" if is_ever else None
                rows.append(named | row | counts | limits)
        hazards.append(
            contrast(
                kind[0], groups[1], groups[0], endpoint="pfs", estimate=0.1 + place
            )
            | {"measure": "hazard_ratio", "ci_method": "cox_profile"}
            | {"ci_low": 0.05, "ci_high": 20.0}
            | named
        )
    tests = pd.DataFrame(
        [
            ("pfs", "ever_cleared", "first_dose", "mantel_byar", 0.31),
            ("pfs", "clearance_C2D1", "C2D1", "log_rank_permutation", 0.61),
            ("os", "ever_cleared", "first_dose", "mantel_byar", 0.5),
        ],
        columns=["endpoint", "biomarker", "origin", "test", "p_value"],
    )
    curves = pd.DataFrame(rows)
    is_landmark = curves["origin"] == "C2D1"
    able = curves[is_landmark].assign(population="clearance_able")
    judged = able.assign(population="clearance_judged", at_risk=99)
    of_sets = pd.concat([able, judged])
    return curves[~is_landmark], of_sets, pd.DataFrame(hazards), tests


def test_naive_and_guarded_clearance_stand_apart_and_only_the_naive_is_biased():
    drawn = derive_clearance_bias(*bias_tables(), landmark="C2D1")
    curves = drawn[drawn["item"] == "curve"]
    assert curves.groupby("panel")["biased"].agg(set).to_dict() == {
        "naive": {"yes"},
        "landmark": {"no"},
        "moving": {"no"},
    }
    assert set(curves["group"]) == {"cleared", "not_cleared"}
    hazards = drawn[drawn["item"] == "hazard_ratio"].set_index("panel")
    assert hazards["estimate"].tolist() == pytest.approx([0.1, 1.1, 2.1])
    assert pd.isna(hazards.loc["naive", "p_value"])
    assert hazards.loc["landmark", ["test", "p_value"]].tolist() == [
        "log_rank_permutation",
        0.61,
    ]
    assert hazards.loc["moving", ["test", "p_value"]].tolist() == ["mantel_byar", 0.31]


def test_the_naive_panel_is_stamped_and_has_no_test():
    drawn = derive_clearance_bias(*bias_tables(), landmark="C2D1")
    with figure_style():
        figure = plot_clearance_bias(
            drawn, landmark="C2D1", confidence=0.95, study=STUDY
        )
    words = [text.get_text() for text in figure.texts]
    assert words.count("BIASED: IMMORTAL TIME") == 1
    assert "Mantel-Byar: p = 0.31; few: n = 3" in words
    assert "Log-rank by permutation: p = 0.61" in words
    assert "Naive (biased)" in words
    assert len(figure.axes) == 4
    arrows = [line.get_marker() for line in figure.axes[-1].lines]
    assert (arrows.count("<"), arrows.count(">")) == (3, 3)


def predictions(n: int = 24) -> pd.DataFrame:
    chance = np.arange(1, n + 1) / (n + 1)
    return pd.DataFrame(
        {
            "patient_id": [f"P{i}" for i in range(n)],
            "model": "model_full",
            "responder": ["yes" if p > 0.5 else "no" for p in chance],
            "probability": chance,
        }
    )


def model_rows() -> pd.DataFrame:
    rows = [
        ("model_clinical", "auc", np.nan, None, "no features"),
        ("model_full", "auc", 0.9, np.nan, None),
        ("model_full", "auc_of_shuffled_responses", 0.5, 0.04, None),
    ]
    columns = ["biomarker", "measure", "estimate", "p_value", "note"]
    return pd.DataFrame(rows, columns=columns).assign(
        low=np.nan, high=np.nan, n=24, events=12
    )


def selection() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "model": "model_full",
            "feature": ["her2_low", "no_ctdna_C2D1"],
            "leading_share": [0.2, 1.0],
            "same_sign_share": [0.6, 1.0],
        }
    )


def test_calibration_groups_hold_every_patient_and_eight_at_least():
    drawn = derive_model_performance(
        model_rows(), predictions(), selection(), confidence=0.95
    )
    groups = drawn[drawn["item"] == "calibration"]
    assert groups[["n", "N"]].values.tolist() == [[0, 8], [4, 8], [8, 8]]
    assert groups["estimate"].tolist() == [0, 0.5, 1]
    assert groups["probability"].tolist() == pytest.approx([4.5 / 25, 0.5, 20.5 / 25])
    assert groups["ci_high"].iloc[0] == pytest.approx(1 - 0.025 ** (1 / 8))


def test_the_area_under_the_drawn_roc_curve_is_that_of_the_ranks():
    shuffled = predictions().assign(responder=["yes", "no", "no"] * 8)
    drawn = derive_model_performance(
        model_rows(), shuffled, selection(), confidence=0.95
    )
    roc = drawn[drawn["item"] == "roc"]
    area = np.trapezoid(roc["estimate"], roc["false_positive_rate"])
    own = shuffled["probability"].to_numpy()
    is_yes = (shuffled["responder"] == "yes").to_numpy()
    pairs = own[is_yes][:, None] - own[~is_yes][None, :]
    assert area == pytest.approx((pairs > 0).mean())


def model_words(*tables: pd.DataFrame) -> str:
    drawn = derive_model_performance(*tables, confidence=0.95)
    with figure_style():
        figure = plot_model_performance(drawn, confidence=0.95, study=STUDY)
    words = [figure.get_suptitle(), *(text.get_text() for text in figure.texts)]
    return " ".join(words).replace("\n", " ")


def test_a_model_that_was_not_fitted_is_named_with_the_reason():
    words = model_words(model_rows(), predictions(), selection())
    assert "clinical alone: no features." in words
    assert "AUC of response, out of fold: 0.90 (with biomarkers)" in words
    assert "one-sided: p = 0.040." in words
    none = model_rows().head(1)
    words = model_words(none, predictions().head(0), selection().head(0))
    assert "Model of response: not fitted" in words
    assert "No model was fitted. clinical alone: no features." in words


def test_p_values_are_written_with_two_digits():
    assert write_p(float("nan")) == "p not defined"
    assert write_p(0.0004) == "p < 0.001"
    assert write_p(0.0321) == "p = 0.032"
    assert write_p(0.25) == "p = 0.25"


def test_a_study_without_followed_patients_says_so():
    empty = kaplan_meier().iloc[:0]
    with figure_style():
        figure = plot_kaplan_meier(
            empty, subject="ctDNA clearance at C2D1", confidence=0.95, study=STUDY
        )
    words = [text.get_text() for text in figure.texts]
    assert "No patient is followed: ctDNA clearance at C2D1." in words
