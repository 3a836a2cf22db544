"""Reference values of the half-life are R's: tests/reference/tobit.R."""

from math import log, nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import linregress, t

from her2ctdna.ctdna.courses import COLUMNS, PROGRESSION, derive_courses
from her2ctdna.ctdna.detection import SAMPLE_COLUMNS
from her2ctdna.ctdna.half_life import estimate_half_life
from her2ctdna.tables import read_table, write_table

REFERENCE = Path(__file__).parents[1] / "reference"
NO_PROGRESSION = pd.DataFrame(columns=["patient_id", *PROGRESSION])


@pytest.fixture(scope="module")
def ctdna(root):
    text = (root / "config" / "config.yaml").read_text()
    return yaml.safe_load(text)["definitions"]["ctdna"]


def sample(day, state, level, lod=nan, **more):
    """Return a row of the sample table of an assay that counts no molecules."""
    row = dict.fromkeys(SAMPLE_COLUMNS, nan) | {"patient_id": "P1", "day": float(day)}
    row |= {"sample_id": f"S{day}", "timepoint": None, "is_baseline": "no"}
    limits = {"lod95": lod, "lod95_level": lod, "upper95": lod, "upper95_level": lod}
    return row | limits | {"state": state, "level": level} | more


def baseline(state="detected", level=0.1, day=0, **more):
    return sample(day, state, level, is_baseline="yes", **more)


def seen(day, level=0.05, **more):
    return sample(day, "detected", level, **more)


def unseen(day, level=0.0, lod=0.001, **more):
    return sample(day, "undetected", level, lod, **more)


def table_of(*samples):
    return pd.DataFrame(samples, columns=SAMPLE_COLUMNS)


def courses_of(*samples, ctdna, progression=NO_PROGRESSION, patients=("P1",)):
    sheet = pd.DataFrame({"patient_id": list(patients)}, dtype=object)
    return derive_courses(table_of(*samples), sheet, progression, ctdna=ctdna)


def course_of(*samples, ctdna, progression_day=nan, free_day=nan):
    days = [("P1", progression_day, free_day)]
    progression = pd.DataFrame(days, columns=["patient_id", *PROGRESSION])
    table = courses_of(*samples, ctdna=ctdna, progression=progression)
    return table.iloc[0].to_dict()


# First clearance


@pytest.mark.parametrize(
    ("later", "ever", "cleared", "before"),
    [
        ([unseen(21)], "yes", 21, 0),
        ([seen(21), unseen(42), seen(63)], "yes", 42, 21),
        ([seen(21), seen(42)], "no", nan, nan),
        ([], None, nan, nan),
    ],
)
def test_the_first_clearance_is_an_interval(later, ever, cleared, before, ctdna):
    row = course_of(baseline(), *later, ctdna=ctdna)
    assert row["ever_cleared"] == ever
    interval = [row["first_cleared_day"], row["last_detected_day_before"]]
    assert_array_equal(interval, [cleared, before])


def test_a_sample_that_could_not_have_seen_enough_decides_nothing(ctdna):
    blunt = unseen(21, lod=0.011)
    alone = course_of(baseline(), blunt, ctdna=ctdna)
    before = course_of(baseline(), blunt, unseen(42), ctdna=ctdna)
    after = course_of(baseline(), unseen(14), blunt, unseen(42), ctdna=ctdna)
    assert alone["ever_cleared"] is None
    assert (before["first_cleared_day"], before["last_detected_day_before"]) == (42, 0)
    assert (after["first_cleared_day"], after["sustained"]) == (14, "yes")


@pytest.mark.parametrize("state", ["not_evaluable", "failed_qc"])
def test_samples_without_a_result_decide_nothing(state, ctdna):
    row = course_of(baseline(), sample(21, state, nan), unseen(42), ctdna=ctdna)
    assert (row["first_cleared_day"], row["last_detected_day_before"]) == (42, 0)
    assert row["n_samples"] == 3


