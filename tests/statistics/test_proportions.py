"""Proportions against R (tests/reference, ../shared/golden) and published vectors."""

from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from her2ctdna.statistics.proportions import (
    Estimate,
    compute_fisher_p,
    compute_odds_ratio,
    compute_rate_interval,
    compute_risk_difference,
)

REFERENCE = Path(__file__).parents[1] / "reference"
GOLDEN = Path(__file__).parents[3] / "shared" / "golden" / "02_proportions"
needs_golden = pytest.mark.skipif(not GOLDEN.exists(), reason="no ../shared/golden")

PAIRS = pd.read_csv(REFERENCE / "two_proportions.csv").to_dict("records")
SEVERAL = pd.read_csv(REFERENCE / "fisher_halton.csv").to_dict("records")
DRAWS = {"permutations": 2000, "seed": 20240601}


def same(expected: float) -> object:
    """R's value, missing where R has an infinite bound."""
    return pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


def test_rate_intervals_agree_with_r_for_every_count_of_42() -> None:
    for row in pd.read_csv(REFERENCE / "one_proportion.csv").itertuples():
        clopper, wilson = (
            compute_rate_interval(row.x, row.n, method=method, confidence=0.95)
            for method in ("clopper_pearson", "wilson")
        )
        assert clopper == (same(row.cp_low), same(row.cp_high)), row.x
        assert wilson == (same(row.wilson_low), same(row.wilson_high)), row.x


@needs_golden
@pytest.mark.parametrize("percent", [80, 90])
def test_rate_intervals_agree_with_r_at_other_confidence(percent: int) -> None:
    rows = pd.read_csv(GOLDEN / f"one_proportion_{percent}.golden.csv")
    for row in rows.itertuples():
        for method, prefix in (("clopper_pearson", "cp"), ("wilson", "wilson")):
            interval = compute_rate_interval(
                row.x, row.n, method=method, confidence=percent / 100
            )
            expected = getattr(row, f"{prefix}_lo"), getattr(row, f"{prefix}_hi")
            assert interval == (same(expected[0]), same(expected[1])), row


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [(48, 68, 58.3, 81.0), (27, 72, 26.4, 49.7), (11, 37, 15.9, 47.0)],
)
def test_published_response_rates_of_daisy_are_reproduced(
    events: int, n: int, low: float, high: float
) -> None:
    interval = compute_rate_interval(
        events, n, method="clopper_pearson", confidence=0.95
    )
    assert [round(100 * limit, 1) for limit in interval] == [low, high]


def test_exact_interval_of_42_patients_never_covers_less_than_its_level() -> None:
    limits = np.array(
        [
            compute_rate_interval(x, 42, method="clopper_pearson", confidence=0.95)
            for x in range(43)
        ]
    )
    for rate in np.linspace(0.005, 0.995, 199):
        covers = (limits[:, 0] <= rate) & (rate <= limits[:, 1])
        assert stats.binom.pmf(np.arange(43), 42, rate)[covers].sum() >= 0.95


def test_exact_test_of_two_rates_never_errs_more_than_its_level() -> None:
    tables = [(x, y) for x in range(15) for y in range(29)]
    rejects = np.array(
        [compute_fisher_p([x, y], [14, 28], **DRAWS)[0] <= 0.05 for x, y in tables]
    ).reshape(15, 29)
    for rate in np.linspace(0.05, 0.95, 19):
        zero = stats.binom.pmf(np.arange(15), 14, rate)
        low = stats.binom.pmf(np.arange(29), 28, rate)
        assert np.outer(zero, low)[rejects].sum() <= 0.05


def test_no_patients_have_no_rate_interval() -> None:
    for method in ("clopper_pearson", "wilson"):
        interval = compute_rate_interval(0, 0, method=method, confidence=0.95)
        assert all(isnan(limit) for limit in interval)


@pytest.mark.parametrize("pair", PAIRS)
def test_risk_difference_and_newcombe_interval_agree_with_r(
    pair: dict[str, float],
) -> None:
    counts = [int(pair[name]) for name in ("x1", "n1", "x2", "n2")]
    found = compute_risk_difference(*counts, confidence=0.95)
    assert found.estimate == same(pair["difference"])
    assert found.low == same(pair["newcombe_low"])
    assert found.high == same(pair["newcombe_high"])


