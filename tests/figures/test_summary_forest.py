"""The forest of the first page: each question once, against response and PFS."""

from math import inf, nan

import pandas as pd

from her2ctdna.figures.marks.style import figure_style
from her2ctdna.figures.summary_forest import derive_summary_forest, plot_summary_forest

STUDY = {"id": "S", "title": "T", "synthetic": False, "analysis": "a"} | {
    "definitions": "0123"
}
LANDMARKS = ["C2D1"]


def contrast(group_by: str, method: str, estimate: float, **changed) -> dict:
    is_rate = method in ("newcombe", "miettinen_nurminen")
    return {
        "endpoint": "orr" if is_rate else "pfs",
        "population": "all_treated",
        "origin": "first_dose",
        **{"group_by": group_by, "group": "one", "reference": "other"},
        **{"subgroup": None, "adjusted_for": None, "biased": "no"},
        "measure": "risk_difference" if is_rate else "hazard_ratio",
        **{"estimate": estimate, "ci_low": estimate / 2, "ci_high": estimate * 2},
        **{"ci_method": method, "n": 10.0, "events": 4.0},
        **{"n_reference": 8.0, "events_reference": 2.0},
    } | changed


def primary(endpoint: str, biomarker: str, p: float, **changed) -> dict:
    return {
        **{"endpoint": endpoint, "biomarker": biomarker, "subgroup": None},
        **{"population": "all_treated", "origin": "first_dose", "role": "primary"},
        **{"p_value": p, "q_value": 2 * p},
    } | changed


AT_C2D1 = {"origin": "C2D1", "population": "clearance_able"}
CONTRASTS = pd.DataFrame(
    [
        contrast("her2_group", "newcombe", 0.2),
        contrast("her2_group", "newcombe", 0.9, adjusted_for="hr_status"),
        contrast("her2_group", "newcombe", 0.8, subgroup="hr_status=positive"),
        contrast("her2_group", "newcombe", 0.3, population="response_evaluable"),
        contrast("her2_group", "cox_profile", 0.7),
        contrast("her2_group", "firth_profile", 0.72),
        contrast("her2_level", "newcombe", 0.5),
        contrast("clearance_C2D1", "newcombe", 0.4, **AT_C2D1),
        contrast("clearance_C2D1", "cox_profile", 0.9, origin="first_dose")
        | {"biased": "yes"},
        contrast("clearance_C2D1", "cox_profile", nan, **AT_C2D1)
        | {"ci_low": nan, "ci_high": 0.62},
        contrast("clearance_C2D1", "firth_profile", 0.1, **AT_C2D1),
        contrast("mr50_C2D1", "cox_profile", 0.5, origin="C2D1") | {"ci_low": -inf},
        contrast("state_C2D1", "newcombe", 0.6, origin="C2D1"),
        contrast("hr_status", "newcombe", 0.1),
    ]
)
TESTS = pd.DataFrame(
    [
        primary("orr", "her2_group", 0.2),
        primary("orr", "her2_group", 0.01, role="alternative"),
        primary("pfs", "her2_group", 0.3),
        primary("orr", "her2_level", 0.25),
        primary("pfs", "her2_level", 0.4),
        primary("orr", "clearance_C2D1", 0.02, **AT_C2D1),
        primary("pfs", "clearance_C2D1", 0.03, **AT_C2D1),
    ]
)


def test_each_question_stands_once_and_a_trend_has_its_tests_alone():
    drawn = derive_summary_forest(CONTRASTS, TESTS, LANDMARKS)
    assert drawn[["section", "comparison"]].to_numpy().tolist() == [
        ["HER2", "HER2-low vs HER2-zero"],
        ["HER2", "trend: absent, ultralow, 1+, 2+"],
        ["ctDNA at C2D1", "cleared vs not cleared"],
    ]
    her2, trend, cleared = drawn.to_dict("records")
    assert (her2["difference"], her2["orr_q"]) == (0.2, 0.4)
    assert (her2["hazard_ratio"], her2["hazard_method"]) == (0.7, "cox_profile")
    assert (trend["orr_p"], trend["pfs_q"]) == (0.25, 0.8)
    assert pd.isna(trend["difference"])
    assert pd.isna(trend["hazard_ratio"])
    assert (cleared["events"], cleared["n"], cleared["orr_p"]) == (4, 10, 0.02)


def test_an_open_interval_gives_way_to_the_penalised_one_and_the_figure_says_so():
    drawn = derive_summary_forest(CONTRASTS, TESTS, LANDMARKS)
    cleared = drawn.iloc[-1]
    assert (cleared["hazard_ratio"], cleared["hazard_method"]) == (0.1, "firth_profile")
    with figure_style():
        figure = plot_summary_forest(drawn, confidence=0.95, study=STUDY)
    said = [text.get_text() for text in figure.texts]
    assert any("* Penalised (Firth)." in text for text in said)
    assert "0.10 (0.050\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}0.20)*" in said
    assert "4/10 vs 2/8" in said
    assert "0.040" in said


def test_a_study_without_response_or_without_questions_is_drawn():
    of_times = TESTS[TESTS["endpoint"] == "pfs"]
    rates = CONTRASTS["endpoint"] == "orr"
    drawn = derive_summary_forest(CONTRASTS[~rates], of_times, LANDMARKS)
    assert drawn["difference"].isna().all()
    with figure_style():
        figure = plot_summary_forest(drawn, confidence=0.95, study=STUDY)
    assert len(figure.axes) == 1
    none = derive_summary_forest(CONTRASTS.head(0), TESTS.head(0), [])
    assert none.empty
    with figure_style():
        empty = plot_summary_forest(none, confidence=0.95, study=STUDY)
    said = [text.get_text() for text in empty.texts]
    assert "No two groups with patients were compared." in said
