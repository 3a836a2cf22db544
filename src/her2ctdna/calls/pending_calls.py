"""Calls of one file, set aside until all of it is read: all of them or none count."""

from collections.abc import Iterator
from typing import IO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc as ipc

from her2ctdna.calls.all_calls import CALL_SCHEMA
from her2ctdna.calls.variant_file import CallsError
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
        self._n_repeated = 0

    def add(self, table: pa.Table) -> None:
        """Set calls aside."""
        self._writer.write_table(table)
        self.n_calls += table.num_rows
        self.is_counted |= table["alt_count"].null_count < table.num_rows
        self._places.append(self._place(table))

    def tables(self) -> Iterator[pa.Table]:
        """Yield the calls as they were added, each variant once.

        Raises
        ------
        CallsError
            If a variant is there more than once with different counts or FILTER.
        """
        self._writer.close()
        repeated = self._repeated()
        self._n_repeated = len(repeated)
        start = 0
        for table in self._stored():
            inside = repeated[(repeated >= start) & (repeated < start + len(table))]
            kept = np.ones(len(table), dtype=bool)
            kept[inside - start] = False
            start += len(table)
            yield table.filter(pa.array(kept)) if len(inside) else table

    def messages(self) -> list[Message]:
        """Return what is to be said of the calls that were left out."""
        if not self._n_repeated:
            return []
        text = f"{self._n_repeated} of {self.n_calls} variants repeat another one"
        return [("warning", f"{text}: the first is kept")]

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

    def _repeated(self) -> Ints:
        """Return the numbers of the calls whose variant stands before them."""
        places = np.concatenate([np.array([], dtype=np.int64), *self._places])
        self._places = []
        shared = np.sort(places)
        shared = np.unique(shared[1:][shared[1:] == shared[:-1]])
        if not len(shared):
            return shared
        numbers = np.flatnonzero(np.isin(places, shared))
        calls = self._calls(numbers)
        key, measures = list(Variant._fields), ["filter", "alt_count", "depth"]
        is_repeated = calls.duplicated(key).to_numpy()
        # of the same variant all that is measured must be the same
        differing = calls[is_repeated & ~calls.duplicated([*key, *measures])]
        if len(differing):
            variant = Variant(*differing[key].iloc[0])
            text = "is there more than once with different counts or FILTER"
            raise CallsError(f"{variant} {text}: keep one of them")
        repeated: Ints = numbers[is_repeated]
        return repeated

    def _calls(self, numbers: Ints) -> pd.DataFrame:
        """Return the calls with these numbers."""
        found, start = [], 0
        for table in self._stored():
            inside = numbers[(numbers >= start) & (numbers < start + len(table))]
            found.append(table.take(pa.array(inside - start)))
            start += len(table)
        return pa.concat_tables(found).to_pandas()
