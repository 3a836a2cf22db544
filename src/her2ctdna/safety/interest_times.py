"""How long each patient was without an adverse event of special interest."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from her2ctdna.safety.adverse_events import derive_emergent
from her2ctdna.safety.exposure import derive_emergent_end, derive_risk_end
from her2ctdna.safety.terms import fold_term
from her2ctdna.sets.groupings import is_in_population

INTEREST_COLUMNS = ["patient_id", "event_name", "end_day", "cause"]


def derive_interest_times(
    adverse_events: pd.DataFrame,
    patients: pd.DataFrame,
    *,
    emergent_days: int,
    special_interest: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Return when each treated patient had the first event under each name, or why not.

    ``cause`` is ``event``; ``competing``, a death before it and in the time in which
    events count; or ``censored`` at the end of that time or of follow-up. An event
    without a start counts from the first dose. ``end_day`` is missing of patients
    whose follow-up is not known.

    Parameters
    ----------
    adverse_events, patients
        The checked sheets.
    emergent_days, special_interest
        See `her2ctdna.safety.adverse_events.summarise_adverse_events`.
    """
    treated = patients[is_in_population(patients, "all_treated")]
    emergent_end = derive_emergent_end(treated, emergent_days=emergent_days)
    known = derive_emergent(adverse_events, emergent_end)
    risk_end = derive_risk_end(treated, known, emergent_end=emergent_end)
    emergent = known[known["emergent"] == "yes"]
    death_day = treated.set_index("patient_id")["death_day"].astype(float)
    parts = list(_walk(emergent, risk_end, death_day, special_interest))
    return pd.concat(parts) if parts else pd.DataFrame(columns=INTEREST_COLUMNS)


def _walk(
    emergent: pd.DataFrame,
    risk_end: pd.Series,
    death_day: pd.Series,
    special_interest: Mapping[str, Sequence[str]],
) -> Iterator[pd.DataFrame]:
    folded = emergent["term"].map(fold_term)
    for name, terms in special_interest.items():
        own = emergent[folded.isin({fold_term(term) for term in terms})]
        onset = own.groupby("patient_id")["onset_day"].min().reindex(risk_end.index)
        is_known, has_event = risk_end.notna(), onset.notna()
        has_died = (death_day <= risk_end) & ~has_event
        yield pd.DataFrame(
            {
                "patient_id": risk_end.index,
                "event_name": name,
                "end_day": onset.fillna(risk_end).where(is_known).to_numpy(),
                "cause": np.select(
                    [has_event, has_died], ["event", "competing"], "censored"
                ),
            }
        )
