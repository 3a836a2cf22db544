"""Endpoints of each patient: response, its duration, PFS and OS.

Time zero is the first dose: nobody is randomised in a single-arm trial, whatever
its registry entry says. Censoring follows the FDA guidance on trial endpoints, with
each of its choices in the config (docs/methods.md).
"""

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.response.recist import (
    NOT_PROGRESSED,
    BestResponse,
    Visit,
    compute_best_response,
    compute_confirmed_response,
    find_confirmation,
)
from her2ctdna.response.treatment_times import (
    TREATMENT_COLUMNS,
    derive_treatment_times,
)
from her2ctdna.response.visits import IN_TIME, select_visits
from her2ctdna.tables import Record
from her2ctdna.wording import COUNTED_FROM, USUAL_START

if TYPE_CHECKING:
    from her2ctdna.settings.clinical_settings import (
        ConfirmationSettings,
        ResponseSettings,
    )

COLUMNS = [
    "patient_id",
    "treated",
    "bor",
    "confirmed_bor",
    "bor_day",
    "confirmed_bor_day",
    "responder",
    "response_day",
    "disease_control",
    "clinical_benefit_registry",
    "clinical_benefit",
    "ttr_days",
    "dor_days",
    "dor_event",
    "dor_reason",
    "pfs_days",
    "pfs_event",
    "pfs_reason",
    "os_days",
    "os_event",
    "os_reason",
    "best_change_percent",
    "best_change_day",
    "n_visits",
    "first_visit_day",
    "progression_day",
    "bor_reason",
    "confirmed_bor_reason",
    "progression_free_day",
    *TREATMENT_COLUMNS,
]


class End(NamedTuple):
    """The end of a time to event: its day since first dose, event or not, and why."""

    day: float
    event: bool
    reason: str


NO_END = End(np.nan, False, "")


def derive_endpoints(
    patients: pd.DataFrame,
    visits: pd.DataFrame | None,
    *,
    response: "ResponseSettings",
    origin: str,
) -> pd.DataFrame:
    """Derive every endpoint of every patient.

    Parameters
    ----------
    patients
        The normalised table.
    visits
        See `her2ctdna.response.visits.derive_visits`; ``None`` where the study has no
        assessments. Where there is none that counts of anybody, response and PFS are
        missing, unless durations were supplied: who was not looked at has not failed.
    response
        The definitions of response.
    origin
        What supplied durations count from; where that is not the first dose, their
        reason ends with it (``supplied, from diagnosis``), and no duration of response
        is had from them.

    Returns
    -------
    One row per patient, in the order of ``patients``. Of patients who were not
    treated only ``treated`` and a MISSING response are given. ``bor_reason`` and
    ``confirmed_bor_reason`` name the visits that made the response; ``n_visits``
    counts those with a response other than NE; ``first_visit_day`` is that of the
    first, NE or not, and ``progression_free_day`` that of the last one that ruled
    progression out.
    """
    seen_by_patient = {} if visits is None else select_visits(visits, patients)
    if not any(seen_by_patient.values()):
        seen_by_patient = {}
    last_assessed = {} if visits is None else _last_assessed(visits)
    changes = {} if visits is None else _best_changes(visits)
    rows = []
    recorded = {
        "has_new_therapy": patients["new_therapy_day"].notna().any(),
        "has_last_dose": patients["last_dose_day"].notna().any(),
    }
    for patient in patients.to_dict("records"):
        identity = patient["patient_id"]
        row = {"patient_id": identity, "treated": patient["treated"]}
        row |= {"bor": "MISSING", "confirmed_bor": "MISSING"}
        if patient["treated"] == "yes":
            seen = seen_by_patient.get(identity)
            if seen is not None:
                row |= _response_columns(seen, response) | changes.get(identity, {})
            last = last_assessed.get(identity)
            row |= _time_columns(patient, seen, last, response, origin)
            row |= _duration_of_response(row, response)
            followed = _follow(patient, last_assessed.get(identity), response)
            row |= derive_treatment_times(
                patient | recorded,
                contact_day=followed.day,
                has_died=followed.event,
                progression_day=row.get("progression_day", np.nan),
                gap_days=response["treatment_gap_days"],
                count_first_day=response["count_first_day"],
            )
        rows.append(row)
    return _typed(pd.DataFrame(rows, columns=COLUMNS))


