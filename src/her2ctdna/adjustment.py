"""Covariates as numbers, to adjust for."""

from collections.abc import Sequence

import pandas as pd

from her2ctdna.groupings import MISSING


def derive_design(patients: pd.DataFrame, covariates: Sequence[str]) -> pd.DataFrame:
    """Return the covariates of each patient as numbers, for a regression.

    Numbers stay as they are; of words each but the first in the alphabet becomes a
    column of 0 and 1. Missing where the covariate is. A covariate that is no column
    of patients is left out (`find_groupings` logs it).
    """
    columns: dict[str, pd.Series] = {}
    for name in dict.fromkeys(covariates):
        if name not in patients:
            continue
        values = patients[name].mask(patients[name] == MISSING)
        if pd.api.types.is_numeric_dtype(values):
            columns[name] = values.astype(float)
            continue
        for word in sorted(set(values.dropna()))[1:]:
            is_word = (values == word).astype(float)
            columns[f"{name}={word}"] = is_word.where(values.notna())
    return pd.DataFrame(columns, index=patients.index)


def has_covariates(patients: pd.DataFrame, covariates: Sequence[str]) -> pd.Series:
    """Tell of whom all covariates that are columns of patients are known."""
    known = patients[[name for name in covariates if name in patients]]
    return (known.notna() & (known != MISSING)).all(axis=1)
