"""The exact trend test against R's coin (../shared/golden), and the monotone fit."""

import json
import time
from itertools import product
from math import comb, isnan, prod
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from her2ctdna.statistics.trend import (
    compute_trend,
    draw_sums,
    fit_monotone,
    resample_monotone,
)

GOLDEN = Path(__file__).parents[3] / "shared" / "golden" / "02_proportions"
needs_golden = pytest.mark.skipif(not GOLDEN.exists(), reason="no ../shared/golden")
DRAWS = {"permutations": 2000, "seed": 20240601}


def golden() -> list[tuple[str, list[int], list[int], dict[str, Any]]]:
    values = json.loads((GOLDEN / "trend.golden.json").read_text(encoding="utf-8"))
    data = pd.read_csv(GOLDEN / "trend.csv")
    return [
        (str(name), list(own["x"]), list(own["n"]), values[name])
        for name, own in data.groupby("name")
    ]


@needs_golden
def test_exact_p_and_statistic_are_those_of_coin() -> None:
    sets = golden()
    assert len(sets) == 8
    for name, events, totals, expected in sets:
        scores = range(len(events))
        statistic, p_value, note = compute_trend(events, totals, scores=scores, **DRAWS)
        exact = expected["exact"]["p_two_sided_deviation"]
        assert p_value == pytest.approx(exact, rel=1e-6, abs=1e-12), name
        z = expected["coin_asym"]["value"]["z"]
        assert statistic == pytest.approx(z, abs=1e-9), name
        assert note is None


@needs_golden
def test_exact_p_with_unequal_scores_is_that_of_all_tables() -> None:
    compared = 0
    for name, events, totals, expected in golden():
        if "exact_scores_0124" not in expected:
            continue
        _, p_value, _ = compute_trend(events, totals, scores=[0, 1, 2, 4], **DRAWS)
        exact = expected["exact_scores_0124"]["p_two_sided_deviation"]
        assert p_value == pytest.approx(exact, rel=1e-6, abs=1e-12), name
        compared += 1
    assert compared >= 5


EVENTS, TOTALS = [2, 4, 8, 6], [9, 11, 14, 8]


def test_published_trend_of_four_levels() -> None:
    statistic, p_value, _ = compute_trend(EVENTS, TOTALS, scores=range(4), **DRAWS)
    assert p_value == pytest.approx(0.024427, abs=5e-7)
    assert statistic**2 == pytest.approx(5.628601, abs=5e-7)


def test_scores_count_by_their_relative_distances_only() -> None:
    halves = compute_trend(EVENTS, TOTALS, scores=[0, 0.5, 1, 2], **DRAWS)
    whole = compute_trend(EVENTS, TOTALS, scores=[10, 11, 12, 14], **DRAWS)
    assert halves[:2] == pytest.approx(whole[:2])


@pytest.mark.parametrize("n_events", [3, 6, 9])
def test_trend_test_errs_no_more_than_any_level_whatever_the_deal(
    n_events: int,
) -> None:
    """Every way to deal the events, with its chance, counted one by one."""
    totals = [3, 4, 5, 4]
    deals = [
        deal
        for deal in product(*(range(total + 1) for total in totals))
        if sum(deal) == n_events
    ]
    ways = np.array(
        [
            prod(comb(total, count) for total, count in zip(totals, deal, strict=True))
            for deal in deals
        ]
    )
    chances = ways / comb(sum(totals), n_events)
    p_values = np.array(
        [
            compute_trend(deal, totals, scores=[0, 0.5, 1, 2], **DRAWS)[1]
            for deal in deals
        ]
    )
    sums = np.array(deals) @ [0, 1, 2, 4]
    distance = np.abs(sums - chances @ sums)
    for p_value, far in zip(p_values, distance, strict=True):
        assert p_value == pytest.approx(chances[distance >= far - 1e-9].sum())
        assert chances[p_values <= p_value + 1e-12].sum() <= p_value + 1e-9


