"""The table of patients: one row each, to be searched, sorted and filtered."""

from collections.abc import Callable, Iterator
from math import nan

import pandas as pd

from her2ctdna.report.blocks import Column, Ranked, Table, tabulate
from her2ctdna.report.formats import (
    DAYS_PER_MONTH,
    is_number,
    level_unit,
    write_decimal,
    write_digits,
)
from her2ctdna.report.glossary import CLEARANCES, HER2_CLASSES, RESPONSES, STATES, plain
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import Results
from her2ctdna.report.starts import endpoint_start
from her2ctdna.sets.counting import SURVIVAL
from her2ctdna.settings.landmark_columns import name_clearance
from her2ctdna.tables import Record
from her2ctdna.wording import USUAL_START

NOTHING = "\N{EN DASH}"

Row = Record
Write = Callable[[Row], Ranked]


def patient_table(results: Results) -> Table:
    """Return one row a patient with what the chapters say of each.

    Numbers sort as numbers, words by their meaning (complete before partial
    response), and what is missing comes last whichever way.
    """
    both = " (best response confirmed and unconfirmed)"
    return tabulate(
        f"Every patient, one row each{both if 'response' in results.chapters else ''}",
        list(_columns(results)),
        results.patients.to_dict("records"),
        folded=True,
        explored=True,
    )


def _columns(results: Results) -> Iterator[Column]:
    yield Column("Patient", lambda row: str(row["patient_id"]))
    yield Column("Treated", _word("treated"))
    if "her2" in results.chapters:
        yield Column("HER2 class", _word("her2_class", HER2_CLASSES))
        yield Column("HER2 group", _word("her2_group", ("zero", "low")))
    if "response" in results.chapters:
        yield from _of_response(results)
    for endpoint in filter(results.members.resolve, SURVIVAL):
        name, start = endpoint.upper(), endpoint_start(results, endpoint)
        since = "" if start == USUAL_START else f" from {start}"
        title = f"{name}{since}, months"
        yield _number(title, f"{endpoint}_days", 1 / DAYS_PER_MONTH)
        yield Column(f"{name} event", _event(endpoint))
    if "ctdna" in results.chapters:
        yield Column("ctDNA at baseline", _word("baseline_state", STATES))
        yield _level(results.level_scale)
    for name in results.landmarks:
        write = _word(name_clearance(name), CLEARANCES)
        yield Column(f"Clearance at {name}", write)
    for name in dict.fromkeys(results.association["covariates"]):
        if name in results.patients:
            yield _covariate(results.patients, name)


def _of_response(results: Results) -> Iterator[Column]:
    kind = "confirmed_bor" if results.response["confirmed"] else "bor"
    yield Column("Confirmed", _word("confirmed_bor", RESPONSES))
    yield Column("Unconfirmed", _word("bor", RESPONSES))
    yield Column("Which counts, and why", _word(f"{kind}_reason", spaced=False))
    yield Column("Responder", _word("responder"))
    yield _number("Best change, %", "best_change_percent", places=0)


def _word(
    column: str, order: tuple[str, ...] | dict[str, str] = (), *, spaced: bool = True
) -> Write:
    """Return what writes a word; a chapter without input has none.

    Words sort as they come in ``order``, any others by the alphabet after them.
    """
    ranks = {word: rank for rank, word in enumerate(order)}

    def write(row: Row) -> Ranked:
        word = text_or(row.get(column), "")
        if not word:
            return Ranked(NOTHING, None)
        text = plain(word) if spaced else word
        return Ranked(text, ranks.get(word, text))

    return write


def _number(title: str, column: str, scale: float = 1.0, *, places: int = 1) -> Column:
    """Return a column of numbers, those of the table times ``scale``."""

    def write(row: Row) -> Ranked:
        value = row.get(column, nan)
        if not is_number(value):
            return Ranked(NOTHING, None)
        shown = float(value) * scale
        return Ranked(write_decimal(shown, places), shown)

    return Column(title, write, is_number=True)


def _event(endpoint: str) -> Write:
    """Return what writes why a time ended, such as ``event: progression``."""

    def write(row: Row) -> Ranked:
        if not is_number(row[f"{endpoint}_days"]):
            return Ranked(NOTHING, None)
        kind = "event" if row[f"{endpoint}_event"] == "yes" else "censored"
        text = f"{kind}: {plain(text_or(row[f'{endpoint}_reason'], NOTHING))}"
        return Ranked(text, f"{kind != 'event':d} {text}")

    return write


def _level(level_scale: str) -> Column:
    """Return the column of the level at baseline: an undetected one is no number."""
    scale = 100 if level_scale.endswith("vaf") else 1
    unit = f", {level_unit(level_scale)}" if level_unit(level_scale) else ""

    def write(row: Row) -> Ranked:
        level = row.get("baseline_level", nan)
        if row.get("baseline_state") != "detected" or not is_number(level):
            return Ranked(NOTHING, None)
        return Ranked(write_digits(level * scale), level * scale)

    return Column(f"Level at baseline{unit}", write, is_number=True)


def _covariate(patients: pd.DataFrame, column: str) -> Column:
    values = patients[column].dropna()
    if pd.api.types.is_numeric_dtype(values):
        places = 0 if values.eq(values.round()).all() else 1
        return _number(plain(column), column, places=places)
    return Column(plain(column), _word(column))
