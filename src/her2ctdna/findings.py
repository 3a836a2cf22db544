"""Findings: what is wrong or remarkable in the inputs, one row per bad cell."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from her2ctdna.wording import count_of

SEVERITIES = ("error", "warning", "note")
COLUMNS = ["severity", "table", "row", "column", "patient_id", "value", "message"]

TAKE_ONE_OF = "take one of: "
"""Start of what is said of a word that is none of ours."""

_WORDS = rf"{TAKE_ONE_OF}[^\s,]+( [^\s,]+)?(, [^\s,]+( [^\s,]+)?)*"
"""Such a message of words alone: results of HER2 may be given in other ways too."""

_FEW = 3
"""Cells of a column that are named one by one where all are wrong alike."""

_MANY = 30
"""Words of a column that are written out."""


class Finding(NamedTuple):
    """A problem in the inputs.

    ``table`` is the key under ``inputs`` (or ``config``), ``row`` the line number
    in the file (header = 1; ``None`` for the file as a whole), ``message`` what is
    wrong and what to do about it.
    """

    severity: str
    table: str
    row: int | None
    column: str
    patient_id: str
    value: str
    message: str


def find_rows(
    severity: str, table: str, rows: pd.DataFrame, column: str, message: str
) -> Iterator[Finding]:
    """Yield the same finding for each of ``rows``, indexed by the line of the sheet."""
    values = rows[column] if column in rows else pd.Series("", index=rows.index)
    patients = rows.get("patient_id", pd.Series("", index=rows.index))
    for line, value, patient in zip(rows.index, values, patients, strict=True):
        shown = f"{value:g}" if isinstance(value, float) else value
        known = "" if pd.isna(value) else str(shown)
        yield Finding(severity, table, int(line), column, patient or "", known, message)


def findings_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return findings as a table: errors first, then by table, row and column."""
    rank = {severity: place for place, severity in enumerate(SEVERITIES)}
    ordered = sorted(
        set(findings),
        key=lambda found: (
            rank[found.severity],
            found.table,
            found.row or 0,
            found.column,
            found.value,
            found.message,
        ),
    )
    frame = pd.DataFrame(ordered, columns=COLUMNS)
    return frame.assign(row=frame["row"].astype(float))


def collect_findings(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the findings of several tables as one, in the stated order."""
    findings = []
    for table in tables:
        text = table.drop(columns="row").fillna("").to_dict("records")
        for row, cells in zip(table["row"], text, strict=True):
            findings.append(Finding(row=None if pd.isna(row) else int(row), **cells))
    return findings_table(findings)


def describe_errors(
    findings: pd.DataFrame,
    *,
    files: Mapping[str, str],
    columns: Mapping[str, Mapping[str, str | list[str]]] | None = None,
) -> str:
    """Return all errors as one list for the terminal; empty without any.

    Each line names file, row, column and value and says what to do; of many cells of a
    column that are wrong alike it names a few. Where words are none of ours, the lines
    of a config follow that would say what they mean.

    Parameters
    ----------
    findings
        The table of all findings.
    files
        The path of each input.
    columns
        By table, our name of a column: its name in the sheet.
    """
    errors = findings[findings["severity"] == "error"]
    if errors.empty:
        return ""
    errors = errors.astype(object).where(errors.notna(), None)
    number = count_of(len(errors), "error")
    lines = [f"{number} in the inputs; nothing was analysed:"]
    lines += [f"  {line}" for line in _list_alike(errors, files)]
    return "\n".join([*lines, *_words_to_map(errors, columns or {})])


def describe_remarks(findings: pd.DataFrame, *, files: Mapping[str, str]) -> str:
    """Return how many findings there are, and each warning and note.

    Parameters
    ----------
    findings
        The table of all findings.
    files
        The path of each input.
    """
    counts = findings["severity"].value_counts()
    told = [count_of(counts.get(name, 0), name) for name in SEVERITIES]
    lines = ["", f"Findings: {', '.join(told)}"]
    known = findings.astype(object).where(findings.notna(), None)
    for name in SEVERITIES[1:]:
        rows = known[known["severity"] == name]
        lines += [f"  {name}: {line}" for line in _list_alike(rows, files)]
    return "\n".join(lines)


def _list_alike(findings: pd.DataFrame, files: Mapping[str, str]) -> list[str]:
    """Return a line a finding, and one for many cells of a column that are alike."""
    lines = []
    alike = findings.groupby(["table", "column", "message"], sort=False, dropna=False)
    for _, rows in alike:
        kept = [
            _in_words(row, value)
            for row, value in zip(rows["row"], rows["value"], strict=True)
        ]
        first, message = rows.iloc[0], rows["message"].iloc[0]
        where = [files.get(first["table"], first["table"])]
        column = [str(first["column"])] if first["column"] else []
        if len(kept) > _FEW and rows["row"].notna().all():
            shown = ", ".join(" ".join(parts) for parts in kept[:_FEW])
            place = ", ".join(where + column)
            lines.append(f"{place}: {len(kept)} cells, such as {shown}: {message}")
            continue
        for row, value in kept:
            place = ", ".join(where + [row] * bool(row) + column)
            lines.append(f"{place}:{' ' * bool(value)}{value} {message}")
    return lines


def _in_words(row: float | None, value: str | None) -> tuple[str, str]:
    """Return the row and the value of an error as they are shown."""
    return f"row {row:.0f}" if row is not None else "", repr(value) if value else ""


def _words_to_map(
    errors: pd.DataFrame, columns: Mapping[str, Mapping[str, str | list[str]]]
) -> list[str]:
    """Return lines of a config that say what words mean which are none of ours."""
    wrong = errors[
        errors["message"].str.fullmatch(_WORDS)
        & errors["value"].notna()
        & (errors["table"] != "config")
    ]
    entries = []
    for (table, column), rows in wrong.groupby(["table", "column"]):
        message = rows["message"].iloc[0]
        known = message.removeprefix(TAKE_ONE_OF).split(", ")
        written = list(dict.fromkeys(map(str, rows["value"])))
        words = {word: _near_word(word, known) for word in written[:_MANY]}
        more = len(written) - len(words)
        rest = f"  # and {more} words more" if more else ""
        pairs = (
            f"{json.dumps(word, ensure_ascii=False)}: {ours or json.dumps(ours)}"
            for word, ours in words.items()
        )
        name = _our_name(str(column), columns.get(str(table), {}))
        entries.append(f"  {table}: {{ {name}: {{ {', '.join(pairs)} }} }}{rest}")
    if not entries:
        return []
    said = "To say what these words mean, put into your config (check each, fill in):"
    return [said, "values:", *entries]


def _our_name(column: str, named: Mapping[str, str | list[str]]) -> str:
    """Return our name of a column of a sheet."""
    for ours, names in named.items():
        if column == names or (isinstance(names, list) and column in names):
            return ours
    return column


def _near_word(word: str, known: list[str]) -> str:
    """Return the word of ours that is meant in all likelihood, or nothing."""
    plain = word.casefold()
    by_case = {ours.casefold(): ours for ours in known}
    initials = "".join(part[0] for part in re.findall(r"\w+", plain))
    if initials in by_case and len(initials) > 1:
        return by_case[initials]
    starting = [ours for ours in by_case if plain and ours.startswith(plain)]
    near = difflib.get_close_matches(plain, by_case, n=1, cutoff=0.7)
    found = starting if len(starting) == 1 else near
    return by_case[found[0]] if found else ""
