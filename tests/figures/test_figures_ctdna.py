"""The numbers behind the figures of ctDNA, and that they are what is drawn."""

import figure_tables
import numpy as np
import pandas as pd
import pytest

from her2ctdna.figures.ctdna_by_her2 import (
    compute_median_level,
    derive_ctdna_by_her2,
    plot_ctdna_by_her2,
)
from her2ctdna.figures.ctdna_clearance import (
    derive_ctdna_clearance,
    plot_ctdna_clearance,
)
from her2ctdna.figures.ctdna_trajectories import (
    derive_ctdna_trajectories,
    plot_ctdna_trajectories,
)
from her2ctdna.figures.marks.style import figure_style
from her2ctdna.figures.marks.windows import find_windows, stack_names
from her2ctdna.figures.oncoprint import plot_oncoprint
from her2ctdna.figures.oncoprint_cells import step_of
from her2ctdna.figures.oncoprint_layout import WIDTH_MM, lay_out
from her2ctdna.figures.oncoprint_table import derive_oncoprint, derive_plasma_draws

STUDY = figure_tables.STUDY | {"id": "S", "title": "T", "synthetic": False}


def patients() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_id": ["A", "B", "C", "D"],
            "treated": ["yes", "yes", "yes", "no"],
            "her2_group": ["low", "zero", None, "low"],
            "bor": ["PR", "PD", "SD", None],
            "n_samples": [2.0, 1.0, 1.0, 1.0],
            "baseline_sample_id": ["A1", "B1", "C1", "D1"],
            "baseline_state": ["detected", "undetected", "detected", "detected"],
            "baseline_level": [0.02, 0.0, 0.03, 0.01],
        }
    )


def samples() -> pd.DataFrame:
    rows = [
        ("A2", "A", 21.0, "undetected", 0.0001, 0.0006),
        ("A1", "A", 0.0, "detected", 0.02, 0.025),
        ("B1", "B", 0.0, "undetected", 0.0, 0.0004),
        ("C1", "C", 0.0, "not_evaluable", np.nan, np.nan),
        ("D1", "D", 0.0, "detected", 0.01, 0.02),
        ("A3", "A", np.nan, "detected", 0.01, 0.02),
    ]
    columns = ["sample_id", "patient_id", "day", "state", "level", "upper95_level"]
    return pd.DataFrame(rows, columns=columns)


def landmarks() -> pd.DataFrame:
    rows = [
        ("A", "C2D1", "undetected", "cleared", "yes", 0.005, 0.03, 0.031),
        ("B", "C2D1", "detected", "not_shedding", None, np.nan, np.nan, np.nan),
        ("C", "C2D1", "detected", "not_cleared", "no", 0.5, 0.6, np.nan),
        ("A", "C3D1", "missing", "missing", "no", np.nan, np.nan, np.nan),
    ]
    columns = ["patient_id", "landmark", "state", "clearance", "able"]
    columns += ["ratio", "ratio_upper95", "residual_max"]
    return pd.DataFrame(rows, columns=columns).assign(baseline_state="detected")


def variants() -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [
        ("A1", "A", 1, "TP53", "missense_variant", "tracked", 40.0, "yes"),
        ("A2", "A", 1, None, None, "tracked", 0.0, "yes"),
        (
            "A1",
            "A",
            2,
            "TP53",
            "stop_gained&splice_region_variant",
            "tracked",
            4,
            "yes",
        ),
        ("A2", "A", 2, "TP53", None, "tracked", 9.0, "no"),
        ("A1", "A", 3, "PTEN", "synonymous_variant", "germline", 900.0, "yes"),
        ("A2", "A", 4, "ESR1", "missense_variant", "emergent", 20.0, "yes"),
        ("B1", "B", 1, None, None, "tracked", 30.0, "yes"),
        ("D1", "D", 1, "TP53", "missense_variant", "tracked", 30.0, "yes"),
    ]
    names = ["sample_id", "patient_id", "pos", "gene", "consequence", "role"]
    table = pd.DataFrame(rows, columns=[*names, "alt_count", "informative"])
    table = table.assign(chrom="chr1", ref="A", alt="T", depth=2000.0)
    counts = ["alt_count", "depth", "informative"]
    return (
        table.drop(columns=["role", *counts]),
        table.drop(columns=["gene", "consequence"]),
    )


