"""Calls of one file, set aside until all of it is read: all of them or none count."""

from collections.abc import Iterator
from typing import IO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc
from numpy.typing import NDArray

from her2ctdna.calls.all_calls import CALL_SCHEMA
from her2ctdna.calls.variant_form import Variant
from her2ctdna.calls.vcf_columns import Ints

Message = tuple[str, str]
"""Severity and text of a finding."""

SPOOL_SCHEMA = pa.schema(
    [
        field
        for field in CALL_SCHEMA
        if field.name not in ("sample_id", "patient_id", "caller")
    ]
)
_POSITIONS = 2**32
_KEY = list(Variant._fields)
_MEASURES = ["filter", "alt_count", "depth"]
_COUNTS = ("alt_count", "depth", "vaf", "caller_vaf")


class Spool:
    """Tables of calls in a temporary file, and which calls stand there twice.

    In memory remains one integer a call, its place in the genome: calls that share
    it are compared once all are there.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._writer = ipc.new_stream(self._file, SPOOL_SCHEMA)
        self.n_calls = 0
        self.is_counted = False
        self._chroms: dict[str, int] = {}
        self._places: list[Ints] = []
        self._messages: list[Message] = []

    def add(self, table: pa.Table) -> None:
        """Set calls aside."""
        self._writer.write_table(table)
        self.n_calls += table.num_rows
        self.is_counted |= table["alt_count"].null_count < table.num_rows
        self._places.append(self._place(table))

    def tables(self) -> Iterator[pa.Table]:
        """Yield the calls as they were added, each variant once.

        Of records that say the same the first is kept; of one that passes its filter
        and others that fail theirs the one that passes, unless it holds nothing where
        they may hold molecules. Records of one variant that contradict each other are
        not measured.
        """
        self._writer.close()
        dropped, unsettled = self._repeated()
        start = 0
        for table in self._stored():
            numbers = np.arange(start, start + len(table))
            start += len(table)
            if (blank := np.isin(numbers, unsettled)).any():
                table = _blanked(table, blank)
            if (out := np.isin(numbers, dropped)).any():
                table = table.filter(pa.array(~out))
            yield table

    def messages(self) -> list[Message]:
        """Return what is to be said of the calls that were left out."""
        return self._messages

    def _stored(self) -> Iterator[pa.Table]:
        self._file.seek(0)
        for batch in ipc.open_stream(self._file):
            yield pa.Table.from_batches([batch])

    def _place(self, table: pa.Table) -> Ints:
        """Return the place of each call in the genome as one integer."""
        encoded = table["chrom"].combine_chunks().dictionary_encode()
        codes = [
            self._chroms.setdefault(name, len(self._chroms))
            for name in encoded.dictionary.to_pylist()
        ]
        chroms = np.array(codes, dtype=np.int64)[encoded.indices.to_numpy()]
        places: Ints = chroms * _POSITIONS + table["pos"].to_numpy()
        return places

    def _repeated(self) -> tuple[Ints, Ints]:
        """Return which calls are left out, and which contradict others."""
        places = np.concatenate([np.array([], dtype=np.int64), *self._places])
        self._places = []
        shared = np.sort(places)
        shared = np.unique(shared[1:][shared[1:] == shared[:-1]])
        if not len(shared):
            return shared, shared
        numbers = np.flatnonzero(np.isin(places, shared))
        calls = self._calls(numbers).assign(number=numbers)
        calls = calls[calls.duplicated(_KEY, keep=False)]
        if calls.empty:
            return shared[:0], shared[:0]
        kept = _keep_one(calls)
        self._say(kept)
        dropped = kept.loc[~kept["is_kept"], "number"].to_numpy()
        unsettled = kept.loc[kept["is_kept"] & kept["differs"], "number"].to_numpy()
        return dropped, unsettled

    def _say(self, kept: pd.DataFrame) -> None:
        """Note what is to be said of variants that are there more than once."""
        same = kept[~kept["is_kept"] & ~kept["differs"]]
        is_other = same["passes_alone"]
        if n := int((~is_other).sum()):
            text = f"{n} of {self.n_calls} variants repeat another one"
            self._messages.append(("warning", f"{text}: the first is kept"))
        for variant in _named(same[is_other]):
            text = "is there more than once, and one record passes its filter"
            self._messages.append(("warning", f"{variant} {text}: that is kept"))
        for variant in _named(kept[kept["differs"]]):
            text = "is there more than once with different counts or FILTER"
            advice = "it is not measured; keep one of them"
            self._messages.append(("warning", f"{variant} {text}: {advice}"))

    def _calls(self, numbers: Ints) -> pd.DataFrame:
        """Return the calls with these numbers."""
        found, start = [], 0
        for table in self._stored():
            inside = numbers[(numbers >= start) & (numbers < start + len(table))]
            found.append(table.take(pa.array(inside - start)))
            start += len(table)
        return pa.concat_tables(found).to_pandas()


def _keep_one(calls: pd.DataFrame) -> pd.DataFrame:
    """Tell which of the calls of each variant is kept, and whether they contradict.

    ``passes_alone``: one of them passes its filter and no other does. One without a
    molecule does not stand for others that may hold some: at a tracked site no filter
    hides them.
    """
    passes = calls["filter"].isna() | calls["filter"].isin(["PASS", "."])
    of = [calls[name] for name in _KEY]
    is_empty = calls["alt_count"].eq(0)
    hides = (passes & is_empty).groupby(of).transform("any")
    hides &= (~is_empty).groupby(of).transform("any")
    alone = (passes.groupby(of).transform("sum") == 1) & ~hides
    n_kinds = (~calls.duplicated([*_KEY, *_MEASURES])).groupby(of).transform("sum")
    first = ~calls.duplicated(_KEY)
    differs = n_kinds > 1
    return calls.assign(
        passes_alone=differs & alone,
        differs=differs & ~alone,
        is_kept=first.where(~(differs & alone), passes),
    )


def _named(calls: pd.DataFrame) -> list[Variant]:
    """Return the variants of calls, each once."""
    rows = calls[_KEY].drop_duplicates().itertuples(index=False, name=None)
    return [Variant(*row) for row in rows]


def _blanked(table: pa.Table, rows: NDArray[np.bool_]) -> pa.Table:
    """Return calls of which these rows have no counts."""
    for name in _COUNTS:
        place = table.schema.get_field_index(name)
        empty = pa.nulls(len(table), table.schema.field(name).type)
        column = pc.if_else(pa.array(rows), empty, table[name])
        table = table.set_column(place, table.schema.field(name), column)
    return table
