"""Columns of text, split and parsed for all records at once, at the speed of C.

Arrow does the work, many texts in one call; a loop over records with pysam takes
about four times as long (benchmarks/read_variants.py).
"""

import re
from collections.abc import Callable
from math import isfinite, nan
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_TEXT = pa.string()
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")


class Lists(NamedTuple):
    """Lists of different lengths, one a record, laid end to end.

    Each ``step``-th item counts.
    """

    items: pa.Array
    starts: Ints
    lengths: Ints
    step: int = 1

    def owners(self) -> Ints:
        """Return the place of the record of each item."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths * self.step)

    def pick(self, records: Ints, nth: Ints | int) -> pa.Array:
        """Return the n-th item of each of ``records``; null below 0 or past its last.

        A record below 0 has none.
        """
        is_there = (records >= 0) & (nth >= 0) & (nth < self.lengths[records])
        return take(
            self.items, np.where(is_there, self.starts[records] + nth * self.step, -1)
        )


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


def split(texts: pa.Array, separator: bytes) -> Lists:
    """Split each text at a separator; a null one has no parts."""
    if not (texts.null_count or may_hold(texts, separator)):
        return _singles(texts)
    parts = pc.split_pattern(texts, separator)
    ends = parts.offsets.to_numpy().astype(np.int64)
    return Lists(parts.flatten(), ends[:-1], np.diff(ends))


def split_alike(texts: pa.Array, separator: bytes) -> Lists:
    """Split texts of which each should hold as many separators, without a copy.

    Where they do not, as `split` does.
    """
    n, (_, places, content) = len(texts), texts.buffers()
    if texts.null_count or not n or content is None:
        return split(texts, separator)
    bounds = np.frombuffer(places, np.int32)[texts.offset : texts.offset + n + 1]
    data = np.frombuffer(content, np.uint8)[bounds[0] : bounds[-1]]
    at = np.flatnonzero(data == ord(separator)) + bounds[0]
    n_parts, rest = divmod(len(at), n)
    at = at[: n * n_parts].reshape(n, n_parts)
    is_within = at[:, :1] >= bounds[:-1, None], at[:, -1:] < bounds[1:, None]
    if rest or not np.all(is_within):
        return split(texts, separator)
    # begin and end of each part; between them lie the separators, as parts as well
    edges = np.empty((n, n_parts + 1, 2), np.int32)
    edges[:, 0, 0], edges[:, 1:, 0] = bounds[:-1], at + 1
    edges[:, :-1, 1], edges[:, -1, 1] = at, bounds[1:]
    buffers = [None, pa.py_buffer(edges), content]
    items = pa.Array.from_buffers(texts.type, edges.size - 1, buffers)
    lengths = np.full(n, n_parts + 1)
    return Lists(items, 2 * (np.cumsum(lengths) - lengths), lengths, step=2)


def may_hold(texts: pa.Array, letter: bytes) -> bool:
    """Say whether the memory of texts holds a letter: a look that costs nothing."""
    content = texts.buffers()[-1] or b""
    return bool((np.frombuffer(content, np.uint8) == ord(letter)).any())


def take(values: pa.Array, places: Ints) -> pa.Array:
    """Return the values at places, null where a place is below 0."""
    is_none = places < 0
    # without a mask numpy's numbers are Arrow's, and no value has to be asked for
    return values.take(pa.array(places, mask=is_none if is_none.any() else None))


def as_flags(flags: pa.Array) -> NDArray[np.bool_]:
    """Return a column of flags; null is false."""
    known = pc.fill_null(flags, False) if flags.null_count else flags
    found: NDArray[np.bool_] = known.to_numpy(zero_copy_only=False)
    return found


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


def parse_numbers(texts: pa.Array, *, is_integer: bool = False) -> NumberLists:
    """Return the numbers in texts such as ``90,10``; null and ``.`` are missing.

    With ``is_integer`` (a field declared so) a number has no exponent.
    """
    # most fields hold one number in every record, and need no splitting
    has_several = may_hold(texts, b",")
    lists = split(texts, b",") if has_several else _singles(texts)
    known = lists.items
    misread: Ints = np.array([], dtype=np.int64)
    numbers = _as_numbers(known, is_integer=is_integer)
    if numbers is None:
        is_missing = pc.is_in(known, pa.array([b".", b""], pa.binary()))
        known = pc.if_else(is_missing, None, known)
        numbers = _as_numbers(known, is_integer=is_integer)
    if numbers is None:
        parse = parse_integer if is_integer else parse_number
        numbers = by_value(known, parse, pa.float64())
        is_text = pc.and_(pc.is_valid(known), pc.is_nan(numbers))
        owners = lists.owners() if has_several else np.arange(len(texts))
        misread = np.unique(owners[np.flatnonzero(as_flags(is_text))])
    values = numbers.to_numpy(zero_copy_only=False)
    values = np.where(np.isfinite(values), values, nan)
    return NumberLists(values, lists.starts, lists.lengths, misread)


def _as_numbers(texts: pa.Array, *, is_integer: bool) -> pa.Array | None:
    """Return texts as Arrow reads numbers; None if it cannot read one of them."""
    try:
        numbers = texts.cast(pa.string())
        # Arrow takes 0x10 for a number, and 1e3 for a float
        numbers = numbers.cast(pa.int64()) if is_integer else numbers
        return numbers.cast(pa.float64())
    except pa.ArrowInvalid:
        return None


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


def parse_integer(text: str) -> float:
    """Return digits, perhaps with decimals, as a number, NaN for another text."""
    return float(text) if _DECIMAL.fullmatch(text) else nan
