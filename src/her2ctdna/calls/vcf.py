"""Calls of samples from VCF or BCF files: one row per alternative allele.

Nothing is lost in silence: what a file says is kept as it stands, what cannot be
counted is missing and not zero, and a file that cannot be read rightly is an
`error` finding without rows. Files are read in blocks and written as they are read,
so that memory does not grow with them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import TypedDict

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from her2ctdna.calls.all_calls import CALL_SCHEMA
from her2ctdna.calls.count_checks import Checks
from her2ctdna.calls.file_reader import CallsReader
from her2ctdna.calls.genome_build import FILE_COLUMNS
from her2ctdna.calls.pending_calls import Spool
from her2ctdna.calls.variant_file import CallsError, open_variants
from her2ctdna.calls.variant_form import Reference, open_reference
from her2ctdna.findings import Finding

ROWS_PER_GROUP = 100_000
_TEXTS = [field.name for field in CALL_SCHEMA if pa.types.is_string(field.type)]


class NamedCalls(TypedDict):
    """A sample of the sheet that names a file of calls."""

    sample_id: str
    patient_id: str
    calls_sample: str | None
    row: int
    value: str
    path: str


def write_batch(
    samples: Iterable[NamedCalls],
    path: str | Path,
    *,
    caller: str | None,
    reference: str | None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the calls of several samples, one after the other, into a Parquet table.

    Each ALT allele that is a sequence is a row, whatever its genotype and FILTER,
    in the order of the file and in the one form of a variant
    (`her2ctdna.calls.variant_form`). ``alt_count`` stands where the rules of the caller
    say (`her2ctdna.calls.callers`) and is NaN where the file gives no count; ``vaf`` is
    ``alt_count / depth``, NaN at a depth of 0; ``caller_vaf`` is what the caller
    says. ``filter`` is ``None`` where none was applied. A file that cannot be read
    rightly gives no rows and an error.

    Parameters
    ----------
    samples
        Of each the ``path`` of its file, ``sample_id``, ``patient_id``,
        ``calls_sample`` (its name in the file; ``None`` takes the only one), ``row``
        (its line in the sheet) and ``value`` (the path as written there).
    caller
        Whose rules hold for all files; ``None`` asks their headers.
    reference
        A FASTA, to left-align insertions and deletions; ``None`` leaves them.

    Returns
    -------
    One row a file that was read (``FILE_COLUMNS``), and the findings.
    """
    files: list[dict[str, object]] = []
    findings: list[Finding] = []
    with (
        open_reference(reference) as genome,
        pq.ParquetWriter(path, CALL_SCHEMA, use_dictionary=_TEXTS) as writer,
    ):
        tables = (
            table
            for sample in samples
            for table in _read_sample(sample, caller, genome, files, findings)
        )
        for table in _in_groups(tables):
            writer.write_table(table)
    return pd.DataFrame(files, columns=FILE_COLUMNS), findings


def _in_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Join small tables, so that Parquet gets groups of many rows."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(part.num_rows for part in waiting) >= ROWS_PER_GROUP:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def _read_sample(
    sample: NamedCalls,
    caller: str | None,
    genome: Reference | None,
    files: list[dict[str, object]],
    findings: list[Finding],
) -> Iterator[pa.Table]:
    """Yield the calls of one sample, none if its file cannot be read rightly."""
    where = {"calls": sample["value"], "calls_sample": sample["calls_sample"] or ""}

    def add_finding(severity: str, text: str, column: str = "calls") -> None:
        cell = (sample["row"], column, sample["patient_id"], where[column])
        findings.append(Finding(severity, "samples", *cell, text))

    try:
        with open_variants(Path(sample["path"])) as text, TemporaryFile() as file:
            spool = Spool(file)
            reader = CallsReader(text, where["calls_sample"], caller, genome)
            reader.read_into(spool)
            checks = Checks(reader.caller, reader.fields.sources)
            for table in spool.tables():
                checks.look_at(table)
                yield _with_sample(table, sample, reader.caller)
    except CallsError as problem:
        add_finding("error", str(problem), problem.column)
        return
    for message in (*reader.messages(), *spool.messages(), *checks.messages()):
        add_finding(*message)
    told = ("caller", "build", "contigs", "n_records")
    read = {name: getattr(reader, name) for name in told}
    files.append(dict(sample) | read | {"n_calls": checks.n_calls})


def _with_sample(table: pa.Table, sample: NamedCalls, caller: str) -> pa.Table:
    """Return the calls of a file as rows of the table of calls."""
    constant = {
        "sample_id": sample["sample_id"],
        "patient_id": sample["patient_id"],
        "caller": caller,
    }
    columns = [
        pa.repeat(constant[name], table.num_rows) if name in constant else table[name]
        for name in CALL_SCHEMA.names
    ]
    return pa.table(columns, schema=CALL_SCHEMA)
