"""Blood samples of the synthetic patients: when drawn, how much, how good."""

from typing import NamedTuple

import numpy as np

from her2ctdna.demo.chance import stream
from her2ctdna.demo.course import Course
from her2ctdna.demo.patient_traits import Patient
from her2ctdna.demo.tumour import live_cells, resistant_cells, tumour_fraction

DRAW_CYCLES = [1, 2, 3, 5, 7, 9, 11]

MOLECULES_PER_NG = 330
"""Haploid genome equivalents in 1 ng of DNA."""

_LIBRARY_NG = 30.0
"""Most cell-free DNA that goes into a library."""

_MISSED_DRAW = 0.04
_FAILED = 0.02
_FAILED_WITHOUT_CALLS = 0.5
_POOR = 0.025
_NO_LEUKOCYTES = 0.1
_BIOLOGICAL_NOISE = 0.2


class Sample(NamedTuple):
    """A blood sample and its truth.

    ``depth`` is the median number of consensus molecules over a site and ``ceiling``
    the number of genomes in the tube; ``fraction`` is the true tumour fraction and
    ``resistant`` the share of resistant cells among the tumour's.
    """

    sample_id: str
    patient_id: str
    day: int
    timepoint: str
    material: str
    plasma_ml: float | None
    cfdna_ng: float | None
    qc: str
    has_calls: bool
    depth: float
    ceiling: int
    fraction: float
    resistant: float


def simulate_samples(seed: int, patient: Patient, course: Course) -> list[Sample]:
    """Return the plasma samples in order of time, then the leukocytes if kept."""
    rng = stream(seed, "samples", patient.patient_id)
    samples = []
    for timepoint, day in _plan_draws(rng, course):
        missed = rng.random() < _MISSED_DRAW / (2 if timepoint == "C1D1" else 1)
        sample = _draw_plasma(rng, patient, timepoint, day)
        if not missed:
            samples.append(sample)
    leukocytes = _draw_leukocytes(rng, patient)
    return samples if rng.random() < _NO_LEUKOCYTES else [*samples, leukocytes]


def _plan_draws(rng: np.random.Generator, course: Course) -> list[tuple[str, int]]:
    """Return time point and day of each draw: before doses and at end of treatment."""
    first, after = int(rng.integers(0, 4)), int(rng.integers(0, 8))
    draws = [
        (f"C{cycle}D1", course.doses[cycle] - (first if cycle == 1 else 0))
        for cycle in DRAW_CYCLES
        if cycle in course.doses
    ]
    ended = course.stop_day is not None and course.stop_day + after
    if ended and ended < course.last_contact:
        draws.append(("EOT", ended))
    return draws


def _draw_plasma(
    rng: np.random.Generator, patient: Patient, timepoint: str, day: int
) -> Sample:
    """Return a plasma sample; cell-free DNA rises with the tumour's share."""
    noise = float(rng.lognormal(0, _BIOLOGICAL_NOISE))
    expected = tumour_fraction(patient.baseline_fraction, patient.kinetics, day)
    fraction = min(expected * noise, 0.9)
    failed, poor = rng.random() < _FAILED, rng.random() < _POOR
    with_calls = not failed or rng.random() >= _FAILED_WITHOUT_CALLS
    plasma_ml = round(float(rng.uniform(3, 5)), 1)
    per_ml = float(rng.lognormal(np.log(8), 0.45)) * (1 + 2 * fraction)
    if failed or poor:
        per_ml *= 0.1
    cfdna_ng = round(max(per_ml * plasma_ml, 1.0), 1)
    recovered = float(rng.uniform(0.4, 0.55))
    return Sample(
        sample_id=f"{patient.patient_id}-{timepoint}",
        patient_id=patient.patient_id,
        day=day,
        timepoint=timepoint,
        material="plasma",
        plasma_ml=plasma_ml,
        cfdna_ng=cfdna_ng,
        qc="fail" if failed else "pass",
        has_calls=with_calls,
        depth=MOLECULES_PER_NG * min(cfdna_ng, _LIBRARY_NG) * recovered,
        ceiling=int(MOLECULES_PER_NG * cfdna_ng),
        fraction=fraction,
        resistant=resistant_cells(patient.kinetics, day)
        / live_cells(patient.kinetics, day),
    )


def _draw_leukocytes(rng: np.random.Generator, patient: Patient) -> Sample:
    """Return the white cells kept before the first dose: no tumour in them."""
    depth = float(rng.uniform(2500, 5000))
    return Sample(
        sample_id=f"{patient.patient_id}-WBC",
        patient_id=patient.patient_id,
        day=0,
        timepoint="C1D1",
        material="leukocyte",
        plasma_ml=None,
        cfdna_ng=None,
        qc="pass",
        has_calls=True,
        depth=depth,
        ceiling=int(2 * depth),
        fraction=0.0,
        resistant=0.0,
    )
