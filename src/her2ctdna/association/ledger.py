"""The ledger of tests: all that were run, in families, counted by the program.

Each step leaves its tests here; families are adjusted once, over all of them.
"""

from collections.abc import Iterator, Mapping
from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from her2ctdna.association.associations import TEST_COLUMNS
from her2ctdna.association.multiplicity import adjust_within_families
from her2ctdna.association.predeclared import Patterns, mark_predeclared
from her2ctdna.association.rate_contrasts import PRIMARY
from her2ctdna.statistics.attainable_size import compute_fisher_size
from her2ctdna.statistics.method_names import FISHER
from her2ctdna.wording import join_names

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import Family

LEDGER_COLUMNS = [
    *["family", "n_tests", "n_p_values", "smallest_p", "smallest_q", "alpha"],
    *["n_below_alpha", "expected_below_alpha", "n_out_of_reach", "n_predeclared"],
    "note",
]
COLLECTED_COLUMNS = [*TEST_COLUMNS, "predeclared"]
BESIDE = "no_family"
"""Stands for tests that are not the primary one of a question."""
ALL_FAMILIES = "all"
UNADJUSTED = "unadjusted"
"""Stands for p-values of contrasts that repeat, or take apart, a test in a family."""

_KEYS = ["endpoint", "population", "origin", "biomarker", "test"]
_NUMBERS = ("statistic", "p_value", "attainable_size", "n", "events")
_CHECKS = ("spline_likelihood_ratio",)
Tables = dict[str, pd.DataFrame]


def collect_tests(
    tables: Mapping[str, pd.DataFrame],
    *,
    families: Mapping[str, "Family"],
    predeclared: Patterns,
    alpha: float,
) -> Tables:
    """Return the tables with families and q-values, all tests, and their ledger.

    Parameters
    ----------
    tables
        ``tests`` and ``contrasts`` always, ``biomarkers``, ``mutations`` and
        ``model`` where the study has them. What has a ``test`` in the last three is
        a test; rows that share one, such as two measures, count once. Only primary
        tests (``role``) have a family and a q-value.
    families
        The config, see `adjust_within_families`.
    predeclared
        The config, see `mark_predeclared`; the tests say yes or no.
    alpha
        What the ledger counts p-values up to, and the ``attainable_size`` of tests
        that are not exact.
    """
    parts = [tables["tests"], *_tests_of_steps(tables)]
    # as objects, for which a column that one step leaves empty is of no type
    joined = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    joined = joined[TEST_COLUMNS]
    for column in _NUMBERS:
        joined[column] = pd.to_numeric(joined[column]).astype(float)
    size = joined["attainable_size"].fillna(alpha)
    joined["attainable_size"] = size.where(joined["p_value"].notna())
    primary = joined[joined["role"] == PRIMARY]
    adjusted_tests = adjust_within_families(primary, families=families)
    tests = joined.drop(columns=["family", "q_value"])
    tests = tests.join(adjusted_tests[["family", "q_value"]])[TEST_COLUMNS]
    tests = tests.assign(predeclared=mark_predeclared(tests, predeclared))
    adjusted = {
        name: _with_q_values(table, tests)
        for name, table in tables.items()
        if name != "tests"
    }
    ledger = list_families(tests, adjusted["contrasts"], families, alpha=alpha)
    return {"tests": tests, **adjusted, "ledger": ledger}


