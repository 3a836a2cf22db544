"""How a study writes its sheets: their encoding, and its own names and words.

The maps ``columns`` and ``values`` of the config are laid over a sheet when it is read,
so that all that follows knows our names alone; what is found is told in the names and
words of the sheet (`as_written`).
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.columns import Field, sheet_columns

Names = str | list[str]
"""The name of a column in a sheet, or several, of which a sheet may have one."""

Words = Mapping[str, str | bool | float | None]
"""What is written in a column: our word; ``None`` is missing."""

_YAML_TRUE, _YAML_FALSE = ("true", "yes", "on"), ("false", "no", "off")
"""YAML reads each of these as one and the same, in any case."""


class Written(NamedTuple):
    """How the sheets of a study are written.

    Parameters
    ----------
    encoding
        Of sheets of text without a byte order mark; ``None`` is UTF-8.
    date_order
        How dates with the year last are read: dmy, mdy; ``None`` and ymd: not at all.
    columns
        By table, our name: the name in the sheet. Of a list of names the first that
        the sheet has counts, and it may have none.
    values
        By table and our column, what is written: our word.
    """

    encoding: str | None = None
    date_order: str | None = None
    columns: Mapping[str, Mapping[str, Names]] = {}
    values: Mapping[str, Mapping[str, Words]] = {}


PLAIN = Written()
"""Sheets with our names and words, in UTF-8."""


def known_columns(table: str) -> dict[str, Field]:
    """Return the columns that a sheet may have, with times as dates and as days."""
    days = {
        name: Field("integer") if field.kind == "time" else field
        for name, field in sheet_columns(table, time="day").items()
    }
    return days | sheet_columns(table, time="date")


def kinds_by_name(table: str, written: Written) -> dict[str, str]:
    """Return the kind of each known column by its name in the sheet."""
    kinds = {name: field.kind for name, field in known_columns(table).items()}
    named = {
        name: kinds.get(ours, "")
        for ours, names in written.columns.get(table, {}).items()
        for name in _listed(names)
    }
    return kinds | named


def apply_maps(
    sheet: pd.DataFrame, *, table: str, written: Written
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return a sheet with our names and words, and the errors of its maps."""
    columns = written.columns.get(table, {})
    values = written.values.get(table, {})
    if sheet.columns.empty or not (columns or values):
        return sheet, []
    findings = list(_unknown_names(table, {"columns": columns, "values": values}))
    findings += _absent(sheet, table, columns)
    sources = sources_of(list(sheet.columns), columns)
    findings += _twice(sheet, table, sources)
    mapped = _renamed(sheet, sources)
    for column, words in values.items():
        findings += _unknown_words(table, column, words)
        if column in mapped:
            known = _by_spelling(words)
            mapped[column] = [_our_word(cell, known) for cell in mapped[column]]
    return mapped, findings


def sources_of(header: list[str], columns: Mapping[str, Names]) -> dict[str, str]:
    """Return which column of a sheet each of ours is, as far as the sheet has it."""
    found = {
        ours: next((name for name in _listed(names) if name in header), None)
        for ours, names in columns.items()
    }
    taken = {name for ours, name in found.items() if name != ours}
    return {
        ours: name
        for ours, name in found.items()
        # a list gives way to a column that has our name already
        if name
        and not (
            isinstance(columns[ours], list) and ours in header and ours not in taken
        )
    }


def as_written(
    findings: Iterable[Finding],
    read: Mapping[str, pd.DataFrame],
    raw: Mapping[str, pd.DataFrame],
    written: Written,
) -> list[Finding]:
    """Return findings with the columns and cells as the sheets have them.

    ``read`` has the sheets with our names and words, ``raw`` the same as written.
    """
    return [_in_sheet(found, read, raw, written) for found in findings]


def name_in_sheet(table: str, column: str, header: list[str], written: Written) -> str:
    """Return the name that a column of ours has in a sheet."""
    sources = sources_of(header, written.columns.get(table, {}))
    return sources.get(column, column)


def in_names_of_sheet(
    findings: pd.DataFrame, table: str, names: Mapping[str, str]
) -> pd.DataFrame:
    """Return a table of findings with the names that one sheet has for its columns."""
    named = findings["column"].map(lambda column: names.get(column, column))
    is_own = findings["table"] == table
    return findings.assign(column=findings["column"].mask(is_own, named))


