"""The chapter on patients: flow, characteristics, and one row for each."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from her2ctdna.groupings import Grouping
from her2ctdna.report.blocks import Block, Cell, Column, LeftOut, Table
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.formats import is_number, write_decimal, write_months
from her2ctdna.report.results import Results
from her2ctdna.report.sets import (
    count_ids,
    count_share,
    everybody,
    ids_where,
    is_in_group,
)
from her2ctdna.report.tabulate import split_ids, text_or
from her2ctdna.report.words import SETS, plain

_MOST_LEVELS = 5
"""A number with more distinct values is summed up and not counted by value."""

NOTHING = "\N{EN DASH}"


def patients_chapter(results: Results) -> Iterator[Block]:
    """Yield the flow of patients, their characteristics, and one row for each."""
    yield from figure_blocks(results, "patient_flow")
    yield _flow_table(results)
    named = [*results.association["covariates"], *results.association["groups"]]
    known = [column for column in dict.fromkeys(named) if column in results.treated]
    if known:
        rows = [row for name in known for row in _characteristic(results.treated, name)]
        columns = [Column("Characteristic"), Column("n/N treated", is_number=True)]
        yield Table("Characteristics of the treated patients", columns, rows)
    yield _patient_table(results)
    patients = results.patients
    not_treated = ids_where(patients, patients["treated"] != "yes")
    yield LeftOut([("Not treated, so in no analysis", not_treated)])


def _flow_table(results: Results) -> Table:
    rows = [
        (
            _set_label(row.set),
            count_ids(split_ids(row.patient_ids), label="in the set"),
            count_ids(split_ids(row.excluded_ids), label="left out"),
            plain(text_or(row.reason, "")),
        )
        for row in results.rows("flow")
    ]
    columns = [
        Column("Set"),
        Column("Patients", is_number=True),
        Column("Left out", is_number=True),
        Column("Why"),
    ]
    return Table("Sets of patients", columns, rows)


def _set_label(name: str) -> str:
    if name.startswith("landmark_"):
        return f"Clearance known at {name.removeprefix('landmark_')}"
    return SETS.get(name, plain(name))


def _characteristic(treated: pd.DataFrame, column: str) -> Iterator[list[Cell]]:
    """Yield a row for each value of a column, or its median if it has many."""
    values = treated[column].dropna()
    is_numeric = pd.api.types.is_numeric_dtype(values)
    if is_numeric and values.nunique() > _MOST_LEVELS:
        middle, low, high = (
            write_decimal(value, 1)
            for value in (values.median(), values.min(), values.max())
        )
        known = count_share(
            treated, treated[column].notna(), everybody(treated), label="known"
        )
        yield [f"{plain(column)}: median {middle} ({low} to {high}), known", known]
        return
    for level in sorted(set(Grouping(column, ()).label(treated))):
        inside = is_in_group(treated, column, level)
        count = count_share(treated, inside, everybody(treated), label="with it")
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
