"""Type M and type S error: against brute force, and against other formulas."""

from itertools import product
from math import comb, isnan, log

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from her2ctdna.association.exaggeration import (
    EXAGGERATION_COLUMNS,
    compute_hazard_errors,
    compute_normal_errors,
    compute_rate_errors,
    list_exaggeration,
)

EFFECTS = {"differences": [0.1, 0.3], "hazard_ratios": [0.8, 0.5], "alpha": 0.05}


def chance(events: int, n: int, rate: float) -> float:
    return float(comb(n, events) * rate**events * (1 - rate) ** (n - events))


@pytest.mark.parametrize(
    ("n", "n_reference", "rate", "difference"),
    [(7, 5, 0.1, 0.6), (9, 6, 0.5, -0.3), (6, 6, 0.4, 0.1)],
)
def test_rates_are_those_of_every_table_tested_by_scipy(
    n: int, n_reference: int, rate: float, difference: float
) -> None:
    power = wrong = size = 0.0
    for a, b in product(range(n + 1), range(n_reference + 1)):
        table = [[a, n - a], [b, n_reference - b]]
        if stats.fisher_exact(table).pvalue <= 0.05:
            weight = chance(a, n, rate + difference) * chance(b, n_reference, rate)
            observed = a / n - b / n_reference
            power += weight
            wrong += weight * (observed * difference < 0)
            size += weight * abs(observed)
    found = compute_rate_errors(
        difference, rate, n=n, n_reference=n_reference, alpha=0.05
    )
    expected = (power, wrong / power, size / power / abs(difference))
    assert tuple(found) == pytest.approx(expected, rel=1e-9)


def test_rates_agree_with_simulated_studies() -> None:
    rng = np.random.default_rng(1)
    events = rng.binomial(26, 4 / 14 + 0.2, 4000), rng.binomial(14, 4 / 14, 4000)
    p_values = {
        pair: stats.fisher_exact([[pair[0], 26 - pair[0]], [pair[1], 14 - pair[1]]])[1]
        for pair in set(zip(*events, strict=True))
    }
    passes = np.array([p_values[pair] <= 0.05 for pair in zip(*events, strict=True)])
    observed = (events[0] / 26 - events[1] / 14)[passes]
    found = compute_rate_errors(0.2, 4 / 14, n=26, n_reference=14, alpha=0.05)
    assert found.power == pytest.approx(passes.mean(), abs=0.025)
    assert found.type_s == pytest.approx((observed < 0).mean(), abs=0.01)
    assert found.type_m == pytest.approx(abs(observed).mean() / 0.2, abs=0.06)


def test_no_rate_beyond_certainty_and_no_effect_of_nothing() -> None:
    sizes = {"n": 20, "n_reference": 20, "alpha": 0.05}
    for difference, rate in ((0.3, 0.8), (-0.3, 0.2), (0.0, 0.5)):
        assert all(map(isnan, compute_rate_errors(difference, rate, **sizes)))
    certain = compute_rate_errors(1.0, 0.0, **sizes)
    assert tuple(certain) == pytest.approx((1.0, 0.0, 1.0))


def test_groups_too_small_to_pass_have_no_error_of_sign_or_size() -> None:
    found = compute_rate_errors(0.2, 0.5, n=2, n_reference=2, alpha=0.05)
    assert found.power == 0
    assert isnan(found.type_s)
    assert isnan(found.type_m)


def test_normal_errors_are_those_of_gelman_and_carlin() -> None:
    """Their example: a difference of 0.3 points with a standard error of 4.3."""
    found = compute_normal_errors(0.3, 4.3, alpha=0.05)
    assert found.power == pytest.approx(0.05, abs=0.002)
    assert found.type_s == pytest.approx(0.42, abs=0.01)
    typical = compute_normal_errors(2.8, 1.0, alpha=0.05)
    assert typical.power == pytest.approx(0.80, abs=0.002)
    assert typical.type_m == pytest.approx(1.12, abs=0.01)


