"""The flow of patients: the one source of who stands behind every n and N.

Each set of patients has a name and a row with who is in it. A number of the results
is the size of an intersection of sets: its population, its group (``column=value``),
and, for a numerator, who has the event (``responder=yes``); a time to event counts
in those followed for it, ``pfs``, or from a landmark, ``pfs@<landmark>``; by clearance
at its draw, in those whose time ended cleared or not, ``pfs@draw=yes`` or ``=no``.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from her2ctdna.sets.counting import SURVIVAL, is_response_known
from her2ctdna.sets.flow_sets import (
    OUTCOMES,
    RESPONSE_OUTCOMES,
    clearance_rows,
    followed_rows,
    group_rows,
    known_row,
    moved_rows,
    outcome_rows,
    population_rows,
    timely_rows,
)
from her2ctdna.sets.groupings import derive_landmark_origins, find_groupings
from her2ctdna.sets.set_names import read_clearance_set
from her2ctdna.wording import split_value

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import Landmark

FLOW_COLUMNS = [
    *["set", "kind", "within", "n", "excluded", "reason"],
    *["patient_ids", "excluded_ids"],
]


class Flow:
    """Who is in which set, looked up in the flow of one analysis."""

    def __init__(self, table: pd.DataFrame) -> None:
        if not table["set"].is_unique:
            raise ValueError("a set stands there twice; take the rows of one analysis")
        cells = table["patient_ids"].fillna("").astype(str)
        self._sets = {
            name: dict.fromkeys(filter(None, cell.split(";")))
            for name, cell in zip(table["set"], cells, strict=True)
        }
        self._columns = {
            column for column, value in map(split_value, self._sets) if value
        }

    @property
    def landmarks(self) -> list[str]:
        """The landmarks at which clearance was looked at."""
        found = filter(None, map(read_clearance_set, self._sets))
        return list(dict.fromkeys(landmark for _, landmark in found))

    def resolve(self, name: str, *others: str) -> tuple[str, ...]:
        """Return the patients who are in all of these sets, in their order.

        A value that nobody has, of a column that has sets, is an empty set. What is
        no set at all raises a KeyError.
        """
        rest = [self._members(other) for other in others]
        return tuple(
            patient
            for patient in self._members(name)
            if all(patient in members for members in rest)
        )

    def _members(self, name: str) -> Mapping[str, None]:
        if name in self._sets:
            return self._sets[name]
        column, value = split_value(name)
        if value and column in self._columns:
            return {}
        raise KeyError(f"{name}: the flow has no such set")


def derive_flow(
    patients: pd.DataFrame,
    *,
    landmarks: Mapping[str, "Landmark"],
    columns: Sequence[str],
    count_first_day: bool,
    response: bool,
) -> pd.DataFrame:
    """Derive the flow of patients: each set, who is in it, who is not and why.

    Of the set ``within`` which a set lies ``n`` are in it and ``excluded`` are not.
    The ``kind`` of a set is ``population``, ``clearance`` (who counts, and as what, in
    the sets of clearance at a landmark), ``group`` (of the enrolled, by what the
    tables are grouped by), ``covariate`` (who has a value of it), ``outcome`` (of the
    enrolled) or ``followed``. Of a flag those with yes are a set; of words and
    groups each that occurs, or ``missing``.

    Parameters
    ----------
    patients
        The analysis-ready table.
    landmarks
        The config. ``clearance_able@<name>`` holds the treated patients whose sample
        could have shown a clearance at it.
    columns
        Columns of patients that are grouped by or adjusted for, beside HER2 and
        ctDNA. The set ``<column>=known`` holds who has a value.
    count_first_day
        Whether durations are end - start + 1.
    response
        Whether the study has response.
    """
    response = response and is_response_known(patients)
    origins = derive_landmark_origins(patients, landmarks)
    groupings = find_groupings(patients, landmarks=origins, columns=columns)
    asked = [name for name in columns if name in patients]
    grouped = {grouping.column for grouping in groupings}
    kinds = {name: "covariate" if name in grouped else "group" for name in asked}
    rows = [
        *population_rows(patients, origins, response=response),
        *clearance_rows(patients, origins),
        *group_rows(patients, groupings),
        *(known_row(patients, kind, column) for column, kind in kinds.items()),
        *(timely_rows(patients, origins) if response else ()),
        *outcome_rows(patients, [*(RESPONSE_OUTCOMES if response else ()), *OUTCOMES]),
    ]
    for endpoint in SURVIVAL:
        rows += followed_rows(
            patients, endpoint, origins, count_first_day=count_first_day
        )
    for endpoint in SURVIVAL:
        rows += moved_rows(patients, endpoint, count_first_day=count_first_day)
    if response:
        rows += followed_rows(patients, "dor", {}, count_first_day=count_first_day)
    table = pd.DataFrame(rows, columns=FLOW_COLUMNS)
    return table.drop_duplicates("set", ignore_index=True)


def collect_flow(flows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Join the flows of all analyses; what is the same in each stands there once.

    ``analysis`` is empty in rows that hold for every analysis. Sets of one column
    stand together.
    """
    every = pd.concat(
        [flow.assign(analysis=analysis) for analysis, flow in flows.items()],
        ignore_index=True,
    )
    told = every[["within", "reason", "patient_ids", "excluded_ids"]].fillna("")
    same = told.groupby(every["set"]).transform("nunique").eq(1).all(axis=1)
    complete = every.groupby("set")["analysis"].transform("size") == len(flows)
    every["analysis"] = every["analysis"].mask(same & complete, None)
    stem = every["set"].map(lambda name: split_value(name)[0])
    places = [pd.factorize(column)[0] for column in (every["kind"], stem, every["set"])]
    joined = every.iloc[np.lexsort(places[::-1])].drop_duplicates(["set", "analysis"])
    return joined[["set", "analysis", *FLOW_COLUMNS[1:]]]
