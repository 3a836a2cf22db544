"""What is to be said of the counts of a file's calls, once each is there once."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from her2ctdna.calls.callers import Source
from her2ctdna.calls.pending_calls import Message
from her2ctdna.calls.variant_form import Variant
from her2ctdna.calls.vcf_columns import Floats

DECIMALS = (3, 4, 5, 6)
"""With how many decimals callers write a fraction."""


class Checks:
    """Counts, over the tables of a file, calls whose counts are missing or odd."""

    def __init__(self, caller: str, sources: tuple[Source, ...]) -> None:
        self._caller = caller
        self._sources = sources
        self.n_calls = 0
        self._n_unknown = 0
        self._n_beyond = 0
        self._first_beyond = ""
        self._n_unlike = 0
        self._worst = 0.0
        self._worst_text = ""

    def look_at(self, table: pa.Table) -> None:
        """Take a table of calls into account."""
        self.n_calls += len(table)
        known = pc.and_(pc.is_valid(table["alt_count"]), pc.is_valid(table["depth"]))
        self._n_unknown += len(table) - (pc.sum(known).as_py() or 0)
        beyond = np.flatnonzero(_numbers(table, "alt_count") > _numbers(table, "depth"))
        if len(beyond):
            self._first_beyond = self._first_beyond or str(_variant(table, beyond[0]))
            self._n_beyond += len(beyond)
        self._compare_fractions(table)

    def messages(self) -> list[Message]:
        """Return a message for each kind of odd counts."""
        found = []
        if self._n_unknown:
            text = f"{self._n_unknown} of {self.n_calls} variants have no counts"
            found.append(("warning", f"{text} ({self._where()}): not measured"))
        if self._n_beyond:
            text = f"{self._n_beyond} of {self.n_calls} variants have more alternative"
            place = f"reads than depth (DP), first {self._first_beyond}: VAF above 1"
            found.append(("warning", f"{text} {place}"))
        if self._n_unlike:
            text = (
                f"{self._n_unlike} of {self.n_calls} variants have another fraction by"
            )
            worst = f"their counts than the caller gives, most {self._worst_text}"
            found.append(("note", f"{text} {worst}; the counts are taken"))
        return found

    def _where(self) -> str:
        """Return where counts were looked for."""
        reads = [source for source in self._sources if not source.is_molecules]
        places = [str(source) for source in reads or self._sources if source.alt]
        if not places:
            return f"{self._caller} counts no reads"
        return f"looked for {' or '.join(places)}"

    def _compare_fractions(self, table: pa.Table) -> None:
        """Count fractions by counts that the caller's own is no rounding of."""
        vaf, given = _numbers(table, "vaf"), _numbers(table, "caller_vaf")
        difference = np.nan_to_num(np.abs(vaf - given))
        # half of the last decimal that is written, and what binary numbers lose
        unlike = np.flatnonzero(difference > rounding(given) * (1 + 1e-6))
        if not len(unlike):
            return
        self._n_unlike += len(unlike)
        worst = unlike[np.argmax(difference[unlike])]
        if difference[worst] > self._worst:
            self._worst = difference[worst]
            shown = f"{vaf[worst]:.4g} against {given[worst]:.4g}"
            self._worst_text = f"at {_variant(table, worst)}, {shown}"


def rounding(fractions: Floats) -> Floats:
    """Return half of the last decimal of each fraction, as it seems to be written.

    At least three decimals are taken to be meant, since zeros at the end are lost.
    """
    half = np.full(len(fractions), 0.5 * 10.0 ** -DECIMALS[-1])
    for decimals in reversed(DECIMALS):
        is_written = np.isclose(
            np.round(fractions, decimals), fractions, rtol=0, atol=1e-12
        )
        half[is_written] = 0.5 * 10.0**-decimals
    return half


def _numbers(table: pa.Table, column: str) -> Floats:
    numbers: Floats = table[column].to_numpy()
    return numbers


def _variant(table: pa.Table, row: int) -> Variant:
    row_of = table.slice(int(row), 1)
    return Variant(*(row_of[name][0].as_py() for name in Variant._fields))
