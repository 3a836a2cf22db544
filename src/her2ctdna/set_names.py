"""Names of the sets of the flow behind a number of the results."""

from collections.abc import Iterable

from her2ctdna.counting import RESPONSE_FLAGS
from her2ctdna.groupings import ALL, FIRST_DOSE

KNOWN = "known"
"""Stands for the value of who has any."""


def name_rate_sets(
    endpoint: str,
    population: str,
    *,
    group_by: str,
    group: str,
    conditions: Iterable[str] = (),
) -> tuple[list[str], str]:
    """Return the sets of the denominator of a rate, and the one of its events.

    That of a clearance holds those of whom it is known. ``conditions`` are further
    sets, see `name_conditions`.
    """
    among = [population, *_name_group(group_by, group), *conditions]
    if endpoint in RESPONSE_FLAGS:
        return among, f"{RESPONSE_FLAGS[endpoint]}=yes"
    landmark = endpoint.removeprefix("clearance_")
    return [*among, f"landmark_{landmark}"], f"{endpoint}=cleared"


def name_conditions(subgroup: object, adjusted_for: object) -> list[str]:
    """Return the sets that a subgroup and the covariates adjusted for ask for.

    A subgroup is a set itself (``hr_status=positive``); of a covariate its value must
    be known. Both may be missing, covariates are joined by ``;``.
    """
    names = adjusted_for.split(";") if isinstance(adjusted_for, str) else []
    within = [subgroup] if isinstance(subgroup, str) and subgroup else []
    return [*within, *(f"{name}={KNOWN}" for name in names if name)]


def name_time_sets(
    endpoint: str, origin: str, *, group_by: str, group: str
) -> tuple[list[str], str]:
    """Return the sets of those followed for an endpoint, and the one of its events.

    ``origin`` is ``first_dose``, ``response`` (of ``dor``) or a landmark.
    """
    is_landmark = origin not in (FIRST_DOSE, "response")
    followed = f"{endpoint}@{origin}" if is_landmark else endpoint
    return [followed, *_name_group(group_by, group)], f"{endpoint}_event=yes"


def _name_group(column: str, group: str) -> list[str]:
    return [] if column == ALL.column else [f"{column}={group}"]
