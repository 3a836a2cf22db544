"""Power of Fisher's test, and the rates it would find."""

from math import isnan

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from her2ctdna.association.detectable import (
    compute_fisher_power,
    find_detectable_rate,
    list_detectable,
)


@pytest.mark.parametrize(
    ("rate", "rate_reference", "power"),
    [(0.55, 0.30, 0.30), (0.60, 0.20, 0.69), (0.60, 0.15, 0.82)],
)
def test_power_is_that_of_the_definitions(rate, rate_reference, power) -> None:
    found = compute_fisher_power(rate, rate_reference, n=28, n_reference=14, alpha=0.05)
    assert found == pytest.approx(power, abs=0.005)


def test_power_sums_the_tables_that_scipy_rejects() -> None:
    total = 0.0
    for a in range(8):
        for b in range(6):
            if stats.fisher_exact([[a, 7 - a], [b, 5 - b]]).pvalue <= 0.05:
                total += stats.binom.pmf(a, 7, 0.8) * stats.binom.pmf(b, 5, 0.1)
    found = compute_fisher_power(0.8, 0.1, n=7, n_reference=5, alpha=0.05)
    assert found == pytest.approx(total, rel=1e-12)


def test_detectable_rate_has_that_power_and_a_nearer_one_less() -> None:
    options = {"n": 28, "n_reference": 14, "alpha": 0.05}
    rate = find_detectable_rate(0.3, above=True, **options)
    assert compute_fisher_power(rate, 0.3, **options) == pytest.approx(0.8, abs=1e-6)
    assert compute_fisher_power(rate - 0.02, 0.3, **options) < 0.8
    assert isnan(find_detectable_rate(0.05, above=False, **options))
    assert isnan(find_detectable_rate(1.0, above=True, **options))


def contrasts(**changes: object) -> pd.DataFrame:
    row = {
        **{"endpoint": "orr", "population": "all_treated", "origin": "first_dose"},
        **{"group_by": "her2_group", "group": "low", "reference": "zero"},
        **{"measure": "risk_difference", "n": 28, "n_reference": 14},
        **{"events_reference": 4, "subgroup": None},
    }
    other = {"measure": "odds_ratio"}
    return pd.DataFrame([row | changes, row | other | changes])


def test_each_comparison_of_rates_has_one_row_with_its_own_sizes() -> None:
    table = list_detectable(contrasts(), alpha=0.05)
    assert len(table) == 1
    row = table.iloc[0]
    assert (row["n"], row["n_reference"]) == (28, 14)
    assert row["rate_reference"] == 4 / 14
    assert 0.7 < row["detectable_high"] < 0.8
    difference = row["detectable_high"] - row["rate_reference"]
    assert row["difference_high"] == pytest.approx(difference)


def test_groups_too_small_for_any_difference_say_so() -> None:
    row = list_detectable(
        contrasts(n=2, n_reference=2, events_reference=1), alpha=0.05
    ).iloc[0]
    assert np.isnan(row["detectable_high"])
    assert row["note"] == "no rate would be found so often"


def test_empty_group_says_so() -> None:
    row = list_detectable(contrasts(n=0), alpha=0.05).iloc[0]
    assert row["note"] == "a group without patients"
    assert pd.isna(row["detectable_high"])


def test_no_contrasts_give_a_table_without_rows() -> None:
    assert list_detectable(contrasts().iloc[:0], alpha=0.05).empty