def compute_progression_end(
    visits: list[Visit],
    *,
    death_day: float,
    new_therapy_day: float,
    response: "ResponseSettings",
) -> End:
    """Return when and why progression-free survival ends.

    The event is the first PD or else the death. It is censored at the last adequate
    assessment if there is none, if a new therapy started before it (``new_therapy:
    censor``), or if more than ``missed_assessment_days`` passed without an adequate
    assessment before it; without an adequate assessment, at day 0.
    """
    adequate = [
        visit.day
        for visit in visits
        if visit.overall in NOT_PROGRESSED
        or (visit.overall == "NE" and response["ne_is_adequate"])
    ]
    event = _progression_or_death(visits, death_day)
    censored = max(adequate, default=0.0)
    if event is None:
        reason = (
            "last adequate assessment" if adequate else "no post-baseline assessment"
        )
        started = response["new_therapy"] == "censor" and not np.isnan(new_therapy_day)
        return End(censored, False, "new therapy" if started else reason)
    if response["new_therapy"] == "censor" and new_therapy_day < event.day:
        before = [day for day in adequate if day <= new_therapy_day]
        return End(max(before, default=0.0), False, "new therapy")
    gap = response["missed_assessment_days"]
    before = [day for day in adequate if day <= event.day]
    if gap is not None and event.day - max(before, default=0.0) > gap:
        return End(max(before, default=0.0), False, "missed assessments")
    return event


def compute_survival_end(
    *,
    death_day: float,
    last_alive_day: float,
    last_assessed_day: float,
    last_dose_day: float,
) -> End:
    """Return when and why overall survival ends.

    Without a death it is censored at the later of the last day known alive and the
    last assessment; if neither is known, at the last dose, else at day 0.
    """
    if not np.isnan(death_day):
        return End(death_day, True, "death")
    contacts = [last_alive_day, last_assessed_day]
    known = [day for day in contacts if not np.isnan(day)]
    if not known and not np.isnan(last_dose_day):
        known = [last_dose_day]
    if not known:
        return End(0.0, False, "no follow-up")
    return End(max(0.0, *known), False, "alive")


def _last_assessed(visits: pd.DataFrame) -> dict[str, float]:
    """Return the day of the last assessment of each patient, by anybody."""
    after = visits[visits["assessed_day"] > 0]
    last: dict[str, float] = after.groupby("patient_id")["assessed_day"].max().to_dict()
    return last


