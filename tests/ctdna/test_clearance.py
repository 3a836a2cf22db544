from math import nan

import numpy as np
import pandas as pd
import pytest
import yaml
from numpy.testing import assert_array_equal
from scipy.stats import poisson

from her2ctdna.ctdna.clearance import (
    classify,
    compute_ratio_limits,
    compute_ratio_upper95,
    derive_landmarks,
)
from her2ctdna.ctdna.detection import SAMPLE_COLUMNS

COLUMNS = [
    "patient_id",
    "landmark",
    "sample_id",
    "day",
    "baseline_state",
    "state",
    "clearance",
    "able",
    "ratio",
    "ratio_upper95",
    "mr50",
    "mr90",
]
DAY_21 = {"C2D1": {"day": 21, "window": 7}}


@pytest.fixture(scope="module")
def ctdna(root):
    text = (root / "config" / "config.yaml").read_text()
    return yaml.safe_load(text)["definitions"]["ctdna"] | {"landmarks": DAY_21}


def sample(day, state, level, lod=nan, **more):
    """Return a row of the sample table; its limit is on the scale of its level."""
    row = dict.fromkeys(SAMPLE_COLUMNS, nan) | {"patient_id": "P1", "day": float(day)}
    row |= {"sample_id": f"S{day}", "timepoint": None, "is_baseline": "no"}
    limits = {"lod95": lod, "lod95_level": lod, "upper95": lod, "upper95_level": lod}
    return row | limits | {"state": state, "level": level} | more


def baseline(state="detected", level=0.5, **more):
    return sample(0, state, level, is_baseline="yes", **more)


def landmarks_of(*samples, ctdna, patients=("P1",)):
    return derive_landmarks(
        pd.DataFrame(samples, columns=SAMPLE_COLUMNS),
        pd.DataFrame({"patient_id": list(patients)}, dtype=object),
        ctdna=ctdna,
    )


def landmark_of(*samples, ctdna):
    (row,) = landmarks_of(*samples, ctdna=ctdna).to_dict("records")
    return row


def days_chosen(days, landmark, ctdna):
    samples = [baseline(), *(sample(day, "detected", 0.1) for day in days)]
    return landmark_of(*samples, ctdna=ctdna | {"landmarks": {"L": landmark}})["day"]


# Which sample stands at a landmark


@pytest.mark.parametrize(
    ("days", "chosen"),
    [
        ([14, 19, 28], 19),
        ([19, 24], 19),
        ([18, 24], 18),
        ([24, 18], 18),
        ([14], 14),
        ([28], 28),
        ([13, 29], nan),
        ([], nan),
        ([nan], nan),
    ],
)
def test_a_landmark_takes_the_nearest_sample_within_its_window(days, chosen, ctdna):
    assert_array_equal(days_chosen(days, {"day": 21, "window": 7}, ctdna), chosen)


@pytest.mark.parametrize(("days", "chosen"), [([], nan), ([5], 5)])
def test_the_baseline_sample_never_stands_at_a_landmark(days, chosen, ctdna):
    assert_array_equal(days_chosen(days, {"day": 1, "window": 7}, ctdna), chosen)


def test_a_landmark_by_label_takes_the_sample_of_that_time_point(ctdna):
    by_label = ctdna | {"landmarks": {"T2": {"timepoint": "T2"}}}
    row = landmark_of(
        baseline(timepoint="T1"),
        sample(90, "detected", 0.2, timepoint="T2"),
        sample(21, "detected", 0.1, timepoint="C2"),
        ctdna=by_label,
    )
    assert (row["sample_id"], row["ratio"]) == ("S90", 0.4)


def test_a_landmark_by_label_may_have_a_reference_of_its_own(ctdna):
    later = {"T3": {"timepoint": "T3", "reference": "T2"}}
    row = landmark_of(
        baseline("undetected", timepoint="T1"),
        sample(21, "detected", 0.25, timepoint="T2"),
        sample(42, "undetected", 0.0, 0.02, timepoint="T3"),
        ctdna=ctdna | {"landmarks": later},
    )
    assert (row["baseline_state"], row["clearance"]) == ("detected", "cleared")
    assert (row["ratio"], row["residual_max"]) == (0, 0.08)


