"""The chapter that sets the headline results under all definitions side by side."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Count,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.contrast_sentences import write_hazard_ratio
from her2ctdna.report.formats import write_difference, write_rate
from her2ctdna.report.methods_as_run import list_overlay
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import (
    clearance_rate,
    headline_difference,
    headline_hazard,
    headline_rate,
)
from her2ctdna.sets.clearance_sets import CLEARANCE_ABLE

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

NOT_ASKED = "\N{EN DASH}"


def sensitivity_chapter(results: Results) -> Iterator[Block]:
    """Yield the headline results of every analysis that the config holds."""
    others = [name for name in results.analyses if name != results.analysis]
    if not others:
        yield Paragraph(
            f"This is the analysis {results.analysis}. The config holds no other, so "
            "nothing on this page tells how much its definitions matter."
        )
        return
    yield Paragraph(
        f"This is the analysis {results.analysis}. The same data were also analysed "
        f"under other definitions: {', '.join(others)}. Each has a page of its own in "
        "the folder of its name. A result that changes with the definitions rests on "
        "them; where it stays, that is no independent evidence, as the patients are "
        "the same."
    )
    yield _table(results)


def _table(results: Results) -> Table:
    caption = "Headline results under the definitions of each analysis"
    return tabulate(caption, list(_columns(results)), results.across)


def _columns(results: Results) -> Iterator[Column]:
    """Yield what is told of each analysis, each count opening to its own patients."""
    yield Column("Analysis", str)
    yield Column("Its definitions", lambda name: _overlay(results, name))

    def response(name: str) -> Cell:
        own = results.under(name)
        return _rate(own, headline_rate(own, "orr"))

    yield Column("ORR, all treated", response, is_number=True)
    if results.has("her2_status"):
        yield Column(
            "ORR, HER2-low minus zero",
            lambda name: _difference(headline_difference(results.under(name))),
            is_number=True,
        )
    if results.headline_landmark is not None:
        yield from _clearance_columns(results, results.headline_landmark)


def _clearance_columns(results: Results, landmark: str) -> Iterator[Column]:
    def cleared(name: str) -> Cell:
        own = results.under(name)
        return _rate(own, clearance_rate(own, landmark, CLEARANCE_ABLE))

    yield Column(f"ctDNA cleared at {landmark}", cleared, is_number=True)
    yield Column(
        f"PFS by clearance at {landmark}, hazard ratio, Cox",
        lambda name: _hazard(results.under(name), landmark),
        is_number=True,
    )


def _overlay(results: Results, analysis: str) -> str:
    return "; ".join(list_overlay(results.overlays[analysis])) or "as in the config"


def _rate(own: Results, row: "ResultRow") -> Cell:
    if row is None:
        return NOT_ASKED
    count = own.count_rate(row)
    return Count(count.text, count.sets, write_rate(row.rate, row.ci_low, row.ci_high))


def _difference(row: "ResultRow") -> str:
    if row is None:
        return NOT_ASKED
    return write_difference(row.estimate, row.ci_low, row.ci_high)


def _hazard(own: Results, landmark: str) -> str:
    row = headline_hazard(own, landmark)
    return NOT_ASKED if row is None else write_hazard_ratio(own, row)
