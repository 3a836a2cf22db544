"""Tables of results as the page shows them: one row a question, not one a method."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import pandas as pd

from her2ctdna.report.blocks import Cell, Column, Count, Patients, Table
from her2ctdna.report.formats import (
    NOT_ESTIMABLE,
    NOT_REACHED,
    is_number,
    write_days,
    write_difference,
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

_WRITERS = {"risk_difference": write_difference, "rmst_difference": write_days}


def table_of_rates(
    results: Results, rows: Iterable[Any], *, caption: str, folded: bool = False
) -> Table:
    """Return the rates of contract ``rates.tsv``, both intervals in one row."""
    columns = [
        Column("Endpoint"),
        Column("Population"),
        Column("Group"),
        Column("n/N", is_number=True),
        Column(f"Rate ({results.confidence} Clopper-Pearson)", is_number=True),
        Column(f"{results.confidence} Wilson", is_number=True),
    ]
    asked = groupby(rows, key=_rate_question)
    shown = [_rate_row(results, list(same)) for _, same in asked]
    return Table(caption, columns, shown, folded)


def table_of_contrasts(
    results: Results, rows: Iterable[Any], *, caption: str, folded: bool = False
) -> Table:
    """Return contrasts, each with the n/N or events/n of both sides."""
    columns = [
        Column("Endpoint"),
        Column("Comparison"),
        Column("Population, time zero"),
        Column("Group n/N", is_number=True),
        Column("Reference n/N", is_number=True),
        Column("Measure"),
        Column(f"Estimate ({results.confidence} interval)", is_number=True),
        Column("p", is_number=True),
        Column("q (family)", is_number=True),
        Column("Note"),
    ]
    shown = [_contrast_row(results, row) for row in rows]
    return Table(caption, columns, shown, folded)


def table_of_survival(
    results: Results, rows: Iterable[Any], *, caption: str, folded: bool = False
) -> Table:
    """Return medians of times to event, with events/n and follow-up."""
    columns = [
        Column("Endpoint"),
        Column("Group"),
        Column("Time zero"),
        Column("Events/n", is_number=True),
        Column(f"Median ({results.confidence} interval)", is_number=True),
        Column("Median follow-up", is_number=True),
        Column("Not followed", is_number=True),
        Column("Note"),
    ]
    shown = [_survival_row(results, row) for row in rows]
    return Table(caption, columns, shown, folded)


def table_of_tests(tests: pd.DataFrame, *, results: Results) -> Table:
    """Return every test with the family in which it is adjusted."""
    columns = [
        Column("Family"),
        Column("Endpoint"),
        Column("By"),
        Column("Population, time zero"),
        Column("Test"),
        Column("n", is_number=True),
        Column("p", is_number=True),
        Column("q", is_number=True),
        Column("Note"),
    ]
    rows = [_test_row(results, row) for row in tests.itertuples(index=False)]
    return Table("Every test", columns, rows, folded=True)


def text_or(value: Any, instead: str) -> str:
    """Return a cell of a table as text, or ``instead`` where it is missing."""
    return instead if pd.isna(value) else str(value)


def split_ids(cell: Any) -> tuple[str, ...]:
    """Return the identifiers of a cell that joins them with ``;``."""
    return tuple(part for part in text_or(cell, "").split(";") if part)


def rate_cells(row: Any) -> tuple[Cell, str]:
    """Return n/N, which opens to the row's patients, and rate with interval."""
    ids = (Patients("patients", split_ids(row.patient_ids)),)
    rate = write_rate(row.rate, row.ci_low, row.ci_high)
    return Count(f"{row.n:.0f}/{row.N:.0f}", ids), rate


