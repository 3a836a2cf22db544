"""Overall response of a synthetic scan by RECIST 1.1.

The generator's own reading of the rules (Eisenhauer 2009), kept apart from the
workflow's so that one can be held against the other.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

NODE_NORMAL_MM = 10


class Reading(NamedTuple):
    """One lesion on one scan; ``diameter_mm`` is NaN where none is measured.

    ``kind`` and ``state`` use the words of the lesions sheet. The diameter of a
    node is its short axis.
    """

    lesion_id: str
    kind: str
    organ: str
    is_node: bool
    state: str
    diameter_mm: float


def compute_target_sum(readings: Sequence[Reading]) -> float:
    """Return the sum of the target diameters in mm.

    NaN where there is no target or one cannot be evaluated.
    """
    sizes = [reading.diameter_mm for reading in readings if reading.kind == "target"]
    return sum(sizes) if sizes else math.nan


def has_new_lesion(readings: Sequence[Reading]) -> bool:
    """Return whether an unequivocal new lesion is there."""
    return any(r.kind == "new" and r.state == "present" for r in readings)


def compute_overall(
    readings: Sequence[Reading], *, baseline_mm: float, nadir_mm: float
) -> str:
    """Return the overall response of a scan.

    ``nadir_mm`` is the smallest sum of all earlier scans, the baseline among them.
    """
    target = _target_response(readings, baseline_mm, nadir_mm)
    others = _non_target_response(readings)
    if has_new_lesion(readings) or "PD" in (target, others):
        return "PD"
    if target is None:
        return others or "NE"
    if target == "CR":
        return "CR" if others in (None, "CR") else "PR"
    return target


def _target_response(
    readings: Sequence[Reading], baseline_mm: float, nadir_mm: float
) -> str | None:
    """Return the response of the target lesions; ``None`` without any."""
    targets = [reading for reading in readings if reading.kind == "target"]
    if not targets:
        return None
    total = compute_target_sum(targets)
    if math.isnan(total):
        return "NE"
    if all(r.diameter_mm < (NODE_NORMAL_MM if r.is_node else 1) for r in targets):
        return "CR"
    # Sums are whole millimetres: in whole numbers a boundary is met exactly.
    if 10 * total >= 12 * nadir_mm and total - nadir_mm >= 5:
        return "PD"
    return "PR" if 10 * total <= 7 * baseline_mm else "SD"


def _non_target_response(readings: Sequence[Reading]) -> str | None:
    """Return the response of the non-target lesions; ``None`` without any."""
    states = {reading.state for reading in readings if reading.kind == "non_target"}
    if not states:
        return None
    if "unequivocal_progression" in states:
        return "PD"
    if "not_evaluable" in states:
        return "NE"
    return "CR" if states == {"absent"} else "NON-CR/NON-PD"
