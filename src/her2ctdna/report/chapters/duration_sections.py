"""Time to response, on treatment and to next treatment."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from her2ctdna.association.durations import KAPLAN_MEIER
from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Count,
    Paragraph,
    Patients,
    tabulate,
)
from her2ctdna.report.formats import NOT_ESTIMABLE, NOT_REACHED, is_number, write_months
from her2ctdna.report.glossary import group_label
from her2ctdna.report.patient_sets import count_share
from her2ctdna.report.question_tables import note_of, split_ids
from her2ctdna.report.results import Results

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow


_MEANINGS = {
    "ttr": "Time to response is that of responders alone, from first dose to the first "
    "response that counts, with its range.",
    "tot": "Time on treatment runs from first to last dose; who may still be on "
    "treatment is censored.",
}
_METHODS = (
    "Of a time that may be censored the median is Kaplan-Meier's, and follow-up is by "
    "reverse Kaplan-Meier."
)


def duration_section(results: Results) -> Iterator[Block]:
    """Yield the durations, of all and by HER2 group, if anybody has one."""
    rows = list(results.rows("durations"))
    if not rows:
        return
    there = {row.endpoint for row in rows}
    told = [says for endpoint, says in _MEANINGS.items() if endpoint in there]
    yield Paragraph(" ".join([*told, _METHODS]))
    columns = [
        Column("Duration", lambda row: results.endpoint_label(row.endpoint)),
        Column("Group", lambda row: group_label(row.group_by, row.group)),
        Column("With the event", _count, is_number=True),
        Column(
            f"Median (range, or {results.confidence} interval)",
            _median,
            is_number=True,
        ),
        Column("Median follow-up", _follow_up, is_number=True),
        Column("Note", note_of),
    ]
    yield tabulate("Durations", columns, rows, sources=("durations",))


def _count(row: "ResultRow") -> Cell:
    """Return events/n, which open to patients; of responders how many there are."""
    followed = split_ids(row.patient_ids)
    if row.statistic != KAPLAN_MEIER:
        return Count(str(len(followed)), (Patients("responders", followed),))
    return count_share(split_ids(row.event_ids), followed, label="with the event")


def _median(row: "ResultRow") -> str:
    """Return a median between its limits, and what these are."""
    missing = NOT_REACHED if row.statistic == KAPLAN_MEIER and row.n else NOT_ESTIMABLE
    if not row.n:
        return missing
    limits = [
        write_months(limit).removesuffix(" months") if is_number(limit) else NOT_REACHED
        for limit in (row.low, row.high)
    ]
    kind = "interval" if row.statistic == KAPLAN_MEIER else "range"
    median = write_months(row.value, missing=missing)
    return f"{median} ({kind} {limits[0]} to {limits[1]})"


def _follow_up(row: "ResultRow") -> str:
    """Return the follow-up of a time that may be censored."""
    if row.statistic != KAPLAN_MEIER:
        return ""
    unknown = NOT_REACHED if row.n > row.events else NOT_ESTIMABLE
    return write_months(row.followup_median_days, missing=unknown)