@pytest.mark.parametrize(
    ("later", "progression_day", "sustained"),
    [
        ([unseen(21), unseen(42)], nan, "yes"),
        ([unseen(21), unseen(42), seen(63)], nan, "yes"),
        ([unseen(21), seen(42)], nan, "no"),
        ([unseen(21), seen(42), unseen(63), unseen(84)], nan, "yes"),
        ([unseen(21), seen(42), unseen(63)], nan, None),
        ([unseen(21)], nan, None),
        ([unseen(21)], 90, "yes"),
        ([seen(21), unseen(42)], 42, "yes"),
        ([unseen(21), seen(42)], 42, "no"),
        ([unseen(21), seen(42)], 41, "yes"),
        ([unseen(21), unseen(42)], 41, "yes"),
        ([seen(21), unseen(42), unseen(63)], 41, None),
        ([seen(21)], nan, None),
        ([seen(21)], 90, None),
    ],
)
def test_a_clearance_is_sustained_over_two_samples_or_until_progression(
    later, progression_day, sustained, ctdna
):
    row = course_of(baseline(), *later, ctdna=ctdna, progression_day=progression_day)
    assert row["sustained"] == sustained


def test_the_first_clearance_shows_what_it_cannot_exclude(ctdna):
    late = course_of(baseline(level=0.1), seen(21), unseen(42, lod=0.004), ctdna=ctdna)
    word = course_of(baseline(level=0.1), unseen(42, lod=nan), ctdna=ctdna)
    assert late["first_cleared_residual_max"] == pytest.approx(0.04)
    assert (word["ever_cleared"], word["first_cleared_day"]) == ("yes", 42)
    assert np.isnan(word["first_cleared_residual_max"])


# Baseline


@pytest.mark.parametrize("state", ["undetected", "not_evaluable"])
def test_a_patient_who_did_not_shed_has_a_baseline_and_no_course(state, ctdna):
    row = course_of(baseline(state, nan), unseen(21), seen(42), ctdna=ctdna)
    assert (row["baseline_state"], row["baseline_sample_id"]) == (state, "S0")
    empty = ["ever_cleared", "nadir_level", "rebound_day", "half_life_days"]
    assert all(pd.isna(row[column]) for column in empty)


@pytest.mark.parametrize(
    "samples", [[], [seen(21), unseen(42)], [baseline("failed_qc", nan), seen(21)]]
)
def test_a_failed_or_absent_baseline_is_missing(samples, ctdna):
    row = course_of(*samples, ctdna=ctdna)
    assert (row["baseline_state"], row["n_samples"]) == ("missing", len(samples))
    assert row["ever_cleared"] is None


def test_samples_before_the_baseline_are_no_part_of_the_course(ctdna):
    row = course_of(unseen(-20), baseline(day=-1), seen(21), ctdna=ctdna)
    assert (row["baseline_sample_id"], row["ever_cleared"]) == ("S-1", "no")
    assert (row["nadir_day"], row["baseline_level"]) == (21, 0.1)


# Nadir, rebound and lead time


def test_the_nadir_of_a_course_is_a_bound_where_nothing_was_detected(ctdna):
    low = course_of(baseline(), seen(21, 0.01), ctdna=ctdna)
    gone = course_of(baseline(), seen(21, 0.01), unseen(42, 0.0002), ctdna=ctdna)
    names = ["nadir_day", "nadir_level", "nadir_upper95"]
    assert_array_equal([low[name] for name in names], [21, 0.01, nan])
    assert_array_equal([gone[name] for name in names], [42, 0.0002, 0.001])
    assert (low["nadir_state"], gone["nadir_state"]) == ("detected", "undetected")


