"""Where counts and what the caller says of them disagree."""

import numpy as np
import pytest
from reading import read_calls
from scipy.stats import binomtest

from her2ctdna.calls.count_checks import CONFIDENCE, binomial_limits


def counts(name):
    calls, _ = read_calls(name)
    return {
        pos: None if np.isnan(count) else count
        for pos, count in zip(calls["pos"], calls["alt_count"], strict=True)
    }


def warnings(name):
    _, findings = read_calls(name)
    return [found.message for found in findings if found.severity == "warning"]


@pytest.mark.parametrize(("count", "depth"), [(0, 10), (3, 1000), (10, 10), (0, 3000)])
def test_limits_are_those_of_the_exact_binomial_interval(count, depth):
    low, high = binomial_limits(np.array([count]), np.array([depth]))
    interval = binomtest(count, depth).proportion_ci(CONFIDENCE, method="exact")
    assert (low[0], high[0]) == pytest.approx((interval.low, interval.high))


def test_at_a_depth_of_zero_every_fraction_is_possible():
    low, high = binomial_limits(np.array([0.0]), np.array([0.0]))
    assert (low[0], high[0]) == (0, 1)


def test_what_is_called_but_counted_zero_is_not_measured():
    """By genotype at 100, by fraction at 300; at 400 the other ALT is the called one.

    A fraction of half a molecule (500), as of a posterior, is no call.
    """
    calls, _ = read_calls("called_at_zero")
    found = calls["alt_count"].astype(object).where(calls["alt_count"].notna(), None)
    assert found.tolist() == [None, 0, None, 0, 100, 0]
    assert warnings("called_at_zero")[0] == (
        "2 variants are called by genotype or fraction, but their count is 0, first "
        "chr1:100: not measured; the count and the call cannot both be right"
    )


def test_a_genotype_that_a_caller_gives_to_all_is_no_call_without_pass():
    assert counts("forced_mutect2") == {100: 0, 200: 0, 300: None}


def test_a_file_in_which_nothing_passes_is_told_with_its_words():
    assert warnings("nothing_passes") == [
        "no variant passes; FILTER holds q10 (2), ok (1): is one of them a word for "
        "PASS?"
    ]


def test_words_that_mean_pass():
    calls, findings = read_calls("filter_spellings")
    assert findings == []
    assert calls["filter"].tolist() == ["PASS", "PASS", "PASS", "PASS", None, "weak"]


def test_the_filter_of_the_draw_counts_beside_that_of_the_site():
    calls, _ = read_calls("draw_filter")
    assert calls["filter"].tolist() == [
        "PASS",
        "LowDP;LowQ",
        "weak;LowDP",
        "weak",
        None,
        "PASS",
    ]
