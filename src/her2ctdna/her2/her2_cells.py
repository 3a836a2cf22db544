"""What one cell of the HER2 sheet tells: score, ISH, share of stained cells.

A cell is read phrase by phrase (`her2ctdna.her2.her2_phrases`). What is left when
every known phrase is taken out must be a score or nothing: a cell is understood as a
whole, or it is not read at all. ``docs/methods.md`` has the forms.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from math import nan
from typing import NamedTuple

from her2ctdna.her2.her2_phrases import (
    AT_LEAST,
    AT_MOST,
    IHC_PHRASES,
    ISH_PHRASES,
    NAMES,
    NOT_DONE,
    PERCENT,
    Phrase,
)

SCORES = ("0", "1+", "2+", "3+")
HIGHEST = 100.0
"""No more than all cells can be stained."""

_TAKEN = "\x00"
_ONE = r"(?:([0-3])(?:\.0)?\s*\+?|(\+{1,3}))"
_TO = r"\s*(?:-|/|~|to|or)\s*"
_SCORE = re.compile(rf"{_ONE}(?:{_TO}{_ONE})?")
_POSITIVE_OR_ONE = re.compile(rf"(?:{NAMES.pattern})\s*\+")
_MARKS = r"[\s,;:/、。.=()\[\]]"
_GAP = re.compile(rf"(?:\s+-|{_MARKS})*(?:{_TAKEN}(?:-\s|{_MARKS})*)+")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


class Percent(NamedTuple):
    """Stained cells in per cent: between ``low`` and ``high``, equal where exact.

    ``staining`` is ``none`` at 0, ``some`` where it is more than 0 for sure, else
    ``""``: ``<10%`` may be 0.
    """

    low: float
    high: float
    staining: str


class IhcCell(NamedTuple):
    """What an IHC cell tells.

    ``scores`` has one score, the two of a range, or none for a test without a
    result; ``ish`` is negative, positive, equivocal, or ``""`` where no result of ISH
    is told; ``staining`` is ``none``, ``some`` or ``""``; ``low`` and ``high`` bound
    the per cent of stained cells (NaN where they are not told).
    """

    scores: tuple[str, ...] = ()
    ish: str = ""
    staining: str = ""
    low: float = nan
    high: float = nan


@cache
def parse_ihc(text: str) -> IhcCell | None:
    """Return what an IHC cell tells, or ``None`` where it is not understood.

    One score is a digit from 0 to 3 with or without ``+`` (``2``, ``2 +``, ``2.0``
    of a spreadsheet), or as many plus signs; two joined by a dash, a stroke, a tilde,
    *to* or *or* are a range. *ultralow*, *null* and *no staining* are IHC 0 with and
    without staining. Beside it may stand the name of the test, a result of ISH, which
    share of cells is stained and how, and words that repeat the score (*negative* at
    0 or 1+). A cell is not understood if it has any other word, if two of its words
    say different things, or if IHC 0 has a remark on the pattern of staining that
    leaves open whether there is any.
    """
    plain = plain_text(text)
    if plain in NOT_DONE:
        return IhcCell()
    if _POSITIVE_OR_ONE.fullmatch(plain):
        return None
    shares = [_percent(match) for match in PERCENT.finditer(plain)]
    percents = [share for share in shares if share is not None]
    phrases, left = _take(IHC_PHRASES, PERCENT.sub(_TAKEN, plain))
    ish = {phrase.ish for phrase in phrases if phrase.ish}
    scores = _scores(left, phrases, told_ish=bool(ish))
    staining = _staining(phrases, percents)
    if scores is None or staining is None or len(ish) > 1:
        return None
    if len(percents) != len(shares) or len(shares) > 1:
        return None
    if any(set(scores) - set(phrase.fits) for phrase in phrases):
        return None
    is_pattern = any(phrase.is_pattern for phrase in phrases)
    if scores == ("0",) and is_pattern and not staining and not percents:
        return None
    low, high = percents[0][:2] if percents else (nan, nan)
    return IhcCell(scores, _without_none(ish), staining, low, high)


@cache
def parse_ish(text: str) -> str | None:
    """Return the ISH result in a cell, ``""`` for a test without one, or ``None``.

    Negative, positive and equivocal in any case, in English and Chinese, with the
    name of the test; *amplified* is positive, *not amplified* negative. Two words
    that say different things, or any other word, leave the cell unread.
    """
    plain = plain_text(text)
    if plain in NOT_DONE:
        return ""
    phrases, left = _take(ISH_PHRASES, plain)
    results = {phrase.ish for phrase in phrases if phrase.ish}
    return _without_none(results) if not left and len(results) == 1 else None


@cache
def parse_percent(text: str) -> Percent | None:
    """Return the share of stained cells in a cell, or ``None`` where it is none.

    A number with or without ``%``, a range, or a bound: ``<10%`` and ``≤10%`` lie
    between 0 and 10, and may be 0.
    """
    plain = plain_text(text)
    if not plain.endswith("%"):
        plain += "%"
    match = PERCENT.fullmatch(plain)
    return _percent(match) if match and not plain.startswith(("in", "of")) else None


def plain_text(text: str) -> str:
    """Return text in one form: narrow letters, lower case, one dash, one blank."""
    wide = unicodedata.normalize("NFKC", str(text)).translate(_DASHES)
    return " ".join(wide.casefold().split())


def _take(phrases: Iterable[Phrase], text: str) -> tuple[list[Phrase], str]:
    """Return the phrases that stand in a text, and what is left without them."""
    found = []
    for phrase in phrases:
        text, count = phrase.pattern.subn(_TAKEN, text)
        found += [phrase] * bool(count)
    return found, _GAP.sub(" ", text).strip(" ()[]")


def _scores(
    left: str, phrases: list[Phrase], *, told_ish: bool
) -> tuple[str, ...] | None:
    """Return the scores in what is left of a cell, or ``None`` if it is no score."""
    if not left:
        if any(phrase.is_zero for phrase in phrases):
            return ("0",)
        return () if told_ish else None
    match = _SCORE.fullmatch(left)
    if match is None:
        return None
    pairs = (match.group(1, 2), match.group(3, 4))
    told = {
        int(digit) if digit else len(plus) for digit, plus in pairs if digit or plus
    }
    return tuple(SCORES[digit] for digit in sorted(told))


def _staining(phrases: list[Phrase], percents: list[Percent]) -> str | None:
    """Return whether anything is stained; ``None`` if words say different things."""
    told = {phrase.staining for phrase in phrases} - {""}
    told |= {percent.staining for percent in percents} - {""}
    if told == {"named"}:
        return "" if percents else "some"
    told -= {"named"}
    return next(iter(told), "") if len(told) < 2 else None


def _percent(match: re.Match[str]) -> Percent | None:
    sign, first = match["sign"] or "", float(match["first"])
    low, high = first, float(match["last"] or first)
    if sign in AT_MOST:
        low = 0.0
    elif sign in AT_LEAST and match["last"] is None:
        high = 100.0
    if not low <= high <= HIGHEST:
        return None
    is_more = low > 0 or (sign in AT_LEAST and sign not in (">=", "≥"))
    return Percent(low, high, "some" if is_more else "none" if high == 0 else "")


def _without_none(ish: set[str]) -> str:
    return next(iter(ish - {"none"}), "")
