"""Time on treatment and time to the next one: ends that need no scan."""

import numpy as np

from her2ctdna.tables import Record

TREATMENT_COLUMNS = [
    *["ttnt_days", "ttnt_event", "ttnt_reason"],
    *["tot_days", "tot_event", "tot_reason"],
]
NOT_RECORDED = "not recorded"
NO_LAST_DOSE = "no last dose: may be on treatment"


def derive_treatment_times(
    patient: Record,
    *,
    contact_day: float,
    has_died: bool,
    progression_day: float,
    gap_days: float,
    count_first_day: bool,
) -> Record:
    """Return times to next treatment and on treatment, each with event and reason.

    Time to next treatment ends with a new therapy or death, whichever comes first, and
    is else censored at the last contact. Time on treatment ends with the last dose. It
    is an event where a new therapy, a death or more than ``gap_days`` without a dose
    are known to follow, and else censored: treatment may go on (Stewart and others,
    JCO Clin Cancer Inform 2019;3:1). Its reason is the progression where one was seen
    until ``gap_days`` after the last dose, else the death within them, else the new
    therapy, else that no dose followed. Who has no last dose, no new therapy and is
    alive is censored at the last contact: to leave them out would select.

    Parameters
    ----------
    patient
        ``new_therapy_day``, ``last_dose_day`` and whether anybody has them:
        ``has_new_therapy``, ``has_last_dose``. A day that nobody has was not asked
        for, and the time by it is missing, ``not recorded``.
    contact_day
        Of the death, or of the last contact.
    has_died
        Whether that is a death.
    progression_day
        NaN if none was seen.
    gap_days
        Without a dose, after which treatment counts as ended.
    count_first_day
        Whether durations are end - start + 1.
    """
    next_day, last_dose = patient["new_therapy_day"], patient["last_dose_day"]
    if not patient["has_new_therapy"]:
        found = {"ttnt_reason": NOT_RECORDED}
    elif next_day <= contact_day or not (np.isnan(next_day) or has_died):
        found = _time("ttnt", next_day, "yes", "new therapy", count_first_day)
    else:
        how = ("yes", "death") if has_died else ("no", "no new therapy")
        found = _time("ttnt", contact_day, *how, count_first_day)
    if np.isnan(last_dose):
        is_open = patient["has_last_dose"] and np.isnan(next_day) and not has_died
        if not is_open:
            return found | {"tot_reason": NOT_RECORDED}
        return found | _time("tot", contact_day, "no", NO_LAST_DOSE, count_first_day)
    until = last_dose + gap_days
    signs = {
        "progression": progression_day <= until,
        "death": has_died and contact_day <= until,
        "new therapy": not np.isnan(next_day),
        "no further dose": contact_day > until,
    }
    has_ended = has_died or signs["new therapy"] or signs["no further dose"]
    reason = next(name for name, seen in (signs | {"": True}).items() if seen)
    how = ("yes", reason) if has_ended else ("no", "may be on treatment")
    return found | _time("tot", last_dose, *how, count_first_day)


def _time(
    name: str, end_day: float, event: str, reason: str, count_first_day: bool
) -> Record:
    days = end_day + int(count_first_day)
    return {f"{name}_days": days, f"{name}_event": event, f"{name}_reason": reason}