def draws(n_of_a: int = 3) -> pd.DataFrame:
    """Return draws of A (the third failed), B, C and the untreated D."""
    states = ["detected", "undetected", "failed_qc", *["detected"] * n_of_a]
    rows = [(f"A{i + 1}", "A", 21.0 * i, states[i]) for i in range(n_of_a)]
    rows += [("C1", "C", 0.0, ""), ("B1", "B", 0.0, "detected"), ("D1", "D", 0.0, "")]
    return pd.DataFrame(rows, columns=["sample_id", "patient_id", "day", "state"])


def oncoprint(n_of_a: int = 3) -> pd.DataFrame:
    at = pd.DataFrame({"landmark": ["C2D1", "C3D1"], "sample_id": ["A2", "A3"]})
    people = patients().assign(
        her2_class=["low", "absent", "indeterminate", "low"],
        her2_level=["1+", "absent", None, "1+"],
    )
    return derive_oncoprint(
        *variants(), draws(n_of_a), people, at_landmark=at, landmark="C2D1"
    )


def test_a_cell_tells_detected_from_not_detected_not_measured_and_emergent():
    columns = ["sample_id", "gene", "cell", "vaf", "consequence", "n_emergent"]
    drawn = oncoprint()[columns]
    rows = drawn.astype(object).where(drawn.notna(), None)
    assert rows.values.tolist() == [
        ["B1", "no gene given", "detected", 0.015, "other", 0],
        ["A1", "TP53", "detected", 0.02, "truncating", 0],
        ["A2", "TP53", "undetected", None, "truncating", 0],
        ["A2", "ESR1", "emergent", 0.01, None, 1],
        ["A3", "TP53", "not_measured", None, "truncating", 0],
        ["C1", None, None, None, None, None],
    ]


def test_a_variant_that_a_draws_file_does_not_hold_is_not_measured():
    calls, status = variants()
    status = status[~((status["sample_id"] == "A2") & (status["pos"] < 3))]
    at = pd.DataFrame(columns=["landmark", "sample_id"])
    drawn = derive_oncoprint(
        calls, status, draws(), patients(), at_landmark=at, landmark="C2D1"
    )
    cell = drawn[(drawn["sample_id"] == "A2") & (drawn["gene"] == "TP53")].iloc[0]
    assert (cell["cell"], cell["n_tracked"], cell["n_informative"]) == (
        "not_measured",
        2,
        0,
    )


def test_patients_are_by_her2_level_or_class_and_draws_by_time():
    drawn = oncoprint().drop_duplicates("sample_id")
    assert drawn[["patient_id", "her2_category", "day"]].values.tolist() == [
        ["B", "absent", 0],
        ["A", "1+", 0],
        ["A", "1+", 21],
        ["A", "1+", 42],
        ["C", "indeterminate", 0],
    ]
    assert set(drawn["draws_shown"]) == {"every plasma draw"}


def test_of_too_many_draws_the_first_the_landmark_and_the_last_are_shown():
    drawn = oncoprint(n_of_a=330)
    of_a = drawn[drawn["patient_id"] == "A"]
    assert list(of_a["sample_id"].unique()) == ["A1", "A2", "A330"]
    with figure_style():
        figure = plot_oncoprint(drawn, study=STUDY)
    words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "5 draws: first, C2D1 and last draw of each" in words


def test_oncoprint_names_what_is_only_emergent_and_counts_patients():
    with figure_style():
        figure = plot_oncoprint(oncoprint(), study=STUDY)
    words = [text.get_text() for text in figure.texts]
    assert "emergent only" in words
    assert words.count("1/3") == 2
    assert {"tracked, not detected", "tracked, not measured"} <= set(words)
    assert figure.get_suptitle().startswith("2 of 3 patients")


