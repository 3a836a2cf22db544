"""The files of a patient's draws, each written by a caller and in ways at random."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rewriting.callers import CALLERS, PLAIN, Caller, header_of, values_of
from rewriting.edits import (
    Edit,
    Genome,
    as_alleles,
    draw_bases,
    joined,
    other_base,
    partitions,
    parts_of,
    places_of,
)
from rewriting.truth import GERMLINE_DEPTH, Patient, Variant

NAMES: Mapping[str, tuple[str, ...]] = {
    "chr3": ("chr3", "3", "NC_000003.12", "03", "CHR3"),
    "chr17": ("chr17", "17", "NC_000017.11", "17", "CHR17"),
    "chrX": ("chrX", "X", "NC_000023.11", "23", "CHRX"),
}
"""Contigs, each as files of five kinds name it; the first is plain."""

DEPTHS = (2000, 4000)
WHOLE, BOTH, LOST, SET_TO_0 = 0.4, 0.1, 0.05, 0.1
"""Shares: of MNVs that are one record, or stand beside their parts; of those a part of
which a filter took out; of variants with molecules that also stand at 0, in the form
that they had at baseline."""

PADDED, NOISY, REPEATED, WEAK = 0.2, 0.15, 0.05, 0.1


class Site(NamedTuple):
    """A record before it is written: the edits of a place with their molecules."""

    edits: tuple[Edit, ...]
    counts: tuple[int, ...]
    depth: int
    filter: str


class Writer:
    """Writes the draws of a patient, the one at baseline first.

    Parameters
    ----------
    is_plain
        Whether every file is written in one and the same way: trimmed, leftmost, an
        MNV as one record, in order, by one caller.
    """

    def __init__(
        self, random: np.random.Generator, genome: Genome, *, is_plain: bool
    ) -> None:
        self._random, self._genome, self._is_plain = random, genome, is_plain
        self._asked: dict[Edit, list[Edit]] = {}

    def write(self, patient: Patient, draw: int, path: Path) -> None:
        """Write a draw of a patient: all that is tracked, and what else it holds."""
        random = self._random
        caller = PLAIN if self._is_plain else CALLERS[random.integers(len(CALLERS))]
        style = 0 if self._is_plain else int(random.integers(5))
        sites = [
            site
            for variant in patient.variants
            if variant.role == "tracked" or variant.counts[draw]
            for site in self._sites(variant, draw, caller)
        ]
        names = {contig: named[style] for contig, named in NAMES.items()}
        lines = [self._line(site, caller, names) for site in self._ordered(sites)]
        header = header_of(caller, list(names.values()), "S")
        path.write_text(header + "".join(lines))

    def _chance(self, share: float) -> bool:
        return not self._is_plain and bool(self._random.random() < share)

    def _ordered(self, sites: list[Site]) -> list[Site]:
        """Return the records of a file: some twice, sorted, reversed or shuffled."""
        sites = [*sites, *(site for site in sites if self._chance(REPEATED))]
        sites.sort(key=lambda site: min(site.edits)[:2])
        if self._chance(0.5):
            places = self._random.permutation(len(sites))
            return [sites[place] for place in places]
        return sites[::-1] if self._chance(0.3) else sites

    def _sites(self, variant: Variant, draw: int, caller: Caller) -> list[Site]:
        """Return the records in which a variant is told."""
        forms, count = self._forms(variant, caller), variant.counts[draw]
        counted = [(edit, count) for edit in forms]
        is_later = draw > 0 and variant.role == "tracked"
        if len(forms) > 1:
            # single bases hold errors of their own
            extra = self._random.integers(0, 3, len(forms)) * bool(count)
            pairs = zip(forms, extra, strict=True)
            counted = [(edit, count + int(n)) for edit, n in pairs]
        asked = self._asked.setdefault(variant.edit, forms)
        if is_later and count and self._chance(SET_TO_0):
            counted += [(edit, 0) for edit in asked if edit not in forms]
        elif is_later and len(forms) > 1 and self._chance(LOST):
            del counted[self._random.integers(len(counted))]
        return [
            site
            for edit, n in counted
            for site in self._around(edit, n, variant.role, is_later, caller)
        ]

    def _forms(self, variant: Variant, caller: Caller) -> list[Edit]:
        """Return the edits as which a caller writes a variant."""
        edit = variant.edit
        if variant.kind == "indel":
            places = places_of(edit, self._genome)
            return [places[self._random.integers(len(places)) * (not self._is_plain)]]
        if variant.kind == "delins":
            return self._forms_of_delins(edit, caller)
        if variant.beside and caller.has_mnv and self._chance(WHOLE):
            return [joined([edit, variant.beside], self._genome)]
        atoms = parts_of(edit, self._genome)
        if not caller.has_mnv:
            return atoms
        if self._is_plain or len(atoms) == 1 or self._chance(WHOLE):
            return [edit]
        cuts = list(partitions(atoms))
        # the last cut leaves it whole
        cut = cuts[self._random.integers(len(cuts) - 1)]
        parts = [joined(part, self._genome) for part in cut]
        return [edit, *parts] if self._chance(BOTH) else parts

    def _forms_of_delins(self, edit: Edit, caller: Caller) -> list[Edit]:
        if self._is_plain or (caller.has_mnv and self._chance(WHOLE)):
            return [edit]
        *atoms, rest = parts_of(edit, self._genome)
        places = places_of(rest, self._genome)
        parts = [*atoms, places[self._random.integers(len(places))]]
        return [edit, *parts] if caller.has_mnv and self._chance(BOTH) else parts

    def _around(
        self, edit: Edit, count: int, role: str, is_later: bool, caller: Caller
    ) -> list[Site]:
        """Return the record of an edit, at times with another allele of its place."""
        if role == "germline":
            return [Site((edit,), (count,), GERMLINE_DEPTH, "PASS")]
        depth = int(self._random.integers(*DEPTHS))
        site = Site((edit,), (count,), depth, self._filter(count, caller, is_later))
        if not self._chance(NOISY):
            return [site]
        noise, n = self._noise_at(edit), int(self._random.integers(1, 3))
        if caller.is_multi:
            return [site._replace(edits=(edit, noise), counts=(count, n))]
        return [site, Site((noise,), (n,), depth, "LowQual")]

    def _noise_at(self, edit: Edit) -> Edit:
        """Return another allele of a place: another base, or a longer indel."""
        if not edit.is_substitution:
            if edit.bases:
                return edit._replace(bases=edit.bases + draw_bases(self._random, 1))
            return edit._replace(end=edit.end + 1)
        text = self._genome[edit.contig]
        here = {text[edit.start], edit.bases[0]}
        while (base := other_base(self._random, text[edit.start])) in here:
            pass
        return Edit(edit.contig, edit.start, edit.start + 1, base)

    def _filter(self, count: int, caller: Caller, is_later: bool) -> str:
        """Return the FILTER of a record: at a tracked site it hides nothing."""
        if count == 0 and caller.genotype_of_all:
            return "weak_evidence"
        if is_later and self._chance(WEAK):
            return "LowQual"
        return "." if self._chance(WEAK) else "PASS"

    def _line(self, site: Site, caller: Caller, names: Mapping[str, str]) -> str:
        pads = (0, 0)
        if caller.has_pads and self._chance(PADDED):
            left, right = self._random.integers(0, 4, 2)
            pads = (int(left), int(right))
        return as_line(site, caller, self._genome, names, pads=pads)


def as_line(
    site: Site,
    caller: Caller,
    genome: Genome,
    names: Mapping[str, str],
    *,
    pads: tuple[int, int],
) -> str:
    """Return a record as a line of a file."""
    pos, ref, alts = as_alleles(site.edits, genome, pads=pads)
    is_indel = not all(edit.is_substitution for edit in site.edits)
    values = values_of(
        site.counts, site.depth, ref=ref, alts=alts, is_called=caller.genotype_of_all
    )
    fields = caller.fields_of(is_indel=is_indel)
    told = [(field.tag, values[field.value]) for field in fields]
    info = ";".join("=".join(pair) for pair in told) if caller.is_site else "."
    contig = names[site.edits[0].contig]
    cells = [contig, str(pos), ".", ref, ",".join(alts), ".", site.filter, info]
    if not caller.is_site:
        tags, cell = zip(*told, strict=True)
        cells += [":".join(tags), ":".join(cell)]
    return "\t".join(cells) + "\n"


def write_reference(genome: Genome, path: Path) -> None:
    """Write the genome as a FASTA; its contigs are named in three ways."""
    named = [NAMES[contig][place] for place, contig in enumerate(genome)]
    parts = zip(named, genome.values(), strict=True)
    path.write_text("".join(f">{name}\n{text}\n" for name, text in parts))
