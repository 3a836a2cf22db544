"""Why a step would run, in short: Snakemake names every file of it."""

import re
import textwrap

_FOLLOWS = "after a step before it"
"""No reason of its own where there is another."""

_SHORT = {
    "Missing output files": "its results are missing",
    "Incomplete output files": "its results are incomplete",
    "Updated input files": "changed: {files}",
    "Input files updated by another job": _FOLLOWS,
    "Set of input files has changed since last execution": "another set of inputs",
    "Code has changed since last execution": "its code changed",
    "Params have changed since last execution": "its settings or code changed",
    "Software environment definition has changed since last execution": (
        "other versions of software"
    ),
    "Forced execution": "forced",
    "Rules with a run or shell declaration but no output are always executed.": (
        "always runs"
    ),
    "Rules with neither input nor output files are always executed.": "always runs",
}
"""Start of each reason of Snakemake: what it comes to."""


def shorten_reason(reason: str) -> str:
    """Return the reason of a step without the lists of its files.

    Of changed inputs alone the names stay, for they tell what began it; a reason that
    is not known here stays as it is.
    """
    starts = "|".join(map(re.escape, _SHORT))
    parts = re.split(f"; (?={starts})", " ".join(reason.split()))
    told = list(dict.fromkeys(map(_shorten, parts)))
    if len(told) > 1 and _FOLLOWS in told:
        told.remove(_FOLLOWS)
    return "; ".join(told)


def describe_planned(label: str, reason: str, *, width: int) -> list[str]:
    """Return one or two lines of a step that would run, with its reason in short."""
    text = f"{label}: {shorten_reason(reason)}" if reason else label
    return textwrap.wrap(
        text, width, subsequent_indent="    ", max_lines=2, placeholder=" ..."
    )


def _shorten(part: str) -> str:
    for start, short in _SHORT.items():
        if part.startswith(start):
            return short.format(files=part.removeprefix(start).lstrip(": "))
    return part
