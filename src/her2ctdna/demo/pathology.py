"""HER2 readings of the synthetic patients: two specimens, two readers."""

import math

import numpy as np
import pandas as pd

from her2ctdna.demo.chance import draw_one, stream
from her2ctdna.demo.patient_traits import Patient

LEVELS = ["absent", "ultralow", "1+", "2+"]

_AGREEMENT = {"central": 0.9, "local": 0.62}
"""How often a reader gives the true level; else one of its neighbours."""

_SAME_IN_PRIMARY = 0.6
_UNREAD = {"central": 0.04, "local": 0.08}
_STAINED_UNKNOWN = {"central": 0.05, "local": 0.9}

COLUMNS = [
    "patient_id",
    "specimen_id",
    "collected",
    "specimen",
    "reader",
    "ihc",
    "ish",
    "stained_percent",
]


def simulate_her2(seed: int, patients: list[Patient]) -> pd.DataFrame:
    """Return the HER2 sheet, ``collected`` in days; the truth is the metastasis's."""
    rows = [
        row
        for patient in patients
        for row in _read_patient(stream(seed, "her2", patient.patient_id), patient)
    ]
    sheet = pd.DataFrame(rows, columns=COLUMNS)
    return _leave_undecided(_add_positive_reading(sheet))


def _read_patient(
    rng: np.random.Generator, patient: Patient
) -> list[dict[str, object]]:
    """Return the readings of all specimens of a patient."""
    rows = []
    for specimen, level, day in _draw_specimens(rng, patient):
        for reader in ("central", "local"):
            read = _read_level(rng, level, reader)
            missing = rng.random() < _UNREAD[reader]
            # A central reading is what the trial rests on: one is always there.
            if missing and not (reader == "central" and specimen == "metastasis"):
                continue
            rows.append(
                {
                    "patient_id": patient.patient_id,
                    "specimen_id": f"{patient.patient_id}-{specimen[0].upper()}1",
                    "collected": day,
                    "specimen": specimen,
                    "reader": reader,
                }
                | read
            )
    return rows


def _draw_specimens(
    rng: np.random.Generator, patient: Patient
) -> list[tuple[str, str, float]]:
    """Return specimen, true level and day of each; old primaries may lack a day."""
    place = LEVELS.index(patient.biology)
    shift = 0 if rng.random() < _SAME_IN_PRIMARY else int(rng.choice([-1, 1]))
    primary_level = LEVELS[int(np.clip(place + shift, 0, len(LEVELS) - 1))]
    which = draw_one(
        rng, {"both": 0.6, "metastasis": 0.22, "primary": 0.15, "unknown": 0.03}
    )
    primary_day = -float(rng.integers(400, 3000))
    if rng.random() < 0.15:
        primary_day = math.nan
    metastasis_day = -float(rng.integers(12, 380))
    if which == "unknown":
        return [("unknown", patient.biology, metastasis_day)]
    if which == "primary":
        return [("primary", patient.biology, primary_day)]
    found = [("metastasis", patient.biology, metastasis_day)]
    if which == "both":
        found.insert(0, ("primary", primary_level, primary_day))
    return found


def _read_level(rng: np.random.Generator, level: str, reader: str) -> dict[str, object]:
    """Return IHC, ISH and stained percentage as one reader gives them."""
    place = LEVELS.index(level)
    if rng.random() >= _AGREEMENT[reader]:
        neighbours = [i for i in (place - 1, place + 1) if 0 <= i < len(LEVELS)]
        place = int(rng.choice(neighbours))
    read = LEVELS[place]
    lowest, highest = {
        "absent": (0, 0),
        "ultralow": (1, 10),
        "1+": (11, 70),
        "2+": (15, 95),
    }[read]
    stained: float = int(rng.integers(lowest, highest + 1))
    if rng.random() < _STAINED_UNKNOWN[reader]:
        stained = math.nan
    return {
        "ihc": "0" if read in ("absent", "ultralow") else read,
        "ish": "negative" if read == "2+" else None,
        "stained_percent": stained,
    }


def _leave_undecided(sheet: pd.DataFrame) -> pd.DataFrame:
    """Return the sheet with ISH of the first two central 2+ metastases undecided.

    One was not done, the other was equivocal: the class is indeterminate.
    """
    chosen = sheet.index[
        (sheet["reader"] == "central")
        & (sheet["specimen"] == "metastasis")
        & (sheet["ihc"] == "2+")
    ]
    for row, ish in zip(chosen[:2], (None, "equivocal"), strict=False):
        sheet.loc[row, "ish"] = ish
    return sheet


def _add_positive_reading(sheet: pd.DataFrame) -> pd.DataFrame:
    """Return the sheet with one local reading of a primary as 3+, as in real life."""
    chosen = sheet.index[
        (sheet["reader"] == "local")
        & (sheet["specimen"] == "primary")
        & (sheet["ihc"] == "2+")
    ]
    if len(chosen):
        sheet.loc[chosen[0], ["ihc", "ish"]] = ["3+", None]
    return sheet
