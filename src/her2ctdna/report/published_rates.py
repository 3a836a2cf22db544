"""The response rates of this study beside published ones: not a comparison."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from her2ctdna.reference.published import list_context
from her2ctdna.report.blocks import Block, Cell, Column, Heading, Paragraph, Table
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.formats import write_rate
from her2ctdna.report.glossary import group_label
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import headline_rate, write_response_kind

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

NOT_STATED = "not stated there"
_CLASSES = {"zero": "HER2-zero", "low": "HER2-low", "positive": "HER2-positive"}
_JUDGED = {
    ("yes", "independent"): "confirmed, by independent review",
    ("yes", ""): f"confirmed; by whom is {NOT_STATED}",
}


def context_section(results: Results) -> Iterator[Block]:
    """Yield the ORR of this study by HER2 group beside published rates."""
    yield Heading("Beside published rates")
    yield Paragraph(
        "Other patients, other lines of therapy, other assays and readers of HER2, "
        "other rules for a response: what stands below is context and not a "
        "comparison, and a rate that is higher or lower here says nothing of the "
        "drug. Only rates whose n/N was traced to a source are shown; all intervals "
        f"are {results.confidence} Clopper-Pearson, recomputed from n/N."
    )
    yield from figure_blocks(results, "context")
    columns = [
        Column("Trial"),
        Column("Drug"),
        Column("Patients"),
        Column("HER2"),
        Column("Response"),
        Column("n/N", is_number=True),
        Column("Rate", is_number=True),
        Column("Source"),
    ]
    published = list_context(confidence=results.association["confidence"])
    rows = [*_own_rows(results), *map(_row, published.itertuples())]
    yield Table("ORR of this study, then published ones", columns, rows)


def _own_rows(results: Results) -> Iterator[list[Cell]]:
    kind = write_response_kind(results)
    for group in ("zero", "low"):
        row = headline_rate(results, "orr", group_by="her2_group", group=group)
        if row is None:
            continue
        yield [
            "This study",
            "as treated here",
            "all treated",
            group_label("her2_group", group),
            kind,
            results.count_rate(row),
            write_rate(row.rate, row.ci_low, row.ci_high),
            "this page",
        ]


def _row(row: "ResultRow") -> list[Cell]:
    return [
        row.trial,
        row.drug,
        row.population,
        _CLASSES[row.her2_class],
        _JUDGED.get((row.confirmed, row.evaluator), NOT_STATED),
        f"{row.n}/{row.N}",
        write_rate(row.rate, row.ci_low, row.ci_high),
        f"{row.source}; {row.note}" if row.note else row.source,
    ]
