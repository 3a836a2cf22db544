"""Calls of samples from VCF or BCF files: one row per alternative allele.

Nothing is lost in silence: what a file says is kept as it stands, what cannot be
counted is missing and not zero, and a file that cannot be read rightly is an
`error` finding without rows. Files are read in blocks and written as they are read,
so that memory does not grow with them. Blocks of lines are independent of each other,
so that two are read at a time: Arrow and numpy let go of Python's lock.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryFile
from typing import TypedDict

import pandas as pd
import pyarrow as pa

from her2ctdna.calls.all_calls import CALL_SCHEMA, open_calls
from her2ctdna.calls.allele_counts import read_count_fields
from her2ctdna.calls.annotation_fields import (
    read_annotation_fields,
    unread_gene_fields,
)
from her2ctdna.calls.callers import GENOTYPE_OF_ALL, read_caller
from her2ctdna.calls.count_checks import Checks
from her2ctdna.calls.genome_build import FILE_COLUMNS, build_of_lengths, read_build
from her2ctdna.calls.line_blocks import Block, BlockRules, read_block
from her2ctdna.calls.odd_cells import Tally
from her2ctdna.calls.pending_calls import Message, Spool
from her2ctdna.calls.variant_file import (
    AGAIN,
    CallsError,
    VariantText,
    open_variants,
    place_of_sample,
)
from her2ctdna.calls.variant_form import NOT_THERE, Reference, open_reference
from her2ctdna.calls.vcf_records import DamagedBlockError
from her2ctdna.findings import Finding

_CUT = "the last line has no newline and may be cut off"
_THREADS = 2


class NamedCalls(TypedDict):
    """A sample of the sheet that names a file of calls."""

    sample_id: str
    patient_id: str
    calls_sample: str | None
    row: int
    value: str
    path: str


def read_variants(
    samples: Iterable[NamedCalls],
    path: str | Path,
    *,
    caller: str | None,
    reference: str | None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the calls of several samples, one after the other, into a file of calls.

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
    with open_reference(reference) as genome, open_calls(path) as writer:
        for sample in samples:
            for table in _read_sample(sample, caller, genome, files, findings):
                writer.write_table(table)
    return pd.DataFrame(files, columns=FILE_COLUMNS), findings


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


class CallsReader:
    """Reads the calls of one sample of a file, and counts what is odd in it.

    Attributes
    ----------
    caller, build
        What the header says; ``caller`` as set, if it is.
    contigs
        As of a `Block`, of the first with chromosomes.
    n_records
        Lines read so far.
    """

    def __init__(
        self,
        text: VariantText,
        calls_sample: str,
        caller: str | None,
        genome: Reference | None,
    ) -> None:
        header = text.header
        self.caller = caller or read_caller(header)
        self.build = read_build(header)
        self.contigs = ""
        self.n_records = 0
        self.fields = read_count_fields(header, self.caller)
        self._text = text
        self._rules = BlockRules(
            header.n_columns,
            place_of_sample(header.samples, calls_sample),
            self.fields,
            read_annotation_fields(header),
            genome,
            header.contigs,
            not GENOTYPE_OF_ALL.isdisjoint(self.caller.split(";")),
        )
        self._skipped: Counter[str] = Counter()
        self._changed: Counter[str] = Counter()
        self._odd = Tally()
        self._last = "the header"
        self._is_cut = False
        self._refuse_other_builds(genome)

    def _refuse_other_builds(self, genome: Reference | None) -> None:
        """Refuse a file on two builds, or on another than the reference."""
        if ";" in self.build:
            both = self.build.replace(";", " and ")
            raise CallsError(f"has contigs of {both}: call it again on one of them")
        wanted = build_of_lengths(genome.lengths) if genome else "unknown"
        if "unknown" not in (wanted, self.build) and wanted != self.build:
            advice = f"give the FASTA of {self.build}, or lift the calls over"
            text = f"is on {self.build}, but study.reference is {wanted}"
            raise CallsError(f"{text}: {advice}")

    def read_into(self, spool: Spool) -> None:
        """Read all of the file.

        Raises
        ------
        CallsError
            If a line is cut off or damaged.
        """
        try:
            for block in _two_at_a_time(self._read_block, self._text.blocks):
                spool.add(block.calls)
                self.n_records += block.n_records
                self.contigs = self.contigs or block.contigs
                self._skipped += block.skipped
                self._changed += block.changed
                self._odd.update(block.odd)
                self._last = block.last
        except DamagedBlockError as error:
            raise error.as_calls_error(self._last) from error
        is_harmed = spool.is_counted or self._rules.sample is not None
        is_harmed = (is_harmed or not spool.n_calls) and not self._text.is_proven
        if self._is_cut and is_harmed:
            advice = f"{AGAIN}, or if it is whole, end it with a newline"
            raise CallsError(f"{_CUT}: {advice}")

    def messages(self) -> list[Message]:
        """Return what is to be said of the file."""
        found: list[Message] = []
        if self._is_cut and self._text.is_proven:
            text = f"the last line, at {self._last}, has no newline, but the file is"
            text += " whole by its own trailer: is the record complete?"
            found.append(("warning", text))
        elif self._is_cut:
            text = f"{_CUT}; the file has no counts that could suffer"
            found.append(("warning", text))
        if self._skipped:
            kinds = (f"{n} {kind}" for kind, n in sorted(self._skipped.items()))
            found.append(("note", f"not read as variants: {', '.join(kinds)}"))
        if not self.n_records:
            text = "the file holds no records: nothing is measured"
            found.append(("note", text))
        for text, n in sorted(self._changed.items()):
            found.append(("warning" if text == NOT_THERE else "note", f"{n} {text}"))
        found += [("warning", text) for text in self._odd.messages()]
        if fields := unread_gene_fields(self._text.header):
            found.append(("note", fields))
        return found

    def _read_block(self, lines: bytes) -> Block:
        """Read a block; only the last of a file may end without a newline."""
        self._is_cut |= not lines.endswith(b"\n")
        return read_block(lines, self._rules)


def _two_at_a_time(
    function: Callable[[bytes], Block], blocks: Iterable[bytes]
) -> Iterator[Block]:
    """Apply a function to blocks in threads; yield what it returns in their order."""
    waiting: deque[Future[Block]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        for block in blocks:
            waiting.append(pool.submit(function, block))
            if len(waiting) > _THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
