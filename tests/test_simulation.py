"""The properties of the detection test on simulated samples, within binomial error."""

import importlib.util
import sys
from math import sqrt

import pytest
from scipy.stats import binom

N = 1000
"""Samples per cell: a standard error is at most 1.6 points, here 0.3 to 0.7."""


@pytest.fixture(scope="module")
def simulation(root):
    path = root / "docs" / "simulate_detection.py"
    spec = importlib.util.spec_from_file_location("simulate_detection", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=[0, 4, 5])
def row(request, simulation):
    design = simulation.DESIGNS[request.param]
    return simulation.measure_design(design, N, simulation.definitions())


def within(observed, true, n=N):
    return abs(observed - true) <= 3.3 * sqrt(true * (1 - true) / n)


def test_false_positives_are_as_many_as_the_test_says_and_at_most_alpha(row):
    assert row["size"] < 0.05
    assert within(row["false"], row["size"])


def test_the_likelihood_ratio_keeps_to_alpha_within_binomial_error(row):
    assert row["false_lr"] <= binom.ppf(0.9995, N, 0.05) / N


def test_a_sample_at_its_limit_is_detected_nineteen_times_in_twenty(row):
    assert within(row["detected"], 0.95)
    assert within(row["detected_on_top"], 0.95)


def test_the_likelihood_ratio_finds_no_less_at_the_limit(row):
    assert row["detected_lr"] >= row["detected_on_top"]


def test_the_upper_bound_holds_at_least_nineteen_times_in_twenty(row):
    for at in ("third", "limit", "triple"):
        assert row[f"covered_{at}"] >= binom.ppf(0.0005, N, 0.95) / N


def test_outliers_set_aside_take_an_artefact_and_leave_ctdna(simulation):
    found = simulation.measure_suppression(simulation.Design(6, 4000), N)
    assert found["artefact_kept"] > 0.99
    assert found["artefact_aside"] < 0.05
    assert within(found["limit_aside"], 0.95)


def test_the_tables_of_the_methods_are_what_the_script_prints(root, simulation):
    text = (root / "docs" / "methods.md").read_text()
    lines = list(simulation.write_tables(20))
    for line in (lines[0], lines[1], lines[-simulation_rows(simulation) - 2]):
        assert line in text
    for design in simulation.DESIGNS:
        limit = simulation.limit_of(design, simulation.definitions())
        assert f"| {design.depth} |" in text
        assert f"{limit:.6f}" in text


def simulation_rows(simulation):
    """Return how many rows the second table has."""
    return len(simulation.SUPPRESSED)
