"""Gene, consequence and population frequency of an allele, from the INFO column."""

from math import isnan, nan
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from her2ctdna.calls.allele_counts import of_alleles
from her2ctdna.calls.annotation_fields import AnnotationFields, Columns
from her2ctdna.calls.vcf_columns import (
    Floats,
    Ints,
    Lists,
    as_flags,
    as_text,
    by_value,
    may_hold,
    parse_number,
    parse_numbers,
    split,
    split_alike,
)
from her2ctdna.calls.vcf_records import Alleles, Records

SEVERITY = ("HIGH", "MODERATE", "LOW", "MODIFIER")


class Annotations(NamedTuple):
    """What is known of each allele; null or NaN where nothing is."""

    gene: pa.Array
    consequence: pa.Array
    protein_change: pa.Array
    population_af: Floats

    def columns(self) -> dict[str, pa.Array]:
        """Return them as columns of calls."""
        frequency = pa.array(self.population_af, pa.float64(), from_pandas=True)
        return self._asdict() | {"population_af": frequency}


def annotate(
    records: Records, alleles: Alleles, fields: AnnotationFields
) -> Annotations:
    """Return the annotation of each ALT allele of a block of records.

    Of several annotations of an allele the one with VEP's ``PICK`` flag counts,
    else those with ``CANONICAL``, else all; among them the most severe impact, and
    of equals the first in the file. A frequency in an INFO field goes before one
    inside the annotation. SnpEff's old ``EFF`` is not read.
    """
    n = len(alleles.record)
    nothing = pa.nulls(n, pa.string())
    found = Annotations(nothing, nothing, nothing, np.full(n, nan))
    is_open, is_known = np.ones(records.n, dtype=bool), False
    for tag, columns in fields.columns.items():
        texts = records.of_site(tag)
        if not is_open.all():
            texts = pc.if_else(pa.array(is_open), texts, None)
        is_here = as_flags(pc.is_valid(texts))
        if is_here.any():
            more = _annotate_alleles(texts, alleles, columns)
            found = _joined(found, more) if is_known else more
            is_known = True
        is_open &= ~is_here
    # from the last to the first, so that the first with a value stays
    population = found.population_af
    for tag, is_log in reversed(fields.population.items()):
        values = of_alleles(parse_numbers(records.of_site(tag)), alleles)
        frequencies = 10.0**-values if is_log else values
        is_frequency = (frequencies >= 0) & (frequencies <= 1)
        population = np.where(is_frequency, frequencies, population)
    return found._replace(population_af=population)


def _joined(first: Annotations, other: Annotations) -> Annotations:
    """Return the annotations of alleles of which each has one at most."""
    return Annotations(
        pc.coalesce(first.gene, other.gene),
        pc.coalesce(first.consequence, other.consequence),
        pc.coalesce(first.protein_change, other.protein_change),
        np.where(
            np.isnan(first.population_af), other.population_af, first.population_af
        ),
    )


def _annotate_alleles(
    texts: pa.Array, alleles: Alleles, columns: Columns
) -> Annotations:
    """Return the annotation of each ALT allele from all those of its record."""
    entries = split(texts, b",")
    cells = split_alike(entries.items, b"|")
    chosen = _chosen(*_matches(entries, cells, alleles, columns), cells, columns)
    rows = np.full(len(alleles.record), -1)
    rows[chosen[0]] = chosen[1]
    gene = as_text(_first_filled(cells, columns.gene, rows))
    consequence = as_text(_first_filled(cells, columns.consequence, rows))
    protein = _protein_change(_first_filled(cells, columns.protein_change, rows))
    frequency = _first_filled(cells, columns.frequency, rows)
    numbers = by_value(frequency, _highest_frequency, pa.float64())
    known = numbers.to_numpy(zero_copy_only=False).astype(float)
    return Annotations(gene, consequence, protein, known)


def _protein_change(texts: pa.Array) -> pa.Array:
    """Return changes without the protein; VEP puts it before, and ``=`` as %3D."""
    parts = split_alike(texts, b":")
    last = parts.pick(np.arange(len(texts)), parts.lengths - 1)
    text = as_text(last)
    return pc.replace_substring(text, "%3D", "=") if may_hold(text, b"%") else text


def _matches(
    entries: Lists, cells: Lists, alleles: Alleles, columns: Columns
) -> tuple[Ints, Ints]:
    """Return which entries are about which alleles, as places in pairs."""
    every = np.arange(len(entries.items))
    of_entry = by_value(_first_filled(cells, columns.allele, every), str.upper)
    record = entries.owners()
    names = _vep_names(alleles) if columns.is_vep else alleles.alt
    most = int(alleles.n_alts.max(initial=0))
    pairs = [_named_alike(of_entry, record, names, alleles, range(most))]
    # annotated before a multiallelic record was split, or with --minimal
    is_single = (alleles.n_alts == 1) & (entries.lengths > 0)
    is_single[alleles.record[pairs[0][0]]] = False
    at = np.flatnonzero(is_single[record])
    if len(at):
        single = np.flatnonzero(is_single[alleles.record])
        shortest = _shortest_names(alleles, single)
        found = _named_alike(
            of_entry.take(pa.array(at)), record[at], shortest, alleles, (0,)
        )
        pairs.append((found[0], at[found[1]]))
    allele, entry = (np.concatenate(places) for places in zip(*pairs, strict=True))
    return allele, entry


