"""The table of figure ``patient_profiles``: all that is drawn of each patient."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from her2ctdna.figures.marks.responses import mark_response
from her2ctdna.figures.profile_facts import describe_patient
from her2ctdna.figures.swimmer_table import find_treatment
from her2ctdna.safety.adverse_events import SEVERE
from her2ctdna.safety.terms import fold_term
from her2ctdna.sets.counting import find_end_days

COLUMNS = [
    *["patient_id", "part", "item", "label", "day", "day_to", "value", "word"],
]
PARTS = ["facts", "response", "ctdna", "variant", "course", "safety", "ada"]
FLAGGED = "flagged of interest"
OTHER_SEVERE = f"other, grade {SEVERE} or higher"
_KEYS = ["sample_id", "patient_id", "chrom", "pos", "ref", "alt"]
_OPTIONAL = ["last_dose_day", "new_therapy_day", "progression_day", "death_day"]
_NOTHING = {
    "response": "no assessment after first dose",
    "ctdna": "no plasma sample with a day",
    "variant": "none tracked or emergent",
    "safety": f"none of interest or of grade {SEVERE} or higher",
    "ada": "no sample with a day",
}
_NAMES = {
    "response": "target lesions",
    "ctdna": "ctDNA",
    "variant": "variants",
    "safety": "adverse events",
    "ada": "ADA",
}
Tables = Mapping[str, pd.DataFrame]


def derive_patient_profiles(
    tables: Tables,
    *,
    landmarks: Sequence[str],
    metric: str,
    special_interest: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Return what stands on the page of each patient, in the order of the pages.

    ``part`` is the place on the page and ``item`` what it is:

    - ``facts``: ``word`` by its name; ``left out`` names the parts not drawn, and why;
    - ``response``: ``assessment`` (``word`` the response, as `mark_response` has it,
      ``value`` the change of the target sum in percent of baseline, ``label``
      ``new lesion``), and ``baseline``, no change on day 0, where any later change is
      known;
    - ``ctdna``: ``sample`` (``word`` the state, ``value`` the level if detected),
      ``upper_bound`` of an undetected one, ``limit`` of detection (`lod95_level`);
    - ``variant``: ``tracked`` or ``emergent``, ``value`` its VAF, ``label`` gene and
      protein change, ``word`` the key of the variant;
    - ``course``: ``treatment`` (``word`` as ``value`` in `derive_swimmer`),
      ``new_therapy``, ``progression``, ``death`` (its day, else the end of OS) or
      ``alive`` (the end of OS);
    - ``safety``: ``value`` the grade. ``item`` is the name that the config counts
      the term under. Terms themselves are text of a patient and stay behind: other
      events are one of those flagged, or of grade 3 or higher, nothing else;
    - ``ada``: ``item`` the result, ``value`` the titre.

    A patient who was not treated has facts only.
    """
    patients = tables["patients"]
    treated = patients[patients["treated"] == "yes"]
    parts = {
        "response": _responses(tables.get("visits"), treated),
        "ctdna": _samples(tables.get("ctdna_samples")),
        "variant": _variants(tables),
        "course": _courses(treated),
        "safety": _events(tables.get("adverse_events"), special_interest),
        "ada": _antibodies(tables.get("ada")),
    }
    drawn = {
        name: part[part["patient_id"].isin(treated["patient_id"])].assign(part=name)
        for name, part in parts.items()
        if part is not None
    }
    facts = _facts(patients, drawn, landmarks=landmarks, metric=metric)
    whole = pd.concat([facts, *drawn.values()], ignore_index=True)
    order = {patient: place for place, patient in enumerate(patients["patient_id"])}
    place = whole["patient_id"].map(order) * len(PARTS) + whole["part"].map(PARTS.index)
    whole = whole.assign(place=place).sort_values("place", kind="stable")
    numbers = ["day", "day_to", "value"]
    whole = whole.reindex(columns=COLUMNS).astype(dict.fromkeys(numbers, float))
    return whole.reset_index(drop=True)


def _facts(
    patients: pd.DataFrame,
    drawn: Mapping[str, pd.DataFrame],
    *,
    landmarks: Sequence[str],
    metric: str,
) -> pd.DataFrame:
    having = {
        name: set(part.loc[part["day"].notna(), "patient_id"])
        for name, part in drawn.items()
    }
    rows = [
        {"patient_id": patient["patient_id"], "item": item, "word": word}
        for patient in patients.to_dict("records")
        for item, word in [
            *describe_patient(patient, landmarks=landmarks, metric=metric),
            *_left_out(patient, having),
        ]
    ]
    columns = ["patient_id", "item", "word"]
    return pd.DataFrame(rows, columns=columns).assign(part="facts")


def _left_out(
    patient: Mapping[Any, Any], having: Mapping[str, set[Any]]
) -> Iterator[tuple[str, str]]:
    """Give the parts of the study that a page lacks, with why, if it lacks any."""
    if patient["treated"] != "yes":
        return
    why = [
        f"{_NAMES[name]} ({_NOTHING[name]})"
        for name in _NAMES
        if name in having and patient["patient_id"] not in having[name]
    ]
    if why:
        yield "Left out", "; ".join(why)