@pytest.mark.parametrize("timepoint", ["T1", "T2"])
def test_a_sample_is_not_compared_with_itself(timepoint, ctdna):
    itself = {"L": {"timepoint": timepoint, "reference": timepoint}}
    row = landmark_of(
        baseline(timepoint="T1"),
        sample(21, "detected", 0.25, timepoint="T2"),
        ctdna=ctdna | {"landmarks": itself},
    )
    assert (row["state"], row["clearance"]) == ("missing", "missing")


def test_the_baseline_stands_at_no_landmark_with_a_reference_of_its_own(ctdna):
    backwards = {"L": {"timepoint": "T1", "reference": "T2"}}
    row = landmark_of(
        baseline(timepoint="T1"),
        sample(21, "detected", 0.25, timepoint="T2"),
        ctdna=ctdna | {"landmarks": backwards},
    )
    assert (row["state"], row["clearance"]) == ("missing", "missing")


def test_a_missing_reference_is_not_replaced_by_the_baseline(ctdna):
    later = {"T3": {"timepoint": "T3", "reference": "T2"}}
    row = landmark_of(
        baseline(timepoint="T1"),
        sample(42, "detected", 0.25, timepoint="T3"),
        ctdna=ctdna | {"landmarks": later},
    )
    assert (row["baseline_state"], row["clearance"]) == ("missing", "missing")


# Clearance

SHED = baseline()
NOTHING = baseline("undetected", nan)
UNKNOWN = baseline("not_evaluable", nan)
FAILED = baseline("failed_qc", nan)
SEEN = sample(21, "detected", 0.1)
SHARP = sample(21, "undetected", 0.0, 0.01)
BLUNT = sample(21, "undetected", 0.0, 0.4)
SHALLOW = sample(21, "not_evaluable", nan)
BROKEN = sample(21, "failed_qc", nan)


@pytest.mark.parametrize(
    ("reference", "at_landmark", "expected"),
    [
        (SHED, SHARP, "cleared"),
        (SHED, SEEN, "not_cleared"),
        (SHED, BLUNT, "uninformative"),
        (SHED, SHALLOW, "uninformative"),
        (SHED, BROKEN, "missing"),
        (SHED, None, "missing"),
        (NOTHING, SHARP, "not_shedding"),
        (NOTHING, SEEN, "not_shedding"),
        (NOTHING, SHALLOW, "not_shedding"),
        (NOTHING, BROKEN, "missing"),
        (NOTHING, None, "missing"),
        (UNKNOWN, SHARP, "uninformative"),
        (UNKNOWN, SEEN, "uninformative"),
        (UNKNOWN, SHALLOW, "uninformative"),
        (UNKNOWN, BROKEN, "missing"),
        (UNKNOWN, None, "missing"),
        (FAILED, SHARP, "missing"),
        (FAILED, None, "missing"),
        (None, SHARP, "missing"),
        (None, None, "missing"),
    ],
)
def test_clearance_is_one_of_five_words(reference, at_landmark, expected, ctdna):
    assert classify(reference, at_landmark, ctdna=ctdna) == expected
    samples = [found for found in (reference, at_landmark) if found]
    assert landmark_of(*samples, ctdna=ctdna)["clearance"] == expected


@pytest.mark.parametrize(
    ("lod", "expected"), [(0.0625, "cleared"), (0.0626, "uninformative")]
)
def test_a_clearance_counts_if_the_sample_could_see_the_fraction(lod, expected, ctdna):
    eighth = ctdna | {"clearance_max_fraction": 0.125}
    row = landmark_of(
        baseline(level=0.5), sample(21, "undetected", 0.0, lod), ctdna=eighth
    )
    assert row["clearance"] == expected
    assert row["residual_max"] == lod / 0.5


@pytest.mark.parametrize(
    ("lod", "level"), [(0.07, 0.7), (0.003, 0.03), (0.0001, 0.001)]
)
def test_a_limit_at_exactly_the_fraction_counts_whatever_binary_numbers_say(
    lod, level, ctdna
):
    row = landmark_of(
        baseline(level=level), sample(21, "undetected", 0, lod), ctdna=ctdna
    )
    assert (row["clearance"], row["mr90"]) == ("cleared", "yes")
    seen = landmark_of(baseline(level=level), sample(21, "detected", lod), ctdna=ctdna)
    assert (seen["clearance"], seen["mr90"]) == ("not_cleared", "yes")


