"""Two groups side by side: the comparison that a chapter is about, in one table."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from her2ctdna.association.rate_contrasts import PRIMARY
from her2ctdna.report.blocks import Block, Cell, Column, Count, Table
from her2ctdna.report.formats import (
    write_difference,
    write_p,
    write_rate,
    write_ratio,
)
from her2ctdna.report.glossary import POPULATIONS, group_label
from her2ctdna.report.question_tables import median_text, text_or
from her2ctdna.report.results import Results
from her2ctdna.wording import split_names

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow


def comparison_tables(results: Results, column: str, *, topic: str) -> Iterator[Block]:
    """Yield rates, then times to event, of the two groups of a column.

    A column with more than two groups, or that was not tested, yields nothing.

    Parameters
    ----------
    column
        Such as ``her2_group`` or ``clearance_<landmark>``.
    topic
        The chapter (`Results.topic`) whose endpoints are compared.
    """
    asked = [
        test
        for test in results.rows("tests", biomarker=column)
        if results.topic(test.endpoint, column) == topic
        and len(split_names(test.groups)) == 2
    ]
    makers = (("fisher", _rate_table), ("log_rank_permutation", _hazard_table))
    for test, table_of in makers:
        chosen = [row for row in asked if row.test == test and row.role == PRIMARY]
        if chosen:
            yield table_of(results, column, chosen)


def _rate_table(results: Results, column: str, tests: list["ResultRow"]) -> Table:
    population = POPULATIONS[tests[0].population]
    columns = [
        Column("Rate"),
        *_group_columns(results, column),
        Column("Difference in points, Newcombe", is_number=True),
        Column("Odds ratio, exact", is_number=True),
        Column("p, Fisher", is_number=True),
        Column("q", is_number=True),
    ]
    rows = [_rate_row(results, column, test) for test in tests]
    caption = f"Rates by {results.grouping_label(column)}, {population} patients"
    return Table(caption, columns, rows)


def _hazard_table(results: Results, column: str, tests: list["ResultRow"]) -> Table:
    columns = [
        Column("Median"),
        *_group_columns(results, column),
        Column("Hazard ratio, Cox", is_number=True),
        Column("p, log-rank by permutation", is_number=True),
        Column("q", is_number=True),
    ]
    rows = [_hazard_row(results, column, test) for test in tests]
    return Table(f"Times to event by {results.grouping_label(column)}", columns, rows)


def _group_columns(results: Results, column: str) -> list[Column]:
    known = results.row("contrasts", group_by=column)
    reference, group = (
        group_label(column, name) for name in (known.reference, known.group)
    )
    return [
        Column(f"{reference} (reference)", is_number=True),
        Column(group, is_number=True),
    ]


def _rate_row(results: Results, column: str, test: "ResultRow") -> list[Cell]:
    difference = _contrast(results, column, test, "newcombe")
    ratio = _contrast(results, column, test, "conditional_exact")
    return [
        results.endpoint_label(test.endpoint),
        *(_side(results, difference, is_reference=side) for side in (True, False)),
        _difference(difference),
        _ratio(ratio),
        write_p(test.p_value),
        write_p(test.q_value),
    ]


def _hazard_row(results: Results, column: str, test: "ResultRow") -> list[Cell]:
    ratio = _contrast(results, column, test, "cox_profile")
    return [
        results.endpoint_label(test.endpoint),
        *(_side(results, ratio, is_reference=side) for side in (True, False)),
        _ratio(ratio),
        write_p(test.p_value),
        write_p(test.q_value),
    ]


def _difference(contrast: "ResultRow") -> Count:
    """Return a difference with its interval, its unit being that of the column."""
    limits = (contrast.estimate, contrast.ci_low, contrast.ci_high)
    written = write_difference(*limits).replace(" points", "")
    return Count(written, (), detail=text_or(contrast.note, ""))


def _ratio(contrast: "ResultRow") -> Count:
    """Return a ratio with its interval, and why it is missing where it is."""
    written = write_ratio(contrast.estimate, contrast.ci_low, contrast.ci_high)
    return Count(written, (), detail=text_or(contrast.note, ""))


def _contrast(results: Results, column: str, test: "ResultRow", ci_method: str) -> Any:
    """Return the contrast that a test of two groups goes with."""
    return results.row(
        "contrasts",
        endpoint=test.endpoint,
        population=test.population,
        origin=test.origin,
        group_by=column,
        ci_method=ci_method,
        biased="no",
    )


def _side(results: Results, contrast: "ResultRow", *, is_reference: bool) -> Cell:
    """Return n/N with the rate, or events/n with the median, of one group."""
    group = contrast.reference if is_reference else contrast.group
    count = results.count_contrast(contrast, is_reference=is_reference)
    wanted = {"endpoint": contrast.endpoint, "group_by": contrast.group_by}
    wanted["group"] = group
    if contrast.measure == "hazard_ratio":
        row = results.row("survival", origin=contrast.origin, **wanted)
        return replace(count, detail=median_text(row))
    method = "clopper_pearson"
    population = contrast.population
    row = results.row("rates", ci_method=method, population=population, **wanted)
    return replace(count, detail=write_rate(row.rate, row.ci_low, row.ci_high))