@needs_golden
def test_newcombe_interval_agrees_with_desctools_at_90_percent() -> None:
    for row in pd.read_csv(GOLDEN / "two_proportions_90.golden.csv").itertuples():
        found = compute_risk_difference(row.x1, row.n1, row.x2, row.n2, confidence=0.9)
        assert (found.low, found.high) == (
            same(row.newcombe_lo),
            same(row.newcombe_hi),
        )


@pytest.mark.parametrize("pair", PAIRS)
def test_conditional_odds_ratio_agrees_with_r(pair: dict[str, float]) -> None:
    counts = [int(pair[name]) for name in ("x1", "n1", "x2", "n2")]
    found = compute_odds_ratio(*counts, confidence=0.95)
    expected = [pair[name] for name in ("odds_ratio", "odds_low", "odds_high")]
    assert list(found[:3]) == pytest.approx(expected, rel=1e-8, nan_ok=True)
    assert found.p_value == same(pair["fisher_p"])


def test_an_infinite_odds_ratio_is_missing_and_says_so() -> None:
    every = compute_odds_ratio(10, 10, 3, 12, confidence=0.95)
    assert isnan(every.estimate)
    assert isnan(every.high)
    assert every.low > 1
    assert every.note == "odds ratio infinite: a cell is empty"


def test_an_odds_ratio_of_zero_stays_and_says_so() -> None:
    none = compute_odds_ratio(0, 10, 3, 12, confidence=0.95)
    assert (none.estimate, none.low) == (0, 0)
    assert none.note == "odds ratio 0: a cell is empty"


def test_odds_ratio_inverts_when_the_groups_change_places() -> None:
    forth = compute_odds_ratio(7, 12, 5, 14, confidence=0.95)
    back = compute_odds_ratio(5, 14, 7, 12, confidence=0.95)
    assert back.estimate == pytest.approx(1 / forth.estimate)
    assert back.low == pytest.approx(1 / forth.high)
    assert back.p_value == forth.p_value


def test_margins_without_information_give_only_p_of_one() -> None:
    for events in (0, 10):
        found = compute_odds_ratio(events, 10, events, 10, confidence=0.95)
        assert isnan(found.estimate)
        assert isnan(found.low)
        assert found.p_value == 1
        assert "patient has the event" in str(found.note)


def test_an_empty_group_gives_no_contrast() -> None:
    nothing = Estimate(note="a group without patients")
    for compute in (compute_risk_difference, compute_odds_ratio):
        found = compute(3, 10, 0, 0, confidence=0.95)
        assert str(found) == str(nothing)


def test_odds_ratio_has_the_very_p_value_of_the_test() -> None:
    for pair in PAIRS:
        x1, n1, x2, n2 = (int(pair[name]) for name in ("x1", "n1", "x2", "n2"))
        found = compute_odds_ratio(x1, n1, x2, n2, confidence=0.95)
        assert found.p_value == compute_fisher_p([x2, x1], [n2, n1], **DRAWS)[0]


@pytest.mark.parametrize("row", SEVERAL, ids=lambda row: str(row["name"]))
def test_exact_test_of_several_groups_agrees_with_r(row: dict[str, str]) -> None:
    events = [int(count) for count in row["events"].split()]
    totals = [int(count) for count in row["totals"].split()]
    p_value, note = compute_fisher_p(events, totals, **DRAWS)
    assert p_value == pytest.approx(float(row["p_value"]), rel=1e-9)
    assert note is None


def test_groups_without_patients_take_no_part_in_the_exact_test() -> None:
    with_empty = compute_fisher_p([7, 0, 5], [12, 0, 14], **DRAWS)
    assert with_empty == compute_fisher_p([7, 5], [12, 14], **DRAWS)
    p_value, note = compute_fisher_p([7, 0], [12, 0], **DRAWS)
    assert isnan(p_value)
    assert note == "fewer than two groups with patients"


def test_very_many_groups_are_tested_on_random_tables_and_say_so() -> None:
    events, totals = [1] * 7 + [2] * 7, [3] * 14
    p_value, note = compute_fisher_p(events, totals, **DRAWS)
    assert note == "p-value from 2000 random tables"
    assert p_value > 0.9
    assert compute_fisher_p(events, totals, **DRAWS) == (p_value, note)
