"""Table 1: who the treated patients were at baseline, in all and by HER2 group."""

from collections.abc import Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from her2ctdna.association.baseline import (
    LEFT_OUT,
    MEDIAN_IQR,
    MEDIAN_RANGE,
    SHARE,
    SPECIMEN_AGE,
)
from her2ctdna.report.blocks import Block, Cell, Column, Paragraph, Table, tabulate
from her2ctdna.report.formats import (
    is_number,
    write_decimal,
    write_level,
    write_percent,
)
from her2ctdna.report.glossary import STATES, group_label, plain
from her2ctdna.report.patient_sets import check_agrees, count_share
from her2ctdna.report.question_tables import split_ids, text_or
from her2ctdna.report.results import Results
from her2ctdna.sets.groupings import ALL, MISSING
from her2ctdna.wording import join_value

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

OF_SPECIMEN = ("specimen", SPECIMEN_AGE, "reader")
"""Characteristics of the specimen that HER2 was read on."""

_LABELS = {
    "measurable": "measurable disease",
    "specimen": "HER2 specimen",
    SPECIMEN_AGE: "days from its collection to first dose",
    "reader": "read by",
    "baseline_state": "ctDNA at baseline",
    "baseline_level": "ctDNA level at baseline",
}
_IN_HER2_CHAPTER = (SPECIMEN_AGE, "reader")


class _Line(NamedTuple):
    """A line of the table: a level of a characteristic, or its median."""

    variable: str
    level: str
    by_group: dict[str, dict[str, "ResultRow"]]


def baseline_section(results: Results) -> Iterator[Block]:
    """Yield Table 1, and which columns are not in it and why."""
    rows = list(results.rows("baseline"))
    shown = [
        name
        for name in dict.fromkeys(row.variable for row in rows)
        if name not in _IN_HER2_CHAPTER
    ]
    caption = "Characteristics of the treated patients"
    yield from characteristics_tables(results, shown, caption=caption)
    left_out = [
        f"{plain(row.variable)} ({row.note})"
        for row in rows
        if row.statistic == LEFT_OUT
    ]
    if left_out:
        yield Paragraph(f"Columns of the patients not shown: {'; '.join(left_out)}.")


def characteristics_tables(
    results: Results, variables: Collection[str], *, caption: str
) -> Iterator[Table]:
    """Yield the table of characteristics by group, if there is anything in it."""
    lines = list(_lines(results, variables))
    if not lines:
        return
    groups = dict.fromkeys(group for line in lines for group in line.by_group)
    columns = [
        Column("Characteristic", partial(_label, results)),
        *(
            Column(_heading(group), partial(_cell, results, group), is_number=True)
            for group in groups
        ),
    ]
    yield tabulate(caption, columns, lines, sources=("baseline",))


def _lines(results: Results, variables: Collection[str]) -> Iterator[_Line]:
    """Yield a line a level; one for what is not recorded only if anything is not."""
    lines: dict[tuple[str, str], _Line] = {}
    for row in results.rows("baseline"):
        if row.variable in variables and row.statistic != LEFT_OUT:
            key = row.variable, text_or(row.level, "")
            line = lines.setdefault(key, _Line(*key, {}))
            line.by_group.setdefault(row.group, {})[str(row.statistic)] = row
    for line in lines.values():
        everybody = line.by_group[ALL.column]
        if line.level != MISSING or everybody[SHARE].n:
            yield line


def _heading(group: str) -> str:
    if group == ALL.column:
        return "All treated, n/N"
    return f"{group_label('her2_group', group)}, n/N"


def _label(results: Results, line: _Line) -> str:
    name = _LABELS.get(line.variable, results.grouping_label(line.variable))
    if line.level == MISSING:
        return f"{name}: not recorded"
    if not line.level:
        return f"{name}: median (range), quartiles, of those known"
    level = STATES.get(line.level, line.level)
    return f"{name}: {plain(level)}"


def _cell(results: Results, group: str, line: _Line) -> Cell:
    """Return n/N of a group, which opens to patients, with what it comes to."""
    rows = line.by_group[group]
    row = rows.get(SHARE) or rows[MEDIAN_RANGE]
    among = ["all_treated"]
    if group != ALL.column:
        among.append(join_value("her2_group", group))
    count = count_share(
        split_ids(row.patient_ids),
        results.members.resolve(*among),
        label="known" if MEDIAN_RANGE in rows else "with it",
    )
    check_agrees(count, row.n, row.N, what=f"{line.variable} {line.level} in {group}")
    if MEDIAN_RANGE in rows:
        detail = _median(results, row, rows[MEDIAN_IQR])
    else:
        detail = write_percent(row.value) if is_number(row.value) else ""
    return type(count)(count.text, count.sets, detail)


def _median(results: Results, row: "ResultRow", quartiles: "ResultRow") -> str:
    """Return a median with the range and the quartiles; of nobody nothing."""
    if not is_number(row.value):
        return ""
    numbers = (row.value, row.low, row.high, quartiles.low, quartiles.high)
    middle, low, high, first, third = (
        _number(results, row.variable, value) for value in numbers
    )
    return f"{middle} ({low} to {high}), {first} to {third}"


def _number(results: Results, variable: str, value: float) -> str:
    if variable == "baseline_level":
        return write_level(value, scale=results.level_scale)
    return write_decimal(value, 1).removesuffix(".0")
