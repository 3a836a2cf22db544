"""The chapter that sets the headline results under all definitions side by side."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from her2ctdna.report.blocks import Block, Cell, Column, Count, Paragraph, Table
from her2ctdna.report.formats import write_difference, write_rate, write_ratio
from her2ctdna.report.methods_as_run import list_overlay
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import (
    headline_difference,
    headline_hazard,
    headline_rate,
)

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
    columns = [Column("Analysis"), Column("Its definitions")]
    columns.append(Column("ORR, all treated", is_number=True))
    if results.has("her2_status"):
        columns.append(Column("ORR, HER2-low minus zero", is_number=True))
    landmark = results.landmarks[0] if results.landmarks else None
    if landmark:
        columns += [
            Column(f"ctDNA cleared at {landmark}", is_number=True),
            Column(
                f"PFS by clearance at {landmark}, hazard ratio, Cox", is_number=True
            ),
        ]
    rows = [_row(results, name, landmark) for name in results.across]
    caption = "Headline results under the definitions of each analysis"
    return Table(caption, columns, rows)


def _row(results: Results, analysis: str, landmark: str | None) -> list[Cell]:
    """Return what one analysis gave, each count opening to its own patients."""
    own = results.under(analysis)
    overlay = list_overlay(results.overlays[analysis])
    cells: list[Cell] = [analysis, "; ".join(overlay) or "as in the config"]
    cells.append(_rate(own, headline_rate(own, "orr")))
    if results.has("her2_status"):
        cells.append(_difference(headline_difference(own)))
    if landmark:
        clearance = f"clearance_{landmark}"
        rate = headline_rate(own, clearance, population="ctdna_evaluable")
        cells += [_rate(own, rate), _hazard(headline_hazard(own, landmark))]
    return cells


def _rate(own: Results, row: "ResultRow") -> Cell:
    if row is None:
        return NOT_ASKED
    count = own.count_rate(row)
    return Count(count.text, count.sets, write_rate(row.rate, row.ci_low, row.ci_high))


def _difference(row: "ResultRow") -> str:
    if row is None:
        return NOT_ASKED
    return write_difference(row.estimate, row.ci_low, row.ci_high)


def _hazard(row: "ResultRow") -> str:
    return (
        NOT_ASKED if row is None else write_ratio(row.estimate, row.ci_low, row.ci_high)
    )