def test_a_tiny_baseline_can_be_cleared_by_no_sample_with_that_limit(ctdna):
    row = landmark_of(
        baseline(level=0.0011), sample(21, "undetected", 0, 0.001), ctdna=ctdna
    )
    assert (row["clearance"], row["mr50"], row["mr90"]) == (
        "uninformative",
        "not_evaluable",
        "not_evaluable",
    )
    assert row["residual_max"] == pytest.approx(0.001 / 0.0011)


def test_a_result_without_limit_is_taken_at_the_assays_word(ctdna):
    row = landmark_of(SHED, sample(21, "undetected", nan), ctdna=ctdna)
    assert (row["clearance"], row["mr50"], row["mr90"]) == ("cleared", "yes", "yes")
    assert_array_equal([row["ratio"], row["residual_max"]], [nan, nan])


def test_a_limit_that_is_unknown_on_the_levels_scale_clears_nobody(ctdna):
    # molecules per millilitre without the volume of the plasma
    unscaled = sample(21, "undetected", nan) | {"lod95": 0.001}
    row = landmark_of(SHED, unscaled, ctdna=ctdna)
    assert row["clearance"] == "uninformative"
    assert (row["mr50"], row["mr90"]) == ("not_evaluable", "not_evaluable")


# Ratio and molecular response


@pytest.mark.parametrize(
    ("reference", "at_landmark", "ratio"),
    [
        (baseline(level=0.5), sample(21, "detected", 0.25), 0.5),
        (baseline(level=0.5), sample(21, "detected", 1.0), 2.0),
        (baseline(level=0.5), sample(21, "undetected", 0.0, 0.4), 0.0),
        (baseline("undetected", 0.5), sample(21, "detected", 0.25), 0.5),
        (baseline("undetected", 0.0), sample(21, "detected", 0.25), nan),
        (baseline(level=nan), sample(21, "detected", 0.25), nan),
        (baseline(level=0.5), sample(21, "not_evaluable", nan), nan),
    ],
)
def test_the_ratio_is_there_whenever_both_are_numbers(
    reference, at_landmark, ratio, ctdna
):
    row = landmark_of(reference, at_landmark, ctdna=ctdna)
    assert_array_equal(row["ratio"], ratio)


@pytest.mark.parametrize(
    ("level", "mr50", "mr75"),
    [(0.51, "no", "no"), (0.5, "yes", "no"), (0.26, "yes", "no"), (0.25, "yes", "yes")],
)
def test_a_molecular_response_is_a_fall_to_the_threshold(level, mr50, mr75, ctdna):
    row = landmark_of(
        baseline(level=1.0),
        sample(21, "detected", level),
        ctdna=ctdna | {"molecular_response": [0.5, 0.25]},
    )
    assert (row["mr50"], row["mr75"]) == (mr50, mr75)


@pytest.mark.parametrize(
    ("level", "mr50", "mr90"),
    [
        (0.199, "not_evaluable", "not_evaluable"),
        (0.2, "yes", "not_evaluable"),
        (1.1, "yes", "yes"),
    ],
)
def test_a_baseline_below_twice_the_limit_leaves_mr50_open(level, mr50, mr90, ctdna):
    row = landmark_of(
        baseline(level=level), sample(21, "undetected", 0.0, 0.1), ctdna=ctdna
    )
    assert (row["mr50"], row["mr90"]) == (mr50, mr90)


@pytest.mark.parametrize(
    ("reference", "at_landmark"),
    [
        (NOTHING, SEEN),
        (baseline("undetected", 0.5), SEEN),
        (UNKNOWN, SEEN),
        (FAILED, SEEN),
        (SHED, SHALLOW),
        (SHED, BROKEN),
        (SHED, sample(21, "detected", nan)),
        (SHED, None),
        (None, SEEN),
    ],
)
def test_without_two_levels_of_a_shedder_no_response_can_be_told(
    reference, at_landmark, ctdna
):
    row = landmark_of(*filter(None, [reference, at_landmark]), ctdna=ctdna)
    assert (row["mr50"], row["mr90"]) == ("not_evaluable", "not_evaluable")


# Upper bound of the ratio


def counted(state, x, n):
    level = x / n
    return {"state": state, "alt_count": x, "depth": n, "level": level}