def _best_changes(visits: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the smallest change up to PD and new therapy, and its first day."""
    usable = visits[visits["reason"].isin(IN_TIME) & visits["change_percent"].notna()]
    best = usable.sort_values(["change_percent", "assessed_day"], kind="stable")
    return {
        row.patient_id: {
            "best_change_percent": row.change_percent,
            "best_change_day": row.assessed_day,
        }
        for row in best.drop_duplicates("patient_id").itertuples()
    }


def _response_columns(visits: list[Visit], response: "ResponseSettings") -> Record:
    """Return the columns of response; the chosen kind (confirmed or not) decides."""
    rule: ConfirmationSettings = {
        "confirmation_days": response["confirmation_days"],
        "max_ne_between": response["max_ne_between"],
        "accept_sd_between_pr": response["accept_sd_between_pr"],
    }
    minimum = response["sd_min_days"]
    bor = compute_best_response(visits, sd_min_days=minimum)
    confirmed = compute_confirmed_response(visits, sd_min_days=minimum, **rule)
    chosen = confirmed if response["confirmed"] else bor
    responses = [
        visit.day
        for place, visit in enumerate(visits)
        if visit.overall in ("CR", "PR")
        and (not response["confirmed"] or find_confirmation(visits, place, **rule))
    ]
    benefit_days = response["clinical_benefit_days"]
    free = [visit.day for visit in visits if visit.overall in NOT_PROGRESSED]
    progression = [visit.day for visit in visits if visit.overall == "PD"]
    return {
        "bor": bor.response,
        "bor_day": bor.day,
        "bor_reason": bor.reason,
        "confirmed_bor": confirmed.response,
        "confirmed_bor_day": confirmed.day,
        "confirmed_bor_reason": confirmed.reason,
        "responder": _yes(bool(responses)),
        "response_day": min(responses, default=np.nan),
        "disease_control": _yes(_is_controlled(chosen)),
        "clinical_benefit_registry": _yes(bool(free)),
        "clinical_benefit": _yes(
            bool(responses) or any(day >= benefit_days for day in free)
        ),
        "n_visits": float(sum(visit.overall != "NE" for visit in visits)),
        "first_visit_day": min((visit.day for visit in visits), default=np.nan),
        "progression_day": min(progression, default=np.nan),
        "progression_free_day": max(free, default=np.nan),
    }


def _is_controlled(best: BestResponse) -> bool:
    return best.response in NOT_PROGRESSED


def _time_columns(
    patient: Record,
    visits: list[Visit] | None,
    last_assessed: float | None,
    response: "ResponseSettings",
    origin: str,
) -> Record:
    """Return PFS and OS: as supplied, else from visits, death and follow-up."""
    columns: Record = {}
    progression = NO_END
    if visits is not None:
        progression = compute_progression_end(
            visits,
            death_day=patient["death_day"],
            new_therapy_day=patient["new_therapy_day"],
            response=response,
        )
    survival = _survive(patient, last_assessed)
    ends: tuple[tuple[Literal["pfs", "os"], End], ...]
    ends = ("pfs", progression), ("os", survival)
    for name, end in ends:
        if not np.isnan(patient[f"{name}_days"]):
            days, event = patient[f"{name}_days"], patient[f"{name}_event"]
            reason = f"supplied{_name_origin(origin)}"
        else:
            days, reason = _duration(end.day, response), end.reason
            event = _yes(end.event) if reason else None
        limit = response["truncate_days"][name]
        if limit is not None and days > limit:
            suffix = _name_origin(origin) if reason.startswith("supplied") else ""
            days, event, reason = float(limit), "no", f"truncated{suffix}"
        columns |= {f"{name}_days": days, f"{name}_event": event}
        columns[f"{name}_reason"] = reason or None
    return columns


def _survive(patient: Record, last_assessed: float | None) -> End:
    return compute_survival_end(
        death_day=patient["death_day"],
        last_alive_day=patient["last_alive_day"],
        last_assessed_day=np.nan if last_assessed is None else last_assessed,
        last_dose_day=patient["last_dose_day"],
    )


def _follow(
    patient: Record, last_assessed: float | None, response: "ResponseSettings"
) -> End:
    """Return the end of all follow-up, of a supplied OS where there is one."""
    if np.isnan(patient["os_days"]):
        return _survive(patient, last_assessed)
    day = patient["os_days"] - int(response["count_first_day"])
    return End(day, patient["os_event"] == "yes", "supplied")


def _duration_of_response(row: Record, response: "ResponseSettings") -> Record:
    """Return time to response and duration of response; of responders only.

    The duration ends with PFS, truncation included.
    """
    if row.get("responder") != "yes":
        return {}
    start = row["response_day"]
    first = int(response["count_first_day"])
    columns: Record = {"ttr_days": start + first}
    if COUNTED_FROM in (row["pfs_reason"] or ""):
        return columns | {"dor_reason": f"PFS is {row['pfs_reason']}"}
    duration = row["pfs_days"] - start
    if duration >= first:
        columns |= {"dor_days": duration, "dor_event": row["pfs_event"]}
        columns["dor_reason"] = row["pfs_reason"]
    else:
        columns["dor_reason"] = "PFS ends before the response"
    return columns


def _progression_or_death(visits: list[Visit], death_day: float) -> End | None:
    progression = [visit.day for visit in visits if visit.overall == "PD"]
    if progression and not progression[0] > death_day:
        return End(progression[0], True, "progression")
    if not np.isnan(death_day):
        return End(death_day, True, "death")
    return None


def _name_origin(origin: str) -> str:
    return "" if origin == USUAL_START else f"{COUNTED_FROM}{origin}"


def _duration(end_day: float, response: "ResponseSettings") -> float:
    return end_day + int(response["count_first_day"])


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of numbers as floats and the others as text or None."""
    typed = frame.copy()
    for column in COLUMNS:
        if column.endswith(("_days", "_day", "_percent")) or column == "n_visits":
            typed[column] = frame[column].astype(float)
        else:
            text = frame[column].astype(object)
            typed[column] = text.where(text.notna(), None)
    return typed
