"""The patients behind the numbers of a page: each list stands once, and is referred to.

A page has thousands of numbers and a few hundred different lists behind them.
"""

from collections.abc import Iterator, Sequence

from her2ctdna.report.blocks import Patients


class PatientLists:
    """The lists that the numbers of a page open, in the order they are first met."""

    def __init__(self) -> None:
        self._places: dict[tuple[Patients, ...], str] = {}

    def refer(self, sets: Sequence[Patients]) -> str:
        """Return the place of these lists on the page; none where nobody is in them."""
        named = tuple(part for part in sets if part.ids)
        if not named:
            return ""
        return self._places.setdefault(named, f"_{len(self._places) + 1}")

    def refer_ids(self, ids: Sequence[str]) -> str:
        """Return the place of one list that needs no heading."""
        return self.refer([Patients("", tuple(ids))])

    def __iter__(self) -> Iterator[tuple[str, tuple[Patients, ...]]]:
        """Yield each place with its lists."""
        return iter([(place, sets) for sets, place in self._places.items()])
