"""Gene, consequence and population frequency of an allele, from the INFO column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any, NamedTuple

from her2ctdna.allele_counts import numbers_of_alleles, parse_number

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
class AnnotationFields:
    """Which annotations the header of a file declares.

    ``columns`` gives, by INFO field, the place of each column of an annotation;
    ``population`` the fields with a population frequency, by whether they hold its
    negative logarithm.
    """

    columns: dict[str, dict[str, int]]
    population: dict[str, bool]


def read_annotation_fields(header: Any) -> AnnotationFields:
    """Return the annotations that the header of a VCF declares.

    The columns of ``ANN`` and ``CSQ`` stand in their descriptions, after
    ``Format:`` (VEP) or in quotes (SnpEff). Mutect2's ``POPAF`` is a negative
    decimal logarithm, which its description says too.
    """
    described = {tag: header.info[tag].description or "" for tag in header.info}
    columns = {}
    for tag in TAGS:
        if names := _COLUMN_NAMES.search(described.get(tag, "")):
            listed = names.group(1).split("|")
            columns[tag] = {name.strip(): at for at, name in enumerate(listed)}
    population = {
        tag: "negative log" in described[tag].lower()
        for tag in POPULATION_TAGS
        if tag in described
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
        if tag in info:
            listed = info[tag].split(",") if isinstance(info[tag], str) else info[tag]
            entries = [entry.split("|") for entry in listed]
            found = _annotation_of_alleles(entries, columns, record.alleles)
            break
    # from the last to the first, so that the first with a value stays
    for tag, is_log in reversed(fields.population.items()):
        if tag in info:
            frequencies = numbers_of_alleles(info[tag], len(found))
            found = [
                _with_frequency(annotation, 10**-value if is_log else value)
                for annotation, value in zip(found, frequencies, strict=True)
            ]
    return found


def _annotation_of_alleles(
    entries: list[list[str]], columns: dict[str, int], alleles: Sequence[str]
) -> list[Annotation]:
    """Return the annotation of each ALT allele from all those of a record."""
    ref, *alts = alleles
    is_vep = "Consequence" in columns
    names = _vep_alleles(ref, alts) if is_vep else alts
    by_allele: dict[str | None, list[list[str]]] = {}
    for entry in entries:
        by_allele.setdefault(_cell(entry, columns, "Allele"), []).append(entry)
    if len(alts) == 1 and names[0] not in by_allele:
        # annotated before a multiallelic record was split, or with --minimal
        names = [_shortest(ref, alts[0])]
    return [
        _annotation(_chosen(by_allele.get(name, []), columns), columns)
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


def _chosen(entries: list[list[str]], columns: dict[str, int]) -> list[str]:
    """Return the annotation that counts among those of one allele."""
    for flag, mark in (("PICK", "1"), ("CANONICAL", "YES")):
        flagged = [entry for entry in entries if _cell(entry, columns, flag) == mark]
        if flagged:
            entries = flagged
            break
    return min(
        entries,
        key=lambda entry: SEVERITY.get(
            _cell(entry, columns, "IMPACT", "Annotation_Impact") or "", len(SEVERITY)
        ),
        default=[],
    )


def _annotation(entry: list[str], columns: dict[str, int]) -> Annotation:
    """Return the parts of one annotation that are kept."""
    gene = _cell(entry, columns, "SYMBOL", "Gene_Name", "Gene", "Gene_ID")
    consequence = _cell(entry, columns, "Consequence", "Annotation")
    protein = _cell(entry, columns, "HGVSp", "HGVS.p")
    if protein:
        # VEP puts the protein before the change and writes "=" as %3D
        protein = protein.rpartition(":")[2].replace("%3D", "=")
    frequency = _cell(entry, columns, *POPULATION_COLUMNS) or ""
    # several co-located known variants are joined by "&": the commonest counts
    values = [parse_number(value) for value in frequency.split("&")]
    known = [value for value in values if not isnan(value)]
    return _with_frequency(
        Annotation(gene, consequence, protein), max(known, default=nan)
    )


def _with_frequency(annotation: Annotation, frequency: float) -> Annotation:
    """Return the annotation with a population frequency if it is one."""
    if not 0 <= frequency <= 1:
        return annotation
    return annotation._replace(population_af=frequency)


def _cell(entry: list[str], columns: dict[str, int], *names: str) -> str | None:
    """Return the first of the named cells of an annotation that is filled."""
    for name in names:
        at = columns.get(name, len(entry))
        if at < len(entry) and entry[at]:
            return entry[at]
    return None