def test_genes_beyond_the_most_common_are_joined_and_counted_in_the_subtitle():
    calls, status = variants()
    many = range(40)
    genes = pd.DataFrame(
        {
            "sample_id": "B1",
            "patient_id": "B",
            "pos": [100 + i for i in many],
            "chrom": "chr2",
            "ref": "A",
            "alt": "T",
        }
    )
    counts = {"alt_count": 8.0, "depth": 2000.0, "informative": "yes"}
    calls = pd.concat([calls, genes.assign(gene=[f"G{i:02d}" for i in many])])
    status = pd.concat([status, genes.assign(role="tracked", **counts)])
    at = pd.DataFrame(columns=["landmark", "sample_id"])
    drawn = derive_oncoprint(
        calls, status, draws(), patients(), at_landmark=at, landmark="C2D1"
    )
    assert drawn["gene"].nunique() == 26
    joined = drawn[drawn["gene"].fillna("").str.endswith(" other genes")]
    assert joined["n_tracked"].sum() + joined["n_emergent"].sum() > 10
    assert drawn.groupby("sample_id")["n_tracked"].sum()["B1"] == 1 + 40
    with figure_style():
        figure = plot_oncoprint(drawn, study=STUDY)
    words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert f"{joined['gene'].iloc[0].capitalize()} of fewer patients" in words


@pytest.mark.parametrize(
    ("vaf", "step"),
    [
        (0.00099, "to_0.1"),
        (0.001, "to_1"),
        (0.0999, "to_10"),
        (0.1, "more"),
        (np.nan, ""),
    ],
)
def test_a_vaf_falls_in_one_step_which_holds_its_lower_end(vaf, step):
    assert step_of(vaf) == step


def test_levels_leave_the_draws_of_the_calls_without_a_state():
    sheet = pd.DataFrame(
        {
            "sample_id": ["A1", "A2", "A9"],
            "patient_id": "A",
            "material": [None, "plasma", "leukocyte"],
            "collected_day": [0, 21, 0],
        }
    )
    states = pd.DataFrame({"sample_id": ["A1"], "state": ["detected"]})
    drawn = derive_plasma_draws(sheet, states)
    assert drawn.values.tolist() == [
        ["A1", "A", 0.0, "detected"],
        ["A2", "A", 21.0, ""],
    ]


@pytest.mark.parametrize("n", [3, 40, 300])
def test_columns_of_a_patient_stay_together_and_inside_the_page(n):
    people = pd.DataFrame(
        {
            "patient_id": [f"P{i}" for i in range(n)],
            "her2_category": ["absent" if i < n / 2 else "2+" for i in range(n)],
            "n_draws": [1 + i % 3 for i in range(n)],
        }
    )
    layout = lay_out(people)
    slots = [slot for band in layout.bands for slot in band]
    assert [slot.patient_id for slot in slots] == list(people["patient_id"])
    for band in layout.bands:
        ends = [slot.left + slot.width for slot in band]
        assert ends[-1] <= WIDTH_MM
        assert all(slot.left > end for slot, end in zip(band[1:], ends, strict=False))
    assert all(slot.width >= slot.n_draws * layout.pitch - 1e-9 for slot in slots)
    assert layout.has_ids == (n < 300)


