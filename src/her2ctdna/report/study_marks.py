"""What stands on every page and slide: which study, and whether it is made up."""

from her2ctdna.figures.marks.sheet import STAMP
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import write_subject

MADE = "made by a generator, not from patients"
"""What the stamp of a made-up study means."""


def write_stamp(results: Results) -> str:
    """Return the stamp of a made-up study; of a real one, nothing."""
    return f"{STAMP}: {MADE}" if results.study["synthetic"] else ""


def write_mark(results: Results) -> str:
    """Return study, analysis and definitions on one line."""
    return (
        f"{results.study['id']} · analysis \N{LEFT DOUBLE QUOTATION MARK}"
        f"{results.analysis}\N{RIGHT DOUBLE QUOTATION MARK}, definitions "
        f"{results.definitions_id}"
    )


def write_scope(results: Results) -> str:
    """Return what it is about, and how its intervals are to be read."""
    return (
        f"{write_subject(results)}: exploratory, single arm. Intervals are "
        f"{results.confidence} unless said otherwise."
    )
