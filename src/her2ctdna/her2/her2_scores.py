"""HER2 scores as pathologists write them, read without guessing.

``docs/methods.md`` has the forms that are read. What is not among them is no score:
it is an error until it is corrected, or named in ``definitions.her2.recode``.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

import pandas as pd

from her2ctdna.findings import Finding

SCORES = ("0", "1+", "2+", "3+")

_NOT_DONE = frozenset(
    {
        *("unknown", "unk", "nd", "unk/nd", "not done", "not performed"),
        *("not available", "pending", "failed", "failure", "test failure"),
    }
)
"""Words for a test without a result; ``NA`` is not among them, it is text."""

_ISH = {
    **dict.fromkeys(("negative", "neg", "not amplified"), "negative"),
    **dict.fromkeys(("non-amplified", "nonamplified", "unamplified"), "negative"),
    **dict.fromkeys(("positive", "pos", "amplified"), "positive"),
    **dict.fromkeys(("equivocal",), "equivocal"),
}
_ONE = r"(?:([0-3])(?:\.0)?\s*\+?|(\+{1,3}))"
_TO = r"\s*(?:-|/|~|to|or)\s*"
_SCORE = re.compile(rf"{_ONE}(?:{_TO}{_ONE})?")
_NAME = re.compile(r"^(?:(?:her2|ihc|score)[\s:=]*)+")
_WHOLE = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_TELLS_SCORE = re.compile(r"[0-3]\s*\+|\+\+|score|ultra-?low|null|absent")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


@cache
def parse_ihc(text: str) -> tuple[str, ...] | None:
    """Return the IHC scores in a cell: one, a range of two, none, or ``None``.

    One score is a digit from 0 to 3 with or without ``+`` (``2``, ``2 +``, ``2.0``
    of a spreadsheet), or as many plus signs; ``HER2``, ``IHC`` and ``score`` before it
    are passed over, and so are wide letters, case, and brackets around the whole. Two
    scores joined by a dash, a stroke, a tilde, *to* or *or* are a range, given from
    low to high. A remark in brackets is set aside, such as ``(focal)``, unless it
    holds a score itself or tells of staining (ultralow, null, absent): then the two
    say different things and the cell cannot be read. An empty tuple is a test that
    gave no result (*not done*, *unknown*, ...). ``None`` is everything else.
    """
    plain = _NAME.sub("", _plain(text))
    if whole := _WHOLE.fullmatch(plain):
        plain = whole[1].strip()
    remarks = "".join(_REMARK.findall(plain))
    plain = _REMARK.sub("", plain).strip()
    if plain in _NOT_DONE:
        return ()
    match = _SCORE.fullmatch(plain)
    if match is None or _TELLS_SCORE.search(remarks):
        return None
    digits = [int(digit) if digit else len(plus) for digit, plus in _pairs(match)]
    return tuple(SCORES[digit] for digit in sorted(set(digits)))


def parse_ish(text: str) -> str | None:
    """Return the ISH result in a cell, ``""`` for a test without one, or ``None``.

    Negative, positive and equivocal in any case, with remarks in brackets set aside;
    *amplified* is positive, *not amplified* negative.
    """
    plain = _REMARK.sub("", _plain(text)).strip()
    return "" if plain in _NOT_DONE else _ISH.get(plain)


def read_ihc(cells: pd.Series) -> pd.Series:
    """Return what `parse_ihc` reads in each cell, missing where it is empty."""
    known = {cell: parse_ihc(cell) for cell in cells.dropna().unique()}
    return pd.Series([known.get(cell) for cell in cells], cells.index, dtype=object)


def normalise_ish(sheet: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Return a sheet with ISH in the words of the contract, and how cells were read.

    There is a note on each form that is not the usual one. A result that cannot be
    read stays, for the check of the cells.
    """
    cells = sheet.get("ish", pd.Series(dtype=object)).dropna()
    words = {cell: parse_ish(cell) for cell in cells.unique()}
    findings = [
        Finding("note", "her2", None, "ish", "", cell, _read_as(words[cell], count))
        for cell, count in cells.value_counts().items()
        if words[cell] not in (None, cell)
    ]
    if len(cells):
        words |= {cell: cell for cell, word in words.items() if word is None}
        ish = sheet["ish"].map(words, na_action="ignore").astype(object)
        sheet = sheet.assign(ish=ish.where(ish.notna() & (ish != ""), None))
    return sheet, findings


def _read_as(word: str | None, count: int) -> str:
    return f"read as {word or 'no result'} (rows: {count})"


def read_scores(
    cells: pd.Series, *, recode: Mapping[str, str | int | None], range_policy: str
) -> pd.Series:
    """Return the IHC score of each cell, missing where there is none.

    Parameters
    ----------
    recode
        Score of each cell that is named here as it is written (but for case and
        blanks), before anything else; ``None`` is a cell without a result.
    range_policy
        What a range such as ``0-1+`` is: its ``lower`` or ``higher`` score, or
        ``indeterminate``, which leaves the range itself.
    """
    named = {_plain(name): score for name, score in recode.items()}
    scores: list[str | None] = []
    for cell, told in zip(cells, read_ihc(cells), strict=True):
        if pd.notna(cell) and _plain(cell) in named:
            score = named[_plain(cell)]
            scores.append(None if score is None else str(score))
        else:
            scores.append(_by_policy(told or (), range_policy))
    return pd.Series(scores, cells.index, dtype=object)


def find_unread_scores(
    cells: pd.Series, *, recode: Mapping[str, str | int | None]
) -> pd.Series:
    """Return the cells that are no score, no range, and not named in ``recode``."""
    named = {_plain(name) for name in recode}
    unread = cells[cells.notna() & read_ihc(cells).isna()]
    return unread[[_plain(cell) not in named for cell in unread]]


def _by_policy(scores: tuple[str, ...], range_policy: str) -> str | None:
    if len(scores) < 2:
        return scores[0] if scores else None
    low, high = scores
    policies = {"lower": low, "higher": high}
    return policies.get(range_policy, f"{low.rstrip('+')}-{high}")


def _pairs(match: re.Match[str]) -> list[tuple[str | None, str]]:
    """Return digit or plus signs of each score of a match."""
    first, second = match.group(1, 2), match.group(3, 4)
    return [(digit, plus or "") for digit, plus in (first, second) if digit or plus]


def _plain(text: str) -> str:
    wide = unicodedata.normalize("NFKC", str(text)).translate(_DASHES)
    return " ".join(wide.casefold().split())