def test_a_rebound_has_its_kind_rise_and_lead_over_progression(ctdna):
    course = [baseline(), seen(21, 0.01), seen(42, 0.05), seen(63, 0.06)]
    row = course_of(*course, ctdna=ctdna, progression_day=90, free_day=45)
    assert (row["nadir_day"], row["nadir_level"]) == (21, 0.01)
    assert (row["rebound_day"], row["rebound_kind"]) == (42, "rise")
    assert (row["last_day_before_rebound"], row["rebound_ratio"]) == (21, 5)
    assert (row["lead_time_days"], row["lead_time_low"], row["lead_time_high"]) == (
        48,
        3,
        69,
    )


def test_detection_after_a_clearance_is_a_rebound_without_a_rise(ctdna):
    course = [baseline(), unseen(21), seen(42, 0.0008), seen(63, 0.0009)]
    row = course_of(*course, ctdna=ctdna)
    assert (row["rebound_day"], row["rebound_kind"]) == (42, "detected_again")
    assert_array_equal([row["rebound_level"], row["rebound_ratio"]], [0.0008, nan])


def test_the_lead_time_needs_both_rebound_and_progression(ctdna):
    falling = [baseline(), seen(21, 0.01), seen(42, 0.011)]
    rising = [baseline(), seen(21, 0.01), seen(42, 0.05)]
    for row in (
        course_of(*falling, ctdna=ctdna, progression_day=90, free_day=45),
        course_of(*rising, ctdna=ctdna, free_day=45),
    ):
        lead = [row[f"lead_time_{end}"] for end in ("days", "low", "high")]
        assert_array_equal(lead, [nan, nan, nan])


# Half-life


def half_life(days, log_levels, is_censored=None):
    censored = np.zeros(len(days), bool) if is_censored is None else is_censored
    found = estimate_half_life(
        np.array(days, float), np.array(log_levels, float), censored, level=0.95
    )
    return found[:3]


def note_of(days, log_levels, is_censored=None):
    censored = np.array(is_censored or [False] * len(days), bool)
    days, log_levels = np.array(days, float), np.array(log_levels, float)
    return estimate_half_life(days, log_levels, censored, level=0.95).note


def test_levels_that_halve_every_ten_days_have_a_half_life_of_ten_days():
    days = [0, 10, 25, 40]
    levels = [log(0.08) - day / 10 * log(2) for day in days]
    assert_allclose(half_life(days, levels), [10, 10, 10], rtol=1e-9)


def test_an_exact_line_that_passes_below_the_limits_is_kept():
    days = [0, 10, 20, 40]
    levels = [log(0.08), log(0.04), log(0.02), log(0.01)]
    censored = np.array([False, False, False, True])
    assert_allclose(half_life(days, levels, censored), [10, 10, 10], rtol=1e-9)


def test_a_limit_below_an_exact_line_counts_against_it():
    days = [0, 10, 20, 40]
    levels = [log(0.08), log(0.04), log(0.02), log(0.0049)]
    estimate, low, high = half_life(days, levels, np.array([False] * 3 + [True]))
    assert estimate < 10
    assert low < estimate < high


def test_without_censoring_the_interval_is_the_t_interval():
    days = np.array([0.0, 20, 43, 81, 130])
    levels = np.array([-3.2, -4.4, -4.1, -5.9, -7.3])
    line = linregress(days, levels)
    reach = t.ppf(0.975, 3) * line.stderr
    expected = log(2) / -np.array([line.slope, line.slope - reach, line.slope + reach])
    assert_allclose(half_life(days, levels), expected, rtol=1e-8)


@pytest.mark.parametrize(
    "case", ["none_censored", "last_censored", "two_limits", "mostly_censored"]
)
def test_the_half_life_with_censoring_is_that_of_r(case):
    points = pd.read_csv(REFERENCE / "tobit.points.csv").set_index("case").loc[case]
    expected = pd.read_csv(REFERENCE / "tobit.csv").set_index("case").loc[case]
    estimate = half_life(
        points["day"], points["log_level"], points["is_censored"].to_numpy()
    )
    slopes = expected[["slope", "slope_low", "slope_high"]]
    assert_allclose(estimate, log(2) / -slopes, rtol=1e-6)


