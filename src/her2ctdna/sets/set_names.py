"""Names of the sets of the flow behind a number of the results."""

from collections.abc import Collection, Iterable

from her2ctdna.sets.counting import AFTER_FIRST_SCAN, RESPONSE_FLAGS
from her2ctdna.sets.groupings import ALL, FIRST_DOSE, LEVELS
from her2ctdna.sets.time_dependent import EVER_CLEARED
from her2ctdna.settings.landmark_columns import CLEARANCE, LATE, LandmarkColumn
from her2ctdna.wording import join_value, split_names

KNOWN = "known"
"""Stands for the value of who has any."""

_JUDGED = "landmark_"


def name_judged(landmark: str) -> str:
    """Return the set of the treated whose clearance at a landmark is known."""
    return f"{_JUDGED}{landmark}"


def read_judged(name: str) -> str | None:
    """Return the landmark of such a set; None of any other set."""
    return name.removeprefix(_JUDGED) if name.startswith(_JUDGED) else None


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

    That of a clearance holds those of whom it is known; that of a response by a
    group of a landmark those whose sample was not drawn after the first scan.
    ``conditions`` are further sets, see `name_conditions`.
    """
    if endpoint in RESPONSE_FLAGS:
        among = _name_timely_group(group_by, group, landmarks)
        return [population, *among, *conditions], f"{RESPONSE_FLAGS[endpoint]}=yes"
    among = [population, *_name_group(group_by, group), *conditions]
    cleared = LandmarkColumn.parse(endpoint, landmarks)
    if cleared is None or cleared.kind != CLEARANCE:
        raise KeyError(f"{endpoint}: no rate has this name")
    return [*among, name_judged(cleared.landmark)], join_value(endpoint, "cleared")


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
    is_biased: bool = False,
    conditions: Iterable[str] = (),
) -> tuple[list[str], str]:
    """Return the sets of those followed for an endpoint, and the one of its events.

    ``origin`` is ``first_dose``, ``response`` (of ``dor``) or a landmark. By
    ``ever_cleared`` patients count where their time ended, unless it is biased.
    ``conditions`` are further sets, see `name_conditions`.
    """
    event = f"{endpoint}_event=yes"
    if group_by == EVER_CLEARED.column and not is_biased:
        return [f"{endpoint}@draw={group}", *conditions], event
    is_landmark = origin not in (FIRST_DOSE, "response")
    followed = f"{endpoint}@{origin}" if is_landmark else endpoint
    return [followed, *_name_group(group_by, group), *conditions], event


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
