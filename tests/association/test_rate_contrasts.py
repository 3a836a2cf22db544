"""Contrasts and tests of rates, a row a method."""

from math import isnan

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from her2ctdna.association.rate_contrasts import contrast_rates, estimate_rate_tests
from her2ctdna.statistics.proportions import compute_boschloo_p

DRAWS = {"permutations": 1000, "seed": 1, "alpha": 0.05}


def counts(**groups: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(groups.values(), columns=["events", "n"], index=list(groups))


def test_two_rates_have_two_differences_and_two_odds_ratios() -> None:
    rows = list(contrast_rates(counts(low=(27, 72), zero=(11, 37)), confidence=0.95))
    assert [(row["measure"], row["ci_method"], row["test"]) for row in rows] == [
        ("risk_difference", "newcombe", None),
        ("risk_difference", "miettinen_nurminen", None),
        ("odds_ratio", "conditional_exact", "fisher"),
        ("odds_ratio", "firth_profile", "firth_likelihood_ratio"),
    ]
    limits = [(row["ci_low"], row["ci_high"]) for row in rows]
    assert limits[0] == pytest.approx((-0.1129, 0.2460), abs=5e-5)
    assert limits[1] == pytest.approx((-0.1154, 0.2513), abs=5e-5)
    assert limits[2] == pytest.approx((0.5642, 3.7014), rel=1e-3)
    assert rows[2]["p_value"] == pytest.approx(0.52541, abs=5e-6)
    for row in rows:
        assert (row["events"], row["n"]) == (27, 72)
        assert (row["events_reference"], row["n_reference"]) == (11, 37)


def test_inspire_has_the_odds_ratios_of_r() -> None:
    rows = list(contrast_rates(counts(fall=(14, 33), rise=(1, 40)), confidence=0.95))
    exact, firth = rows[2:]
    assert exact["p_value"] == pytest.approx(2.323e-5, rel=1e-3)
    assert exact["estimate"] == pytest.approx(27.515, rel=1e-4)
    assert exact["ci_low"] == pytest.approx(3.688, rel=1e-3)
    assert exact["ci_high"] == pytest.approx(1236.8, rel=1e-2)
    assert firth["estimate"] == pytest.approx(19.58, rel=1e-3)
    assert firth["ci_low"] == pytest.approx(4.32, rel=1e-3)
    assert firth["ci_high"] == pytest.approx(187.9, rel=1e-3)


def test_a_group_without_patients_has_no_estimate_in_any_row() -> None:
    rows = list(contrast_rates(counts(low=(3, 10), zero=(0, 0)), confidence=0.95))
    assert len(rows) == 4
    for row in rows:
        assert isnan(row["estimate"])
        assert isnan(row["ci_low"])
        assert row["note"] == "a group without patients"


def test_no_events_leave_differences_with_intervals_and_no_ratio() -> None:
    rows = list(contrast_rates(counts(low=(0, 10), zero=(0, 20)), confidence=0.95))
    assert [row["estimate"] for row in rows[:2]] == [0, 0]
    assert rows[1]["ci_low"] == pytest.approx(-0.1658, abs=5e-5)
    assert rows[1]["ci_high"] == pytest.approx(0.2844, abs=5e-5)
    for row in rows[2:]:
        assert isnan(row["estimate"])
        assert row["note"] == "no patient has the event"


@pytest.mark.parametrize(
    ("table", "p_value"),
    [
        ([[7, 12], [8, 3]], 0.06822),
        ([[74, 31], [43, 32]], 0.07113),
        ([[7, 5], [0, 6]], 0.02286),
        ([[27, 45], [11, 26]], 0.44987),
    ],
)
def test_published_boschloo_p_of_tables_whose_columns_are_the_groups(
    table: list[list[int]], p_value: float
) -> None:
    (a, b), (c, d) = table
    found, _ = compute_boschloo_p(a, a + c, b, b + d)
    assert found == pytest.approx(p_value, abs=1e-5)


def test_boschloo_p_of_daisy_by_cohort_is_that_of_a_grid_of_common_rates() -> None:
    """Every common rate on a grid of 2000, with Fisher's one-sided p as the order."""
    x, y = np.meshgrid(np.arange(73), np.arange(38), indexing="ij")
    rates = np.linspace(0.0005, 0.9995, 2000)
    chances = np.einsum(
        "rx,ry->rxy",
        stats.binom.pmf(np.arange(73), 72, rates[:, None]),
        stats.binom.pmf(np.arange(38), 37, rates[:, None]),
    )
    greater = stats.hypergeom.sf(x - 1, 109, x + y, 72)
    is_extreme = greater <= greater[27, 11] * (1 + 1e-9)
    expected = 2 * chances[:, is_extreme].sum(axis=1).max()
    found, _ = compute_boschloo_p(27, 72, 11, 37)
    assert found == pytest.approx(expected, abs=1e-6)


def test_boschloo_never_exceeds_twice_a_side_of_fisher_and_treats_groups_alike() -> (
    None
):
    for x in range(0, 15, 3):
        for y in range(0, 29, 5):
            boschloo, _ = compute_boschloo_p(x, 14, y, 28)
            table = [[x, 14 - x], [y, 28 - y]]
            sides = [
                stats.fisher_exact(table, alternative=side).pvalue
                for side in ("less", "greater")
            ]
            assert boschloo <= 2 * min(sides) + 1e-9
            assert compute_boschloo_p(y, 28, x, 14)[0] == pytest.approx(boschloo)


def test_boschloo_without_information_is_one_or_missing_with_a_reason() -> None:
    assert compute_boschloo_p(0, 10, 0, 12) == (1, None)
    assert compute_boschloo_p(10, 10, 12, 12) == (1, None)
    p_value, note = compute_boschloo_p(0, 0, 3, 12)
    assert isnan(p_value)
    assert note == "a group without patients"


def test_two_groups_have_one_primary_test() -> None:
    groups = counts(zero=(4, 14), low=(10, 26))
    pairs = [("zero", "low")]
    rows = estimate_rate_tests(groups, scores=(), pairs=pairs, **DRAWS)
    assert [(row["test"], row["role"], row["n"], row["events"]) for row in rows] == [
        ("fisher", "primary", 40, 14),
        ("boschloo", "alternative", 40, 14),
    ]


def test_ordered_groups_are_tested_for_trend_first() -> None:
    levels = counts(a=(2, 9), b=(4, 11), c=(8, 14), d=(6, 8))
    scores = [[0, 1, 2, 3], [0, 0.5, 1, 2]]
    pairs = [("a", "d")]
    rows = list(estimate_rate_tests(levels, scores=scores, pairs=pairs, **DRAWS))
    assert [(row["test"], row["role"], row["note"]) for row in rows] == [
        ("cochran_armitage_exact", "primary", "scores 0, 1, 2, 3"),
        ("cochran_armitage_exact", "sensitivity", "scores 0, 0.5, 1, 2"),
        ("fisher_halton", "alternative", None),
        ("boschloo", "alternative", None),
    ]
    assert (rows[3]["groups"], rows[3]["n"], rows[3]["events"]) == ("a;d", 17, 8)
    assert rows[3]["p_value"] == compute_boschloo_p(6, 8, 2, 9)[0]
    assert rows[0]["p_value"] == pytest.approx(0.024427, abs=5e-7)
    assert rows[2]["p_value"] == pytest.approx(0.13796, abs=5e-6)