def test_an_undetected_sample_has_an_upper_bound_in_place_of_a_level():
    drawn = derive_ctdna_trajectories(samples(), patients())
    assert list(drawn["sample_id"]) == ["A1", "A2", "B1", "C1"]
    np.testing.assert_array_equal(drawn["level"], [0.02, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(
        drawn["upper_bound"], [np.nan, 0.0006, 0.0004, np.nan]
    )


def test_samples_without_a_level_of_one_day_do_not_hide_each_other():
    states = ["detected", "undetected", "not_evaluable", "failed_qc"]
    table = samples().iloc[[1]].loc[[1] * 4]
    table = table.assign(sample_id=list("abcd"), state=states, day=[0.0, 21, 21, 21])
    table.loc[table["state"] != "detected", ["level", "upper95_level"]] = np.nan
    with figure_style():
        drawn = derive_ctdna_trajectories(table, patients())
        figure = plot_ctdna_trajectories(
            drawn, metric="mean_vaf", windows={}, study=STUDY
        )
    heights = {
        line.get_ydata()[0]
        for line in figure.axes[0].lines
        if list(line.get_xdata()) == [3.0]
    }
    assert len(heights) == 3


def test_clearance_is_counted_in_all_and_in_each_group():
    drawn = derive_ctdna_clearance(landmarks(), patients())
    counted = drawn[drawn["n"] > 0]
    of_cleared = counted["clearance"] == "cleared"
    assert counted.loc[of_cleared, "residual_max"].tolist() == [0.031, 0.031]
    assert counted.loc[~of_cleared, "residual_max"].isna().all()
    assert counted.drop(columns="residual_max").values.tolist() == [
        ["C2D1", "all", "cleared", 1, 1, 3],
        ["C2D1", "all", "not_cleared", 1, 0, 3],
        ["C2D1", "all", "not_shedding", 1, 0, 3],
        ["C2D1", "zero", "not_shedding", 1, 0, 1],
        ["C2D1", "low", "cleared", 1, 1, 1],
        ["C2D1", "", "not_cleared", 1, 0, 1],
        ["C3D1", "all", "missing", 1, 0, 1],
        ["C3D1", "low", "missing", 1, 0, 1],
    ]


def test_the_clearance_rate_leaves_out_what_cannot_be_told():
    with figure_style():
        figure = plot_ctdna_clearance(
            derive_ctdna_clearance(landmarks(), patients()), study=STUDY
        )
    assert figure.get_suptitle() == (
        "Clearance at C2D1 could be shown in 1 of 3 patients"
    )
    assert "0 of 0 able" in [text.get_text() for text in figure.texts]


def test_who_was_not_measured_stands_apart_from_who_could_not_have_seen_enough():
    weak = {"clearance": "uninformative", "residual_max": np.nan}
    table = landmarks().iloc[[0, 1, 2]].assign(**weak)
    table = table.assign(
        state=["undetected", "not_evaluable", "undetected"],
        # without ctDNA at baseline nothing could be cleared
        able=["no", "no", None],
    )
    drawn = derive_ctdna_clearance(table, patients()).query("her2_group == 'all'")
    counts = drawn.set_index("clearance")["n"]
    assert (counts["uninformative"], counts["not_measured"]) == (1, 2)


def test_a_title_tells_a_rate_where_five_samples_could_have_shown_a_clearance():
    many = pd.concat([landmarks().iloc[[0]]] * 5)
    people = pd.concat([patients().query("patient_id == 'A'")] * 5)
    names = [f"A{place}" for place in range(5)]
    with figure_style():
        drawn = derive_ctdna_clearance(
            many.assign(patient_id=names), people.assign(patient_id=names)
        )
        figure = plot_ctdna_clearance(drawn, study=STUDY)
    said = "ctDNA cleared at C2D1 in 5 of 5 patients whose sample could show it"
    assert figure.get_suptitle() == said


def words_of(figure):
    words = [figure.get_suptitle(), *(text.get_text() for text in figure.texts)]
    return " ".join(words).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("clearances", "residuals", "is_said"),
    [
        (["cleared", "not_cleared"], [0.031, np.nan], True),
        (["cleared", "cleared"], [0.031, 0.002], True),
        (["cleared", "cleared"], [0.031, np.nan], False),
        (["not_cleared", "not_cleared"], [np.nan, np.nan], False),
    ],
)
def test_the_figure_says_how_much_a_cleared_sample_may_hide(
    clearances, residuals, is_said
):
    table = landmarks().iloc[[0, 2]]
    table = table.assign(clearance=clearances, able="yes", residual_max=residuals)
    with figure_style():
        drawn = derive_ctdna_clearance(table, patients())
        figure = plot_ctdna_clearance(drawn, study=STUDY)
    said = words_of(figure)
    assert ("may hide up to 3.1 % of baseline" in said) == is_said


def compared(**cells: object) -> pd.DataFrame:
    """Return what was estimated of the baseline level by HER2 group."""
    row = {
        "endpoint": "her2_group",
        "biomarker": "baseline_level",
        "measure": "fold_in_her2_low",
        **{"estimate": 2.5, "ci_low": 0.5, "ci_high": 9.25, "p_value": 0.029, "n": 8},
        "note": None,
    }
    return pd.DataFrame([row | cells])


def by_her2(
    people: pd.DataFrame, sampled: pd.DataFrame, found: pd.DataFrame
) -> pd.DataFrame:
    none = landmarks().head(0)
    return derive_ctdna_by_her2(people, sampled, none, found, landmark="C2D1")


def some_by_her2(found: pd.DataFrame) -> pd.DataFrame:
    """Return the figure's table of two patients a group."""
    people = pd.DataFrame(
        {
            "patient_id": [f"P{i}" for i in range(4)],
            "treated": "yes",
            "her2_group": ["zero", "zero", "low", "low"],
            "baseline_sample_id": [f"S{i}" for i in range(4)],
            "baseline_state": "detected",
            "baseline_level": [0.01, 0.02, 0.04, 0.08],
        }
    )
    sampled = pd.DataFrame({"sample_id": ["S0"], "upper95_level": [0.1]})
    return by_her2(people, sampled, found)


def test_ctdna_by_her2_states_how_many_times_higher_the_low_are_and_the_exact_p():
    drawn = some_by_her2(compared())
    assert drawn["fold"].to_list() == [2.5] * 4
    assert drawn["n_compared"].to_list() == [8] * 4
    with figure_style():
        figure = plot_ctdna_by_her2(
            drawn, metric="mean_vaf", confidence=0.95, study=STUDY
        )
    said = words_of(figure)
    assert "HER2-low over zero: 2.50 (0.50 to 9.25), p = 0.029, n = 8" in said


def test_ctdna_by_her2_without_a_second_group_says_so():
    nothing = dict.fromkeys(("estimate", "ci_low", "ci_high", "p_value"), np.nan)
    drawn = some_by_her2(compared(**nothing, note="a group without patients"))
    with figure_style():
        figure = plot_ctdna_by_her2(
            drawn, metric="mean_vaf", confidence=0.95, study=STUDY
        )
    assert "HER2-low over zero: one group only" in words_of(figure)


def test_points_of_one_value_come_closer_and_stay_in_their_group():
    people = pd.DataFrame(
        {
            "patient_id": [f"P{i}" for i in range(120)],
            "treated": "yes",
            "her2_group": ["zero", "low"] * 60,
            "baseline_sample_id": [f"S{i}" for i in range(120)],
            "baseline_state": "detected",
            "baseline_level": 0.02,
        }
    )
    sampled = pd.DataFrame({"sample_id": ["S0"], "upper95_level": [0.1]})
    drawn = by_her2(people, sampled, compared())
    with figure_style():
        figure = plot_ctdna_by_her2(
            drawn, metric="mean_vaf", confidence=0.95, study=STUDY
        )
    marks = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in marks] == [60, 60]
    for place, line in enumerate(marks):
        assert np.abs(line.get_xdata() - place).max() <= 0.43
        assert len(np.unique(np.round(line.get_xdata(), 6))) == 60


