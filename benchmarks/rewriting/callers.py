"""How callers write the counts of a record: data of the simulation, not the package."""

from collections.abc import Sequence
from typing import NamedTuple

READS_PER_MOLECULE = 5


class Field(NamedTuple):
    """A field of FORMAT or INFO: its tag, what is written there, and its Number."""

    tag: str
    value: str
    number: str


class Caller(NamedTuple):
    """A caller as its files show it.

    Attributes
    ----------
    source
        Of the header; empty for a file that names nobody.
    fields, indel_fields
        Of a record, and of one that changes the length, as ``tag:value:Number``.
    is_site
        Whether the fields are those of INFO, in a file without a sample column.
    is_multi, has_mnv, has_pads
        Whether it joins alleles of a place in one record, writes substitutions of
        several bases as one allele, and alleles that are not trimmed.
    genotype_of_all
        Whether each record has the genotype of a call, and only FILTER tells.
    """

    source: str
    fields: str
    indel_fields: str = ""
    is_site: bool = False
    is_multi: bool = True
    has_mnv: bool = True
    has_pads: bool = True
    genotype_of_all: bool = False

    def fields_of(self, *, is_indel: bool) -> list[Field]:
        """Return the fields of a record."""
        text = (is_indel and self.indel_fields) or self.fields
        return [Field(*field.split(":")) for field in text.split()]


_GENERIC = "GT:genotype:1 AD:each:R DP:depth:1 AF:fractions:A"
_STRELKA = " ".join(["DP:depth:1", *(f"{base}U:of_{base}:2" for base in "ACGT")])
_FLOW = "DP:reads:1 FDP:depth:1 RO:ref_reads:1 FRO:ref:1 AO:alt_reads:A FAO:alts:A"
_MOLECULES = "DP:reads:1 RO:ref_reads:1 AO:alt_reads:A MDP:depth:1 MRO:ref:1 MAO:alts:A"

CALLERS = (
    Caller("", _GENERIC),
    Caller("Mutect2", _GENERIC, genotype_of_all=True),
    Caller(
        "VarDict_v1.8.2",
        "GT:genotype:1 DP:depth:1 VD:alts:1 AD:each:R AF:fractions:A",
        is_multi=False,
    ),
    Caller("freeBayes v1.3.6", "GT:genotype:1 DP:depth:1 AD:each:R RO:ref:1 AO:alts:A"),
    Caller("freeBayes v1.3.6", "NS:one:1 DP:depth:1 RO:ref:1 AO:alts:A", is_site=True),
    Caller(
        "strelka",
        _STRELKA,
        "DP:depth:1 TAR:ref_tiers:2 TIR:alt_tiers:2",
        is_multi=False,
        has_mnv=False,
        has_pads=False,
    ),
    Caller(
        "lofreq call",
        "DP:depth:1 AF:fractions:1 DP4:strands:4",
        is_site=True,
        is_multi=False,
        has_mnv=False,
    ),
    Caller('"tvc 5.12 - Torrent Variant Caller"', f"GT:genotype:1 {_FLOW}"),
    Caller('"tvc 5.12 - Torrent Variant Caller"', f"GT:genotype:1 {_MOLECULES}"),
    Caller("Platypus_Version_0.8.1", "GT:genotype:1 NR:depths:. NV:alts:."),
    Caller(
        "Pisces 5.2.10.49",
        "GT:genotype:1 AD:each:. DP:depth:1 VF:fractions:.",
        is_multi=False,
    ),
    Caller(
        "VarScan2",
        "GT:genotype:1 DP:depth:1 RD:ref:1 AD:alts:1 FREQ:percent:1",
        is_multi=False,
        has_mnv=False,
    ),
)
PLAIN = CALLERS[0]

_TYPES = {"GT": "String", "FREQ": "String", "AF": "Float", "VF": "Float"}


def header_of(caller: Caller, contigs: Sequence[str], sample_id: str) -> str:
    """Return the header of a file."""
    lines = ["##fileformat=VCFv4.2"]
    lines += [f"##source={caller.source}"] if caller.source else []
    lines += [f"##contig=<ID={name}>" for name in contigs]
    fields = {
        field.tag: field
        for is_indel in (False, True)
        for field in caller.fields_of(is_indel=is_indel)
    }
    kind = "INFO" if caller.is_site else "FORMAT"
    for tag, _, number in fields.values():
        told = f'Number={number},Type={_TYPES.get(tag, "Integer")},Description="x"'
        lines.append(f"##{kind}=<ID={tag},{told}>")
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    columns += [] if caller.is_site else ["FORMAT", sample_id]
    return "\n".join([*lines, "\t".join(columns)]) + "\n"


def values_of(
    counts: Sequence[int], depth: int, *, ref: str, alts: Sequence[str], is_called: bool
) -> dict[str, str]:
    """Return all that a field may hold; ``is_called`` makes a genotype of each ALT."""
    left = depth - sum(counts)
    held = [n for n, count in enumerate(counts, 1) if count or is_called]
    fractions = [count / depth for count in counts]
    strands = (*_halves(left), *_halves(counts[0]))
    of_base = dict.fromkeys("ACGT", 0) | dict(zip(alts, counts, strict=True))
    of_base |= {ref: left}
    reads = READS_PER_MOLECULE
    found: dict[str, list[object]] = {
        "genotype": ["/".join(map(str, [0, *held] if held else [0, 0]))],
        "one": [1],
        "each": [left, *counts],
        "ref": [left],
        "alts": list(counts),
        "depth": [depth],
        "depths": [depth] * len(counts),
        "fractions": [f"{fraction:.6f}" for fraction in fractions],
        "percent": [f"{100 * fractions[0]:.2f}%"],
        "strands": list(strands),
        "ref_tiers": [left, left],
        "alt_tiers": [counts[0], counts[0]],
        "reads": [depth * reads],
        "ref_reads": [left * reads],
        "alt_reads": [count * reads for count in counts],
    }
    found |= {f"of_{base}": [of_base[base], of_base[base]] for base in "ACGT"}
    return {name: ",".join(map(str, cells)) for name, cells in found.items()}


def _halves(count: int) -> tuple[int, int]:
    return count // 2, count - count // 2
