"""Records of a VCF as columns: a field of all records at once, at the speed of C.

Text is split and numbers are parsed by Arrow, many records in one call; a loop over
records in Python takes over ten times as long (benchmarks/read_variants.py).
"""

from collections.abc import Callable
from functools import cached_property
from math import isfinite, nan
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

COLUMNS = ("chrom", "pos", "ref", "alt", "filter", "info", "format", "sample")
_PLACES = (0, 1, 3, 4, 6, 7, 8)
_TEXT = pa.string()


class Lists(NamedTuple):
    """Lists of different lengths, one a record, laid end to end."""

    items: pa.Array
    starts: Ints
    lengths: Ints

    def owners(self) -> Ints:
        """Return the place of the record of each item."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)


class NumberLists(NamedTuple):
    """Lists of numbers, NaN where one is missing.

    ``misread`` are the places of the records with text that is no number.
    """

    numbers: Floats
    starts: Ints
    lengths: Ints
    misread: Ints

    def pick(self, records: Ints, nth: Ints | int) -> Floats:
        """Return the n-th number of each of ``records``, NaN where it has none."""
        nth = np.broadcast_to(nth, records.shape)
        is_there = nth < self.lengths[records]
        found = np.full(len(records), nan)
        found[is_there] = self.numbers[(self.starts[records] + nth)[is_there]]
        return found


class Alleles(NamedTuple):
    """The ALT alleles of all records, one after the other, in capitals.

    ``record`` is the place of each one's record and ``nth`` its own place there;
    ``ref`` is of each allele too; ``n_alts`` and ``first`` are of each record.
    """

    record: Ints
    nth: Ints
    ref: pa.Array
    alt: pa.Array
    n_alts: Ints
    first: Ints

    def spread(self, column: pa.Array) -> pa.Array:
        """Return a column of records as one of alleles."""
        is_same = len(self.record) == len(column) and (self.n_alts == 1).all()
        return column if is_same else column.take(pa.array(self.record))


class Records:
    """A block of records; fields are split when they are first asked for."""

    def __init__(self, table: pa.Table) -> None:
        self._columns = {
            name: table[name].combine_chunks() for name in table.schema.names
        }
        self.n = table.num_rows

    def __getitem__(self, name: str) -> pa.Array:
        """Return one of `COLUMNS`."""
        return self._columns[name]

    def has_of_sample(self, tag: str) -> bool:
        """Say whether any record has a FORMAT field."""
        if "sample" not in self._columns:
            return False
        return bool(pc.any(pc.equal(self._formats[0].items, tag.encode())).as_py())

    def has_at_site(self, tag: str) -> bool:
        """Say whether any record has an INFO field."""
        return bool(len(self._places_at_site(tag)))

    def of_sample(self, tag: str) -> pa.Array:
        """Return a FORMAT field of the sample as text, null where it is not."""
        if not self.has_of_sample(tag):
            return pa.nulls(self.n, pa.binary())
        tags, values, kinds = self._formats
        owners = tags.owners()
        nth = np.full(len(tags.lengths), -1)
        found = as_flags(pc.equal(tags.items, tag.encode()))
        nth[owners[found]] = np.flatnonzero(found) - tags.starts[owners[found]]
        place = nth[kinds]
        is_there = (place >= 0) & (place < values.lengths)
        return take(values.items, np.where(is_there, values.starts + place, -1))

    def of_site(self, tag: str) -> pa.Array:
        """Return an INFO field as text, null where it is not."""
        places = self._places_at_site(tag)
        nth = np.full(self.n, -1)
        # of a field that stands twice the first counts
        nth[self._info.owners()[places][::-1]] = places[::-1]
        return pc.binary_replace_slice(
            take(self._info.items, nth), 0, len(tag) + 1, b""
        )

    def _places_at_site(self, tag: str) -> Ints:
        """Return the places of an INFO field among all fields of all records."""
        found = pc.starts_with(self._info.items, f"{tag}=".encode())
        return np.flatnonzero(as_flags(found))

    @cached_property
    def _info(self) -> Lists:
        """The INFO fields of each record."""
        return split(self["info"], b";")

    @cached_property
    def _formats(self) -> tuple[Lists, Lists, Ints]:
        """The names of each FORMAT, the fields of each record, and its FORMAT."""
        formats = self["format"].dictionary_encode()
        kinds = formats.indices.to_numpy().astype(np.int64)
        tags = split(formats.dictionary, b":")
        return tags, split(self["sample"], b":"), kinds

    def alleles(self) -> Alleles:
        """Return the ALT alleles; a record with ``.`` has none."""
        texts = self["alt"]
        alts = split(pc.if_else(pc.equal(texts, b"."), None, texts), b",")
        record = alts.owners()
        nth = np.arange(len(record)) - alts.starts[record]
        ref, alt = by_value(self["ref"], str.upper), by_value(alts.items, str.upper)
        alleles = Alleles(record, nth, ref, alt, alts.lengths, alts.starts)
        return alleles._replace(ref=alleles.spread(ref))


def parse_records(block: bytes, *, n_columns: int, sample: int | None) -> Records:
    """Return the records in lines of a VCF with ``n_columns`` columns.

    ``sample`` is the place of the sample among those of the file; ``None`` if it has
    no sample columns.

    Raises
    ------
    pyarrow.ArrowInvalid
        If a line has other than ``n_columns`` cells, or its POS is no number.
    """
    places = _PLACES if sample is not None else _PLACES[:-1]
    kept = dict(zip(places, COLUMNS, strict=False))
    if sample is not None:
        kept[9 + sample] = "sample"
    names = [kept.get(place, f"_{place}") for place in range(n_columns)]
    types = dict.fromkeys(names, pa.binary()) | {"pos": pa.int64()}
    table = pcsv.read_csv(
        pa.BufferReader(block),
        read_options=pcsv.ReadOptions(column_names=names),
        parse_options=pcsv.ParseOptions(
            delimiter="\t",
            quote_char=False,
            ignore_empty_lines=False,
        ),
        convert_options=pcsv.ConvertOptions(
            column_types=types,
            include_columns=list(kept.values()),
            null_values=[],
        ),
    )
    return Records(table)


def split(texts: pa.Array, separator: bytes) -> Lists:
    """Split each text at a separator; a null one has no parts."""
    parts = pc.split_pattern(texts, separator)
    lengths = pc.fill_null(pc.list_value_length(parts), 0).to_numpy().astype(np.int64)
    return Lists(parts.flatten(), np.cumsum(lengths) - lengths, lengths)


def take(values: pa.Array, places: Ints) -> pa.Array:
    """Return the values at places, null where a place is below 0."""
    return values.take(pa.array(places, mask=places < 0))


def as_flags(flags: pa.Array) -> NDArray[np.bool_]:
    """Return a column of flags; null is false."""
    known: NDArray[np.bool_] = pc.fill_null(flags, False).to_numpy(zero_copy_only=False)
    return known


def as_text(texts: pa.Array) -> pa.Array:
    """Return bytes as text; what is no UTF-8 becomes the replacement character."""
    try:
        return texts.cast(pa.string())
    except pa.ArrowInvalid:
        return by_value(texts, str)


def by_value(
    texts: pa.Array, function: Callable[[str], Any], kind: pa.DataType = _TEXT
) -> pa.Array:
    """Apply a function to each text, once for all that are equal; null stays null.

    Bytes that are no UTF-8 become the replacement character.
    """
    encoded = texts.cast(pa.binary()).dictionary_encode()
    decoded = [text.decode(errors="replace") for text in encoded.dictionary.to_pylist()]
    return pa.array(map(function, decoded), kind).take(encoded.indices)


def parse_numbers(texts: pa.Array) -> NumberLists:
    """Return the numbers in texts such as ``90,10``; null and ``.`` are missing."""
    # most fields hold one number in every record, and need no splitting
    has_several = pc.any(pc.match_substring(texts, b",")).as_py()
    lists = split(texts, b",") if has_several else _singles(texts)
    is_missing = pc.is_in(lists.items, pa.array([b".", b""], pa.binary()))
    known = lists.items
    if pc.any(is_missing).as_py():
        known = pc.if_else(is_missing, None, known)
    misread: Ints = np.array([], dtype=np.int64)
    try:
        numbers = known.cast(pa.string()).cast(pa.float64())
    except pa.ArrowInvalid:
        numbers = by_value(known, parse_number, pa.float64())
        is_text = pc.and_(pc.is_valid(known), pc.is_nan(numbers))
        misread = np.unique(lists.owners()[np.flatnonzero(as_flags(is_text))])
    values = numbers.to_numpy(zero_copy_only=False)
    values = np.where(np.isfinite(values), values, nan)
    return NumberLists(values, lists.starts, lists.lengths, misread)


def _singles(texts: pa.Array) -> Lists:
    """Return texts as lists of one each, a null one as an empty list."""
    lengths = as_flags(pc.is_valid(texts)).astype(np.int64)
    return Lists(texts, np.arange(len(texts)), lengths)


def parse_number(text: str) -> float:
    """Return a text as a number, ``12.5%`` as 0.125, NaN if it is none."""
    text = text.strip()
    try:
        number = float(f"{text[:-1]}e-2" if text.endswith("%") else text)
    except ValueError:
        return nan
    return number if isfinite(number) and "_" not in text else nan