def test_the_bound_of_an_undetected_sample_is_its_own_over_the_reference():
    later = counted("undetected", 0, 1000) | {"upper95_level": 0.003}
    assert compute_ratio_upper95(counted("detected", 60, 1000), later) == 0.05


def test_the_bound_of_a_detected_sample_is_the_exact_conditional_one():
    # R 4.2.2: poisson.test(c(5, 20), c(1000, 2000), alternative = "less")
    reference, later = counted("detected", 20, 2000), counted("detected", 5, 1000)
    bound = compute_ratio_upper95(reference, later)
    assert bound == pytest.approx(1.2020756373)


def test_the_bound_is_moved_to_the_scale_of_the_metric():
    reference, later = counted("detected", 20, 2000), counted("detected", 5, 1000)
    pooled = compute_ratio_upper95(reference, later)
    doubled = compute_ratio_upper95(reference, later | {"level": later["level"] * 2})
    assert doubled == pytest.approx(2 * pooled)


@pytest.mark.parametrize("missing", [nan, 0])
def test_there_is_no_bound_without_molecules_or_reference(missing):
    seen, bare = counted("detected", 5, 1000), counted("detected", 5, 1000)
    assert np.isnan(compute_ratio_upper95(seen, bare | {"alt_count": missing}))
    assert np.isnan(compute_ratio_upper95(bare | {"level": missing}, seen))


# Interval of the ratio


def limits_of(x0, n0, x, n, reference_level=None, **more):
    reference = counted("detected", x0, n0)
    if reference_level is not None:
        reference["level"] = reference_level
    later = counted("detected" if x else "undetected", x, n)
    scales = {"lod95": 0.001, "lod95_level": 0.001}
    return compute_ratio_limits(reference, later | scales | more, confidence=0.95)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # R 4.2.2: poisson.test(c(x, x0), c(n, n0))$conf.int
        ((20, 2000, 5, 1000), (0.146640130, 1.372894191)),
        ((20, 2000, 40, 1000), (2.283823210, 7.222138213)),
        ((20, 2000, 0, 1000), (0, 0.4050992076)),
        ((1, 2000, 1, 1000), (0.02547873417, 156.99367063253)),
    ],
)
def test_the_interval_of_the_ratio_is_the_exact_conditional_one(counts, expected):
    assert limits_of(*counts) == pytest.approx(expected, rel=1e-7)


def test_the_interval_holds_the_ratio_and_its_upper_end_is_above_the_bound(ctdna):
    rng = np.random.default_rng(3)
    for x0, x in rng.integers(1, 60, size=(20, 2)):
        low, high = limits_of(x0, 5000, x, 4000)
        reference, later = counted("detected", x0, 5000), counted("detected", x, 4000)
        assert low < later["level"] / reference["level"] < high
        assert compute_ratio_upper95(reference, later) < high


def test_without_molecules_the_interval_has_the_scale_of_the_limit():
    # 2000 genomes in a millilitre at baseline, 500 later
    pooled = limits_of(20, 2000, 0, 1000)
    reference = counted("detected", 20, 2000) | {"level": 0.01 * 2000}
    later = counted("undetected", 0, 1000) | {"lod95": 0.003, "lod95_level": 1.5}
    moved = compute_ratio_limits(reference, later, confidence=0.95)
    assert moved == pytest.approx((0, pooled[1] / 4))


def test_without_counts_at_either_sample_there_is_no_interval():
    seen, bare = counted("detected", 5, 1000), counted("detected", 5, 1000)
    bare |= {"alt_count": nan, "depth": nan}
    for pair in ((bare, bare), (seen, bare), (bare, seen)):
        assert np.isnan(compute_ratio_limits(*pair, confidence=0.95)).all()
    assert np.isnan(limits_of(0, 1000, 5, 1000)).all()


@pytest.mark.parametrize("ratio", [0.02, 0.1, 0.5, 1.5])
@pytest.mark.parametrize("expected", [4.0, 30.0])
def test_the_interval_covers_the_true_ratio_as_often_as_it_says(ratio, expected):
    """Summed over every pair of counts that a Poisson draw may give."""
    counts = np.arange(0, 120)
    at_baseline, later = (
        poisson.pmf(counts, expected),
        poisson.pmf(counts, ratio * expected),
    )
    covered = total = 0.0
    for x0 in counts[(counts > 0) & (at_baseline > 1e-9)]:
        for x in counts[later > 1e-9]:
            chance = at_baseline[x0] * later[x]
            low, high = limits_of(x0, 1000, x, 1000)
            covered += chance * (low <= ratio <= high)
            total += chance
    assert covered / total >= 0.95


