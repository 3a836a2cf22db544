"""Safety: treatment-emergent adverse events and anti-drug antibodies."""

from collections.abc import Iterator

import pandas as pd

from her2ctdna.groupings import MISSING, is_in_population
from her2ctdna.proportions import compute_rate_interval

CATEGORIES = ("all", "related", "serious", "of_interest")
GRADES = ("any", "1", "2", "3", "4", "5", ">=3")
ADVERSE_EVENT_COLUMNS = [
    *["level", "soc", "term", "category", "grade"],
    *["n", "N", "rate", "ci_low", "ci_high", "patient_ids"],
]
ADA_COLUMNS = ["class", "n", "N", "rate", "ci_low", "ci_high", "patient_ids"]


def summarise_safety(
    patients: pd.DataFrame,
    *,
    adverse_events: pd.DataFrame | None,
    ada: pd.DataFrame | None,
    emergent_days: int,
    ada_titre_fold: float,
    confidence: float,
) -> dict[str, pd.DataFrame]:
    """Return the tables adverse_events and ada, each only if its records are given."""
    summaries = {}
    if adverse_events is not None:
        summaries["adverse_events"] = summarise_adverse_events(
            adverse_events, patients, emergent_days=emergent_days, confidence=confidence
        )
    if ada is not None:
        summaries["ada"] = summarise_ada(
            ada, patients, ada_titre_fold=ada_titre_fold, confidence=confidence
        )
    return summaries


def summarise_adverse_events(
    adverse_events: pd.DataFrame,
    patients: pd.DataFrame,
    *,
    emergent_days: int,
    confidence: float,
) -> pd.DataFrame:
    """Return how many treated patients had each treatment-emergent adverse event.

    A patient counts once in each row, at the highest grade of the events that the
    row is about; ``any`` holds events without a grade too. First all events, then
    each system organ class by falling number of patients, each followed by its
    terms in the same order (ties by name). A category has rows for a class or term
    only where somebody has such an event, and none at all if no event of the study
    has its flag filled in; an event whose flag is empty counts as not flagged.
    Intervals are Clopper and Pearson's.

    Parameters
    ----------
    adverse_events
        One row an event: ``patient_id``, ``soc``, ``term``, ``grade``,
        ``started_day`` and the flags of the categories (yes/no).
    patients
        ``patient_id``, ``treated``, ``last_dose_day``, ``new_therapy_day``.
    emergent_days
        See `derive_emergent`.
    confidence
        Of the intervals.
    """
    treated = patients[is_in_population(patients, "all_treated")]
    known = derive_emergent(adverse_events, treated, emergent_days=emergent_days)
    events = known[known["emergent"] == "yes"]
    events = events.assign(soc=events["soc"].fillna(MISSING))
    flags = [flag for flag in CATEGORIES[1:] if adverse_events[flag].notna().any()]
    rows = [
        {"level": level, "soc": soc, "term": term, "category": category, **row}
        for level, soc, term, members in _walk(events)
        for category in ("all", *flags)
        for row in _count_grades(
            members if category == "all" else members[members[category] == "yes"],
            len(treated),
            is_always_shown=level == "any",
            confidence=confidence,
        )
    ]
    return pd.DataFrame(rows, columns=ADVERSE_EVENT_COLUMNS)


def derive_emergent(
    adverse_events: pd.DataFrame, patients: pd.DataFrame, *, emergent_days: int
) -> pd.DataFrame:
    """Return the events of ``patients`` with ``emergent``.

    Yes from the day of first dose until ``emergent_days`` after the last one, or
    until a new therapy begins in that time; without a last dose there is no end. An
    event without a start counts as emergent, which is the careful reading.
    """
    last_dose = patients["last_dose_day"].astype(float)
    new_therapy = patients["new_therapy_day"].astype(float).clip(lower=last_dose)
    end_day = (last_dose + emergent_days).clip(upper=new_therapy)
    end_day.index = pd.Index(patients["patient_id"])
    events = adverse_events[adverse_events["patient_id"].isin(end_day.index)]
    start_day = events["started_day"].astype(float)
    is_before = start_day < 0
    is_after = start_day > events["patient_id"].map(end_day)
    return events.assign(
        emergent=(is_before | is_after).map({True: "no", False: "yes"})
    )


