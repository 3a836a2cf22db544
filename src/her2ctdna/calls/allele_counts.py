"""Counts of each ALT allele of a block of records, by the rules of its caller."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from her2ctdna.calls.callers import Source, sources_of
from her2ctdna.calls.vcf_columns import (
    Alleles,
    Floats,
    Ints,
    NumberLists,
    Records,
    parse_numbers,
)

if TYPE_CHECKING:
    import pysam

BASES = b"ACGT"


class MisreadCountError(Exception):
    """Say that a count is no number; ``record`` is the place of its record."""

    def __init__(self, record: int) -> None:
        super().__init__(f"a count of record {record} is no number")
        self.record = record


class Counts(NamedTuple):
    """What records say of each ALT allele; NaN where they do not.

    ``caller_vaf`` is the fraction that the caller itself gives; ``is_molecules``
    says which counts are of molecules though reads are counted as well.
    """

    alt_count: Floats
    depth: Floats
    caller_vaf: Floats
    is_molecules: Any


class CountFields(NamedTuple):
    """Where the counts of a sample may stand, by the header of its file.

    ``of_alts`` are the fields with a number for each ALT allele only (``Number=A``)
    and ``numeric`` those that may hold nothing but numbers.
    """

    sources: tuple[Source, ...]
    of_alts: frozenset[str]
    numeric: frozenset[str]


def read_count_fields(header: "pysam.VariantHeader", caller: str) -> CountFields:
    """Return where the counts of a caller stand in a file with this header."""
    formats = header.formats
    return CountFields(
        sources_of(caller, has_samples=bool(len(header.samples))),
        frozenset(tag for tag in formats if formats[tag].number == "A"),
        frozenset(tag for tag in formats if formats[tag].type in ("Integer", "Float")),
    )


def count_alleles(records: Records, alleles: Alleles, fields: CountFields) -> Counts:
    """Return the counts of the ALT alleles.

    Of each allele the first source with a count counts. Its depth is the first with
    a number of the source's depth fields, else the reference and all ALT alleles of
    the record; where nothing is counted it is the record's depth.

    Raises
    ------
    MisreadCountError
        If a field that the header declares as numbers holds other text.
    """
    reader = _Reader(records, alleles, fields)
    unknown = np.full(len(alleles.record), np.nan)
    found = Counts(unknown, unknown, unknown, np.isinf(unknown))
    for source in fields.sources:
        if np.isnan(found.alt_count).any() and reader.has(source):
            found = _filled(found, reader.count(source), source)
    return found


def _filled(found: Counts, more: Counts, source: Source) -> Counts:
    """Return counts with those of a further source where there were none."""
    is_new = np.isnan(found.alt_count) & ~np.isnan(more.alt_count)
    is_depth = is_new | np.isnan(found.depth)
    is_vaf = is_new & ~np.isnan(more.caller_vaf) | np.isnan(found.caller_vaf)
    return Counts(
        np.where(is_new, more.alt_count, found.alt_count),
        np.where(is_depth, more.depth, found.depth),
        np.where(is_vaf, more.caller_vaf, found.caller_vaf),
        np.where(is_new, source.is_molecules, found.is_molecules),
    )


class _Reader:
    """Reads the fields of one block, each once."""

    def __init__(self, records: Records, alleles: Alleles, fields: CountFields) -> None:
        self.records = records
        self.alleles = alleles
        self.fields = fields
        self._read: dict[tuple[str, bool], NumberLists] = {}

    def has(self, source: Source) -> bool:
        """Say whether a source has to be looked at: reads always tell of the depth."""
        return not source.is_molecules or bool(self._present([source.alt], source))

    def _present(self, tags: Iterable[str], source: Source) -> list[str]:
        """Return the fields that the block has, from the last to the first."""
        has = self.records.has_at_site if source.is_site else self.records.has_of_sample
        return [tag for tag in tags if has(tag)][::-1]

    def count(self, source: Source) -> Counts:
        """Return the counts of a source."""
        record = self.alleles.record
        alt, reference = _KINDS[source.kind](self, source)
        alt = np.where(alt >= 0, alt, np.nan)
        # of a record with an ALT that has no count the sum is not known either
        total = reference + np.bincount(record, alt, minlength=self.records.n)
        depth = total
        for tag in self._present(source.depth, source):
            given = _single(self.numbers(tag, source))
            depth = np.where(np.isnan(given), depth, given)
        return Counts(
            alt, depth[record], self._fraction(source), np.zeros(len(alt), dtype=bool)
        )

    def _fraction(self, source: Source) -> Floats:
        """Return the caller's own fraction of each allele."""
        fraction = np.full(len(self.alleles.record), np.nan)
        for tag in self._present(source.vaf, source):
            given = of_alleles(self.numbers(tag, source), self.alleles)
            fraction = np.where(np.isnan(given), fraction, given)
        return fraction

    def numbers(self, tag: str, source: Source) -> NumberLists:
        """Return a field of the records, of the sample or of the site."""
        key = (tag, source.is_site)
        if key not in self._read:
            field = self.records.of_site if source.is_site else self.records.of_sample
            numbers = parse_numbers(field(tag))
            if len(numbers.misread) and tag in self.fields.numeric:
                raise MisreadCountError(int(numbers.misread[0]))
            self._read[key] = numbers
        return self._read[key]


