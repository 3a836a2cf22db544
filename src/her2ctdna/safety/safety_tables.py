"""Safety: the tables of adverse events and of anti-drug antibodies."""

from collections.abc import Mapping, Sequence

import pandas as pd

from her2ctdna.safety.adverse_events import summarise_adverse_events
from her2ctdna.safety.antibodies import derive_ada_patients, summarise_ada


def summarise_safety(
    patients: pd.DataFrame,
    *,
    adverse_events: pd.DataFrame | None,
    ada: pd.DataFrame | None,
    emergent_days: int,
    special_interest: Mapping[str, Sequence[str]],
    special_interest_words: Mapping[str, Sequence[str]],
    ada_titre_scale: str,
    ada_titre_fold: float,
    ada_persistent_days: int,
    confidence: float,
) -> dict[str, pd.DataFrame]:
    """Return the tables adverse_events, ada_patients and ada.

    Each only if its records are given.
    """
    summaries = {}
    if adverse_events is not None:
        summaries["adverse_events"] = summarise_adverse_events(
            adverse_events,
            patients,
            emergent_days=emergent_days,
            special_interest=special_interest,
            special_interest_words=special_interest_words,
            confidence=confidence,
        )
    if ada is not None:
        courses = derive_ada_patients(
            ada,
            patients,
            titre_scale=ada_titre_scale,
            titre_fold=ada_titre_fold,
            persistent_days=ada_persistent_days,
        )
        summaries["ada_patients"] = courses
        summaries["ada"] = summarise_ada(courses, confidence=confidence)
    return summaries
