"""Calls given as a table: brought into the one form of a variant."""

from collections import Counter

import pandas as pd

from her2ctdna.calls.variant_form import (
    NOT_THERE,
    Reference,
    Variant,
    contig_style,
    open_reference,
    read_filter,
    shorten,
    with_chr,
    without_chr,
)
from her2ctdna.findings import Finding

_NOTHING = "-"
_KEY = list(Variant._fields)
_UNANCHORED = (
    "insertions or deletions are written with `-`; without study.reference they stay "
    "so, and are other variants than those of a VCF"
)


def in_one_form(
    calls: pd.DataFrame, reference: str | None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the table `variants` in the one form of a variant, and what was changed.

    Alleles in capitals, contigs in one style, trimmed; with a FASTA as ``reference``
    also left-aligned, and insertions and deletions written with ``-`` get the base
    before them. FILTER words are those of a VCF. Of rows of a sample that are one
    variant with the same counts and FILTER the first is kept. Rows with an empty
    cell in their key are left as they are.
    """
    whole = calls.dropna(subset=_KEY)
    changes: Counter[str] = Counter()
    cells = (whole[column] for column in _KEY)
    has_chr = "chr" in set(whole["chrom"].map(contig_style))
    rename = with_chr if has_chr else without_chr
    with open_reference(reference) as genome:
        variants = [
            _in_form(
                Variant(rename(chrom), int(pos), ref.upper(), alt.upper()),
                genome,
                changes,
            )
            for chrom, pos, ref, alt in zip(*cells, strict=True)
        ]
    calls = calls.copy()
    calls.loc[whole.index, _KEY] = pd.DataFrame(
        variants, index=whole.index, columns=_KEY
    )
    said = [
        ("warning" if text in (NOT_THERE, _UNANCHORED) else "note", f"{n} {text}")
        for text, n in sorted(changes.items())
        if n
    ]
    filters = calls["filter"].map(read_filter, na_action="ignore").astype(object)
    calls["filter"] = filters.where(filters.notna(), None)
    kept = _without_repeats(calls)
    if n_repeated := len(calls) - len(kept):
        text = "repeat another one of their sample: the first is kept"
        said.append(("warning", f"{n_repeated} of {len(calls)} variants {text}"))
    return kept, [
        Finding(severity, "variants", None, "ref", "", "", text)
        for severity, text in said
    ]


def _without_repeats(calls: pd.DataFrame) -> pd.DataFrame:
    """Return calls without those of which all that is measured stands above."""
    key = ["sample_id", *_KEY]
    is_whole = calls[key].notna().all(axis="columns")
    is_repeated = calls.duplicated([*key, "filter", "alt_count", "depth"])
    return calls[~(is_whole & is_repeated)]


def _in_form(
    variant: Variant, genome: Reference | None, changes: Counter[str]
) -> Variant:
    """Return one variant in its form, and count what was changed."""
    if _NOTHING in (variant.ref, variant.alt):
        anchored = genome and _anchored(variant, genome)
        changes[NOT_THERE if genome else _UNANCHORED] += not anchored
        if not anchored:
            return variant
        variant = anchored
    return shorten(variant, genome, changes)


def _anchored(variant: Variant, genome: Reference) -> Variant | None:
    """Return a variant of a MAF as a VCF has it; ``None`` if it is not in the genome.

    A MAF places an insertion after the base at its position, and a deletion at the
    first base that is lost.
    """
    chrom, pos, ref, alt = variant
    if ref == _NOTHING:
        base = genome.bases(chrom, pos, pos + 1)
        return Variant(chrom, pos, base, base + alt) if base else None
    base = genome.bases(chrom, pos - 1, pos)
    is_there = genome.bases(chrom, pos, pos + len(ref)) == ref
    return Variant(chrom, pos - 1, base + ref, base) if base and is_there else None
