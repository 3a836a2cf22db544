"""Overall response per visit from lesion measurements (RECIST 1.1, EJC 2009).

The lesions of a study, sorted by whose they are and by who saw them; the course of
each is followed in `her2ctdna.response.lesion_courses`.
"""

from collections.abc import Iterator

import pandas as pd

from her2ctdna.response.lesion_courses import follow_lesions
from her2ctdna.response.lesion_rows import WORST_LAST, Lesion

EVALUATORS = ("independent", "investigator")
"""Evaluators that any study may have; more may be named."""

_OUTPUT = [
    *["patient_id", "assessed_day", "overall", "evaluator", "target_sum_mm"],
    *["new_lesion", "target_response", "non_target_response"],
]


def derive_assessments(
    lesions: pd.DataFrame, *, baseline_window: int | None
) -> pd.DataFrame:
    """Derive one assessment per patient, evaluator and visit from their lesions.

    A visit is what has the same ``visit_id``, or without one the same day. Of a visit
    over several days a progression has the first, any other response the last.
    Baseline is the last measurement of each lesion on or before the day
    ``baseline_window`` (``None``: 0); of two on one day the worse state and then the
    larger diameter counts. A target that is ``absent`` counts 0 mm, one ``too_small``
    5 mm unless measured; one without diameter leaves the sum incomplete: the visit is
    NE unless what was measured is progression already. Sums are of diameters as given
    (the short axis of nodes), with the parts of a split lesion, and a merged one once
    (`her2ctdna.response.lesion_parts`). The nadir is the smallest complete sum before
    the visit, baseline included. After an overall CR the response is CR, NE or PD.
    Rows that name no evaluator count for every one.

    Returns
    -------
    Rows as in the input ``assessments``, with ``target_response`` and
    ``non_target_response`` (``none`` without such a lesion at baseline);
    ``target_sum_mm`` only where the sum is complete, ``overall`` empty at baseline.
    """
    timed = lesions.dropna(subset=["assessed_day"])
    timed = timed.assign(rank=timed["state"].map(WORST_LAST))
    keys = ["assessed_day", "rank", "diameter_mm"]
    timed = timed.sort_values(keys, kind="stable", na_position="first")
    last = 0.0 if baseline_window is None else float(baseline_window)
    everybody = {*EVALUATORS, *timed["evaluator"].dropna()}
    rows: list[dict[str, object]] = []
    for patient, seen in _by_patient(timed).items():
        for evaluator, own in _by_evaluator(seen, everybody):
            for row in follow_lesions(own, last_baseline_day=last):
                rows.append(row | {"patient_id": patient, "evaluator": evaluator})
    table = pd.DataFrame(rows, columns=_OUTPUT)
    return table.astype({"assessed_day": float, "target_sum_mm": float})


def _by_patient(lesions: pd.DataFrame) -> dict[str, list[Lesion]]:
    """Return the lesions of each patient, in the order of ``lesions``.

    As records: a visit has a handful of lesions, too few for arithmetic on columns.
    """
    found: dict[str, list[Lesion]] = {}
    names = ["patient_id", *Lesion._fields]
    texts = [name for name in names if name not in ("assessed_day", "diameter_mm")]
    known = lesions[texts].astype(object).where(lesions[texts].notna(), None)
    cells = lesions.assign(**known)
    columns = [cells[name].to_list() for name in names]
    for patient, *cells in sorted(zip(*columns, strict=True), key=lambda row: row[0]):
        found.setdefault(patient, []).append(Lesion(*cells))
    return found


def _by_evaluator(
    seen: list[Lesion], everybody: set[str]
) -> Iterator[tuple[str | None, list[Lesion]]]:
    """Yield what each evaluator saw of a patient, with what names nobody.

    Where nobody is named at all, that is one course for whoever is asked for; else
    it holds for ``everybody``.
    """
    named = {one.evaluator for one in seen if one.evaluator is not None}
    if not named:
        yield None, seen
        return
    is_shared = any(one.evaluator is None for one in seen)
    for name in sorted(named | everybody if is_shared else named):
        yield name, [one for one in seen if one.evaluator in (None, name)]


def select_assessments(
    assessments: pd.DataFrame | None,
    lesions: pd.DataFrame | None,
    *,
    source: str,
    baseline_window: int | None,
) -> pd.DataFrame | None:
    """Return the assessments that response rests on: as reported, or from lesions.

    ``None`` where the study has no such input.
    """
    if source == "reported":
        return assessments
    if lesions is None:
        return None
    return derive_assessments(lesions, baseline_window=baseline_window)
