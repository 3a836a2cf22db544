"""The chapter on patients: flow, characteristics, and one row for each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from her2ctdna.report.absent import write_absent
from her2ctdna.report.blocks import (
    Block,
    Column,
    Count,
    LeftOut,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.chapters.baseline_sections import baseline_section
from her2ctdna.report.chapters.each_patient import patient_table
from her2ctdna.report.glossary import ENDPOINTS, SETS, plain
from her2ctdna.report.patient_sets import count_ids
from her2ctdna.report.question_tables import split_ids, text_or
from her2ctdna.report.results import Results
from her2ctdna.sets.set_names import read_clearance_set

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

PROFILES = "figures/patient_profiles.pdf"


def patients_chapter(results: Results) -> Iterator[Block]:
    """Yield the flow of patients, their characteristics, and one row for each."""
    absent = write_absent(results)
    if absent:
        yield Paragraph(absent)
    yield from figure_blocks(results, "patient_flow")
    yield _flow_table(results)
    yield Paragraph(
        "A number with a mark beside it opens to its patients. Every n and N of a "
        "rate or a time to event is an intersection of sets, those above and those of "
        "groups and outcomes, which flow.tsv lists with their patients."
    )
    yield from baseline_section(results)
    yield patient_table(results)
    yield Paragraph(
        f"A page for each patient, with {_on_profiles(results)} on one time axis, is "
        "in the file beside this page:",
        PROFILES,
    )
    not_treated = results.members.without("all_treated", among="enrolled")
    yield LeftOut([("Not treated, so in no analysis", not_treated)])


def _on_profiles(results: Results) -> str:
    """Return what the study has to show of each patient."""
    parts = {
        "response": "response",
        "ctdna": "ctDNA",
        "adverse_events": "adverse events",
        "ada": "antibodies",
    }
    found = [what for name, what in parts.items() if name in results.chapters]
    return f"{', '.join([*found, 'treatment'])} and follow-up"


def _flow_table(results: Results) -> Table:
    """Return the populations and who is followed; the other sets are counted later."""

    def inside(row: "ResultRow") -> Count:
        return count_ids(split_ids(row.patient_ids), label="in the set")

    def outside(row: "ResultRow") -> Count:
        return count_ids(split_ids(row.excluded_ids), label="left out")

    columns = [
        Column("Set", lambda row: _set_label(row.set)),
        Column("Taken from", lambda row: _set_label(text_or(row.within, ""))),
        Column("Patients", inside, is_number=True),
        Column("Left out", outside, is_number=True),
        Column("Why", lambda row: plain(text_or(row.reason, ""))),
    ]
    shown = ("population", "followed")
    rows = (row for row in results.rows("flow") if row.kind in shown)
    return tabulate("Sets of patients", columns, rows, sources=("flow",))


def _set_label(name: str) -> str:
    """Return what a set of the flow is in words."""
    found = read_clearance_set(name)
    if found is not None:
        return f"A sample able to show clearance at {found[1]}"
    endpoint, is_landmark, landmark = name.partition("@")
    if endpoint in ENDPOINTS and landmark.startswith("draw="):
        ended = "cleared" if landmark == "draw=yes" else "not cleared"
        return f"Followed for {ENDPOINTS[endpoint]}, ended {ended} (any time)"
    if endpoint in ENDPOINTS:
        still = f" from landmark {landmark}, without the event" if is_landmark else ""
        return f"Followed for {ENDPOINTS[endpoint]}{still}"
    return SETS.get(name, plain(name))
