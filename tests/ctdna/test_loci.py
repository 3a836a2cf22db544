"""What each draw measured at each locus."""

from math import nan

import pandas as pd
import pytest

from her2ctdna.ctdna.loci import find_deep_samples, measure_loci, pool_loci

CTDNA = {"min_depth": 1000, "filter_fail": ["germline"]}


def locus(alt_count, depth, *, source="calls", word="PASS"):
    row = {"sample_id": "S1", "alt_count": alt_count, "depth": depth}
    return row | {"source": source, "filter": word}


def measured(*rows):
    return measure_loci(pd.DataFrame(rows), ctdna=CTDNA)


@pytest.mark.parametrize(
    ("row", "is_informative", "is_silent", "alt_count"),
    [
        (locus(0, 1000), True, False, 0),
        (locus(5, 999), False, False, 5),
        (locus(nan, 5000), False, False, nan),
        (locus(5, nan), False, False, 5),
        (locus(5, 5000, word="germline"), False, False, 5),
        (locus(nan, 5000, source="depth_track"), True, True, 0),
        (locus(nan, 900, source="depth_track"), False, True, 0),
    ],
)
def test_locus_is_informative_with_a_count_or_a_track_and_depth(
    row, is_informative, is_silent, alt_count
):
    [found] = measured(row).itertuples()
    assert (found.is_informative, found.is_silent) == (is_informative, is_silent)
    assert found.alt_count == pytest.approx(alt_count, nan_ok=True)


def test_pool_counts_zeros_in_the_means():
    loci = measured(locus(10, 1000), locus(0, 3000, source="alignments"))
    loci = loci.assign(error_rate=1e-4, molecules=[1000, 2000])
    [pooled] = pool_loci(loci).to_dict("records")
    assert pooled == {
        **{"sample_id": "S1", "n_informative": 2, "n_detected": 1},
        **{"n_from_calls": 1, "n_from_alignments": 1, "n_from_depth_track": 0},
        **{"alt_count": 10, "depth": 4000, "molecules": 3000},
        **{"expected": pytest.approx(0.4), "mean_vaf": 0.005, "max_vaf": 0.01},
        "pooled_vaf": 0.0025,
    }


def test_deep_sample_is_one_by_its_median():
    variants = pd.DataFrame([locus(1, 10), locus(1, 1000), locus(1, 2000)])
    assert find_deep_samples(variants, CTDNA) == {"S1"}
    assert find_deep_samples(variants[:2], CTDNA) == set()
