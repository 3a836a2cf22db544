"""The chapter on safety: adverse events and anti-drug antibodies."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Count,
    Heading,
    Paragraph,
    Patients,
    Table,
    tabulate,
)
from her2ctdna.report.chapters.antibody_sections import antibodies
from her2ctdna.report.formats import (
    NOT_ESTIMABLE,
    is_number,
    write_decimal,
    write_incidence,
)
from her2ctdna.report.glossary import EVENT_CATEGORIES, plain
from her2ctdna.report.question_tables import count_of_rate, rate_of, split_ids, text_or
from her2ctdna.report.results import Results
from her2ctdna.wording import split_names

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

DASH = "\N{EN DASH}"
GRADES = ("1", "2", "3", "4", "5")
NOT_RECORDED = "not_recorded"
SOURCES = ("adverse_events",)
DAYS_PER_YEAR = 365.25

Named: TypeAlias = "list[tuple[str, dict[str, ResultRow]]]"
"""Names of events, each with its rows by grade."""


def safety_chapter(results: Results) -> Iterator[Block]:
    """Yield adverse events by class and term, and antibodies by class."""
    if results.has("adverse_events"):
        yield Heading("Adverse events")
        yield from _adverse_events(results)
    if results.has("ada", "ada_patients"):
        yield Heading("Anti-drug antibodies (ADA)")
        yield from antibodies(results)


def _adverse_events(results: Results) -> Iterator[Block]:
    days = results.definitions["safety"]["emergent_days"]
    yield Paragraph(
        f"Events from first dose to {days} days after the last dose, or to a new "
        "therapy before that. A patient counts once in each row, at the highest grade. "
        "Events of special interest are found by their terms, which stand among the "
        "thresholds; terms that look like one and are on no list are named beside it. "
        "Without a control arm no event can be told from the disease or from other "
        "treatment."
    )
    headline = _headline(results)
    yield _overview_table(results, headline)
    for category, meaning in EVENT_CATEGORIES.items():
        if events := _by_term(results, category):
            caption = f"{meaning}, by system organ class and term"
            is_folded = category != "all"
            yield _term_table(events, results, caption=caption, folded=is_folded)
    yield from _incidences(results, headline)


def _headline(results: Results) -> Named:
    """Return all events by category, and all of each special interest."""
    rows = [
        row
        for row in results.rows("adverse_events")
        if row.level == "any"
        or (row.level == "special_interest" and row.category == "all")
    ]
    return _named(rows)


def _by_term(results: Results, category: str) -> Named:
    """Return the classes and their terms."""
    rows = results.rows("adverse_events", category=category)
    return _named(row for row in rows if row.level in ("soc", "term"))


def _named(rows: Iterable["ResultRow"]) -> Named:
    asked = groupby(rows, key=lambda row: (_event_name(row), row.category))
    return [(name, {row.grade: row for row in same}) for (name, _), same in asked]


def _event_name(row: "ResultRow") -> str:
    """Return the name of a row; that of a term is set off as part of its class."""
    if row.level == "any":
        return EVENT_CATEGORIES[row.category]
    name = text_or(row.soc if row.level == "soc" else row.term, "")
    if row.level == "special_interest":
        return name[:1].upper() + name[1:]
    return f"{DASH} {name}" if row.level == "term" else name


def _overview_table(results: Results, events: Named) -> Table:
    """Return how many patients had an event, of any grade, grade 3 up, and fatal."""
    columns = [_NAME_OF_EVENTS]
    for title, grade in (*_FROM_GRADE, ("grade 5", "5")):
        columns += [
            Column(f"{title}, n/N", _of(grade, count_of_rate), is_number=True),
            Column(
                f"rate ({results.confidence} interval)",
                _of(grade, rate_of),
                is_number=True,
            ),
        ]
    columns.append(Column("Terms not matched", _of("any", _not_matched)))
    caption = "Patients with an adverse event"
    return tabulate(caption, columns, events, sources=SOURCES)


def _not_matched(row: "ResultRow") -> str:
    """Return the terms that look like an event of special interest and are not it."""
    terms = split_names(text_or(row.terms_not_matched, ""))
    named = "term" if len(terms) == 1 else "terms"
    return f"{len(terms)} {named} not matched: {', '.join(terms)}" if terms else ""


def _term_table(
    events: Named, results: Results, *, caption: str, folded: bool
) -> Table:
    """Return classes and their terms, with each highest grade in its own column."""
    has_ungraded = any(NOT_RECORDED in by_grade for _, by_grade in events)
    grades = [*GRADES, *([NOT_RECORDED] if has_ungraded else [])]
    columns = [
        Column("Class, or term within it", lambda event: event[0]),
        Column("Any grade, n/N", _of("any", count_of_rate), is_number=True),
        Column(
            f"Rate ({results.confidence} interval)",
            _of("any", rate_of),
            is_number=True,
        ),
        *(
            Column(f"Grade {plain(grade)}", _of(grade, _counted), is_number=True)
            for grade in grades
        ),
    ]
    return tabulate(caption, columns, events, folded=folded, sources=SOURCES)


_NAME_OF_EVENTS = Column("Events", lambda event: event[0])
_FROM_GRADE = (("any grade", "any"), ("grade 3 or more", ">=3"))


def _of(
    grade: str, write: Callable[["ResultRow"], Cell]
) -> Callable[[tuple[str, dict[str, "ResultRow"]]], Cell]:
    """Return what writes the cell of a grade of named events, 0 where it has no row."""
    return lambda event: write(event[1][grade]) if grade in event[1] else "0"


def _incidences(results: Results, headline: Named) -> Iterator[Block]:
    """Yield the incidence by time at risk, of the headline and of each term."""
    if not any(is_number(rows["any"].time_at_risk_days) for _, rows in headline):
        yield Paragraph(
            "How long patients were at risk is not known (no death, last day alive, "
            "last dose or new therapy was given), so there is no incidence by time."
        )
        return
    first = headline[0][1]["any"]
    yield Paragraph(
        "Exposure-adjusted incidence: patients with a first event per 100 years at "
        "risk, from first dose to that event, or without one to the end of the time "
        "in which events count or of follow-up; exact Poisson interval (Garwood). The "
        f"time at risk is known of {first.incidence_N:.0f} of {first.N:.0f} patients. "
        "It takes the risk to be the same at all times."
    )
    yield _incidence_table(headline, results, caption="Incidence by time at risk")
    if events := _by_term(results, "all"):
        caption = "Incidence by time at risk, by system organ class and term"
        yield _incidence_table(events, results, caption=caption, folded=True)


def _incidence_table(
    events: Named, results: Results, *, caption: str, folded: bool = False
) -> Table:
    columns = [_NAME_OF_EVENTS]
    for title, grade in _FROM_GRADE:
        columns += [
            Column(f"{title}, patients", _of(grade, _timed), is_number=True),
            Column("patient-years", _of(grade, _years), is_number=True),
            Column(
                f"per 100 ({results.confidence} interval)",
                _of(grade, _incidence),
                is_number=True,
            ),
        ]
    return tabulate(caption, columns, events, folded=folded, sources=SOURCES)


def _years(row: "ResultRow") -> str:
    days = row.time_at_risk_days
    return write_decimal(days / DAYS_PER_YEAR, 1) if is_number(days) else NOT_ESTIMABLE


def _incidence(row: "ResultRow") -> str:
    return write_incidence(
        row.incidence_per_100_py, row.incidence_low, row.incidence_high
    )


def _timed(row: "ResultRow") -> Cell:
    """Return the patients with an event and, apart, those whose time is not known."""
    untimed = row.n - row.incidence_n
    if not untimed:
        return _counted(row)
    ids = (Patients("patients, timed or not", split_ids(row.patient_ids)),)
    return Count(f"{row.incidence_n:.0f} (and {untimed:.0f} untimed)", ids)


def _counted(row: "ResultRow") -> Cell:
    ids = (Patients("patients", split_ids(row.patient_ids)),)
    return Count(f"{row.n:.0f}", ids) if row.n else "0"
