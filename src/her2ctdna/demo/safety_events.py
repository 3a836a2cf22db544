"""Adverse events and anti-drug antibodies of the synthetic patients."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.demo.chance import allot, draw_one, stream
from her2ctdna.demo.course import CYCLE_DAYS, Course
from her2ctdna.demo.patient_traits import Patient


class Term(NamedTuple):
    """An adverse event: how often, how severe, after how long, for how long."""

    term: str
    soc: str
    chance: float
    severe: float
    onset_days: float
    lasting_days: float
    of_interest: bool = False


_GUT = "Gastrointestinal disorders"
_LAB = "Investigations"
_BLOOD = "Blood and lymphatic system disorders"
_GENERAL = "General disorders and administration site conditions"
_CHEST = "Respiratory, thoracic and mediastinal disorders"

TERMS = [
    Term("Nausea", _GUT, 0.62, 0.05, 10, 14),
    Term("Vomiting", _GUT, 0.38, 0.05, 15, 6),
    Term("Constipation", _GUT, 0.26, 0.01, 20, 20),
    Term("Diarrhoea", _GUT, 0.22, 0.06, 30, 8),
    Term("Stomatitis", _GUT, 0.18, 0.05, 25, 12),
    Term("Neutrophil count decreased", _LAB, 0.48, 0.4, 25, 12, True),
    Term("White blood cell count decreased", _LAB, 0.42, 0.25, 25, 14),
    Term("Platelet count decreased", _LAB, 0.28, 0.2, 30, 12),
    Term("Alanine aminotransferase increased", _LAB, 0.3, 0.05, 35, 25),
    Term("Ejection fraction decreased", _LAB, 0.04, 0.2, 120, 60, True),
    Term("Anaemia", _BLOOD, 0.46, 0.2, 40, 45),
    Term("Fatigue", _GENERAL, 0.44, 0.06, 20, 60),
    Term("Pyrexia", _GENERAL, 0.12, 0.01, 30, 3),
    Term("Alopecia", "Skin and subcutaneous tissue disorders", 0.4, 0.0, 30, 150),
    Term(
        "Decreased appetite", "Metabolism and nutrition disorders", 0.36, 0.03, 15, 25
    ),
    Term("Hypokalaemia", "Metabolism and nutrition disorders", 0.16, 0.2, 45, 10),
    Term("Pneumonia", "Infections and infestations", 0.07, 0.5, 80, 14),
]
_ILD = Term("Interstitial lung disease", _CHEST, 1.0, 0.3, 110, 60, True)

_SAFETY_DAYS = 30
_REPEATED = 0.2
_SERIOUS = {1: 0.0, 2: 0.02, 3: 0.2, 4: 0.45}

AE_COLUMNS = [
    "patient_id",
    "term",
    "soc",
    "grade",
    "started",
    "ended",
    "serious",
    "related",
    "of_interest",
]

ADA_CYCLES = [1, 2, 4, 7, 12]
_INDUCED_TITRES = [0, 20, 80, 160, 40, 40]
_BOOSTED_TITRES = [10, 40, 160, 160, 80, 80]
_STEADY_TITRES = [20, 20, 10, 20, 10, 20]
_TITRES = {
    "induced": _INDUCED_TITRES,
    "boosted": _BOOSTED_TITRES,
    "steady": _STEADY_TITRES,
    "never": [0] * 6,
}
_ADA_SHARES = {"never": 36, "induced": 3, "boosted": 1, "steady": 2}
_MISSED_ADA = 0.06


def simulate_adverse_events(
    seed: int, patients: list[Patient], courses: dict[str, Course]
) -> pd.DataFrame:
    """Return the adverse events, in days, by patient and start."""
    lungs = _choose_lung_disease(seed, patients, courses)
    rows = []
    for place, patient in enumerate(patients):
        rng = stream(seed, "adverse events", patient.patient_id)
        terms = [term for term in TERMS if rng.random() < term.chance]
        if patient.patient_id in lungs:
            terms.append(_ILD)
        course = courses[patient.patient_id]
        found = [row for term in terms for row in _draw_episodes(rng, term, course)]
        if place == 0:
            found.append(_before_first_dose())
        if patient.fate == "early death":
            found.append(_fatal_event(course))
        found.sort(key=lambda row: (row["started"], row["term"]))
        rows += [{"patient_id": patient.patient_id} | row for row in found]
    return pd.DataFrame(rows, columns=AE_COLUMNS)


def _choose_lung_disease(
    seed: int, patients: list[Patient], courses: dict[str, Course]
) -> set[str]:
    """Return the patients with lung disease: of those treated for long enough."""
    enough = [
        patient.patient_id
        for patient in patients
        if courses[patient.patient_id].last_dose_day >= 3 * CYCLE_DAYS
    ]
    n = min(round(len(patients) * 3 / 42), len(enough))
    return set(stream(seed, "lung disease").choice(enough, size=n, replace=False))


def _draw_episodes(
    rng: np.random.Generator, term: Term, course: Course
) -> list[dict[str, object]]:
    """Return one or two episodes that start within the time on treatment + 30 days."""
    last = min(course.last_dose_day + _SAFETY_DAYS, course.last_contact - 1)
    start, episodes = 0, []
    for _ in range(1 + int(rng.random() < _REPEATED)):
        start += 1 + int(rng.exponential(term.onset_days))
        length = 1 + int(rng.exponential(term.lasting_days))
        grade = _draw_grade(rng, term)
        row = {
            "term": term.term,
            "soc": term.soc,
            "grade": grade,
            "started": float(start),
            "ended": float(start + length)
            if start + length < course.last_contact
            else None,
            "serious": _yes(rng.random() < _SERIOUS[grade]),
            "related": _yes(rng.random() < 0.85),
            "of_interest": _yes(term.of_interest),
        }
        if start <= last:
            episodes.append(row)
        start += length
    return episodes


def _draw_grade(rng: np.random.Generator, term: Term) -> int:
    """Return a CTCAE grade from 1 to 4."""
    mild = 1 - term.severe
    shares = {
        "1": 0.6 * mild,
        "2": 0.4 * mild,
        "3": 0.8 * term.severe,
        "4": 0.2 * term.severe,
    }
    return int(draw_one(rng, shares))


def _before_first_dose() -> dict[str, object]:
    """Return an event of the screening period: not one of treatment."""
    return {
        "term": "Headache",
        "soc": "Nervous system disorders",
        "grade": 1,
        "started": -6.0,
        "ended": -4.0,
        "serious": "no",
        "related": "no",
        "of_interest": "no",
    }


def _fatal_event(course: Course) -> dict[str, object]:
    """Return the event of which the patient died."""
    return {
        "term": "Sepsis",
        "soc": "Infections and infestations",
        "grade": 5,
        "started": float(course.last_contact - 4),
        "ended": float(course.last_contact),
        "serious": "yes",
        "related": "no",
        "of_interest": "no",
    }


def simulate_ada(
    seed: int, patients: list[Patient], courses: dict[str, Course]
) -> pd.DataFrame:
    """Return the antibody results, in days; a titre is given to positive ones."""
    labels = allot(len(patients), _ADA_SHARES)
    # Those whose antibodies change are treated long enough to show it.
    by_time = sorted(patients, key=lambda p: -courses[p.patient_id].last_dose_day)
    order = stream(seed, "ada").permutation(max(len(patients) * 2 // 3, 1))
    kinds = dict.fromkeys((p.patient_id for p in patients), "never")
    special = [label for label in labels if label != "never"]
    for place, kind in zip(order, special, strict=False):
        kinds[by_time[place].patient_id] = kind
    rows = []
    for patient in patients:
        rng = stream(seed, "ada", patient.patient_id)
        kind = kinds[patient.patient_id]
        rows += _sample_ada(rng, patient, courses[patient.patient_id], kind)
    return pd.DataFrame(rows, columns=["patient_id", "sampled", "result", "titre"])


def _sample_ada(
    rng: np.random.Generator, patient: Patient, course: Course, kind: str
) -> list[dict[str, object]]:
    """Return the results of one patient at the visits that took place."""
    days = [course.doses.get(cycle) for cycle in ADA_CYCLES]
    follow_up = course.last_dose_day + _SAFETY_DAYS + int(rng.integers(0, 8))
    ended = course.stop_day is not None and follow_up < course.last_contact
    days.append(follow_up if ended else None)
    rows: list[dict[str, object]] = []
    for day, titre in zip(days, _TITRES[kind], strict=True):
        missed = rng.random() < _MISSED_ADA and day != 0
        if day is not None and not missed:
            rows.append(
                {
                    "patient_id": patient.patient_id,
                    "sampled": day,
                    "result": "positive" if titre else "negative",
                    "titre": titre or None,
                }
            )
    return rows


def _yes(flag: bool) -> str:
    """Return a flag as the sheets write it."""
    return "yes" if flag else "no"
