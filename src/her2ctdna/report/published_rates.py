"""The response rates of this study beside published ones: not a comparison."""

from collections.abc import Iterator
from operator import attrgetter
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

NOT_STATED = "not stated"
FROM_REPORT = "known from a report of the source"
_CLASSES = {"zero": "HER2-zero", "low": "HER2-low", "positive": "HER2-positive"}
_EVALUATORS = {"independent": "independent review", "": NOT_STATED}
_DERIVED = "n/N the only one that gives the printed rate"


class _Row(NamedTuple):
    """A rate of this study or a published one, in words."""

    trial: str
    drug: str
    patients: str
    her2: str
    confirmed: str
    assessed: str
    denominator: str
    doses: str
    n_of: Cell
    rate: str
    source: str


def context_section(results: Results) -> Iterator[Block]:
    """Yield the ORR of this study by HER2 group beside published rates."""
    yield Heading("Beside published rates")
    yield Paragraph(
        "Other patients, other lines of therapy, other assays and readers of HER2, "
        "other rules for a response: what stands below is context and not a "
        "comparison, and a rate that is higher or lower here says nothing of the "
        "drug. Where confirmation is not stated, or doses are pooled, a published "
        f"rate may lie far from that of one dose, confirmed. All intervals "
        f"are {results.confidence} Clopper-Pearson, recomputed from n/N."
    )
    yield from figure_blocks(results, "context")
    published = list_context(confidence=results.association["confidence"])
    rows = [*_own_rows(results), *map(_published_row, published.itertuples())]
    columns = [
        Column("Trial", attrgetter("trial")),
        Column("Drug", attrgetter("drug")),
        Column("Patients", attrgetter("patients")),
        Column("HER2", attrgetter("her2")),
        Column("Confirmed", attrgetter("confirmed")),
        Column("Assessed by", attrgetter("assessed")),
        Column("Denominator", attrgetter("denominator")),
        Column("Doses", attrgetter("doses")),
        Column("n/N", attrgetter("n_of"), is_number=True),
        Column("Rate", attrgetter("rate"), is_number=True),
        Column("Source", attrgetter("source")),
    ]
    yield tabulate("ORR of this study, then published ones", columns, rows)


def _own_rows(results: Results) -> Iterator[_Row]:
    is_confirmed = results.response["confirmed"]
    for group in ("zero", "low"):
        row = headline_rate(results, "orr", group_by="her2_group", group=group)
        if row is not None:
            yield _Row(
                trial="This study",
                drug="as treated here",
                patients="this study's",
                her2=group_label("her2_group", group),
                confirmed="yes" if is_confirmed else "not asked for",
                assessed=write_response_kind(results).partition(", ")[2],
                denominator="all treated",
                doses="as treated here",
                n_of=results.count_rate(row),
                rate=write_rate(row.rate, row.ci_low, row.ci_high),
                source="this page",
            )


def _published_row(row: "ResultRow") -> _Row:
    told = [row.source, row.note]
    told += [_DERIVED] if row.n_over_N == "derived" else []
    told += [FROM_REPORT] if row.traced == "secondary" else []
    return _Row(
        trial=row.trial,
        drug=row.drug,
        patients=row.population,
        her2=_CLASSES[row.her2_class],
        confirmed=row.confirmed or NOT_STATED,
        assessed=_EVALUATORS[row.evaluator],
        denominator=row.denominator,
        doses=row.doses,
        n_of=f"{row.n}/{row.N}",
        rate=write_rate(row.rate, row.ci_low, row.ci_high),
        source="; ".join(filter(None, told)),
    )
