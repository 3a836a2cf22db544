"""The rate of each endpoint along HER2 levels and courses, and its monotone fit."""

from collections.abc import Iterator, Sequence
from math import nan
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.sets.clearance_sets import CLEARANCE_ABLE
from her2ctdna.sets.counting import RESPONSE_FLAGS, count_events, is_response_known
from her2ctdna.sets.groupings import LEVELS, ORDERED, Grouping
from her2ctdna.settings.landmark_columns import name_clearance
from her2ctdna.statistics.trend import fit_monotone, resample_monotone

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import TrendSettings

TREND_COLUMNS = [
    *["endpoint", "population", "group_by", "group", "score", "n", "N", "rate"],
    *["monotone", "monotone_low", "monotone_high"],
]


def estimate_her2_trend(
    patients: pd.DataFrame,
    *,
    landmarks: Sequence[str],
    response: bool,
    association: "TrendSettings",
) -> pd.DataFrame:
    """Return rate and monotone fit by level, of every rate of the study.

    Rates of response of all treated patients, clearance at each landmark of those
    able to show it; absent < ultralow < 1+ < 2+, levels without patients included.
    The courses of HER2 follow where they are known, from stable_zero to stable_low,
    scored by their place.
    The p-value of the trend is in the table of tests.

    Parameters
    ----------
    patients
        The analysis-ready table, with ``her2_level`` and ``her2_dynamics``.
    landmarks
        Those without a column ``clearance_<landmark>`` are left out.
    response
        Whether the study has response.
    association
        The config: ``confidence``, ``trend_band_resamples``, ``seed`` and
        ``trend_scores``, of which the first are shown.
    """
    has_response = response and is_response_known(patients)
    clearances = map(name_clearance, landmarks)
    endpoints = [
        *((name, "all_treated") for name in RESPONSE_FLAGS if has_response),
        *((name, CLEARANCE_ABLE) for name in clearances if name in patients),
    ]
    groupings = [
        Grouping(column, LEVELS[column]) for column in ORDERED if column in patients
    ]
    rows = [
        {"endpoint": endpoint, "population": population} | row
        for levels in groupings
        for endpoint, population in endpoints
        for row in _describe(patients, endpoint, population, levels, association)
    ]
    return pd.DataFrame(rows, columns=TREND_COLUMNS)


def _describe(
    patients: pd.DataFrame,
    endpoint: str,
    population: str,
    levels: Grouping,
    association: "TrendSettings",
) -> Iterator[dict[str, object]]:
    """Yield the row of each level."""
    counts = count_events(patients, endpoint, population=population, grouping=levels)
    events, totals = list(counts["events"]), list(counts["n"])
    fitted = fit_monotone(events, totals)
    low, high = resample_monotone(
        events,
        totals,
        confidence=association["confidence"],
        resamples=association["trend_band_resamples"],
        seed=association["seed"],
    )
    scores = association["trend_scores"][0]
    if levels.column == "her2_dynamics":
        scores = [float(place) for place in range(len(levels.levels))]
    for place, (event, total) in enumerate(zip(events, totals, strict=True)):
        yield {
            "group_by": levels.column,
            "group": levels.levels[place],
            "score": scores[place],
            "n": event,
            "N": total,
            "rate": event / total if total else nan,
            "monotone": fitted[place],
            "monotone_low": low[place],
            "monotone_high": high[place],
        }
