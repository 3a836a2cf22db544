"""Rates and times to event of each group, with their intervals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import nan
from typing import TypedDict, Unpack

import numpy as np
import pandas as pd

from her2ctdna.sets.clearance_sets import CLEARANCE_SETS, take_clearance_set
from her2ctdna.sets.counting import (
    RESPONSE_FLAGS,
    count_events,
    find_starts,
    follow_groups,
    name_start,
)
from her2ctdna.sets.groupings import FIRST_DOSE, Grouping
from her2ctdna.sets.time_dependent import EVER_CLEARED, split_at_clearance
from her2ctdna.statistics.proportions import RATE_METHODS, compute_rate_interval
from her2ctdna.statistics.survival import compute_median, estimate_survival_curve

EVALUABLE_SETS = ("response_evaluable", "ctdna_evaluable")
RATE_COLUMNS = [
    *["endpoint", "population", "group_by", "group"],
    *["n", "N", "rate", "ci_low", "ci_high", "ci_method"],
]
SURVIVAL_COLUMNS = [
    *["endpoint", "group_by", "group", "origin", "n", "events", "median_days"],
    *["ci_low", "ci_high", "ci_method", "followup_median_days"],
    *["excluded", "patient_ids", "note", "origin_day", "counted_from"],
]
CURVE_COLUMNS = [
    *["endpoint", "group_by", "group", "origin", "time_days", "at_risk", "events"],
    *["censored", "survival", "ci_low", "ci_high", "biased"],
]


class Following(TypedDict):
    """How the patients of each group are followed.

    ``origins`` holds the day from which time at each landmark is counted,
    ``count_first_day`` whether durations are end - start + 1.
    """

    groupings: Sequence[Grouping]
    origins: Mapping[str, float]
    count_first_day: bool


class Estimation(Following):
    """How they are followed, and the confidence of the intervals."""

    confidence: float


def estimate_rates(
    patients: pd.DataFrame,
    *,
    endpoints: Sequence[str],
    groupings: Sequence[Grouping],
    confidence: float,
) -> pd.DataFrame:
    """Return the rate of each endpoint in each population and group.

    A row for each interval: Clopper-Pearson, then Wilson. A group without patients
    has n = N = 0 and neither rate nor interval. Clearance is a rate in each of
    `CLEARANCE_SETS`, and is not grouped by what is known at a landmark; they are
    further populations of a response by clearance.
    """
    rows = [
        (endpoint, population, grouping.column, group, *rate)
        for endpoint in endpoints
        for grouping in groupings
        if endpoint in RESPONSE_FLAGS or not grouping.landmark
        for population in _populations(patients, endpoint, grouping)
        for group, events, n in count_events(
            patients, endpoint, population=population, grouping=grouping
        ).itertuples()
        for rate in _describe_rate(events, n, confidence=confidence)
    ]
    return pd.DataFrame(rows, columns=RATE_COLUMNS)


def _populations(
    patients: pd.DataFrame, endpoint: str, grouping: Grouping
) -> list[str]:
    """Return the populations in which a rate is described."""
    if endpoint not in RESPONSE_FLAGS:
        return list(CLEARANCE_SETS)
    evaluable = [name for name in EVALUABLE_SETS if name in patients]
    by_clearance = CLEARANCE_SETS if grouping.is_clearance else ()
    return ["all_treated", *evaluable, *by_clearance]


def _describe_rate(
    events: int, n: int, *, confidence: float
) -> Iterator[tuple[int, int, float, float, float, str]]:
    """Yield n, N, rate, its limits and their method, for each method."""
    rate = events / n if n else nan
    for method in RATE_METHODS:
        low, high = compute_rate_interval(
            events, n, method=method, confidence=confidence
        )
        yield events, n, rate, low, high, method


def follow_each_group(
    patients: pd.DataFrame,
    *,
    endpoints: Sequence[str],
    **how: Unpack[Following],
) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Yield the patients of each endpoint and group with their times to event.

    With ``endpoint``, ``group_by``, ``group`` and ``origin`` of the row that they give.
    Duration of response counts from the response and is not grouped by what is known
    at a landmark.
    """
    for endpoint, grouping in product(endpoints, how["groupings"]):
        if endpoint == "dor" and grouping.landmark:
            continue
        followed = follow_groups(
            patients,
            endpoint,
            grouping,
            origin_day=how["origins"].get(grouping.origin),
            count_first_day=how["count_first_day"],
        )
        origin = "response" if endpoint == "dor" else grouping.origin
        for group in grouping.groups:
            keys = {
                "endpoint": endpoint,
                "group_by": grouping.column,
                "group": group,
                "origin": origin,
            }
            yield keys, followed[followed["group"] == group]


