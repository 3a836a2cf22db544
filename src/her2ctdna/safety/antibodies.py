"""Anti-drug antibodies (ADA): the course of each patient, and who had which.

Induced, boosted, persistent and transient follow the usage of Shankar and others
(AAPS J 2014;16:658); the thresholds stand in the config.
"""

from collections.abc import Sequence
from itertools import groupby
from math import isnan, nan
from typing import NamedTuple

import pandas as pd

from her2ctdna.safety.titres import (
    NOT_REPORTABLE,
    UNKNOWN,
    Titre,
    on_linear_scale,
    read_titre,
)
from her2ctdna.sets.groupings import is_in_population
from her2ctdna.statistics.proportions import RATE_COLUMNS, rate_of_members

NOT_EVALUABLE = ("no_baseline", "no_later_sample", "no_sample")
ADA_PATIENT_COLUMNS = [
    *["patient_id", "evaluable", "baseline", "class", "persistence", "reason"],
    *["baseline_day", "baseline_titre", "first_positive_day"],
    *["n_samples", "n_positive", "n_undated", "n_not_reportable", "peak_titre"],
]
ADA_COLUMNS = [
    *["class", *RATE_COLUMNS],
    *["peak_titre_median", "peak_titre_min", "peak_titre_max"],
]


class Sample(NamedTuple):
    """The result of a day; ``titre`` is NaN if the day is negative or has none.

    ``limits`` are what is known of the titre.
    """

    day: float
    is_positive: bool
    titre: float
    limits: Titre


def derive_ada_patients(
    ada: pd.DataFrame,
    patients: pd.DataFrame,
    *,
    titre_scale: str,
    titre_fold: float,
    persistent_days: int,
) -> pd.DataFrame:
    """Return the course of antibodies of each treated patient.

    ``baseline`` is the last result until the day of first dose. Of several samples
    on one day a positive one counts, at the highest titre. Evaluable are patients
    with a baseline and a later sample; ``reason`` is why others are not
    (``no_sample``: none with a result and a day). ``class``:

    - negative: never positive from baseline on
    - induced: negative at baseline, positive later
    - boosted: positive at baseline, and a later titre at least ``titre_fold`` times
      that of baseline
    - positive_not_boosted: positive at baseline without such a titre; ``reason`` is
      ``titre_missing`` where one that is missing (or 0) could have shown it, and
      ``titre_out_of_range`` where one below or above what the assay tells (``<20``)
      could

    ``persistence`` of what is induced or boosted is persistent if its first and last
    positive samples (of the boosted: samples with such a titre) are at least
    ``persistent_days`` apart or the patient's last sample is among them, else
    transient. ``n_samples`` and ``n_positive`` are days with a sample, from baseline
    on; ``first_positive_day`` and ``peak_titre`` are of positive samples after it,
    titres as multiples, whatever ``titre_scale`` (linear, log2, log10) they came on.
    ``n_not_reportable`` samples had no result.
    """
    treated = patients.loc[is_in_population(patients, "all_treated"), "patient_id"]
    failed = ada[ada["result"] == NOT_REPORTABLE]["patient_id"].value_counts()
    known = ada[ada["result"].isin(["negative", "positive"])]
    known = known.assign(titre=on_linear_scale(known["titre"], scale=titre_scale))
    undated = known[known["sampled_day"].isna()]["patient_id"].value_counts()
    dated = dict(list(known.dropna(subset=["sampled_day"]).groupby("patient_id")))
    rows = [
        {
            "patient_id": patient,
            "n_undated": int(undated.get(patient, 0)),
            "n_not_reportable": int(failed.get(patient, 0)),
            **_describe_course(
                _samples_by_day(dated[patient]) if patient in dated else [],
                titre_fold=titre_fold,
                persistent_days=persistent_days,
            ),
        }
        for patient in treated
    ]
    return pd.DataFrame(rows, columns=ADA_PATIENT_COLUMNS)


def summarise_ada(ada_patients: pd.DataFrame, *, confidence: float) -> pd.DataFrame:
    """Return how many patients of `derive_ada_patients` are in each class.

    N of ``evaluable`` and of the reasons not to be is all treated patients, that of
    every other class the evaluable ones. ``incidence`` is induced or boosted,
    ``prevalence`` positive at baseline or later. Peak titres are of the members that
    have one. Intervals are Clopper and Pearson's.
    """
    reason = ada_patients["reason"]
    evaluable = ada_patients["evaluable"] == "yes"
    missed = {f"not_evaluable_{why}": reason == why for why in NOT_EVALUABLE}
    asked = [
        ({"evaluable": evaluable} | missed, len(ada_patients)),
        (_masks_of_classes(ada_patients), int(evaluable.sum())),
    ]
    rows = [
        {
            "class": name,
            **rate_of_members(
                ada_patients.loc[mask, "patient_id"], total, confidence=confidence
            ),
            **_peak_titres(ada_patients[mask]),
        }
        for masks, total in asked
        for name, mask in masks.items()
    ]
    return pd.DataFrame(rows, columns=ADA_COLUMNS)


