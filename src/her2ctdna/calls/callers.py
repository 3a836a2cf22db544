"""Callers: how each is recognised, and where its counts stand. Data, not code.

A new caller is a row of `CALLERS` and one of `RULES`, and a file in tests/vcf.
"""

import re
from typing import NamedTuple

from her2ctdna.calls.vcf_header import Header


class Source(NamedTuple):
    """Fields that together count a sample.

    Attributes
    ----------
    alt, ref
        Field of the ALT alleles and of the reference. With an empty ``ref`` the
        first number of ``alt`` is the reference's, with ``None`` nobody counts it.
    depth, vaf
        Fields of the depth and of the caller's own fraction; the first with a
        number counts. Without any the depth is the sum of reference and ALT.
    kind
        ``listed``: one number an allele. ``bases``: one field a base, named by it,
        such as ``AU`` (SNVs). ``tiers``: the first number is tier 1 (one ALT).
        ``strands``: reference forward and reverse, then ALT (one ALT).
        ``two_alts``: one number each of two ALT alleles, none of the reference.
    is_molecules
        Whether molecules (UMI families) are counted, not reads.
    is_site
        Whether the fields are those of INFO.
    """

    alt: str
    ref: str | None = ""
    depth: tuple[str, ...] = ("DP", "AFDP")
    vaf: tuple[str, ...] = ("AF", "FREQ", "VAF", "VF")
    kind: str = "listed"
    is_molecules: bool = False
    is_site: bool = False

    def __str__(self) -> str:
        """Return the fields as a message names them."""
        name = "AU to TU" if self.kind == "bases" else self.alt
        name += f" with {self.ref}" if self.ref else ""
        return f"{name} in INFO" if self.is_site else name


AD = Source("AD")
AD_RD = Source("AD", "RD")
AO_RO = Source("AO", "RO")
BASES = Source("U", kind="bases")
TIERS = Source("TIR", "TAR", kind="tiers")
DEPTH = Source("", None)
"""Depth and the caller's own fraction alone."""
DP4 = Source("DP4", depth=("DP",), vaf=("AF",), kind="strands", is_site=True)
FAO_FRO = Source("FAO", "FRO", ("FDP",))
VD = Source("VD", None, ("DP",), kind="tiers")
NV = Source("NV", None, ("NR",))
AD_OF_TWO = Source("AD", kind="two_alts")

SITE = (
    FAO_FRO._replace(is_site=True),
    AO_RO._replace(is_site=True),
    AD._replace(is_site=True),
    DP4,
)
"""Counts of INFO, which are those of the sample where a file holds one sample."""

MOLECULES = (
    Source("MAO", "MRO", ("MDP",), ("MAF",), is_molecules=True),
    Source("M_AC", "M_REF", (), ("M_AF",), is_molecules=True),
    Source("VMT", None, ("UMT",), ("VMF",), is_molecules=True),
)
"""Counts of molecules (Torrent Variant Caller, umiVar, smCounter2).

They stand beside those of reads and go first, whatever the caller."""

GENERIC = (AD, AD_RD, AO_RO)

RULES: dict[str, tuple[Source, ...]] = {
    "Mutect2": (AD,),
    "VarDict": (VD, AD),
    "Strelka2": (BASES, TIERS, AD),
    "LoFreq": (AD, DP4),
    "VarScan2": (AD, AD_RD),
    "FreeBayes": (AO_RO, AD),
    "Varlociraptor": (DEPTH,),
    "DRAGEN": (AD,),
    "TNscope": (AD,),
    "MuSE": (AD,),
    "GATK": (AD,),
    "umiVar": (),
    "smCounter2": (AD,),
    "TorrentVariantCaller": (FAO_FRO, AO_RO),
    "Platypus": (NV,),
    "Pisces": (AD, AD_OF_TWO),
    "ClairS": (AD,),
    "generic": GENERIC,
}
"""Where the counts of each caller stand, in the order in which they are looked for.

VarScan gives the ALT allele alone in ``AD``, whatever its header says, but files of
several callers hold both forms. Varlociraptor weighs reads and counts none. umiVar
writes ``DP`` and ``AC`` in each other's place, so that only its molecules are sure.
VarDict writes ``AD`` by strand in some versions, and ``VD`` in all. LoFreq counts the
only sample in INFO, also where a later tool added a column. The Torrent Variant Caller
calls by its flow evaluator (``FAO``); ``AO`` is what the aligner saw. Pisces lists the
ALTs alone where a record has two.
"""

