"""Lesions of the synthetic patients and how they look on one scan."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from her2ctdna.demo.chance import stream
from her2ctdna.demo.patient_traits import Patient
from her2ctdna.demo.scan_response import Reading
from her2ctdna.demo.tumour import Kinetics, diameter_factor

_TARGET_ORGANS = {"liver": 4, "lymph node": 3, "lung": 2, "chest wall": 1}
_OTHER_ORGANS = {"bone": 4, "pleura": 2, "lung": 2, "liver": 1}
_MOST_PER_ORGAN = 2
_MOST_TARGETS = 5

_SEEN_FROM_MM = 4
_SMALLEST_MM = 5
"""RECIST 1.1 gives 5 mm to a lesion that is seen but too small to measure."""


@dataclass(frozen=True)
class Lesion:
    """A lesion present at baseline, with kinetics near those of its patient."""

    lesion_id: str
    kind: str
    organ: str
    baseline_mm: float
    kinetics: Kinetics

    @property
    def is_node(self) -> bool:
        """Whether the lesion is measured by the short axis of a lymph node."""
        return self.organ == "lymph node"


def simulate_lesions(seed: int, patient: Patient) -> list[Lesion]:
    """Return the baseline lesions, targets first.

    A patient without measurable disease has bone lesions alone.
    """
    rng = stream(seed, "lesions", patient.patient_id)
    if not patient.measurable:
        targets, others = [], ["bone"] * int(rng.integers(2, 4))
    else:
        targets = _draw_organs(
            rng, _TARGET_ORGANS, int(rng.integers(1, _MOST_TARGETS + 1))
        )
        others = _draw_organs(rng, _OTHER_ORGANS, int(rng.integers(0, 4)))
    named = [(f"T{i}", "target", organ) for i, organ in enumerate(targets, start=1)]
    named += [
        (f"NT{i}", "non_target", organ) for i, organ in enumerate(others, start=1)
    ]
    return [
        Lesion(
            lesion_id=lesion_id,
            kind=kind,
            organ=organ,
            baseline_mm=_draw_size(rng, organ),
            kinetics=_vary(rng, patient.kinetics),
        )
        for lesion_id, kind, organ in named
    ]


def read_lesion(lesion: Lesion, day: int, *, noise: float, measurable: bool) -> Reading:
    """Return what a reader says of a lesion on ``day``.

    ``noise`` is the relative error of the measurement. Where disease cannot be
    measured, non-target lesions alone tell of progression; elsewhere they
    progress beyond doubt only when they have grown by far.
    """
    factor = diameter_factor(lesion.kinetics, day)
    size = lesion.baseline_mm * factor * (1 + noise)
    state, shown = "present", math.nan
    if lesion.kind == "target":
        shown = _measure(size, is_node=lesion.is_node)
        state = "absent" if shown == 0 else "present"
    elif factor > (1.3 if measurable else 1.2):
        state = "unequivocal_progression"
    elif factor < 0.25:
        state = "absent"
    return Reading(
        lesion.lesion_id, lesion.kind, lesion.organ, lesion.is_node, state, shown
    )


def _measure(size: float, *, is_node: bool) -> int:
    """Return a diameter as a reader writes it down, in whole millimetres."""
    if is_node:
        return max(round(size), 3)
    return 0 if size < _SEEN_FROM_MM else max(round(size), _SMALLEST_MM)


def _draw_organs(
    rng: np.random.Generator, shares: Mapping[str, float], n: int
) -> list[str]:
    """Return ``n`` organs at most, two of a kind at most."""
    pool = [organ for organ in shares for _ in range(_MOST_PER_ORGAN)]
    weights = np.array([shares[organ] for organ in pool], dtype=float)
    places = rng.choice(
        len(pool), size=min(n, len(pool)), replace=False, p=weights / weights.sum()
    )
    return [pool[place] for place in sorted(places)]


def _draw_size(rng: np.random.Generator, organ: str) -> float:
    """Return a baseline size in mm: nodes from 15, other lesions from 10."""
    smallest = 16 if organ == "lymph node" else 11
    return float(np.clip(rng.lognormal(np.log(24), 0.4), smallest, 80))


def _vary(rng: np.random.Generator, kinetics: Kinetics) -> Kinetics:
    """Return kinetics of one lesion, spread about those of the patient."""
    return kinetics._replace(
        resistant=float(min(kinetics.resistant * rng.lognormal(0, 0.3), 1.0)),
        growth=float(kinetics.growth * rng.lognormal(0, 0.12)),
    )
