"""The flow of patients: the one source of who stands behind every n and N.

Each set of patients has a name and a row with who is in it. A number of the results
is the size of an intersection of sets: its population, its group (``column=value``),
and, for a numerator, who has the event (``responder=yes``); a time to event counts
in those followed for it, ``pfs``, or from a landmark, ``pfs@<landmark>``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from her2ctdna.counting import RESPONSE_FLAGS, follow_groups
from her2ctdna.groupings import (
    ALL,
    LEVELS,
    MISSING,
    Grouping,
    derive_landmark_origins,
    find_groupings,
    is_in_population,
    is_known,
)
from her2ctdna.set_names import KNOWN

Row = dict[str, object]

FLOW_COLUMNS = [
    *["set", "kind", "within", "n", "excluded", "reason"],
    *["patient_ids", "excluded_ids"],
]
RESPONSE_OUTCOMES = (
    *["bor", "confirmed_bor", *RESPONSE_FLAGS.values()],
    *["best_change_percent", "dor_event"],
)
OUTCOMES = (
    *["pfs_event", "os_event", "baseline_state", "ever_cleared", "sustained"],
    *["rebound_day", "lead_time_days", "half_life_days"],
)
_WORDS = ("bor", "confirmed_bor", "baseline_state")
_NUMBERS = ("best_change_percent", "rebound_day", "lead_time_days", "half_life_days")


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
        self._columns = {name.partition("=")[0] for name in self._sets if "=" in name}

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
        column, is_value, _ = name.partition("=")
        if is_value and column in self._columns:
            return {}
        raise KeyError(f"{name}: the flow has no such set")


def derive_flow(
    patients: pd.DataFrame,
    *,
    landmarks: Mapping[str, Mapping[str, Any]],
    columns: Sequence[str],
    count_first_day: bool,
    response: bool,
) -> pd.DataFrame:
    """Derive the flow of patients: each set, who is in it, who is not and why.

    Of the set ``within`` which a set lies ``n`` are in it and ``excluded`` are not.
    The ``kind`` of a set is ``population``, ``group`` (of the enrolled, by what the
    tables are grouped by), ``covariate`` (who has a value of it), ``outcome`` (of the
    enrolled) or ``followed``. Of a flag
    those with yes are a set; of words and groups each that occurs, or ``missing``.

    Parameters
    ----------
    patients
        The analysis-ready table.
    landmarks
        The config. ``landmark_<name>`` holds the treated patients whose clearance
        is known at it.
    columns
        Columns of patients that are grouped by or adjusted for, beside HER2 and
        ctDNA. The set ``<column>=known`` holds who has a value.
    count_first_day
        Whether durations are end - start + 1.
    response
        Whether the study has response.
    """
    origins = derive_landmark_origins(patients, landmarks)
    groupings = find_groupings(patients, landmarks=origins, columns=columns)
    asked = [name for name in columns if name in patients]
    grouped = {grouping.column for grouping in groupings}
    kinds = {name: "covariate" if name in grouped else "group" for name in asked}
    rows = [
        *_populations(patients, origins, response=response),
        *_groups(patients, groupings),
        *(_known(patients, kind, column) for column, kind in kinds.items()),
        *_outcomes(patients, [*(RESPONSE_OUTCOMES if response else ()), *OUTCOMES]),
        *_followed(patients, "pfs", origins, count_first_day=count_first_day),
        *_followed(patients, "os", origins, count_first_day=count_first_day),
    ]
    if response:
        rows += _followed(patients, "dor", {}, count_first_day=count_first_day)
    table = pd.DataFrame(rows, columns=FLOW_COLUMNS)
    return table.drop_duplicates("set", ignore_index=True)


def collect_flows(flows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
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
    stem = every["set"].str.partition("=")[0]
    places = [pd.factorize(column)[0] for column in (every["kind"], stem, every["set"])]
    joined = every.iloc[np.lexsort(places[::-1])].drop_duplicates(["set", "analysis"])
    return joined[["set", "analysis", *FLOW_COLUMNS[1:]]]


def _populations(
    patients: pd.DataFrame, landmarks: Iterable[str], *, response: bool
) -> Iterator[Row]:
    """Yield the enrolled, the treated, and of those who can be judged in what."""
    everyone = pd.Series(True, index=patients.index)
    yield _row("enrolled", "population", None, patients, everyone, everyone)
    is_treated = is_in_population(patients, "all_treated")
    why = pd.Series("not treated", index=patients.index)
    yield _row("all_treated", "population", "enrolled", patients, is_treated, why)
    treated = patients[is_treated]
    for name, reasons in _evaluable_sets(treated, response=response):
        is_in = is_in_population(treated, name)
        yield _row(name, "population", "all_treated", treated, is_in, reasons)
    for name in landmarks:
        clearance = Grouping(f"clearance_{name}", ()).label(treated)
        is_in = clearance.isin(LEVELS["clearance"])
        name = f"landmark_{name}"
        yield _row(name, "population", "all_treated", treated, is_in, clearance)


def _evaluable_sets(
    treated: pd.DataFrame, *, response: bool
) -> Iterator[tuple[str, pd.Series]]:
    """Yield the evaluable sets of the table and why a patient is not in each."""
    if "her2_evaluable" in treated:
        yield "her2_evaluable", "HER2 " + treated["her2_class"].astype(str)
    if response:
        unmeasurable = treated["measurable"] == "no"
        words = np.where(unmeasurable, "not measurable", "no evaluable assessment")
        yield "response_evaluable", pd.Series(words, index=treated.index)
    if "ctdna_evaluable" in treated:
        yield "ctdna_evaluable", "baseline " + treated["baseline_state"].astype(str)


def _groups(patients: pd.DataFrame, groupings: Iterable[Grouping]) -> Iterator[Row]:
    """Yield all groups that are shown, then those of untreated patients only."""
    for grouping in groupings:
        labels = grouping.label(patients)
        more = sorted(set(labels).difference(grouping.groups))
        yield from _split(patients, "group", labels, [*grouping.groups, *more])


def _outcomes(patients: pd.DataFrame, columns: Iterable[str]) -> Iterator[Row]:
    for column in columns:
        if column in _NUMBERS and column in patients:
            yield _known(patients, "outcome", column)
        elif column in patients:
            labels = Grouping(column, ()).label(patients)
            values = sorted(set(labels)) if column in _WORDS else ["yes"]
            yield from _split(patients, "outcome", labels, values)


def _split(
    patients: pd.DataFrame, kind: str, labels: pd.Series, values: Sequence[str]
) -> Iterator[Row]:
    """Yield a set for each value of a column; ``missing`` if there is none."""
    why = labels.where(labels.isin(["no", MISSING]), "other")
    for value in values or [MISSING]:
        name, is_in = f"{labels.name}={value}", labels == value
        yield _row(name, kind, "enrolled", patients, is_in, why)


def _known(patients: pd.DataFrame, kind: str, column: str) -> Row:
    """Return the set of those who have a value in a column."""
    why = pd.Series(MISSING, index=patients.index)
    is_in = is_known(patients[column])
    return _row(f"{column}={KNOWN}", kind, "enrolled", patients, is_in, why)


def _followed(
    patients: pd.DataFrame,
    endpoint: str,
    origins: Mapping[str, float],
    *,
    count_first_day: bool,
) -> Iterator[Row]:
    """Yield who has a time to event, and who still has from each landmark."""
    follow = partial(
        follow_groups, patients, endpoint, ALL, count_first_day=count_first_day
    )
    members = follow(origin_day=None)
    has_time = members["time_days"].notna()
    parent = "responder=yes" if endpoint == "dor" else "all_treated"
    why = pd.Series("not followed", index=members.index)
    yield _row(endpoint, "followed", parent, members, has_time, why)
    followed = members[has_time]
    for landmark, day in origins.items():
        is_in = follow(origin_day=day)["time_days"].notna()[has_time]
        why = followed["event"].map({True: "with event", False: "censored"})
        why += " before its origin" if isnan(day) else f" before day {day:g}"
        name = f"{endpoint}@{landmark}"
        yield _row(name, "followed", endpoint, followed, is_in, why)


def _row(
    name: str,
    kind: str,
    within: str | None,
    parent: pd.DataFrame,
    is_in: pd.Series,
    reasons: pd.Series,
) -> Row:
    ids, is_inside = parent["patient_id"].to_numpy(), is_in.to_numpy()
    inside, outside = ids[is_inside], ids[~is_inside]
    counts = Counter(reasons.astype(str).to_numpy()[~is_inside])
    return {
        "set": name,
        "kind": kind,
        "within": within,
        "n": len(inside),
        "excluded": len(outside),
        "reason": "; ".join(f"{counts[word]} {word}" for word in sorted(counts)),
        "patient_ids": ";".join(inside),
        "excluded_ids": ";".join(outside),
    }
