"""Patients with known truth: their variants, and how many molecules each draw holds."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rewriting.edits import (
    LENGTH,
    Edit,
    Genome,
    Tract,
    draw_bases,
    other_base,
    places_of,
)

VISITS = 2
"""Draws after the one at baseline."""

KINDS: dict[str, tuple[str, ...]] = {
    "SNVs": ("snv",),
    "MNVs": ("mnv",),
    "indels": ("indel",),
    "MNVs and indels": ("mnv", "indel"),
    "delins": ("delins",),
}
"""What the tracked variants of a patient are, SNVs beside them."""

CLEAR, EMERGING, NEAR, PHASED = 0.4, 0.3, 0.3, 0.2
"""Shares: of visits without a molecule of what is tracked, of patients with a variant
that is new at a visit, of variants that stand close to another, and of tracked SNVs
that stand beside a germline variant on the same molecules."""

BASELINE_COUNTS, LATER_COUNTS, NEW_COUNTS = (160, 500), (15, 60), (20, 100)
"""Molecules, from and to. At 2000 to 4000 molecules a place the fewest are detected,
and a draw without any can see a tenth of the baseline level."""

GERMLINE_COUNT, GERMLINE_DEPTH = 1500, 3000

_APART, _CLOSE = 300, (12, 45)
_N_GERMLINE = 3
_IN_TRACT = 0.8

Span = tuple[str, int, int]
"""Contig, start and end of all places of an edit."""


class Variant(NamedTuple):
    """A variant and its molecules in each draw.

    ``role`` is tracked, new (not there at baseline) or germline; ``beside`` is a
    germline variant on the same molecules.
    """

    edit: Edit
    kind: str
    role: str
    counts: tuple[int, ...]
    beside: Edit | None = None


class Patient(NamedTuple):
    """A patient; ``kind`` is one of `KINDS`."""

    name: str
    kind: str
    variants: tuple[Variant, ...]

    def is_clear(self, draw: int) -> bool:
        """Whether a draw holds no molecule of what is tracked."""
        tracked = [found for found in self.variants if found.role == "tracked"]
        return all(found.counts[draw] == 0 for found in tracked)

    def new_at(self, draw: int) -> list[Variant]:
        """Return the new variants that a draw holds."""
        return [v for v in self.variants if v.role == "new" and v.counts[draw]]


def draw_patient(
    random: np.random.Generator,
    name: str,
    kind: str,
    genome: Genome,
    tracts: Sequence[Tract],
) -> Patient:
    """Return a patient with variants of a kind of `KINDS`, and SNVs beside them."""
    kinds = [str(random.choice(KINDS[kind]))]
    kinds += map(str, random.choice(["snv", *KINDS[kind]], random.integers(0, 4)))
    edits = _Edits(random, genome, tracts)
    later = _draw_later(random, len(kinds))
    variants = [
        Variant(edits.draw(of), of, "tracked", (_between(random, BASELINE_COUNTS), *n))
        for of, n in zip(kinds, later, strict=True)
    ]
    if random.random() < EMERGING:
        of, first = str(random.choice(["snv", *KINDS[kind]])), random.integers(VISITS)
        counts = [_between(random, NEW_COUNTS) for _ in range(VISITS)]
        counts[:first] = [0] * first
        variants.append(Variant(edits.draw(of), of, "new", (0, *counts)))
    variants = [_phased(random, variant, genome) for variant in variants]
    germline = [variant.beside for variant in variants if variant.beside]
    germline += [edits.draw("snv") for _ in range(_N_GERMLINE)]
    both = (GERMLINE_COUNT,) * (1 + VISITS)
    variants += [Variant(edit, "snv", "germline", both) for edit in germline]
    return Patient(name, kind, tuple(variants))


def _phased(random: np.random.Generator, variant: Variant, genome: Genome) -> Variant:
    """Return a variant, at times with a germline one on the same molecules."""
    is_tracked_snv = (variant.kind, variant.role) == ("snv", "tracked")
    if not is_tracked_snv or random.random() >= PHASED:
        return variant
    contig, _, end, _ = variant.edit
    place = end + int(random.integers(2))
    base = other_base(random, genome[contig][place])
    return variant._replace(beside=Edit(contig, place, place + 1, base))


def _draw_later(random: np.random.Generator, n: int) -> list[tuple[int, ...]]:
    """Return the molecules of each of ``n`` tracked variants at each visit.

    At a visit all have none, or one at least has some.
    """
    visits = []
    for _ in range(VISITS):
        held = random.random(n) < 0.5
        held[random.integers(n)] = True
        held &= random.random() >= CLEAR
        visits.append([_between(random, LATER_COUNTS) * bool(has) for has in held])
    return list(zip(*visits, strict=True))


def _between(random: np.random.Generator, limits: tuple[int, int]) -> int:
    return int(random.integers(limits[0], limits[1] + 1))


class _Edits:
    """Draws the edits of a patient so that no two of them overlap."""

    def __init__(
        self, random: np.random.Generator, genome: Genome, tracts: Sequence[Tract]
    ) -> None:
        self._random, self._genome, self._tracts = random, genome, tracts
        self._taken: list[Span] = []

    def draw(self, kind: str) -> Edit:
        """Return an edit close to another one, or far from all."""
        is_near = bool(self._taken) and self._random.random() < NEAR
        # close to the others there may be no room
        for attempt in range(1000):
            neighbour = self._neighbour() if is_near and attempt < 100 else None
            edit = self._at(kind, *(neighbour or self._anywhere(kind)))
            places = places_of(edit, self._genome)
            span = (edit.contig, places[0].start, places[-1].end)
            least = _CLOSE[0] if neighbour else _APART
            if all(_distance(span, other) >= least for other in self._taken):
                self._taken.append(span)
                return edit
        raise RuntimeError("no place is left for another variant")

    def _neighbour(self) -> tuple[str, int, int]:
        """Return a place close to another edit, and 1, as if a repeat of single bases.

        So the edit there is often as long as the other one.
        """
        contig, start, end = self._taken[self._random.integers(len(self._taken))]
        gap = _between(self._random, _CLOSE)
        return contig, end + gap if self._random.random() < 0.5 else start - gap, 1

    def _anywhere(self, kind: str) -> tuple[str, int, int]:
        """Return a place, for an indel mostly in a repeat, and the size of its unit."""
        tract = self._tracts[int(self._random.integers(len(self._tracts)))]
        if kind == "indel" and self._random.random() < _IN_TRACT:
            return tract.contig, tract.start, tract.size
        return tract.contig, tract.start - int(self._random.integers(15, 30)), 1

    def _at(self, kind: str, contig: str, place: int, size: int) -> Edit:
        random, text = self._random, self._genome[contig]
        if kind == "indel":
            length = size * _between(random, (1, 3))
            if random.random() < 0.5:
                return Edit(contig, place, place + length, "")
            is_copy = random.random() < 0.7
            copied, drawn = text[place : place + length], draw_bases(random, length)
            return Edit(contig, place, place, copied if is_copy else drawn)
        length = 1 if kind == "snv" else _between(random, (2, 4))
        if kind == "delins":
            return self._delins(contig, place)
        bases = other_base(random, text[place])
        for base in text[place + 1 : place + length - 1]:
            bases += draw_bases(random, 1) if random.random() < 0.7 else base
        if length > 1:
            bases += other_base(random, text[place + length - 1])
        return Edit(contig, place, place + length, bases)

    def _delins(self, contig: str, place: int) -> Edit:
        """Return bases replaced by fewer or more, none of them the same at an end."""
        lost, gained = self._random.permutation(6)[:2] + 1
        text = self._genome[contig][place : place + int(lost)]
        bases = draw_bases(self._random, int(gained))
        while bases[0] == text[0] or bases[-1] == text[-1]:
            bases = draw_bases(self._random, int(gained))
        return Edit(contig, place, place + int(lost), bases)


def _distance(span: Span, other: Span) -> int:
    """Return how many bases lie between two spans, below 0 if they overlap."""
    if span[0] != other[0]:
        return LENGTH
    return max(span[1] - other[2], other[1] - span[2])
