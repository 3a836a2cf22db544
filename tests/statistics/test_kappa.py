"""Coefficients of agreement against R (psych, vcd, irr), irrCAC and brute force."""

import json
from itertools import product
from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2ctdna.statistics.kappa import (
    NEGATIVE_VARIANCE,
    NO_SPREAD,
    NOTHING,
    ONE_CATEGORY,
    ONE_UNIT,
    ONE_UNIT_APART,
    ONE_VALUE,
    compute_cohen_kappa,
    compute_fleiss_kappa,
    compute_gwet_ac,
    compute_krippendorff_alpha,
    compute_percent_agreement,
    compute_psych_interval,
)

REFERENCE = pd.read_csv(Path(__file__).parents[1] / "reference" / "agreement.csv")
GOLDEN = Path(__file__).parents[3] / "shared" / "golden" / "04_agreement"
needs_golden = pytest.mark.skipif(not GOLDEN.exists(), reason="no ../shared/golden")

DEFINITIONS = np.array([[20, 5, 0], [4, 15, 3], [0, 2, 11]])
ABSTRACTORS = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
WEIGHTINGS = [None, "linear", "quadratic"]


def ratings_of(counts):
    """Return the units behind a table of pairs, as readers per category."""
    size = len(counts)
    one = np.eye(size, dtype=int)
    units = [
        one[i] + one[j]
        for i, j in product(range(size), repeat=2)
        for _ in range(counts[i][j])
    ]
    return np.array(units, dtype=int).reshape(-1, size)


def compute(measure, counts):
    name = measure.removeprefix("vcd_").removeprefix("psych_")
    weighting = next((word for word in ("linear", "quadratic") if word in name), None)
    if measure == "psych_quadratic_kappa":
        return compute_psych_interval(counts, confidence=0.95)
    if name.startswith("gwet"):
        ratings = ratings_of(counts)
        return compute_gwet_ac(ratings, weighting=weighting, confidence=0.95)
    return compute_cohen_kappa(counts, weighting=weighting, confidence=0.95)


@pytest.mark.parametrize(
    "row",
    REFERENCE.to_dict("records"),
    ids=lambda row: f"{row['name']}-{row['measure']}",
)
def test_coefficients_and_intervals_agree_with_r(row):
    cells = np.array(row["counts"].split(), dtype=int)
    size = round(len(cells) ** 0.5)
    found = compute(row["measure"], cells.reshape(size, size))
    assert found.estimate == pytest.approx(row["estimate"], abs=1e-9)
    if row["measure"] != "psych_linear_kappa":  # whose interval R's psych has wrong
        limits = pytest.approx([row["low"], row["high"]], abs=1e-9, nan_ok=True)
        assert [found.low, found.high] == limits


def test_the_vector_of_the_definitions_is_reproduced():
    plain = compute_cohen_kappa(DEFINITIONS, weighting=None, confidence=0.95)
    assert [round(number, 4) for number in plain[:3]] == [0.6401, 0.4736, 0.8066]
    psych = compute_psych_interval(DEFINITIONS, confidence=0.95)
    assert [round(number, 4) for number in psych[:3]] == [0.8056, 0.7142, 0.8969]


@pytest.mark.parametrize("counts", [DEFINITIONS, ABSTRACTORS], ids=["def", "abs"])
@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_variance_of_kappa_is_that_of_the_delta_method(counts, weighting):
    """The interval is kappa -+ z * root of the gradient's multinomial variance."""
    n = counts.sum()
    shares = counts / n

    def kappa(cells):
        places = np.arange(len(cells))
        distance = np.abs(places[:, None] - places).astype(float)
        power = {None: 0, "linear": 1, "quadratic": 2}[weighting]
        distance = np.where(distance > 0, distance**power, 0)
        expected = np.outer(cells.sum(axis=1), cells.sum(axis=0)) / cells.sum()
        return 1 - (distance * cells).sum() / (distance * expected).sum()

    step = 1e-6
    gradient = np.zeros_like(shares)
    for cell in product(range(len(counts)), repeat=2):
        up, down = shares.copy(), shares.copy()
        up[cell] += step
        down[cell] -= step
        gradient[cell] = (kappa(up) - kappa(down)) / (2 * step)
    mean = (shares * gradient).sum()
    error = np.sqrt((shares * (gradient - mean) ** 2).sum() / n)
    found = compute_cohen_kappa(counts, weighting=weighting, confidence=0.95)
    assert (found.high - found.low) / 2 == pytest.approx(1.959964 * error, rel=1e-6)
    psych = compute_psych_interval(counts, confidence=0.95)
    if weighting == "quadratic":
        assert psych.high - psych.low != pytest.approx(found.high - found.low, rel=0.05)