def test_a_limit_is_not_taken_for_a_measurement():
    days, levels = [0, 20, 43, 85], [-3.5, -4.7, -5.4, -5.5]
    censored = np.array([False, False, False, True])
    assert half_life(days, levels, censored)[0] < 0.8 * half_life(days, levels)[0]


@pytest.mark.parametrize(
    ("days", "log_levels"),
    [
        ([0, 20, 40], [-3, -2.5, -1.9]),
        ([0, 20, 40], [-3, -3, -3]),
        ([0, 20], [-3, -4]),
        ([7, 7, 7], [-3, -4, -5]),
        ([], []),
    ],
)
def test_no_half_life_without_a_fall_over_three_points(days, log_levels):
    assert np.isnan(half_life(days, log_levels)).all()


def test_the_regression_with_limits_is_that_of_r():
    """R's survreg on NADA's Atrazine: June 1.83 below September, on the log scale.

    survreg(Surv(log(val), detected, type = "left") ~ group, dist = "gaussian").
    """
    data = pd.read_csv(REFERENCE / "atrazine.csv")
    estimate, low, high = half_life(
        (data["group"] == "June").astype(float),
        np.log(data["val"]),
        (data["detected"] == 0).to_numpy(),
    )
    assert estimate == pytest.approx(log(2) / 1.8349157289592122, rel=1e-7)
    # the Wald interval of R, with which the profile agrees roughly at n = 48
    assert [log(2) / high, log(2) / low] == pytest.approx([0.5476, 3.1222], abs=0.2)


@pytest.mark.parametrize(
    ("days", "log_levels", "censored", "note"),
    [
        ([], [], [], "not estimable: fewer than three points from baseline to nadir"),
        ([0, 20], [-3, -4], [0, 0], "not estimable: fewer than three points"),
        ([0, 20, 40], [-3, -4, -6], [0, 0, 1], "not estimable: fewer than three of"),
        ([0, 9, 20, 40], [-3, -6, -6, -6], [0, 1, 1, 1], "not estimable: fewer than"),
        ([7, 7, 7], [-3, -4, -5], [0, 0, 0], "not estimable: all detected levels are"),
        ([0, 20, 40], [-3, -3, -3], [0, 0, 0], "not estimable: the level does not"),
        ([0, 20, 40], [-3, -2.5, -1.9], [0, 0, 0], "not estimable: the level does not"),
        ([0, 20, 40], [-3, -4.5, -4], [0, 0, 0], "no upper limit: the level may not"),
        ([0, 20, 40], [-3, -4, -5], [0, 0, 0], ""),
    ],
)
def test_a_half_life_that_is_missing_says_why(days, log_levels, censored, note):
    found = note_of(days, log_levels, censored)
    assert found.startswith(note)
    assert bool(found) == bool(note)
    is_missing = np.isnan(half_life(days, log_levels, np.array(censored, bool))[0])
    assert is_missing == note.startswith("not estimable")


def test_a_fall_that_may_be_none_has_an_open_upper_limit():
    estimate, low, high = half_life([0, 20, 40], [-3, -4.5, -4])
    assert 0 < low < estimate
    assert np.isnan(high)


def test_the_half_life_is_over_the_samples_down_to_the_nadir(ctdna):
    # 0.1 halves every 21 days until the nadir; what follows is regrowth
    falling = [seen(21, 0.05), seen(42, 0.025), seen(63, 0.0125)]
    row = course_of(baseline(), *falling, seen(84, 0.9), seen(105, 0.9), ctdna=ctdna)
    columns = ["half_life_days", "half_life_low", "half_life_high"]
    assert_allclose([row[column] for column in columns], 21, rtol=1e-9)
    assert (row["nadir_day"], row["rebound_day"]) == (63, 84)


