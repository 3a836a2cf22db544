"""The chapter on patients: flow, characteristics, and one row for each."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from her2ctdna.groupings import Grouping
from her2ctdna.report.blocks import Block, Cell, Column, LeftOut, Paragraph, Table
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.formats import is_number, write_decimal, write_months
from her2ctdna.report.results import Results
from her2ctdna.report.sets import count_ids
from her2ctdna.report.tabulate import split_ids, text_or
from her2ctdna.report.words import ENDPOINTS, SETS, plain

_MOST_LEVELS = 5
"""A number with more distinct values is summed up and not counted by value."""

NOTHING = "\N{EN DASH}"
PROFILES = "figures/patient_profiles.pdf"


def patients_chapter(results: Results) -> Iterator[Block]:
    """Yield the flow of patients, their characteristics, and one row for each."""
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
        columns = [Column("Characteristic"), Column("n/N treated", is_number=True)]
        yield Table("Characteristics of the treated patients", columns, rows)
    yield _patient_table(results)
    yield Paragraph(
        "A page for each patient, with response, ctDNA, treatment and adverse events "
        "on one time axis, is in the file beside this page:",
        PROFILES,
    )
    not_treated = results.members.without("all_treated", among="enrolled")
    yield LeftOut([("Not treated, so in no analysis", not_treated)])


def _flow_table(results: Results) -> Table:
    """Return the populations and who is followed; the other sets are counted later."""
    rows = [
        (
            _set_label(row.set),
            _set_label(text_or(row.within, "")),
            count_ids(split_ids(row.patient_ids), label="in the set"),
            count_ids(split_ids(row.excluded_ids), label="left out"),
            plain(text_or(row.reason, "")),
        )
        for row in results.rows("flow")
        if row.kind in ("population", "followed")
    ]
    columns = [
        Column("Set"),
        Column("Taken from"),
        Column("Patients", is_number=True),
        Column("Left out", is_number=True),
        Column("Why"),
    ]
    return Table("Sets of patients", columns, rows)


def _set_label(name: str) -> str:
    """Return what a set of the flow is in words."""
    if name.startswith("landmark_"):
        return f"Clearance known at {name.removeprefix('landmark_')}"
    endpoint, is_landmark, landmark = name.partition("@")
    if endpoint in ENDPOINTS:
        still = f" from landmark {landmark}, without the event" if is_landmark else ""
        return f"Followed for {ENDPOINTS[endpoint]}{still}"
    return SETS.get(name, plain(name))


def _characteristic(results: Results, column: str) -> Iterator[list[Cell]]:
    """Yield a row for each value of a column, or its median if it has many."""
    values = results.treated[column].dropna()
    is_numeric = pd.api.types.is_numeric_dtype(values)
    if is_numeric and values.nunique() > _MOST_LEVELS:
        middle, low, high = (
            write_decimal(value, 1)
            for value in (values.median(), values.min(), values.max())
        )
        known = results.members.count(f"{column}=known", label="known")
        yield [f"{plain(column)}: median {middle} ({low} to {high}), known", known]
        return
    for level in sorted(set(Grouping(column, ()).label(results.treated))):
        count = results.members.count(f"{column}={level}", label="with it")
        yield [f"{plain(column)}: {level}", count]


def _patient_table(results: Results) -> Table:
    """Return one row a patient with what the chapters say of each."""
    at_landmarks = [f"clearance_{name}" for name in results.landmarks]
    kind = "confirmed_bor" if results.response["confirmed"] else "bor"
    titles = ["Patient", "Treated", "HER2 class", "Confirmed", "Unconfirmed"]
    titles += ["Which counts, and why", "Best change", "PFS", "OS"]
    titles += ["ctDNA at baseline"]
    titles += [f"Clearance at {name}" for name in results.landmarks]
    rows = [
        [
            str(row["patient_id"]),
            row["treated"],
            *(_word(row, name) for name in ("her2_class", "confirmed_bor", "bor")),
            text_or(row[f"{kind}_reason"], NOTHING),
            _change(row["best_change_percent"]),
            *(_time(row, endpoint) for endpoint in ("pfs", "os")),
            *(_word(row, name) for name in ("baseline_state", *at_landmarks)),
        ]
        for row in results.patients.to_dict("records")
    ]
    caption = "Every patient, one row each (best response confirmed and unconfirmed)"
    return Table(caption, [Column(title) for title in titles], rows, folded=True)


def _word(row: dict[str, Any], column: str) -> str:
    """Return a word of the table of patients; a chapter without input has none."""
    return plain(text_or(row[column], NOTHING)) if column in row else NOTHING


def _change(percent: float) -> str:
    return f"{write_decimal(percent, 0)} %" if is_number(percent) else NOTHING


def _time(row: dict[str, Any], endpoint: str) -> str:
    """Return a time to event with why it ended, such as ``4.2 months, death``."""
    days = row[f"{endpoint}_days"]
    if not is_number(days):
        return NOTHING
    return f"{write_months(days)}, {text_or(row[f'{endpoint}_reason'], NOTHING)}"
