"""Nadir, rebound and lead time: one test per edge of each rule."""

from math import nan

import pytest
from numpy.testing import assert_array_equal

from her2ctdna.ctdna.detection import SAMPLE_COLUMNS
from her2ctdna.ctdna.rebound import compute_lead_time, find_rebound
from her2ctdna.ctdna.sample_limits import compute_upper95


def sample(day, state, level, lod=nan, clearance="not_cleared", **more):
    """Return an evaluable sample of an assay that counts no molecules."""
    row = dict.fromkeys(SAMPLE_COLUMNS, nan) | {"day": float(day), "state": state}
    limits = {"lod95": lod, "lod95_level": lod}
    limits |= {"upper95": lod, "upper95_level": lod}
    return row | limits | {"level": level, "clearance": clearance} | more


def seen(day, level=0.05, **more):
    return sample(day, "detected", level, **more)


def unseen(day, level=0.0, lod=0.001, **more):
    return sample(day, "undetected", level, lod, **more)


def cleared(day, level=0.0, lod=0.001):
    return unseen(day, level, lod, clearance="cleared")


def blunt(day, level=0.0, lod=0.02):
    return unseen(day, level, lod, clearance="uninformative")


def counted(day, alt_count, depth=10_000, state="detected", scale=1.0, **more):
    """Return a sample with molecules, its level on a scale of ``scale`` a VAF."""
    upper = float(compute_upper95(alt_count, depth))
    row = sample(day, state, alt_count / depth * scale, 3 / depth, **more)
    counts = {"alt_count": alt_count, "depth": depth, "upper95": upper}
    return (
        row
        | counts
        | {"upper95_level": upper * scale, "lod95_level": 3 / depth * scale}
    )


def rebound_of(*course, fold=2):
    nadir, rebound = find_rebound(list(course), rebound_fold=fold)
    return nadir and nadir["day"], rebound and rebound.sample["day"]


def kind_of(*course, fold=2):
    rebound = find_rebound(list(course), rebound_fold=fold)[1]
    return rebound and (rebound.sample["day"], rebound.kind)


# Nadir


def test_the_nadir_is_the_lowest_level_and_of_equal_ones_the_first():
    levels = [seen(1, 0.4), seen(2, 0.2), seen(3, 0.3), seen(4, 0.2)]
    assert rebound_of(*levels) == (2, None)


def test_of_several_samples_with_nothing_seen_the_first_is_the_nadir():
    assert rebound_of(seen(1), unseen(2, nan), unseen(3, 0.0), unseen(4, nan)) == (
        2,
        None,
    )


def test_nothing_seen_is_below_any_number_and_molecules_count_as_level():
    assert rebound_of(seen(1, 1e-9), unseen(2, nan)) == (2, None)
    assert rebound_of(unseen(1, 2e-4), unseen(2, 1e-4), unseen(3, 3e-4)) == (2, None)


# Rise


@pytest.mark.parametrize(("level", "rebound"), [(0.19, None), (0.2, 3)])
def test_a_rebound_is_a_rise_to_the_fold_over_the_nadir(level, rebound):
    assert rebound_of(seen(1, 0.4), seen(2, 0.1), seen(3, level)) == (2, rebound)


def test_a_rise_to_exactly_the_fold_counts_whatever_binary_numbers_make_of_it():
    assert 0.3 < 3 * 0.1
    assert rebound_of(seen(2, 0.1), seen(3, 0.3), fold=3) == (2, 3)


def test_the_fold_of_a_rebound_is_that_of_the_config():
    course = [seen(2, 0.1), seen(3, 0.2)]
    assert rebound_of(*course, fold=2) == (2, 3)
    assert rebound_of(*course, fold=3) == (2, None)


@pytest.mark.parametrize(("alt_count", "rebound"), [(16, None), (17, 2)])
@pytest.mark.parametrize("scale", [1.0, 2000.0])
def test_the_intervals_of_nadir_and_rebound_do_not_overlap(alt_count, rebound, scale):
    # of 10,000: 5 have the upper bound .00105; 16 and 17 the lower .00100, .00108
    course = [counted(1, 5, scale=scale), counted(2, alt_count, scale=scale)]
    assert rebound_of(*course) == (1, rebound)


