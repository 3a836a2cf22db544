"""The lesions of baseline at a visit: split ones summed, merged ones measured once."""

from collections.abc import Mapping
from math import isnan, nan

from her2ctdna.response.lesion_rows import (
    WORST_LAST,
    Lesion,
    find_wholes,
    is_normal_node,
    size_of,
)


class Parts:
    """What each lesion of baseline consists of, as it was told up to a visit.

    That a lesion is part of another, or has merged with it, holds for later visits
    until it has a row that says otherwise.
    """

    def __init__(self, baseline: Mapping[str, Lesion]) -> None:
        self._known = baseline
        self._whole_of: dict[str, str] = {}
        self._merged_into: dict[str, str] = {}
        self._rows: dict[str, Lesion] = {}

    def see(self, rows: Mapping[str, Lesion]) -> None:
        """Take in the rows of the next visit, one a lesion and by its name."""
        self._rows = {}
        for name, row in rows.items():
            told = row.part_of or self._whole_of.get(name)
            if name in self._known and not row.part_of:
                self._merged_into.pop(name, None)
                told = None
            wholes = find_wholes(name, told, self._known)
            if not wholes:
                continue
            self._rows[name] = row
            whole = self._merged_into.get(wholes[0], wholes[0])
            if name not in self._known:
                self._whole_of[name] = whole
            for lesion in {*wholes[1:], *({name} & self._known.keys())} - {whole}:
                self._merge(lesion, whole)

    def _merge(self, lesion: str, whole: str) -> None:
        """Note that a lesion, and what has merged into it, is part of another."""
        for name, into in self._merged_into.items():
            if into == lesion:
                self._merged_into[name] = whole
        self._merged_into[lesion] = whole

    def size(self, lesion: str) -> float:
        """Return the diameter of a target in mm, NaN if any part was not measured.

        Parts are summed. A merged lesion is measured in the one that it merged into,
        so its own is 0 as long as that one was measured.
        """
        into = self._merged_into.get(lesion)
        if into is not None:
            return nan if isnan(self.size(into)) else 0.0
        return max(
            self._own_size(lesion), self._size_as_merged(lesion), key=_known_last
        )

    def state(self, lesion: str) -> str:
        """Return the state of a non-target; one without a state was not evaluated.

        Of parts the worst; a normal node is gone, and so is what merged into one.
        """
        lesion = self._merged_into.get(lesion, lesion)
        pieces = self._pieces(lesion) or self._merged_rows(lesion)
        states = ["not_evaluable" if row is None else _state_of(row) for row in pieces]
        if not states or "not_evaluable" in states:
            return "not_evaluable"
        return max(states, key=WORST_LAST.__getitem__)

    def _own_size(self, lesion: str) -> float:
        pieces = self._pieces(lesion)
        sizes = [nan if row is None else size_of(row) for row in pieces]
        return sum(sizes) if sizes else nan

    def _size_as_merged(self, lesion: str) -> float:
        """Return the size that the rows of merged lesions give to their whole."""
        rows = [row for row in self._merged_rows(lesion) if row is not None]
        sizes = [size for row in rows if (size := size_of(row)) > 0]
        return max(sizes, default=nan)

    def _merged_rows(self, lesion: str) -> list[Lesion | None]:
        return [
            self._rows[name]
            for name, into in self._merged_into.items()
            if into == lesion and name in self._rows
        ]

    def _pieces(self, lesion: str) -> list[Lesion | None]:
        """Return the lesion's own row or those of its parts, None for one not seen.

        Beside parts its own row counts only as what is left of it, with a size.
        """
        own = self._rows.get(lesion)
        parts = [
            name
            for name, whole in self._whole_of.items()
            if whole == lesion and name not in self._known
        ]
        seen = [self._rows.get(name) for name in parts]
        if not any(seen):
            return [own] if own else []
        is_left = own is not None and size_of(own) > 0
        return [*seen, own] if is_left else seen


def _known_last(size: float) -> float:
    return -1.0 if isnan(size) else size


def _state_of(row: Lesion) -> str:
    if row.state in ("present", "too_small"):
        return "absent" if is_normal_node(row) else "present"
    return row.state or "not_evaluable"
