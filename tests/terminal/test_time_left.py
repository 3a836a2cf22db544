"""Time left: by what steps of the same rule took, and as many side by side."""

import pytest

from her2ctdna.terminal.time_left import estimate_left


def test_nothing_is_foretold_of_two_steps():
    assert estimate_left({"a": 3}, [], {"b": [1.0, 2.0]}, elapsed=3) is None


def test_a_step_takes_what_others_of_its_rule_took():
    taken = {"quick": [1.0, 1.0], "slow": [10.0]}
    assert estimate_left({"slow": 2}, [], taken, elapsed=12) == pytest.approx(20)


def test_a_step_of_a_new_rule_takes_what_all_did():
    taken = {"quick": [1.0, 1.0], "slow": [10.0]}
    assert estimate_left({"new": 1}, [], taken, elapsed=12) == pytest.approx(4)


def test_steps_side_by_side_take_part_of_it():
    taken = {"a": [4.0, 4.0, 4.0, 4.0]}
    assert estimate_left({"a": 2}, [], taken, elapsed=8) == pytest.approx(4)


def test_a_step_that_runs_is_partly_done_and_never_owes_time():
    taken = {"a": [4.0, 4.0, 4.0]}
    assert estimate_left({}, [("a", 3.0)], taken, elapsed=15) == pytest.approx(1)
    assert estimate_left({}, [("a", 9.0)], taken, elapsed=21) == 0