def test_ctdna_by_her2_takes_limits_for_what_is_undetected():
    drawn = derive_ctdna_by_her2(
        patients(), samples(), landmarks(), compared(), landmark="C2D1"
    )
    columns = ["measure", "patient_id", "value", "is_bound"]
    assert drawn[columns].values.tolist() == [
        ["baseline_level", "B", 0.0004, "yes"],
        ["baseline_level", "A", 0.02, "no"],
        ["ratio", "A", 0.03, "yes"],
    ]
    with figure_style():
        figure = plot_ctdna_by_her2(
            drawn, metric="mean_vaf", confidence=0.95, study=STUDY
        )
    title = figure.get_suptitle().replace("\N{NO-BREAK SPACE}", " ")
    assert "at baseline undetected in HER2-zero, 2 % in HER2-low" in title


@pytest.mark.parametrize(
    ("values", "bounds", "median"),
    [
        ([0.1, 0.2, 0.4], "no no no", 0.2),
        ([0.1, 0.2], "no no", 0.15),
        ([0.9, 0.1, 0.2], "yes no no", 0.1),
        ([0.9, 0.8, 0.2], "yes yes no", None),
        ([0.9, 0.2], "yes no", None),
    ],
)
def test_undetected_samples_rank_below_all_others_in_the_median(values, bounds, median):
    group = pd.DataFrame({"value": values, "is_bound": bounds.split()})
    assert compute_median_level(group) == pytest.approx(
        np.nan if median is None else median, nan_ok=True
    )


