"""Cells that no caller means: such an allele is not read, and a warning says so."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from her2ctdna.calls.vcf_columns import Ints, as_flags, by_value
from her2ctdna.calls.vcf_records import Alleles, Records

Text = tuple[str, str]
"""What was found in some variants, and what becomes of them."""

_LETTERS = frozenset("ACGTNMRWSYKVHDB")
_NOT_READ = "not read; correct the record, or call again"
_LAST_POSITION = 2**31 - 1
"""The last position that a VCF can hold (specification, 1.6.1)."""


class Tally:
    """How many variants there are of each kind, and where the first stands."""

    def __init__(self) -> None:
        self.n: Counter[Text] = Counter()
        self.first: dict[Text, str] = {}

    def add(self, text: Text, rows: Ints, records: Records) -> None:
        """Count variants, of which ``rows`` are the places of their records."""
        if len(rows):
            self.n[text] += len(rows)
            self.first.setdefault(text, records.place(int(rows[0])))

    def update(self, later: "Tally") -> None:
        """Take another tally, of later records, into account."""
        self.n += later.n
        self.first = later.first | self.first

    def messages(self) -> list[str]:
        """Return a sentence for each kind."""
        return [
            f"{n} variants {found}, first {self.first[found, becomes]}: {becomes}"
            for (found, becomes), n in sorted(self.n.items())
        ]


def find_odd_cells(
    records: Records,
    alleles: Alleles,
    lengths: Mapping[str, int | None],
    is_sequence: NDArray[np.bool_],
    odd: Tally,
) -> NDArray[np.bool_]:
    """Say which sequences stand in odd cells, and tally them.

    Parameters
    ----------
    lengths
        Of the contigs that the header declares, where it says so.
    """
    is_odd = np.zeros(len(alleles.record), dtype=bool)
    unread = [alt for alt in pc.unique(alleles.alt).to_pylist() if set(alt) == {"N"}]
    of_ref = by_value(alleles.ref, _problem_of_ref)
    kinds = {
        problem: as_flags(pc.equal(of_ref, problem))
        for problem in pc.unique(of_ref).to_pylist()
        if problem
    } | {
        "have a POS below 1 or past the end of their contig": _is_outside(
            records, lengths
        )[alleles.record],
        "have an empty ALT": as_flags(pc.equal(alleles.alt, "")),
        "have an ALT of N alone": as_flags(
            pc.is_in(alleles.alt, pa.array(unread, pa.string()))
        ),
        "have an ALT that is their REF": as_flags(pc.equal(alleles.alt, alleles.ref)),
    }
    for text, found in kinds.items():
        new = found & is_sequence & ~is_odd
        odd.add((text, _NOT_READ), alleles.record[new], records)
        is_odd |= new
    return is_odd


def _problem_of_ref(ref: str) -> str:
    if not ref:
        return "have an empty REF"
    return "" if _LETTERS.issuperset(ref) else "have a REF that is no sequence"


def _is_outside(
    records: Records, lengths: Mapping[str, int | None]
) -> NDArray[np.bool_]:
    """Say which records stand outside of their contig."""
    names, contig = records.contigs
    last = np.array([lengths.get(name) or _LAST_POSITION for name in names])
    positions = records["pos"].to_numpy()
    is_outside: NDArray[np.bool_] = (positions < 1) | (positions > last[contig])
    return is_outside
