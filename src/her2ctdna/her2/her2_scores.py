"""HER2 results of each reading, from cells as pathologists write them.

What a cell does not say in words that are known is no result: it is an error until it
is corrected, or named in ``definitions.her2.recode``.
"""

from collections.abc import Callable, Mapping
from math import nan
from typing import TypeVar

import pandas as pd

from her2ctdna.her2.dual_probe import RESULTS, derive_ish_group
from her2ctdna.her2.her2_cells import (
    IhcCell,
    Percent,
    parse_ihc,
    parse_ish,
    parse_percent,
    plain_text,
)

Told = TypeVar("Told")
Recode = Mapping[str, str | int | None]

_IHC_WORDS: dict[str, IhcCell] = {
    **{score: IhcCell((score,)) for score in ("0", "1+", "2+", "3+")},
    "ultralow": IhcCell(("0",), staining="some"),
    "absent": IhcCell(("0",), staining="none"),
}
_ISH_WORDS = {word: word for word in ("negative", "positive", "equivocal")}
_OPTIONAL = ("her2_copies", "cep17_ratio", "assay")
_NOTHING = Percent(nan, nan, "")


ULTRALOW_MAX_PERCENT = 10
"""IHC 0 is staining in at most this share of the tumour cells (ASCO-CAP 2018)."""


def read_ihc(cells: pd.Series, *, recode: Recode) -> list[IhcCell | None]:
    """Return what each IHC cell tells, ``None`` where it is empty or not understood.

    ``recode`` gives the score of a cell that is named there as it is written (but for
    case and blanks), before anything else, and then nothing else in it is read:
    ``ultralow`` and ``absent`` are IHC 0 with and without staining; ``None`` is a
    cell without a result.
    """
    return _read(cells, recode, _IHC_WORDS, IhcCell(), parse_ihc)


def read_ish(cells: pd.Series, *, recode: Recode) -> list[str | None]:
    """Return the result in each ISH cell, ``""`` where the test has none.

    ``None`` is an empty cell, or one that is not understood; ``recode`` as in
    `read_ihc`, with negative, positive and equivocal.
    """
    return _read(cells, recode, _ISH_WORDS, "", parse_ish)


def read_percent(cells: pd.Series) -> list[Percent]:
    """Return the share of stained cells in each cell, NaN where it is empty."""
    return [
        (parse_percent(cell) if cell else None) or _NOTHING for cell in _text(cells)
    ]


def find_unread(cells: pd.Series, *, recode: Recode, column: str) -> pd.Series:
    """Return the cells of ``ihc`` or ``ish`` that nobody can read as they stand."""
    read: Callable[..., list[IhcCell | None] | list[str | None]]
    read = read_ihc if column == "ihc" else read_ish
    is_read = [told is not None for told in read(cells, recode=recode)]
    return cells[cells.notna() & ~pd.Series(is_read, cells.index, dtype=bool)]


def derive_results(
    readings: pd.DataFrame, *, recode: Recode, range_policy: str
) -> pd.DataFrame:
    """Derive the results of each reading from its cells.

    Parameters
    ----------
    readings
        With ``ihc``, ``ish`` and ``stained_percent`` as written; ``her2_copies`` and
        ``cep17_ratio`` as numbers, and ``assay``, where they are given.
    recode
        See `read_ihc`.
    range_policy
        What a range such as ``0-1+`` is: its ``lower`` or ``higher`` score, or
        ``indeterminate``, which leaves the range itself.

    Returns
    -------
    The readings with ``ihc_raw`` and ``ish_raw`` as written; ``ihc`` and ``ish`` as
    read; ``ish_group`` of the dual probe; ``staining`` (none, some; empty where it is
    not told), ``stained_low`` and ``stained_high`` (per cent of cells), and
    ``stained_percent`` where it is exact. ISH is what its cell says, else what the
    dual probe makes it (groups 2 to 4: equivocal), else what the IHC cell tells.
    Staining is what its cell says, else what the IHC cell tells.
    """
    given = list(readings.columns)
    more = [column for column in _OPTIONAL if column not in given]
    readings = readings.reindex(columns=[*given, *more])
    told = [cell or IhcCell() for cell in read_ihc(readings["ihc"], recode=recode)]
    scores = [_by_policy(cell.scores, range_policy) for cell in told]
    return readings.assign(
        ihc_raw=readings["ihc"],
        ish_raw=readings["ish"],
        ihc=pd.Series(scores, readings.index, dtype=object),
        **_derive_ish(readings, told, recode),
        **_derive_staining(readings, told),
    )


