"""Overall response per visit from lesion measurements (RECIST 1.1, EJC 2009).

Response of targets, of non-targets and new lesions each, then the table that joins
them. A visit is all that one evaluator measured of a patient on one day, or under
one name.
"""

from collections.abc import Iterator, Mapping
from itertools import compress
from math import isnan, nan
from operator import or_
from typing import NamedTuple

import pandas as pd

from her2ctdna.response.recist_criteria import (
    NODE_NORMAL_MM,
    PARTIAL_RESPONSE_PERCENT,
    PROGRESSION_MM,
    PROGRESSION_PERCENT,
)

EVALUATORS = ("independent", "investigator")

_TOLERANCE_MM = 1e-9
_WORST_LAST = {
    "not_evaluable": 0,
    "absent": 1,
    "equivocal": 2,
    "present": 3,
    "unequivocal_progression": 4,
}
_OUTPUT = [
    *["patient_id", "assessed_day", "overall", "evaluator", "target_sum_mm"],
    *["new_lesion", "target_response", "non_target_response"],
]
_JOINED = {
    ("CR", "CR"): "CR",
    ("CR", "NON-CR/NON-PD"): "PR",
    ("CR", "NE"): "PR",
    ("none", "CR"): "CR",
    ("none", "NON-CR/NON-PD"): "NON-CR/NON-PD",
}


class Lesion(NamedTuple):
    """A lesion as seen on a day by somebody; a missing diameter is NaN."""

    assessed_day: float
    lesion_id: str
    kind: str
    is_node: str | None
    diameter_mm: float
    state: str | None
    visit_id: str | None
    evaluator: str | None


def derive_assessments(lesions: pd.DataFrame) -> pd.DataFrame:
    """Derive one assessment per patient, evaluator and visit from their lesions.

    A visit is what has the same ``visit_id``, or without one the same day. Of a visit
    over several days a progression has the first, any other response the last.
    Baseline is the last measurement of each lesion on or before day 0; of two on one
    day the worse state and then the larger diameter counts. A target that
    is ``absent`` counts 0 mm; one without diameter leaves the sum incomplete: the
    visit is NE unless what was measured is progression already. Sums are of
    diameters as given (the short axis of nodes). The nadir is the smallest complete
    sum before the visit, baseline included. Rows that name no evaluator count for
    every one.

    Returns
    -------
    Rows as in the input ``assessments``, with ``target_response`` and
    ``non_target_response`` (``none`` without such a lesion at baseline);
    ``target_sum_mm`` only where the sum is complete, ``overall`` empty at baseline.
    """
    timed = lesions.dropna(subset=["assessed_day"])
    timed = timed.assign(rank=timed["state"].map(_WORST_LAST))
    keys = ["assessed_day", "rank", "diameter_mm"]
    timed = timed.sort_values(keys, kind="stable", na_position="first")
    rows: list[dict[str, object]] = []
    for patient, seen in _by_patient(timed).items():
        for evaluator, own in _by_evaluator(seen):
            for row in _visits_of(own):
                rows.append(row | {"patient_id": patient, "evaluator": evaluator})
    table = pd.DataFrame(rows, columns=_OUTPUT)
    return table.astype({"assessed_day": float, "target_sum_mm": float})


def _by_patient(lesions: pd.DataFrame) -> dict[str, list[Lesion]]:
    """Return the lesions of each patient, in the order of ``lesions``.

    As records: a visit has a handful of lesions, too few for arithmetic on columns.
    """
    found: dict[str, list[Lesion]] = {}
    columns = [lesions[name].to_list() for name in ("patient_id", *Lesion._fields)]
    for patient, *cells in sorted(zip(*columns, strict=True), key=lambda row: row[0]):
        found.setdefault(patient, []).append(Lesion(*cells))
    return found


def _by_evaluator(seen: list[Lesion]) -> Iterator[tuple[str | None, list[Lesion]]]:
    """Yield what each evaluator saw of a patient, with what names nobody.

    Where nobody is named at all, that is one course for whoever is asked for.
    """
    by_nobody = [one.evaluator not in EVALUATORS for one in seen]
    if all(by_nobody):
        yield None, seen
        return
    for name in EVALUATORS:
        is_theirs = [one.evaluator == name for one in seen]
        if any(is_theirs) or any(by_nobody):
            either = map(or_, is_theirs, by_nobody)
            yield name, list(compress(seen, either))


