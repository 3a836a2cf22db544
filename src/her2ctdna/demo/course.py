"""The course of a synthetic patient: doses, scans, progression and death."""

from dataclasses import dataclass

import numpy as np

from her2ctdna.demo.chance import stream
from her2ctdna.demo.lesion_growth import Lesion, simulate_lesions
from her2ctdna.demo.patient_traits import Patient
from her2ctdna.demo.scans import (
    MOST_VISITS,
    SCAN_INTERVAL,
    Scan,
    find_progression,
    read_scans,
)

CYCLE_DAYS = 21

_MEAN_SURVIVAL_AFTER_PD = {"responder": 330, "stable": 240, "progressor": 150}
_MISSED_VISIT = 0.03


@dataclass(frozen=True)
class Course:
    """What happened to a patient, in days since first dose.

    ``doses`` gives the day of each cycle's dose, ``stop_day`` the day on which the
    end of treatment was decided (``None``: still on treatment at the cut-off) and
    ``last_contact`` the last day on which anything can be known of the patient.
    """

    doses: dict[int, int]
    scans: list[Scan]
    independent_scans: list[Scan]
    stop_day: int | None
    progression_day: int | None
    new_therapy_day: int | None
    death_day: int | None
    last_contact: int

    @property
    def last_dose_day(self) -> int:
        """Day of the last dose given."""
        return max(self.doses.values())


def simulate_course(seed: int, patient: Patient) -> Course:
    """Return the course of a patient up to death, loss or the data cut-off."""
    rng = stream(seed, "course", patient.patient_id)
    limits = _draw_limits(rng, patient)
    scans, independent = _assess(
        seed, patient, _plan_visits(rng, patient, limits["scans"])
    )
    progression = find_progression(scans)
    stop = _find_stop(scans, progression, limits)
    death = _draw_death(rng, patient, progression, limits)
    contact = limits["contact"] if death is None else death
    return Course(
        doses=_give_doses(rng, patient, min(contact, stop or contact)),
        scans=scans,
        independent_scans=independent,
        stop_day=stop,
        progression_day=progression,
        new_therapy_day=_draw_new_therapy(rng, stop, progression, contact, limits),
        death_day=death,
        last_contact=contact,
    )


def _assess(
    seed: int, patient: Patient, visits: dict[int, int]
) -> tuple[list[Scan], list[Scan]]:
    """Return the scans as the investigator and the independent reader see them.

    The investigator's decide how long a patient is scanned.
    """
    lesions = simulate_lesions(seed, patient)
    visits = _skip_before_progression(seed, patient, lesions, visits)
    beyond = int(patient.fate == "beyond progression")
    scans = read_scans(
        seed,
        patient,
        lesions,
        visits,
        evaluator="investigator",
        after_progression=beyond,
    )
    done = {visit: day for visit, day in visits.items() if day <= scans[-1].day}
    return scans, read_scans(seed, patient, lesions, done, evaluator="independent")


def _draw_limits(rng: np.random.Generator, patient: Patient) -> dict[str, int]:
    """Return the days after which there is no contact, scan or dose.

    ``death`` and ``new_therapy`` stand among them where the fate decides them.
    """
    contact = patient.follow_up - int(rng.integers(0, 30))
    day = int(rng.integers(0, 40))
    if patient.fate == "early death":
        death = 18 + day // 3
        return {"contact": death, "scans": 0, "dose": death, "death": death}
    if patient.fate == "death on study":
        death = 68 + day
        return {"contact": death, "scans": death - 5, "dose": death, "death": death}
    if patient.fate == "withdrawal":
        return {"contact": 24 + day // 4, "scans": 0, "dose": 22}
    if patient.fate == "lost":
        return {"contact": 150 + day, "scans": 140 + day, "dose": 140 + day}
    if patient.fate == "early new therapy":
        start = 95 + day
        return {
            "contact": contact,
            "scans": start + SCAN_INTERVAL,
            "dose": start - 15,
            "new_therapy": start,
        }
    if patient.fate == "toxicity":
        return {"contact": contact, "scans": contact, "dose": 60 + 2 * day}
    return {"contact": contact, "scans": contact, "dose": patient.follow_up + 1}


def _plan_visits(
    rng: np.random.Generator, patient: Patient, last_day: int
) -> dict[int, int]:
    """Return the scan days by visit: baseline, then every six weeks, some missed."""
    jitter = rng.integers(-4, 5, MOST_VISITS + 1)
    kept = rng.random(MOST_VISITS + 1) >= _MISSED_VISIT
    baseline = {0: -int(rng.integers(1, 22))}
    planned = {
        visit: visit * SCAN_INTERVAL + int(jitter[visit])
        for visit in range(1, MOST_VISITS + 1)
        if kept[visit]
    }
    return baseline | {v: day for v, day in planned.items() if day <= last_day}


def _skip_before_progression(
    seed: int, patient: Patient, lesions: list[Lesion], visits: dict[int, int]
) -> dict[int, int]:
    """Return visits without the two before PD, for the patient who missed them."""
    if patient.fate != "missed visits":
        return visits
    scans = read_scans(seed, patient, lesions, visits, evaluator="investigator")
    last = scans[-1].visit
    skipped = {last - 1, last - 2} - {0}
    return {visit: day for visit, day in visits.items() if visit not in skipped}


def _find_stop(
    scans: list[Scan], progression: int | None, limits: dict[str, int]
) -> int | None:
    """Return the day on which treatment ended, or ``None`` while it goes on."""
    ends = [limits["dose"]] if limits["dose"] <= limits["contact"] else []
    if progression is not None:
        ends.append(scans[-1].day)
    return min(ends, default=None)


def _give_doses(rng: np.random.Generator, patient: Patient, end: int) -> dict[int, int]:
    """Return the day of each dose before ``end``; the first is day 0 by definition."""
    late = 14 if patient.fate == "late second cycle" else 0
    doses = {1: 0}
    for cycle in range(2, end // CYCLE_DAYS + 2):
        day = (cycle - 1) * CYCLE_DAYS + late + int(rng.integers(-3, 4))
        if day < end:
            doses[cycle] = day
    return doses


def _draw_death(
    rng: np.random.Generator,
    patient: Patient,
    progression: int | None,
    limits: dict[str, int],
) -> int | None:
    """Return the day of death, ``None`` if it is not before the last contact."""
    if "death" in limits:
        return limits["death"]
    survival = rng.exponential(_MEAN_SURVIVAL_AFTER_PD[patient.latent])
    if progression is None:
        return None
    death = progression + 30 + int(survival)
    return death if death < limits["contact"] else None


def _draw_new_therapy(
    rng: np.random.Generator,
    stop: int | None,
    progression: int | None,
    contact: int,
    limits: dict[str, int],
) -> int | None:
    """Return the day on which another treatment began, if one did."""
    delay, takes = int(rng.integers(14, 45)), rng.random() < 0.8
    if "new_therapy" in limits:
        day = limits["new_therapy"]
        return day if progression is None or day < progression else None
    if stop is None or progression is None or not takes:
        return None
    start = max(stop, progression) + delay
    return start if start < contact else None