def _derive_ish(
    readings: pd.DataFrame, told: list[IhcCell], recode: Recode
) -> dict[str, pd.Series]:
    group = derive_ish_group(readings["her2_copies"], readings["cep17_ratio"])
    by_probe = [RESULTS.get(number, "") for number in group]
    words = read_ish(readings["ish"], recode=recode)
    ish = [
        word or probe or cell.ish or None
        for word, probe, cell in zip(words, by_probe, told, strict=True)
    ]
    return {"ish_group": group, "ish": pd.Series(ish, readings.index, dtype=object)}


def _derive_staining(
    readings: pd.DataFrame, told: list[IhcCell]
) -> dict[str, pd.Series]:
    """Return whether and how much is stained: by its own cell, else by that of IHC."""
    shares = read_percent(readings["stained_percent"])
    rows = [
        (
            share.staining or cell.staining or None,
            *((share.low, share.high) if share.high >= 0 else (cell.low, cell.high)),
        )
        for share, cell in zip(shares, told, strict=True)
    ]
    names = ["staining", "stained_low", "stained_high"]
    table = pd.DataFrame(rows, readings.index, names, dtype=object)
    low, high = (table[name].astype(float) for name in names[1:])
    exact = low.where(low == high)
    bounds = {"stained_low": low, "stained_high": high, "stained_percent": exact}
    return {"staining": table["staining"]} | bounds


def find_contradictions(
    readings: pd.DataFrame, *, recode: Recode
) -> list[tuple[str, pd.Series, str]]:
    """Return which readings say different things of one test in two of their cells.

    Each entry names a column, tells in which rows it is contradicted, and by what.
    Groups 2 to 4 of a dual probe contradict no word, which is what the review of the
    IHC beside them came to.
    """
    told = [cell or IhcCell() for cell in read_ihc(readings["ihc"], recode=recode)]
    index = readings.index
    remark = pd.Series([cell.ish or None for cell in told], index, dtype=object)
    words = pd.Series(read_ish(readings["ish"], recode=recode), index, dtype=object)
    words = words.mask(words == "")
    group = derive_ish_group(readings["her2_copies"], readings["cep17_ratio"])
    probe = group.map({1: RESULTS[1], 5: RESULTS[5]})
    shares = read_percent(readings["stained_percent"])
    differ = [
        {share.staining, cell.staining} == {"none", "some"}
        or share.low > cell.high
        or share.high < cell.low
        for share, cell in zip(shares, told, strict=True)
    ]
    by_ihc = "what the IHC cell tells"
    by_probe = "her2_copies and cep17_ratio"
    return [
        ("ish", _is_other(words, remark), by_ihc),
        ("ish", _is_other(words, probe), by_probe),
        ("ihc", _is_other(remark, probe) & words.isna(), by_probe),
        ("stained_percent", pd.Series(differ, index, dtype=bool), by_ihc),
    ]


def describe_ihc(cell: IhcCell) -> str:
    """Return in words what an IHC cell tells."""
    parts = [" to ".join(cell.scores)] if cell.scores else []
    parts += [f"ISH {cell.ish}"] if cell.ish else []
    if cell.high >= 0:
        ends = {cell.low, cell.high}
        parts.append(f"{' to '.join(f'{end:g}' for end in sorted(ends))} % stained")
    elif cell.staining and "0" in cell.scores:
        parts.append(f"{'no' if cell.staining == 'none' else 'some'} staining")
    return ", ".join(parts) or "no result"


def _read(
    cells: pd.Series,
    recode: Recode,
    words: Mapping[str, Told],
    nothing: Told,
    parse: Callable[[str], Told | None],
) -> list[Told | None]:
    named = {
        plain_text(name): nothing if word is None else words[str(word)]
        for name, word in recode.items()
        if word is None or str(word) in words
    }
    return [
        (named[plain_text(cell)] if plain_text(cell) in named else parse(cell))
        if cell is not None
        else None
        for cell in _text(cells)
    ]


def _is_other(one: pd.Series, other: pd.Series) -> pd.Series:
    return one.notna() & other.notna() & (one != other)


def _text(cells: pd.Series) -> list[str | None]:
    return [None if pd.isna(cell) else str(cell) for cell in cells]


def _by_policy(scores: tuple[str, ...], range_policy: str) -> str | None:
    if len(scores) < 2:
        return scores[0] if scores else None
    low, high = scores
    policies = {"lower": low, "higher": high}
    return policies.get(range_policy, f"{low.rstrip('+')}-{high}")


def is_over_ultralow(readings: pd.DataFrame) -> pd.Series:
    """Tell where more cells are stained than IHC 0 has."""
    low, high = readings["stained_low"], readings["stained_high"]
    return (low >= ULTRALOW_MAX_PERCENT) & (high > ULTRALOW_MAX_PERCENT)
