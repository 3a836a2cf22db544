"""Callers: how each is recognised, and where its counts stand. Data, not code.

A new caller is a row of `CALLERS` and one of `RULES`, and a file in tests/vcf.
"""

from typing import Any, NamedTuple


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
    "VarDict": (AD,),
    "Strelka2": (BASES, TIERS, AD),
    "LoFreq": (AD,),
    "VarScan2": (AD, AD_RD),
    "FreeBayes": (AO_RO, AD),
    "Varlociraptor": (DEPTH,),
    "DRAGEN": (AD,),
    "TNscope": (AD,),
    "MuSE": (AD,),
    "GATK": (AD,),
    "umiVar": (),
    "smCounter2": (AD,),
    "TorrentVariantCaller": (AO_RO,),
    "generic": GENERIC,
}
"""Where the counts of each caller stand, in the order in which they are looked for.

VarScan gives the ALT allele alone in ``AD``, whatever its header says, but files of
several callers hold both forms. Varlociraptor weighs reads and counts none. umiVar
writes ``DP`` and ``AC`` in each other's place, so that only its molecules are sure.
"""

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
}
"""Callers by what they leave in the header of a VCF."""

TELLING_FIELDS = {
    frozenset({"VD", "ALD"}): "VarDict",
    frozenset({"AU", "CU", "GU", "TU"}): "Strelka2",
    frozenset({"TAR", "TIR"}): "Strelka2",
}
"""Callers by FORMAT fields that nobody else writes together."""


def read_caller(header: Any) -> str:
    """Return the caller that a header names, several joined by ``;``, or ``unknown``.

    Looked at are the first word of ``source``, keys that are a caller's own, the
    tools of command lines, and fields that tell a caller.
    """
    declared = set(header.formats)
    found = {caller for told, caller in TELLING_FIELDS.items() if told <= declared}
    words: set[str] = set()
    for record in header.records:
        if record.type == "STRUCTURED":
            words |= {record.key, record.get("ID", "")}
        elif record.type == "GENERIC":
            is_source = record.key == "source"
            words.add(record.value.split(" ")[0] if is_source else record.key)
    found |= {
        caller
        for word in words
        for name, caller in CALLERS.items()
        if name in word.lower()
    }
    return ";".join(sorted(found)) or "unknown"


def sources_of(caller: str, *, has_samples: bool) -> tuple[Source, ...]:
    """Return where the counts of a caller, or of several joined by ``;``, may stand.

    Of a caller that is not known the generic places are looked at, and after their
    own places those of several. A file without
    sample columns has strand counts in INFO at most.
    """
    if not has_samples:
        return (DP4,)
    names = caller.split(";")
    rules = [RULES.get(name, GENERIC) for name in names]
    if len(names) > 1:
        # of merged files nobody knows who wrote which record
        rules.append(GENERIC)
    return MOLECULES + tuple(dict.fromkeys(source for rule in rules for source in rule))
