"""The patients behind a number, so that each n/N opens to identifiers.

Sets are taken from the table of patients and not from the tables of results; where
the two do not agree nothing is shown and the step fails.
"""

from typing import Any

import pandas as pd

from her2ctdna.groupings import LEVELS, Grouping, is_in_population
from her2ctdna.report.blocks import Count, Patients
from her2ctdna.report.formats import write_integer

RESPONSE_FLAGS = {
    "orr": "responder",
    "dcr": "disease_control",
    "cbr_registry": "clinical_benefit_registry",
    "cbr": "clinical_benefit",
}
"""Rates of response, and the column of patients that tells who has it."""


def as_numbers(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as numbers, also one in which every cell is empty."""
    return pd.to_numeric(frame[column]).astype(float)


def ids_where(
    frame: pd.DataFrame, mask: pd.Series, *, column: str = "patient_id"
) -> tuple[str, ...]:
    """Return the identifiers of the rows that ``mask`` marks, in their order."""
    return tuple(frame.loc[mask.to_numpy(), column].astype(str))


def count_share(
    frame: pd.DataFrame,
    inside: pd.Series,
    among: pd.Series,
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


def everybody(patients: pd.DataFrame) -> pd.Series:
    """Return the mask that marks every row."""
    return pd.Series(True, index=patients.index)


def is_in_group(patients: pd.DataFrame, column: str, group: str) -> pd.Series:
    """Tell who is in a group of a column, ``missing`` included."""
    return Grouping(column, ()).label(patients) == group


def has_event(patients: pd.DataFrame, endpoint: str) -> pd.Series:
    """Tell who has a binary endpoint; a response that is not known counts as none."""
    return patients[RESPONSE_FLAGS.get(endpoint, endpoint)].isin(["yes", "cleared"])


def is_counted(patients: pd.DataFrame, endpoint: str, population: str) -> pd.Series:
    """Tell who is in the denominator of a rate.

    Of a clearance those of the population of whom it is known: cleared or not.
    """
    counted = is_in_population(patients, population)
    if endpoint in RESPONSE_FLAGS:
        return counted
    return counted & patients[endpoint].isin(LEVELS["clearance"])


def count_rate(patients: pd.DataFrame, row: Any, *, group: str | None = None) -> Count:
    """Return the n/N of a row of the rates, or of one side of a contrast."""
    among = is_counted(patients, row.endpoint, row.population)
    name = row.group if group is None else group
    among &= is_in_group(patients, row.group_by, name)
    return count_share(
        patients, has_event(patients, row.endpoint), among, label="with the endpoint"
    )


def count_followed(
    patients: pd.DataFrame,
    row: Any,
    *,
    group: str,
    origin_day: float | None,
    count_first_day: bool,
) -> Count:
    """Return events/n of a time to event in a group.

    From a landmark those are counted whose time does not end before
    ``origin_day``; ``None`` counts everybody with a time.
    """
    days = as_numbers(patients, f"{row.endpoint}_days")
    event = patients[f"{row.endpoint}_event"]
    followed = days.notna() & event.notna() & is_in_population(patients, "all_treated")
    if origin_day is not None:
        followed &= days - count_first_day >= origin_day
    followed &= is_in_group(patients, row.group_by, group)
    return count_share(patients, event == "yes", followed, label="with the event")


def check_agrees(count: Count, part: float, whole: float, *, what: str) -> Count:
    """Return ``count`` if its text is ``part/whole``; raise if tables disagree."""
    stated = f"{write_integer(part)}/{write_integer(whole)}"
    if count.text != stated:
        raise ValueError(
            f"{what}: the results say {stated}, patients.tsv {count.text}; "
            "remake both tables"
        )
    return count
