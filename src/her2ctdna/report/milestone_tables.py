"""Shares without an event at milestones, and which of two events comes first."""

from collections.abc import Iterable, Iterator
from math import nan
from typing import Any

from her2ctdna.report.blocks import Block, Cell, Column, Paragraph, Table
from her2ctdna.report.formats import (
    is_number,
    write_integer,
    write_months,
    write_p,
    write_percent,
    write_rate,
)
from her2ctdna.report.glossary import group_label, origin_label, plain
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import TIMES, Results

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
        yield Paragraph(
            "Where another event can come first, the cumulative incidence is Aalen and "
            "Johansen's. 1 \N{MINUS SIGN} KM takes whom the other event reached for "
            "censored and is too high: biased, beside it to be recognised. p is "
            "Gray's between HER2 groups, in no family of tests."
        )
        yield _competing(results, first)


def _milestones(results: Results, rows: Iterable[Any]) -> Table:
    columns = [
        Column("Endpoint"),
        Column("Group"),
        Column("Time zero"),
        Column("Events/n", is_number=True),
        Column("At"),
        Column("At risk", is_number=True),
        Column(f"Without event ({results.confidence} interval)", is_number=True),
        Column("Note"),
    ]
    shown: list[list[Cell]] = [
        [
            results.endpoint_label(row.endpoint),
            group_label(row.group_by, row.group),
            origin_label(row.origin),
            results.count_survival(row)
            if row.endpoint in TIMES
            else f"{row.events:.0f}/{row.n:.0f}",
            write_months(row.time_days, missing=""),
            write_integer(row.at_risk),
            write_rate(row.survival, row.ci_low, row.ci_high),
            text_or(row.note, ""),
        ]
        for row in rows
    ]
    return Table("Without the event at milestones", columns, shown)


def _competing(results: Results, rows: list[Any]) -> Table:
    naive = {_question(row): row.incidence for row in rows if row.biased == "yes"}
    columns = [
        Column("Event, against"),
        Column("Group"),
        Column("At"),
        Column("Event / other first / n", is_number=True),
        Column(f"Cumulative incidence ({results.confidence} interval)", is_number=True),
        Column("1 \N{MINUS SIGN} KM (biased)", is_number=True),
        Column("Gray's p", is_number=True),
        Column("Note"),
    ]
    shown: list[list[Cell]] = [
        [
            f"{plain(row.endpoint)}, {row.competing_with}",
            group_label(row.group_by, row.group),
            write_months(row.time_days, missing=""),
            f"{_count(row.events)} / {_count(row.competing_events)} / {row.n:.0f}",
            write_rate(row.incidence, row.ci_low, row.ci_high),
            write_percent(naive.get(_question(row), nan)),
            write_p(row.p_value) if text_or(row.test, "") else "",
            text_or(row.note, ""),
        ]
        for row in rows
        if row.biased == "no"
    ]
    return Table("Which event comes first", columns, shown)


def _question(row: Any) -> tuple[str, str, str, float]:
    return row.endpoint, row.group_by, row.group, row.time_days


def _count(number: float) -> str:
    """Return a count, or a dash where follow-up does not reach."""
    return f"{number:.0f}" if is_number(number) else "\N{EN DASH}"
