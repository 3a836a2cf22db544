"""From lines of a VCF to calls: counted, annotated and in the one form of a variant."""

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from her2ctdna.calls.allele_counts import (
    CountFields,
    Counts,
    MisreadCountError,
    count_alleles,
)
from her2ctdna.calls.annotation import annotate
from her2ctdna.calls.annotation_fields import AnnotationFields
from her2ctdna.calls.pending_calls import SPOOL_SCHEMA
from her2ctdna.calls.variant_form import (
    Reference,
    Variant,
    contig_style,
    left_align,
    trim,
    with_chr,
)
from her2ctdna.calls.vcf_columns import (
    Alleles,
    Floats,
    Records,
    as_flags,
    as_text,
    by_value,
    parse_records,
)

_FIXED_COLUMNS = 8
_SEQUENCE = frozenset("ACGTN")
_NO_ALT = "records without alternative allele"
_MOLECULES = "variants are counted in molecules, not reads"
_TRIMMED = "variants were trimmed to their shortest alleles"
_MOVED = "insertions or deletions were moved to their leftmost place"
NOT_THERE = (
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

    ``contigs`` says how chromosomes are named (``chr`` or ``bare``; empty if there is
    none); ``last`` is the place of the last record; ``skipped`` and ``changed`` count.
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
    changed[NOT_THERE] += aligned is None
    changed[_MOVED] += aligned not in (None, trimmed)
    return aligned or trimmed


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
