"""Variant calls of the synthetic samples: counts of molecules, site by site."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

import numpy as np

from her2ctdna.demo.chance import draw_one, stream
from her2ctdna.demo.panel import TUMOUR_GENES
from her2ctdna.demo.samples import Sample
from her2ctdna.demo.true_variants import BASES, Variant, draw_variant

LOW_SUPPORT = 3
"""Fewer molecules than this are not enough for the caller to pass a record."""

REPORTED_FROM = 2
"""Fewer molecules than this are not taken for an allele."""

_ERROR_RATES = (5e-5, 1e-4)
_TAKEOVER_DAYS = 60
_DROPPED_SITES = 0.05
_SHALLOW_SITES = 0.05
_SITES_HIT = 0.3
_SHALLOW_DEPTH = 0.12
"""Of one in twenty samples a third of the sites is absent, or has this much depth."""

_THIRD_ALLELE = 0.04
_ARTEFACTS = {"strand_bias": 2, "low_mapq": 2, "low_support": 3}


class Record(NamedTuple):
    """A VCF record before it is written: one site, its alleles and their counts."""

    variants: list[Variant]
    depth: int
    alt_counts: list[int]
    filter: str

    @property
    def site(self) -> tuple[str, int, str]:
        """Chromosome, position and reference allele."""
        first = self.variants[0]
        return first.chrom, first.pos, first.ref


def simulate_calls(
    seed: int, samples: list[Sample], variants: list[Variant]
) -> dict[str, list[Record]]:
    """Return the records of a patient's samples, by sample.

    What passes in plasma of the first cycle is called in all other samples of the
    patient, whatever they hold. Without that sample nothing is asked for.
    """
    artefact = _recurrent_artefact(seed)
    baseline = [s for s in samples if s.timepoint == "C1D1" and s.material == "plasma"]
    calls: dict[str, list[Record]] = {}
    forced: set[tuple[str, int, str]] = set()
    for sample in [*baseline, *(s for s in samples if s not in baseline)]:
        if not sample.has_calls:
            continue
        rng = stream(seed, "calls", sample.sample_id)
        records = _call_sample(rng, seed, sample, variants, forced)
        calls[sample.sample_id] = _in_order(
            [*records, *_draw_noise(rng, sample, artefact)]
        )
        if sample in baseline:
            forced = {record.site for record in records if record.filter == "PASS"}
    return calls


def compute_expected_vaf(variant: Variant, sample: Sample) -> float:
    """Return the true variant allele fraction in a sample, without errors.

    Tumour variants are heterozygous in diploid cells: half the tumour fraction.
    """
    if variant.origin == "germline":
        return variant.clonality
    if variant.origin == "clonal_haematopoiesis":
        return float(variant.clonality * np.exp(variant.daily_growth * sample.day))
    carried = variant.clonality
    if variant.emerges_day is not None:
        # A new clone takes over the resistant cells in the course of two months.
        grown = (sample.day - variant.emerges_day) / _TAKEOVER_DAYS
        carried *= sample.resistant * min(max(grown, 0.0), 1.0)
    return 0.5 * sample.fraction * carried


def _call_sample(
    rng: np.random.Generator,
    seed: int,
    sample: Sample,
    variants: list[Variant],
    forced: set[tuple[str, int, str]],
) -> list[Record]:
    """Return records of true variants: those seen, and those asked for."""
    dropped, shallow = rng.random() < _DROPPED_SITES, rng.random() < _SHALLOW_SITES
    records = []
    for site, alleles in groupby(variants, key=lambda v: (v.chrom, v.pos, v.ref)):
        lost, thin = rng.random(2) < _SITES_HIT
        factor = _site_factor(seed, site) * (
            _SHALLOW_DEPTH if shallow and thin else 1.0
        )
        record = _count_site(rng, sample, list(alleles), factor)
        if site in forced:
            if not (dropped and lost):
                records.append(record._replace(filter="PASS"))
        elif sum(record.alt_counts) >= REPORTED_FROM:
            records.append(record)
    return records


def _count_site(
    rng: np.random.Generator, sample: Sample, alleles: list[Variant], factor: float
) -> Record:
    """Return the molecules at a site, by allele, with errors of sequencing."""
    depth = min(int(rng.poisson(sample.depth * factor)), sample.ceiling)
    error = float(rng.uniform(*_ERROR_RATES))
    vafs = [compute_expected_vaf(variant, sample) for variant in alleles]
    chances = [min(vaf * (1 - 4 * error) + error, 1 - 4 * error) for vaf in vafs]
    counts = rng.multinomial(depth, [*chances, 1 - sum(chances)])[:-1]
    alleles, alt_counts = _add_third_allele(
        rng, alleles, [int(n) for n in counts], depth
    )
    supported = max(alt_counts) >= LOW_SUPPORT
    return Record(alleles, depth, alt_counts, "PASS" if supported else "low_support")


def _add_third_allele(
    rng: np.random.Generator, alleles: list[Variant], counts: list[int], depth: int
) -> tuple[list[Variant], list[int]]:
    """Return alleles and counts, at times with an error beside a polymorphism."""
    first = alleles[0]
    spare = depth - sum(counts)
    chosen = rng.random() < _THIRD_ALLELE
    if not (chosen and first.population_frequency and len(alleles) == 1 and spare > 1):
        return alleles, counts
    other = next(base for base in BASES if base not in (first.ref, first.alt))
    error = first._replace(
        alt=other, protein_change="", population_frequency=None, origin="error"
    )
    return [first, error], [*counts, 1]


def _draw_noise(
    rng: np.random.Generator, sample: Sample, artefact: Variant
) -> list[Record]:
    """Return records that the caller did not pass: errors and one artefact."""
    records = []
    for _ in range(int(rng.poisson(2.5))):
        variant = draw_variant(rng, str(rng.choice(TUMOUR_GENES)), "error", 0.0)
        depth = min(int(rng.poisson(sample.depth)), sample.ceiling)
        reason = draw_one(rng, _ARTEFACTS)
        count = 2 if reason == "low_support" else int(rng.integers(3, 8))
        if depth > count:
            records.append(Record([variant], depth, [count], reason))
    depth = min(int(rng.poisson(sample.depth * 0.6)), sample.ceiling)
    count = int(rng.binomial(depth, 0.004))
    if count >= REPORTED_FROM and rng.random() < 0.6:
        records.append(Record([artefact], depth, [count], "homopolymer"))
    return records


def _recurrent_artefact(seed: int) -> Variant:
    """Return the indel in a homopolymer that the assay sees in most samples."""
    found = draw_variant(stream(seed, "artefact"), "ARID1A", "error", 0.0)
    return found._replace(
        ref="C", alt="CC", consequence="frameshift_variant", protein_change="p.Pro224fs"
    )


def _site_factor(seed: int, site: tuple[str, int, str]) -> float:
    """Return how deep a site is relative to the others, the same in all samples."""
    return float(stream(seed, "site", *map(str, site)).lognormal(0, 0.15))


def _in_order(records: Iterable[Record]) -> list[Record]:
    """Return records by chromosome and position."""
    return sorted(records, key=lambda r: (int(r.site[0][3:]), *r.site[1:]))