@pytest.mark.parametrize("effect", [0.3, -0.7, 2.5])
def test_normal_errors_are_the_integrals_over_what_passes(effect: float) -> None:
    z = np.linspace(-14, 14, 2_000_001)
    density = stats.norm.pdf(z, loc=effect / 0.6)
    passes = abs(z) > stats.norm.ppf(0.975)
    power = np.trapezoid(density * passes, z)
    wrong = np.trapezoid(density * (passes & (z * effect < 0)), z)
    size = np.trapezoid(density * passes * abs(z), z) * 0.6
    found = compute_normal_errors(effect, 0.6, alpha=0.05)
    expected = (power, wrong / power, size / power / abs(effect))
    assert tuple(found) == pytest.approx(expected, rel=1e-4)


def test_hazard_errors_have_the_variance_of_schoenfeld() -> None:
    found = compute_hazard_errors(0.5, events=30, n=26, n_reference=14, alpha=0.05)
    error = (30 * (26 / 40) * (14 / 40)) ** -0.5
    assert found == compute_normal_errors(log(0.5), error, alpha=0.05)
    other = compute_hazard_errors(2.0, events=30, n=14, n_reference=26, alpha=0.05)
    assert tuple(found) == pytest.approx(tuple(other))


def contrasts(*rows: dict[str, object]) -> pd.DataFrame:
    plain = {
        **{"endpoint": "orr", "population": "all_treated", "origin": "first_dose"},
        **{"group_by": "her2_group", "group": "low", "reference": "zero"},
        **{"measure": "risk_difference", "ci_method": "newcombe", "biased": "no"},
        **{"n": 26, "n_reference": 14, "events": 10, "events_reference": 4},
        **{"subgroup": None, "adjusted_for": None},
    }
    return pd.DataFrame([plain | row for row in rows])


PFS = {"endpoint": "pfs", "measure": "hazard_ratio", "ci_method": "cox_profile"}


def test_headlines_have_a_row_for_each_plausible_effect() -> None:
    given = contrasts(
        {},
        {"ci_method": "miettinen_nurminen"},
        {"endpoint": "dcr"},
        {"group_by": "her2_class"},
        {"subgroup": "hr_status=positive"},
        PFS,
        PFS | {"adjusted_for": "hr_status"},
        PFS | {"biased": "yes", "group_by": "clearance_C2D1"},
        PFS | {"group_by": "clearance_C2D1", "origin": "C2D1"},
    )
    table = list_exaggeration(given, **EFFECTS)
    assert list(table.columns) == EXAGGERATION_COLUMNS
    shown = table[["endpoint", "group_by", "origin", "true_effect", "method"]]
    assert list(shown.itertuples(index=False, name=None)) == [
        ("orr", "her2_group", "first_dose", 0.1, "binomial_fisher"),
        ("orr", "her2_group", "first_dose", 0.3, "binomial_fisher"),
        ("pfs", "her2_group", "first_dose", 0.8, "normal_log_hazard"),
        ("pfs", "her2_group", "first_dose", 0.5, "normal_log_hazard"),
        ("pfs", "clearance_C2D1", "C2D1", 0.8, "normal_log_hazard"),
        ("pfs", "clearance_C2D1", "C2D1", 0.5, "normal_log_hazard"),
    ]
    assert table["rate_reference"].tolist()[:2] == [4 / 14, 4 / 14]
    exact = compute_rate_errors(0.3, 4 / 14, n=26, n_reference=14, alpha=0.05)
    assert tuple(table.loc[1, ["power", "type_s", "type_m"]]) == tuple(exact)


def test_empty_groups_no_events_and_impossible_rates_say_so() -> None:
    given = contrasts(
        {"n": 0, "events": 0},
        {"population": "few", "events_reference": 14},
        PFS | {"events": 0, "events_reference": 0},
    )
    table = list_exaggeration(given, **EFFECTS)
    assert table["note"].tolist() == [
        *["a group without patients"] * 2,
        *["no rate lies so far from that of the reference"] * 2,
        *["no events"] * 2,
    ]
    assert table[["power", "type_s", "type_m"]].isna().all(axis=None)


def test_no_contrasts_give_a_table_without_rows() -> None:
    table = list_exaggeration(contrasts({}).iloc[:0], **EFFECTS)
    assert table.empty
    assert list(table.columns) == EXAGGERATION_COLUMNS