def of_alleles(lists: NumberLists, alleles: Alleles) -> Floats:
    """Return a field's number for each ALT allele.

    One number an ALT (``Number=A``) or one an allele (``Number=R``); NaN where the
    field holds any other number of numbers, since nothing says whose they are.
    """
    lengths = lists.lengths[alleles.record]
    surplus = lengths - alleles.n_alts[alleles.record]
    numbers = lists.pick(alleles.record, alleles.nth + (surplus == 1))
    return np.where((surplus == 0) | (surplus == 1), numbers, np.nan)


def _single(lists: NumberLists) -> Floats:
    """Return the number of each record, NaN where there is none or several."""
    numbers = lists.pick(np.arange(len(lists.lengths)), 0)
    return np.where(lists.lengths == 1, numbers, np.nan)


def _first(lists: NumberLists) -> Floats:
    """Return the first number of each record."""
    return lists.pick(np.arange(len(lists.lengths)), 0)


def _count_listed(reader: _Reader, source: Source) -> tuple[Floats, Floats]:
    """Count by fields with one number an allele."""
    alleles, lists = reader.alleles, reader.numbers(source.alt, source)
    surplus = lists.lengths - alleles.n_alts
    is_of_alts = source.ref is None or source.alt in reader.fields.of_alts
    if source.ref:
        reference = _single(reader.numbers(source.ref, source))
        fits = (surplus == 0) & (~np.isnan(reference) | is_of_alts)
    else:
        reference = np.where(surplus == 1, _first(lists), np.nan)
        fits = (surplus == 1) | ((surplus == 0) & is_of_alts)
    numbers = of_alleles(lists, alleles)
    return np.where(fits[alleles.record], numbers, np.nan), reference


def _count_bases(reader: _Reader, source: Source) -> tuple[Floats, Floats]:
    """Count an SNV by fields named by the base, such as ``AU``: tier 1."""
    tiers = [
        _first(reader.numbers(f"{chr(base)}{source.alt}", source)) for base in BASES
    ]
    table = np.vstack([*tiers, np.full(reader.records.n, np.nan)])
    alleles = reader.alleles
    of_ref, of_alt = _place_of_base(alleles.ref), _place_of_base(alleles.alt)
    is_snv = (of_ref < len(BASES)) & (of_alt < len(BASES))
    reference = np.full(reader.records.n, np.nan)
    reference[alleles.record] = table[of_ref, alleles.record]
    return np.where(is_snv, table[of_alt, alleles.record], np.nan), reference


def _place_of_base(texts: pa.Array) -> Ints:
    """Return the place of each text among the bases, after all if it is no base."""
    known = pa.array([chr(base) for base in BASES])
    places = pc.index_in(texts, known).fill_null(len(BASES))
    return np.asarray(places.to_numpy(zero_copy_only=False), dtype=np.int64)


def _count_tiers(reader: _Reader, source: Source) -> tuple[Floats, Floats]:
    """Count the only ALT of a record by the first number of each field."""
    alleles = reader.alleles
    alt = _first(reader.numbers(source.alt, source))[alleles.record]
    is_only = alleles.n_alts[alleles.record] == 1
    reference = _first(reader.numbers(source.ref or "", source))
    return np.where(is_only, alt, np.nan), reference


def _count_strands(reader: _Reader, source: Source) -> tuple[Floats, Floats]:
    """Count the only ALT of a record by four numbers: the strands of each allele."""
    alleles, lists = reader.alleles, reader.numbers(source.alt, source)
    every = np.arange(reader.records.n)
    strands = [lists.pick(every, nth) for nth in range(4)]
    fits = (alleles.n_alts == 1) & (lists.lengths == 4)
    alt = np.where(fits, strands[2] + strands[3], np.nan)
    return alt[alleles.record], np.where(fits, strands[0] + strands[1], np.nan)


_KINDS = {
    "listed": _count_listed,
    "bases": _count_bases,
    "tiers": _count_tiers,
    "strands": _count_strands,
}
