"""Patients of the synthetic study: who they are and how they will fare."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

from her2ctdna.demo.chance import allot, stream
from her2ctdna.demo.tumour import Kinetics

Item = TypeVar("Item")

FIRST_ENROLMENT = date(2024, 7, 8)
ENROLMENT_DAYS = 540
CUTOFF = date(2026, 7, 8)

BIOLOGY = {"absent": 0.19, "ultralow": 0.14, "1+": 0.405, "2+": 0.265}
"""Share of each true HER2 level in the treated disease."""

LATENT = {
    "zero": {"responder": 0.3, "stable": 0.4, "progressor": 0.3},
    "low": {"responder": 0.62, "stable": 0.24, "progressor": 0.14},
}
"""How the tumours of each HER2 group answer: the difference the study looks for."""

FATES = {
    "usual": 29,
    "early death": 1,
    "withdrawal": 1,
    "death on study": 1,
    "lost": 1,
    "early new therapy": 2,
    "toxicity": 3,
    "beyond progression": 2,
    "missed visits": 1,
    "late second cycle": 1,
}
"""What befalls patients beside their disease, per 42."""

_WORSE = {"early death", "death on study", "early new therapy"}

NON_SHEDDERS = 0.12
NOT_MEASURABLE = 0.05
_UNSHED = 1e-6


@dataclass(frozen=True)
class Patient:
    """One synthetic patient; ``follow_up`` is the day of the data cut-off."""

    patient_id: str
    first_dose: date
    follow_up: int
    biology: str
    latent: str
    fate: str
    hr_status: str
    prior_lines: int
    ecog: int
    age: int
    measurable: bool
    sheds: bool
    baseline_fraction: float
    kinetics: Kinetics


def simulate_patients(seed: int, n_patients: int) -> list[Patient]:
    """Return the patients in the order of their first doses."""
    rng = stream(seed, "patients")
    ids = [f"TQB-{number:03d}" for number in range(1, n_patients + 1)]
    entry = np.sort(rng.integers(0, ENROLMENT_DAYS, n_patients))
    biology = _shuffled(rng, allot(n_patients, BIOLOGY))
    hormone = [_draw_hr_status(rng, level) for level in biology]
    latent = _draw_latent(rng, biology, hormone)
    fates = _assign_fates(rng, latent)
    sheds = _shuffled(
        rng, allot(n_patients, {"yes": 1 - NON_SHEDDERS, "no": NON_SHEDDERS})
    )
    measurable = _shuffled(
        rng, allot(n_patients, {"yes": 1 - NOT_MEASURABLE, "no": NOT_MEASURABLE})
    )
    return [
        _simulate_patient(
            stream(seed, "patient", patient_id),
            patient_id=patient_id,
            first_dose=FIRST_ENROLMENT + timedelta(days=int(entry[place])),
            biology=biology[place],
            latent=latent[place],
            fate=fates[place],
            hr_status=hormone[place],
            measurable=measurable[place] == "yes",
            sheds=sheds[place] == "yes",
        )
        for place, patient_id in enumerate(ids)
    ]


def _simulate_patient(
    rng: np.random.Generator,
    *,
    patient_id: str,
    first_dose: date,
    biology: str,
    latent: str,
    fate: str,
    hr_status: str,
    measurable: bool,
    sheds: bool,
) -> Patient:
    """Return a patient with the covariates and kinetics left to chance."""
    shed = float(np.clip(rng.lognormal(np.log(0.03), 1.1), 0.001, 0.6))
    return Patient(
        patient_id=patient_id,
        first_dose=first_dose,
        follow_up=(CUTOFF - first_dose).days,
        biology=biology,
        latent=latent,
        fate=fate,
        hr_status=hr_status,
        prior_lines=int(np.clip(rng.poisson(1.6) + 1, 1, 6)),
        ecog=int(rng.random() < 0.6),
        age=int(np.clip(rng.normal(55, 10), 30, 78)),
        measurable=measurable,
        sheds=sheds,
        baseline_fraction=shed if sheds else _UNSHED,
        kinetics=_draw_kinetics(rng, latent),
    )


def _draw_kinetics(rng: np.random.Generator, latent: str) -> Kinetics:
    """Return kinetics under which a tumour does what ``latent`` says."""
    resistant, kill, growth = {
        "responder": (rng.lognormal(np.log(0.003), 1.3), 0.2, 0.0042),
        "stable": (rng.uniform(0.35, 0.7), 0.06, 0.0034),
        "progressor": (rng.uniform(0.75, 1.0), 0.045, 0.014),
    }[latent]
    return Kinetics(
        resistant=float(np.clip(resistant, 0.0001, 0.99)),
        kill=float(kill * rng.lognormal(0, 0.3)),
        growth=float(growth * rng.lognormal(0, 0.35)),
        resolution=float(np.clip(0.033 * rng.lognormal(0, 0.2), 0.015, 0.045)),
    )


def group_of(biology: str) -> str:
    """Return the HER2 group, zero or low, of a true level."""
    return "zero" if biology in ("absent", "ultralow") else "low"


def _draw_hr_status(rng: np.random.Generator, biology: str) -> str:
    """Return a hormone receptor status: low expression goes with positive ones."""
    return "positive" if rng.random() < _HR_POSITIVE[group_of(biology)] else "negative"


_HR_POSITIVE = {"zero": 0.5, "low": 0.78}


def _draw_latent(
    rng: np.random.Generator, biology: list[str], hormone: list[str]
) -> list[str]:
    """Return the latent answers: shares by HER2 group, the best more often HR+."""
    scores = rng.random(len(biology)) + [
        0.15 * (status == "positive") for status in hormone
    ]
    latent = [""] * len(biology)
    for group, shares in LATENT.items():
        places = [i for i, level in enumerate(biology) if group_of(level) == group]
        places.sort(key=lambda place: -scores[place])
        for place, answer in zip(places, allot(len(places), shares), strict=True):
            latent[place] = answer
    return latent


def _assign_fates(rng: np.random.Generator, latent: list[str]) -> list[str]:
    """Return the fates.

    The worse ones befall patients whose tumours do not respond; the others need
    time on study, and befall those whose tumours do not progress at once.
    """
    fates = ["usual"] * len(latent)
    places = _shuffled(rng, range(len(latent)))
    for fate in allot(len(latent), FATES):
        unfit = "responder" if fate in _WORSE else "progressor"
        place = next((place for place in places if latent[place] != unfit), None)
        if fate != "usual" and place is not None:
            fates[place] = fate
            places.remove(place)
    return fates


def _shuffled(rng: np.random.Generator, items: Iterable[Item]) -> list[Item]:
    """Return ``items`` in random order."""
    ordered = list(items)
    return [ordered[place] for place in rng.permutation(len(ordered))]
