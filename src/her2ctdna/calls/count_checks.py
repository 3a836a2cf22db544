"""Whether counts and what the caller says of them agree."""

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import betaincinv

from her2ctdna.calls.allele_counts import Counts
from her2ctdna.calls.callers import Source
from her2ctdna.calls.pending_calls import Message
from her2ctdna.calls.variant_form import Variant
from her2ctdna.calls.vcf_columns import Floats, Ints
from her2ctdna.calls.vcf_records import MOST_ALTS, Alleles, Records

DECIMALS = (3, 4, 5, 6)
"""With how many decimals callers write a fraction."""

CONFIDENCE = 0.999
"""Of the binomial interval in which a caller's own fraction is one of the counts.

Callers that weigh reads (the posterior of Mutect2) stay inside; one that counts other
reads than those of its fraction does not. It is no threshold of an analysis."""

_WORDS_SHOWN = 5


class Checks:
    """Counts, over the tables of a file, calls whose counts are missing or odd."""

    def __init__(self, caller: str, sources: tuple[Source, ...]) -> None:
        self._caller = caller
        self._sources = sources
        self.n_calls = 0
        self._n_unknown = 0
        self._n_beyond = 0
        self._n_failed = 0
        self._filters: Counter[str] = Counter()
        self._first_beyond = ""
        self._n_unlike = 0
        self._n_apart = 0
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
        failed = table["filter"].filter(_has_failed(table["filter"]))
        self._n_failed += len(failed)
        words = zip(*failed.value_counts().flatten(), strict=True)
        self._filters.update({word.as_py(): n.as_py() for word, n in words})
        self._compare_fractions(table)

    def messages(self) -> list[Message]:
        """Return a message for each kind of odd counts."""
        found = []
        if self._n_unknown:
            text = f"{self._n_unknown} of {self.n_calls} variants have no counts"
            text += f" ({self._where()}): not measured"
            if self._n_unknown == self.n_calls:
                text += "; as the calls of a tissue row they are a list of sites"
            found.append(("warning", text))
        if self._n_beyond:
            text = f"{self._n_beyond} of {self.n_calls} variants have more alternative"
            place = f"reads than depth (DP), first {self._first_beyond}: VAF above 1"
            found.append(("warning", f"{text} {place}"))
        if self._n_apart:
            text = f"{self._n_apart} of {self.n_calls} variants have another fraction "
            text += "by their counts than the caller gives, beyond rounding and "
            text += f"binomial error, most {self._worst_text}; the counts are taken: "
            found.append(
                ("warning", text + "do they stand where they were looked for?")
            )
        elif self._n_unlike:
            text = (
                f"{self._n_unlike} of {self.n_calls} variants have another fraction by"
            )
            worst = f"their counts than the caller gives, most {self._worst_text}"
            found.append(("note", f"{text} {worst}; the counts are taken"))
        if self.n_calls and self._n_failed == self.n_calls:
            found.append(("warning", none_passes(self._filters)))
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
        counts, depths = _numbers(table, "alt_count"), _numbers(table, "depth")
        low, high = binomial_limits(counts[unlike], depths[unlike])
        margin = rounding(given[unlike])
        outside = np.maximum(low - given[unlike], given[unlike] - high) > margin
        self._n_unlike += len(unlike)
        self._n_apart += int(outside.sum())
        worst = unlike[np.argmax(difference[unlike])]
        if difference[worst] > self._worst:
            self._worst = difference[worst]
            shown = f"{vaf[worst]:.4g} against {given[worst]:.4g}"
            self._worst_text = f"at {_variant(table, worst)}, {shown}"


def none_passes(filters: Counter[str]) -> str:
    """Say that no record passes, and which words stand in FILTER how often."""
    shown = filters.most_common(_WORDS_SHOWN)
    words = ", ".join(f"{word} ({n})" for word, n in shown)
    more = len(filters) - len(shown)
    words += f" and {more} more" if more else ""
    return f"no variant passes; FILTER holds {words}: is one of them a word for PASS?"


def is_called_at_zero(
    records: Records, alleles: Alleles, counts: Counts, may_be_called: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Say which alleles with a count of 0 are called all the same.

    That is, the genotype of the sample holds the allele (of those that
    ``may_be_called``), or the caller's own fraction lies beyond what no molecule
    among so many can hide.
    """
    is_called = np.zeros(len(alleles.record), dtype=bool)
    rows = np.flatnonzero(counts.alt_count == 0)
    if len(rows):
        given = counts.caller_vaf[rows]
        _, high = binomial_limits(counts.alt_count[rows], counts.depth[rows])
        is_called[rows] = given - rounding(given) > high
        is_called[rows] |= _has_genotype(records, alleles, rows) & may_be_called[rows]
    return is_called


def _has_genotype(records: Records, alleles: Alleles, rows: Ints) -> NDArray[np.bool_]:
    """Say of which alleles at ``rows`` the genotype holds them."""
    record, nth = alleles.record[rows], alleles.nth[rows] + 1
    texts = records.of_sample("GT").take(pa.array(record)).dictionary_encode()
    kinds = texts.indices.fill_null(-1).to_numpy().astype(np.int64)
    # genotype and allele as one number, so that many different ones cost no more
    held = [
        kind * (MOST_ALTS + 1) + int(allele)
        for kind, text in enumerate(texts.dictionary.to_pylist())
        for allele in set(re.findall(rb"[0-9]{1,3}", text))
    ]
    return np.isin(kinds * (MOST_ALTS + 1) + nth, held)


def binomial_limits(counts: Floats, depths: Floats) -> tuple[Floats, Floats]:
    """Return the Clopper-Pearson interval of each fraction at `CONFIDENCE`.

    At a depth of 0 it is all of 0 to 1; NaN where a number is missing.
    """
    tail = (1 - CONFIDENCE) / 2
    others = np.maximum(depths - counts, 0)
    low = betaincinv(np.maximum(counts, 1), others + 1, tail)
    high = betaincinv(counts + 1, np.maximum(others, 1), 1 - tail)
    return np.where(counts > 0, low, 0.0), np.where(others > 0, high, 1.0)


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


def _has_failed(filters: pa.Array) -> pa.Array:
    return pc.fill_null(pc.not_equal(filters, "PASS"), False)


def _numbers(table: pa.Table, column: str) -> Floats:
    numbers: Floats = table[column].to_numpy()
    return numbers


def _variant(table: pa.Table, row: int) -> Variant:
    row_of = table.slice(int(row), 1)
    return Variant(*(row_of[name][0].as_py() for name in Variant._fields))
