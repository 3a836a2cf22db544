"""Tests of equal hazards against R and against every division counted out."""

from itertools import combinations, permutations
from math import isnan

import numpy as np
import pandas as pd
import pytest
from times import GOLDEN, REFERENCE, TWO_GROUPS, golden, needs_golden, vectors

from her2ctdna.statistics.log_rank import (
    compute_log_rank,
    compute_log_rank_permutation,
    compute_mantel_byar,
)


@pytest.mark.parametrize("row", TWO_GROUPS, ids=lambda row: str(row["set"]))
def test_log_rank_test_agrees_with_r(row: dict[str, float]) -> None:
    statistic, p_value, note = compute_log_rank(*vectors(str(row["set"])))
    assert statistic == pytest.approx(row["chisq"], rel=1e-10)
    assert p_value == pytest.approx(row["log_rank_p"], rel=1e-9)
    assert note is None


@needs_golden
def test_log_rank_test_agrees_with_r_on_veteran() -> None:
    data = pd.read_csv(GOLDEN / "veteran.csv")
    expected = golden("veteran")["logrank"]
    statistic, p_value, _ = compute_log_rank(
        data["time"].to_numpy(), data["event"].to_numpy() == 1, data["trt"].to_numpy()
    )
    assert statistic == pytest.approx(expected["value"]["chisq"], rel=1e-9)
    assert p_value == pytest.approx(expected["value"]["p"], rel=1e-9)


def test_log_rank_test_of_three_groups_agrees_with_r() -> None:
    data = pd.read_csv(REFERENCE / "lung_ecog.csv")
    expected = pd.read_csv(REFERENCE / "log_rank_three_groups.csv").iloc[0]
    statistic, p_value, _ = compute_log_rank(
        data["time"].to_numpy(), data["event"].to_numpy() == 1, data["group"].to_numpy()
    )
    assert statistic == pytest.approx(expected["chisq"], rel=1e-10)
    assert p_value == pytest.approx(expected["p_value"], rel=1e-9)


def test_group_gone_before_the_first_event_costs_no_degree_of_freedom() -> None:
    time, event, group = vectors("aml")
    without = compute_log_rank(time, event, group.to_numpy().astype(str))
    gone = compute_log_rank(
        np.append(time, [1.0, 2.0]),
        np.append(event, [False, False]),
        np.append(group.to_numpy().astype(str), ["gone", "gone"]),
    )
    assert gone == without


@pytest.mark.parametrize(
    ("time", "event", "group", "note"),
    [
        ([], [], [], "fewer than two groups with patients"),
        ([3, 4], [1, 1], "aa", "fewer than two groups with patients"),
        ([3, 4], [0, 0], "ab", "no events"),
        ([3, 4], [0, 1], "ab", "fewer than two groups at risk at the first event"),
        ([4, 4], [1, 1], "ab", "all patients at risk have the event at once"),
    ],
)
def test_log_rank_test_that_is_not_possible_says_why(
    time: list[float], event: list[int], group: str, note: str
) -> None:
    statistic, p_value, found = compute_log_rank(
        np.array(time, dtype=float), np.array(event, dtype=bool), np.array(list(group))
    )
    assert isnan(statistic)
    assert isnan(p_value)
    assert found == note


@pytest.mark.parametrize("name", ["tied", "plateau", "monotone"])
def test_permutation_takes_every_division_of_a_few_patients(name: str) -> None:
    time, event, in_group = (np.asarray(column) for column in vectors(name))
    observed, _, _ = compute_log_rank(time, event, in_group)
    n, size = len(time), int(in_group.sum())
    every = [np.isin(range(n), chosen) for chosen in combinations(range(n), size)]
    statistics = np.array([compute_log_rank(time, event, one)[0] for one in every])
    # A division in which one group is gone before the first event tells nothing.
    expected = np.mean(np.nan_to_num(statistics) >= observed * (1 - 1e-9))
    statistic, p_value, note, size = compute_log_rank_permutation(
        time,
        event,
        in_group,
        exact_divisions=len(every),
        permutations=100,
        seed=1,
        alpha=0.05,
    )
    assert statistic == pytest.approx(observed, rel=1e-10)
    assert p_value == pytest.approx(expected, rel=1e-12)
    assert note == "exact: all divisions"
    bars = np.nan_to_num(statistics)[:, None] * (1 - 1e-9)
    p_values = (np.nan_to_num(statistics) >= bars).mean(axis=1)
    assert size == pytest.approx(max([0, *p_values[p_values <= 0.05]]))


