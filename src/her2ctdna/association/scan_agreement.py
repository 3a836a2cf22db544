"""Whether ctDNA at a landmark and the scans say the same of a patient.

RECIST stands for the truth in sensitivity, specificity and predictive values, since
these ask for one; it is read with error too, and kappa takes no side. A sample that
was drawn after the first scan forecasts nothing, so those patients are left out.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import pandas as pd

from her2ctdna.ctdna.ctdna_response import COMPLETE, NOT_EVALUABLE, PARTIAL
from her2ctdna.sets.clearance_sets import CLEARANCE_ABLE, take_clearance_set
from her2ctdna.sets.groupings import is_in_population
from her2ctdna.settings.landmark_columns import (
    CLEARANCE,
    LATE,
    LandmarkColumn,
    name_clearance,
)
from her2ctdna.statistics.accuracy import (
    ACCURACY,
    FourCells,
    compute_accuracy,
    compute_pair_kappa,
)
from her2ctdna.statistics.proportions import Estimate
from her2ctdna.tables import Record

CTDNA_RESPONSE = "response"
BEST_RESPONSE, FIRST_SCAN = "best_response", "first_scan"

CELLS = ("both", "ctdna_only", "recist_only", "neither")
_LEFT_OUT = ("after_first_scan", "recist_unknown")
_MEASURES = (*ACCURACY, "kappa")
COLUMNS = [
    *["landmark", "ctdna", "recist", "population"],
    *[f"n_{cell}" for cell in CELLS],
    *["N", *_LEFT_OUT],
    *[f"{name}{end}" for name in _MEASURES for end in ("", "_ci_low", "_ci_high")],
    *["note", *[f"{name}_ids" for name in (*CELLS, *_LEFT_OUT)]],
]

_RECIST_SETS = {BEST_RESPONSE: "response_evaluable", FIRST_SCAN: "first_scan_judged"}
_RESPONDED = ("CR", "PR")

Answers = dict[str, bool]
"""Yes or no by patient; who could not be judged is not in it."""


def compare_with_scans(
    patients: pd.DataFrame,
    landmark_samples: pd.DataFrame,
    responses: pd.DataFrame,
    visits: pd.DataFrame,
    *,
    landmarks: Sequence[str],
    confidence: float,
) -> pd.DataFrame:
    """Return the four cells of ctDNA and RECIST with what they come to.

    ctDNA at the landmark is ``clearance`` (cleared or not, among those able to show
    it), each molecular response (``mr50``; not evaluable ones apart) and ``response``
    (cCR or cPR against cSD or cPD of the sample at the landmark; NE apart). RECIST is
    ``best_response`` (``responder`` as the definitions have it, of the
    response-evaluable) and ``first_scan`` (CR or PR at the first evaluable visit that
    counts, unconfirmed). Treated patients judged by both are counted. Of those judged
    by ctDNA, ``after_first_scan`` were drawn after their first scan, and of
    ``recist_unknown`` there is no such response: neither is in ``N``.

    Parameters
    ----------
    patients
        The analysis-ready table.
    landmark_samples
        ``sample_id`` of each ``patient_id`` and ``landmark``.
    responses
        ``response`` of each ``sample_id``, see `derive_responses`.
    visits
        Assessments with ``used``, in order of time, see `derive_visits`.
    landmarks
        Names of landmarks, in their order.
    confidence
        Of all intervals: Clopper-Pearson, of kappa Fleiss, Cohen and Everitt's.

    Returns
    -------
    One row a landmark, ctDNA and RECIST. A number of nobody is empty, and ``note``
    says why. ``<cell>_ids`` are the patients counted.
    """
    treated = patients[is_in_population(patients, "all_treated")]
    recist = {
        BEST_RESPONSE: _best_responses(treated),
        FIRST_SCAN: _first_scans(treated, visits),
    }
    drawn = landmark_samples[["patient_id", "landmark", "sample_id"]]
    at_landmarks = drawn.merge(responses, on=["patient_id", "sample_id"])
    rows = []
    for landmark in landmarks:
        of_samples = at_landmarks[at_landmarks["landmark"] == landmark]
        is_late = treated[LandmarkColumn(LATE, landmark).name] == "yes"
        late = set(treated.loc[is_late, "patient_id"])
        ctdna = _ctdna_answers(treated, landmark, of_samples)
        for (name, known), (scan, seen) in product(ctdna, recist.items()):
            words = {"landmark": landmark, "ctdna": name, "recist": scan}
            words["population"] = f"{_name_ctdna_set(name)};{_RECIST_SETS[scan]}"
            rows.append(words | _compare(known, seen, late, confidence=confidence))
    return pd.DataFrame(rows, columns=COLUMNS)


def _best_responses(treated: pd.DataFrame) -> Answers:
    evaluable = treated[treated["response_evaluable"] == "yes"]
    return _answers(evaluable["patient_id"], evaluable["responder"] == "yes")


def _first_scans(treated: pd.DataFrame, visits: pd.DataFrame) -> Answers:
    """Return whether the first evaluable visit that counts was a response."""
    told = visits["overall"].notna() & (visits["overall"] != "NE")
    seen = visits[(visits["used"] == "yes") & told]
    seen = seen[seen["patient_id"].isin(treated["patient_id"])]
    first = seen.drop_duplicates("patient_id")
    return _answers(first["patient_id"], first["overall"].isin(_RESPONDED))


def _ctdna_answers(
    treated: pd.DataFrame, landmark: str, of_samples: pd.DataFrame
) -> Iterator[tuple[str, Answers]]:
    """Yield what ctDNA says at a landmark in each way, of those whom it tells of."""
    able = take_clearance_set(treated, CLEARANCE_ABLE, landmark)
    has_cleared = able[name_clearance(landmark)] == "cleared"
    yield CLEARANCE, _answers(able["patient_id"], has_cleared)
    for column in treated:
        found = LandmarkColumn.parse(str(column), [landmark])
        if found and found.reduction:
            judged = treated[treated[column].isin(["yes", "no"])]
            yield found.result, _answers(judged["patient_id"], judged[column] == "yes")
    own = of_samples[of_samples["patient_id"].isin(treated["patient_id"])]
    judged = own[own["response"] != NOT_EVALUABLE]
    has_responded = judged["response"].isin([COMPLETE, PARTIAL])
    yield CTDNA_RESPONSE, _answers(judged["patient_id"], has_responded)


def _answers(patients: pd.Series, said: pd.Series) -> Answers:
    return dict(zip(patients, said.astype(bool), strict=True))


def _name_ctdna_set(name: str) -> str:
    """Return in whom ctDNA is judged: those able, or those it says something of."""
    return CLEARANCE_ABLE if name == CLEARANCE else f"{name}_judged"


def _compare(
    ctdna: Answers, recist: Answers, late: set[str], *, confidence: float
) -> Record:
    """Return counts, measures, note and patients of one comparison."""
    ids: dict[str, list[str]] = {name: [] for name in (*CELLS, *_LEFT_OUT)}
    for patient, said in ctdna.items():
        ids[_place(patient, said, recist, late)].append(patient)
    cells = FourCells(*(len(ids[cell]) for cell in CELLS))
    measures = compute_accuracy(cells, confidence=confidence)
    measures["kappa"] = compute_pair_kappa(cells, confidence=confidence)
    row: Record = {f"n_{cell}": n for cell, n in zip(CELLS, cells, strict=True)}
    row |= {"N": sum(cells)} | {name: len(ids[name]) for name in _LEFT_OUT}
    for name, found in measures.items():
        row[name] = found.estimate
        row[f"{name}_ci_low"], row[f"{name}_ci_high"] = found.low, found.high
    named = {f"{name}_ids": ";".join(who) or None for name, who in ids.items()}
    return row | named | {"note": _note(measures, sum(cells))}


def _place(patient: str, said: bool, recist: Answers, late: set[str]) -> str:
    """Return the cell of a patient, or why there is none."""
    if patient in late:
        return "after_first_scan"
    if patient not in recist:
        return "recist_unknown"
    if said:
        return "both" if recist[patient] else "ctdna_only"
    return "recist_only" if recist[patient] else "neither"


def _note(measures: dict[str, Estimate], n: int) -> str | None:
    """Return why numbers are missing, or nothing."""
    if n == 0:
        return "no patients"
    notes = [f"{name}: {found.note}" for name, found in measures.items() if found.note]
    return "; ".join(notes) or None