def test_the_interval_of_a_ratio_of_mean_vafs_is_about_right():
    """Five variants of unlike levels, each read to a depth of its own."""
    rng = np.random.default_rng(11)
    n, depth = 1500, np.array([1500, 2200, 3000, 4000, 5000])
    vaf = np.array([0.001, 0.002, 0.003, 0.005, 0.009])
    other = rng.permutation(depth)
    pairs = rng.poisson(depth * vaf, (n, 5)), rng.poisson(0.2 * other * vaf, (n, 5))
    within = [
        limits_of(
            *(x0.sum(), depth.sum(), x.sum(), other.sum()),
            reference_level=(x0 / depth).mean(),
            level=(x / other).mean(),
        )
        for x0, x in zip(*pairs, strict=True)
    ]
    covered = np.mean([low <= 0.2 <= high for low, high in within])
    assert 0.92 < covered < 0.99


def test_an_undetected_sample_with_counts_has_both_bound_and_interval(ctdna):
    row = landmark_of(
        baseline(level=0.01) | {"alt_count": 20, "depth": 2000},
        sample(21, "undetected", 0.0, 0.0009) | {"alt_count": 0, "depth": 5000},
        ctdna=ctdna,
    )
    assert (row["ratio"], row["ratio_low"]) == (0, 0)
    assert (row["ratio_upper95"], row["residual_max"]) == (0.09, 0.09)
    assert row["ratio_high"] == pytest.approx(0.4050992076 / 5)


def test_a_level_of_an_assay_has_a_ratio_and_no_interval(ctdna):
    row = landmark_of(SHED, SEEN, ctdna=ctdna)
    assert row["ratio"] == 0.2
    assert np.isnan([row["ratio_low"], row["ratio_high"]]).all()


# Shape


def test_each_patient_has_a_row_for_each_landmark(ctdna):
    table = landmarks_of(
        baseline(),
        sample(21, "detected", 0.1),
        ctdna=ctdna | {"landmarks": {"B": {"day": 42, "window": 1}} | DAY_21},
        patients=("P2", "P1"),
    )
    assert list(table)[: len(COLUMNS)] == COLUMNS
    rows = table[["patient_id", "landmark", "state", "baseline_state", "clearance"]]
    assert list(rows.itertuples(index=False, name=None)) == [
        ("P2", "B", "missing", "missing", "missing"),
        ("P2", "C2D1", "missing", "missing", "missing"),
        ("P1", "B", "missing", "detected", "missing"),
        ("P1", "C2D1", "detected", "detected", "not_cleared"),
    ]


@pytest.mark.parametrize("landmarks", [DAY_21, {}])
def test_without_patients_or_landmarks_the_table_is_empty(landmarks, ctdna):
    table = landmarks_of(ctdna=ctdna | {"landmarks": landmarks}, patients=())
    assert list(table)[: len(COLUMNS)] == COLUMNS
    assert len(table) == 0


@pytest.mark.parametrize(
    ("state", "level", "lod", "able"),
    [
        ("undetected", 0.0, 0.05, "yes"),
        ("undetected", 0.0, 0.0501, "no"),
        ("detected", 0.4, 0.05, "yes"),
        ("detected", 0.4, 0.06, "no"),
        ("detected", 0.4, nan, "yes"),
        ("not_evaluable", nan, nan, "no"),
        ("failed_qc", nan, nan, "no"),
    ],
)
def test_able_is_told_by_the_limit_and_not_by_what_was_seen(
    ctdna, state, level, lod, able
):
    found = landmark_of(baseline(), sample(21, state, level, lod=lod), ctdna=ctdna)
    assert found["able"] == able


def test_without_ctdna_at_the_reference_nothing_could_clear(ctdna):
    drawn = sample(21, "undetected", 0.0, lod=0.001)
    for reference in (baseline("undetected", 0.0), baseline("failed_qc", nan)):
        assert pd.isna(landmark_of(reference, drawn, ctdna=ctdna)["able"])
    assert landmark_of(baseline(), ctdna=ctdna)["able"] == "no"
