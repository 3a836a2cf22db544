"""The course of one patient's lesions: baseline, then a response at each visit.

A visit is judged by what was seen up to it. After an overall CR whatever comes back
is progression; an equivocal sight that later proves unequivocal is progression on
its own day, and is the only thing that a later visit changes in an earlier one.
"""

from collections.abc import Mapping
from functools import partial
from math import isnan, nan
from typing import NamedTuple

from her2ctdna.response.lesion_parts import Parts
from her2ctdna.response.lesion_rows import (
    Lesion,
    find_first_sights,
    is_disease,
    is_new,
    share_node_flags,
    size_of,
)
from her2ctdna.response.recist_criteria import (
    NODE_NORMAL_MM,
    PARTIAL_RESPONSE_PERCENT,
    PROGRESSION_MM,
    PROGRESSION_PERCENT,
)

_TOLERANCE_MM = 1e-9
_JOINED = {
    ("CR", "CR"): "CR",
    ("CR", "NON-CR/NON-PD"): "PR",
    ("CR", "NE"): "PR",
    ("none", "CR"): "CR",
    ("none", "NON-CR/NON-PD"): "NON-CR/NON-PD",
}


class Baseline(NamedTuple):
    """The lesions followed, and the sum of their targets (NaN without one)."""

    targets: list[Lesion]
    others: list[Lesion]
    sum_mm: float


def follow_lesions(
    own: list[Lesion], *, last_baseline_day: float
) -> list[dict[str, object]]:
    """Return baseline and visits of one patient as one evaluator saw them.

    ``own`` has the rows in order of time; those up to ``last_baseline_day`` are the
    baseline. Of each row ``assessed_day``, ``target_sum_mm``, and but for baseline
    ``overall``, ``new_lesion``, ``target_response`` and ``non_target_response``.
    """
    seen = share_node_flags(own)
    first = {
        row.lesion_id: row for row in seen if row.assessed_day <= last_baseline_day
    }
    later = [row for row in seen if row.assessed_day > last_baseline_day]
    baseline = _baseline_of(first)
    rows: list[dict[str, object]] = []
    if first:
        day = max(row.assessed_day for row in first.values())
        rows.append({"assessed_day": day, "target_sum_mm": baseline.sum_mm})
    parts = Parts({row.lesion_id: row for row in baseline.targets + baseline.others})
    proven, nadir, after_cr = find_first_sights(later), baseline.sum_mm, False
    for visit in _by_visit(later):
        parts.see({row.lesion_id: row for row in visit if _is_known(row)})
        target = _target_response(parts, baseline, nadir)
        judge = partial(_judge, visit, parts, baseline, target, after_cr=after_cr)
        rows.append(judge(proven))
        # a CR as it was seen: what proves later leaves the visits between as they were
        after_cr = after_cr or judge(set())["overall"] == "CR"
        total = target[1]
        if isnan(nadir) or total < nadir:
            nadir = total
    return rows


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


def _baseline_of(first: Mapping[str, Lesion]) -> Baseline:
    targets = [row for row in first.values() if row.kind == "target"]
    others = [row for row in first.values() if row.kind == "non_target"]
    return Baseline(targets, others, sum(map(size_of, targets)) if targets else nan)


def _is_known(row: Lesion) -> bool:
    return row.kind != "new" or row.part_of is not None


def _by_visit(later: list[Lesion]) -> list[list[Lesion]]:
    """Return the lesions of each visit, in the order of their last days."""
    visits: dict[object, list[Lesion]] = {}
    for seen in later:
        named = isinstance(seen.visit_id, str)
        key = seen.visit_id if named else seen.assessed_day
        visits.setdefault(key, []).append(seen)
    return sorted(visits.values(), key=lambda visit: visit[-1].assessed_day)


def _judge(
    visit: list[Lesion],
    parts: Parts,
    baseline: Baseline,
    by_size: tuple[str, float],
    proven: set[tuple[str, float]],
    *,
    after_cr: bool,
) -> dict[str, object]:
    """Return the responses of a visit.

    ``by_size`` has response and sum of the targets, ``proven`` the equivocal sights
    that proved right.
    """
    is_proven = [row for row in visit if (row.lesion_id, row.assessed_day) in proven]
    target, total = by_size
    non_target = _non_target_response(visit, parts, baseline.others)
    back = {
        row.kind for row in visit if after_cr and _is_known(row) and is_disease(row)
    }
    target = "PD" if "target" in back else target
    grown = any(row.kind == "non_target" for row in is_proven)
    non_target = "PD" if grown or "non_target" in back else non_target
    appeared = any(map(is_new, visit)) or any(row.kind == "new" for row in is_proven)
    overall = join_responses(target, non_target, has_new_lesion=appeared)
    if after_cr and overall not in ("CR", "PD"):
        overall = "NE"
    days = [row.assessed_day for row in visit]
    return {
        "assessed_day": min(days) if overall == "PD" else max(days),
        "overall": overall,
        "target_sum_mm": total,
        "new_lesion": "yes" if appeared else "no",
        "target_response": target,
        "non_target_response": non_target,
    }


def _target_response(
    parts: Parts, baseline: Baseline, nadir: float
) -> tuple[str, float]:
    """Return the response of the targets and their sum (NaN if incomplete)."""
    targets = baseline.targets
    if not targets:
        return "none", nan
    sizes = [parts.size(target.lesion_id) for target in targets]
    measured = sum(size for size in sizes if not isnan(size))
    is_complete = not any(map(isnan, sizes))
    total = measured if is_complete else nan
    grown = measured - nadir
    limit = PROGRESSION_PERCENT / 100 * nadir
    if grown >= PROGRESSION_MM - _TOLERANCE_MM and grown >= limit - _TOLERANCE_MM:
        return "PD", total
    if not is_complete or isnan(baseline.sum_mm):
        return "NE", total
    if all(
        size < (NODE_NORMAL_MM if target.is_node == "yes" else _TOLERANCE_MM)
        for size, target in zip(sizes, targets, strict=True)
    ):
        return "CR", total
    enough = (1 + PARTIAL_RESPONSE_PERCENT / 100) * baseline.sum_mm
    if measured <= enough + _TOLERANCE_MM:
        return "PR", total
    return "SD", total


def _non_target_response(
    visit: list[Lesion], parts: Parts, others: list[Lesion]
) -> str:
    """Return the response of the non-targets known at baseline.

    A node with a short axis below 10 mm is normal and so gone, if still present.
    """
    states = [row.state for row in visit if row.kind == "non_target"]
    if "unequivocal_progression" in states:
        return "PD"
    if not others:
        return "none"
    seen = {parts.state(lesion.lesion_id) for lesion in others}
    if seen == {"absent"}:
        return "CR"
    return "NE" if "not_evaluable" in seen else "NON-CR/NON-PD"
