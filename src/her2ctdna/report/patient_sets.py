"""The patients behind a number, so that each n/N opens to identifiers.

Sets are those of the flow and not of the tables of results; where the two do not
agree nothing is shown and the step fails.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from her2ctdna.report.blocks import Count, Patients
from her2ctdna.report.formats import write_integer
from her2ctdna.sets.flow import Flow
from her2ctdna.sets.set_names import name_conditions, name_rate_sets, name_time_sets

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

Mask = NDArray[np.bool_]


class Members:
    """Who is in which set of the flow, and the counts of their intersections."""

    def __init__(self, flow: pd.DataFrame) -> None:
        self._flow = Flow(flow)

    def resolve(self, name: str, *others: str) -> tuple[str, ...]:
        """Return the patients who are in all of these sets."""
        return self._flow.resolve(name, *others)

    def size(self, name: str, *others: str) -> int:
        """Return how many patients are in all of these sets."""
        return len(self.resolve(name, *others))

    def without(self, name: str, *, among: str = "all_treated") -> tuple[str, ...]:
        """Return the patients of ``among`` who are not in a set."""
        inside = set(self.resolve(name))
        return tuple(
            patient for patient in self.resolve(among) if patient not in inside
        )

    def count(
        self, name: str, *, label: str, among: tuple[str, ...] = ("all_treated",)
    ) -> Count:
        """Return the n/N of a set among those who are in all sets of ``among``."""
        whole = self.resolve(*among)
        return count_share(self.resolve(name, *among), whole, label=label)

    def count_rate(self, row: "ResultRow", *, group: str) -> Count:
        """Return the n/N of a rate in a group of its row.

        The denominator of an adjusted contrast holds those of whom every covariate is
        known.
        """
        among, event = name_rate_sets(
            row.endpoint,
            row.population,
            group_by=row.group_by,
            group=group,
            landmarks=self._flow.landmarks,
            conditions=_conditions_of(row),
        )
        return self.count(event, among=tuple(among), label="with the endpoint")

    def count_followed(self, row: "ResultRow", *, group: str) -> Count:
        """Return events/n of a time to event in a group of its row."""
        followed, event = name_time_sets(
            row.endpoint,
            row.origin,
            group_by=row.group_by,
            group=group,
            population=getattr(row, "population", "all_treated"),
            landmarks=self._flow.landmarks,
            is_biased=getattr(row, "biased", "no") == "yes",
            conditions=_conditions_of(row),
        )
        return self.count(event, among=tuple(followed), label="with the event")


def _conditions_of(row: "ResultRow") -> list[str]:
    subgroup, adjusted_for = (
        getattr(row, name, None) for name in ("subgroup", "adjusted_for")
    )
    return name_conditions(subgroup, adjusted_for)


def as_numbers(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as numbers, also one in which every cell is empty."""
    return pd.to_numeric(frame[column]).astype(float)


def ids_where(
    frame: pd.DataFrame, mask: pd.Series | Mask, *, column: str = "patient_id"
) -> tuple[str, ...]:
    """Return the identifiers of the rows that ``mask`` marks, in their order."""
    return tuple(frame[column].to_numpy(dtype=object)[np.asarray(mask, dtype=bool)])


def count_share(inside: Iterable[str], among: Iterable[str], *, label: str) -> Count:
    """Return n/N that opens to those counted and to the others of the denominator.

    ``label`` says what those counted are; who is not ``among`` is not counted.
    """
    marked, whole = set(inside), tuple(among)
    counted = tuple(name for name in whole if name in marked)
    others = tuple(name for name in whole if name not in marked)
    return Count(
        f"{len(counted)}/{len(whole)}",
        (Patients(label, counted), Patients("others of the denominator", others)),
    )


def count_ids(ids: tuple[str, ...], *, label: str) -> Count:
    """Return a number that opens to the identifiers it counts."""
    return Count(str(len(ids)), (Patients(label, ids),))


def check_agrees(count: Count, part: float, whole: float, *, what: str) -> Count:
    """Return ``count`` if its text is ``part/whole``; raise if tables disagree."""
    stated = f"{write_integer(part)}/{write_integer(whole)}"
    if count.text != stated:
        raise ValueError(
            f"{what}: the results say {stated}, flow.tsv {count.text}; "
            "remake both tables"
        )
    return count
