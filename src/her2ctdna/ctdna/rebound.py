"""Nadir and rebound of ctDNA, and the lead of a rebound over radiological progression.

A course is the evaluable samples after baseline, in order of time, each with its
``clearance`` against baseline.
"""

from typing import NamedTuple

import numpy as np

from her2ctdna.ctdna.clearance import Sample, reaches
from her2ctdna.ctdna.sample_limits import compute_lower95


class Rebound(NamedTuple):
    """The first sample of a rebound, what makes it one, and the last one before it."""

    sample: Sample
    kind: str
    last_without: Sample


class LeadTime(NamedTuple):
    """Days from rebound to progression as both were seen, and what they may be."""

    days: float
    low: float
    high: float


NO_LEAD_TIME = LeadTime(np.nan, np.nan, np.nan)


def find_rebound(
    course: list[Sample], *, rebound_fold: float
) -> tuple[Sample | None, Rebound | None]:
    """Return the nadir and the first rebound over it (``None`` where there is none).

    A sample is a rebound of the kind ``rise`` if it is detected at ``rebound_fold``
    times the lowest level before it or more, and the two intervals do not overlap
    (one-sided 95 % bounds; a detected level without counts is taken as it is). After a
    clearance it is enough to be detected: ``detected_again``. The next evaluable
    sample, if there is one, must meet the same rule.

    The nadir is the lowest level before the rebound, or of all samples without one; of
    equal ones the first. An undetected sample for which no number is given is the
    lowest, a detected one without a number is no nadir.
    """
    nadir: Sample | None = None
    cleared = False
    for place, sample in enumerate(course):
        kinds = {
            _rebound_kind(each, nadir, cleared, rebound_fold)
            for each in course[place : place + 2]
        }
        if nadir is not None and None not in kinds:
            kind = "rise" if kinds == {"rise"} else "detected_again"
            return nadir, Rebound(sample, kind, _last_known(course[:place]))
        if nadir is None or height(sample) < height(nadir):
            nadir = sample if not np.isnan(height(sample)) else nadir
        cleared |= sample["clearance"] == "cleared"
    return nadir, None


def compute_lead_time(
    rebound: Rebound, *, progression_day: float, progression_free_day: float
) -> LeadTime:
    """Return the lead of a rebound over radiological progression, and its interval.

    The rebound began after the last sample without it and no later than its first,
    the progression after the last assessment that ruled it out (the first dose where
    there is none) and no later than that which found it: so the lead is above
    ``low`` and below ``high``. Negative where progression was seen first.
    """
    free_day = 0.0 if np.isnan(progression_free_day) else progression_free_day
    if np.isnan(progression_day):
        return NO_LEAD_TIME
    return LeadTime(
        days=progression_day - rebound.sample["day"],
        low=free_day - rebound.sample["day"],
        high=progression_day - rebound.last_without["day"],
    )


def height(sample: Sample) -> float:
    """Return the level that places a sample among others; nothing seen is 0."""
    unseen = sample["state"] == "undetected" and np.isnan(sample["level"])
    return 0.0 if unseen else float(sample["level"])


def _rebound_kind(
    sample: Sample, nadir: Sample | None, cleared: bool, fold: float
) -> str | None:
    """Return the kind of rebound that a sample would be, or ``None``."""
    if sample["state"] != "detected" or nadir is None:
        return None
    is_high = reaches(sample["level"], fold * height(nadir))
    if is_high and not _lower95_level(sample) <= nadir["upper95_level"]:
        return "rise"
    return "detected_again" if cleared else None


def _lower95_level(sample: Sample) -> float:
    """Return the one-sided 95 % lower bound of a level; without counts the level."""
    bound = float(compute_lower95(sample["alt_count"], sample["depth"]))
    scale = sample["lod95_level"] / sample["lod95"]
    return float(sample["level"]) if np.isnan(bound) else bound * scale


def _last_known(earlier: list[Sample]) -> Sample:
    return next(each for each in reversed(earlier) if not np.isnan(height(each)))
