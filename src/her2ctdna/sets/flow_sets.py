"""The rows of the flow of patients: a set, who is in it, who is not and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from math import isnan

import numpy as np
import pandas as pd

from her2ctdna.sets.clearance_sets import (
    CLEARANCE_ABLE,
    CLEARANCE_SETS,
    explain_not_able,
    take_clearance_set,
)
from her2ctdna.sets.counting import RESPONSE_FLAGS, find_starts, follow_groups
from her2ctdna.sets.groupings import (
    ALL,
    LEVELS,
    MISSING,
    Grouping,
    is_in_population,
    is_known,
)
from her2ctdna.sets.set_names import KNOWN, name_clearance_set
from her2ctdna.sets.time_dependent import EVER_CLEARED, split_at_clearance
from her2ctdna.settings.landmark_columns import (
    CLEARANCE,
    LATE,
    LandmarkColumn,
    name_clearance,
)
from her2ctdna.wording import USUAL_START, join_value

Row = dict[str, object]

RESPONSE_OUTCOMES = (
    *["bor", "confirmed_bor", *RESPONSE_FLAGS.values()],
    *["best_change_percent", "dor_event"],
)
OUTCOMES = (
    *["pfs_event", "os_event", "baseline_state", "ever_cleared", "sustained"],
    *["rebound_day", "lead_time_days", "half_life_days"],
)
_WORDS = ("bor", "confirmed_bor", "baseline_state", "ever_cleared")
_NUMBERS = ("best_change_percent", "rebound_day", "lead_time_days", "half_life_days")


def population_rows(
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
        why = explain_not_able(treated, name)
        able = name_clearance_set(CLEARANCE_ABLE, name)
        yield _row(able, "population", "all_treated", treated, why.isna(), why)


def clearance_rows(patients: pd.DataFrame, landmarks: Iterable[str]) -> Iterator[Row]:
    """Yield who counts in each set of clearance at a landmark, and as what."""
    treated = patients[is_in_population(patients, "all_treated")]
    for name, population in product(landmarks, CLEARANCE_SETS):
        counted = take_clearance_set(treated, population, name)[name_clearance(name)]
        why = Grouping(name_clearance(name), ()).label(treated)
        row = partial(_row, kind="clearance", parent=treated, reasons=why)
        for group in reversed(LEVELS[CLEARANCE]):
            is_in = pd.Series(treated.index.isin(counted.index[counted == group]))
            named = name_clearance_set(population, name, group)
            yield row(named, within="all_treated", is_in=is_in)
        is_in = pd.Series(treated.index.isin(counted.index))
        named = name_clearance_set(population, name)
        yield row(named, within="all_treated", is_in=is_in)


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


def group_rows(patients: pd.DataFrame, groupings: Iterable[Grouping]) -> Iterator[Row]:
    """Yield all groups that are shown, then those of untreated patients only."""
    for grouping in groupings:
        labels = grouping.label(patients)
        more = sorted(set(labels).difference(grouping.groups))
        yield from _split(patients, "group", labels, [*grouping.groups, *more])


def outcome_rows(patients: pd.DataFrame, columns: Iterable[str]) -> Iterator[Row]:
    """Yield who has each outcome; of words a set each."""
    for column in columns:
        if column in _NUMBERS and column in patients:
            yield known_row(patients, "outcome", column)
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
        name, is_in = join_value(str(labels.name), value), labels == value
        yield _row(name, kind, "enrolled", patients, is_in, why)


def known_row(patients: pd.DataFrame, kind: str, column: str) -> Row:
    """Return the set of those who have a value in a column."""
    why = pd.Series(MISSING, index=patients.index)
    is_in = is_known(patients[column])
    return _row(join_value(column, KNOWN), kind, "enrolled", patients, is_in, why)


def timely_rows(patients: pd.DataFrame, landmarks: Iterable[str]) -> Iterator[Row]:
    """Yield whose sample at a landmark was drawn after the first scan, and whose not.

    Where no such column is, nobody's was.
    """
    for name in landmarks:
        column = LandmarkColumn(LATE, name).name
        labels = pd.Series("no", index=patients.index, name=column)
        if column in patients:
            labels = patients[column]
        yield from _split(patients, "group", labels, ["yes", "no"])


def moved_rows(
    patients: pd.DataFrame, endpoint: str, *, count_first_day: bool
) -> Iterator[Row]:
    """Yield whose time to event ended among the cleared, and whose among the others."""
    if "first_cleared_day" not in patients:
        return
    stays = split_at_clearance(patients, endpoint, count_first_day=count_first_day)
    ended = stays.loc[stays["is_last"], "group"]
    follow = follow_groups(
        patients, endpoint, ALL, origin_day=None, count_first_day=count_first_day
    )
    followed = follow[follow["time_days"].notna()]
    is_detected = patients.loc[followed.index, "baseline_state"] == "detected"
    others = is_detected.map(
        {True: "no time from first dose", False: "not detected at baseline"}
    )
    where = ended.reindex(followed.index).fillna(others)
    why = where.replace({"yes": "ended cleared", "no": "ended not cleared"})
    for group in EVER_CLEARED.levels:
        name = f"{endpoint}@draw={group}"
        yield _row(name, "followed", endpoint, followed, where == group, why)


def followed_rows(
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
    starts = find_starts(patients, endpoint)[followed.index]
    is_dated = starts == USUAL_START
    for landmark, day in origins.items():
        is_in = follow(origin_day=day)["time_days"].notna()[has_time]
        why = followed["event"].map({True: "with event", False: "censored"})
        why += " before its origin" if isnan(day) else f" before day {day:g}"
        why = why.where(is_dated, "no time from first dose")
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
