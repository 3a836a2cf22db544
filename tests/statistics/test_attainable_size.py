"""Attainable sizes against R, which lists every outcome, and at their borders."""

from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2ctdna.statistics.attainable_size import (
    alpha_of,
    compute_boschloo_size,
    compute_fisher_size,
    compute_rank_sum_size,
    compute_trend_size,
    find_size,
)
from her2ctdna.statistics.log_rank import compute_log_rank_permutation

REFERENCE = Path(__file__).parents[1] / "reference" / "attainable.csv"
CASES = pd.read_csv(REFERENCE, dtype=str).fillna("")


def numbers(text: str) -> list[float]:
    return [float(word) for word in text.split()]


def deal(events: int, totals: list[int]) -> list[int]:
    """Return one table with these margins; which one does not matter."""
    dealt = []
    for total in totals:
        dealt.append(min(events, total))
        events -= dealt[-1]
    return dealt


def size_of(test: str, totals: list[int], events: str, more: list[float]) -> float:
    if test == "fisher":
        return compute_fisher_size(deal(int(events), totals), totals, alpha=0.05)
    if test == "trend":
        dealt = deal(int(events), totals)
        return compute_trend_size(dealt, totals, scores=more, alpha=0.05)
    if test == "boschloo":
        return compute_boschloo_size(*totals, alpha=0.05)
    is_in = np.arange(len(more)) < totals[0]
    values = np.array(more)
    if test == "rank_sum":
        return compute_rank_sum_size(values[is_in], values[~is_in], alpha=0.05)
    event = np.array(numbers(events)) == 1
    how = {"exact_divisions": 1000, "permutations": 100, "seed": 1, "alpha": 0.05}
    return compute_log_rank_permutation(values, event, is_in, **how).attainable_size


@pytest.mark.parametrize(
    "case", CASES.to_dict("records"), ids=lambda case: case["test"]
)
def test_size_is_that_of_all_outcomes_listed_by_r(case: dict[str, str]) -> None:
    totals = [int(word) for word in case["totals"].split()]
    found = size_of(case["test"], totals, case["events"], numbers(case["more"]))
    # R takes 4001 common rates for Boschloo's test and we take fewer
    rel = 1e-4 if case["test"] == "boschloo" else 1e-9
    assert found == pytest.approx(float(case["size"]), rel=rel)


def test_a_test_that_is_not_possible_has_no_size() -> None:
    assert isnan(compute_fisher_size([2], [4], alpha=0.05))
    assert isnan(compute_fisher_size([2, 0], [4, 0], alpha=0.05))
    assert isnan(compute_trend_size([2, 0], [4, 0], scores=[0, 1], alpha=0.05))
    assert isnan(compute_boschloo_size(0, 4, alpha=0.05))
    assert isnan(compute_rank_sum_size(np.array([]), np.ones(3), alpha=0.05))


def test_where_all_are_alike_nothing_can_be_rejected() -> None:
    assert compute_fisher_size([4, 5], [4, 5], alpha=0.05) == 0
    assert compute_trend_size([0, 0], [4, 5], scores=[0, 1], alpha=0.05) == 0
    assert compute_rank_sum_size(np.ones(9), np.ones(9), alpha=0.05) == 0


def test_where_outcomes_are_too_many_to_list_the_size_is_alpha() -> None:
    assert compute_boschloo_size(300, 300, alpha=0.05) == 0.05
    assert compute_rank_sum_size(np.arange(80.0), np.arange(80.0), alpha=0.05) == 0.05
    levels = [60] * 8
    assert compute_fisher_size([30] * 8, levels, alpha=0.05) == 0.05


def test_a_p_value_at_alpha_itself_is_reached() -> None:
    twenty = np.arange(20.0)
    assert find_size(twenty, np.full(20, 1 / 20), alpha=alpha_of(0.95)) == 0.05
    assert find_size(twenty, np.full(20, 1 / 20), alpha=0.049) == 0
