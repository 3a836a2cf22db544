"""A lesion as it was seen on a day: its size, its state, and whether it is disease.

Which rows are one lesion (nodes by any row, parts of a split one, merged ones) is
told here too. Source: RECIST 1.1 (EJC 2009;45:228) and its working group's FAQ.
"""

import re
from collections.abc import Collection, Iterable
from math import isnan, nan
from typing import NamedTuple

from her2ctdna.response.recist_criteria import NODE_NORMAL_MM, TOO_SMALL_MM

WORST_LAST = {
    "not_evaluable": 0,
    "absent": 1,
    "too_small": 2,
    "equivocal": 3,
    "present": 4,
    "unequivocal_progression": 5,
}
_PART = re.compile(r"(.+)\.\d+")
_UNSEEN = ("absent", "not_evaluable", "equivocal")


class Lesion(NamedTuple):
    """A lesion as seen on a day by somebody; a missing diameter is NaN."""

    assessed_day: float
    lesion_id: str
    kind: str
    is_node: str | None
    diameter_mm: float
    state: str | None
    visit_id: str | None
    evaluator: str | None
    part_of: str | None


def share_node_flags(seen: list[Lesion]) -> list[Lesion]:
    """Return the rows, each a node's if any row of it or of its whole says so."""
    nodes = {row.lesion_id for row in seen if row.is_node == "yes"}
    return [
        row._replace(is_node="yes")
        if find_wholes(row.lesion_id, row.part_of, nodes)
        else row
        for row in seen
    ]


def size_of(row: Lesion) -> float:
    """Return the diameter in mm, NaN of a lesion that was not measured.

    An absent lesion has 0, one too small to measure 5 unless a diameter is given.
    """
    if row.state == "absent":
        return 0.0
    if row.state == "not_evaluable":
        return nan
    is_unmeasured = row.state == "too_small" and isnan(row.diameter_mm)
    return TOO_SMALL_MM if is_unmeasured else row.diameter_mm


def is_normal_node(row: Lesion) -> bool:
    """Return whether the row is of a node whose short axis is below 10 mm."""
    return row.is_node == "yes" and size_of(row) < NODE_NORMAL_MM


def is_disease(row: Lesion) -> bool:
    """Return whether there is tumour without doubt, of whatever size.

    Without a diameter a lesion that is present is disease; not so a target node, as
    it may be normal.
    """
    if row.state in _UNSEEN or is_normal_node(row):
        return False
    size = size_of(row)
    if isnan(size):
        is_target_node = row.kind == "target" and row.is_node == "yes"
        return row.state is not None and not is_target_node
    return size > 0


def is_new(row: Lesion) -> bool:
    """Return whether the row is of a new lesion, beyond doubt; a state may lack.

    What is said to be part of a known lesion is not new.
    """
    doubtful = row.state in _UNSEEN or is_normal_node(row)
    return row.kind == "new" and row.part_of is None and not doubtful


def find_first_sights(later: Iterable[Lesion]) -> set[tuple[str, float]]:
    """Return (lesion, day) of each equivocal sight that later proved unequivocal.

    A new lesion proves to be one, a known one to be in progression. What was absent
    in between was refuted. ``later`` has the rows after baseline in order of time.
    """
    suspected: dict[str, list[tuple[str, float]]] = {}
    proven: set[tuple[str, float]] = set()
    for row in later:
        doubts = suspected.setdefault(row.lesion_id, [])
        if row.state == "absent" or is_normal_node(row):
            doubts.clear()
        elif row.state == "equivocal":
            doubts.append((row.lesion_id, row.assessed_day))
        elif is_new(row) or row.state == "unequivocal_progression":
            proven.update(doubts)
    return proven


def find_wholes(
    lesion_id: str, part_of: str | None, known: Collection[str]
) -> list[str]:
    """Return the known lesions that a row belongs to.

    One for a part (``part_of`` names it, or its name does: ``T1.2``), several for what
    they have merged to (``T2/T3``), itself for a known lesion, none for an unknown one.
    Zeros before a number do not tell names apart (``T01.1`` is part of ``T1``).
    """
    whole = _find_known(part_of, known) if part_of else None
    if whole is not None:
        return [whole]
    if lesion_id in known:
        return [lesion_id]
    merged = [_find_known(name.strip(), known) for name in lesion_id.split("/")]
    if len(merged) > 1 and all(merged):
        return [name for name in merged if name]
    split = _PART.fullmatch(lesion_id)
    whole = _find_known(split[1], known) if split else None
    return [] if whole is None else [whole]


def _find_known(name: str, known: Collection[str]) -> str | None:
    if name in known:
        return name
    return {_without_zeros(lesion): lesion for lesion in known}.get(
        _without_zeros(name)
    )


def _without_zeros(name: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", name)
