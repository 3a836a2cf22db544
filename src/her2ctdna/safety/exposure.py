"""Time at risk of adverse events, and incidence by it."""

from math import nan

import numpy as np
import pandas as pd
from statsmodels.stats.rates import confint_poisson

from her2ctdna.statistics.proportions import Estimate

DAYS_PER_100_YEARS = 36525
INCIDENCE_COLUMNS = [
    *["incidence_n", "incidence_N", "time_at_risk_days"],
    *["incidence_per_100_py", "incidence_low", "incidence_high"],
]
_FOLLOWED_UNTIL = ["last_alive_day", "last_dose_day", "new_therapy_day"]


def derive_emergent_end(patients: pd.DataFrame, *, emergent_days: int) -> pd.Series:
    """Return the last day on which an event of each patient is treatment-emergent.

    ``emergent_days`` after the last dose, or the day on which a new therapy begins
    if that comes sooner (one that begins before the last dose counts from there);
    missing, so without an end, where neither is known. By ``patient_id``.
    """
    indexed = patients.set_index("patient_id")
    last_dose = indexed["last_dose_day"].astype(float)
    new_therapy = indexed["new_therapy_day"].astype(float)
    new_therapy = new_therapy.clip(lower=last_dose.fillna(0))
    return np.fmin(last_dose + emergent_days, new_therapy)


def derive_risk_end(
    patients: pd.DataFrame, adverse_events: pd.DataFrame, *, emergent_end: pd.Series
) -> pd.Series:
    """Return the last day on which a patient without the event is at risk of it.

    The end of the emergent window, or the end of follow-up before that: the death;
    of the living the latest of last day known alive, last dose, new therapy and any
    adverse event. Missing for patients of whom ``patients`` gives none of these: an
    event alone is no follow-up, as those without one would have none.
    """
    indexed = patients.set_index("patient_id")
    stated = indexed[_FOLLOWED_UNTIL].astype(float).max(axis=1)
    by_patient = adverse_events.groupby("patient_id")[["started_day", "ended_day"]]
    last_event = by_patient.max().astype(float).max(axis=1).reindex(stated.index)
    alive = np.fmax(stated, last_event).where(stated.notna())
    followed = indexed["death_day"].astype(float).fillna(alive).clip(lower=0)
    return np.fmin(followed, emergent_end).where(followed.notna())


def count_incidence(
    onset_day: pd.Series, risk_end: pd.Series, *, confidence: float
) -> dict[str, float]:
    """Return patients with a first event, their time at risk, and the incidence.

    Days count from the day of first dose, which is one, to the first event or the
    end of risk. Patients without a known end of risk take no part, with or without
    event. Missing where nobody's is known.

    Parameters
    ----------
    onset_day
        Of the first event, by patient; those without event are not in it.
    risk_end
        Of all patients, by patient.
    """
    known = risk_end.dropna()
    first = onset_day.reindex(known.index)
    days = float((first.fillna(known) + 1).sum()) if len(known) else nan
    n = int(first.notna().sum())
    found = compute_incidence(n, days, confidence=confidence)
    values = (n, len(known), days, found.estimate, found.low, found.high)
    return dict(zip(INCIDENCE_COLUMNS, values, strict=True))


def compute_incidence(events: int, days: float, *, confidence: float) -> Estimate:
    """Return events per 100 years at risk with the exact interval of Garwood.

    Each patient counts once, so events are taken as Poisson (Garwood, Biometrika
    1936;28:437); the same as R's ``poisson.test``. A year is 365.25 days. Missing
    without time at risk.
    """
    if not days > 0:
        return Estimate(note="no time at risk")
    years = days / DAYS_PER_100_YEARS
    low, high = confint_poisson(events, years, method="exact-c", alpha=1 - confidence)
    return Estimate(events / years, float(low), float(high))
