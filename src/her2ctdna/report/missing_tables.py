"""Who is missing from what was measured, and how they fared, as the page shows it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from her2ctdna.report.blocks import Block, Cell, Column, Heading, Paragraph, Table
from her2ctdna.report.formats import write_rate
from her2ctdna.report.glossary import plain
from her2ctdna.report.patient_sets import check_agrees, count_share
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import Results
from her2ctdna.wording import split_value

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

_MEASURED = {
    "her2_evaluable": "HER2 group",
    "response_evaluable": "Response (response-evaluable)",
    "ctdna_evaluable": "ctDNA at baseline",
}
_OUTCOMES = {"orr": ("all_treated", "responder=yes"), "pfs": ("pfs", "pfs_event=yes")}


def missing_section(results: Results) -> Iterator[Block]:
    """Yield a row a measurement: who is missing, and outcomes on both sides."""
    measured = list(dict.fromkeys(row.measured for row in results.rows("missing")))
    if not measured:
        return
    yield Heading("Who is missing, and how they fared")
    yield Paragraph(
        "Each row takes the treated patients apart: those with the measurement known, "
        "and those without. If outcomes differ, being missing tells of outcome, and "
        "what is seen in those known need not hold for all. Nothing was imputed. "
        "Events of PFS are counts, not rates: follow-up differs."
    )
    columns = [Column("Measured"), Column("Missing n/N treated", is_number=True)]
    if results.has_response:
        columns += [
            Column("ORR, known", is_number=True),
            Column("ORR, missing", is_number=True),
        ]
    columns += [
        Column("PFS events/n, known", is_number=True),
        Column("PFS events/n, missing", is_number=True),
        Column("Why missing"),
    ]
    rows = [_row(results, name) for name in measured]
    yield Table("Outcomes where a measurement is known and missing", columns, rows)


def _row(results: Results, measured: str) -> list[Cell]:
    treated = results.members.resolve("all_treated")
    without = results.members.without(measured)
    rows = list(results.rows("missing", measured=measured))
    reason = next((row.reason for row in rows if row.status == "missing"), None)
    return [
        _label(measured),
        count_share(without, treated, label="missing"),
        *(_side(results, row) for row in rows),
        plain(text_or(reason, "")),
    ]


def _side(results: Results, row: "ResultRow") -> Cell:
    """Return n/N of an outcome on one side, held to the sets of the flow."""
    whole, event = _OUTCOMES[row.endpoint]
    members = results.members
    known = set(members.resolve(row.measured))
    among = [
        patient
        for patient in members.resolve("all_treated", whole)
        if (patient in known) == (row.status == "known")
    ]
    count = count_share(members.resolve(event), among, label="with the outcome")
    what = f"{row.endpoint} where {row.measured} is {row.status}"
    check_agrees(count, row.n, row.N, what=what)
    if row.endpoint != "orr":
        return count
    return replace(count, detail=write_rate(row.rate, row.ci_low, row.ci_high))


def _label(measured: str) -> str:
    """Return what a set is about in words."""
    if measured.startswith("landmark_"):
        return f"Clearance at {measured.removeprefix('landmark_')}"
    return _MEASURED.get(measured, plain(split_value(measured)[0]))
