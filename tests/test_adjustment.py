"""Covariates as numbers."""

import pandas as pd
import pytest

from her2ctdna.adjustment import derive_design, has_covariates

PATIENTS = pd.DataFrame(
    {
        "hr_status": ["positive", "negative", None, "missing"],
        "prior_lines": [1.0, 2.0, 3.0, float("nan")],
        "site": ["b", "c", "a", "a"],
    }
)


def test_words_become_columns_but_the_first_and_numbers_stay() -> None:
    found = derive_design(PATIENTS, ["hr_status", "prior_lines", "site"])
    assert list(found) == ["hr_status=positive", "prior_lines", "site=b", "site=c"]
    assert found["hr_status=positive"].tolist()[:2] == [1, 0]
    assert found["hr_status=positive"].isna().tolist() == [False, False, True, True]
    assert found["prior_lines"].tolist()[:3] == [1, 2, 3]
    assert found["site=c"].tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("covariates", [[], ["ecog"]])
def test_without_covariates_there_is_nothing_to_adjust_for(covariates) -> None:
    assert list(derive_design(PATIENTS, covariates)) == []
    assert has_covariates(PATIENTS, covariates).tolist() == [True] * 4


def test_all_covariates_must_be_known() -> None:
    found = has_covariates(PATIENTS, ["hr_status", "prior_lines", "ecog"])
    assert found.tolist() == [True, True, False, False]
