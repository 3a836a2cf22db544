"""Association of HER2 and ctDNA with response and survival: the tables of results.

Of more than two groups each is compared with the reference alone, and the test
compares them all. Groups such as missing or not evaluable are shown, not compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from her2ctdna.adjustment import derive_design
from her2ctdna.comparisons import Comparison, find_comparisons
from her2ctdna.counting import RESPONSE_FLAGS
from her2ctdna.description import (
    estimate_moving_curves,
    estimate_rates,
    estimate_survival,
)
from her2ctdna.groupings import ALL, Grouping, derive_landmark_origins, find_groupings
from her2ctdna.multiplicity import adjust_within_families
from her2ctdna.proportions import (
    Estimate,
    compute_fisher_p,
    compute_odds_ratio,
    compute_risk_difference,
)
from her2ctdna.time_rows import contrast_times, estimate_time_tests

CONTRAST_COLUMNS = [
    *["endpoint", "population", "origin", "group_by", "group", "reference"],
    *["measure", "estimate", "ci_low", "ci_high", "ci_method", "p_value", "test"],
    *["n", "n_reference", "events", "events_reference"],
    *["family", "q_value", "adjusted_for", "biased", "note"],
]
TEST_COLUMNS = [
    *["endpoint", "population", "origin", "biomarker", "groups", "test"],
    *["statistic", "p_value", "family", "q_value", "n", "events", "note"],
]


def estimate_associations(
    patients: pd.DataFrame,
    *,
    landmarks: Mapping[str, Mapping[str, Any]],
    count_first_day: bool,
    response: bool,
    survival: bool,
    association: Mapping[str, Any],
) -> dict[str, pd.DataFrame]:
    """Return the tables rates, contrasts, tests, survival and survival_curves.

    Parameters
    ----------
    patients
        The analysis-ready table, one row a patient.
    landmarks
        The config: each by ``day`` and ``window``, or by label (``timepoint``).
    count_first_day
        Whether durations are end - start + 1.
    response
        Whether the study has response: orr, dcr, cbr, dor.
    survival
        Whether it has PFS and OS.
    association
        The config: ``confidence`` of all intervals, ``covariates`` and ``groups``
        (columns to group by; covariates are adjusted for too), ``permutations`` and
        ``seed`` (see `compute_fisher_p` and `compute_log_rank_permutation`),
        ``rmst_days`` (see `compute_rmst_difference`), ``families`` (see
        `adjust_within_families`).
    """
    confidence = association["confidence"]
    columns = [*association["covariates"], *association["groups"]]
    origins = derive_landmark_origins(patients, landmarks)
    groupings = find_groupings(patients, landmarks=origins, columns=columns)
    rates = list(RESPONSE_FLAGS) if response else []
    rates += [f"clearance_{name}" for name in origins]
    hazards = ["pfs", "os"] if survival else []
    comparisons = find_comparisons(
        patients,
        rates=rates,
        hazards=hazards,
        groupings=groupings,
        origins=origins,
        count_first_day=count_first_day,
    )
    tests = estimate_tests(
        comparisons,
        permutations=association["permutations"],
        seed=association["seed"],
        families=association["families"],
    )
    everybody = [ALL, *groupings]
    summaries, curves = estimate_survival(
        patients,
        endpoints=[*hazards, *(["dor"] if response else [])],
        groupings=everybody,
        origins=origins,
        count_first_day=count_first_day,
        confidence=confidence,
    )
    moving = estimate_moving_curves(
        patients,
        endpoints=hazards,
        count_first_day=count_first_day,
        confidence=confidence,
    )
    return {
        "rates": estimate_rates(
            patients, endpoints=rates, groupings=everybody, confidence=confidence
        ),
        "contrasts": estimate_contrasts(
            comparisons,
            tests,
            design=derive_design(patients, association["covariates"]),
            association=association,
        ),
        "tests": tests,
        "survival": summaries,
        "survival_curves": pd.concat([curves, moving] if len(moving) else [curves]),
    }


def estimate_contrasts(
    comparisons: Sequence[Comparison],
    tests: pd.DataFrame,
    *,
    design: pd.DataFrame,
    association: Mapping[str, Any],
) -> pd.DataFrame:
    """Return each group against its reference, for every comparison.

    Rates give a risk difference and an odds ratio, times to event hazard ratios and
    a difference of restricted means (`contrast_times`). A p-value that stands in
    ``tests`` too has its family and q-value; all others, as of one pair of several
    groups, are not adjusted and have none.
    """
    rows = [
        asked.keys()
        | {"group_by": asked.grouping.column, "group": group, "reference": reference}
        | {"biased": "yes" if asked.is_biased else "no"}
        | row
        for asked in comparisons
        for reference, group in _pairs(asked.grouping)
        for row in (
            _contrast_rates(
                asked, group, reference, confidence=association["confidence"]
            )
            if asked.is_rate
            else contrast_times(
                asked, group, reference, design=design, association=association
            )
        )
    ]
    contrasts = pd.DataFrame(
        rows, columns=[c for c in CONTRAST_COLUMNS if c not in ("family", "q_value")]
    )
    keys = ["endpoint", "population", "origin", "group_by", "test"]
    adjusted = tests.rename(columns={"biomarker": "group_by"})
    adjusted = adjusted[[*keys, "family", "q_value"]]
    return contrasts.merge(adjusted, how="left", on=keys)[CONTRAST_COLUMNS]


def estimate_tests(
    comparisons: Sequence[Comparison],
    *,
    permutations: int,
    seed: int,
    families: Mapping[str, Mapping[str, Sequence[str]]],
) -> pd.DataFrame:
    """Return the test of equality of all groups, for every comparison to be tested.

    Fisher's exact test for rates, `estimate_time_tests` for times to event. A test
    that is not possible has no p-value, and a note. Checks beside the test that
    answers a question are in no family and have no q-value.
    """
    rows = [
        asked.keys()
        | {
            "biomarker": asked.grouping.column,
            "groups": ";".join(asked.grouping.levels),
        }
        | row
        for asked in comparisons
        if asked.is_tested
        for row in (
            [_test_rates(asked, permutations=permutations, seed=seed)]
            if asked.is_rate
            else estimate_time_tests(asked, permutations=permutations, seed=seed)
        )
    ]
    tests = pd.DataFrame(rows, columns=[*TEST_COLUMNS, "is_check"])
    is_check = tests["is_check"].eq(True)
    answers = adjust_within_families(tests[~is_check], families=families)
    return pd.concat([answers, tests[is_check]]).sort_index()[TEST_COLUMNS]


def _pairs(grouping: Grouping) -> list[tuple[str, str]]:
    """Return (reference, group) of each group that is compared."""
    return [(grouping.levels[0], group) for group in grouping.levels[1:]]


def _contrast_rates(
    asked: Comparison, group: str, reference: str, *, confidence: float
) -> Iterator[dict[str, object]]:
    """Yield the contrasts of the rate of one group with that of the reference."""
    sides = asked.data.loc[[group, reference]]
    counts = [int(count) for count in sides.to_numpy().ravel()]
    difference = compute_risk_difference(*counts, confidence=confidence)
    yield _contrast_row("risk_difference", "newcombe", None, difference, counts)
    ratio = compute_odds_ratio(*counts, confidence=confidence)
    yield _contrast_row("odds_ratio", "conditional_exact", "fisher", ratio, counts)


def _contrast_row(
    measure: str,
    ci_method: str,
    test: str | None,
    estimate: Estimate,
    counts: Sequence[int],
) -> dict[str, object]:
    """Return a row of contrasts; ``counts`` are events and n of both sides."""
    return {
        "measure": measure,
        "estimate": estimate.estimate,
        "ci_low": estimate.low,
        "ci_high": estimate.high,
        "ci_method": ci_method,
        "p_value": estimate.p_value,
        "test": test,
        "events": counts[0],
        "n": counts[1],
        "events_reference": counts[2],
        "n_reference": counts[3],
        "note": estimate.note,
    }


def _test_rates(
    asked: Comparison, *, permutations: int, seed: int
) -> dict[str, object]:
    events, totals = asked.data["events"], asked.data["n"]
    p_value, note = compute_fisher_p(
        list(events), list(totals), permutations=permutations, seed=seed
    )
    return {
        "test": "fisher_halton" if len(asked.data) > 2 else "fisher",
        "p_value": p_value,
        "n": int(totals.sum()),
        "events": int(events.sum()),
        "note": note,
    }
