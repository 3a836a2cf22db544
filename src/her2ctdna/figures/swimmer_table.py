"""The table of figure ``swimmer``: what stands on the lane of each patient."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from her2ctdna.figures.marks.palette import HER2_GROUPS
from her2ctdna.figures.marks.responses import mark_response, name_responses
from her2ctdna.figures.marks.strips import name_her2_categories
from her2ctdna.sets.counting import find_end_days
from her2ctdna.tables import Record

COLUMNS = [
    *["patient_id", "her2_group", "her2_category", "bor", "response"],
    *["item", "value", "day_from", "day_to"],
]
_OPTIONAL = [
    *["her2_group", "response_day", "last_dose_day", "progression_day", "death_day"]
]
_GROUP_ORDER = list(HER2_GROUPS)
Item = Record


def derive_swimmer(
    patient_table: pd.DataFrame, visits: pd.DataFrame, samples: pd.DataFrame | None
) -> pd.DataFrame:
    """Return what stands on the lane of each treated patient, in days.

    ``item`` is

    - ``follow_up``, from first dose to the end of OS (`find_end_days`);
    - ``treatment``, to the last dose. ``value`` says how that is known: ``ended`` on
      a day given; ``ongoing`` where a living patient has none; ``no_day`` where one
      who died has none, and ``not_given`` where no patient has one; all three end
      with follow-up;
    - ``response``, from an assessment that counts to the next one, the last one to
      the last dose if that is later (the same day if not); ``value`` is the response,
      as `mark_response` has it;
    - ``event`` (``value``: response, progression, death, alive, on_treatment) and
      ``draw`` (``value``: state of the plasma sample), which have no ``day_to``.

    Patients are in the order of the figure, top down: by HER2 group, then from the
    longest follow-up, ties by id.
    """
    treated = patient_table[patient_table["treated"] == "yes"]
    optional = treated.reindex(columns=_OPTIONAL)
    treated = treated.assign(
        **optional[_OPTIONAL[1:]].astype(float),
        os_days=find_end_days(treated),
        her2_group=optional["her2_group"].fillna(""),
        her2_category=name_her2_categories(treated),
        response=name_responses(treated),
    )
    place = treated["her2_group"].map(_GROUP_ORDER.index)
    ordered = treated.assign(place=place).sort_values(
        ["place", "os_days", "patient_id"], ascending=[True, False, True]
    )
    knows_doses = bool(treated["last_dose_day"].notna().any())
    responses, draws = _responses_by_patient(visits), _draws_by_patient(samples)
    rows = [
        {column: getattr(patient, column) for column in COLUMNS[:5]} | item
        for patient in ordered.itertuples()
        for item in [
            *_bars(patient, responses.get(patient.patient_id, []), knows_doses),
            *_events(patient, knows_doses),
            *draws.get(patient.patient_id, []),
        ]
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _bars(
    patient: Any, responses: list[tuple[float, str]], knows_doses: bool
) -> Iterator[Item]:
    """Give follow-up, treatment and responses of a patient."""
    treatment = find_treatment(patient, knows_doses)
    yield {"item": "follow_up", "day_from": 0.0, "day_to": patient.os_days}
    yield {"item": "treatment", "day_from": 0.0} | treatment
    following = [day for day, _ in responses[1:]]
    for place, (day, response) in enumerate(responses):
        last = max(day, treatment["day_to"])
        end = following[place] if place < len(following) else last
        counts = patient.responder == "yes"
        item = {"item": "response", "value": mark_response(response, counts=counts)}
        yield item | {"day_from": day, "day_to": end}


def find_treatment(patient: Any, knows_doses: bool) -> Item:
    """Return until when a patient was treated, and how that is known.

    See ``treatment`` of `derive_swimmer`; ``patient`` has ``last_dose_day``,
    ``os_days`` and ``os_event``.
    """
    if patient.last_dose_day == patient.last_dose_day:
        return {"value": "ended", "day_to": patient.last_dose_day}
    if not knows_doses:
        return {"value": "not_given", "day_to": patient.os_days}
    value = "no_day" if patient.os_event == "yes" else "ongoing"
    return {"value": value, "day_to": patient.os_days}


def _events(patient: Any, knows_doses: bool) -> Iterator[Item]:
    """Give the events of a patient; the last one is the end of follow-up."""
    if patient.responder == "yes":
        yield _event("response", patient.response_day)
    known = patient.progression_day == patient.progression_day
    if patient.pfs_reason == "progression":
        yield _event(
            "progression", patient.progression_day if known else patient.pfs_days
        )
    elif patient.pfs_reason == "supplied" and known:
        # a duration without a word on what ended it: the assessments tell
        yield _event("progression", patient.progression_day)
    if patient.os_event == "yes":
        yield _event("death", patient.os_days)
    else:
        is_ongoing = find_treatment(patient, knows_doses)["value"] == "ongoing"
        yield _event("on_treatment" if is_ongoing else "alive", patient.os_days)


def _event(name: str, day: float) -> Item:
    return {"item": "event", "value": name, "day_from": day}


def _responses_by_patient(
    visits: pd.DataFrame,
) -> Mapping[str, list[tuple[float, str]]]:
    used = visits[visits["used"] == "yes"].sort_values("assessed_day", kind="stable")
    return {
        str(patient): list(zip(own["assessed_day"], own["overall"], strict=True))
        for patient, own in used.groupby("patient_id")
    }


def _draws_by_patient(samples: pd.DataFrame | None) -> Mapping[str, list[Item]]:
    if samples is None:
        return {}
    dated = samples[samples["day"].notna()].sort_values(["day", "sample_id"])
    return {
        str(patient): [
            {"item": "draw", "value": state, "day_from": day}
            for state, day in zip(own["state"], own["day"], strict=True)
        ]
        for patient, own in dated.groupby("patient_id")
    }