def _in_sheet(
    found: Finding,
    read: Mapping[str, pd.DataFrame],
    raw: Mapping[str, pd.DataFrame],
    written: Written,
) -> Finding:
    if found.table not in read:
        return found
    ours, theirs = read[found.table], raw[found.table]
    name = name_in_sheet(found.table, found.column, list(theirs.columns), written)
    value = found.value
    is_there = found.row in ours.index and found.column in ours and name in theirs
    if is_there and ours.loc[found.row, found.column] == value:
        value = theirs.loc[found.row, name] or ""
    return found._replace(column=name, value=value)


def _listed(names: Names) -> list[str]:
    return [names] if isinstance(names, str) else names


def _renamed(sheet: pd.DataFrame, sources: Mapping[str, str]) -> pd.DataFrame:
    """Return the sheet with our names in the order of its own."""
    held: dict[str, pd.Series] = {}
    for column in sheet.columns:
        ours = [name for name, source in sources.items() if source == column]
        if ours or column not in sources:
            held |= dict.fromkeys(ours or [column], sheet[column])
    return pd.DataFrame(held, index=sheet.index, dtype=object)


def _our_word(cell: str | None, known: Mapping[str, str | None]) -> str | None:
    if cell is None:
        return None
    return known.get(cell, known.get(cell.casefold(), cell))


def _by_spelling(words: Words) -> dict[str, str | None]:
    """Return our words by what is written: as given, and whatever its case."""
    texts = {written: _word_text(word) for written, word in words.items()}
    folded = {written.casefold(): word for written, word in texts.items()}
    for same in (_YAML_TRUE, _YAML_FALSE):
        if same[0] in folded:
            folded = {word: folded.get(word, folded[same[0]]) for word in same} | folded
    return folded | texts


def _word_text(word: str | bool | float | None) -> str | None:
    if word is None or isinstance(word, str):
        return word
    if isinstance(word, bool):
        return "yes" if word else "no"
    return str(word)


def _unknown_names(
    table: str, maps: Mapping[str, Mapping[str, object]]
) -> Iterator[Finding]:
    """Yield the columns that a map names as ours and that we do not have."""
    known = list(known_columns(table))
    for key, named in maps.items():
        for ours in named:
            near = difflib.get_close_matches(ours.lower(), known, n=1, cutoff=0.75)
            # patients have columns of the study's own
            if ours in known or (table == "patients" and not near):
                continue
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
            message = f"{table} has no column of this name of ours; {hint}"
            where = f"{key}.{table}.{ours}"
            yield Finding("error", "config", None, where, "", "", message)


def _absent(
    sheet: pd.DataFrame, table: str, columns: Mapping[str, Names]
) -> Iterator[Finding]:
    """Yield the columns that a map names and that the sheet lacks."""
    header = list(sheet.columns)
    for ours, name in columns.items():
        if isinstance(name, str) and name not in header:
            near = difflib.get_close_matches(name, header, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(header)}"
            message = f"the sheet of {table} has no such column; {hint}"
            where = f"columns.{table}.{ours}"
            yield Finding("error", "config", None, where, "", name, message)


def _twice(
    sheet: pd.DataFrame, table: str, sources: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield the columns of the sheet that have a name which a map gives to others."""
    used = set(sources.values())
    for ours, name in sources.items():
        if ours in sheet and ours not in used and ours != name:
            message = f"the config reads {name} as {ours}; rename or delete this column"
            yield Finding("error", table, 1, ours, "", "", message)


def _unknown_words(table: str, column: str, words: Words) -> Iterator[Finding]:
    """Yield the words of a map that are none of ours."""
    field = known_columns(table).get(column)
    if not field or field.kind != "vocabulary":
        return
    known = {value.casefold() for value in field.values}
    for written, word in words.items():
        text = _word_text(word)
        if text is not None and text.casefold() not in known:
            near = difflib.get_close_matches(text, field.values, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            message = f"read as {text!r}; take one of: {', '.join(field.values)}{hint}"
            where = f"values.{table}.{column}"
            yield Finding("error", "config", None, where, "", written, message)
