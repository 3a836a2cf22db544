"""Shares without an event at milestones, and which of two events comes first."""

from collections.abc import Iterable, Iterator
from functools import partial
from math import nan
from typing import TYPE_CHECKING

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.formats import (
    is_number,
    write_integer,
    write_months,
    write_p,
    write_percent,
    write_rate,
)
from her2ctdna.report.glossary import group_label, plain
from her2ctdna.report.question_tables import note_of, text_or
from her2ctdna.report.results import Results
from her2ctdna.report.starts import start_label
from her2ctdna.sets.counting import TIMES

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

SHOWN_BY = ("all", "her2_group")


def milestone_blocks(results: Results) -> Iterator[Block]:
    """Yield both tables, of all patients and by HER2 group, as far as there are any."""
    asked = [
        row
        for column in SHOWN_BY
        for row in results.rows("milestones", group_by=column)
        if row.n
    ]
    if asked:
        yield Paragraph(
            "At a milestone the share without the event is Kaplan-Meier's, events on "
            "that day counted; beyond the last patient's time there is none. Time to "
            "next treatment ends with a new therapy or death; time on treatment with "
            "the last dose."
        )
        yield _milestones(results, asked)
    first = [
        row
        for column in SHOWN_BY
        for row in results.rows("competing", group_by=column)
        if row.n
        and (
            row.time_days in results.association["milestones_days"]
            or text_or(row.note, "")
        )
    ]
    if first:
        between = " between HER2 groups" if "her2" in results.chapters else ""
        yield Paragraph(
            "Where another event can come first, the cumulative incidence is Aalen and "
            "Johansen's. 1 \N{MINUS SIGN} KM takes whom the other event reached for "
            "censored and is too high: biased, beside it to be recognised. p is "
            f"Gray's{between}, in no family of tests."
        )
        yield _competing(results, first)


def _milestones(results: Results, rows: Iterable["ResultRow"]) -> Table:
    columns = [
        Column("Endpoint", lambda row: results.endpoint_label(row.endpoint)),
        Column("Group", lambda row: group_label(row.group_by, row.group)),
        Column("Time zero", lambda row: start_label(results, row)),
        Column("Events/n", partial(_count_events, results), is_number=True),
        Column("At", lambda row: write_months(row.time_days, missing="")),
        Column("At risk", lambda row: write_integer(row.at_risk), is_number=True),
        Column(
            f"Without event ({results.confidence} interval)",
            lambda row: write_rate(row.survival, row.ci_low, row.ci_high),
            is_number=True,
        ),
        Column("Note", note_of),
    ]
    caption = "Without the event at milestones"
    return tabulate(caption, columns, rows, sources=("milestones",))


def _count_events(results: Results, row: "ResultRow") -> Cell:
    """Return events/n, which open to patients where the flow has them."""
    if row.endpoint in TIMES:
        return results.count_survival(row)
    return f"{row.events:.0f}/{row.n:.0f}"


def _competing(results: Results, rows: list["ResultRow"]) -> Table:
    naive = {_question(row): row.incidence for row in rows if row.biased == "yes"}
    columns = [
        Column(
            "Event, against", lambda row: f"{plain(row.endpoint)}, {row.competing_with}"
        ),
        Column("Group", lambda row: group_label(row.group_by, row.group)),
        Column("At", lambda row: write_months(row.time_days, missing="")),
        Column("Event / other first / n", _count_firsts, is_number=True),
        Column(
            f"Cumulative incidence ({results.confidence} interval)",
            lambda row: write_rate(row.incidence, row.ci_low, row.ci_high),
            is_number=True,
        ),
        Column(
            "1 \N{MINUS SIGN} KM (biased)",
            lambda row: write_percent(naive.get(_question(row), nan)),
            is_number=True,
        ),
        Column("Gray's p", _p_of_gray, is_number=True),
        Column("Note", note_of),
    ]
    shown = [row for row in rows if row.biased == "no"]
    caption = "Which event comes first"
    return tabulate(caption, columns, shown, sources=("competing",))


def _question(row: "ResultRow") -> tuple[str, str, str, float]:
    return row.endpoint, row.group_by, row.group, row.time_days


def _count_firsts(row: "ResultRow") -> str:
    return f"{_count(row.events)} / {_count(row.competing_events)} / {row.n:.0f}"


def _p_of_gray(row: "ResultRow") -> str:
    """Return the p-value of a row; where nothing is compared there is none."""
    return write_p(row.p_value) if text_or(row.test, "") else ""


def _count(number: float) -> str:
    """Return a count, or a dash where follow-up does not reach."""
    return f"{number:.0f}" if is_number(number) else "\N{EN DASH}"
