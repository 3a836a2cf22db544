"""Groups of ASCO-CAP 2018 from HER2 copies and HER2/CEP17 ratio."""

import pandas as pd
import pytest

from her2ctdna.her2.dual_probe import RESULTS, derive_ish_group


@pytest.mark.parametrize(
    ("copies", "ratio", "group", "result"),
    [
        *[(4.0, 2.0, 1, "positive"), (12.3, 5.1, 1, "positive")],
        *[(3.99, 2.0, 2, "equivocal"), (6.0, 1.99, 3, "equivocal")],
        *[(5.99, 1.99, 4, "equivocal"), (4.0, 1.99, 4, "equivocal")],
        *[(3.99, 1.99, 5, "negative"), (0.0, 0.0, 5, "negative")],
    ],
)
def test_group_and_its_result(copies, ratio, group, result):
    [found] = derive_ish_group(pd.Series([copies]), pd.Series([ratio]))
    assert (found, RESULTS[found]) == (group, result)


def test_one_number_gives_no_group():
    numbers = pd.Series([5.0, float("nan")])
    assert derive_ish_group(numbers, numbers[::-1].reset_index(drop=True)).isna().all()
