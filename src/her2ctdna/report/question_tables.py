"""Tables of results as the page shows them: one row a question, not one a method."""

from collections.abc import Iterable
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.report.blocks import Cell, Column, Count, Patients, Table, tabulate
from her2ctdna.report.formats import (
    NOT_ESTIMABLE,
    NOT_REACHED,
    is_number,
    write_days,
    write_difference,
    write_hazard,
    write_integer,
    write_median,
    write_months,
    write_p,
    write_rate,
    write_ratio,
)
from her2ctdna.report.glossary import (
    MEASURES,
    METHODS,
    POPULATIONS,
    TESTS,
    group_label,
    name_all,
    plain,
    subgroup_label,
)
from her2ctdna.report.patient_sets import count_ids
from her2ctdna.report.results import Results
from her2ctdna.report.starts import start_label
from her2ctdna.statistics.method_names import BOSCHLOO, CLOPPER_PEARSON, WILSON
from her2ctdna.wording import split_names

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

_WRITERS = {
    "hazard_ratio": write_hazard,
    "risk_difference": write_difference,
    "rmst_difference": write_days,
}


def table_of_rates(
    results: Results, rows: Iterable["ResultRow"], *, caption: str, folded: bool = False
) -> Table:
    """Return the rates of contract ``rates.tsv``, both intervals in one row."""
    columns = [
        Column("Endpoint", lambda same: results.endpoint_label(same[0].endpoint)),
        Column("Population", lambda same: POPULATIONS[same[0].population]),
        Column("Group", lambda same: _group(results, same[0])),
        Column("n/N", lambda same: results.count_rate(same[0]), is_number=True),
        Column(
            f"Rate ({results.confidence} Clopper-Pearson)", _exact_rate, is_number=True
        ),
        Column(f"{results.confidence} Wilson", _wilson_limits, is_number=True),
    ]
    asked = (list(same) for _, same in groupby(rows, key=_rate_question))
    return tabulate(caption, columns, asked, folded=folded, sources=("rates",))


def table_of_contrasts(
    results: Results, rows: Iterable["ResultRow"], *, caption: str, folded: bool = False
) -> Table:
    """Return contrasts, each with the n/N or events/n of both sides."""

    def count(row: "ResultRow", *, is_reference: bool) -> Cell:
        return results.count_contrast(row, is_reference=is_reference)

    columns = [
        Column("Endpoint", lambda row: results.endpoint_label(row.endpoint)),
        Column("Comparison", lambda row: comparison_label(results, row)),
        Column("Population, time zero", partial(_population_and_start, results)),
        Column("Group n/N", partial(count, is_reference=False), is_number=True),
        Column("Reference n/N", partial(count, is_reference=True), is_number=True),
        Column("Measure", _measure),
        Column(f"Estimate ({results.confidence} interval)", _estimate, is_number=True),
        Column("p", p_or_no_test, is_number=True),
        Column("q (family)", _q_of_family, is_number=True),
        Column("Note", _contrast_note),
    ]
    return tabulate(caption, columns, rows, folded=folded, sources=("contrasts",))


def table_of_survival(
    results: Results, rows: Iterable["ResultRow"], *, caption: str, folded: bool = False
) -> Table:
    """Return medians of times to event, with events/n and follow-up."""
    interval = f"({results.confidence} interval)"
    columns = [
        Column("Endpoint", lambda row: results.endpoint_label(row.endpoint)),
        Column("Group", lambda row: _group(results, row)),
        Column("Time zero", lambda row: start_label(results, row)),
        Column("Events/n", results.count_survival, is_number=True),
        Column(f"Median {interval}", median_text, is_number=True),
        Column("Median follow-up", _follow_up, is_number=True),
        Column("Not followed", _not_followed, is_number=True),
        Column("Note", note_of),
    ]
    return tabulate(caption, columns, rows, folded=folded, sources=("survival",))


def table_of_tests(tests: pd.DataFrame, *, results: Results) -> Table:
    """Return every test with the family in which it is adjusted."""
    columns = [
        Column("Family", lambda row: plain(text_or(row.family, "none"))),
        Column("Endpoint", lambda row: results.endpoint_label(row.endpoint)),
        Column("By", lambda row: _by(results, row)),
        Column("Population, time zero", partial(_population_and_start, results)),
        Column("Test", _test_and_role),
        Column("n", lambda row: write_integer(row.n), is_number=True),
        Column("p", lambda row: write_p(row.p_value), is_number=True),
        Column("q", q_or_not_adjusted, is_number=True),
        Column("Note", note_of),
    ]
    return tabulate("Every test", columns, tests.itertuples(index=False), folded=True)


def text_or(value: object, instead: str) -> str:
    """Return a cell of a table as text, or ``instead`` where it is missing."""
    return instead if pd.isna(value) else str(value)


def split_ids(cell: object) -> tuple[str, ...]:
    """Return the identifiers of a cell that joins them with ``;``."""
    return tuple(part for part in text_or(cell, "").split(";") if part)


