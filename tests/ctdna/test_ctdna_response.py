"""The ctDNA response of a sample: each word, its reason, and the numbers behind it."""

from math import inf, nan

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.stats import binomtest

from her2ctdna.ctdna.ctdna_response import COLUMNS, derive_responses
from her2ctdna.ctdna.detection import SAMPLE_COLUMNS
from her2ctdna.tables import read_table, write_table

LOD = 0.0005
"""Of a sample of 10,000 molecules; a tenth of a baseline of 100 in them is 0.001."""


@pytest.fixture(scope="module")
def ctdna(root):
    text = (root / "config" / "config.yaml").read_text()
    found = yaml.safe_load(text)["definitions"]["ctdna"]
    limits = {"partial_max_ratio": 0.5, "progression_min_ratio": 1.2}
    return found | {"response": limits | {"confidence": 0.95}}


def sample(day, molecules, state=None, *, depth=10000, lod=LOD, **more):
    """Return a row of the sample table with molecules counted at its sites."""
    row = dict.fromkeys(SAMPLE_COLUMNS, nan) | {"patient_id": "P1", "day": float(day)}
    row |= {"sample_id": f"S{day}", "timepoint": None, "is_baseline": "no"}
    row |= {"state": state or ("detected" if molecules > 3 else "undetected")}
    row |= {"alt_count": molecules, "depth": depth, "level": molecules / depth}
    limits = {"lod95": lod, "lod95_level": lod, "n_informative": 4}
    return row | limits | {"n_from_depth_track": 0} | more


def baseline(molecules=100, state="detected", **more):
    return sample(0, molecules, state, is_baseline="yes", **more)


def responses_of(*samples, ctdna, patients=("P1",)):
    return derive_responses(
        pd.DataFrame(samples, columns=SAMPLE_COLUMNS),
        pd.DataFrame({"patient_id": list(patients)}, dtype=object),
        ctdna=ctdna,
    )


def words_of(*samples, ctdna):
    return responses_of(*samples, ctdna=ctdna)["response"].tolist()


def exact_limits(x, x0):
    """The interval of a ratio of two counts at one depth, by scipy's Clopper-Pearson.

    Given both counts together the later one is binomial.
    """
    found = binomtest(int(x), int(x + x0)).proportion_ci(0.95, method="exact")
    return [
        share / (1 - share) if share < 1 else inf for share in (found.low, found.high)
    ]


# Each response


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ([0], ["cCR"]),
        ([30], ["cPR"]),
        ([60], ["cSD"]),
        ([120], ["cSD"]),
        ([200], ["cPD"]),
        ([30, 30], ["cPR", "cPR"]),
        # a rise over the nadir goes before a level that is still below baseline
        ([5, 30], ["cPR", "cPD"]),
        ([5, 10], ["cPR", "cPR"]),
        # after a complete one: seen again is not yet a rise that the counts show
        ([0, 5], ["cCR", "cPR"]),
        ([0, 30], ["cCR", "cPD"]),
        ([0, 0], ["cCR", "cCR"]),
        ([200, 0, 100], ["cPD", "cCR", "cPD"]),
        # the baseline is a nadir as any other
        ([200, 130], ["cPD", "cSD"]),
    ],
)
def test_a_course_has_these_responses(course, expected, ctdna):
    samples = [sample(21 * (i + 1), seen) for i, seen in enumerate(course)]
    assert words_of(baseline(), *samples, ctdna=ctdna) == expected


def test_limits_are_those_of_the_exact_interval(ctdna):
    table = responses_of(baseline(), sample(21, 20), sample(42, 45), ctdna=ctdna)
    row = table.iloc[1]
    low, high = exact_limits(45, 100)
    assert row["ratio"] == pytest.approx(0.45)
    assert [row["ratio_low"], row["ratio_high"]] == pytest.approx([low, high])
    low, high = exact_limits(45, 20)
    assert (row["nadir_sample_id"], row["nadir_ratio"]) == ("S21", pytest.approx(2.25))
    found = [row["nadir_ratio_low"], row["nadir_ratio_high"]]
    assert found == pytest.approx([low, high])
    assert (row["response"], low > 1.2, high > 1.2) == ("cPD", True, True)
    assert row["reason"] == "lower limit of the ratio to nadir above 1.2"


def test_over_a_nadir_without_molecules_there_is_a_lower_limit_alone(ctdna):
    table = responses_of(baseline(), sample(21, 0), sample(42, 9), ctdna=ctdna)
    row = table.iloc[1]
    low, high = exact_limits(9, 0)
    assert high == inf
    # by hand: all nine of nine fall to the later sample with 0.025 at this share
    share = 0.025 ** (1 / 9)
    assert low == pytest.approx(share / (1 - share))
    assert row["nadir_ratio_low"] == pytest.approx(low)
    assert np.isnan([row["nadir_ratio"], row["nadir_ratio_high"]]).all()
    assert row["response"] == "cPD"


