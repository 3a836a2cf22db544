"""Two groups side by side: the comparison that a chapter is about, in one table."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from her2ctdna.association.rate_contrasts import PRIMARY
from her2ctdna.report.blocks import Block, Cell, Column, Count, Table, tabulate
from her2ctdna.report.contrast_sentences import median_with_mark, write_hazard_ratio
from her2ctdna.report.formats import (
    write_difference,
    write_p,
    write_rate,
    write_ratio,
)
from her2ctdna.report.glossary import POPULATIONS, group_label
from her2ctdna.report.question_tables import note_of
from her2ctdna.report.results import Results
from her2ctdna.sets.clearance_sets import CLEARANCE_SETS
from her2ctdna.statistics.method_names import (
    CLOPPER_PEARSON,
    CONDITIONAL_EXACT,
    COX_PROFILE,
    FISHER,
    LOG_RANK_PERMUTATION,
    NEWCOMBE,
)
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
    makers = ((FISHER, _rate_table), (LOG_RANK_PERMUTATION, _hazard_table))
    for test, table_of in makers:
        chosen = [row for row in asked if row.test == test and row.role == PRIMARY]
        if chosen:
            yield table_of(results, column, chosen)


def _rate_table(results: Results, column: str, tests: list["ResultRow"]) -> Table:
    contrast = partial(_contrast, results, column)
    columns = [
        Column("Rate", lambda test: results.endpoint_label(test.endpoint)),
        *_group_columns(results, column, NEWCOMBE),
        Column(
            "Difference in points, Newcombe",
            lambda test: difference_in_points(contrast(NEWCOMBE, test)),
            is_number=True,
        ),
        Column(
            "Odds ratio, exact",
            lambda test: ratio_with_note(contrast(CONDITIONAL_EXACT, test)),
            is_number=True,
        ),
        Column("p, Fisher", lambda test: write_p(test.p_value), is_number=True),
        Column("q", lambda test: write_p(test.q_value), is_number=True),
    ]
    population = POPULATIONS[tests[0].population]
    caption = f"Rates by {results.grouping_label(column)}: {population}"
    return tabulate(caption, columns, tests, sources=("rates", "contrasts", "tests"))


def _hazard_table(results: Results, column: str, tests: list["ResultRow"]) -> Table:
    columns = [
        Column("Median", lambda test: results.endpoint_label(test.endpoint)),
        *_group_columns(results, column, COX_PROFILE),
        Column(
            "Hazard ratio, Cox",
            lambda test: _hazard(
                results, _contrast(results, column, COX_PROFILE, test)
            ),
            is_number=True,
        ),
        Column(
            "p, log-rank by permutation",
            lambda test: write_p(test.p_value),
            is_number=True,
        ),
        Column("q", lambda test: write_p(test.q_value), is_number=True),
    ]
    caption = f"Times to event by {results.grouping_label(column)}"
    followed = _table_of_times(tests[0].population)
    return tabulate(caption, columns, tests, sources=(followed, "contrasts", "tests"))


def _group_columns(results: Results, column: str, ci_method: str) -> list[Column]:
    """Return reference and group, as counted for the contrasts by a method."""
    known = results.row("contrasts", group_by=column)
    reference, group = (
        group_label(column, name) for name in (known.reference, known.group)
    )

    def count(test: "ResultRow", *, is_reference: bool) -> Cell:
        contrast = _contrast(results, column, ci_method, test)
        return _side(results, contrast, is_reference=is_reference)

    return [
        Column(
            f"{reference} (reference)",
            partial(count, is_reference=True),
            is_number=True,
        ),
        Column(group, partial(count, is_reference=False), is_number=True),
    ]


def difference_in_points(contrast: "ResultRow") -> Count:
    """Return a difference with its interval, its unit being that of the column."""
    limits = (contrast.estimate, contrast.ci_low, contrast.ci_high)
    written = write_difference(*limits).replace(" points", "")
    return Count(written, (), detail=note_of(contrast))


def ratio_with_note(contrast: "ResultRow") -> Count:
    """Return a ratio with its interval, and why it is missing where it is."""
    written = write_ratio(contrast.estimate, contrast.ci_low, contrast.ci_high)
    return Count(written, (), detail=note_of(contrast))


def _hazard(results: Results, contrast: "ResultRow") -> Count:
    """Return a hazard ratio, penalised too where it has one limit alone."""
    written = write_hazard_ratio(results, contrast)
    return Count(written, (), detail=note_of(contrast))


def _contrast(results: Results, column: str, ci_method: str, test: "ResultRow") -> Any:
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
        if contrast.population in CLEARANCE_SETS:
            wanted["population"] = contrast.population
        table = _table_of_times(contrast.population)
        row = results.row(table, origin=contrast.origin, **wanted)
        return replace(count, detail=median_with_mark(row))
    method = CLOPPER_PEARSON
    population = contrast.population
    row = results.row("rates", ci_method=method, population=population, **wanted)
    return replace(count, detail=write_rate(row.rate, row.ci_low, row.ci_high))


def _table_of_times(population: str) -> str:
    """Return which table has the medians of a population."""
    return "clearance_survival" if population in CLEARANCE_SETS else "survival"