def _visits_of(own: list[Lesion]) -> list[dict[str, object]]:
    """Return baseline and visits of one patient by one evaluator."""
    baseline = {seen.lesion_id: seen for seen in own if seen.assessed_day <= 0}
    targets = [seen for seen in baseline.values() if seen.kind == "target"]
    others = [seen for seen in baseline.values() if seen.kind == "non_target"]
    reference = sum(map(_size, targets)) if targets else nan
    rows: list[dict[str, object]] = []
    if baseline:
        day = max(seen.assessed_day for seen in baseline.values())
        rows.append({"assessed_day": day, "target_sum_mm": reference})
    nadir = reference
    for visit in _by_visit([seen for seen in own if seen.assessed_day > 0]):
        last = {seen.lesion_id: seen for seen in visit}
        target, total = _target_response(last, targets, reference, nadir)
        non_target = _non_target_response(visit, last, others)
        is_new = _has_new_lesion(visit)
        overall = join_responses(target, non_target, has_new_lesion=is_new)
        days = [seen.assessed_day for seen in visit]
        rows.append(
            {
                "assessed_day": min(days) if overall == "PD" else max(days),
                "overall": overall,
                "target_sum_mm": total,
                "new_lesion": "yes" if is_new else "no",
                "target_response": target,
                "non_target_response": non_target,
            }
        )
        if isnan(nadir) or total < nadir:
            nadir = total
    return rows


def _by_visit(own: list[Lesion]) -> list[list[Lesion]]:
    """Return the lesions of each visit, in the order of their last days."""
    visits: dict[object, list[Lesion]] = {}
    for seen in own:
        named = isinstance(seen.visit_id, str)
        key = seen.visit_id if named else seen.assessed_day
        visits.setdefault(key, []).append(seen)
    return sorted(visits.values(), key=lambda visit: visit[-1].assessed_day)


def select_assessments(
    assessments: pd.DataFrame | None, lesions: pd.DataFrame | None, *, source: str
) -> pd.DataFrame | None:
    """Return the assessments that response rests on: as reported, or from lesions.

    ``None`` where the study has no such input.
    """
    if source == "reported":
        return assessments
    return None if lesions is None else derive_assessments(lesions)


def join_responses(target: str, non_target: str, *, has_new_lesion: bool) -> str:
    """Join the responses of targets, non-targets and new lesions to the overall one.

    ``none`` stands for no such lesion at baseline. RECIST 1.1, tables 1 and 2.
    """
    if has_new_lesion or "PD" in (target, non_target):
        return "PD"
    if target in ("PR", "SD", "NE"):
        return target
    if non_target == "none":
        return "CR" if target == "CR" else "NE"
    return _JOINED.get((target, non_target), "NE")


def _size(lesion: Lesion) -> float:
    """Return the diameter in mm; 0 of an absent lesion, NaN of one not measured."""
    if lesion.state == "absent":
        return 0.0
    return nan if lesion.state == "not_evaluable" else lesion.diameter_mm


def _target_response(
    seen: Mapping[str, Lesion], targets: list[Lesion], reference: float, nadir: float
) -> tuple[str, float]:
    """Return the response of the targets and their sum (NaN if incomplete)."""
    if not targets:
        return "none", nan
    sizes = [
        _size(seen[target.lesion_id]) if target.lesion_id in seen else nan
        for target in targets
    ]
    measured = sum(size for size in sizes if not isnan(size))
    is_complete = not any(map(isnan, sizes))
    total = measured if is_complete else nan
    grown = measured - nadir
    limit = PROGRESSION_PERCENT / 100 * nadir
    if grown >= PROGRESSION_MM - _TOLERANCE_MM and grown >= limit - _TOLERANCE_MM:
        return "PD", total
    if not is_complete or isnan(reference):
        return "NE", total
    if all(
        size < (NODE_NORMAL_MM if target.is_node == "yes" else _TOLERANCE_MM)
        for size, target in zip(sizes, targets, strict=True)
    ):
        return "CR", total
    enough = (1 + PARTIAL_RESPONSE_PERCENT / 100) * reference
    if measured <= enough + _TOLERANCE_MM:
        return "PR", total
    return "SD", total


def _non_target_response(
    visit: list[Lesion], last: Mapping[str, Lesion], others: list[Lesion]
) -> str:
    """Return the response of the non-targets known at baseline.

    A node with a short axis below 10 mm is normal and so gone, if still present.
    """
    seen = [lesion for lesion in visit if lesion.kind == "non_target"]
    if any(lesion.state == "unequivocal_progression" for lesion in seen):
        return "PD"
    if not others:
        return "none"
    states = [
        _state_of_other(last[lesion.lesion_id])
        if lesion.lesion_id in last
        else "not_evaluable"
        for lesion in others
    ]
    if set(states) == {"absent"}:
        return "CR"
    return "NE" if "not_evaluable" in states else "NON-CR/NON-PD"


def _state_of_other(lesion: Lesion) -> str:
    """Return the state of a non-target; one without a state was not evaluated."""
    is_node = lesion.is_node == "yes" and lesion.state == "present"
    if is_node and lesion.diameter_mm < NODE_NORMAL_MM:
        return "absent"
    return lesion.state or "not_evaluable"


def _has_new_lesion(visit: list[Lesion]) -> bool:
    doubtful = ("equivocal", "absent", "not_evaluable")
    return any(seen.kind == "new" and seen.state not in doubtful for seen in visit)