GENOTYPE_OF_ALL = frozenset({"Mutect2", "TNscope"})
"""Callers that write the genotype 0/1 in every record: only PASS says "called"."""

DECIMAL_COMMA = frozenset({"VF", "FREQ"})
"""Fields with one fraction a record, which Pisces and VarScan write with a decimal
comma where the machine is set to such a language."""

CALLERS = {
    "mutect2": "Mutect2",
    "filtermutectcalls": "Mutect2",
    "mutectversion": "Mutect2",
    "mutect version": "Mutect2",
    "strelka": "Strelka2",
    "vardict": "VarDict",
    "varscan": "VarScan2",
    "lofreq": "LoFreq",
    "freebayes": "FreeBayes",
    "varlociraptor": "Varlociraptor",
    "dragen": "DRAGEN",
    "tnscope": "TNscope",
    "muse": "MuSE",
    "haplotypecaller": "GATK",
    "unifiedgenotyper": "GATK",
    "umivar": "umiVar",
    "smcounter": "smCounter2",
    "tvc": "TorrentVariantCaller",
    "platypus": "Platypus",
    "pisces": "Pisces",
    "clairs": "ClairS",
}
"""Callers by what they leave in the header of a VCF."""

TELLING_FIELDS = {
    frozenset({"VD", "ALD"}): "VarDict",
    frozenset({"AU", "CU", "GU", "TU"}): "Strelka2",
    frozenset({"TAR", "TIR"}): "Strelka2",
    frozenset({"FAO", "FRO", "FDP"}): "TorrentVariantCaller",
    frozenset({"NR", "NV"}): "Platypus",
}
"""Callers by FORMAT fields that hardly anybody else writes together.

They tell where the header names nobody: ClairS has the fields of Strelka too."""

_BY_STRAND = re.compile(
    r"(by|per|each) strand|forward\W+(and\W+|/)?reverse", re.IGNORECASE
)


def read_caller(header: Header) -> str:
    """Return the caller that a header names, several joined by ``;``, or ``unknown``.

    Looked at are the first word of ``source``, keys that are a caller's own, the
    tools of command lines, and, if these name nobody, fields that tell a caller.
    """
    words: set[str] = set()
    for line in header.lines:
        if line.key in ("INFO", "FORMAT", "FILTER", "contig"):
            continue
        is_source = line.key == "source"
        words.add(line.value.split(" ")[0] if is_source else line.key)
        words.add(line.parts.get("ID", ""))
    found = {
        caller
        for word in words
        for name, caller in CALLERS.items()
        if name in word.lower()
    }
    declared = set(header.formats)
    told = {caller for fields, caller in TELLING_FIELDS.items() if fields <= declared}
    return ";".join(sorted(found or told)) or "unknown"


def sources_of(caller: str, header: Header) -> tuple[Source, ...]:
    """Return where the counts of a caller, or of several joined by ``;``, may stand.

    Of a caller that is not known the generic places are looked at, and after their
    own places those of several. INFO counts a file with one sample, with a column of
    its own or without. ``AD`` that the header describes as counts by strand is none
    by allele; ``VD`` stands in its place.
    """
    if not header.samples:
        return SITE
    names = caller.split(";")
    rules = [RULES.get(name, GENERIC) for name in names]
    if len(names) > 1:
        # of merged files nobody knows who wrote which record
        rules.append(GENERIC)
    sources = MOLECULES + tuple(
        dict.fromkeys(source for rule in rules for source in rule)
    )
    if len(header.samples) > 1:
        sources = tuple(source for source in sources if not source.is_site)
    depths = header.formats.get("AD")
    if depths and _BY_STRAND.search(depths.description):
        by_allele = (source for source in sources if source.alt != "AD")
        sources = tuple(dict.fromkeys((*by_allele, VD)))
    return sources
