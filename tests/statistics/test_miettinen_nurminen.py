"""The score interval against R (../shared/golden) and published vectors."""

from pathlib import Path

import pandas as pd
import pytest

from her2ctdna.statistics.miettinen_nurminen import compute_score_interval

GOLDEN = Path(__file__).parents[3] / "shared" / "golden" / "02_proportions"


@pytest.mark.skipif(not GOLDEN.exists(), reason="no ../shared/golden")
def test_score_interval_agrees_with_r_at_90_percent() -> None:
    rows = pd.read_csv(GOLDEN / "two_proportions_90.golden.csv")
    assert len(rows) > 70
    for row in rows.itertuples():
        found = compute_score_interval(row.x1, row.n1, row.x2, row.n2, confidence=0.9)
        assert found == pytest.approx((row.mn_lo, row.mn_hi), abs=1e-9), row


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0528, 0.3382),
        ((0, 10, 0, 20), -0.1658, 0.2844),
        ((9, 10, 3, 10), 0.1700, 0.8406),
        ((5, 56, 0, 29), -0.0326, 0.1933),
        ((27, 72, 11, 37), -0.1154, 0.2513),
    ],
)
def test_published_intervals_are_reproduced(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    found = compute_score_interval(*counts, confidence=0.95)
    assert [round(limit, 4) for limit in found] == [low, high]


def test_every_table_has_an_interval_that_holds_its_difference() -> None:
    for x in range(15):
        for y in range(29):
            low, high = compute_score_interval(x, 14, y, 28, confidence=0.95)
            assert -1 <= low <= x / 14 - y / 28 <= high <= 1
            assert high - low > 0.1


def test_limits_change_sign_when_the_groups_change_places() -> None:
    low, high = compute_score_interval(7, 12, 5, 14, confidence=0.95)
    back = compute_score_interval(5, 14, 7, 12, confidence=0.95)
    assert back == pytest.approx((-high, -low))


def test_all_against_none_reaches_the_end_of_the_scale() -> None:
    assert compute_score_interval(10, 10, 0, 10, confidence=0.95)[1] == 1
    assert compute_score_interval(0, 10, 10, 10, confidence=0.95)[0] == -1
