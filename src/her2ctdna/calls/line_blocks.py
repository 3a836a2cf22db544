"""From lines of a VCF to calls: counted, annotated and in the one form of a variant."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from her2ctdna.calls.allele_counts import (
    CountFields,
    Counts,
    MisreadCountError,
    count_alleles,
)
from her2ctdna.calls.annotation import annotate
from her2ctdna.calls.annotation_fields import AnnotationFields
from her2ctdna.calls.count_checks import is_called_at_zero
from her2ctdna.calls.odd_cells import Tally, find_odd_cells
from her2ctdna.calls.pending_calls import SPOOL_SCHEMA
from her2ctdna.calls.variant_form import (
    Reference,
    Variant,
    contig_style,
    read_filter,
    shorten,
    with_chr,
)
from her2ctdna.calls.vcf_columns import Floats, as_flags, by_value
from her2ctdna.calls.vcf_records import (
    Alleles,
    DamagedBlockError,
    Records,
    parse_records,
)

_SEQUENCE = frozenset("ACGTN")
_NO_ALT = "records without alternative allele"
_MOLECULES = "variants are counted in molecules, not reads"
_FRACTIONS = ("have counts that are no whole numbers", "not measured")
_DOUBLE = ("stand in a record that names a FORMAT field twice", "not measured")
_AT_ZERO = (
    "are called by genotype or fraction, but their count is 0",
    "not measured; the count and the call cannot both be right",
)


class BlockRules(NamedTuple):
    """By what a block is read: the layout of its lines, and where things stand.

    ``sample`` is the place of the sample; ``genome`` is for left-alignment;
    ``lengths`` are those of the contigs; ``is_called_by_pass`` says that a genotype
    alone is no call of the caller.
    """

    n_columns: int
    sample: int | None
    counts: CountFields
    annotations: AnnotationFields
    genome: Reference | None
    lengths: Mapping[str, int | None]
    is_called_by_pass: bool


class Block(NamedTuple):
    """The calls of a block, and what is to be said of it.

    ``contigs`` says how chromosomes are named (``chr`` or ``bare``; empty if there is
    none); ``last`` is the place of the last record; ``skipped`` and ``changed`` count,
    ``odd`` counts what no caller means.
    """

    calls: pa.Table
    n_records: int
    contigs: str
    last: str
    skipped: Counter[str]
    changed: Counter[str]
    odd: Tally


def read_block(lines: bytes, rules: BlockRules) -> Block:
    """Return the calls in whole lines of a VCF: the alleles that are sequences.

    Raises
    ------
    DamagedBlockError
        If a line has other than ``n_columns`` cells, or a count is no number.
    """
    records = parse_records(lines, n_columns=rules.n_columns, sample=rules.sample)
    alleles = records.alleles()
    kinds = by_value(alleles.alt, _kind_of_allele)
    is_sequence = as_flags(pc.equal(kinds, ""))
    skipped = Counter({_NO_ALT: int((alleles.n_alts == 0).sum())})
    if not is_sequence.all():
        skipped.update(kinds.filter(pa.array(~is_sequence)).to_pylist())
    odd = Tally()
    is_odd = find_odd_cells(records, alleles, rules.lengths, is_sequence, odd)
    filters = _filters(records, alleles)
    counts = _count(records, alleles, rules, filters, is_sequence & ~is_odd, odd)
    columns = _places(records, alleles) | {"filter": filters}
    columns |= _count_columns(counts)
    columns |= annotate(records, alleles, rules.annotations).columns()
    is_kept = is_sequence & ~is_odd
    if not is_kept.all():
        mask = pa.array(is_kept)
        columns = {name: column.filter(mask) for name, column in columns.items()}
    changed = _shorten(columns, rules.genome)
    changed[_MOLECULES] = int(counts.is_molecules[is_kept].sum())
    calls = pa.table([columns[name] for name in SPOOL_SCHEMA.names], SPOOL_SCHEMA)
    last = records.place(records.n - 1)
    style = next(filter(None, map(contig_style, records.contigs[0])), "")
    return Block(calls, records.n, style, last, skipped, changed, odd)


def _count(
    records: Records,
    alleles: Alleles,
    rules: BlockRules,
    filters: pa.Array,
    is_kept: NDArray[np.bool_],
    odd: Tally,
) -> Counts:
    """Return the counts; those that their record contradicts are missing."""
    try:
        counts = count_alleles(records, alleles, rules.counts)
    except MisreadCountError as error:
        last = records.place(error.record - 1) if error.record else ""
        raise DamagedBlockError(last) from error
    is_passing = as_flags(pc.equal(filters, "PASS"))
    may_be_called = is_passing if rules.is_called_by_pass else np.isfinite(is_passing)
    at_zero = is_called_at_zero(records, alleles, counts, may_be_called)
    found = {
        _FRACTIONS: counts.is_fraction,
        _DOUBLE: records.is_doubly_named[alleles.record],
        _AT_ZERO: at_zero,
    }
    for text, is_found in found.items():
        odd.add(text, alleles.record[is_found & is_kept], records)
    return counts._replace(alt_count=np.where(at_zero, np.nan, counts.alt_count))


def _filters(records: Records, alleles: Alleles) -> pa.Array:
    """Return the FILTER of each allele: of its site and, in FORMAT/FT, of its draw."""
    site = records["filter"]
    if not records.has_of_sample("FT"):
        return alleles.spread(by_value(site, read_filter))
    both = pc.binary_join_element_wise(
        site, pc.fill_null(records.of_sample("FT"), b"."), b"\t"
    )
    joined = by_value(both, lambda text: read_filter(*text.split("\t")))
    return alleles.spread(joined)


def _places(records: Records, alleles: Alleles) -> dict[str, pa.Array]:
    """Return where the alleles stand, and what they are."""
    names, contig = records.contigs
    chroms = pa.array(map(with_chr, names), pa.string()).take(pa.array(contig))
    return {
        "chrom": alleles.spread(chroms),
        "pos": alleles.spread(records["pos"]),
        "ref": alleles.ref,
        "alt": alleles.alt,
    }


def _shorten(form: dict[str, pa.Array], genome: Reference | None) -> Counter[str]:
    """Trim and left-align; most variants are SNVs, which need neither."""
    ref, alt = form["ref"], form["alt"]
    n_ref, n_alt = pc.utf8_length(ref), pc.utf8_length(alt)
    is_long = as_flags(pc.and_(pc.greater(n_ref, 1), pc.greater(n_alt, 1)))
    if genome is not None:
        is_long = is_long | as_flags(pc.not_equal(n_ref, n_alt))
    changed: Counter[str] = Counter()
    if not is_long.any():
        return changed
    rows = pa.array(np.flatnonzero(is_long))
    names = Variant._fields
    cells = [form[name].take(rows).to_pylist() for name in names]
    variants = [
        shorten(Variant(*parts), genome, changed) for parts in zip(*cells, strict=True)
    ]
    mask = pa.array(is_long)
    for name, values in zip(names, zip(*variants, strict=True), strict=True):
        new = pa.array(values, form[name].type)
        form[name] = pc.replace_with_mask(form[name], mask, new)
    return changed


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