def test_the_depth_of_a_nadir_without_molecules_counts(ctdna):
    shallow = sample(21, 0, depth=2000)
    (_, later) = words_of(baseline(), shallow, sample(42, 9), ctdna=ctdna)
    assert later == "cPR"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"partial_max_ratio": 0.6}, "cPR"),
        ({"partial_max_ratio": 0.4}, "cSD"),
        ({"confidence": 0.8, "partial_max_ratio": 0.4}, "cPR"),
    ],
)
def test_thresholds_and_confidence_are_those_of_the_config(limits, expected, ctdna):
    changed = ctdna | {"response": ctdna["response"] | limits}
    assert words_of(baseline(), sample(21, 30), ctdna=changed) == [expected]


def test_a_limit_at_the_threshold_does_not_meet_it(ctdna):
    row = responses_of(baseline(), sample(21, 30), ctdna=ctdna).iloc[0]
    at = ctdna["response"] | {"partial_max_ratio": row["ratio_high"]}
    course = baseline(), sample(21, 30)
    assert words_of(*course, ctdna=ctdna | {"response": at}) == ["cSD"]
    risen = baseline(), sample(21, 200)
    low = responses_of(*risen, ctdna=ctdna).iloc[0]["nadir_ratio_low"]
    at = ctdna["response"] | {"progression_min_ratio": low}
    assert words_of(*risen, ctdna=ctdna | {"response": at}) == ["cSD"]


# Where it cannot be told


@pytest.mark.parametrize(
    ("first", "later", "reason"),
    [
        (baseline(), sample(21, 0, lod=0.0011), "not detected, but could not have"),
        (baseline(), sample(21, 0, "not_evaluable"), "sample not evaluable"),
        (baseline(), sample(21, nan, "failed_qc"), "sample failed QC"),
        (baseline(), sample(21, 5) | {"day": nan}, "day not known"),
        (None, sample(21, 5), "no baseline sample"),
        (baseline(state="failed_qc"), sample(21, 5), "baseline failed QC"),
        (baseline(state="not_evaluable"), sample(21, 5), "baseline not evaluable"),
        (baseline(0, "undetected"), sample(21, 5), "no ctDNA at baseline"),
        (baseline(0, "undetected"), sample(21, 0), "no ctDNA at baseline"),
        (
            baseline(level=0.5, alt_count=nan),
            sample(21, nan, "detected", level=0.1),
            "no interval",
        ),
        # molecules per millilitre without the volume of plasma
        (baseline(), sample(21, 50, level=nan, lod95_level=nan), "no interval"),
        (baseline(level=nan), sample(21, 50), "no interval"),
    ],
)
def test_what_cannot_be_told_says_why(first, later, reason, ctdna):
    given = [each for each in (first, later) if each]
    (row,) = responses_of(*given, ctdna=ctdna).to_dict("records")
    assert row["response"] == "NE"
    assert row["reason"].startswith(reason)


def test_levels_have_complete_responses_by_the_word_of_the_assay_and_no_other(ctdna):
    bare = {"alt_count": nan, "depth": nan, "n_from_depth_track": nan}
    unseen = sample(42, nan, "undetected", lod=nan, level=nan) | bare
    seen = sample(21, nan, "detected", level=0.002) | bare
    table = responses_of(baseline() | bare, seen, unseen, ctdna=ctdna)
    assert table["response"].tolist() == ["NE", "cCR"]
    assert table.loc[0, "ratio"] == pytest.approx(0.2)
    assert np.isnan(table.loc[0, ["ratio_low", "ratio_high"]].astype(float)).all()


# The nadir


def nadirs_of(*samples, ctdna):
    return responses_of(*samples, ctdna=ctdna)["nadir_sample_id"].tolist()


def test_of_equally_low_samples_the_first_is_the_nadir(ctdna):
    course = baseline(), sample(21, 10), sample(42, 10), sample(63, 10)
    assert nadirs_of(*course, ctdna=ctdna) == ["S0", "S21", "S21"]


def test_samples_of_one_day_are_no_nadir_of_each_other(ctdna):
    twin = sample(21, 90, sample_id="S21b")
    course = baseline(), sample(21, 10), twin, sample(42, 50)
    assert nadirs_of(*course, ctdna=ctdna) == ["S0", "S0", "S21"]


