"""Counts of each ALT allele of a block of records, by the rules of its caller."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from her2ctdna.calls.callers import DECIMAL_COMMA, Source, sources_of
from her2ctdna.calls.vcf_columns import (
    Floats,
    Ints,
    NumberLists,
    as_flags,
    parse_numbers,
)
from her2ctdna.calls.vcf_header import Header
from her2ctdna.calls.vcf_records import Alleles, Records

BASES = b"ACGT"
_DECIMAL_COMMA = "^[0-9]+,[0-9]+%?$"


class MisreadCountError(Exception):
    """Say that a count is no number; ``record`` is the place of its record."""

    def __init__(self, record: int) -> None:
        super().__init__(f"a count of record {record} is no number")
        self.record = record


class Counts(NamedTuple):
    """What records say of each ALT allele; NaN where they do not.

    ``caller_vaf`` is the caller's own fraction; ``is_molecules`` says which counts
    are of molecules though reads are counted too, ``is_fraction`` which are missing
    because they were no whole numbers.
    """

    alt_count: Floats
    depth: Floats
    caller_vaf: Floats
    is_molecules: Any
    is_fraction: Any


class CountFields(NamedTuple):
    """Where the counts of a sample may stand, by the header of its file.

    ``of_alts`` are the fields with a number for each ALT allele only (``Number=A``),
    ``of_any`` those that may hold any number of them, ``numeric`` those that may hold
    nothing but numbers, and ``integers`` those of them without an exponent.
    """

    sources: tuple[Source, ...]
    of_alts: frozenset[str]
    of_any: frozenset[str]
    numeric: frozenset[str]
    integers: frozenset[str]


def read_count_fields(header: Header, caller: str) -> CountFields:
    """Return where the counts of a caller stand in a file with this header."""
    declared = header.formats if header.samples else header.info
    numbers = {tag: field.number for tag, field in declared.items()}
    types = {tag: field.type for tag, field in declared.items()}
    return CountFields(
        sources_of(caller, header),
        frozenset(tag for tag, number in numbers.items() if number == "A"),
        frozenset(tag for tag, number in numbers.items() if number in ("A", ".")),
        frozenset(tag for tag, kind in types.items() if kind in ("Integer", "Float")),
        frozenset(tag for tag, kind in types.items() if kind == "Integer"),
    )


def count_alleles(records: Records, alleles: Alleles, fields: CountFields) -> Counts:
    """Return the counts of the ALT alleles.

    Of each allele the first source with a count counts. Its depth is the first number
    of the source's depth fields, else the sum of reference and ALT alleles; where
    nothing is counted it is the record's depth. Counts that are no whole numbers are
    none, nor are those of a record that names a field twice.

    Raises
    ------
    MisreadCountError
        If a field that the header declares as numbers holds other text.
    """
    reader = _Reader(records, alleles, fields)
    unknown = np.full(len(alleles.record), np.nan)
    never = np.isinf(unknown)
    found = Counts(unknown, unknown, unknown, never, never)
    for source in fields.sources:
        if np.isnan(found.alt_count).any() and reader.has(source):
            found = _filled(found, reader.count(source), source)
    is_fraction = (found.alt_count % 1 > 0) | (found.depth % 1 > 0)
    is_unclear = is_fraction | records.is_doubly_named[alleles.record]
    return found._replace(
        alt_count=np.where(is_unclear, np.nan, found.alt_count),
        depth=np.where(is_unclear, np.nan, found.depth),
        is_fraction=is_fraction,
    )


def _filled(found: Counts, more: Counts, source: Source) -> Counts:
    """Return counts with those of a further source where there were none."""
    is_new = np.isnan(found.alt_count) & ~np.isnan(more.alt_count)
    # the depth of another source's count is none of this one's
    is_depth = is_new | (np.isnan(found.depth) & np.isnan(found.alt_count))
    is_vaf = is_new & ~np.isnan(more.caller_vaf) | np.isnan(found.caller_vaf)
    return Counts(
        np.where(is_new, more.alt_count, found.alt_count),
        np.where(is_depth, more.depth, found.depth),
        np.where(is_vaf, more.caller_vaf, found.caller_vaf),
        np.where(is_new, source.is_molecules, found.is_molecules),
        found.is_fraction,
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
        depth = total[record]
        for tag in self._present(source.depth, source):
            given = self._depth(tag, source)
            depth = np.where(np.isnan(given), depth, given)
        depth = np.where(depth >= 0, depth, np.nan)
        if source.is_site:
            # INFO counts all samples that the file was made from
            n_samples = _single(self.numbers("NS", source))[record]
            alt = np.where(n_samples > 1, np.nan, alt)
        never = np.zeros(len(alt), dtype=bool)
        return Counts(alt, depth, self._fraction(source), never, never)

    def _depth(self, tag: str, source: Source) -> Floats:
        """Return the depth of each allele: of its record, or its own."""
        alleles, lists = self.alleles, self.numbers(tag, source)
        given = _single(lists)[alleles.record]
        if tag not in self.fields.of_any:
            return given
        is_of_each = (lists.lengths == alleles.n_alts)[alleles.record]
        own = lists.pick(alleles.record, alleles.nth)
        return np.where(is_of_each, own, given)

    def _fraction(self, source: Source) -> Floats:
        """Return the caller's own fraction of each allele."""
        fraction = np.full(len(self.alleles.record), np.nan)
        for tag in self._present(source.vaf, source):
            given = of_alleles(self.numbers(tag, source), self.alleles)
            if tag in DECIMAL_COMMA:
                given = self._with_comma(tag, source, given)
            fraction = np.where(np.isnan(given), fraction, given)
        return fraction

    def _with_comma(self, tag: str, source: Source, given: Floats) -> Floats:
        """Return fractions, those with a decimal comma as the one of the only ALT."""
        texts = self.text(tag, source)
        has_comma = as_flags(pc.match_substring_regex(texts, _DECIMAL_COMMA))
        if not has_comma.any():
            return given
        record = self.alleles.record
        written = parse_numbers(pc.replace_substring(texts, b",", b"."))
        is_only = self.alleles.n_alts == 1
        own = np.where(is_only, _single(written), np.nan)[record]
        return np.where(has_comma[record], own, given)

    def text(self, tag: str, source: Source) -> pa.Array:
        """Return a field of the records as text; null where INFO holds it twice."""
        if not source.is_site:
            return self.records.of_sample(tag)
        is_double = pa.array(self.records.is_doubly_at_site(tag))
        return pc.if_else(is_double, None, self.records.of_site(tag))

    def numbers(self, tag: str, source: Source) -> NumberLists:
        """Return a field of the records, of the sample or of the site."""
        key = (tag, source.is_site)
        if key not in self._read:
            is_integer = tag in self.fields.integers
            numbers = parse_numbers(self.text(tag, source), is_integer=is_integer)
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
    return np.where(lists.lengths == 1, _first(lists), np.nan)


def _first(lists: NumberLists) -> Floats:
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


def _count_two_alts(reader: _Reader, source: Source) -> tuple[Floats, Floats]:
    """Count two ALT alleles by a number each; nobody counts the reference."""
    alleles, lists = reader.alleles, reader.numbers(source.alt, source)
    fits = (alleles.n_alts == 2) & (lists.lengths == 2)
    numbers = lists.pick(alleles.record, alleles.nth)
    unknown = np.full(reader.records.n, np.nan)
    return np.where(fits[alleles.record], numbers, np.nan), unknown


_KINDS = {
    "two_alts": _count_two_alts,
    "listed": _count_listed,
    "bases": _count_bases,
    "tiers": _count_tiers,
    "strands": _count_strands,
}