def test_an_undetected_sample_enters_the_half_life_by_its_limit(ctdna):
    points = [(0, 0.1), (21, 0.04), (42, 0.03), (63, 0.002)]
    falling = [baseline(), seen(21, 0.04), seen(42, 0.03)]
    row = course_of(*falling, unseen(63, 0.0005, lod=0.002), ctdna=ctdna)
    expected = half_life(
        [day for day, _ in points],
        [log(level) for _, level in points],
        np.array([False, False, False, True]),
    )
    columns = ["half_life_days", "half_life_low", "half_life_high"]
    assert_array_equal([row[column] for column in columns], expected)
    assert (row["half_life_points"], row["half_life_censored"]) == (4, 1)


def test_an_undetected_sample_without_a_limit_is_left_out_of_the_half_life(ctdna):
    falling = [baseline(), seen(21, 0.05), seen(42, 0.025)]
    row = course_of(*falling, unseen(63, lod=nan), ctdna=ctdna)
    assert row["half_life_days"] == pytest.approx(21)
    assert (row["half_life_points"], row["half_life_censored"]) == (3, 0)


@pytest.mark.parametrize(
    ("samples", "note"),
    [
        ([], "not estimable: no usable baseline sample"),
        ([baseline("undetected", nan)], "not estimable: no ctDNA detected at baseline"),
        ([baseline()], "not estimable: fewer than three points"),
        ([baseline(), seen(21), unseen(42)], "not estimable: fewer than three of the"),
    ],
)
def test_a_course_without_half_life_says_why(samples, note, ctdna):
    row = course_of(*samples, ctdna=ctdna)
    assert row["half_life_note"].startswith(note)
    assert np.isnan(row["half_life_days"])


# Shape


def test_each_patient_has_a_row_in_the_order_of_the_sheet(ctdna):
    table = courses_of(baseline(), ctdna=ctdna, patients=("P2", "P1"))
    assert list(table) == COLUMNS
    assert list(table["patient_id"]) == ["P2", "P1"]
    assert list(table["n_samples"]) == [0, 1]
    assert list(table["baseline_state"]) == ["missing", "detected"]


def test_without_patients_the_table_is_empty(ctdna):
    table = courses_of(ctdna=ctdna, patients=())
    assert list(table) == COLUMNS
    assert len(table) == 0
    assert table["half_life_days"].dtype == float


def test_samples_read_back_from_a_file_give_the_same_courses(ctdna, tmp_path):
    samples = [
        seen(-40, 0.2),
        baseline(),
        unseen(21, nan, lod=nan),
        seen(42, 0.03),
        seen(21, sample_id="Q21", patient_id="P2"),
    ]
    write_table(table_of(*samples), tmp_path / "samples.tsv")
    patients = pd.DataFrame({"patient_id": ["P1", "P2"]})
    never = pd.DataFrame({"patient_id": ["P1", "P2"]})
    never = never.assign(**dict.fromkeys(PROGRESSION))
    read_back, direct = (
        derive_courses(table, patients, never, ctdna=ctdna)
        for table in (read_table(tmp_path / "samples.tsv"), table_of(*samples))
    )
    pd.testing.assert_frame_equal(read_back, direct)
    assert list(direct["baseline_state"]) == ["detected", "missing"]
    assert direct["first_cleared_day"][0] == 21


@pytest.mark.parametrize(
    ("later", "day"),
    [
        ([seen(21), unseen(42)], nan),
        ([unseen(21), seen(42, 0.0008), unseen(63)], 42),
        ([unseen(21), seen(42, 0.08), seen(63, 0.09)], 42),
        ([unseen(21, lod=0.05), seen(42)], nan),
    ],
)
def test_detection_after_a_clearance_is_told_whether_it_is_a_rise_or_not(
    later, day, ctdna
):
    row = course_of(baseline(), *later, ctdna=ctdna)
    assert_array_equal(row["detected_again_day"], day)