def _responses(
    visits: pd.DataFrame | None, treated: pd.DataFrame
) -> pd.DataFrame | None:
    """Return the assessments that count, and the baseline of whoever has a change."""
    if visits is None:
        return None
    flags = treated.reindex(columns=["responder"])["responder"]
    responders = set(treated.loc[flags == "yes", "patient_id"])
    used = visits[visits["used"] == "yes"].sort_values(["patient_id", "assessed_day"])
    seen = pd.DataFrame(
        {
            "patient_id": used["patient_id"],
            "item": "assessment",
            "label": used["new_lesion"].map({"yes": "new lesion"}),
            "day": used["assessed_day"],
            "value": used["change_percent"].astype(float),
            "word": [
                mark_response(word, counts=patient in responders)
                for patient, word in zip(
                    used["patient_id"], used["overall"], strict=True
                )
            ],
        }
    )
    starts = seen.loc[seen["value"].notna(), ["patient_id"]].drop_duplicates()
    starts = starts.assign(item="baseline", day=0.0, value=0.0)
    return pd.concat([starts, seen], ignore_index=True)


def _samples(samples: pd.DataFrame | None) -> pd.DataFrame | None:
    if samples is None:
        return None
    dated = samples[samples["day"].notna()].sort_values(
        ["patient_id", "day", "sample_id"]
    )
    limits = dated.reindex(columns=["upper95_level", "lod95_level"]).astype(float)
    level, state = dated["level"].astype(float), dated["state"]
    is_read = state.isin(["detected", "undetected"])
    values = {
        "sample": level.where((state == "detected") & (level > 0)),
        "upper_bound": limits["upper95_level"].where(state == "undetected"),
        "limit": limits["lod95_level"].where(is_read),
    }
    base = dated[["patient_id", "day"]].assign(label=dated["sample_id"], word=state)
    parts = [base.assign(item=item, value=value) for item, value in values.items()]
    found = pd.concat(parts)
    return found[(found["item"] == "sample") | (found["value"] > 0)]


def _variants(tables: Tables) -> pd.DataFrame | None:
    """Return the VAF of tracked and emergent variants at each draw with a day.

    A variant that a sample's calls do not hold has no point there: it was not looked
    for or not covered, which is not zero.
    """
    if not {"variants", "variant_status", "ctdna_samples"} <= set(tables):
        return None
    status, samples = tables["variant_status"], tables["ctdna_samples"]
    kept = status.loc[status["role"].isin(["tracked", "emergent"]), [*_KEYS, "role"]]
    optional = ["gene", "protein_change", "vaf"]
    known = tables["variants"].reindex(columns=[*_KEYS, *optional])
    calls = kept.merge(known, on=_KEYS)
    calls = calls.merge(samples[["sample_id", "day"]], on="sample_id")
    calls = calls[calls["day"].notna() & calls["vaf"].notna()]
    place = calls["chrom"].astype(str) + ":" + calls["pos"].astype(str)
    change = calls["protein_change"].fillna(calls["ref"] + ">" + calls["alt"])
    found = pd.DataFrame(
        {
            "patient_id": calls["patient_id"],
            "item": calls["role"],
            "label": calls["gene"].fillna(place) + " " + change,
            "day": calls["day"],
            "value": calls["vaf"].astype(float),
            "word": place + ":" + calls["ref"] + ">" + calls["alt"],
        }
    )
    return found.sort_values(["patient_id", "item", "word", "day"], ascending=True)


def _courses(treated: pd.DataFrame) -> pd.DataFrame:
    """Return treatment and events; see `find_treatment` for the end of treatment."""
    optional = treated.reindex(columns=_OPTIONAL).astype(float)
    frame = treated.assign(**optional, os_days=find_end_days(treated))
    knows_doses = bool(frame["last_dose_day"].notna().any())
    rows = []
    for patient in frame.itertuples():
        treatment = find_treatment(patient, knows_doses)
        died = patient.os_event == "yes"
        is_dated = died and patient.death_day == patient.death_day
        progressed = patient.pfs_reason == "progression"
        days = {
            "new_therapy": patient.new_therapy_day,
            "progression": patient.progression_day if progressed else np.nan,
            "death" if died else "alive": patient.death_day
            if is_dated
            else patient.os_days,
        }
        rows += [
            {"patient_id": patient.patient_id, "item": "treatment", "day": 0.0}
            | {"day_to": treatment["day_to"], "word": treatment["value"]}
        ]
        rows += [
            {"patient_id": patient.patient_id, "item": item, "day": day}
            for item, day in days.items()
            if day == day
        ]
    columns = ["patient_id", "item", "day", "day_to", "word"]
    return pd.DataFrame(rows, columns=columns)


def _events(
    events: pd.DataFrame | None, special_interest: Mapping[str, Sequence[str]]
) -> pd.DataFrame | None:
    if events is None:
        return None
    named = {
        fold_term(term): name
        for name, terms in reversed(list(special_interest.items()))
        for term in terms
    }
    lane = events["term"].fillna("").map(fold_term).map(named).astype(object)
    grade = events["grade"].astype(float)
    is_flagged = events["of_interest"].eq("yes") & lane.isna()
    lane = lane.mask(is_flagged, FLAGGED)
    lane = lane.mask(lane.isna() & (grade >= SEVERE), OTHER_SEVERE)
    found = pd.DataFrame(
        {
            "patient_id": events["patient_id"],
            "item": lane,
            "day": events["started_day"].astype(float),
            "day_to": events["ended_day"].astype(float),
            "value": grade,
        }
    )
    return found[lane.notna()].sort_values(["patient_id", "day"], kind="stable")


def _antibodies(ada: pd.DataFrame | None) -> pd.DataFrame | None:
    if ada is None:
        return None
    dated = ada[ada["sampled_day"].notna()].sort_values(["patient_id", "sampled_day"])
    return pd.DataFrame(
        {
            "patient_id": dated["patient_id"],
            "item": dated["result"],
            "day": dated["sampled_day"].astype(float),
            "value": dated["titre"].astype(float),
        }
    )
