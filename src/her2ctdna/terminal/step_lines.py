"""A step of a run as a line of the terminal: what, how long, how long all of it."""

from collections.abc import Mapping, Sequence

WIDTH = 79
"""Columns of a line where the terminal is no narrower: of 80 the last stays free, or
some terminals begin another line."""


def label_step(rule: str, wildcards: Mapping[str, str]) -> str:
    """Return a step as it is named: ``derive_her2 primary``, ``read_variants batch 0``.

    The rule's own name, for it is what ``--forcerun`` takes; of an analysis its name
    says enough.
    """
    told = (
        value if name == "analysis" else f"{name} {value}"
        for name, value in wildcards.items()
    )
    return " ".join([rule, *told])


def show_time(seconds: float) -> str:
    """Return a time as a clock shows it: ``0:07``, ``12:30``, ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def show_progress(elapsed: float, left: float | None) -> str:
    """Return how long a run goes on already, and still, if that can be told."""
    told = f"{show_time(elapsed)} elapsed"
    return f"{told}, {show_time(left)} left" if left and left >= 1 else told


def describe_step(
    label: str, seconds: float, *, done: int, total: int, progress: str, width: int
) -> list[str]:
    """Return the line of a finished step, or two where it is too long for one.

    Parameters
    ----------
    label
        Of `label_step`.
    seconds
        What the step took.
    done, total
        Steps that are finished, this one with them, and all of the run.
    progress
        Of `show_progress`.
    width
        Columns of the terminal.
    """
    left = f"{done:>{len(str(total))}}/{total} {label}"
    right = f"{seconds:.1f} s  {progress}"
    room = min(width, WIDTH) - len(left)
    if len(right) < room:
        return [left + right.rjust(room)]
    return [left, right.rjust(min(width, WIDTH))]


def describe_running(labels: Sequence[str], progress: str, *, width: int) -> str:
    """Return one line of the steps that run now, as many as it has room for."""
    room = min(width, WIDTH) - len(progress) - 2
    for shown in range(len(labels), -1, -1):
        more = [f"{len(labels) - shown} more"] * (shown < len(labels))
        line = f"now {', '.join([*labels[:shown], *more])}"
        if len(line) <= room:
            return f"{line}  {progress.rjust(room - len(line) + len(progress))}"
    return progress[: min(width, WIDTH)]
