"""How long a run will still take, by what its steps took so far."""

from collections.abc import Mapping, Sequence
from statistics import fmean

_ENOUGH = 3
"""Finished steps before which nothing is foretold."""


def estimate_left(
    waiting: Mapping[str, int],
    running: Sequence[tuple[str, float]],
    taken: Mapping[str, Sequence[float]],
    *,
    elapsed: float,
) -> float | None:
    """Return the seconds that a run will still take, or nothing so early in it.

    A step takes what others of its rule took, in the mean, or what all steps did where
    there was none; as many run side by side as did so far.

    Parameters
    ----------
    waiting
        By rule, the steps that have not begun.
    running
        Of each step that runs its rule and for how many seconds it does.
    taken
        By rule, the seconds of each step that is finished.
    elapsed
        Seconds since the first step began.
    """
    known = [seconds for times in taken.values() for seconds in times]
    if len(known) < _ENOUGH:
        return None
    usual = fmean(known)
    means = {rule: fmean(times) for rule, times in taken.items()}
    work = sum(number * means.get(rule, usual) for rule, number in waiting.items())
    work += sum(max(means.get(rule, usual) - ran, 0) for rule, ran in running)
    spent = sum(known) + sum(ran for _, ran in running)
    return work / max(1.0, spent / elapsed)