def test_intervals_are_compared_on_the_scale_of_the_level():
    # the VAF is the same, but there are ten times the genomes in a millilitre
    course = [counted(1, 20, scale=1000.0), counted(2, 20, scale=10_000.0)]
    assert rebound_of(*course) == (1, 2)


@pytest.mark.parametrize(("level", "rebound"), [(0.02, None), (0.021, 3)])
def test_what_an_undetected_nadir_could_have_been_is_no_rise(level, rebound):
    assert rebound_of(seen(1, 0.1), blunt(2), seen(3, level)) == (2, rebound)


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
def test_a_rise_is_confirmed_by_the_next_sample_if_any(later, rebound):
    assert rebound_of(seen(2, 0.1), *later)[1] == rebound


def test_after_a_rebound_the_nadir_stays_the_one_before_it():
    course = [seen(1, 0.1), seen(2, 0.5), seen(3, 0.4), unseen(4)]
    assert rebound_of(*course) == (1, 2)


# Detected again after a clearance


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ([cleared(1), seen(2, 0.0005)], (2, "detected_again")),
        ([cleared(1), seen(2, 0.5)], (2, "rise")),
        ([cleared(1), seen(2, 0.0005), seen(3, 0.0004)], (2, "detected_again")),
        ([cleared(1), seen(2, 0.5), seen(3, 0.0005)], (2, "detected_again")),
        ([cleared(1), seen(2, 0.0005), seen(3, 0.5)], (2, "detected_again")),
        ([cleared(1), seen(2, 0.5), seen(3, 0.4)], (2, "rise")),
        ([cleared(1), seen(2, 0.0005), cleared(3)], None),
        ([cleared(1), seen(2, 0.0005), blunt(3)], None),
        ([cleared(1), seen(2), cleared(3), seen(4)], (4, "rise")),
        ([cleared(1), seen(2, nan)], (2, "detected_again")),
        ([cleared(1), blunt(2), seen(3, 0.0005)], (3, "detected_again")),
        ([blunt(1), seen(2, 0.0005)], None),
        ([cleared(1), cleared(2)], None),
    ],
)
def test_after_a_clearance_it_is_enough_to_be_detected_again(course, expected):
    assert kind_of(*course) == expected


def test_molecules_that_overlap_a_cleared_sample_are_detected_again_and_no_rise():
    # of 10,000: 0 have the upper bound .00030, 4 and 8 the lower .00014, .00040
    before = counted(1, 0, state="undetected", clearance="cleared")
    assert kind_of(before, counted(2, 4)) == (2, "detected_again")
    assert kind_of(before, counted(2, 8)) == (2, "rise")


def test_a_detected_level_that_is_unknown_is_neither_nadir_nor_rise():
    course = [seen(1, nan), seen(2, 0.1), seen(3, nan), seen(4, 0.3)]
    assert rebound_of(*course) == (2, 4)


@pytest.mark.parametrize("course", [[], [seen(1)], [seen(1), seen(2)], [seen(1, nan)]])
def test_without_a_rise_there_is_no_rebound(course):
    assert kind_of(*course) is None


# Lead time


def lead_of(*course, progression_day, free_day=nan):
    rebound = find_rebound(list(course), rebound_fold=2)[1]
    return compute_lead_time(
        rebound, progression_day=progression_day, progression_free_day=free_day
    )


RISE = (seen(21, 0.01), seen(42, 0.05), seen(63, 0.06))


def test_the_lead_time_lies_between_what_samples_and_scans_leave_open():
    # rebound in (21, 42], progression in (84, 126]
    assert lead_of(*RISE, progression_day=126, free_day=84) == (84, 42, 105)


def test_without_a_scan_free_of_progression_it_may_be_as_early_as_the_first_dose():
    assert lead_of(*RISE, progression_day=50) == (8, -42, 29)


def test_progression_seen_before_the_rebound_is_a_negative_lead_time():
    assert lead_of(*RISE, progression_day=40, free_day=1) == (-2, -41, 19)


def test_without_progression_there_is_no_lead_time():
    assert_array_equal(lead_of(*RISE, progression_day=nan, free_day=84), [nan] * 3)


def test_the_last_sample_without_rebound_is_the_one_just_before_it():
    course = [seen(21, 0.01), seen(42, 0.015), seen(50, nan), seen(63, 0.06)]
    assert lead_of(*course, progression_day=90, free_day=63).high == 90 - 42