def _test_row(results: Results, row: Any) -> list[Cell]:
    return [
        plain(text_or(row.family, "none")),
        results.endpoint_label(row.endpoint),
        _by(results, row),
        f"{_population(row)}, {start_label(results, row)}",
        f"{TESTS.get(row.test, plain(row.test))} ({plain(row.role)})",
        write_integer(row.n),
        write_p(row.p_value),
        write_p(row.q_value) if text_or(row.family, "") else "not adjusted",
        text_or(row.note, ""),
    ]


def _by(results: Results, row: Any) -> str:
    """Return what a test is by, and across which subgroups or of which pair."""
    label = results.grouping_label(row.biomarker)
    if row.test == "boschloo":
        reference, group = row.groups.split(";")
        label += f": {group_label(row.biomarker, group)}"
        label += f" versus {group_label(row.biomarker, reference)}"
    subgroup = text_or(row.subgroup, "")
    return f"{label} across {results.grouping_label(subgroup)}" if subgroup else label


def _rate_question(row: Any) -> tuple[str, ...]:
    return row.endpoint, row.population, row.group_by, row.group


def _rate_row(results: Results, same: list[Any]) -> list[Cell]:
    """Return one row for the rows that differ in the method of the interval."""
    row = same[0]
    limits = {each.ci_method: (each.ci_low, each.ci_high) for each in same}
    exact = write_rate(row.rate, *limits["clopper_pearson"])
    wilson = write_rate(row.rate, *limits["wilson"])
    return [
        results.endpoint_label(row.endpoint),
        POPULATIONS[row.population],
        _group(results, row.group_by, row.group),
        results.count_rate(row),
        exact,
        wilson.partition("(")[2].rstrip(")") or NOT_ESTIMABLE,
    ]


def _contrast_row(results: Results, row: Any) -> list[Cell]:
    write = _WRITERS.get(row.measure, write_ratio)
    adjusted = text_or(row.adjusted_for, "").replace(";", ", ")
    note = text_or(row.note, "")
    notes = [f"adjusted for {name_all(adjusted)}"] if adjusted else []
    family = text_or(row.family, "")
    shown_q = f"{write_p(row.q_value)} ({plain(family)})" if family else "not adjusted"
    return [
        results.endpoint_label(row.endpoint),
        comparison_label(results, row),
        f"{_population(row)}, {start_label(results, row)}",
        results.count_contrast(row, is_reference=False),
        results.count_contrast(row, is_reference=True),
        f"{MEASURES.get(row.measure, plain(row.measure))}, "
        f"{METHODS.get(row.ci_method, plain(row.ci_method))}",
        write(row.estimate, row.ci_low, row.ci_high),
        write_p(row.p_value) if text_or(row.test, "") else "no test",
        shown_q if text_or(row.test, "") else "",
        "; ".join([*notes, *([note] if note else [])]),
    ]


def _survival_row(results: Results, row: Any) -> list[Cell]:
    excluded = split_ids(row.patient_ids)
    unknown = NOT_REACHED if row.n else NOT_ESTIMABLE
    return [
        results.endpoint_label(row.endpoint),
        _group(results, row.group_by, row.group),
        start_label(results, row),
        results.count_survival(row),
        median_text(row),
        write_months(row.followup_median_days, missing=unknown),
        count_ids(excluded, label="not followed"),
        text_or(row.note, ""),
    ]


def median_text(row: Any) -> str:
    """Return a median with its interval; without one, whether time or data lack."""
    if row.n == 0:
        return f"{NOT_ESTIMABLE}: no patients"
    if not any(map(is_number, (row.median_days, row.ci_low, row.ci_high))):
        return NOT_REACHED
    return write_median(row.median_days, row.ci_low, row.ci_high, missing=NOT_REACHED)


def _population(row: Any) -> str:
    return POPULATIONS.get(row.population, plain(row.population))


def _group(results: Results, column: str, group: str) -> str:
    if column in ("all", "her2_group"):
        return group_label(column, group)
    return f"{results.grouping_label(column)}: {group_label(column, group)}"


def comparison_label(results: Results, row: Any) -> str:
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
