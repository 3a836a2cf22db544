"""Which annotations a VCF holds, and where in its INFO column."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pysam

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

_COLUMN_NAMES = re.compile(r"(?:Format:|')\s*([^'\"]+)")


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


def read_annotation_fields(header: "pysam.VariantHeader") -> AnnotationFields:
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