def test_each_sample_has_its_own_detection_limit_whatever_was_seen():
    table = samples().assign(lod95_level=[4e-4, 5e-4, 6e-4, 7e-4, 8e-4, 9e-4])
    drawn = derive_ctdna_trajectories(table, patients())
    np.testing.assert_array_equal(drawn["limit"], [5e-4, 4e-4, 6e-4, np.nan])
    with figure_style():
        figure = plot_ctdna_trajectories(
            drawn, metric="mean_vaf", windows={}, study=STUDY
        )
    ticks = {
        round(float(path.vertices[0, 1]), 9)
        for axes in figure.axes
        for collection in axes.collections
        for path in collection.get_paths()
        if len(path.vertices) == 2 and path.vertices[0, 1] == path.vertices[1, 1]
    }
    assert {5e-4, 4e-4, 6e-4} <= ticks


def test_the_windows_of_landmarks_are_bands_with_their_names():
    windows = find_windows(
        {"C2D1": {"day": 21, "window": 7}, "T2": {"timepoint": "T2"}}
    )
    assert windows == {"C2D1": (14, 28)}
    with figure_style():
        figure = plot_ctdna_trajectories(
            derive_ctdna_trajectories(samples(), patients()),
            metric="mean_vaf",
            windows=windows,
            study=STUDY,
        )
    names = [text.get_text() for text in figure.texts]
    assert names.count("C2D1") == 3
    bands = [
        (patch.get_x(), patch.get_x() + patch.get_width())
        for patch in figure.axes[0].patches
    ]
    assert (2.0, 4.0) in bands


def test_names_that_would_meet_go_to_a_row_above():
    placed = stack_names([10, 12, 30], [6, 6, 6], left=0, right=31)
    assert placed == [(10, 0), (12, 1), (28, 0)]


def test_treatment_is_shown_as_the_share_still_on_it_or_said_to_be_missing():
    table = patients().assign(last_dose_day=[70.0, 140.0, np.nan, np.nan])
    same_group = table.assign(her2_group="low")
    drawn = derive_ctdna_trajectories(samples(), same_group)
    with figure_style():
        figure = plot_ctdna_trajectories(
            drawn, metric="mean_vaf", windows={}, study=STUDY
        )
        other = plot_ctdna_trajectories(
            drawn.assign(last_dose_day=np.nan),
            metric="mean_vaf",
            windows={},
            study=STUDY,
        )
    assert "on treatment" in [text.get_text() for text in figure.texts]
    heights = figure.axes[-1].collections[0].get_paths()[0].vertices[:, 1]
    assert set(heights.round(6)) == {0, round(1 / 3, 6), round(2 / 3, 6), 1}
    words = " ".join(text.get_text() for text in other.texts).replace("\n", " ")
    assert "No last dose is given" in words
