"""What a level of ctDNA is: the metric of calls, or the unit of an assay."""

import pandas as pd
import pytest

from her2ctdna.sets.level_scale import find_level_scale


@pytest.mark.parametrize(
    ("units", "scale"),
    [
        ([None, None], "mean_vaf"),
        (["vaf", None], "vaf"),
        (["mtm_per_ml", "mtm_per_ml"], "mtm_per_ml"),
        (["vaf", "tumour_fraction"], "level"),
    ],
)
def test_unit_of_an_assay_comes_before_the_metric(units, scale):
    assert find_level_scale("mean_vaf", pd.DataFrame({"unit": units})) == scale


def test_samples_without_the_column_have_the_metric():
    samples = pd.DataFrame({"sample_id": ["A"]})
    assert find_level_scale("pooled_vaf", samples) == "pooled_vaf"