def _named_alike(
    of_entry: pa.Array, record: Ints, names: pa.Array, alleles: Alleles, places: Any
) -> tuple[Ints, Ints]:
    """Return alleles and entries of the same record and name, as places in pairs.

    ``places`` are the places of alleles in their record that are looked at.
    """
    # a block may hold no ALT allele at all
    pairs = [(np.array([], dtype=np.int64), np.array([], dtype=np.int64))]
    for nth in places:
        at = np.flatnonzero(alleles.n_alts[record] > nth)
        allele = alleles.first[record[at]] + nth
        same = as_flags(
            pc.equal(of_entry.take(pa.array(at)), names.take(pa.array(allele)))
        )
        pairs.append((allele[same], at[same]))
    return (
        np.concatenate([allele for allele, _ in pairs], dtype=np.int64),
        np.concatenate([entry for _, entry in pairs], dtype=np.int64),
    )


def _vep_names(alleles: Alleles) -> pa.Array:
    """Return the ALT alleles as VEP names them.

    Where an allele of the record is an indel and all start with the same base,
    that base is left out, and ``-`` is nothing.
    """
    is_sequence = as_flags(pc.utf8_is_alpha(alleles.alt))
    is_indel = is_sequence & as_flags(
        pc.not_equal(pc.utf8_length(alleles.alt), pc.utf8_length(alleles.ref))
    )
    if not is_indel.any():
        return alleles.alt
    is_shared = as_flags(
        pc.equal(
            pc.utf8_slice_codeunits(alleles.alt, 0, 1),
            pc.utf8_slice_codeunits(alleles.ref, 0, 1),
        )
    )
    is_cut = np.zeros(len(alleles.n_alts), dtype=bool)
    is_cut[alleles.record[is_indel]] = True
    is_cut[alleles.record[is_sequence & ~is_shared]] = False
    rest = pc.utf8_slice_codeunits(alleles.alt, 1)
    rest = pc.if_else(pc.equal(rest, ""), "-", rest)
    is_shorter = is_cut[alleles.record] & is_sequence
    return pc.if_else(pa.array(is_shorter), rest, alleles.alt)


def _shortest_names(alleles: Alleles, places: Ints) -> pa.Array:
    """Return the ALT alleles; those at places without the bases shared with REF."""
    names = np.array(alleles.alt.to_pylist(), dtype=object)
    refs = alleles.ref.take(pa.array(places)).to_pylist()
    for place, ref in zip(places, refs, strict=True):
        names[place] = _shortest(ref, names[place])
    return pa.array(names, pa.string())


def _shortest(ref: str, alt: str) -> str:
    """Return ALT without the bases that it shares with REF at both ends."""
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        ref, alt = ref[1:], alt[1:]
    return alt or "-"


def _chosen(
    allele: Ints, entry: Ints, cells: Lists, columns: Columns
) -> tuple[Ints, Ints]:
    """Return the entry that counts of each allele that has any."""
    rank = np.full(len(entry), len(columns.flags))
    for place, (column, mark) in reversed(list(enumerate(columns.flags))):
        flags = _cell(cells, column, entry)
        rank[as_flags(pc.equal(flags, mark.encode()))] = place
    impacts = pa.array([name.encode() for name in SEVERITY], pa.binary())
    severity = pc.index_in(_first_filled(cells, columns.impact, entry), impacts)
    rank = rank * 2**3 + severity.fill_null(len(SEVERITY)).to_numpy()
    if not len(allele):
        return allele, entry
    order = np.argsort(allele, kind="stable")
    firsts = np.flatnonzero(np.diff(allele[order], prepend=-1))
    # of entries of the same rank the first in the file, in one number
    n_entries = len(cells.lengths)
    best = np.minimum.reduceat((rank * n_entries + entry)[order], firsts)
    return allele[order][firsts], best % n_entries


def _cell(cells: Lists, place: int, entries: Ints) -> pa.Array:
    """Return a cell of entries, null where it is empty or the entry is below 0."""
    found = cells.pick(entries, place)
    is_empty = pc.equal(found, b"")
    return pc.if_else(is_empty, None, found) if pc.any(is_empty).as_py() else found


def _first_filled(cells: Lists, places: tuple[int, ...], entries: Ints) -> pa.Array:
    """Return of entries the first of the cells at these places that is filled."""
    if not places:
        return pa.nulls(len(entries), pa.binary())
    first, *others = (_cell(cells, place, entries) for place in places)
    return pc.coalesce(first, *others) if others else first


def _highest_frequency(text: str) -> float:
    """Return the highest of the frequencies of co-located variants, joined by ``&``."""
    values = [parse_number(value) for value in text.split("&")]
    highest = max((value for value in values if not isnan(value)), default=nan)
    return highest if 0 <= highest <= 1 else nan
