"""From the lines of a VCF to calls, block by block."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from her2ctdna.allele_counts import (
    Counts,
    MisreadCountError,
    count_alleles,
    read_count_fields,
)
from her2ctdna.annotation import annotate, read_annotation_fields
from her2ctdna.call_spool import SPOOL_SCHEMA, Message, Spool
from her2ctdna.caller_rules import read_caller
from her2ctdna.genome_build import read_build
from her2ctdna.variant_file import AGAIN, CallsError, VariantText
from her2ctdna.variant_form import Reference, Variant, left_align, trim, with_chr
from her2ctdna.vcf_columns import (
    Alleles,
    Floats,
    Records,
    as_flags,
    by_value,
    parse_records,
)

_SEQUENCE = frozenset("ACGTN")
_CUT = "the last line has no newline and may be cut off"
_TRIMMED = "variants were trimmed to their shortest alleles"
_MOVED = "insertions or deletions were moved to their leftmost place"
_NOT_THERE = (
    "insertions or deletions have a REF that study.reference does not hold: they stay "
    "where they are; give the FASTA that the calls were made with"
)


class BlockReader:
    """Reads the calls of one sample of a file, and counts what is odd in it.

    Attributes
    ----------
    caller, build
        What the header says; ``caller`` as set, if it is.
    contigs
        How chromosomes are named: ``1``, ``chr1``, or empty if there is none.
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
        self._sample = _place_of_sample(list(header.samples), calls_sample)
        self._annotations = read_annotation_fields(header)
        self._genome = genome
        self._skipped: Counter[str] = Counter()
        self._changed: Counter[str] = Counter()
        self._n_molecules = 0
        self._last = "the header"
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
        for block in self._text.blocks:
            records = self._parse(block)
            spool.add(self._calls(records))
            self.n_records += records.n
            self._last = _place(records, records.n - 1)
            self._is_cut = not block.endswith(b"\n")
        is_harmless = not spool.is_counted and self._sample is None and spool.n_calls
        if self._is_cut and not is_harmless:
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
        if self._n_molecules:
            text = f"{self._n_molecules} variants are counted in molecules, not reads"
            found.append(("note", text))
        for text, n in sorted(self._changed.items()):
            found.append(("warning" if text == _NOT_THERE else "note", f"{n} {text}"))
        return found

    def _parse(self, block: bytes) -> Records:
        """Return the records of a block."""
        n_columns = self._text.n_columns
        try:
            return parse_records(block, n_columns=n_columns, sample=self._sample)
        except pa.ArrowInvalid as error:
            raise _damage_in(block, n_columns, self._last) from error

    def _calls(self, records: Records) -> pa.Table:
        """Return the calls of a block: the alleles that are sequences."""
        alleles = records.alleles()
        without = int((alleles.n_alts == 0).sum())
        self._skipped += Counter({"records without alternative allele": without})
        try:
            counts = count_alleles(records, alleles, self.fields)
        except MisreadCountError as error:
            last = _place(records, error.record - 1) if error.record else self._last
            raise _damage_after(last) from error
        columns = self._form(records, alleles) | _count_columns(counts)
        annotations = annotate(records, alleles, self._annotations)
        columns |= annotations._asdict()
        columns["population_af"] = _numbers(annotations.population_af)
        table = pa.table([columns[name] for name in SPOOL_SCHEMA.names], SPOOL_SCHEMA)
        kinds = by_value(alleles.alt, _kind_of_allele)
        is_sequence = as_flags(pc.equal(kinds, ""))
        self._n_molecules += int(counts.is_molecules[is_sequence].sum())
        if is_sequence.all():
            return table
        self._skipped += Counter(kinds.filter(pa.array(~is_sequence)).to_pylist())
        return table.filter(pa.array(is_sequence))

    def _form(self, records: Records, alleles: Alleles) -> dict[str, Any]:
        """Return place, alleles and FILTER, in the one form of a variant."""
        names = records["chrom"]
        for name in pc.unique(by_value(names, str)).to_pylist():
            if with_chr(name) in (name, f"chr{name}"):
                is_bare = with_chr(name) != name
                self.contigs = self.contigs or ("1" if is_bare else "chr1")
        chrom = alleles.spread(by_value(names, with_chr))
        pos = records["pos"].to_numpy()[alleles.record]
        filters = by_value(records["filter"], lambda text: None if text == "." else text)
        pos, ref, alt = self._in_one_form(chrom, pos, alleles.ref, alleles.alt)
        return {
            "chrom": chrom,
            "pos": pos,
            "ref": ref,
            "alt": alt,
            "filter": alleles.spread(filters),
        }

    def _in_one_form(
        self, chrom: pa.Array, pos: Any, ref: pa.Array, alt: pa.Array
    ) -> tuple[Any, pa.Array, pa.Array]:
        """Trim and left-align; most variants are SNVs, which need neither."""
        n_ref, n_alt = pc.utf8_length(ref), pc.utf8_length(alt)
        is_long = as_flags(pc.and_(pc.greater(n_ref, 1), pc.greater(n_alt, 1)))
        if self._genome is not None:
            is_long = is_long | as_flags(pc.not_equal(n_ref, n_alt))
        rows = np.flatnonzero(is_long & as_flags(pc.utf8_is_alpha(alt)))
        if not len(rows):
            return pos, ref, alt
        cells = (column.take(pa.array(rows)).to_pylist() for column in (chrom, ref, alt))
        changed = [
            self._changed_form(Variant(name, int(place), one, other))
            for place, name, one, other in zip(pos[rows], *cells, strict=True)
        ]
        mask = np.zeros(len(ref), dtype=bool)
        mask[rows] = True
        pos = pos.copy()
        pos[rows] = [variant.pos for variant in changed]
        refs = pa.array([variant.ref for variant in changed])
        alts = pa.array([variant.alt for variant in changed])
        return (
            pos,
            pc.replace_with_mask(ref, pa.array(mask), refs),
            pc.replace_with_mask(alt, pa.array(mask), alts),
        )

    def _changed_form(self, variant: Variant) -> Variant:
        """Return a variant in its one form, and count what was changed."""
        trimmed = trim(variant)
        self._changed += Counter({_TRIMMED: int(trimmed != variant)})
        if self._genome is None:
            return trimmed
        aligned = left_align(trimmed, self._genome)
        self._changed += Counter(
            {_MOVED: int(aligned not in (None, trimmed)), _NOT_THERE: int(not aligned)}
        )
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


def _damage_after(place: str) -> CallsError:
    return CallsError(f"the file is truncated or damaged after {place}: {AGAIN}")


def _damage_in(block: bytes, n_columns: int, last: str) -> CallsError:
    """Say where a block that cannot be read is damaged."""
    for line in block.split(b"\n"):
        cells = line.decode(errors="replace").rstrip("\r").split("\t")
        place = ":".join(cells[:2])
        if 8 <= len(cells) < n_columns and cells[1].isdecimal():
            return CallsError(f"the record at {place} lacks columns: {AGAIN}")
        if len(cells) != n_columns or not cells[1].isdecimal():
            break
        last = place
    return _damage_after(last)
