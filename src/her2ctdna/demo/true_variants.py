"""True variants of the synthetic patients."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from her2ctdna.demo.chance import allot, draw_one, stream
from her2ctdna.demo.panel import (
    ERBB2,
    ESR1,
    GENES,
    HAEMATOPOIESIS,
    HAEMATOPOIESIS_GENES,
    PIK3CA,
    PIK3CA_SECOND,
    RARE,
    TOP1,
    TP53,
    TUMOUR_GENES,
    Hotspot,
)
from her2ctdna.demo.patient_traits import Patient

BASES = "ACGT"
GERMLINE_SITES = 26

_RESISTANCE = 0.35
_HAEMATOPOIESIS_PER_YEAR = 0.008
_PRIVATE_GERMLINE = 0.2
_RESIDUES = [
    "Ala",
    "Arg",
    "Asn",
    "Asp",
    "Gln",
    "Glu",
    "Gly",
    "Leu",
    "Lys",
    "Ser",
    "Val",
]


class Variant(NamedTuple):
    """A true variant.

    ``clonality`` is the share of tumour cells that carry it (``somatic``), of
    resistant tumour cells (``resistance``), or the allele fraction in the blood
    cells (``clonal_haematopoiesis``) and in all cells (``germline``).
    ``daily_growth`` is the relative rise of a blood clone per day, ``emerges_day``
    the day on which a resistant clone appears.
    """

    chrom: str
    pos: int
    ref: str
    alt: str
    gene: str
    consequence: str
    protein_change: str
    origin: str
    clonality: float
    population_frequency: float | None = None
    daily_growth: float = 0.0
    emerges_day: int | None = None


def simulate_variants(seed: int, patients: list[Patient]) -> dict[str, list[Variant]]:
    """Return each patient's variants, in the order of chromosome and position."""
    rng = stream(seed, "variants")
    common = _draw_common(rng)
    special = _draw_special(rng, patients)
    return {
        patient.patient_id: _sorted_unique(
            [
                *special.get(patient.patient_id, []),
                *_draw_patient(
                    stream(seed, "variants", patient.patient_id), patient, common
                ),
            ]
        )
        for patient in patients
    }


def _draw_patient(
    rng: np.random.Generator, patient: Patient, common: list[Variant]
) -> list[Variant]:
    """Return the variants of one patient."""
    return [
        *_draw_somatic(rng, patient),
        *_draw_haematopoiesis(rng, patient),
        *_draw_germline(rng, common),
        *_draw_resistance(rng, patient),
    ]


def _draw_somatic(rng: np.random.Generator, patient: Patient) -> list[Variant]:
    """Return the tumour's variants at baseline: drivers, then others, 3 to 8."""
    positive = patient.hr_status == "positive"
    chances = [
        (PIK3CA, 0.45 if positive else 0.15),
        (TP53, 0.3 if positive else 0.8),
        (ESR1, 0.3 if positive else 0.0),
        (ERBB2, 0.06),
        (RARE, 0.08),
    ]
    found = []
    for hotspots, chance in chances:
        place, drawn = int(rng.integers(len(hotspots))), rng.random() < chance
        if drawn:
            found.append(from_hotspot(hotspots[place], "somatic", 1.0))
    others = int(rng.integers(3, 9)) - len(found)
    genes = rng.choice(TUMOUR_GENES, size=max(others, 1), replace=False)
    found += [draw_variant(rng, str(gene), "somatic", 1.0) for gene in genes]
    subclonal = rng.random(len(found)) < 0.3
    subclonal[0] = False
    shares = rng.uniform(0.15, 0.6, len(found))
    return [
        variant._replace(clonality=round(float(share), 3)) if is_sub else variant
        for variant, is_sub, share in zip(found, subclonal, shares, strict=True)
    ]


def _draw_haematopoiesis(rng: np.random.Generator, patient: Patient) -> list[Variant]:
    """Return the variants of blood clones: more of them at a higher age."""
    n = int(rng.poisson(_HAEMATOPOIESIS_PER_YEAR * patient.age))
    found = []
    for _ in range(min(n, 3)):
        fraction = round(
            float(np.clip(rng.lognormal(np.log(0.008), 0.9), 0.002, 0.15)), 5
        )
        if rng.random() < 0.25:
            hotspot = HAEMATOPOIESIS[int(rng.random() < 0.3)]
            found.append(from_hotspot(hotspot, "clonal_haematopoiesis", fraction))
        else:
            gene = str(rng.choice(HAEMATOPOIESIS_GENES))
            found.append(draw_variant(rng, gene, "clonal_haematopoiesis", fraction))
    return found


def _draw_common(rng: np.random.Generator) -> list[Variant]:
    """Return polymorphisms on the panel, with their frequencies in the population."""
    sites = []
    for gene in rng.choice(sorted(GENES), size=GERMLINE_SITES):
        variant = _draw_snv(rng, str(gene), "germline", 0.5, stop=False)
        consequence = draw_one(
            rng, {"synonymous_variant": 4, "intron_variant": 4, "missense_variant": 2}
        )
        sites.append(
            variant._replace(
                consequence=consequence,
                protein_change=_protein_of_snp(variant.protein_change, consequence),
                population_frequency=round(float(rng.uniform(0.05, 0.5)), 4),
            )
        )
    return sites