def test_published_example_of_irrcac_is_reproduced():
    # Vignette of irrCAC: AC1 0.8493305, standard error 0.04321747 with n for n - 1.
    found = compute_gwet_ac(ratings_of(ABSTRACTORS), weighting=None, confidence=0.95)
    assert round(found.estimate, 7) == 0.8493305
    error = (found.high - found.low) / 2 / 1.9842169515
    assert error * np.sqrt(99 / 100) == pytest.approx(0.04321747, abs=1e-8)


@needs_golden
def test_fleiss_kappa_of_the_diagnoses_agrees_with_r():
    golden = json.loads((GOLDEN / "multi_rater.golden.json").read_text())
    given = pd.read_csv(GOLDEN / "diagnoses.csv").drop(columns="subject")
    categories = sorted(set(given.to_numpy().ravel()))
    ratings = np.stack([(given == name).sum(axis=1) for name in categories], axis=1)
    found = compute_fleiss_kappa(ratings, confidence=0.95)
    expected = golden["fleiss"]["value"]["value"]
    assert expected == pytest.approx(0.43024452006014086, abs=1e-15)
    assert found.estimate == pytest.approx(expected, abs=1e-12)


@needs_golden
@pytest.mark.parametrize(
    ("kind", "alpha"),
    [("ordinal", 0.22838694529232206), ("nominal", -0.023725212464589474)],
)
def test_alpha_of_the_anxieties_is_that_of_krippendorff_and_not_quite_of_irr(
    kind, alpha
):
    """The values are those of the package krippendorff 0.9.0 (PyPI).

    R's irr 0.84.1 counts each value of a unit of three readers twice where none is
    missing, and so corrects for 120 values where there are 60.
    """
    golden = json.loads((GOLDEN / "multi_rater.golden.json").read_text())
    given = pd.read_csv(GOLDEN / "anxiety.csv").to_numpy()
    ratings = (given[:, :, None] == np.arange(1, given.max() + 1)).sum(axis=1)
    found = compute_krippendorff_alpha(
        ratings, is_ordered=kind == "ordinal", confidence=0.95
    )
    assert found.estimate == pytest.approx(alpha, abs=1e-12)
    irr = golden[f"kripp_{kind}"]["value"]["value"]
    corrected = 1 - (1 - irr) * (59 / 60) / (119 / 120)
    assert corrected == pytest.approx(alpha, abs=1e-12)
    assert found.low < found.estimate < found.high


# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four
# observers, twelve units, values missing, and one unit that one alone has seen.
OBSERVED = """
    1 1 . 1 | 2 2 3 2 | 3 3 3 3 | 3 3 3 3 | 2 2 2 2 | 1 2 3 4
    4 4 4 4 | 1 1 2 1 | 2 2 2 2 | . 5 5 5 | . . 1 1 | . . 3 .
"""


