"""Reference values of the half-life are R's: tests/reference/tobit.R."""

from math import log, nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import linregress, t

from her2ctdna.detection import SAMPLE_COLUMNS, compute_upper95
from her2ctdna.half_life import estimate_half_life
from her2ctdna.kinetics import COLUMNS, derive_courses, find_rebound
from her2ctdna.tables import read_table, write_table

REFERENCE = Path(__file__).parent / "reference"
NO_PROGRESSION = pd.Series(dtype=float)


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


def counted(day, alt_count, depth=10_000, state="detected"):
    upper = float(compute_upper95(alt_count, depth))
    row = sample(day, state, alt_count / depth, 3 / depth)
    return row | {"alt_count": alt_count, "depth": depth, "upper95": upper}


def table_of(*samples):
    return pd.DataFrame(samples, columns=SAMPLE_COLUMNS)


def courses_of(*samples, ctdna, progression=NO_PROGRESSION, patients=("P1",)):
    sheet = pd.DataFrame({"patient_id": list(patients)}, dtype=object)
    return derive_courses(table_of(*samples), sheet, progression, ctdna=ctdna)


def course_of(*samples, ctdna, progression_day=nan):
    progression = pd.Series({"P1": progression_day})
    table = courses_of(*samples, ctdna=ctdna, progression=progression)
    return table.iloc[0].to_dict()


def rebound_of(*course, fold=2):
    nadir, rebound = find_rebound(list(course), rebound_fold=fold)
    return nadir and nadir["day"], rebound and rebound["day"]


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
        ([unseen(21)], nan, None),
        ([unseen(21), seen(42)], 42, "no"),
        ([unseen(21), seen(42)], 41, None),
        ([seen(21)], nan, None),
    ],
)
def test_a_clearance_is_sustained_if_the_next_sample_bears_it_out(
    later, progression_day, sustained, ctdna
):
    row = course_of(baseline(), *later, ctdna=ctdna, progression_day=progression_day)
    assert row["sustained"] == sustained


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


# Nadir and rebound


def test_the_nadir_is_the_lowest_level_and_of_equal_ones_the_first():
    assert rebound_of(seen(1, 0.4), seen(2, 0.2), seen(3, 0.3), seen(4, 0.2)) == (
        2,
        None,
    )


@pytest.mark.parametrize(("level", "rebound"), [(0.19, None), (0.2, 3)])
def test_a_rebound_is_a_rise_to_the_fold_over_the_nadir(level, rebound):
    assert rebound_of(seen(1, 0.4), seen(2, 0.1), seen(3, level)) == (2, rebound)


def test_the_fold_of_a_rebound_is_that_of_the_config():
    course = [seen(2, 0.1), seen(3, 0.2)]
    assert rebound_of(*course, fold=2) == (2, 3)
    assert rebound_of(*course, fold=3) == (2, None)


@pytest.mark.parametrize(("alt_count", "rebound"), [(16, None), (17, 2)])
def test_the_intervals_of_nadir_and_rebound_do_not_overlap(alt_count, rebound):
    # of 10,000: 5 have the upper bound .00105; 16 and 17 the lower .00100, .00108
    assert rebound_of(counted(1, 5), counted(2, alt_count)) == (1, rebound)


@pytest.mark.parametrize(
    ("later", "rebound"),
    [
        ([seen(3, 0.5)], 3),
        ([seen(3, 0.5), seen(4, 0.2)], 3),
        ([seen(3, 0.5), seen(4, 0.19)], None),
        ([seen(3, 0.5), unseen(4)], None),
        ([seen(3, 0.5), seen(4, 0.19), seen(5, 0.5), seen(6, 0.5)], 5),
    ],
)
def test_a_rebound_is_confirmed_by_the_next_sample_if_any(later, rebound):
    assert rebound_of(seen(2, 0.1), *later)[1] == rebound


def test_after_a_rebound_the_nadir_stays_the_one_before_it():
    course = [seen(1, 0.1), seen(2, 0.5), seen(3, 0.4), unseen(4)]
    assert rebound_of(*course) == (1, 2)


@pytest.mark.parametrize("level", [nan, 0.0])
def test_what_is_detected_again_after_nothing_was_seen_is_a_rebound(level):
    course = [seen(1, 0.03), unseen(2, level), seen(3, 0.01), seen(4, 0.02)]
    assert rebound_of(*course) == (2, 3)


def test_a_detected_level_that_is_unknown_is_neither_nadir_nor_rebound():
    course = [seen(1, nan), seen(2, 0.1), seen(3, nan), seen(4, 0.3)]
    assert rebound_of(*course) == (2, 4)


def test_a_course_without_samples_has_neither():
    assert rebound_of() == (None, None)


def test_the_lead_time_is_from_rebound_to_radiological_progression(ctdna):
    course = [baseline(), seen(21, 0.01), seen(42, 0.05), seen(63, 0.06)]
    row = course_of(*course, ctdna=ctdna, progression_day=90)
    assert (row["nadir_day"], row["nadir_level"]) == (21, 0.01)
    assert (row["rebound_day"], row["lead_time_days"]) == (42, 48)
    later = course_of(*course, ctdna=ctdna, progression_day=40)
    assert later["lead_time_days"] == -2


def test_the_lead_time_needs_both_rebound_and_progression(ctdna):
    falling = [baseline(), seen(21, 0.01), seen(42, 0.011)]
    rising = [baseline(), seen(21, 0.01), seen(42, 0.05)]
    without_rebound = course_of(*falling, ctdna=ctdna, progression_day=90)
    without_progression = course_of(*rising, ctdna=ctdna)
    assert np.isnan(without_rebound["lead_time_days"])
    assert np.isnan(without_progression["lead_time_days"])


# Half-life


def half_life(days, log_levels, is_censored=None):
    censored = np.zeros(len(days), bool) if is_censored is None else is_censored
    return estimate_half_life(
        np.array(days, float), np.array(log_levels, float), censored, level=0.95
    )


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
    levels = [log(0.08), log(0.04), log(0.02), log(0.001)]
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


def test_three_points_of_which_one_is_censored_are_too_few():
    censored = np.array([False, False, True])
    assert np.isnan(half_life([0, 20, 40], [-3, -4, -6], censored)).all()


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


def test_an_undetected_sample_without_a_limit_is_left_out_of_the_half_life(ctdna):
    falling = [baseline(), seen(21, 0.05), seen(42, 0.025)]
    row = course_of(*falling, unseen(63, lod=nan), ctdna=ctdna)
    assert row["half_life_days"] == pytest.approx(21)


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
    never = pd.Series([None, None], index=["P1", "P2"], dtype=object)
    read_back, direct = (
        derive_courses(table, patients, never, ctdna=ctdna)
        for table in (read_table(tmp_path / "samples.tsv"), table_of(*samples))
    )
    pd.testing.assert_frame_equal(read_back, direct)
    assert list(direct["baseline_state"]) == ["detected", "missing"]
    assert direct["first_cleared_day"][0] == 21