def list_families(
    tests: pd.DataFrame,
    contrasts: pd.DataFrame,
    families: Mapping[str, object],
    *,
    alpha: float,
) -> pd.DataFrame:
    """Return one row a family, in the order of the config, then one of all tests.

    Before it stands one of the tests without a family: other tests of the same
    questions (alternative, sensitivity), interactions and checks of an assumption.
    ``expected_below_alpha`` is how many p-values would lie at or below alpha if
    nothing were associated with anything: the sum of the attainable sizes, which of an
    exact test of few patients is less than alpha. ``n_out_of_reach`` counts those whose
    p-value cannot lie there, however the events fall. A last row counts the p-values
    that `contrasts` shows without a q-value.
    """
    order = [*families, *tests["family"].dropna().unique()]
    rows = [
        _describe(name, tests[tests["family"] == name], alpha)
        for name in dict.fromkeys(order)
    ]
    note = "alternatives, other scores, interactions and checks: not adjusted"
    without = tests[tests["family"].isna()]
    rows.append(_describe(BESIDE, without, alpha) | {"note": note})
    rows.append(_describe(ALL_FAMILIES, tests, alpha) | {"smallest_q": nan})
    beside = contrasts[contrasts["test"].notna() & contrasts["family"].isna()]
    beside = beside.assign(attainable_size=_sizes_of_contrasts(beside, alpha))
    note = "of contrasts: repeat or take apart a test that is in a family"
    rows.append(_describe(UNADJUSTED, beside, alpha) | {"note": note})
    return pd.DataFrame(rows, columns=LEDGER_COLUMNS)


def _sizes_of_contrasts(contrasts: pd.DataFrame, alpha: float) -> list[float]:
    """Return the attainable size of the test of each contrast with a p-value."""
    names = ["test", "events", "n", "events_reference", "n_reference"]
    return [
        compute_fisher_size([int(events), int(others)], [int(n), int(m)], alpha=alpha)
        if test == FISHER and n and m
        else alpha
        for test, events, n, others, m in contrasts[names].itertuples(index=False)
    ]


def _tests_of_steps(tables: Mapping[str, pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for name in ("biomarkers", "mutations", "model"):
        if name in tables:
            rows = tables[name][tables[name]["test"].notna()]
            if name == "mutations":
                rows = _join_groups(rows)
            found = rows.drop_duplicates(_KEYS).reindex(columns=TEST_COLUMNS)
            is_check = found["test"].isin(_CHECKS)
            yield found.assign(role=is_check.map({True: "check", False: PRIMARY}))


def _join_groups(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a test of rates, with the groups it compares."""
    joined = [
        dict(zip(_KEYS, key, strict=True))
        | {
            "groups": join_names(own["group"]),
            "p_value": own["p_value"].iloc[0],
            "attainable_size": own["attainable_size"].iloc[0],
            "note": own["note"].iloc[0],
            "n": own["N"].sum(),
            "events": own["n"].sum(),
        }
        for key, own in rows.groupby(_KEYS, sort=False)
    ]
    return pd.DataFrame(joined, columns=TEST_COLUMNS)


def _with_q_values(table: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the family and q-value of the test in each row, if any."""
    keys = [key if key in table else "group_by" for key in _KEYS]
    primary = tests[tests["role"] == PRIMARY]
    found = primary.rename(columns=dict(zip(_KEYS, keys, strict=True)))
    bare = table.drop(columns=["family", "q_value"])
    merged = bare.merge(
        found[[*keys, "family", "q_value"]],
        how="left",
        on=keys,
        validate="many_to_one",
    )
    return merged[list(table.columns)]


def _describe(name: str, tests: pd.DataFrame, alpha: float) -> dict[str, object]:
    known = tests[tests["p_value"].notna()]
    p_values = known["p_value"].to_numpy(dtype=float)
    sizes = known["attainable_size"].to_numpy(dtype=float)
    q_values = tests["q_value"].dropna().to_numpy(dtype=float)
    return {
        "family": name,
        "n_tests": len(tests),
        "n_p_values": len(p_values),
        "smallest_p": np.min(p_values, initial=1.0) if len(p_values) else nan,
        "smallest_q": np.min(q_values, initial=1.0) if len(q_values) else nan,
        "alpha": alpha,
        "n_below_alpha": int((p_values <= alpha).sum()),
        "expected_below_alpha": float(sizes.sum()),
        "n_out_of_reach": int((sizes == 0).sum()),
        "n_predeclared": int((tests["predeclared"] == "yes").sum())
        if "predeclared" in tests
        else 0,
        "note": None,
    }
