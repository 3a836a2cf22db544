"""Names of the sets of the flow behind a number of the results."""

from collections.abc import Collection, Iterable

from her2ctdna.sets.clearance_sets import CLEARANCE_ABLE, CLEARANCE_SETS
from her2ctdna.sets.counting import AFTER_FIRST_SCAN, RESPONSE_FLAGS
from her2ctdna.sets.groupings import ALL, FIRST_DOSE, LEVELS
from her2ctdna.sets.time_dependent import EVER_CLEARED
from her2ctdna.settings.landmark_columns import (
    CLEARANCE,
    LATE,
    LandmarkColumn,
    read_clearance,
)
from her2ctdna.wording import join_value, split_names

KNOWN = "known"
"""Stands for the value of who has any."""


def name_clearance_set(population: str, landmark: str, group: str = "") -> str:
    """Return the set of those in one of `CLEARANCE_SETS` at a landmark.

    Or of those in it who count as of a ``group``, cleared or not_cleared.
    """
    return f"{population}:{group}@{landmark}" if group else f"{population}@{landmark}"


def name_able(landmark: str) -> str:
    """Return the set of those whose sample at a landmark could show a clearance."""
    return name_clearance_set(CLEARANCE_ABLE, landmark)


def read_clearance_set(name: str) -> tuple[str, str] | None:
    """Return population and landmark of such a set, of no group; None of any other."""
    population, _, landmark = name.partition("@")
    return (population, landmark) if population in CLEARANCE_SETS else None


def name_rate_sets(
    endpoint: str,
    population: str,
    *,
    group_by: str,
    group: str,
    landmarks: Collection[str],
    conditions: Iterable[str] = (),
) -> tuple[list[str], str]:
    """Return the sets of the denominator of a rate, and the one of its events.

    Of a response by a group of a landmark the denominator holds those whose sample was
    not drawn after the first scan. ``conditions`` are further sets, see
    `name_conditions`.
    """
    if endpoint in RESPONSE_FLAGS:
        event = f"{RESPONSE_FLAGS[endpoint]}=yes"
        if population in CLEARANCE_SETS:
            among = _name_cleared_group(population, group_by, group, landmarks)
        else:
            among = [population, *_name_timely_group(group_by, group, landmarks)]
        return [*among, *conditions], event
    landmark = read_clearance(endpoint)
    if landmark is None or landmark not in landmarks:
        raise KeyError(f"{endpoint}: no rate has this name")
    among = [
        name_clearance_set(population, landmark),
        *_name_group(group_by, group),
        *conditions,
    ]
    return among, name_clearance_set(population, landmark, "cleared")


def name_conditions(subgroup: object, adjusted_for: object) -> list[str]:
    """Return the sets that a subgroup and the covariates adjusted for ask for.

    A subgroup is a set itself (``hr_status=positive``); of a covariate its value must
    be known. Both may be missing, covariates are joined by `join_names`.
    """
    names = split_names(adjusted_for) if isinstance(adjusted_for, str) else []
    within = [subgroup] if isinstance(subgroup, str) and subgroup else []
    return [*within, *(join_value(name, KNOWN) for name in names)]


def name_time_sets(
    endpoint: str,
    origin: str,
    *,
    group_by: str,
    group: str,
    population: str = "all_treated",
    landmarks: Collection[str] = (),
    is_biased: bool = False,
    conditions: Iterable[str] = (),
) -> tuple[list[str], str]:
    """Return the sets of those followed for an endpoint, and the one of its events.

    ``origin`` is ``first_dose``, ``response`` (of ``dor``) or a landmark. By
    ``ever_cleared`` patients count where their time ended, unless it is biased.
    Of one of `CLEARANCE_SETS` they count as there; ``conditions`` are further sets,
    see `name_conditions`.
    """
    event = f"{endpoint}_event=yes"
    if group_by == EVER_CLEARED.column and not is_biased:
        return [f"{endpoint}@draw={group}", *conditions], event
    is_landmark = origin not in (FIRST_DOSE, "response")
    followed = f"{endpoint}@{origin}" if is_landmark else endpoint
    among = _name_group(group_by, group)
    if population in CLEARANCE_SETS:
        landmark = _find_landmark(group_by, landmarks)
        among = [name_clearance_set(population, landmark, group)]
    return [followed, *among, *conditions], event


def _name_cleared_group(
    population: str, group_by: str, group: str, landmarks: Collection[str]
) -> list[str]:
    """Return the sets of a group by clearance whose sample came in time, or not."""
    landmark = _find_landmark(group_by, landmarks)
    late = LandmarkColumn(LATE, landmark).name
    if group == AFTER_FIRST_SCAN:
        among = name_clearance_set(population, landmark)
        return [among, join_value(late, "yes")]
    among = name_clearance_set(population, landmark, group)
    return [among, join_value(late, "no")]


def _find_landmark(group_by: str, landmarks: Collection[str]) -> str:
    cleared = LandmarkColumn.parse(group_by, landmarks)
    if cleared is None or cleared.kind != CLEARANCE:
        raise KeyError(f"{group_by}: no clearance groups by this")
    return cleared.landmark


def _name_timely_group(
    column: str, group: str, landmarks: Collection[str]
) -> list[str]:
    """Return the sets of a group of a landmark whose sample came in time."""
    known_at = LandmarkColumn.parse(column, landmarks)
    if known_at is None or known_at.kind not in LEVELS:
        return _name_group(column, group)
    late = LandmarkColumn(LATE, known_at.landmark).name
    if group == AFTER_FIRST_SCAN:
        return [join_value(late, "yes")]
    return [*_name_group(column, group), join_value(late, "no")]


def _name_group(column: str, group: str) -> list[str]:
    return [] if column == ALL.column else [join_value(column, group)]
