"""Gene, consequence and population frequency of an allele, from the INFO column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any, NamedTuple

from her2ctdna.allele_counts import numbers_of_alleles, parse_number

CONSEQUENCE_CLASSES = {
    "splice": ("splice_acceptor", "splice_donor"),
    "truncating": ("stop_gained", "frameshift", "start_lost", "stop_lost"),
    "inframe": ("inframe",),
    "missense": ("missense",),
}
"""Consequences that change the protein, by parts of their Sequence Ontology terms."""

TAGS = ("ANN", "CSQ")
"""INFO fields that annotators write: SnpEff ``ANN``, VEP ``CSQ``."""

POPULATION_TAGS = (
    "gnomAD_AF",
    "gnomADe_AF",
    "gnomADg_AF",
    "AF_popmax",
    "POPAF",
    "POP_AF",
)
"""INFO fields with a population frequency; the first with a value counts."""

POPULATION_COLUMNS = ("gnomAD_AF", "gnomADe_AF", "gnomADg_AF")
"""The same among the columns of an annotation."""

SEVERITY = {"HIGH": 0, "MODERATE": 1, "LOW": 2, "MODIFIER": 3}

_COLUMN_NAMES = re.compile(r"(?:Format:|')\s*([^'\"]+)")


class Annotation(NamedTuple):
    """What is known of one allele; ``population_af`` is NaN where it is not."""

    gene: str | None = None
    consequence: str | None = None
    protein_change: str | None = None
    population_af: float = nan


@dataclass(frozen=True)
class Columns:
    """Where the parts of an annotation stand between its bars.

    Of several places of a part the first that is filled counts. ``flags`` are the
    marks of the annotations that go first; ``is_vep`` tells how alleles are named.
    """

    allele: tuple[int, ...]
    impact: tuple[int, ...]
    gene: tuple[int, ...]
    consequence: tuple[int, ...]
    protein_change: tuple[int, ...]
    frequency: tuple[int, ...]
    flags: tuple[tuple[int, str], ...]
    is_vep: bool


@dataclass(frozen=True)
class AnnotationFields:
    """Which annotations the header of a file declares.

    ``columns`` gives the columns of each INFO field with annotations;
    ``population`` the fields with a population frequency, by whether they hold its
    negative logarithm.
    """

    columns: dict[str, Columns]
    population: dict[str, bool]


def read_annotation_fields(header: Any) -> AnnotationFields:
    """Return the annotations that the header of a VCF declares.

    The columns of ``ANN`` and ``CSQ`` stand in their descriptions, after
    ``Format:`` (VEP) or in quotes (SnpEff). Mutect2's ``POPAF`` is a negative
    decimal logarithm, which its description says too.
    """
    described = {tag: header.info[tag].description or "" for tag in header.info}
    listed = {tag: _COLUMN_NAMES.search(described.get(tag, "")) for tag in TAGS}
    population = {
        tag: "negative log" in described[tag].lower()
        for tag in POPULATION_TAGS
        if tag in described
    }
    columns = {
        tag: _columns([name.strip() for name in names.group(1).split("|")])
        for tag, names in listed.items()
        if names
    }
    return AnnotationFields(columns, population)


def annotate(record: Any, fields: AnnotationFields) -> list[Annotation]:
    """Return the annotation of each ALT allele of a pysam record.

    Of several annotations of an allele the one with VEP's ``PICK`` flag counts,
    else those with ``CANONICAL``, else all; among them the most severe impact, and
    of equals the first in the file. A frequency in an INFO field goes before one
    inside the annotation. SnpEff's old ``EFF`` is not read.
    """
    found = [Annotation()] * len(record.alts)
    if not fields.columns and not fields.population:
        return found
    info = record.info
    for tag, columns in fields.columns.items():
        if entries := info.get(tag):
            entries = entries.split(",") if isinstance(entries, str) else entries
            found = _annotate_alleles(entries, columns, record.alleles)
            break
    # from the last to the first, so that the first with a value stays
    for tag, is_log in reversed(fields.population.items()):
        frequencies = numbers_of_alleles(info.get(tag), len(found))
        found = [
            _with_frequency(annotation, 10**-value if is_log else value)
            for annotation, value in zip(found, frequencies, strict=True)
        ]
    return found


def _columns(names: list[str]) -> Columns:
    """Return where the parts that are read stand, given the names of all."""

    def places(*wanted: str) -> tuple[int, ...]:
        return tuple(names.index(name) for name in wanted if name in names)

    flags = (("PICK", "1"), ("CANONICAL", "YES"))
    return Columns(
        allele=places("Allele"),
        impact=places("IMPACT", "Annotation_Impact"),
        gene=places("SYMBOL", "Gene_Name", "Gene", "Gene_ID"),
        consequence=places("Consequence", "Annotation"),
        protein_change=places("HGVSp", "HGVS.p"),
        frequency=places(*POPULATION_COLUMNS),
        flags=tuple((names.index(flag), mark) for flag, mark in flags if flag in names),
        is_vep="Consequence" in names,
    )


def _annotate_alleles(
    entries: Sequence[str], columns: Columns, alleles: Sequence[str]
) -> list[Annotation]:
    """Return the annotation of each ALT allele from all those of a record."""
    ref, *alts = alleles
    names = _vep_alleles(ref, alts) if columns.is_vep else alts
    by_allele: dict[str | None, list[list[str]]] = {}
    for entry in entries:
        cells = entry.split("|")
        by_allele.setdefault(_first(cells, columns.allele), []).append(cells)
    if len(alts) == 1 and names[0] not in by_allele:
        # annotated before a multiallelic record was split, or with --minimal
        names = [_shortest(ref, alts[0])]
    return [
        _annotation(_chosen(by_allele[name], columns), columns)
        if name in by_allele
        else Annotation()
        for name in names
    ]


def _vep_alleles(ref: str, alts: list[str]) -> list[str]:
    """Return the ALT alleles as VEP names them.

    Where an allele of the record is an indel and all start with the same base,
    that base is left out, and ``-`` is nothing.
    """
    sequences = {alt for alt in alts if alt.isalpha()}
    is_indel = any(len(alt) != len(ref) for alt in sequences)
    if not is_indel or any(alt[0] != ref[0] for alt in sequences):
        return alts
    return [alt[1:] or "-" if alt in sequences else alt for alt in alts]


def _shortest(ref: str, alt: str) -> str:
    """Return ALT without the bases that it shares with REF at both ends."""
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        ref, alt = ref[1:], alt[1:]
    return alt or "-"


def _chosen(entries: list[list[str]], columns: Columns) -> list[str]:
    """Return the annotation that counts among those of one allele."""
    if len(entries) == 1:
        return entries[0]
    for place, mark in columns.flags:
        flagged = [cells for cells in entries if _first(cells, (place,)) == mark]
        if flagged:
            entries = flagged
            break
    severities = [
        SEVERITY.get(_first(cells, columns.impact) or "", len(SEVERITY))
        for cells in entries
    ]
    return entries[severities.index(min(severities))]


def _annotation(cells: list[str], columns: Columns) -> Annotation:
    """Return the parts of one annotation that are kept."""
    protein = _first(cells, columns.protein_change)
    if protein:
        # VEP puts the protein before the change and writes "=" as %3D
        protein = protein.rpartition(":")[2].replace("%3D", "=")
    annotation = Annotation(
        _first(cells, columns.gene), _first(cells, columns.consequence), protein
    )
    frequency = _first(cells, columns.frequency)
    if frequency is None:
        return annotation
    # several co-located known variants are joined by "&": the commonest counts
    values = [parse_number(value) for value in frequency.split("&")]
    known = [value for value in values if not isnan(value)]
    return _with_frequency(annotation, max(known, default=nan))


def _with_frequency(annotation: Annotation, frequency: float) -> Annotation:
    """Return the annotation with a population frequency if it is one."""
    if not 0 <= frequency <= 1:
        return annotation
    return Annotation(*annotation[:3], frequency)


def _first(cells: list[str], places: tuple[int, ...]) -> str | None:
    """Return the first of the cells at these places that is filled."""
    for place in places:
        if place < len(cells) and cells[place]:
            return cells[place]
    return None
