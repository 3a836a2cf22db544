"""Records of a VCF as columns; a field is split when it is first asked for."""

from collections import Counter
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
from numpy.typing import NDArray

from her2ctdna.calls.variant_file import AGAIN, CallsError
from her2ctdna.calls.vcf_columns import (
    Ints,
    Lists,
    as_flags,
    as_text,
    by_value,
    split,
    split_alike,
    take,
)

COLUMNS = ("chrom", "pos", "ref", "alt", "filter", "info", "format", "sample")
MOST_ALTS = 1000
"""How many ALT alleles a record may have, so that its memory is bounded."""

_PLACES = (0, 1, 3, 4, 6, 7, 8)
_N_FIXED = 8


class DamagedBlockError(Exception):
    """Say where a block is damaged: after ``place``, if any of it can be read."""

    def __init__(self, place: str, message: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.message = message

    def as_calls_error(self, last: str) -> CallsError:
        """Return it as an error of the file; ``last`` stands before the block."""
        text = f"the file is truncated or damaged after {self.place or last}"
        return CallsError(f"{self.message or text}: {AGAIN}")


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
        # to combine one chunk is to copy it
        self._columns = {
            name: column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
            for name, column in zip(table.schema.names, table.columns, strict=True)
        }
        self.n = table.num_rows

    def __getitem__(self, name: str) -> pa.Array:
        """Return one of `COLUMNS`."""
        return self._columns[name]

    def take(self, row: int) -> "Records":
        """Return one record as a block of its own."""
        return Records(pa.table({k: c.slice(row, 1) for k, c in self._columns.items()}))

    def place(self, row: int) -> str:
        """Return where a record stands, as ``chr1:100``."""
        chrom = self["chrom"][row].as_py().decode(errors="replace")
        return f"{chrom}:{self['pos'][row].as_py()}"

    @cached_property
    def contigs(self) -> tuple[list[str], Ints]:
        """The contigs as they are named, each once, and which one each record has."""
        encoded = as_text(self["chrom"]).dictionary_encode()
        return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()

    @cached_property
    def is_doubly_named(self) -> NDArray[np.bool_]:
        """Say which records name a FORMAT field twice, so that its cell is unclear."""
        if "sample" not in self._columns:
            return np.zeros(self.n, dtype=bool)
        tags, _, kinds = self._formats
        named = zip(tags.owners().tolist(), tags.items.to_pylist(), strict=True)
        n_different = Counter(owner for owner, _ in set(named))
        is_unclear = [n_different[kind] < n for kind, n in enumerate(tags.lengths)]
        return np.array(is_unclear, dtype=bool)[kinds]

    def is_doubly_at_site(self, tag: str) -> NDArray[np.bool_]:
        """Say which records hold an INFO field twice."""
        owners = self._info.owners()[self._places_at_site(tag)]
        return np.bincount(owners, minlength=self.n) > 1

    def has_of_sample(self, tag: str) -> bool:
        """Say whether any record has a FORMAT field."""
        return tag.encode() in self._tags_of_sample

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
        return values.pick(np.arange(self.n), nth[kinds])

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
        return split_alike(self["info"], b";")

    @cached_property
    def _tags_of_sample(self) -> set[bytes]:
        """The names of FORMAT fields that any record has."""
        known = "sample" in self._columns
        return set(self._formats[0].items.to_pylist()) if known else set()

    @cached_property
    def _formats(self) -> tuple[Lists, Lists, Ints]:
        """The names of each FORMAT, the fields of each record, and its FORMAT."""
        formats = self["format"].dictionary_encode()
        kinds = formats.indices.to_numpy().astype(np.int64)
        tags = split(formats.dictionary, b":")
        return tags, split_alike(self["sample"], b":"), kinds

    def alleles(self) -> Alleles:
        """Return the ALT alleles; a record with ``.`` has none.

        Raises
        ------
        DamagedBlockError
            If a record has more than `MOST_ALTS`.
        """
        texts = self["alt"]
        alts = split(pc.if_else(pc.equal(texts, b"."), None, texts), b",")
        if alts.lengths.max(initial=0) > MOST_ALTS:
            place = self.place(int(alts.lengths.argmax()))
            text = f"the record at {place} has over {MOST_ALTS} ALT alleles"
            raise DamagedBlockError("", text)
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
    DamagedBlockError
        If a line has other than ``n_columns`` cells, or its POS is no number.
    """
    places = _PLACES if sample is not None else _PLACES[:-1]
    kept = dict(zip(places, COLUMNS, strict=False))
    if sample is not None:
        kept[9 + sample] = "sample"
    names = [kept.get(place, f"_{place}") for place in range(n_columns)]
    types = dict.fromkeys(names, pa.binary()) | {"pos": pa.int64()}
    try:
        table = pcsv.read_csv(
            pa.BufferReader(block),
            # lines are as long as the file has them: a block is one to Arrow as well;
            # blocks have their own threads
            read_options=pcsv.ReadOptions(
                column_names=names, block_size=max(len(block), 1), use_threads=False
            ),
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
    except pa.ArrowInvalid as error:
        raise _damage_in(block, n_columns) from error
    return Records(table)


def _damage_in(lines: bytes, n_columns: int) -> DamagedBlockError:
    """Say where a block that cannot be read is damaged."""
    last = ""
    for line in lines.split(b"\n"):
        chrom, pos = (*line.split(b"\t", 2), b"", b"")[:2]
        place = f"{chrom.decode(errors='replace')}:{pos.decode(errors='replace')}"
        n_cells = line.count(b"\t") + 1
        is_placed = n_cells >= _N_FIXED and pos.isdigit()
        if is_placed and n_cells < n_columns:
            return DamagedBlockError(last, f"the record at {place} lacks columns")
        if not is_placed or n_cells > n_columns:
            break
        last = place
    return DamagedBlockError(last)
