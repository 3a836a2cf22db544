"""Reading all calls of a sample from a file; what is to be said of the file.

Blocks of lines are independent of each other, so that two are read at a time: Arrow
and numpy let go of Python's lock while they work.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from her2ctdna.calls.allele_counts import read_count_fields
from her2ctdna.calls.annotation_fields import (
    read_annotation_fields,
    unread_gene_fields,
)
from her2ctdna.calls.callers import GENOTYPE_OF_ALL, read_caller
from her2ctdna.calls.genome_build import build_of_lengths, read_build
from her2ctdna.calls.line_blocks import NOT_THERE, Block, BlockRules, read_block
from her2ctdna.calls.odd_cells import Tally
from her2ctdna.calls.pending_calls import Message, Spool
from her2ctdna.calls.variant_file import AGAIN, CallsError, VariantText, place_of_sample
from her2ctdna.calls.variant_form import Reference
from her2ctdna.calls.vcf_records import DamagedBlockError

_CUT = "the last line has no newline and may be cut off"
_THREADS = 2


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
