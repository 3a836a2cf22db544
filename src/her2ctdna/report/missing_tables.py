"""Who is missing from what was measured, and how they fared, as the page shows it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from her2ctdna.report.blocks import Block, Column, Count, Heading, Paragraph, tabulate
from her2ctdna.report.formats import write_rate
from her2ctdna.report.glossary import plain
from her2ctdna.report.patient_sets import check_agrees, count_share
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import Results
from her2ctdna.sets.set_names import read_clearance_set
from her2ctdna.wording import split_value

if TYPE_CHECKING:
    pass

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
    title = "Outcomes where a measurement is known and missing"
    yield tabulate(title, list(_columns(results)), measured)


def _columns(results: Results) -> Iterator[Column]:
    """Yield what is told of each measurement, of the outcomes that the study has."""
    yield Column("Measured", _label)
    yield Column(
        "Missing n/N treated", lambda name: _missing(results, name), is_number=True
    )
    outcomes = {"orr": "ORR"} if results.has_response else {}
    if results.members.resolve("pfs"):
        outcomes["pfs"] = "PFS events/n"
    for endpoint, title in outcomes.items():
        for status in ("known", "missing"):
            side = partial(_side, results, endpoint, status)
            yield Column(f"{title}, {status}", side, is_number=True)
    yield Column("Why missing", lambda name: _why(results, name))


def _missing(results: Results, measured: str) -> Count:
    treated = results.members.resolve("all_treated")
    return count_share(results.members.without(measured), treated, label="missing")


def _why(results: Results, measured: str) -> str:
    row = results.row("missing", measured=measured, status="missing")
    return plain(text_or(row.reason, ""))


def _side(results: Results, endpoint: str, status: str, measured: str) -> Count:
    """Return n/N of an outcome on one side, held to the sets of the flow."""
    asked = {"measured": measured, "endpoint": endpoint, "status": status}
    row = results.row("missing", **asked)
    whole, event = _OUTCOMES[endpoint]
    members = results.members
    known = set(members.resolve(measured))
    among = [
        patient
        for patient in members.resolve("all_treated", whole)
        if (patient in known) == (status == "known")
    ]
    count = count_share(members.resolve(event), among, label="with the outcome")
    what = f"{endpoint} where {measured} is {status}"
    check_agrees(count, row.n, row.N, what=what)
    if endpoint != "orr":
        return count
    return replace(count, detail=write_rate(row.rate, row.ci_low, row.ci_high))


def _label(measured: str) -> str:
    """Return what a set is about in words."""
    found = read_clearance_set(measured)
    if found is not None:
        return f"A sample able to show clearance at {found[1]}"
    return _MEASURED.get(measured, plain(split_value(measured)[0]))
