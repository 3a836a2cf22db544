"""Which annotations a VCF holds, and where in its INFO column."""

import re
from dataclasses import dataclass

from her2ctdna.calls.vcf_header import Header

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

CONSEQUENCE_CLASSES = {
    "splice": ("splice_acceptor", "splice_donor", "splice_site"),
    "truncating": ("stop_gained", "frameshift", "start_lost", "stop_lost"),
    "inframe": ("inframe",),
    "missense": ("missense",),
}
"""Consequences that change the protein, by parts of their Sequence Ontology terms."""

_COLUMN_NAMES = re.compile(r"(?:Format:|')\s*([^'\"]+)")


_GENE_FIELD = re.compile(
    r"gene(s|name|info|_?name|_?symbol)?$|gene\.|symbol$|hgnc|eff$", re.I
)
"""Names of INFO fields that hold genes (ANNOVAR, panels of vendors, old SnpEff)."""


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


def read_annotation_fields(header: Header) -> AnnotationFields:
    """Return the annotations that the header of a VCF declares.

    The columns of ``ANN`` and ``CSQ`` stand in their descriptions, after
    ``Format:`` (VEP) or in quotes (SnpEff). Mutect2's ``POPAF`` is a negative
    decimal logarithm, which its description says too.
    """
    described = {tag: header.info[tag].description for tag in header.info}
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


def unread_gene_fields(header: Header) -> str:
    """Return which INFO fields seem to name genes though none is read; else nothing."""
    if any(
        _COLUMN_NAMES.search(header.info[tag].description)
        for tag in TAGS
        if tag in header.info
    ):
        return ""
    fields = sorted(tag for tag in header.info if _GENE_FIELD.match(tag))
    if not fields:
        return ""
    named = ", ".join(f"INFO/{tag}" for tag in fields)
    return (
        f"{named} may name the genes, but is not read: gene and consequence are those "
        "of ANN (SnpEff) or CSQ (VEP), with their columns in the header; annotate "
        "with one of them (config/README.md)"
    )


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
