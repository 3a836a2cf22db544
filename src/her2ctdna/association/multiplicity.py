"""Families of tests, and the false discovery rate within them."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from math import nan
from typing import TYPE_CHECKING

import pandas as pd
from statsmodels.stats.multitest import multipletests

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import Family

UNASSIGNED = "unassigned"


def adjust_within_families(
    tests: pd.DataFrame, *, families: Mapping[str, "Family"]
) -> pd.DataFrame:
    """Return the tests with ``family`` and ``q_value``.

    A test is of the first family with a pattern (``*`` and ``?``) for its endpoint
    and one for its biomarker, else ``unassigned``. q-values control the false
    discovery rate within a family (Benjamini and Hochberg, JRSS B 1995;57:289); a
    test without p-value has none and does not count.
    """
    family = [
        _find_family(endpoint, biomarker, families)
        for endpoint, biomarker in zip(
            tests["endpoint"], tests["biomarker"], strict=True
        )
    ]
    adjusted = tests.assign(family=family, q_value=nan)
    known = adjusted[adjusted["p_value"].notna()]
    for _, members in known.groupby("family"):
        q_values = multipletests(members["p_value"], method="fdr_bh")[1]
        adjusted.loc[members.index, "q_value"] = q_values
    return adjusted


def _find_family(
    endpoint: str, biomarker: str, families: Mapping[str, "Family"]
) -> str:
    """Return the first family whose patterns name both."""
    for family, patterns in families.items():
        if _is_named(endpoint, patterns["endpoints"]) and _is_named(
            biomarker, patterns["biomarkers"]
        ):
            return family
    return UNASSIGNED


def _is_named(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
