"""The response rates of this study beside published ones: not a comparison."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from her2ctdna.reference.published import list_context
from her2ctdna.report.blocks import Block, Cell, Column, Heading, Paragraph, tabulate
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
    published = list_context(confidence=results.association["confidence"])
    rows = [*_own_rows(results), *map(_published_row, published.itertuples())]
    columns = [
        Column("Trial", lambda row: row.trial),
        Column("Drug", lambda row: row.drug),
        Column("Patients", lambda row: row.patients),
        Column("HER2", lambda row: row.her2),
        Column("Response", lambda row: row.response),
        Column("n/N", lambda row: row.n_of, is_number=True),
        Column("Rate", lambda row: row.rate, is_number=True),
        Column("Source", lambda row: row.source),
    ]
    yield tabulate("ORR of this study, then published ones", columns, rows)


class _Row(NamedTuple):
    """A rate of this study or a published one, in words."""

    trial: str
    drug: str
    patients: str
    her2: str
    response: str
    n_of: Cell
    rate: str
    source: str


def _own_rows(results: Results) -> Iterator[_Row]:
    kind = write_response_kind(results)
    for group in ("zero", "low"):
        row = headline_rate(results, "orr", group_by="her2_group", group=group)
        if row is not None:
            yield _Row(
                trial="This study",
                drug="as treated here",
                patients="all treated",
                her2=group_label("her2_group", group),
                response=kind,
                n_of=results.count_rate(row),
                rate=write_rate(row.rate, row.ci_low, row.ci_high),
                source="this page",
            )


def _published_row(row: "ResultRow") -> _Row:
    return _Row(
        trial=row.trial,
        drug=row.drug,
        patients=row.population,
        her2=_CLASSES[row.her2_class],
        response=_JUDGED.get((row.confirmed, row.evaluator), NOT_STATED),
        n_of=f"{row.n}/{row.N}",
        rate=write_rate(row.rate, row.ci_low, row.ci_high),
        source=f"{row.source}; {row.note}" if row.note else row.source,
    )
