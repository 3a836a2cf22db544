"""The patients behind a number, so that each n/N opens to identifiers.

Sets are taken from the table of patients and not from the tables of results; where
the two do not agree nothing is shown and the step fails.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from her2ctdna.groupings import LEVELS, MISSING, Grouping
from her2ctdna.report.blocks import Count, Patients
from her2ctdna.report.formats import write_integer

RESPONSE_FLAGS = {
    "orr": "responder",
    "dcr": "disease_control",
    "cbr_registry": "clinical_benefit_registry",
    "cbr": "clinical_benefit",
}
"""Rates of response, and the column of patients that tells who has it."""

Mask = NDArray[np.bool_]


class Members:
    """Who of the patients is in which group, looked up once for each column."""

    def __init__(self, patients: pd.DataFrame) -> None:
        self._patients = patients
        self._labels: dict[str, NDArray[np.object_]] = {}

    def label(self, column: str) -> NDArray[np.object_]:
        """Return the group of each patient; an empty cell is ``missing``."""
        if column not in self._labels:
            labels = Grouping(column, ()).label(self._patients)
            self._labels[column] = labels.to_numpy(dtype=object)
        return self._labels[column]

    def have_event(self, endpoint: str) -> Mask:
        """Tell who has a binary endpoint; one that is not known counts as none."""
        column = RESPONSE_FLAGS.get(endpoint, endpoint)
        return np.isin(self.label(column), ["yes", "cleared"])

    def are_in(self, population: str) -> Mask:
        """Tell who belongs to ``all_treated`` or to a set with a flag column."""
        column = "treated" if population == "all_treated" else population
        return np.equal(self.label(column), "yes")

    def count_rate(self, row: Any, *, group: str) -> Count:
        """Return the n/N of a rate in a group of its row.

        The denominator of a clearance holds those of whom it is known.
        """
        among = self.are_in(row.population) & (self.label(row.group_by) == group)
        if row.endpoint not in RESPONSE_FLAGS:
            among &= np.isin(self.label(row.endpoint), LEVELS["clearance"])
        return count_share(
            self._patients,
            self.have_event(row.endpoint),
            among,
            label="with the endpoint",
        )

    def count_followed(
        self,
        row: Any,
        *,
        group: str,
        origin_day: float | None,
        count_first_day: bool,
    ) -> Count:
        """Return events/n of a time to event in a group of its row.

        From a landmark those are counted whose time does not end before
        ``origin_day``; ``None`` counts everybody with a time.
        """
        days = as_numbers(self._patients, f"{row.endpoint}_days").to_numpy()
        event = self.label(f"{row.endpoint}_event")
        followed = ~np.isnan(days) & (event != MISSING) & self.are_in("all_treated")
        if origin_day is not None:
            followed &= days - count_first_day >= origin_day
        followed &= self.label(row.group_by) == group
        return count_share(
            self._patients, event == "yes", followed, label="with the event"
        )


def as_numbers(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as numbers, also one in which every cell is empty."""
    return pd.to_numeric(frame[column]).astype(float)


def ids_where(
    frame: pd.DataFrame, mask: pd.Series | Mask, *, column: str = "patient_id"
) -> tuple[str, ...]:
    """Return the identifiers of the rows that ``mask`` marks, in their order."""
    return tuple(frame[column].to_numpy(dtype=object)[np.asarray(mask, dtype=bool)])


def count_share(
    frame: pd.DataFrame,
    inside: pd.Series | Mask,
    among: pd.Series | Mask,
    *,
    label: str,
    column: str = "patient_id",
) -> Count:
    """Return n/N that opens to those counted and to the others of the denominator.

    ``label`` says what those counted are, ``column`` holds the identifiers.
    """
    counted = ids_where(frame, inside & among, column=column)
    others = ids_where(frame, among & ~inside, column=column)
    return Count(
        f"{len(counted)}/{len(counted) + len(others)}",
        (Patients(label, counted), Patients("others of the denominator", others)),
    )


def count_ids(ids: tuple[str, ...], *, label: str) -> Count:
    """Return a number that opens to the identifiers it counts."""
    return Count(str(len(ids)), (Patients(label, ids),))


def everybody(frame: pd.DataFrame) -> pd.Series:
    """Return the mask that marks every row."""
    return pd.Series(True, index=frame.index)


def is_in_group(frame: pd.DataFrame, column: str, group: str) -> pd.Series:
    """Tell who is in a group of a column, ``missing`` included."""
    return Grouping(column, ()).label(frame) == group


def check_agrees(count: Count, part: float, whole: float, *, what: str) -> Count:
    """Return ``count`` if its text is ``part/whole``; raise if tables disagree."""
    stated = f"{write_integer(part)}/{write_integer(whole)}"
    if count.text != stated:
        raise ValueError(
            f"{what}: the results say {stated}, patients.tsv {count.text}; "
            "remake both tables"
        )
    return count