def estimate_survival(
    patients: pd.DataFrame,
    *,
    endpoints: Sequence[str],
    confidence: float,
    **how: Unpack[Following],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the summaries and the curves of each time to event in each group.

    PFS and OS of all treated patients; by groups known at a landmark, from the
    landmark. Duration of response of responders, from the response, by groups known
    at first dose. ``excluded`` counts the patients of a group (``patient_ids``) who
    have no time: not followed, or not until the landmark. ``origin_day`` is the day
    since first dose that time is counted from; of a response it is each patient's own.
    ``counted_from`` says what stands for first dose where durations were supplied.
    """
    summaries, curves = [], []
    starts = {endpoint: find_starts(patients, endpoint) for endpoint in endpoints}
    days = {FIRST_DOSE: 0.0, **how["origins"]}
    for keys, members in follow_each_group(patients, endpoints=endpoints, **how):
        summary, curve = describe_survival(members, confidence=confidence)
        timed = members.index[members["time_days"].notna()]
        summary["origin_day"] = days.get(keys["origin"])
        summary["counted_from"] = name_start(starts[keys["endpoint"]][timed])
        summaries.append(keys | summary)
        curves.append(curve.assign(**keys, biased="no"))
    curve_table = pd.concat(curves) if curves else pd.DataFrame()
    return (
        pd.DataFrame(summaries, columns=SURVIVAL_COLUMNS),
        curve_table.reindex(columns=CURVE_COLUMNS).reset_index(drop=True),
    )


def estimate_clearance_survival(
    patients: pd.DataFrame,
    *,
    endpoints: Sequence[str],
    **how: Unpack[Estimation],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return summaries and curves by clearance, in each of `CLEARANCE_SETS`.

    As `estimate_survival` has them, with ``population``. The rows by clearance of
    `estimate_survival` are those of the labels, whoever could have been cleared.
    """
    summaries = [pd.DataFrame(columns=["population", *SURVIVAL_COLUMNS])]
    curves = [pd.DataFrame(columns=["population", *CURVE_COLUMNS])]
    for grouping in how["groupings"]:
        for population in CLEARANCE_SETS if grouping.is_clearance else ():
            among = take_clearance_set(patients, population, str(grouping.landmark))
            own = how | {"groupings": [replace(grouping, others=())]}
            summary, curve = estimate_survival(among, endpoints=endpoints, **own)
            summaries.append(summary.assign(population=population))
            curves.append(curve.assign(population=population))
    return _stack(summaries), _stack(curves)


def estimate_moving_curves(
    patients: pd.DataFrame,
    *,
    endpoints: Sequence[str],
    count_first_day: bool,
    confidence: float,
) -> pd.DataFrame:
    """Return the curves by clearance at its draw, after Simon and Makuch.

    Each patient is at risk among the not cleared until the draw of the first cleared
    sample and among the cleared after it (Stat Med 1984;3:35). Who leaves for the
    cleared counts there as ``censored``. The cleared begin with nobody at risk: while
    few are, their curve is no more than they tell.
    """
    curves = [pd.DataFrame(columns=CURVE_COLUMNS)]
    for endpoint in endpoints if "first_cleared_day" in patients else ():
        stays = split_at_clearance(patients, endpoint, count_first_day=count_first_day)
        curves.append(_curves(endpoint, stays, stays["entry_days"], confidence))
    return _stack(curves)


def estimate_naive_curves(
    patients: pd.DataFrame,
    *,
    endpoints: Sequence[str],
    count_first_day: bool,
    confidence: float,
) -> pd.DataFrame:
    """Return the curves by whether ctDNA was ever cleared, as if known at first dose.

    They are ``biased``: who cleared had to live without the event until that draw, and
    that time is counted as if it came of clearance. They are there to be recognised,
    beside those of `estimate_moving_curves`.
    """
    curves = [pd.DataFrame(columns=CURVE_COLUMNS)]
    for endpoint in endpoints if "first_cleared_day" in patients else ():
        followed = follow_groups(
            patients,
            endpoint,
            EVER_CLEARED,
            origin_day=None,
            count_first_day=count_first_day,
        ).dropna(subset="time_days")
        naive = _curves(endpoint, followed, None, confidence)
        curves.append(naive.assign(biased="yes"))
    return _stack(curves)


def _curves(
    endpoint: str, stays: pd.DataFrame, entry: pd.Series | None, confidence: float
) -> pd.DataFrame:
    """Return the curves of those ever cleared and of those not."""
    found = []
    for group in EVER_CLEARED.levels:
        is_own = stays["group"] == group
        own = stays[is_own]
        curve = estimate_survival_curve(
            own["time_days"].to_numpy(),
            own["event"].to_numpy(dtype=bool),
            entry=None if entry is None else entry[is_own].to_numpy(),
            confidence=confidence,
        )
        keys = {"endpoint": endpoint, "group_by": EVER_CLEARED.column}
        keys |= {"group": group, "origin": FIRST_DOSE, "biased": "no"}
        found.append(curve.assign(**keys)[CURVE_COLUMNS])
    return pd.concat(found)


def _stack(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all, with the columns of the first, which has no rows.

    An empty table has no types, which would be lost to those of the others.
    """
    filled = [table for table in tables if len(table)]
    return pd.concat(filled)[list(tables[0])] if filled else tables[0]


def describe_survival(
    members: pd.DataFrame, *, confidence: float
) -> tuple[dict[str, object], pd.DataFrame]:
    """Return the summary and the curve of the patients of a group."""
    is_known = members["time_days"].notna()
    time = members.loc[is_known, "time_days"].to_numpy()
    event = members.loc[is_known, "event"].to_numpy(dtype=bool)
    curve = estimate_survival_curve(time, event, confidence=confidence)
    reverse = estimate_survival_curve(time, ~event, confidence=confidence)
    median = compute_median(curve)
    excluded = members.loc[~is_known, "patient_id"]
    note = "median not reached" if np.isnan(median.estimate) else None
    summary = {
        "n": len(time),
        "events": int(event.sum()),
        "median_days": median.estimate,
        "ci_low": median.low,
        "ci_high": median.high,
        "ci_method": "log-log",
        "followup_median_days": compute_median(reverse).estimate,
        "excluded": len(excluded),
        "patient_ids": ";".join(excluded) or None,
        "note": note if len(time) else "no patients",
    }
    return summary, curve
