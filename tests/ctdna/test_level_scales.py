from math import nan

import pandas as pd

from her2ctdna.ctdna.level_scales import compare_directions


def directions_of(*rows, state="detected"):
    columns = ["patient_id", "is_baseline", "mean_vaf", "mtm_per_ml"]
    samples = pd.DataFrame(rows, columns=columns).assign(state=state)
    found = compare_directions(samples)
    table = found[["direction_vaf", "direction_mtm", "scales_disagree"]]
    return list(table.astype(object).where(table.notna(), None).itertuples(index=False))


def test_vaf_may_fall_while_molecules_rise():
    assert directions_of(
        ("P1", True, 0.02, 50.0), ("P1", False, 0.01, 80.0), ("P1", False, 0.03, 80.0)
    ) == [
        (None, None, None),
        ("decrease", "increase", "yes"),
        ("increase", "increase", "no"),
    ]


def test_an_equal_level_counts_as_an_increase_as_in_the_comparisons():
    rows = [("P1", True, 0.02, 50.0), ("P1", False, 0.02, 49.0)]
    assert directions_of(*rows)[1] == ("increase", "decrease", "yes")


def test_without_a_number_on_both_scales_nothing_disagrees():
    rows = [("P1", True, 0.02, nan), ("P1", False, 0.01, 8.0)]
    assert directions_of(*rows)[1] == ("decrease", None, None)


def test_from_nothing_there_is_no_direction():
    rows = [("P1", True, 0.0, 0.0), ("P1", False, 0.01, 8.0), ("P2", False, 0.1, 1.0)]
    assert directions_of(*rows) == [(None, None, None)] * 3


def test_from_a_baseline_without_ctdna_there_is_no_direction():
    rows = [("P1", True, 1e-5, 0.1), ("P1", False, 0.01, 8.0)]
    assert directions_of(*rows, state="undetected")[1] == (None, None, None)


def test_each_patient_is_compared_with_their_own_baseline():
    rows = [
        ("P1", True, 0.5, 1.0),
        ("P2", True, 0.01, 1.0),
        ("P2", False, 0.1, 0.5),
    ]
    assert directions_of(*rows)[2] == ("increase", "decrease", "yes")
