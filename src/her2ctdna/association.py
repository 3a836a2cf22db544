"""Association of HER2 and ctDNA with response and survival: the tables of results.

Of more than two groups each is compared with the reference alone, and the test
compares them all. Groups such as missing or not evaluable are shown, not compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from her2ctdna.comparisons import Comparison, find_comparisons
from her2ctdna.counting import RESPONSE_FLAGS
from her2ctdna.description import estimate_rates, estimate_survival
from her2ctdna.groupings import ALL, Grouping, derive_landmark_origins, find_groupings
from her2ctdna.proportions import (
    Estimate,
    compute_fisher_p,
    compute_odds_ratio,
    compute_risk_difference,
)
from her2ctdna.survival import compute_hazard_ratio, compute_log_rank

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

    Families and q-values are still empty: they are those of all tests of the
    analysis, see `her2ctdna.ledger`.

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
        (columns to group by), ``permutations`` and ``seed`` (see
        `compute_fisher_p`).
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
    return {
        "rates": estimate_rates(
            patients, endpoints=rates, groupings=everybody, confidence=confidence
        ),
        "contrasts": estimate_contrasts(comparisons, confidence=confidence),
        "tests": tests,
        "survival": summaries,
        "survival_curves": curves,
    }


def estimate_contrasts(
    comparisons: Sequence[Comparison], *, confidence: float
) -> pd.DataFrame:
    """Return each group against its reference, for every comparison.

    Rates give a risk difference and an odds ratio, times to event a hazard ratio.
    """
    rows = [
        asked.keys()
        | {"group_by": asked.grouping.column, "group": group, "reference": reference}
        | {"biased": "yes" if asked.is_biased else "no"}
        | row
        for asked in comparisons
        for reference, group in _pairs(asked.grouping)
        for row in _contrast(asked, group, reference, confidence=confidence)
    ]
    return pd.DataFrame(rows, columns=CONTRAST_COLUMNS)


def estimate_tests(
    comparisons: Sequence[Comparison],
    *,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return the test of equality of all groups, for every comparison to be tested.

    Fisher's exact test for rates, the log-rank test for times to event. A test that
    is not possible has no p-value, and a note.
    """
    rows = [
        asked.keys()
        | {
            "biomarker": asked.grouping.column,
            "groups": ";".join(asked.grouping.levels),
        }
        | (
            _test_rates(asked, permutations=permutations, seed=seed)
            if asked.is_rate
            else _test_hazards(asked)
        )
        for asked in comparisons
        if asked.is_tested
    ]
    return pd.DataFrame(rows, columns=TEST_COLUMNS)


def _pairs(grouping: Grouping) -> list[tuple[str, str]]:
    """Return (reference, group) of each group that is compared."""
    return [(grouping.levels[0], group) for group in grouping.levels[1:]]


def _contrast(
    asked: Comparison, group: str, reference: str, *, confidence: float
) -> Iterator[dict[str, object]]:
    """Yield the contrasts of one group with the reference."""
    if asked.is_rate:
        sides = asked.data.loc[[group, reference]]
        counts = [int(count) for count in sides.to_numpy().ravel()]
        difference = compute_risk_difference(*counts, confidence=confidence)
        yield _contrast_row("risk_difference", "newcombe", None, difference, counts)
        ratio = compute_odds_ratio(*counts, confidence=confidence)
        yield _contrast_row("odds_ratio", "conditional_exact", "fisher", ratio, counts)
        return
    pair = asked.data[asked.data["group"].isin([group, reference])]
    time, event = pair["time_days"].to_numpy(), pair["event"].to_numpy(dtype=bool)
    in_group = (pair["group"] == group).to_numpy()
    hazard_ratio = compute_hazard_ratio(time, event, in_group, confidence=confidence)
    counts = [
        *[int((event & in_group).sum()), int(in_group.sum())],
        *[int((event & ~in_group).sum()), int((~in_group).sum())],
    ]
    yield _contrast_row(
        "hazard_ratio", "cox_profile", "likelihood_ratio", hazard_ratio, counts
    )


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


def _test_hazards(asked: Comparison) -> dict[str, object]:
    event = asked.data["event"].to_numpy(dtype=bool)
    statistic, p_value, note = compute_log_rank(
        asked.data["time_days"].to_numpy(), event, asked.data["group"].to_numpy()
    )
    return {
        "test": "log_rank",
        "statistic": statistic,
        "p_value": p_value,
        "n": len(event),
        "events": int(event.sum()),
        "note": note,
    }
