"""Edits of a made-up genome, and all the ways in which a VCF may write them.

Nothing here is taken from the package, whose ways are tried by it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

LENGTH = 12_000
"""Bases of a contig, at least."""

BASES = "ACGT"
_UNITS = (1, 1, 1, 2, 2, 3, 4, 6)
_LONGEST_TRACT = 45

Genome = Mapping[str, str]
"""The bases of each contig."""


class Edit(NamedTuple):
    """Bases from ``start`` to before ``end``, counted from 0, replaced by others."""

    contig: str
    start: int
    end: int
    bases: str

    @property
    def is_substitution(self) -> bool:
        """Whether it leaves the length as it is."""
        return self.end - self.start == len(self.bases)


class Tract(NamedTuple):
    """A repeat: ``size`` bases from ``start`` on, again and again up to ``end``."""

    contig: str
    start: int
    end: int
    size: int


class Alleles(NamedTuple):
    """POS, REF and the ALTs of a record."""

    pos: int
    ref: str
    alts: tuple[str, ...]


def draw_bases(random: np.random.Generator, n: int) -> str:
    """Return ``n`` bases at random."""
    return "".join(random.choice(list(BASES), size=n))


def other_base(random: np.random.Generator, base: str) -> str:
    """Return one of the three other bases."""
    return str(random.choice([other for other in BASES if other != base]))


def make_genome(
    random: np.random.Generator, contigs: Sequence[str]
) -> tuple[dict[str, str], list[Tract]]:
    """Return contigs in which repeats stand between bases at random."""
    genome, tracts = {}, []
    for contig in contigs:
        text = ""
        while len(text) < LENGTH:
            text += draw_bases(random, int(random.integers(40, 80)))
            size = int(random.choice(_UNITS))
            n_times = int(random.integers(8, _LONGEST_TRACT)) // size
            tract = draw_bases(random, size) * max(n_times, 2)
            tracts.append(Tract(contig, len(text), len(text) + len(tract), size))
            text += tract
        genome[contig] = text + draw_bases(random, 80)
    return genome, tracts


def apply(edit: Edit, genome: Genome) -> str:
    """Return the contig as it is once edited."""
    text = genome[edit.contig]
    return text[: edit.start] + edit.bases + text[edit.end :]


def places_of(edit: Edit, genome: Genome) -> list[Edit]:
    """Return the edits that leave the same contig, from left to right."""
    if edit.bases and edit.start < edit.end:
        return [edit]
    text, found = genome[edit.contig], [edit]
    while (moved := _to_left(found[0], text)) is not None:
        found.insert(0, moved)
    while (moved := _to_right(found[-1], text)) is not None:
        found.append(moved)
    return found


def _to_left(edit: Edit, text: str) -> Edit | None:
    contig, start, end, bases = edit
    if start < 2:
        return None
    before = text[start - 1]
    if not bases:
        is_same = before == text[end - 1]
        return Edit(contig, start - 1, end - 1, "") if is_same else None
    moved = Edit(contig, start - 1, end - 1, before + bases[:-1])
    return moved if before == bases[-1] else None


def _to_right(edit: Edit, text: str) -> Edit | None:
    contig, start, end, bases = edit
    if end + 1 >= len(text):
        return None
    after = text[end]
    if not bases:
        is_same = after == text[start]
        return Edit(contig, start + 1, end + 1, "") if is_same else None
    moved = Edit(contig, start + 1, end + 1, bases[1:] + after)
    return moved if after == bases[0] else None


def single_bases(edit: Edit, genome: Genome) -> list[Edit]:
    """Return a substitution base by base, without those that stay as they are."""
    text = genome[edit.contig]
    return [
        Edit(edit.contig, place, place + 1, base)
        for place, base in enumerate(edit.bases, edit.start)
        if text[place] != base
    ]


def parts_of(edit: Edit, genome: Genome) -> list[Edit]:
    """Return the single bases of an edit, and what it deletes or inserts."""
    n = min(edit.end - edit.start, len(edit.bases))
    place = edit.start + n
    parts = single_bases(Edit(edit.contig, edit.start, place, edit.bases[:n]), genome)
    if not edit.is_substitution:
        parts.append(Edit(edit.contig, place, edit.end, edit.bases[n:]))
    return parts


def joined(edits: Sequence[Edit], genome: Genome) -> Edit:
    """Return single bases, from left to right, as one substitution."""
    first, last = edits[0], edits[-1]
    bases = list(genome[first.contig][first.start : last.end])
    for edit in edits:
        bases[edit.start - first.start] = edit.bases
    return Edit(first.contig, first.start, last.end, "".join(bases))


def partitions(edits: Sequence[Edit]) -> Iterator[list[Sequence[Edit]]]:
    """Yield every way to cut edits, from left to right, into neighbours."""
    if not edits:
        yield []
    for n in range(1, len(edits) + 1):
        for rest in partitions(edits[n:]):
            yield [edits[:n], *rest]


def as_alleles(
    edits: Sequence[Edit], genome: Genome, *, pads: tuple[int, int] = (0, 0)
) -> Alleles:
    """Return edits of one place as alleles of a record.

    ``pads`` are the bases left and right of them that are written without need; where
    the length changes the base before it is there as well.
    """
    text = genome[edits[0].contig]
    is_indel = not all(edit.is_substitution for edit in edits)
    start = max(min(edit.start for edit in edits) - is_indel - pads[0], 0)
    end = min(max(edit.end for edit in edits) + pads[1], len(text))
    alts = (text[start : e.start] + e.bases + text[e.end : end] for e in edits)
    return Alleles(start + 1, text[start:end], tuple(alts))