@pytest.mark.parametrize(("kind", "alpha"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_alpha_with_missing_values_is_the_published_one(kind, alpha):
    units = OBSERVED.strip().replace("\n", "|").split("|")
    ratings = np.array([[unit.split().count(c) for c in "12345"] for unit in units])
    found = compute_krippendorff_alpha(
        ratings, is_ordered=kind == "ordinal", confidence=0.95
    )
    assert round(found.estimate, 3) == alpha
    without = compute_krippendorff_alpha(
        ratings[:-1], is_ordered=kind == "ordinal", confidence=0.95
    )
    assert found == without


@pytest.mark.parametrize(
    ("ratings", "estimate", "note"),
    [
        (np.zeros((0, 2), int), None, NOTHING),
        ([[1, 0], [0, 1]], None, NOTHING),
        ([[2, 0], [3, 0]], None, ONE_VALUE),
        ([[1, 1]], 0.0, ONE_UNIT),
        ([[2, 0], [0, 2]], 1.0, ONE_UNIT_APART),
    ],
)
def test_alpha_that_cannot_be_told_says_why(ratings, estimate, note):
    found = compute_krippendorff_alpha(
        np.array(ratings), is_ordered=True, confidence=0.95
    )
    assert found.note == note
    assert [found.low, found.high] == pytest.approx([np.nan] * 2, nan_ok=True)
    if estimate is None:
        assert isnan(found.estimate)
    else:
        assert found.estimate == pytest.approx(estimate)


def test_intervals_of_several_readers_agree_with_irrcac():
    # irrCAC 0.4.4 (Python) on these 8 units by 3 readers, its t interval of 7 df:
    # CAC(ratings, weights=..., categories=[0, 1, 2, 3]).gwet() and .fleiss()
    ratings = np.array(
        [
            *[[3, 0, 0, 0], [3, 0, 0, 0], [2, 1, 0, 0], [1, 2, 0, 0]],
            *[[0, 3, 0, 0], [0, 2, 1, 0], [0, 0, 2, 1], [0, 1, 1, 1]],
        ]
    )
    fleiss = compute_fleiss_kappa(ratings, confidence=0.95)
    expected = [0.3299492385787, -0.0814838441064, 0.7413823212638]
    assert list(fleiss[:3]) == pytest.approx(expected, abs=1e-9)
    expected_of = {
        None: [0.4062968515742, -0.04738643582, 0.8599801389684],
        "linear": [0.643858202803, 0.2985697180327, 0.9891466875732],
        "quadratic": [0.8100979653353, 0.5703290499422, 1],
    }
    for weighting, numbers in expected_of.items():
        found = compute_gwet_ac(ratings, weighting=weighting, confidence=0.95)
        assert list(found[:3]) == pytest.approx(numbers, abs=1e-9)


def test_kappa_collapses_where_one_category_prevails_and_gwet_does_not():
    counts = np.array([[45, 3], [2, 0]])
    kappa = compute_cohen_kappa(counts, weighting=None, confidence=0.95)
    ac1 = compute_gwet_ac(ratings_of(counts), weighting=None, confidence=0.95)
    assert kappa.estimate < 0
    assert ac1.estimate > 0.88


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_nothing_to_compare_gives_nothing(weighting):
    empty = np.zeros((4, 4), dtype=int)
    for found in (
        compute_percent_agreement(0, 0, confidence=0.95),
        compute_cohen_kappa(empty, weighting=weighting, confidence=0.95),
        compute_psych_interval(empty, confidence=0.95),
        compute_gwet_ac(ratings_of(empty), weighting=weighting, confidence=0.95),
        compute_fleiss_kappa(ratings_of(empty), confidence=0.95),
    ):
        assert all(isnan(number) for number in found[:3])
        assert found.note == NOTHING


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize("n", [1, 9])
def test_one_category_has_no_kappa_but_gwets_coefficient(weighting, n):
    counts = np.zeros((4, 4), dtype=int)
    counts[1, 1] = n
    for found in (
        compute_cohen_kappa(counts, weighting=weighting, confidence=0.95),
        compute_psych_interval(counts, confidence=0.95),
        compute_fleiss_kappa(ratings_of(counts), confidence=0.95),
    ):
        assert isnan(found.estimate)
        assert found.note == ONE_CATEGORY
    ac = compute_gwet_ac(ratings_of(counts), weighting=weighting, confidence=0.95)
    assert ac.estimate == pytest.approx(1)
    assert isnan(ac.low)
    assert ac.note == (ONE_UNIT if n == 1 else NO_SPREAD)


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_full_agreement_is_one_without_an_interval(weighting):
    counts = np.diag([3, 4, 0, 2])
    for found in (
        compute_cohen_kappa(counts, weighting=weighting, confidence=0.95),
        compute_psych_interval(counts, confidence=0.95),
        compute_fleiss_kappa(ratings_of(counts), confidence=0.95),
    ):
        assert found.estimate == pytest.approx(1)
        assert isnan(found.low)
        assert found.note == NO_SPREAD
    share = compute_percent_agreement(9, 9, confidence=0.95)
    assert (share.estimate, share.high) == (1, 1)
    assert share.low == pytest.approx(0.025 ** (1 / 9))


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_one_pair_that_differs_has_no_interval(weighting):
    counts = np.zeros((4, 4), dtype=int)
    counts[0, 1] = 1
    kappa = compute_cohen_kappa(counts, weighting=weighting, confidence=0.95)
    ac = compute_gwet_ac(ratings_of(counts), weighting=weighting, confidence=0.95)
    fleiss = compute_fleiss_kappa(ratings_of(counts), confidence=0.95)
    assert kappa.estimate == 0
    assert fleiss.estimate == -1
    for found in (kappa, ac, fleiss):
        assert isnan(found.low)
        assert found.note == ONE_UNIT


def test_a_negative_variance_by_psych_is_said():
    found = compute_psych_interval(ABSTRACTORS, confidence=0.95)
    assert round(found.estimate, 4) == 0.8922
    assert isnan(found.low)
    assert found.note == NEGATIVE_VARIANCE


def test_every_small_table_gives_finite_numbers_or_a_reason():
    for cells in product(range(3), repeat=4):
        counts = np.array(cells).reshape(2, 2)
        ratings = ratings_of(counts)
        for found in (
            compute_cohen_kappa(counts, weighting="linear", confidence=0.9),
            compute_gwet_ac(ratings, weighting=None, confidence=0.9),
            compute_fleiss_kappa(ratings, confidence=0.9),
        ):
            if isnan(found.low):
                assert found.note
            else:
                assert -1 <= found.low <= found.estimate <= found.high <= 1
