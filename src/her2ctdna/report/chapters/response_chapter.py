"""The chapter on response and survival of all patients."""

from collections.abc import Iterator
from functools import partial

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Heading,
    LeftOut,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.chapters.biomarker_sections import model_section
from her2ctdna.report.chapters.duration_sections import duration_section
from her2ctdna.report.glossary import RESPONSES
from her2ctdna.report.milestone_tables import milestone_blocks
from her2ctdna.report.question_tables import (
    table_of_contrasts,
    table_of_rates,
    table_of_survival,
)
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import write_response_kind
from her2ctdna.report.two_groups import comparison_tables
from her2ctdna.sets.counting import RESPONSE_FLAGS

DRAWN = ("waterfall", "swimmer", "spider")
"""The figures of response."""


def response_chapter(results: Results) -> Iterator[Block]:
    """Yield best responses, rates, changes of lesions, and times to event."""
    if results.has_response:
        yield from _response_blocks(results)
    elif "response" in results.chapters:
        yield from _not_assessed(results)
    times = list(results.rows("survival", group_by="all"))
    if times:
        yield Heading("Time to progression and death")
        caption = "Times to event, all treated patients"
        yield table_of_survival(results, times, caption=caption)
    if "km_dor" in results.figures:
        yield from figure_blocks(results, "km_dor")
    yield from duration_section(results)
    yield from milestone_blocks(results)
    yield from _groups_of_study(results)
    if not results.has("ctdna_landmarks"):
        yield from model_section(results)
    if results.forest_topic == "response":
        yield from figure_blocks(results, "forest")
    yield from _other_characteristics(results)


def _not_assessed(results: Results) -> Iterator[Block]:
    """Yield that nobody was looked at, which is no rate of zero, and what is drawn."""
    yield Paragraph(
        "No treated patient was assessed after first dose: best responses, response "
        "rates, progression and changes of lesions cannot be told."
    )
    drawn = (name for name in DRAWN if name in results.figures)
    yield from figure_blocks(results, *drawn)


def _groups_of_study(results: Results) -> Iterator[Block]:
    """Yield comparisons of the groups that came with the sheet of patients."""
    groups = results.association["groups"]
    if groups:
        yield Heading("Groups given by the study")
        yield Paragraph(
            "These groups came with the patients. Where one was formed after first "
            "dose, times to event by it carry immortal time bias; nothing here can "
            "tell when it was formed."
        )
    for column in groups:
        yield from comparison_tables(results, column, topic="response")


def _response_blocks(results: Results) -> Iterator[Block]:
    yield Paragraph(
        f"Which response counts: {write_response_kind(results)}. Among all treated, "
        "patients without an evaluable assessment count as not responding. ORR is "
        "complete or partial response; DCR adds stable disease (and non-CR/non-PD); "
        "CBR is clinical benefit, of any duration and, beside it, of a given one."
    )
    yield _best_response_table(results)
    rows = [
        row
        for endpoint in RESPONSE_FLAGS
        for row in results.rows("rates", endpoint=endpoint, group_by="all")
    ]
    yield table_of_rates(results, rows, caption="Rates of response and disease control")
    yield Paragraph(
        "Clinical benefit of any duration asks none of stable disease, so it is not "
        "to be set against rates of trials that ask for one."
    )
    yield from figure_blocks(results, *DRAWN)
    yield _left_out(results)


def _best_response_table(results: Results) -> Table:
    def count(column: str, name: str) -> Cell:
        return results.members.count(f"{column}={name}", label=name)

    columns = [
        Column("Best response", lambda name: RESPONSES[name]),
        Column(
            "Confirmed, n/N treated", partial(count, "confirmed_bor"), is_number=True
        ),
        Column("Unconfirmed, n/N treated", partial(count, "bor"), is_number=True),
    ]
    caption = "Best overall response"
    return tabulate(caption, columns, RESPONSES, sources=("flow",))


def _left_out(results: Results) -> LeftOut:
    members = results.members
    kind = "confirmed_bor" if results.response["confirmed"] else "bor"
    return LeftOut(
        [
            (
                "Not assessed after first dose (counted as not responding)",
                members.resolve("all_treated", "bor=MISSING"),
            ),
            (
                "Best response not evaluable (counted as not responding)",
                members.resolve("all_treated", f"{kind}=NE"),
            ),
            (
                "No change of target lesions: not measured at baseline or after",
                members.without("best_change_percent=known"),
            ),
            (
                "Not response-evaluable (left out where that set is the denominator)",
                members.without("response_evaluable"),
            ),
        ]
    )


def _other_characteristics(results: Results) -> Iterator[Block]:
    """Yield, folded, what is grouped neither by HER2 nor by ctDNA at a landmark."""
    tables = (
        ("rates", table_of_rates, "Rates by other characteristics"),
        ("contrasts", table_of_contrasts, "Contrasts by other characteristics"),
        ("survival", table_of_survival, "Times to event by other characteristics"),
    )
    for name, table_of, caption in tables:
        rows = [row for row in results.about(name, "response") if row.group_by != "all"]
        if rows:
            yield table_of(results, rows, caption=caption, folded=True)