def _walk(
    events: pd.DataFrame,
) -> Iterator[tuple[str, str | None, str | None, pd.DataFrame]]:
    """Yield level, class, term and events: all, then each class with its terms."""
    yield "any", None, None, events
    for soc, of_class in _by_frequency(events, "soc"):
        yield "soc", soc, None, of_class
        for term, of_term in _by_frequency(of_class, "term"):
            yield "term", soc, term, of_term


def _by_frequency(events: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    """Return the parts of a table, the one with the most patients first."""
    parts = [(str(name), part) for name, part in events.groupby(column, sort=True)]
    return sorted(parts, key=lambda part: -part[1]["patient_id"].nunique())


def _count_grades(
    events: pd.DataFrame, n_treated: int, *, is_always_shown: bool, confidence: float
) -> Iterator[dict[str, object]]:
    """Yield the patients with each highest grade."""
    if events.empty and not is_always_shown:
        return
    highest = events.groupby("patient_id")["grade"].max()
    for grade in GRADES:
        if grade == "any":
            chosen = highest
        elif grade == ">=3":
            chosen = highest[highest >= 3]
        else:
            chosen = highest[highest == int(grade)]
        yield {"grade": grade} | _rate(
            set(chosen.index), n_treated, confidence=confidence
        )


def summarise_ada(
    ada: pd.DataFrame,
    patients: pd.DataFrame,
    *,
    ada_titre_fold: float,
    confidence: float,
) -> pd.DataFrame:
    """Return the classes of anti-drug antibodies (ADA) among treated patients.

    ``evaluable``: a result at baseline (the last one until the day of first dose;
    of several on that day a positive one) and one later; its N is all treated
    patients, that of every other class the evaluable ones. ``induced``: negative at
    baseline, positive later. ``boosted``: positive at baseline, and positive later
    with a titre at least ``ada_titre_fold`` times that of baseline, which a missing
    titre cannot show. ``incidence`` is induced or boosted, ``prevalence`` any
    positive result. Intervals are Clopper and Pearson's.
    """
    treated = patients.loc[is_in_population(patients, "all_treated"), "patient_id"]
    known = ada[ada["patient_id"].isin(treated) & ada["result"].notna()]
    classes = _classify_ada(known, titre_fold=ada_titre_fold)
    evaluable = classes["evaluable"]
    return pd.DataFrame(
        [
            {"class": name}
            | _rate(
                members,
                len(treated) if name == "evaluable" else len(evaluable),
                confidence=confidence,
            )
            for name, members in classes.items()
        ],
        columns=ADA_COLUMNS,
    )


def _classify_ada(known: pd.DataFrame, *, titre_fold: float) -> dict[str, set[str]]:
    """Return the patients of each class; ``known`` has results only."""
    ordered = known.sort_values(["sampled_day", "result"])  # negative, positive
    baseline = ordered[ordered["sampled_day"] <= 0].groupby("patient_id").tail(1)
    baseline = baseline.set_index("patient_id")
    later = ordered[ordered["sampled_day"] > 0]
    evaluable = set(baseline.index) & set(later["patient_id"])
    was_positive = set(baseline.index[baseline["result"] == "positive"]) & evaluable
    positive_later = later[later["result"] == "positive"]
    turned = set(positive_later["patient_id"]) & evaluable
    threshold = titre_fold * positive_later["patient_id"].map(baseline["titre"])
    risen = set(positive_later.loc[positive_later["titre"] >= threshold, "patient_id"])
    induced, boosted = turned - was_positive, was_positive & risen
    return {
        "evaluable": evaluable,
        "baseline_positive": was_positive,
        "induced": induced,
        "boosted": boosted,
        "incidence": induced | boosted,
        "prevalence": was_positive | turned,
    }


def _rate(members: set[str], total: int, *, confidence: float) -> dict[str, object]:
    """Return n, N, rate, interval and the patients; no rate of nobody."""
    low, high = compute_rate_interval(
        len(members), total, method="clopper_pearson", confidence=confidence
    )
    return {
        "n": len(members),
        "N": total,
        "rate": len(members) / total if total else None,
        "ci_low": low,
        "ci_high": high,
        "patient_ids": ";".join(sorted(members)) or None,
    }
