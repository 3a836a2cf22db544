"""Treatment-emergent adverse events, each patient once at the worst grade."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from her2ctdna.safety.exposure import (
    INCIDENCE_COLUMNS,
    count_incidence,
    derive_emergent_end,
    derive_risk_end,
)
from her2ctdna.safety.terms import find_lookalikes, fold_term
from her2ctdna.sets.groupings import MISSING, is_in_population
from her2ctdna.statistics.proportions import RATE_COLUMNS, rate_of_members
from her2ctdna.wording import join_names

CATEGORIES = ("all", "related", "serious", "of_interest")
GRADES = ("any", "1", "2", "3", "4", "5", ">=3")
NOT_RECORDED = "not_recorded"
SEVERE = 3
ADVERSE_EVENT_COLUMNS = [
    *["level", "soc", "term", "category", "grade"],
    *RATE_COLUMNS,
    *INCIDENCE_COLUMNS,
    *["n_terms_not_matched", "terms_not_matched"],
]


def summarise_adverse_events(
    adverse_events: pd.DataFrame,
    patients: pd.DataFrame,
    *,
    emergent_days: int,
    special_interest: Mapping[str, Sequence[str]],
    special_interest_words: Mapping[str, Sequence[str]],
    confidence: float,
) -> pd.DataFrame:
    """Return how many treated patients had each treatment-emergent adverse event.

    A patient counts once in each row, at the highest grade of the events that the
    row is about; ``any`` holds events without a grade too, and who has no other is
    in ``not_recorded``, a row where there is somebody. First all events, then
    what is of special interest, then each system organ class by falling number of
    patients, each followed by its terms in the same order (ties by name). All events
    and all of special interest have their rows also where nobody had one. Other
    categories of the latter, classes and terms have rows only where somebody has
    such an event, and a category none at all if no event of the study has its flag
    filled in; an event whose flag is empty counts as not flagged. Intervals are
    Clopper and Pearson's, those of the incidence Garwood's.

    Parameters
    ----------
    adverse_events
        One row an event: ``patient_id``, ``soc``, ``term``, ``grade``,
        ``started_day``, ``ended_day`` and the flags of the categories (yes/no).
    patients
        ``patient_id``, ``treated``, ``death_day``, ``last_alive_day``,
        ``last_dose_day``, ``new_therapy_day``.
    emergent_days
        See `derive_emergent_end`.
    special_interest
        Terms by the name that they are counted under, in the order of the rows.
        Case and blanks do not matter; a term may stand under several names.
    special_interest_words
        By the same names, words that make a term look like one of them: how many
        emergent terms do, and are not counted, stands in ``n_terms_not_matched``.
    confidence
        Of the intervals.
    """
    treated = patients[is_in_population(patients, "all_treated")]
    emergent_end = derive_emergent_end(treated, emergent_days=emergent_days)
    known = derive_emergent(adverse_events, emergent_end)
    risk_end = derive_risk_end(treated, known, emergent_end=emergent_end)
    events = known[known["emergent"] == "yes"]
    events = events.assign(soc=events["soc"].fillna(MISSING))
    flags = [flag for flag in CATEGORIES[1:] if adverse_events[flag].notna().any()]
    lookalikes = list(
        find_lookalikes(
            sorted(set(events["term"])), special_interest, special_interest_words
        )
    )
    rows = [
        {"level": level, "soc": soc, "term": term, "category": category, **row}
        | _not_matched(level, term, lookalikes)
        for level, soc, term, members in _walk(events, special_interest)
        for category in ("all", *flags)
        for row in _count_grades(
            members if category == "all" else members[members[category] == "yes"],
            risk_end,
            is_always_shown=level == "any"
            or (level == "special_interest" and category == "all"),
            confidence=confidence,
        )
    ]
    return pd.DataFrame(rows, columns=ADVERSE_EVENT_COLUMNS)


def derive_emergent(
    adverse_events: pd.DataFrame, emergent_end: pd.Series
) -> pd.DataFrame:
    """Return the events of the patients of ``emergent_end`` with ``emergent``.

    Yes from the day of first dose until the end of the patient's window. An event
    without a start counts as emergent unless it ended before the first dose, which
    is the careful reading; its ``onset_day`` is that of the first dose, so that the
    time until it is never too long. A worsening is a row of its own.
    """
    events = adverse_events[adverse_events["patient_id"].isin(emergent_end.index)]
    start_day = events["started_day"].astype(float)
    is_before = start_day.fillna(events["ended_day"].astype(float)) < 0
    is_after = start_day > events["patient_id"].map(emergent_end)
    return events.assign(
        emergent=(is_before | is_after).map({True: "no", False: "yes"}),
        onset_day=start_day.fillna(0),
    )


def _not_matched(
    level: str, name: str | None, lookalikes: Sequence[tuple[str, str]]
) -> dict[str, object]:
    """Return the terms that look like this event of special interest and are not."""
    if level != "special_interest":
        return {}
    alike = [term for term, meant in lookalikes if meant == name]
    return {
        "n_terms_not_matched": len(alike),
        "terms_not_matched": join_names(alike) or None,
    }


def _walk(
    events: pd.DataFrame, special_interest: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str | None, str | None, pd.DataFrame]]:
    """Yield level, class, term and events, in the order of the table."""
    yield "any", None, None, events
    folded = events["term"].map(fold_term)
    for name, terms in special_interest.items():
        is_meant = folded.isin({fold_term(term) for term in terms})
        yield "special_interest", None, name, events[is_meant]
    for soc, of_class in _by_frequency(events, "soc"):
        yield "soc", soc, None, of_class
        for term, of_term in _by_frequency(of_class, "term"):
            yield "term", soc, term, of_term


def _by_frequency(events: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    """Return the parts of a table, the one with the most patients first."""
    parts = [(str(name), part) for name, part in events.groupby(column, sort=True)]
    return sorted(parts, key=lambda part: -part[1]["patient_id"].nunique())


def _count_grades(
    events: pd.DataFrame,
    risk_end: pd.Series,
    *,
    is_always_shown: bool,
    confidence: float,
) -> Iterator[dict[str, object]]:
    """Yield the patients with each highest grade; incidence of any and the severe."""
    if events.empty and not is_always_shown:
        return
    highest = events.groupby("patient_id")["grade"].max()
    severe = events[events["grade"] >= SEVERE]
    timed = {"any": events, ">=3": severe}
    chosen = {"any": highest, ">=3": highest[highest >= SEVERE]}
    for grade in GRADES:
        members = chosen[grade] if grade in chosen else highest[highest == int(grade)]
        row: dict[str, object] = {"grade": grade}
        row |= rate_of_members(members.index, len(risk_end), confidence=confidence)
        if grade in timed:
            onset_day = timed[grade].groupby("patient_id")["onset_day"].min()
            row |= count_incidence(onset_day, risk_end, confidence=confidence)
        yield row
    ungraded = highest[highest.isna()].index
    if len(ungraded):
        counted = rate_of_members(ungraded, len(risk_end), confidence=confidence)
        yield {"grade": NOT_RECORDED} | counted
