"""The gene panel of the synthetic assay on GRCh38.

Hotspots have their real coordinates and alleles. Everywhere else positions and
alleles are made up inside the genes.
"""

from typing import NamedTuple

CONTIGS = {
    "chr1": 248956422,
    "chr2": 242193529,
    "chr3": 198295559,
    "chr4": 190214555,
    "chr5": 181538259,
    "chr6": 170805979,
    "chr7": 159345973,
    "chr9": 138394717,
    "chr10": 133797422,
    "chr11": 135086622,
    "chr12": 133275309,
    "chr13": 114364328,
    "chr14": 107043718,
    "chr16": 90338345,
    "chr17": 83257441,
    "chr20": 64444167,
}


class Gene(NamedTuple):
    """A gene's place, rounded to the thousand, and the length of its protein."""

    chrom: str
    start: int
    end: int
    residues: int


GENES = {
    "ARID1A": Gene("chr1", 26_696_000, 26_782_000, 2285),
    "DNMT3A": Gene("chr2", 25_234_000, 25_342_000, 912),
    "TET2": Gene("chr4", 105_146_000, 105_279_000, 2002),
    "MAP3K1": Gene("chr5", 56_815_000, 56_896_000, 1512),
    "KMT2C": Gene("chr7", 152_135_000, 152_436_000, 4911),
    "GATA3": Gene("chr10", 8_045_000, 8_075_000, 444),
    "PTEN": Gene("chr10", 87_863_000, 87_971_000, 403),
    "ATM": Gene("chr11", 108_223_000, 108_369_000, 3056),
    "TBX3": Gene("chr12", 114_670_000, 114_684_000, 743),
    "BRCA2": Gene("chr13", 32_315_000, 32_400_000, 3418),
    "RB1": Gene("chr13", 48_304_000, 48_481_000, 928),
    "FOXA1": Gene("chr14", 37_589_000, 37_596_000, 472),
    "SLX4": Gene("chr16", 3_581_000, 3_611_000, 1834),
    "CDH1": Gene("chr16", 68_737_000, 68_835_000, 882),
    "MAP2K4": Gene("chr17", 12_021_000, 12_143_000, 399),
    "NCOR1": Gene("chr17", 16_030_000, 16_218_000, 2440),
    "NF1": Gene("chr17", 31_095_000, 31_377_000, 2839),
    "PPM1D": Gene("chr17", 60_600_000, 60_666_000, 605),
    "ASXL1": Gene("chr20", 32_358_000, 32_439_000, 1541),
    "TOP1": Gene("chr20", 41_029_000, 41_124_000, 765),
}


class Hotspot(NamedTuple):
    """A well-known variant."""

    gene: str
    protein_change: str
    chrom: str
    pos: int
    ref: str
    alt: str
    consequence: str = "missense_variant"


PIK3CA = [
    Hotspot("PIK3CA", "p.His1047Arg", "chr3", 179234297, "A", "G"),
    Hotspot("PIK3CA", "p.Glu545Lys", "chr3", 179218303, "G", "A"),
    Hotspot("PIK3CA", "p.Glu542Lys", "chr3", 179218294, "G", "A"),
]
PIK3CA_SECOND = Hotspot("PIK3CA", "p.His1047Leu", "chr3", 179234297, "A", "T")
"""At the position of the first: both in one tumour make a multiallelic record."""

TP53 = [
    Hotspot("TP53", "p.Arg175His", "chr17", 7675088, "C", "T"),
    Hotspot("TP53", "p.Arg248Gln", "chr17", 7674220, "C", "T"),
    Hotspot("TP53", "p.Arg273His", "chr17", 7673802, "C", "T"),
    Hotspot("TP53", "p.Tyr220Cys", "chr17", 7674872, "T", "C"),
    Hotspot("TP53", "p.Arg213*", "chr17", 7674894, "G", "A", "stop_gained"),
]
ESR1 = [
    Hotspot("ESR1", "p.Asp538Gly", "chr6", 152098791, "A", "G"),
    Hotspot("ESR1", "p.Tyr537Ser", "chr6", 152098788, "A", "C"),
]
ERBB2 = [
    Hotspot("ERBB2", "p.Leu755Ser", "chr17", 39723967, "T", "C"),
    Hotspot("ERBB2", "p.Val777Leu", "chr17", 39724747, "G", "T"),
]
RARE = [
    Hotspot("AKT1", "p.Glu17Lys", "chr14", 104780214, "C", "T"),
    Hotspot("KRAS", "p.Gly12Asp", "chr12", 25245350, "C", "T"),
]
HAEMATOPOIESIS = [
    Hotspot("DNMT3A", "p.Arg882His", "chr2", 25234373, "C", "T"),
    Hotspot("JAK2", "p.Val617Phe", "chr9", 5073770, "G", "T"),
]
TOP1 = Hotspot("TOP1", "p.Glu418Lys", "chr20", 41_091_418, "G", "A")
"""Reported resistance to topoisomerase 1 payloads; its position here is made up."""

TUMOUR_GENES = [
    "ARID1A",
    "MAP3K1",
    "KMT2C",
    "GATA3",
    "PTEN",
    "TBX3",
    "RB1",
    "FOXA1",
    "CDH1",
    "MAP2K4",
    "NCOR1",
    "NF1",
]
HAEMATOPOIESIS_GENES = ["DNMT3A", "TET2", "ASXL1"]