def _protein_of_snp(missense: str, consequence: str) -> str:
    """Return the protein change of a polymorphism drawn as a ``missense`` one."""
    if consequence == "intron_variant":
        return ""
    if consequence == "synonymous_variant":
        return missense[:-3] + missense[2:5]
    return missense


def _draw_germline(rng: np.random.Generator, common: list[Variant]) -> list[Variant]:
    """Return inherited variants: of the common sites, and at times a private one."""
    found = []
    for site in common:
        copies = int(rng.binomial(2, site.population_frequency or 0.0))
        if copies:
            found.append(site._replace(clonality=copies / 2))
    rare = draw_variant(rng, str(rng.choice(["BRCA2", "ATM", "NF1"])), "germline", 0.5)
    if rng.random() < _PRIVATE_GERMLINE:
        found.append(rare)
    return found


def _draw_resistance(rng: np.random.Generator, patient: Patient) -> list[Variant]:
    """Return variants that appear in the resistant cells, in some patients."""
    hotspots = [TOP1, ERBB2[0], *(ESR1 if patient.hr_status == "positive" else [])]
    place = int(rng.integers(len(hotspots)))
    share = round(float(rng.uniform(0.4, 0.9)), 3)
    day = int(rng.integers(15, 130))
    frameshift = _draw_indel(rng, "SLX4", "resistance", round(share / 2, 3))
    found = [from_hotspot(hotspots[place], "resistance", share)]
    if rng.random() < 0.3:
        found.append(frameshift)
    if rng.random() >= _RESISTANCE:
        return []
    return [variant._replace(emerges_day=day) for variant in found]


def _draw_special(
    rng: np.random.Generator, patients: list[Patient]
) -> dict[str, list[Variant]]:
    """Return variants given to chosen patients, so that each study has them.

    A blood clone with TP53, a blood clone with PPM1D that grows under treatment,
    and a second PIK3CA variant at the position of the first.
    """
    labels = allot(len(patients), {"none": 38, "tp53": 1, "ppm1d": 1, "double": 2})
    special: dict[str, list[Variant]] = {}
    for patient, place in zip(patients, rng.permutation(len(labels)), strict=True):
        if labels[place] == "tp53":
            clone = from_hotspot(TP53[3], "clonal_haematopoiesis", 0.012)
            special[patient.patient_id] = [clone]
        elif labels[place] == "ppm1d":
            clone = _draw_indel(rng, "PPM1D", "clonal_haematopoiesis", 0.004)
            special[patient.patient_id] = [clone._replace(daily_growth=0.006)]
        elif labels[place] == "double":
            special[patient.patient_id] = [
                from_hotspot(PIK3CA[0], "somatic", 1.0),
                from_hotspot(PIK3CA_SECOND, "somatic", 0.4),
            ]
    return special


def from_hotspot(hotspot: Hotspot, origin: str, clonality: float) -> Variant:
    """Return a hotspot as a variant of some origin."""
    return Variant(
        hotspot.chrom,
        hotspot.pos,
        hotspot.ref,
        hotspot.alt,
        hotspot.gene,
        hotspot.consequence,
        hotspot.protein_change,
        origin,
        clonality,
    )


def draw_variant(
    rng: np.random.Generator, gene: str, origin: str, clonality: float
) -> Variant:
    """Return a made-up variant of a gene: an indel in one of four."""
    if rng.random() < 0.25:
        return _draw_indel(rng, gene, origin, clonality)
    return _draw_snv(rng, gene, origin, clonality, stop=rng.random() < 0.2)


def _draw_snv(
    rng: np.random.Generator, gene: str, origin: str, clonality: float, *, stop: bool
) -> Variant:
    """Return a made-up substitution: ``stop`` gained, else missense."""
    place = GENES[gene]
    ref, alt = (str(base) for base in rng.choice(list(BASES), size=2, replace=False))
    before, after = rng.choice(_RESIDUES, size=2, replace=False)
    residue = int(rng.integers(2, place.residues))
    return Variant(
        place.chrom,
        int(rng.integers(place.start, place.end)),
        ref,
        alt,
        gene,
        "stop_gained" if stop else "missense_variant",
        f"p.{before}{residue}{'*' if stop else after}",
        origin,
        clonality,
    )


def _draw_indel(
    rng: np.random.Generator, gene: str, origin: str, clonality: float
) -> Variant:
    """Return a made-up frameshift: an insertion or a deletion of 1 or 2 bases."""
    place = GENES[gene]
    anchor, *rest = (
        str(base) for base in rng.choice(list(BASES), size=3, replace=False)
    )
    moved = "".join(rest)[: int(rng.integers(1, 3))]
    inserted = rng.random() < 0.5
    return Variant(
        place.chrom,
        int(rng.integers(place.start, place.end)),
        anchor if inserted else anchor + moved,
        anchor + moved if inserted else anchor,
        gene,
        "frameshift_variant",
        f"p.{rng.choice(_RESIDUES)}{int(rng.integers(2, place.residues))}fs",
        origin,
        clonality,
    )


def _sorted_unique(variants: Iterable[Variant]) -> list[Variant]:
    """Return variants in order; of one allele the first named stays."""
    by_allele: dict[tuple[str, int, str, str], Variant] = {}
    for v in variants:
        by_allele.setdefault((v.chrom, v.pos, v.ref, v.alt), v)
    return sorted(by_allele.values(), key=lambda v: (int(v.chrom[3:]), v.pos, v.alt))