def _masks_of_classes(ada_patients: pd.DataFrame) -> dict[str, pd.Series]:
    """Return who of the patients is in each class of the evaluable ones."""
    word, lasting = ada_patients["class"], ada_patients["persistence"]
    evaluable = ada_patients["evaluable"] == "yes"
    masks = {"baseline_positive": evaluable & (ada_patients["baseline"] == "positive")}
    for name in ("induced", "boosted"):
        masks[name] = word == name
        for course in ("persistent", "transient"):
            masks[f"{name}_{course}"] = (word == name) & (lasting == course)
    masks["incidence"] = word.isin(["induced", "boosted"])
    masks["prevalence"] = evaluable & (ada_patients["n_positive"] > 0)
    return masks


def _peak_titres(members: pd.DataFrame) -> dict[str, float]:
    peaks = members["peak_titre"].astype(float)
    return {
        f"peak_titre_{name}": peaks.agg(name) if peaks.notna().any() else nan
        for name in ("median", "min", "max")
    }


def _samples_by_day(samples: pd.DataFrame) -> list[Sample]:
    """Return one sample a day in the order of days."""
    rows = samples.sort_values("sampled_day").itertuples(index=False)
    found = []
    for day, same in groupby(rows, key=lambda row: row.sampled_day):
        positive = [row for row in same if row.result == "positive"]
        limits = [read_titre(row.titre, row.titre_bound) for row in positive]
        titres = [float(row.titre) for row in positive if row.titre > 0]
        highest = max(limits, default=UNKNOWN)
        found.append(
            Sample(float(day), bool(positive), max(titres, default=nan), highest)
        )
    return found


def _describe_course(
    samples: Sequence[Sample], *, titre_fold: float, persistent_days: int
) -> dict[str, object]:
    """Return what is known of one patient, whose samples are in order."""
    baseline = next((sample for sample in reversed(samples) if sample.day <= 0), None)
    later = [sample for sample in samples if sample.day > 0]
    positive = [sample for sample in later if sample.is_positive]
    used = [*([baseline] if baseline else []), *later]
    titres = [sample.titre for sample in positive if not isnan(sample.titre)]
    course: dict[str, object] = {
        **dict.fromkeys(["baseline", "class", "persistence", "reason"]),
        "n_samples": len(used),
        "n_positive": sum(sample.is_positive for sample in used),
        "first_positive_day": positive[0].day if positive else nan,
        "peak_titre": max(titres, default=nan),
    }
    if baseline:
        word = "positive" if baseline.is_positive else "negative"
        course |= {"baseline": word, "baseline_day": baseline.day}
        course["baseline_titre"] = baseline.titre
    if not baseline or not later:
        return course | {"evaluable": "no", "reason": _why_not(baseline, later)}
    return course | {
        "evaluable": "yes",
        **_classify(baseline, later, fold=titre_fold, persistent_days=persistent_days),
    }


def _why_not(baseline: Sample | None, later: Sequence[Sample]) -> str:
    """Return why a patient is not evaluable."""
    if baseline:
        return "no_later_sample"
    return "no_baseline" if later else "no_sample"


def _classify(
    baseline: Sample, later: Sequence[Sample], *, fold: float, persistent_days: int
) -> dict[str, object]:
    """Return class, persistence and reason of an evaluable patient."""
    positive = [sample for sample in later if sample.is_positive]
    if baseline.is_positive:
        bar, surest = fold * baseline.limits.low, fold * baseline.limits.high
        emergent = [s for s in positive if s.limits.low >= surest]
        present, absent = "boosted", "positive_not_boosted"
    else:
        emergent, present, absent = positive, "induced", "negative"
    if emergent:
        is_lasting = emergent[-1].day - emergent[0].day >= persistent_days
        is_last = emergent[-1] is later[-1]
        course = "persistent" if is_lasting or is_last else "transient"
        return {"class": present, "persistence": course}
    if not baseline.is_positive:
        return {"class": absent, "reason": None}
    open_ones = [s for s in positive if s.limits.high >= bar]
    is_missing = any(isnan(sample.titre) for sample in (baseline, *open_ones))
    why = "titre_missing" if is_missing else "titre_out_of_range"
    return {"class": absent, "reason": why if open_ones else None}
