"""From the lines of a VCF to calls, block by block.

Blocks are independent of each other, so that two are read at a time: Arrow and numpy
let go of Python's lock while they work.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from her2ctdna.allele_counts import (
    CountFields,
    Counts,
    MisreadCountError,
    count_alleles,
    read_count_fields,
)
from her2ctdna.annotation import (
    AnnotationFields,
    annotate,
    read_annotation_fields,
)
from her2ctdna.call_spool import SPOOL_SCHEMA, Message, Spool
from her2ctdna.caller_rules import read_caller
from her2ctdna.genome_build import read_build
from her2ctdna.variant_file import AGAIN, CallsError, VariantText
from her2ctdna.variant_form import (
    Reference,
    Variant,
    contig_style,
    left_align,
    trim,
    with_chr,
)
from her2ctdna.vcf_columns import (
    Alleles,
    Floats,
    Records,
    as_flags,
    as_text,
    by_value,
    parse_records,
)

_THREADS = 2
_FIXED_COLUMNS = 8
_SEQUENCE = frozenset("ACGTN")
_CUT = "the last line has no newline and may be cut off"
_NO_ALT = "records without alternative allele"
_MOLECULES = "variants are counted in molecules, not reads"
_TRIMMED = "variants were trimmed to their shortest alleles"
_MOVED = "insertions or deletions were moved to their leftmost place"
_NOT_THERE = (
    "insertions or deletions have a REF that study.reference does not hold: they stay "
    "where they are; give the FASTA that the calls were made with"
)


class BlockRules(NamedTuple):
    """By what a block is read: the layout of its lines, and where things stand.

    ``sample`` is the place of the sample; ``genome`` is for left-alignment.
    """

    n_columns: int
    sample: int | None
    counts: CountFields
    annotations: AnnotationFields
    genome: Reference | None


class Block(NamedTuple):
    """The calls of a block, and what is to be said of it.

    ``contigs`` says how chromosomes are named: ``1``, ``chr1``, or empty if there is
    none; ``last`` is the place of the last record; ``skipped`` and ``changed`` count.
    """

    calls: pa.Table
    n_records: int
    contigs: str
    last: str
    skipped: Counter[str]
    changed: Counter[str]


class DamagedBlockError(Exception):
    """Say where a block is damaged: after ``place``, if any of it can be read."""

    def __init__(self, place: str, message: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.message = message


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
            text.n_columns,
            _place_of_sample(list(header.samples), calls_sample),
            self.fields,
            read_annotation_fields(header),
            genome,
        )
        self._skipped: Counter[str] = Counter()
        self._changed: Counter[str] = Counter()
        self._is_cut = False
        if ";" in self.build:
            both = self.build.replace(";", " and ")
            raise CallsError(f"has contigs of {both}: call it again on one of them")

    def read_into(self, spool: Spool) -> None:
        """Read all of the file.

        Raises
        ------
        CallsError
            If a line is cut off or damaged.
        """
        last = "the header"
        try:
            for block in _two_at_a_time(self._read_block, self._text.blocks):
                spool.add(block.calls)
                self.n_records += block.n_records
                self.contigs = self.contigs or block.contigs
                self._skipped += block.skipped
                self._changed += block.changed
                last = block.last
        except DamagedBlockError as error:
            text = f"the file is truncated or damaged after {error.place or last}"
            raise CallsError(f"{error.message or text}: {AGAIN}") from error
        has_samples = self._rules.sample is not None
        if self._is_cut and (spool.is_counted or has_samples or not spool.n_calls):
            advice = f"{AGAIN}, or if it is whole, end it with a newline"
            raise CallsError(f"{_CUT}: {advice}")

    def messages(self) -> list[Message]:
        """Return what is to be said of the file."""
        found: list[Message] = []
        if self._is_cut:
            text = f"{_CUT}; the file has no counts that could suffer"
            found.append(("warning", text))
        if self._skipped:
            kinds = (f"{n} {kind}" for kind, n in sorted(self._skipped.items()))
            found.append(("note", f"not read as variants: {', '.join(kinds)}"))
        if not self.n_records:
            text = "the file holds no records: nothing is measured"
            found.append(("note", text))
        for text, n in sorted(self._changed.items()):
            found.append(("warning" if text == _NOT_THERE else "note", f"{n} {text}"))
        return found

    def _read_block(self, lines: bytes) -> Block:
        """Read a block; only the last of a file may end without a newline."""
        self._is_cut |= not lines.endswith(b"\n")
        return read_block(lines, self._rules)


def read_block(lines: bytes, rules: BlockRules) -> Block:
    """Return the calls in whole lines of a VCF: the alleles that are sequences.

    Raises
    ------
    DamagedBlockError
        If a line has other than ``n_columns`` cells, or a count is no number.
    """
    n_columns = rules.n_columns
    try:
        records = parse_records(lines, n_columns=n_columns, sample=rules.sample)
    except pa.ArrowInvalid as error:
        raise _damage_in(lines, n_columns) from error
    alleles = records.alleles()
    try:
        counts = count_alleles(records, alleles, rules.counts)
    except MisreadCountError as error:
        last = _place(records, error.record - 1) if error.record else ""
        raise DamagedBlockError(last) from error
    form, contigs, changed = _in_one_form(records, alleles, rules.genome)
    annotations = annotate(records, alleles, rules.annotations)._asdict()
    annotations["population_af"] = _numbers(annotations["population_af"])
    columns = form | _count_columns(counts) | annotations
    calls = pa.table([columns[name] for name in SPOOL_SCHEMA.names], SPOOL_SCHEMA)
    kinds = by_value(alleles.alt, _kind_of_allele)
    is_sequence = as_flags(pc.equal(kinds, ""))
    changed[_MOLECULES] = int(counts.is_molecules[is_sequence].sum())
    skipped = Counter({_NO_ALT: int((alleles.n_alts == 0).sum())})
    if not is_sequence.all():
        calls = calls.filter(pa.array(is_sequence))
        skipped.update(kinds.filter(pa.array(~is_sequence)).to_pylist())
    last = _place(records, records.n - 1)
    return Block(calls, records.n, contigs, last, skipped, changed)


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


def _in_one_form(
    records: Records, alleles: Alleles, genome: Reference | None
) -> tuple[dict[str, Any], str, Counter[str]]:
    """Return place, alleles and FILTER; how contigs are named; what was changed."""
    names = records["chrom"]
    named = (contig_style(name) for name in pc.unique(as_text(names)).to_pylist())
    contigs = next(filter(None, named), "")
    form = {
        "chrom": alleles.spread(by_value(names, with_chr)),
        "pos": records["pos"].to_numpy()[alleles.record],
        "ref": alleles.ref,
        "alt": alleles.alt,
        "filter": alleles.spread(by_value(records["filter"], _filter_of)),
    }
    changed = _shorten(form, genome)
    return form, contigs, changed


def _filter_of(text: str) -> str | None:
    return None if text == "." else text


def _shorten(form: dict[str, Any], genome: Reference | None) -> Counter[str]:
    """Trim and left-align; most variants are SNVs, which need neither."""
    ref, alt = form["ref"], form["alt"]
    n_ref, n_alt = pc.utf8_length(ref), pc.utf8_length(alt)
    is_long = as_flags(pc.and_(pc.greater(n_ref, 1), pc.greater(n_alt, 1)))
    if genome is not None:
        is_long = is_long | as_flags(pc.not_equal(n_ref, n_alt))
    rows = np.flatnonzero(is_long & as_flags(pc.utf8_is_alpha(alt)))
    changed: Counter[str] = Counter()
    if not len(rows):
        return changed
    cells = [
        form[name].take(pa.array(rows)).to_pylist() for name in ("chrom", "ref", "alt")
    ]
    variants = [
        _changed_form(Variant(name, int(place), one, other), genome, changed)
        for place, name, one, other in zip(form["pos"][rows], *cells, strict=True)
    ]
    mask = np.zeros(len(ref), dtype=bool)
    mask[rows] = True
    form["pos"][rows] = [variant.pos for variant in variants]
    for name, column in (("ref", ref), ("alt", alt)):
        texts = pa.array([getattr(variant, name) for variant in variants])
        form[name] = pc.replace_with_mask(column, pa.array(mask), texts)
    return changed


def _changed_form(
    variant: Variant, genome: Reference | None, changed: Counter[str]
) -> Variant:
    """Return a variant in its one form, and count what was changed."""
    trimmed = trim(variant)
    changed[_TRIMMED] += trimmed != variant
    if genome is None:
        return trimmed
    aligned = left_align(trimmed, genome)
    changed[_NOT_THERE] += aligned is None
    changed[_MOVED] += aligned not in (None, trimmed)
    return aligned or trimmed


def _place_of_sample(names: list[str], calls_sample: str) -> int | None:
    """Return the place of a sample in a file; an empty name takes the only one.

    Raises
    ------
    CallsError
        If the file has no such sample, or several and none is named.
    """
    listed = ", ".join(names) or "no sample columns"
    if calls_sample and calls_sample not in names:
        text = f"the VCF has no such sample; it holds: {listed}"
        raise CallsError(text, "calls_sample")
    if not calls_sample and len(names) > 1:
        text = f"the VCF holds {len(names)} samples, name one of: {listed}"
        raise CallsError(text, "calls_sample")
    return names.index(calls_sample or names[0]) if names else None


def _count_columns(counts: Counts) -> dict[str, pa.Array]:
    """Return the counts as columns of calls."""
    depth = np.where(counts.depth > 0, counts.depth, np.nan)
    return {
        "alt_count": _numbers(counts.alt_count),
        "depth": _numbers(counts.depth),
        "vaf": _numbers(counts.alt_count / depth),
        "caller_vaf": _numbers(counts.caller_vaf),
    }


def _numbers(values: Floats) -> pa.Array:
    """Return numbers as a column; NaN is missing."""
    return pa.array(values, pa.float64(), from_pandas=True)


def _kind_of_allele(alt: str) -> str:
    """Return what an ALT that is no sequence is; empty if it is one."""
    if _SEQUENCE.issuperset(alt):
        return ""
    if alt == "*":
        return "spanning deletions (*)"
    if alt in ("<NON_REF>", "<*>"):
        return "reference blocks (<NON_REF>)"
    if alt.startswith("<"):
        return "symbolic alleles (such as <DEL>)"
    if set("[].") & set(alt):
        return "breakends"
    return "alleles with other letters than ACGTN"


def _place(records: Records, row: int) -> str:
    """Return where a record stands, as ``chr1:100``."""
    chrom = records["chrom"][row].as_py().decode(errors="replace")
    return f"{chrom}:{records['pos'][row].as_py()}"


def _damage_in(lines: bytes, n_columns: int) -> DamagedBlockError:
    """Say where a block that cannot be read is damaged."""
    last = ""
    for line in lines.split(b"\n"):
        cells = line.decode(errors="replace").rstrip("\r").split("\t")
        place = ":".join(cells[:2])
        is_placed = len(cells) >= _FIXED_COLUMNS and cells[1].isdecimal()
        if is_placed and len(cells) < n_columns:
            return DamagedBlockError(last, f"the record at {place} lacks columns")
        if not is_placed or len(cells) > n_columns:
            break
        last = place
    return DamagedBlockError(last)
