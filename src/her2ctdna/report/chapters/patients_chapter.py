"""The chapter on patients: flow, characteristics, and one row for each."""

from collections.abc import Iterator
from operator import itemgetter
from typing import TYPE_CHECKING

import pandas as pd

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
from her2ctdna.report.chapters.each_patient import patient_table
from her2ctdna.report.formats import write_decimal
from her2ctdna.report.glossary import ENDPOINTS, SETS, plain
from her2ctdna.report.patient_sets import count_ids
from her2ctdna.report.question_tables import split_ids, text_or
from her2ctdna.report.results import Results
from her2ctdna.sets.groupings import Grouping
from her2ctdna.sets.set_names import KNOWN, read_clearance_set
from her2ctdna.wording import join_value

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

_MOST_LEVELS = 5
"""A number with more distinct values is summed up and not counted by value."""

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
    named = [*results.association["covariates"], *results.association["groups"]]
    known = [column for column in dict.fromkeys(named) if column in results.treated]
    if known:
        rows = [row for name in known for row in _characteristic(results, name)]
        columns = [
            Column("Characteristic", itemgetter(0)),
            Column("n/N treated", itemgetter(1), is_number=True),
        ]
        caption = "Characteristics of the treated patients"
        yield tabulate(caption, columns, rows, sources=("flow", "patients"))
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


def _characteristic(results: Results, column: str) -> Iterator[tuple[str, Count]]:
    """Yield a row for each value of a column, or its median if it has many."""
    values = results.treated[column].dropna()
    is_numeric = pd.api.types.is_numeric_dtype(values)
    if is_numeric and values.nunique() > _MOST_LEVELS:
        middle, low, high = (
            write_decimal(value, 1)
            for value in (values.median(), values.min(), values.max())
        )
        known = results.members.count(join_value(column, KNOWN), label="known")
        yield f"{plain(column)}: median {middle} ({low} to {high}), known", known
        return
    for level in sorted(set(Grouping(column, ()).label(results.treated))):
        count = results.members.count(join_value(column, level), label="with it")
        yield f"{plain(column)}: {level}", count