def test_random_divisions_come_near_all_of_them_and_repeat_with_their_seed() -> None:
    time, event, in_group = vectors("tied")
    group = in_group.to_numpy()
    _, exact, _, _ = compute_log_rank_permutation(
        time, event, group, exact_divisions=10000, permutations=100, seed=1, alpha=0.05
    )
    drawn = [
        compute_log_rank_permutation(
            time,
            event,
            group,
            exact_divisions=100,
            permutations=400,
            seed=seed,
            alpha=0.05,
        )
        for seed in (5, 5, 6)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0][1] != drawn[2][1]
    assert drawn[0][1] == pytest.approx(exact, abs=0.1)
    p_value = drawn[0][1]
    error = (p_value * (1 - p_value) / 400) ** 0.5
    expected = f"p-value from 400 random divisions, standard error {error:.1g}"
    assert drawn[0][2] == expected


def test_permutation_of_three_groups_has_the_log_rank_chi_square() -> None:
    data = pd.read_csv(REFERENCE / "lung_ecog.csv")
    vectors_ = (
        data["time"].to_numpy(),
        data["event"].to_numpy() == 1,
        data["group"].to_numpy(),
    )
    statistic, p_value, _, size = compute_log_rank_permutation(
        *vectors_, exact_divisions=10**6, permutations=500, seed=1, alpha=0.05
    )
    assert statistic == pytest.approx(compute_log_rank(*vectors_)[0], rel=1e-10)
    assert p_value == pytest.approx(1 / 501)
    assert size == 0.05


def test_permutation_takes_every_division_into_three_groups() -> None:
    group = np.array(list("aabbbc"))
    time = np.array([3.0, 5, 2, 5, 8, 1])
    event = np.array([True, True, True, False, True, True])
    every = sorted(set(permutations(group)))
    statistics = [compute_log_rank(time, event, np.array(one))[0] for one in every]
    observed = compute_log_rank(time, event, group)[0]
    expected = np.mean(np.array(statistics) >= observed * (1 - 1e-9))
    _, p_value, note, _ = compute_log_rank_permutation(
        time, event, group, exact_divisions=60, permutations=100, seed=1, alpha=0.05
    )
    assert len(every) == 60
    assert p_value == pytest.approx(expected, rel=1e-12)
    assert note == "exact: all divisions"
    sampled = compute_log_rank_permutation(
        time, event, group, exact_divisions=59, permutations=100, seed=1, alpha=0.05
    )
    assert str(sampled[2]).startswith("p-value from 100 random divisions")


@pytest.mark.parametrize(
    ("time", "event", "group", "note"),
    [
        ([], [], "", "fewer than two groups with patients"),
        ([3, 4], [0, 0], "ab", "no events"),
        ([4, 4], [1, 1], "ab", "all patients at risk have the event at once"),
    ],
)
def test_permutation_that_is_not_possible_says_why(
    time: list[float], event: list[int], group: str, note: str
) -> None:
    found = compute_log_rank_permutation(
        np.array(time, dtype=float),
        np.array(event, dtype=bool),
        np.array(list(group)),
        exact_divisions=100,
        permutations=100,
        seed=1,
        alpha=0.05,
    )
    assert isnan(found[0])
    assert isnan(found[1])
    assert found[2] == note


def test_mantel_byar_without_late_entry_is_the_log_rank_test() -> None:
    time, event, in_group = vectors("tied")
    entry = np.full(len(time), -np.inf)
    found = compute_mantel_byar(entry, time, event, in_group.to_numpy())
    assert found == pytest.approx(compute_log_rank(time, event, in_group))


def test_mantel_byar_without_an_event_while_both_are_at_risk_says_so() -> None:
    entry, time = np.array([-np.inf, 5.0]), np.array([5.0, 9.0])
    found = compute_mantel_byar(
        entry, time, np.array([False, True]), np.array([False, True])
    )
    assert isnan(found[1])
    assert found[2] == "no event while both groups are at risk"
