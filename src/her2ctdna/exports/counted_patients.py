"""Who is behind a row of the tables of results, where the workflow knows it."""

from collections.abc import Iterable
from hashlib import sha256

import pandas as pd

from her2ctdna.sets.counting import TIMES
from her2ctdna.sets.flow import Flow
from her2ctdna.sets.set_names import name_conditions, name_rate_sets, name_time_sets
from her2ctdna.tables import Record
from her2ctdna.wording import split_names

OF_FLOW = (
    *("rates", "her2_trend", "contrasts", "detectable", "exaggeration", "tests"),
    *("survival", "clearance_survival", "survival_curves", "clearance_curves"),
    "milestones",
)
"""Tables whose rows count sets of the flow: of rates the denominators, of times to
event those followed, of a comparison both groups."""

_LISTED = (
    *("patient_ids", "both_ids", "ctdna_only_ids", "recist_only_ids", "neither_ids"),
)


def hash_patients(patients: Iterable[str]) -> str:
    """Return the SHA-256 of the distinct ids, sorted and each on a line of its own."""
    return sha256("\n".join(sorted(set(patients))).encode()).hexdigest()


def hash_counted(name: str, table: pd.DataFrame, flow: Flow) -> list[str | None]:
    """Return the hash of the patients behind each row of a table, None if unknown.

    Of `OF_FLOW` they are found in the flow, and unknown where it has no such set (times
    to treatment) or their number is not the one that the row states. A row of one
    patient is of that patient. Of all other tables they are those that the row lists:
    who has what ``n`` counts, or who is in one of the cells of ``ctdna_recist``. They
    are unknown of ``competing``, ``background``, ``ledger`` and ``model_selection``.
    """
    rows = table.to_dict("records")
    if name in OF_FLOW:
        found = [_find_counted(row, flow) for row in rows]
    elif "patient_id" in table:
        found = [[row["patient_id"]] for row in rows]
    else:
        found = [_listed(row) for row in rows]
    return [None if ids is None else hash_patients(ids) for ids in found]


def _find_counted(row: Record, flow: Flow) -> list[str] | None:
    try:
        ids = {
            patient
            for group in _groups_of(row)
            for patient in flow.resolve(*_name_sets(row, group, flow))
        }
    except KeyError:
        return None
    stated = _stated_size(row)
    return sorted(ids) if stated in (None, len(ids)) else None


def _groups_of(row: Record) -> list[str]:
    """Return the groups that a row compares, or the one that it is of."""
    if "groups" in row:
        return split_names(row["groups"] or "")
    return [row["group"], *([row["reference"]] if "reference" in row else [])]


def _name_sets(row: Record, group: str, flow: Flow) -> list[str]:
    endpoint, landmarks = row["endpoint"], flow.landmarks
    conditions = name_conditions(row.get("subgroup"), row.get("adjusted_for"))
    population = row.get("population") or "all_treated"
    by = {"group_by": row.get("group_by") or row["biomarker"], "group": group}
    if endpoint in TIMES:
        among, _ = name_time_sets(
            endpoint,
            row["origin"],
            **by,
            population=population,
            landmarks=landmarks,
            is_biased=row.get("biased") == "yes",
            conditions=conditions,
        )
    else:
        among, _ = name_rate_sets(
            endpoint, population, **by, landmarks=landmarks, conditions=conditions
        )
    return among


def _stated_size(row: Record) -> float | None:
    """Return how many patients a row says it counts; curves say none."""
    if "N" in row:
        return float(row["N"])
    return float(row["n"]) + float(row.get("n_reference", 0)) if "n" in row else None


def _listed(row: Record) -> list[str] | None:
    """Return the patients that a row lists; nobody where it counts nobody."""
    listed = [row[column] for column in _LISTED if column in row]
    told = [cell for cell in listed if isinstance(cell, str)]
    if told or (listed and row.get("n", row.get("N")) == 0):
        return [patient for cell in told for patient in cell.split(";")]
    return None