@pytest.mark.parametrize(
    "untold",
    [
        sample(21, 0, lod=0.01),
        sample(21, 0, "not_evaluable"),
        sample(21, nan, "failed_qc"),
        sample(21, 5) | {"day": nan},
    ],
)
def test_a_sample_that_tells_nothing_is_no_nadir(untold, ctdna):
    table = responses_of(baseline(), untold, sample(42, 90), ctdna=ctdna)
    row = table.set_index("sample_id").loc["S42"]
    assert (row["nadir_sample_id"], row["response"]) == ("S0", "cSD")


def test_an_undetected_nadir_may_hold_molecules(ctdna):
    noisy = sample(21, 3, "undetected")
    row = responses_of(baseline(), noisy, sample(42, 12), ctdna=ctdna).iloc[1]
    assert row["nadir_ratio"] == pytest.approx(4)
    found = [row["nadir_ratio_low"], row["nadir_ratio_high"]]
    assert found == pytest.approx(exact_limits(12, 3))


def test_an_unchanged_level_is_seldom_called_progression(ctdna):
    """The lowest of six is low by chance too: at a threshold of 1 it is far more."""
    counts = np.random.default_rng(5).poisson(500, size=(400, 7))
    patients = [f"P{place}" for place in range(len(counts))]
    samples = [
        sample(21 * i, int(x), patient_id=patient, is_baseline="no" if i else "yes")
        for patient, course in zip(patients, counts, strict=True)
        for i, x in enumerate(course)
    ]
    called = {}
    for threshold in (1.0, 1.2):
        limits = ctdna["response"] | {"progression_min_ratio": threshold}
        changed = ctdna | {"response": limits}
        table = responses_of(*samples, ctdna=changed, patients=patients)
        last = table[table["day"] == 126]
        called[threshold] = (last["response"] == "cPD").mean()
    assert called[1.2] < 0.005
    assert 0.05 < called[1.0] < 0.15


# Sites known by depth alone


def test_what_silent_sites_may_hide_widens_the_limits(ctdna):
    """Of four sites two are silent: each may hide two of the three that are called."""
    quiet = {"n_from_depth_track": 2}
    table = responses_of(baseline(), sample(21, 5, **quiet), ctdna=ctdna)
    assert table.loc[0, "ratio_low"] == pytest.approx(exact_limits(5, 100)[0])
    assert table.loc[0, "ratio_high"] == pytest.approx(exact_limits(9, 100)[1])
    course = baseline(), sample(21, 0, **quiet), sample(42, 14)
    row = responses_of(*course, ctdna=ctdna).iloc[1]
    assert row["nadir_ratio_low"] == pytest.approx(exact_limits(14, 4)[0])
    assert (row["response"], row["nadir_ratio_low"] > 1) == ("cPR", True)
    counted = baseline(), sample(21, 0), sample(42, 14)
    assert words_of(*counted, ctdna=ctdna)[1] == "cPD"


# Which samples


def test_samples_up_to_the_baseline_have_no_row(ctdna):
    before = sample(-20, 80), sample(0, 90, sample_id="S0b")
    table = responses_of(*before, baseline(), sample(21, 50), ctdna=ctdna)
    assert table["sample_id"].tolist() == ["S21"]


def test_without_a_baseline_what_follows_its_window_has_a_row(ctdna):
    early, late = sample(-40, 80), sample(2, 50)
    table = responses_of(early, late, ctdna=ctdna)
    assert table["sample_id"].tolist() == ["S2"]


def test_patients_stand_in_their_order_and_strangers_are_left_out(ctdna):
    rows = [
        each | {"patient_id": patient, "sample_id": f"{patient}{each['sample_id']}"}
        for patient in ("P1", "P2", "P3")
        for each in (baseline(), sample(21, 50))
    ]
    table = responses_of(*rows, ctdna=ctdna, patients=("P3", "P1", "P4"))
    assert table["sample_id"].tolist() == ["P3S21", "P1S21"]


@pytest.mark.parametrize("samples", [[], [baseline()]])
def test_without_later_samples_the_table_is_empty(samples, ctdna, tmp_path):
    table = responses_of(*samples, ctdna=ctdna)
    assert list(table) == COLUMNS
    write_table(table, tmp_path / "ctdna_response.tsv")
    assert len(read_table(tmp_path / "ctdna_response.tsv")) == 0


def test_no_infinite_number_is_written(ctdna, tmp_path):
    table = responses_of(baseline(), sample(21, 0), sample(42, 0), ctdna=ctdna)
    write_table(table, tmp_path / "ctdna_response.tsv")
    assert "inf" not in (tmp_path / "ctdna_response.tsv").read_text()
    row = table.iloc[1]
    assert (row["nadir_sample_id"], row["nadir_ratio_low"]) == ("S21", 0)
    assert np.isnan(row["nadir_ratio_high"])
