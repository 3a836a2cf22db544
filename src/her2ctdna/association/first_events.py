"""What happens first: cumulative incidence where another event comes in between.

Progression against death without it, each adverse event of special interest against
death, first clearance of ctDNA against progression or death. The estimate is Aalen
and Johansen's; 1 - KM, which takes who died for censored, stands beside it as biased.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from her2ctdna.sets.groupings import (
    ALL,
    FIRST_DOSE,
    Grouping,
    find_groupings,
    is_in_population,
)
from her2ctdna.statistics.competing import (
    CENSORED,
    COMPETING,
    EVENT,
    compute_gray,
    estimate_cumulative_incidence,
)
from her2ctdna.statistics.method_names import AALEN_JOHANSEN, GRAY
from her2ctdna.statistics.survival import estimate_survival_curve
from her2ctdna.tables import Record

COMPETING_COLUMNS = [
    *["endpoint", "competing_with", "group_by", "group", "origin", "time_days"],
    *["n", "at_risk", "events", "competing_events", "estimator", "incidence"],
    *["ci_low", "ci_high", "biased", "test", "statistic", "p_value", "note"],
]
_CAUSES = {"event": EVENT, "competing": COMPETING, "censored": CENSORED}
Question = tuple[str, str, pd.DataFrame]
"""Name, what competes with it, and ``end_day`` and ``cause`` of each patient."""


def estimate_competing(
    patients: pd.DataFrame,
    *,
    interest: pd.DataFrame | None,
    columns: Sequence[str],
    milestones_days: Sequence[float],
    count_first_day: bool,
    confidence: float,
) -> pd.DataFrame:
    """Return the cumulative incidence of each endpoint and group over time.

    Rows are the times at which an event of either kind occurs, and the milestones, from
    first dose. ``events`` and ``competing_events`` have happened by ``time_days``;
    ``at_risk`` counts just before it. ``estimator`` is ``aalen_johansen``, with
    Gray's test of all compared groups, or ``naive_1_minus_km`` (``biased`` yes). A
    milestone beyond the last time of a group is empty, with a note. Gray's p-values
    are not adjusted and belong to no family.

    Where an event of PFS was supplied without its kind, progression has one row a
    group, with a note: leaving such patients out would select.

    Parameters
    ----------
    patients
        The analysis-ready table.
    interest
        Of `her2ctdna.safety.interest_times`; ``None`` without adverse events.
    columns
        Of ``patients``, to group by beside HER2. Groups made after first dose take
        no part.
    milestones_days
        Days from first dose that have a row whatever happens.
    count_first_day
        Whether durations are end - start + 1.
    confidence
        Of the log-log intervals.
    """
    treated = patients[is_in_population(patients, "all_treated")]
    treated = treated.set_index("patient_id", drop=False)
    groupings = [ALL, *find_groupings(patients, landmarks=[], columns=columns)]
    rows: list[Record] = []
    for name, against, ends in _ask(treated, interest, int(count_first_day)):
        keys = {"endpoint": name, "competing_with": against, "origin": FIRST_DOSE}
        followed = ends.dropna(subset="time_days")
        for grouping in groupings:
            group = grouping.label(treated).reindex(followed.index)
            rows += (
                keys | {"group_by": grouping.column} | row
                for row in _describe(
                    followed.assign(group=group),
                    grouping,
                    milestones_days,
                    confidence=confidence,
                )
            )
    return pd.DataFrame(rows, columns=COMPETING_COLUMNS)


def _ask(
    treated: pd.DataFrame, interest: pd.DataFrame | None, first: int
) -> Iterator[Question]:
    """Yield the questions that the study can answer."""
    pfs = _end_progression(treated)
    if pfs["time_days"].notna().any():
        yield "progression", "death without progression", pfs
    if "first_cleared_day" in treated:
        cleared = _end_clearance(treated, pfs, first)
        yield "first_clearance", "progression or death", cleared
    if interest is not None:
        for name, own in interest.groupby("event_name", sort=False):
            ends = own.set_index("patient_id").reindex(treated.index)
            ends["time_days"] = pd.to_numeric(ends["end_day"]) + first
            yield str(name), "death", ends[["time_days", "cause"]]


def _end_progression(treated: pd.DataFrame) -> pd.DataFrame:
    """Return time and cause of the end of PFS; ``unknown`` where it was supplied."""
    has_event = (treated["pfs_event"] == "yes").to_numpy()
    reason = treated["pfs_reason"]
    cause = np.select(
        [~has_event, reason == "progression", reason == "death"],
        ["censored", "event", "competing"],
        "unknown",
    )
    time = pd.to_numeric(treated["pfs_days"]).astype(float)
    return pd.DataFrame({"time_days": time, "cause": cause}, index=treated.index)


def _end_clearance(
    treated: pd.DataFrame, pfs: pd.DataFrame, first: int
) -> pd.DataFrame:
    """Return time and cause of the end without clearance, in the detected at baseline.

    As in the comparison of clearance as it happens: progression or death on the day
    of the draw comes first, and who has no later sample stays at risk.
    """
    day = pd.to_numeric(treated["first_cleared_day"]).astype(float) + first
    cleared = (day < pfs["time_days"]).to_numpy()
    is_over = (pfs["cause"] != "censored").to_numpy()
    cause = np.select([cleared, is_over], ["event", "competing"], "censored")
    time = pfs["time_days"].where(~cleared, day)
    is_asked = treated["baseline_state"] == "detected"
    return pd.DataFrame({"time_days": time.where(is_asked), "cause": cause})


def _describe(
    followed: pd.DataFrame,
    grouping: Grouping,
    milestones_days: Sequence[float],
    *,
    confidence: float,
) -> Iterator[Record]:
    """Yield the rows of all groups of a question."""
    unknown = int((followed["cause"] == "unknown").sum())
    if unknown:
        note = f"of {unknown} supplied events it is not known whether progression"
        for group in grouping.groups:
            n = int((followed["group"] == group).sum())
            yield {"group": group, "n": n, "biased": "no", "note": note}
        return
    compared = followed[followed["group"].isin(grouping.levels)]
    statistic, p_value, why = compute_gray(*_vectors(compared), compared["group"])
    tested = {"test": GRAY, "statistic": statistic, "p_value": p_value}
    for group in grouping.groups:
        own = followed[followed["group"] == group]
        about = tested if group in grouping.levels and len(grouping.levels) > 1 else {}
        about = about | {"note": why} if about and why else about
        for row in _curve(*_vectors(own), milestones_days, confidence=confidence):
            is_main = row["estimator"] == AALEN_JOHANSEN
            more = about if is_main else {}
            yield {"group": group, "n": len(own)} | more | row


def _vectors(followed: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    cause = followed["cause"].map(_CAUSES).to_numpy(dtype=int)
    return followed["time_days"].to_numpy(dtype=float), cause


def _curve(
    time: np.ndarray,
    cause: np.ndarray,
    milestones_days: Sequence[float],
    *,
    confidence: float,
) -> Iterator[Record]:
    """Yield the estimate, then the naive one, at events and at milestones."""
    curve = estimate_cumulative_incidence(time, cause, confidence=confidence)
    if curve.empty:
        yield from _empty(milestones_days, "no patients")
        return
    naive = estimate_survival_curve(time, cause == EVENT, confidence=confidence)
    times = curve["time_days"].to_numpy()
    last = times[-1]
    moved = times[(curve["events"] + curve["competing"] > 0).to_numpy()]
    within = sorted({*moved.tolist(), *(day for day in milestones_days if day <= last)})
    place = np.searchsorted(times, within, side="right") - 1
    counts = {
        "time_days": within,
        "at_risk": curve["at_risk"].to_numpy()[np.searchsorted(times, within)],
        "events": curve["events"].cumsum().to_numpy()[place],
        "competing_events": curve["competing"].cumsum().to_numpy()[place],
    }
    for estimator, biased, values in (
        (AALEN_JOHANSEN, "no", curve[["incidence", "ci_low", "ci_high"]].to_numpy()),
        ("naive_1_minus_km", "yes", _turned(naive)),
    ):
        found = pd.DataFrame(counts | {"estimator": estimator, "biased": biased})
        found[["incidence", "ci_low", "ci_high"]] = values[place]
        yield from found.to_dict("records")
        beyond = [day for day in milestones_days if day > last]
        for row in _empty(beyond, f"beyond follow-up, at most {last:g} days"):
            yield row | {"estimator": estimator, "biased": biased}


def _turned(curve: pd.DataFrame) -> np.ndarray:
    """Return 1 - KM with its limits, which have none at 0, the lower first."""
    found: np.ndarray = 1 - curve[["survival", "ci_high", "ci_low"]].to_numpy()
    found[found[:, 0] == 0, 1:] = np.nan
    return found


def _empty(days: Sequence[float], note: str) -> Iterator[Record]:
    for day in days:
        row = {"time_days": day, "estimator": AALEN_JOHANSEN, "biased": "no"}
        yield row | {"note": note}