def test_a_fall_has_the_p_of_the_rise_and_the_other_sign() -> None:
    rise = compute_trend(EVENTS, TOTALS, scores=range(4), **DRAWS)
    fall = compute_trend(EVENTS[::-1], TOTALS[::-1], scores=range(4), **DRAWS)
    assert fall[0] == pytest.approx(-rise[0])
    assert fall[1] == pytest.approx(rise[1])


def test_groups_without_patients_take_no_part() -> None:
    with_empty = compute_trend([2, 0, 8], [9, 0, 14], scores=[0, 1, 2], **DRAWS)
    without = compute_trend([2, 8], [9, 14], scores=[0, 2], **DRAWS)
    assert with_empty == without


@pytest.mark.parametrize("totals", [[9, 0, 0], [0, 0, 0]])
def test_fewer_than_two_groups_have_no_trend(totals: list[int]) -> None:
    statistic, p_value, note = compute_trend(
        [min(2, total) for total in totals], totals, scores=range(3), **DRAWS
    )
    assert isnan(statistic)
    assert isnan(p_value)
    assert note == "fewer than two groups with patients"


@pytest.mark.parametrize(
    ("events", "note"),
    [([0, 0], "no patient has the event"), ([5, 7], "every patient has the event")],
)
def test_events_of_none_or_all_give_p_of_one(events: list[int], note: str) -> None:
    statistic, p_value, said = compute_trend(events, [5, 7], scores=[0, 1], **DRAWS)
    assert isnan(statistic)
    assert (p_value, said) == (1, note)


def test_thousands_of_patients_are_dealt_at_random_and_say_so() -> None:
    events, totals = [700, 720, 760, 790], [1500] * 4
    statistic, p_value, note = compute_trend(events, totals, scores=range(4), **DRAWS)
    assert note == "p-value from 2000 random deals"
    assert statistic == pytest.approx(3.5, abs=0.2)
    assert p_value < 0.005
    again = compute_trend(events, totals, scores=range(4), **DRAWS)
    assert again == (statistic, p_value, note)


def test_ten_thousand_deals_of_42_patients_take_less_than_two_seconds() -> None:
    started = time.perf_counter()
    sums = draw_sums(
        np.array(TOTALS), np.arange(4), sum(EVENTS), permutations=10_000, seed=1
    )
    assert time.perf_counter() - started < 2
    observed, mean = 38, sum(EVENTS) * (11 + 28 + 24) / 42
    extreme = np.abs(sums - mean) >= observed - mean - 1e-9
    assert extreme.mean() == pytest.approx(0.024427, abs=0.005)


def test_monotone_fit_pools_levels_that_fall_weighted_by_their_size() -> None:
    fitted = fit_monotone([2, 1, 5, 5], [7, 6, 17, 9])
    assert list(fitted) == pytest.approx([3 / 13, 3 / 13, 5 / 17, 5 / 9])


def test_monotone_fit_leaves_out_levels_without_patients() -> None:
    fitted = fit_monotone([2, 0, 5], [4, 0, 20])
    assert list(fitted) == pytest.approx([7 / 24, np.nan, 7 / 24], nan_ok=True)
    assert np.isnan(fit_monotone([2, 0], [4, 0])).all()


def test_band_is_seeded_holds_the_fit_and_narrows_with_patients() -> None:
    options = {"confidence": 0.95, "resamples": 2000, "seed": 7}
    events, totals = [2, 1, 5, 5], [7, 6, 17, 9]
    low, high = resample_monotone(events, totals, **options)
    again = resample_monotone(events, totals, **options)
    np.testing.assert_array_equal(np.stack([low, high]), np.stack(again))
    fitted = fit_monotone(events, totals)
    assert (low <= fitted).all()
    assert (fitted <= high).all()
    assert (np.diff(low) >= 0).all()
    many = resample_monotone(
        [20 * e for e in events], [20 * n for n in totals], **options
    )
    assert (many[1] - many[0] < (high - low) / 2).all()


def test_band_is_missing_where_there_is_no_fit() -> None:
    options = {"confidence": 0.95, "resamples": 100, "seed": 7}
    low, high = resample_monotone([2, 0, 5], [4, 0, 20], **options)
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [False, True, False]
    low, high = resample_monotone([2, 0], [4, 0], **options)
    assert np.isnan([low, high]).all()
