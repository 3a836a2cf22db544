"""Which question is asked in which patients, so that no test is counted twice.

Rates of response are compared in all treated and in response-evaluable patients, and
tested in all treated patients. By groups that are known at a landmark only
(molecular response, state, change) they are compared and tested in ctDNA-evaluable
patients. By clearance, and clearance itself by what is known at first dose, in those
whose sample could have shown it; the other sets of `CLEARANCE_SETS` stand beside.
PFS and OS are those of all treated patients; by groups known at a landmark they are
counted from the landmark, in those still followed for the endpoint. The same
comparison from first dose credits a group with the time its patients had to survive
to enter it (immortal time): it is kept as biased, and is not tested. Clearance at
any time is compared from first dose with patients who count as cleared from the draw
on; the same as if they had been cleared from the start is biased too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import pandas as pd

from her2ctdna.sets.clearance_sets import CLEARANCE_SETS
from her2ctdna.sets.counting import (
    RESPONSE_FLAGS,
    count_events,
    follow_groups,
    take_population,
)
from her2ctdna.sets.groupings import FIRST_DOSE, Grouping
from her2ctdna.sets.time_dependent import EVER_CLEARED, split_at_clearance

_SHOWN_ONLY = ("response_evaluable", *CLEARANCE_SETS[1:])


@dataclass(frozen=True)
class _Question:
    """An endpoint in the groups of a population, from an origin."""

    endpoint: str
    population: str
    origin: str
    grouping: Grouping

    def keys(self) -> dict[str, str]:
        """Return what a table says of the question first."""
        return {
            "endpoint": self.endpoint,
            "population": self.population,
            "origin": self.origin,
        }


@dataclass(frozen=True)
class RateComparison(_Question):
    """Rates of groups: ``counts`` has ``events`` and ``n``, a row a group."""

    counts: pd.DataFrame
    is_biased: ClassVar[bool] = False

    @property
    def is_tested(self) -> bool:
        """Tell whether it is tested; the same rate of other sets is shown only."""
        return self.population not in _SHOWN_ONLY


@dataclass(frozen=True)
class TimeComparison(_Question):
    """Times to event of groups: ``followed`` has a row a patient (`follow_groups`)."""

    followed: pd.DataFrame

    @property
    def is_biased(self) -> bool:
        """Tell whether the groups come into being later than time is counted from."""
        return self.origin != self.grouping.origin or self.grouping == EVER_CLEARED

    @property
    def is_tested(self) -> bool:
        """Tell whether it is tested; what is biased, or shown beside, is not."""
        return not self.is_biased and self.population not in _SHOWN_ONLY

    @property
    def is_adjusted(self) -> bool:
        """Tell whether it is one of the questions that are adjusted for covariates."""
        is_main = self.grouping.column == "her2_group" or self.grouping.is_clearance
        return is_main and self.is_tested


@dataclass(frozen=True)
class MovingComparison(_Question):
    """Times to event where patients change groups: ``stays`` has a row a stay.

    See `split_at_clearance`.
    """

    stays: pd.DataFrame
    is_biased: ClassVar[bool] = False
    is_tested: ClassVar[bool] = True
    is_adjusted: ClassVar[bool] = True


Comparison = RateComparison | TimeComparison | MovingComparison


def find_comparisons(
    patients: pd.DataFrame,
    *,
    rates: Sequence[str],
    hazards: Sequence[str],
    groupings: Sequence[Grouping],
    origins: Mapping[str, float],
    count_first_day: bool,
) -> list[Comparison]:
    """Return every comparison of rates, then of times to event (``hazards``).

    ``origins`` and ``count_first_day`` are those of `follow_groups`.
    """
    return [
        *_compare_rates(patients, rates, groupings),
        *_compare_hazards(
            patients,
            hazards,
            groupings,
            origins=origins,
            count_first_day=count_first_day,
        ),
        *_compare_moving(patients, hazards, count_first_day=count_first_day),
    ]


def _compare_rates(
    patients: pd.DataFrame, endpoints: Sequence[str], groupings: Sequence[Grouping]
) -> Iterator[RateComparison]:
    """Yield each rate by each grouping, in the populations in which it is compared."""
    for endpoint, grouping in product(endpoints, groupings):
        if endpoint not in RESPONSE_FLAGS and grouping.landmark:
            continue
        populations = ["all_treated", "response_evaluable"]
        if endpoint not in RESPONSE_FLAGS or grouping.is_clearance:
            populations = list(CLEARANCE_SETS)
        elif grouping.landmark:
            populations = ["ctdna_evaluable"]
        for population in populations:
            counts = count_events(
                patients, endpoint, population=population, grouping=grouping
            )
            asked = (endpoint, population, grouping.origin, grouping)
            yield RateComparison(*asked, counts.loc[list(grouping.levels)])


def _compare_hazards(
    patients: pd.DataFrame,
    endpoints: Sequence[str],
    groupings: Sequence[Grouping],
    *,
    origins: Mapping[str, float],
    count_first_day: bool,
) -> Iterator[TimeComparison]:
    """Yield each time to event by each grouping, from the time the groups are known.

    Groups known at a landmark follow once more from first dose, as biased; those of
    clearance in the primary of their sets.
    """
    for endpoint, grouping in product(endpoints, groupings):
        sets = CLEARANCE_SETS if grouping.is_clearance else ("all_treated",)
        asked = [(population, grouping.origin) for population in sets]
        asked += [(sets[0], FIRST_DOSE)] if grouping.landmark else []
        for population, origin in asked:
            followed = follow_groups(
                take_population(patients, population, endpoint, grouping),
                endpoint,
                grouping,
                origin_day=origins.get(origin),
                count_first_day=count_first_day,
            ).dropna(subset="time_days")
            compared = followed[followed["group"].isin(grouping.levels)]
            yield TimeComparison(endpoint, population, origin, grouping, compared)


def _compare_moving(
    patients: pd.DataFrame, endpoints: Sequence[str], *, count_first_day: bool
) -> Iterator[MovingComparison | TimeComparison]:
    """Yield each time to event by clearance at its draw, then as if from the start."""
    if "first_cleared_day" not in patients:
        return
    for endpoint in endpoints:
        stays = split_at_clearance(patients, endpoint, count_first_day=count_first_day)
        asked = (endpoint, "all_treated", FIRST_DOSE, EVER_CLEARED)
        yield MovingComparison(*asked, stays)
        followed = follow_groups(
            patients,
            endpoint,
            EVER_CLEARED,
            origin_day=None,
            count_first_day=count_first_day,
        ).dropna(subset="time_days")
        naive = followed[followed["group"].isin(EVER_CLEARED.levels)]
        yield TimeComparison(*asked, naive)
