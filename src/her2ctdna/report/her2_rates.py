"""Rates by HER2: other intervals, adjusted ratios, the trend, and subgroups."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from her2ctdna.report.blocks import Block, Cell, Column, Count, Paragraph, Table
from her2ctdna.report.formats import (
    NOT_ESTIMABLE,
    is_number,
    write_decimal,
    write_difference,
    write_p,
    write_ratio,
)
from her2ctdna.report.glossary import group_label, name_all, subgroup_label
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import Results
from her2ctdna.sets.counting import RESPONSE_FLAGS
from her2ctdna.sets.groupings import LEVELS
from her2ctdna.wording import split_value

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

_SAME = {"population": "all_treated", "group_by": "her2_group"}
_TESTED = {"population": "all_treated", "biomarker": "her2_group"}


def her2_rate_tables(results: Results) -> Iterator[Block]:
    """Yield what else is known of the rates of response by HER2, if they are there."""
    if not results.has_response:
        return
    yield _ratio_table(results)
    yield from _trend(results)
    yield from _subgroups(results)


def _ratio_table(results: Results) -> Table:
    columns = [
        Column("Rate"),
        Column("Difference in points, Miettinen-Nurminen", is_number=True),
        Column("Odds ratio, Firth", is_number=True),
        Column("Odds ratio, Firth, adjusted", is_number=True),
        Column("n/N low, adjusted", is_number=True),
        Column("n/N zero, adjusted", is_number=True),
        Column("p, Boschloo", is_number=True),
        Column("p, adjusted", is_number=True),
    ]
    rows = [_ratio_row(results, endpoint) for endpoint in RESPONSE_FLAGS]
    adjusted = next(_adjusted(results, next(iter(RESPONSE_FLAGS))), None)
    names = name_all(adjusted.adjusted_for) if adjusted else "nothing"
    caption = f"HER2-low against zero by other methods; adjusted for {names}"
    return Table(caption, columns, rows)


def _ratio_row(results: Results, endpoint: str) -> list[Cell]:
    def plain_contrast(ci_method: str) -> Any:
        return results.row("contrasts", endpoint=endpoint, ci_method=ci_method, **_SAME)

    score, firth = map(plain_contrast, ("miettinen_nurminen", "firth_profile"))
    limits = (score.estimate, score.ci_low, score.ci_high)
    difference = write_difference(*limits).replace(" points", "")
    boschloo = results.row("tests", endpoint=endpoint, test="boschloo", **_TESTED)
    adjusted = next(_adjusted(results, endpoint), None)
    return [
        results.endpoint_label(endpoint),
        Count(difference, (), detail=text_or(score.note, "")),
        _ratio(firth),
        _ratio(adjusted) if adjusted else NOT_ESTIMABLE,
        *_sides(results, adjusted),
        write_p(boschloo.p_value),
        write_p(adjusted.p_value) if adjusted else NOT_ESTIMABLE,
    ]


def _adjusted(results: Results, endpoint: str) -> Iterator["ResultRow"]:
    for row in results.rows("contrasts", endpoint=endpoint, **_SAME):
        if text_or(row.adjusted_for, ""):
            yield row


def _ratio(row: "ResultRow") -> Count:
    """Return a ratio with its interval, and its note."""
    written = write_ratio(row.estimate, row.ci_low, row.ci_high)
    return Count(written, (), detail=text_or(row.note, ""))


def _sides(results: Results, row: "ResultRow | None") -> list[Cell]:
    """Return the n/N of group and reference, which open to their patients."""
    if row is None:
        return ["none", "none"]
    return [results.count_contrast(row, is_reference=side) for side in (False, True)]


def _trend(results: Results) -> Iterator[Block]:
    tests = [
        row
        for row in results.rows("tests", biomarker="her2_level")
        if row.endpoint in RESPONSE_FLAGS and row.test == "cochran_armitage_exact"
    ]
    if not tests:
        return
    levels = LEVELS["her2_level"]
    columns = [
        Column("Rate"),
        *(Column(group_label("her2_level", level), is_number=True) for level in levels),
        Column("Trend, z", is_number=True),
        Column("p, exact", is_number=True),
        Column("q", is_number=True),
        Column("Note"),
    ]
    rows = [_trend_row(results, test) for test in tests]
    yield Table("Trend along the HER2 levels, all treated patients", columns, rows)
    yield Paragraph(
        "The trend test of Cochran and Armitage, over all ways to deal the responses "
        "among the patients. The first scores of an endpoint are the primary ones; "
        "the others show what equal steps between levels contribute. IHC 0 without "
        "recorded staining has no place among the levels and takes no part."
    )


def _trend_row(results: Results, test: "ResultRow") -> list[Cell]:
    shown: list[Cell] = []
    for level in LEVELS["her2_level"]:
        row = results.row(
            "rates",
            endpoint=test.endpoint,
            population=test.population,
            group_by="her2_level",
            group=level,
            ci_method="clopper_pearson",
        )
        shown.append(results.count_rate(row) if row else "no patients")
    return [
        results.endpoint_label(test.endpoint),
        *shown,
        _z(test.statistic),
        write_p(test.p_value),
        write_p(test.q_value) if text_or(test.family, "") else "not adjusted",
        text_or(test.note, ""),
    ]


def _z(statistic: float) -> str:
    return write_decimal(statistic, 2) if is_number(statistic) else NOT_ESTIMABLE


def _subgroups(results: Results) -> Iterator[Block]:
    """Yield the ORR of low against zero within subgroups, and if these differ."""
    chosen = {"endpoint": "orr", "ci_method": "newcombe", **_SAME}
    found = [
        row for row in results.rows("contrasts", **chosen) if text_or(row.subgroup, "")
    ]
    if not found:
        return
    columns = [
        Column("Subgroup"),
        Column("HER2-zero (reference)", is_number=True),
        Column("HER2-low", is_number=True),
        Column("Difference in points, Newcombe", is_number=True),
        Column("Odds ratio, exact", is_number=True),
        Column("p of interaction, Firth", is_number=True),
    ]
    shown = [_subgroup_row(results, row) for row in found]
    yield Table("ORR of HER2-low against zero within subgroups", columns, shown)
    yield Paragraph(
        "The interaction is what a subgroup is asked: whether the odds ratio of HER2 "
        "is the same in all of them. With so few patients only very large differences "
        "between subgroups would be seen, and intervals of single subgroups are wide."
    )


def _subgroup_row(results: Results, row: "ResultRow") -> list[Cell]:
    chosen = {"endpoint": row.endpoint, "subgroup": row.subgroup, **_SAME}
    exact = results.row("contrasts", ci_method="conditional_exact", **chosen)
    test = results.row(
        "tests",
        endpoint=row.endpoint,
        subgroup=split_value(row.subgroup)[0],
        **_TESTED,
    )
    limits = (row.estimate, row.ci_low, row.ci_high)
    difference = write_difference(*limits).replace(" points", "")
    return [
        subgroup_label(row.subgroup),
        results.count_contrast(row, is_reference=True),
        results.count_contrast(row, is_reference=False),
        Count(difference, (), detail=text_or(row.note, "")),
        _ratio(exact),
        Count(write_p(test.p_value), (), detail=text_or(test.note, "")),
    ]
