"""Which question is asked in which patients, so that no test is counted twice.

Rates of response are compared in all treated and in response-evaluable patients, and
tested in all treated patients. By groups that are known at a landmark only
(clearance, molecular response, state, change) they are compared and tested in
ctDNA-evaluable patients, and so is clearance itself, by what is known at first dose.
PFS and OS are those of all treated patients; by groups known at a landmark they are
counted from the landmark, in those still followed for the endpoint. The same
comparison from first dose credits a group with the time its patients had to survive
to enter it (immortal time): it is kept as biased, and is not tested. Clearance at
any time is compared from first dose with patients who count as cleared from the draw
on; the same as if they had been cleared from the start is biased too.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import pandas as pd

from her2ctdna.sets.counting import RESPONSE_FLAGS, count_events, follow_groups
from her2ctdna.sets.groupings import FIRST_DOSE, Grouping
from her2ctdna.sets.time_dependent import EVER_CLEARED, split_at_clearance


class Comparison(NamedTuple):
    """A question: an endpoint in the groups of a population, from an origin.

    ``data`` has one row a group (`count_events`) for a rate, one row a patient
    (`follow_groups`) for a time to event, or one a stay in a group
    (`split_at_clearance`) where patients change it.
    """

    endpoint: str
    population: str
    origin: str
    grouping: Grouping
    data: pd.DataFrame
    is_rate: bool
    is_tested: bool = True
    is_biased: bool = False
    is_moving: bool = False

    @property
    def is_adjusted(self) -> bool:
        """Tell whether it is one of the questions that are adjusted for covariates."""
        column = self.grouping.column
        is_main = self.is_moving or column == "her2_group" or self.grouping.is_clearance
        return is_main and not (self.is_rate or self.is_biased)

    def keys(self) -> dict[str, str]:
        """Return what a table says of the question first."""
        return {
            "endpoint": self.endpoint,
            "population": self.population,
            "origin": self.origin,
        }


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
) -> Iterator[Comparison]:
    """Yield each rate by each grouping, in the populations in which it is compared."""
    for endpoint, grouping in product(endpoints, groupings):
        if endpoint not in RESPONSE_FLAGS and grouping.landmark:
            continue
        if endpoint not in RESPONSE_FLAGS or grouping.landmark:
            populations = ["ctdna_evaluable"]
        else:
            populations = ["all_treated", "response_evaluable"]
        for population in populations:
            counts = count_events(
                patients, endpoint, population=population, grouping=grouping
            )
            yield Comparison(
                endpoint,
                population,
                grouping.origin,
                grouping,
                counts.loc[list(grouping.levels)],
                is_rate=True,
                is_tested=population != "response_evaluable",
            )


def _compare_hazards(
    patients: pd.DataFrame,
    endpoints: Sequence[str],
    groupings: Sequence[Grouping],
    *,
    origins: Mapping[str, float],
    count_first_day: bool,
) -> Iterator[Comparison]:
    """Yield each time to event by each grouping, from the time the groups are known.

    Groups known at a landmark follow once more from first dose, as biased.
    """
    for endpoint, grouping in product(endpoints, groupings):
        for origin in dict.fromkeys([grouping.origin, FIRST_DOSE]):
            followed = follow_groups(
                patients,
                endpoint,
                grouping,
                origin_day=origins.get(origin),
                count_first_day=count_first_day,
            ).dropna(subset="time_days")
            is_biased = origin != grouping.origin
            yield Comparison(
                endpoint,
                "all_treated",
                origin,
                grouping,
                followed[followed["group"].isin(grouping.levels)],
                is_rate=False,
                is_tested=not is_biased,
                is_biased=is_biased,
            )


def _compare_moving(
    patients: pd.DataFrame, endpoints: Sequence[str], *, count_first_day: bool
) -> Iterator[Comparison]:
    """Yield each time to event by clearance at its draw, then as if from the start."""
    if "first_cleared_day" not in patients:
        return
    for endpoint in endpoints:
        stays = split_at_clearance(patients, endpoint, count_first_day=count_first_day)
        asked = (endpoint, "all_treated", FIRST_DOSE, EVER_CLEARED)
        yield Comparison(*asked, stays, is_rate=False, is_moving=True)
        followed = follow_groups(
            patients,
            endpoint,
            EVER_CLEARED,
            origin_day=None,
            count_first_day=count_first_day,
        ).dropna(subset="time_days")
        naive = followed[followed["group"].isin(EVER_CLEARED.levels)]
        yield Comparison(*asked, naive, is_rate=False, is_tested=False, is_biased=True)
