"""Association of HER2 and ctDNA with response and survival: the tables of results.

Of more than two groups each is compared with the reference alone, and the test
compares them all. Groups such as missing or not evaluable are shown, not compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.association.adjusted_ratios import contrast_adjusted
from her2ctdna.association.comparisons import (
    Comparison,
    RateComparison,
    find_comparisons,
)
from her2ctdna.association.group_outcomes import (
    Estimation,
    estimate_clearance_survival,
    estimate_moving_curves,
    estimate_naive_curves,
    estimate_rates,
    estimate_survival,
)
from her2ctdna.association.rate_contrasts import (
    Row,
    contrast_rates,
    estimate_rate_tests,
)
from her2ctdna.association.subgroups import contrast_subgroups, estimate_interactions
from her2ctdna.association.time_contrasts import contrast_times, estimate_time_tests
from her2ctdna.sets.counting import (
    RESPONSE_FLAGS,
    find_followed,
    is_response_known,
)
from her2ctdna.sets.few_patients import (
    mark_few_contrasts,
    mark_few_curves,
    mark_few_medians,
)
from her2ctdna.sets.groupings import (
    ALL,
    HER2_GROUPINGS,
    LEVELS,
    ORDERED,
    Grouping,
    derive_landmark_origins,
    find_groupings,
)
from her2ctdna.settings.landmark_columns import name_clearance
from her2ctdna.statistics.attainable_size import alpha_of
from her2ctdna.wording import join_names

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import AssociationSettings
    from her2ctdna.settings.ctdna_settings import Landmark


CONTRAST_COLUMNS = [
    *["endpoint", "population", "origin", "group_by", "group", "reference"],
    "subgroup",
    *["measure", "estimate", "ci_low", "ci_high", "ci_method", "p_value", "test"],
    *["n", "n_reference", "events", "events_reference"],
    *["family", "q_value", "adjusted_for", "biased", "note"],
]
TEST_COLUMNS = [
    *["endpoint", "population", "origin", "biomarker", "groups", "subgroup", "test"],
    *["role", "statistic", "p_value", "attainable_size", "family", "q_value"],
    *["n", "events", "note"],
]


def estimate_associations(
    patients: pd.DataFrame,
    *,
    landmarks: Mapping[str, "Landmark"],
    count_first_day: bool,
    response: bool,
    survival: bool,
    association: "AssociationSettings",
) -> dict[str, pd.DataFrame]:
    """Return rates, contrasts, tests, survival and its curves, by clearance apart.

    Families and q-values are still empty: they are those of all tests of the
    analysis, see `her2ctdna.association.ledger`.

    Parameters
    ----------
    patients
        The analysis-ready table, one row a patient.
    landmarks
        The config: each by ``day`` and ``window``, or by label (``timepoint``).
    count_first_day
        Whether durations are end - start + 1.
    response
        Whether the study has response: orr, dcr, cbr, dor, if anybody was assessed.
    survival
        Whether it has PFS and OS, as far as anybody is followed for them.
    association
        The config: ``confidence`` of all intervals, ``covariates`` (to group by and
        to adjust for) and ``groups`` (to group by), ``events_per_parameter`` (see
        `contrast_adjusted`), ``few_patients`` (below which a note says so),
        ``exact_divisions``, ``permutations``, ``seed`` and ``trend_scores`` (see
        `estimate_rate_tests` and `estimate_time_tests`), ``rmst_days`` (see
        `compute_rmst_difference`).
    """
    columns = [*association["covariates"], *association["groups"]]
    origins = derive_landmark_origins(patients, landmarks)
    groupings = find_groupings(patients, landmarks=origins, columns=columns)
    response = response and is_response_known(patients)
    rates = list(RESPONSE_FLAGS) if response else []
    rates += map(name_clearance, origins)
    hazards = find_followed(patients) if survival else []
    comparisons = find_comparisons(
        patients,
        rates=rates,
        hazards=hazards,
        groupings=groupings,
        origins=origins,
        count_first_day=count_first_day,
    )
    interactions, more = _estimate_further(
        patients, comparisons, groupings, columns=columns, association=association
    )
    described = _describe(
        patients,
        rates=rates,
        hazards=hazards,
        groupings=[ALL, *groupings],
        origins=origins,
        count_first_day=count_first_day,
        response=response,
        association=association,
    )
    return described | {
        "contrasts": estimate_contrasts(
            comparisons,
            more=more,
            covariates=patients.filter(items=association["covariates"]),
            association=association,
        ),
        "tests": estimate_tests(
            comparisons, more=interactions, association=association
        ),
    }


def _estimate_further(
    patients: pd.DataFrame,
    comparisons: Sequence[Comparison],
    groupings: Sequence[Grouping],
    *,
    columns: Sequence[str],
    association: "AssociationSettings",
) -> tuple[list[Row], list[Row]]:
    """Return the tests of interaction, and adjusted and subgroup contrasts of rates."""
    splits = [
        found
        for found in groupings
        if found.column in columns and found.column not in HER2_GROUPINGS
    ]
    confidence = association["confidence"]
    needed = association["events_per_parameter"]
    interactions = estimate_interactions(
        patients, comparisons, splits, numbers=columns, needed=needed
    )
    adjusted = contrast_adjusted(
        patients,
        comparisons,
        covariates=association["covariates"],
        confidence=confidence,
        needed=needed,
    )
    within = contrast_subgroups(patients, comparisons, splits, confidence=confidence)
    return list(interactions), [*adjusted, *within]


def _describe(
    patients: pd.DataFrame,
    *,
    rates: Sequence[str],
    hazards: Sequence[str],
    groupings: Sequence[Grouping],
    origins: Mapping[str, float],
    count_first_day: bool,
    response: bool,
    association: "AssociationSettings",
) -> dict[str, pd.DataFrame]:
    """Return what is seen in each group: rates, times to event and their curves."""
    confidence, few = association["confidence"], association["few_patients"]
    how: Estimation = {
        "groupings": groupings,
        "origins": origins,
        "count_first_day": count_first_day,
        "confidence": confidence,
    }
    times = [*hazards, *(["dor"] if response else [])]
    summaries, curves = estimate_survival(patients, endpoints=times, **how)
    by_set = estimate_clearance_survival(patients, endpoints=hazards, **how)
    by_clearance = [
        estimate(
            patients,
            endpoints=hazards,
            count_first_day=count_first_day,
            confidence=confidence,
        )
        for estimate in (estimate_moving_curves, estimate_naive_curves)
    ]
    return {
        "rates": estimate_rates(
            patients, endpoints=rates, groupings=groupings, confidence=confidence
        ),
        "survival": mark_few_medians(summaries, few),
        "survival_curves": mark_few_curves(
            pd.concat([curves, *(table for table in by_clearance if len(table))]), few
        ),
        "clearance_survival": mark_few_medians(by_set[0], few),
        "clearance_curves": mark_few_curves(by_set[1], few),
    }


def estimate_contrasts(
    comparisons: Sequence[Comparison],
    *,
    more: Iterable[Row],
    covariates: pd.DataFrame,
    association: "AssociationSettings",
) -> pd.DataFrame:
    """Return each group against its reference, for every comparison.

    Rates give risk differences and odds ratios (`contrast_rates`), times to event
    hazard ratios and a difference of restricted means (`contrast_times`, which adjusts
    for ``covariates``, as they stand in patients); ``more`` are rows to follow, such
    as adjusted rates. Families and q-values come later (`collect_tests`).
    """
    rows = [
        asked.keys()
        | {"group_by": asked.grouping.column, "group": group, "reference": reference}
        | {"biased": "yes" if asked.is_biased else "no"}
        | row
        for asked in comparisons
        for reference, group in asked.grouping.pairs
        for row in (
            contrast_rates(
                asked.counts.loc[[group, reference]],
                confidence=association["confidence"],
            )
            if isinstance(asked, RateComparison)
            else contrast_times(
                asked, group, reference, covariates=covariates, association=association
            )
        )
    ]
    contrasts = pd.DataFrame([*rows, *more], columns=CONTRAST_COLUMNS)
    return mark_few_contrasts(contrasts, association["few_patients"])


def estimate_tests(
    comparisons: Sequence[Comparison],
    *,
    more: Iterable[Row],
    association: "AssociationSettings",
) -> pd.DataFrame:
    """Return the test of equality of all groups, for every comparison to be tested.

    Those of `estimate_rate_tests` for rates, of `estimate_time_tests` for times to
    event, then ``more``. Of each question one test is the ``primary`` one and has a
    family and a q-value. The others of the same question (alternative, sensitivity),
    of interaction, and checks of an assumption have neither: to count one question
    twice would raise the q-values of all. A test that is not possible has no p-value,
    and a note. ``attainable_size`` is that of exact tests; see `collect_tests`.
    """
    alpha = alpha_of(association["confidence"])
    rows = [
        asked.keys()
        | {
            "biomarker": asked.grouping.column,
            "groups": join_names(asked.grouping.levels),
        }
        | row
        for asked in comparisons
        if asked.is_tested
        for row in (
            estimate_rate_tests(
                asked.counts,
                scores=_scores_of(asked.grouping, association["trend_scores"]),
                pairs=_pairs_of(asked.grouping),
                permutations=association["permutations"],
                seed=association["seed"],
                alpha=alpha,
            )
            if isinstance(asked, RateComparison)
            else estimate_time_tests(
                asked,
                exact_divisions=association["exact_divisions"],
                permutations=association["permutations"],
                seed=association["seed"],
                alpha=alpha,
            )
        )
    ]
    return pd.DataFrame([*rows, *more], columns=TEST_COLUMNS)


def _scores_of(
    grouping: Grouping, trend_scores: Sequence[Sequence[float]]
) -> list[list[float]]:
    """Return the scores of the groups that occur, if HER2 puts them in order.

    Those of levels are set; courses of HER2 take their places.
    """
    if grouping.column not in ORDERED:
        return []
    places = [LEVELS[grouping.column].index(level) for level in grouping.levels]
    if grouping.column == "her2_dynamics":
        return [[float(place) for place in places]]
    return [[scores[place] for place in places] for scores in trend_scores]


def _pairs_of(grouping: Grouping) -> list[tuple[str, str]]:
    """Return the pairs to test by themselves: every one of HER2, else a single one."""
    is_wanted = grouping.column in HER2_GROUPINGS or len(grouping.levels) == 2
    return grouping.pairs if is_wanted else []
