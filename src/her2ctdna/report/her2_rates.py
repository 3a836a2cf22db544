"""Rates by HER2: other intervals, adjusted ratios, the trend, and subgroups."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Count,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.formats import (
    NOT_ESTIMABLE,
    is_number,
    write_decimal,
    write_p,
)
from her2ctdna.report.glossary import group_label, name_all, subgroup_label
from her2ctdna.report.question_tables import note_of, q_or_not_adjusted, text_or
from her2ctdna.report.results import Results
from her2ctdna.report.two_groups import difference_in_points, ratio_with_note
from her2ctdna.sets.counting import RESPONSE_FLAGS
from her2ctdna.sets.groupings import LEVELS
from her2ctdna.statistics.method_names import (
    BOSCHLOO,
    CLOPPER_PEARSON,
    COCHRAN_ARMITAGE,
    CONDITIONAL_EXACT,
    FIRTH_PROFILE,
    MIETTINEN_NURMINEN,
    NEWCOMBE,
)
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
    """Return a row an endpoint of response, with what `two_groups` has not."""

    def contrast(ci_method: str, endpoint: str) -> Any:
        return results.row("contrasts", endpoint=endpoint, ci_method=ci_method, **_SAME)

    columns = [
        Column("Rate", results.endpoint_label),
        Column(
            "Difference in points, Miettinen-Nurminen",
            lambda name: difference_in_points(contrast(MIETTINEN_NURMINEN, name)),
            is_number=True,
        ),
        Column(
            "Odds ratio, Firth",
            lambda name: ratio_with_note(contrast(FIRTH_PROFILE, name)),
            is_number=True,
        ),
        *_adjusted_columns(results),
        Column("p, Boschloo", lambda name: _boschloo(results, name), is_number=True),
        Column("p, adjusted", lambda name: _adjusted_p(results, name), is_number=True),
    ]
    adjusted = _adjusted(results, next(iter(RESPONSE_FLAGS)))
    names = name_all(adjusted.adjusted_for) if adjusted else "nothing"
    caption = f"HER2-low against zero by other methods; adjusted for {names}"
    return tabulate(caption, columns, RESPONSE_FLAGS, sources=("contrasts", "tests"))


def _adjusted_columns(results: Results) -> list[Column]:
    """Return the adjusted odds ratio of an endpoint, and who it is of."""

    def ratio(endpoint: str) -> Cell:
        row = _adjusted(results, endpoint)
        return ratio_with_note(row) if row else NOT_ESTIMABLE

    def side(endpoint: str, *, is_reference: bool) -> Cell:
        row = _adjusted(results, endpoint)
        if row is None:
            return "none"
        return results.count_contrast(row, is_reference=is_reference)

    low, zero = (partial(side, is_reference=is_other) for is_other in (False, True))
    return [
        Column("Odds ratio, Firth, adjusted", ratio, is_number=True),
        Column("n/N low, adjusted", low, is_number=True),
        Column("n/N zero, adjusted", zero, is_number=True),
    ]


def _adjusted(results: Results, endpoint: str) -> "ResultRow | None":
    """Return the adjusted contrast of an endpoint, or None."""
    rows = results.rows("contrasts", endpoint=endpoint, **_SAME)
    return next((row for row in rows if text_or(row.adjusted_for, "")), None)


def _adjusted_p(results: Results, endpoint: str) -> str:
    row = _adjusted(results, endpoint)
    return write_p(row.p_value) if row else NOT_ESTIMABLE


def _boschloo(results: Results, endpoint: str) -> str:
    test = results.row("tests", endpoint=endpoint, test=BOSCHLOO, **_TESTED)
    return write_p(test.p_value)


def _trend(results: Results) -> Iterator[Block]:
    tests = [
        row
        for row in results.rows("tests", biomarker="her2_level")
        if row.endpoint in RESPONSE_FLAGS and row.test == COCHRAN_ARMITAGE
    ]
    if not tests:
        return
    columns = [
        Column("Rate", lambda test: results.endpoint_label(test.endpoint)),
        *(
            Column(
                group_label("her2_level", level),
                partial(_rate_of_level, results, level),
                is_number=True,
            )
            for level in LEVELS["her2_level"]
        ),
        Column("Trend, z", lambda test: _z(test.statistic), is_number=True),
        Column("p, exact", lambda test: write_p(test.p_value), is_number=True),
        Column("q", q_or_not_adjusted, is_number=True),
        Column("Note", note_of),
    ]
    caption = "Trend along the HER2 levels, all treated patients"
    yield tabulate(caption, columns, tests, sources=("rates", "tests"))
    yield Paragraph(
        "The trend test of Cochran and Armitage, over all ways to deal the responses "
        "among the patients. The first scores of an endpoint are the primary ones; "
        "the others show what equal steps between levels contribute. IHC 0 without "
        "recorded staining has no place among the levels and takes no part."
    )


def _rate_of_level(results: Results, level: str, test: "ResultRow") -> Cell:
    row = results.row(
        "rates",
        endpoint=test.endpoint,
        population=test.population,
        group_by="her2_level",
        group=level,
        ci_method=CLOPPER_PEARSON,
    )
    return results.count_rate(row) if row else "no patients"


def _z(statistic: float) -> str:
    return write_decimal(statistic, 2) if is_number(statistic) else NOT_ESTIMABLE


def _subgroups(results: Results) -> Iterator[Block]:
    """Yield the ORR of low against zero within subgroups, and if these differ."""
    chosen = {"endpoint": "orr", "ci_method": NEWCOMBE, **_SAME}
    found = [
        row for row in results.rows("contrasts", **chosen) if text_or(row.subgroup, "")
    ]
    if not found:
        return
    columns = [
        Column("Subgroup", lambda row: subgroup_label(row.subgroup)),
        Column(
            "HER2-zero (reference)",
            lambda row: results.count_contrast(row, is_reference=True),
            is_number=True,
        ),
        Column(
            "HER2-low",
            lambda row: results.count_contrast(row, is_reference=False),
            is_number=True,
        ),
        Column("Difference in points, Newcombe", difference_in_points, is_number=True),
        Column("Odds ratio, exact", lambda row: _exact(results, row), is_number=True),
        Column(
            "p of interaction, Firth",
            lambda row: _interaction(results, row),
            is_number=True,
        ),
    ]
    caption = "ORR of HER2-low against zero within subgroups"
    yield tabulate(caption, columns, found, sources=("contrasts", "tests"))
    yield Paragraph(
        "The interaction is what a subgroup is asked: whether the odds ratio of HER2 "
        "is the same in all of them. With so few patients only very large differences "
        "between subgroups would be seen, and intervals of single subgroups are wide."
    )


def _exact(results: Results, row: "ResultRow") -> Count:
    """Return the odds ratio in the patients of a difference within a subgroup."""
    chosen = {"endpoint": row.endpoint, "subgroup": row.subgroup, **_SAME}
    exact = results.row("contrasts", ci_method=CONDITIONAL_EXACT, **chosen)
    return ratio_with_note(exact)


def _interaction(results: Results, row: "ResultRow") -> Count:
    column = split_value(row.subgroup)[0]
    test = results.row("tests", endpoint=row.endpoint, subgroup=column, **_TESTED)
    return Count(write_p(test.p_value), (), detail=note_of(test))
