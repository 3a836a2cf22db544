"""How long a run will still take, by what its steps took so far."""

from collections.abc import Mapping, Sequence
from statistics import fmean

_ENOUGH = 3
"""Finished steps before which nothing is foretold."""


def estimate_left(
    waiting: Mapping[str, int], taken: Mapping[str, Sequence[float]], *, elapsed: float
) -> float | None:
    """Return the seconds that a run will still take, or nothing so early in it.

    A step takes what others of its rule took, in the mean, or what all steps did where
    there was none; as many run side by side as did so far.

    Parameters
    ----------
    waiting
        By rule, the steps that are not finished.
    taken
        By rule, the seconds of each step that is.
    elapsed
        Seconds since the first step began.
    """
    known = [seconds for times in taken.values() for seconds in times]
    if len(known) < _ENOUGH:
        return None
    side_by_side = max(1.0, sum(known) / elapsed) if elapsed else 1.0
    work = sum(
        number * fmean(taken.get(rule) or known) for rule, number in waiting.items()
    )
    return work / side_by_side
