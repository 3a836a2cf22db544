"""Tumour assessments: every scan of a patient as one evaluator reads it."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from her2ctdna.demo.chance import stream
from her2ctdna.demo.lesion_growth import Lesion, read_lesion
from her2ctdna.demo.patient_traits import Patient
from her2ctdna.demo.scan_response import (
    Reading,
    compute_overall,
    compute_target_sum,
    has_new_lesion,
)
from her2ctdna.demo.tumour import live_cells

SCAN_INTERVAL = 42
MOST_VISITS = 18

_MEASUREMENT_ERROR = 0.04
_NOT_EVALUABLE = 0.035
_EQUIVOCAL = 0.02
_FOUND_LATER = 0.25
"""How often the independent reader sees a new lesion one scan after the first."""


class Scan(NamedTuple):
    """A scan as one evaluator read it; visit 0 is the baseline, without overall."""

    visit: int
    day: int
    readings: list[Reading]
    overall: str | None
    target_sum_mm: float

    @property
    def new_lesion(self) -> bool:
        """Whether an unequivocal new lesion is there."""
        return has_new_lesion(self.readings)


def read_scans(
    seed: int,
    patient: Patient,
    lesions: list[Lesion],
    days: Mapping[int, int],
    *,
    evaluator: str,
    after_progression: int = 0,
) -> list[Scan]:
    """Return the scans on ``days`` (by visit) up to the first PD.

    ``after_progression`` scans more are read when treatment goes on beyond it. The
    noise belongs to the visit, so that a scan left out changes no other reading.
    """
    scans: list[Scan] = []
    onset = _new_lesion_visit(seed, patient)
    if evaluator == "independent":
        late = stream(seed, "new lesion later", patient.patient_id).random()
        onset += int(late < _FOUND_LATER)
    for visit, day in sorted(days.items()):
        rng = stream(seed, "scan", patient.patient_id, evaluator, str(visit))
        scans.append(
            _read_scan(rng, patient, lesions, scans, visit, day, new=visit >= onset)
        )
        if sum(scan.overall == "PD" for scan in scans) > after_progression:
            break
    return scans


def find_progression(scans: list[Scan]) -> int | None:
    """Return the day of the first PD, or ``None``."""
    return next((scan.day for scan in scans if scan.overall == "PD"), None)


def _read_scan(
    rng: np.random.Generator,
    patient: Patient,
    lesions: list[Lesion],
    earlier: list[Scan],
    visit: int,
    day: int,
    *,
    new: bool,
) -> Scan:
    """Return one scan, judged against the ``earlier`` ones."""
    noise = rng.normal(0, _MEASUREMENT_ERROR, len(lesions))
    readings = [
        read_lesion(lesion, day, noise=float(error), measurable=patient.measurable)
        for lesion, error in zip(lesions, noise, strict=True)
    ]
    blurred, doubtful = rng.random(2)
    place = int(rng.integers(len(readings)))
    if visit == 0:
        return Scan(0, day, readings, None, compute_target_sum(readings))
    readings += _read_new_lesion(earlier, new=new, doubtful=doubtful < _EQUIVOCAL)
    overall = _judge(readings, earlier)
    if overall != "PD" and blurred < _NOT_EVALUABLE:
        # Only a lesion whose loss makes the whole scan NE is blurred.
        kind = "target" if patient.measurable else "non_target"
        readings = _blur(readings, kind, place)
        overall = _judge(readings, earlier)
    return Scan(visit, day, readings, overall, compute_target_sum(readings))


def _judge(readings: list[Reading], earlier: list[Scan]) -> str:
    """Return the overall response of readings that follow ``earlier`` scans."""
    sums = [s.target_sum_mm for s in earlier if not math.isnan(s.target_sum_mm)]
    return compute_overall(
        readings,
        baseline_mm=earlier[0].target_sum_mm,
        nadir_mm=min(sums, default=math.nan),
    )


def _read_new_lesion(
    earlier: list[Scan], *, new: bool, doubtful: bool
) -> list[Reading]:
    """Return the readings of lesions that were not there at baseline.

    A lesion in doubt is called equivocal once and is gone on the next scan.
    """
    before = {r.lesion_id: r for r in earlier[-1].readings if r.kind == "new"}
    shown = []
    if "N1" in before or (doubtful and not new):
        state = "absent" if "N1" in before else "equivocal"
        shown.append(Reading("N1", "new", "lung", False, state, math.nan))
    if new:
        shown.append(Reading("N2", "new", "liver", False, "present", math.nan))
    return shown


def _blur(readings: list[Reading], kind: str, place: int) -> list[Reading]:
    """Return readings of which one lesion of ``kind`` cannot be evaluated."""
    places = [i for i, reading in enumerate(readings) if reading.kind == kind]
    chosen = places[place % len(places)]
    blurred = readings[chosen]._replace(state="not_evaluable", diameter_mm=math.nan)
    return [*readings[:chosen], blurred, *readings[chosen + 1 :]]


def _new_lesion_visit(seed: int, patient: Patient) -> int:
    """Return the first visit at which a new lesion can be seen."""
    chances = stream(seed, "new lesion", patient.patient_id).random(MOST_VISITS)
    lowest = 1.0
    for visit, chance in enumerate(chances, start=1):
        live = live_cells(patient.kinetics, visit * SCAN_INTERVAL)
        lowest = min(lowest, live)
        if chance < _new_lesion_hazard(live, lowest):
            return visit
    return MOST_VISITS + 1


def _new_lesion_hazard(live: float, lowest: float) -> float:
    """Return the chance of a new lesion at a visit.

    New lesions come with regrowth from the nadir, and from large tumours more often.
    """
    regrowth = live / lowest
    if regrowth < 1.3:
        return 0.01
    return float((0.15 if regrowth < 2 else 0.4) * min(live, 1) ** (1 / 3))
