"""The chapter on safety: adverse events and anti-drug antibodies."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Count,
    Heading,
    Paragraph,
    Patients,
    Table,
)
from her2ctdna.report.formats import write_rate
from her2ctdna.report.results import Results
from her2ctdna.report.tabulate import split_ids, text_or
from her2ctdna.report.words import ADA_CLASSES, EVENT_CATEGORIES

DASH = "\N{EN DASH}"
GRADES = ("1", "2", "3", "4", "5")


def safety_chapter(results: Results) -> Iterator[Block]:
    """Yield adverse events by class and term, and antibodies by class."""
    yield Heading("Adverse events")
    if results.has("adverse_events"):
        yield from _adverse_events(results)
    else:
        yield Paragraph(
            "No adverse events were given for this study: how often they "
            "occurred cannot be told."
        )
    yield Heading("Anti-drug antibodies (ADA)")
    if results.has("ada"):
        yield _ada_table(results)
    else:
        yield Paragraph(
            "No anti-drug antibodies were given for this study: how often they "
            "occurred cannot be told."
        )


def _adverse_events(results: Results) -> Iterator[Block]:
    days = results.definitions["safety"]["emergent_days"]
    yield Paragraph(
        f"Events from first dose to {days} days after the last dose, or to a new "
        "therapy before that. A patient counts once in each row, at the highest grade. "
        "Without a control arm no event can be told from the disease or from other "
        "treatment."
    )
    yield _overview_table(results)
    for category, meaning in EVENT_CATEGORIES.items():
        rows = [
            row
            for row in results.rows("adverse_events", category=category)
            if row.level != "any"
        ]
        if rows:
            caption = f"{meaning}, by system organ class and term"
            is_folded = category != "all"
            yield _term_table(rows, results, caption=caption, folded=is_folded)


def _overview_table(results: Results) -> Table:
    """Return how many patients had an event, of any grade, grade 3 up, and fatal."""
    rows: list[list[Cell]] = []
    for category, meaning in EVENT_CATEGORIES.items():
        found = results.rows("adverse_events", level="any", category=category)
        by_grade = {row.grade: row for row in found}
        if by_grade:
            chosen = [by_grade[grade] for grade in ("any", ">=3", "5")]
            rows.append(
                [meaning, *(cell for row in chosen for cell in _rate_cells(row))]
            )
    return Table("Patients with an adverse event", _grade_columns(results), rows)


def _term_table(
    rows: Iterable[Any], results: Results, *, caption: str, folded: bool
) -> Table:
    """Return classes and their terms, with each highest grade in its own column."""
    shown: list[list[Cell]] = []
    for name, same in groupby(rows, key=_event_name):
        by_grade = {row.grade: row for row in same}
        grades = [_counted(by_grade[grade]) for grade in GRADES]
        shown.append([name, *_rate_cells(by_grade["any"]), *grades])
    columns = [
        Column("Class, or term within it"),
        Column("Any grade, n/N", is_number=True),
        Column(f"Rate ({results.confidence} interval)", is_number=True),
        *(Column(f"Grade {grade}", is_number=True) for grade in GRADES),
    ]
    return Table(caption, columns, shown, folded)


def _grade_columns(results: Results) -> list[Column]:
    columns = [Column("Events")]
    for grade in ("any grade", "grade 3 or more", "grade 5"):
        columns.append(Column(f"{grade}, n/N", is_number=True))
        columns.append(Column(f"rate ({results.confidence} interval)", is_number=True))
    return columns


def _ada_table(results: Results) -> Table:
    rows = [
        (ADA_CLASSES[row[0]], *_rate_cells(row))
        for row in results.tables["ada"].itertuples(index=False)
    ]
    columns = [
        Column("Class"),
        Column("n/N", is_number=True),
        Column(f"Rate ({results.confidence} interval)", is_number=True),
    ]
    return Table("Anti-drug antibodies among the treated patients", columns, rows)


def _event_name(row: Any) -> str:
    """Return the name of a class, or of a term set off as part of its class."""
    if row.level == "soc":
        return text_or(row.soc, "")
    return f"{DASH} {text_or(row.term, '')}"


def _rate_cells(row: Any) -> tuple[Cell, str]:
    count = Count(f"{row.n:.0f}/{row.N:.0f}", _sets(row))
    return count, write_rate(row.rate, row.ci_low, row.ci_high)


def _counted(row: Any) -> Cell:
    return Count(f"{row.n:.0f}", _sets(row)) if row.n else "0"


def _sets(row: Any) -> tuple[Patients, ...]:
    return (Patients("patients", split_ids(row.patient_ids)),)