def count_of_rate(row: "ResultRow") -> Count:
    """Return the n/N of a rate, which opens to the patients of its row."""
    ids = (Patients("patients", split_ids(row.patient_ids)),)
    return Count(f"{row.n:.0f}/{row.N:.0f}", ids)


def rate_of(row: "ResultRow") -> str:
    """Return a rate with its interval."""
    return write_rate(row.rate, row.ci_low, row.ci_high)


def note_of(row: "ResultRow") -> str:
    """Return the note of a row, empty if it has none."""
    return text_or(row.note, "")


def p_or_no_test(row: "ResultRow") -> str:
    """Return the p-value of a row that may have no test."""
    return write_p(row.p_value) if text_or(row.test, "") else "no test"


def q_or_not_adjusted(row: "ResultRow") -> str:
    """Return the q-value of a test; outside every family it has none."""
    return write_p(row.q_value) if text_or(row.family, "") else "not adjusted"


def _test_and_role(row: "ResultRow") -> str:
    return f"{TESTS.get(row.test, plain(row.test))} ({plain(row.role)})"


def _population_and_start(results: Results, row: "ResultRow") -> str:
    population = POPULATIONS.get(row.population, plain(row.population))
    return f"{population}, {start_label(results, row)}"


def _by(results: Results, row: "ResultRow") -> str:
    """Return what a test is by, and across which subgroups or of which pair."""
    label = results.grouping_label(row.biomarker)
    if row.test == BOSCHLOO:
        reference, group = split_names(row.groups)
        label += f": {group_label(row.biomarker, group)}"
        label += f" versus {group_label(row.biomarker, reference)}"
    subgroup = text_or(row.subgroup, "")
    return f"{label} across {results.grouping_label(subgroup)}" if subgroup else label


def _rate_question(row: "ResultRow") -> tuple[str, ...]:
    return row.endpoint, row.population, row.group_by, row.group


def _exact_rate(same: list["ResultRow"]) -> str:
    """Return the rate with the exact one of the intervals of a question."""
    return write_rate(same[0].rate, *_limits(same, CLOPPER_PEARSON))


def _wilson_limits(same: list["ResultRow"]) -> str:
    written = write_rate(same[0].rate, *_limits(same, WILSON))
    return written.partition("(")[2].rstrip(")") or NOT_ESTIMABLE


def _limits(same: list["ResultRow"], method: str) -> tuple[float, float]:
    """Return the limits by a method of the rows that differ in it alone."""
    row = next(each for each in same if each.ci_method == method)
    return row.ci_low, row.ci_high


def _measure(row: "ResultRow") -> str:
    measure = MEASURES.get(row.measure, plain(row.measure))
    return f"{measure}, {METHODS.get(row.ci_method, plain(row.ci_method))}"


def _estimate(row: "ResultRow") -> str:
    write = _WRITERS.get(row.measure, write_ratio)
    return write(row.estimate, row.ci_low, row.ci_high)


def _q_of_family(row: "ResultRow") -> str:
    if not text_or(row.test, ""):
        return ""
    family = text_or(row.family, "")
    return f"{write_p(row.q_value)} ({plain(family)})" if family else "not adjusted"


def _contrast_note(row: "ResultRow") -> str:
    """Return what a contrast is adjusted for, and its note."""
    adjusted = text_or(row.adjusted_for, "").replace(";", ", ")
    told = f"adjusted for {name_all(adjusted)}" if adjusted else ""
    return "; ".join(filter(None, [told, note_of(row)]))


def _follow_up(row: "ResultRow") -> str:
    # where all had the event nobody was followed to a last contact
    unknown = NOT_REACHED if row.n > row.events else NOT_ESTIMABLE
    return write_months(row.followup_median_days, missing=unknown)


def _not_followed(row: "ResultRow") -> Cell:
    return count_ids(split_ids(row.patient_ids), label="not followed")


def median_text(row: "ResultRow") -> str:
    """Return a median with its interval; without one, whether time or data lack."""
    if row.n == 0:
        return f"{NOT_ESTIMABLE}: no patients"
    if not any(map(is_number, (row.median_days, row.ci_low, row.ci_high))):
        return NOT_REACHED
    limits = (row.median_days, row.ci_low, row.ci_high)
    # where all had the event nothing lies beyond what was seen
    beyond = NOT_REACHED if row.n > row.events else NOT_ESTIMABLE
    return write_median(*limits, missing=NOT_REACHED, beyond=beyond)


def _group(results: Results, row: "ResultRow") -> str:
    """Return the group of a row, and what it is a group of."""
    label = group_label(row.group_by, row.group)
    if row.group_by in ("all", "her2_group"):
        return label
    return f"{results.grouping_label(row.group_by)}: {label}"


def comparison_label(results: Results, row: "ResultRow") -> str:
    """Return who is compared with whom."""
    group, reference = (
        group_label(row.group_by, name) for name in (row.group, row.reference)
    )
    versus = f"{group} versus {reference}"
    if row.group_by != "her2_group":
        versus = f"{results.grouping_label(row.group_by)}: {versus}"
    if subgroup := text_or(getattr(row, "subgroup", None), ""):
        versus += f", {subgroup_label(subgroup)}"
    return versus
