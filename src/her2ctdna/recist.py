"""Best overall response by RECIST 1.1, with and without confirmation.

The rules are those of definitions.md section 2; they agree with the pharmaverse
derivation (admiralonco) on which the reference subjects of the tests rest.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING")
STABLE = ("CR", "PR", "SD")
NOT_PROGRESSED = (*STABLE, "NON-CR/NON-PD")

_WORST_FIRST = {"PD": 0, "NON-CR/NON-PD": 1, "SD": 2, "PR": 3, "CR": 4, "NE": 5}


class BestResponse(NamedTuple):
    """A best overall response and the first day of it (NaN without one)."""

    response: str
    day: float


class Visit(NamedTuple):
    """The overall response on a day since first dose."""

    day: float
    overall: str


def select_visits(
    assessments: pd.DataFrame,
    patients: pd.DataFrame,
    *,
    evaluator: str,
    new_therapy: str,
) -> dict[str, list[Visit]]:
    """Return the visits of each treated patient on which a response may rest.

    Those after the first dose (day > 0) by the evaluator (or by nobody named), up to
    and with the first PD and, if ``new_therapy`` is ``censor``, up to and with the
    start of a new therapy. Of several responses on one day the worst counts; NE
    counts only if it is the only one.
    """
    judged = assessments[
        (assessments["assessed_day"] > 0)
        & assessments["overall"].notna()
        & (assessments["evaluator"].isna() | (assessments["evaluator"] == evaluator))
    ]
    judged = judged.assign(rank=judged["overall"].map(_WORST_FIRST))
    daily = judged.sort_values(["patient_id", "assessed_day", "rank"], kind="stable")
    daily = daily.drop_duplicates(["patient_id", "assessed_day"])
    by_patient = dict(list(daily.groupby("patient_id")))
    none = daily.iloc[:0]
    treated = patients[patients["treated"] == "yes"]
    return {
        row.patient_id: _until_progression(
            by_patient.get(row.patient_id, none),
            last=row.new_therapy_day if new_therapy == "censor" else np.nan,
        )
        for row in treated.itertuples()
    }


def compute_best_response(visits: list[Visit], *, sd_min_days: int) -> BestResponse:
    """Return the best unconfirmed response: CR > PR > SD > NON-CR/NON-PD > PD > NE.

    SD and NON-CR/NON-PD count from ``sd_min_days`` after the first dose; earlier
    they are NE. Without visits the response is MISSING.
    """
    return _best(
        visits,
        sd_min_days=sd_min_days,
        cr=lambda place: visits[place].overall == "CR",
        pr=lambda place: visits[place].overall == "PR",
    )


def compute_confirmed_response(
    visits: list[Visit],
    *,
    sd_min_days: int,
    confirmation_days: int,
    max_ne_between: int,
    accept_sd_between_pr: bool,
) -> BestResponse:
    """Return the best response where CR and PR need confirmation.

    CR is confirmed by a CR, PR by a PR or CR, at least ``confirmation_days`` later.
    Up to the first such visit there may be at most ``max_ne_between`` NE, for CR
    nothing but CR else, for PR no PD, no PR after a CR, and one SD only if
    ``accept_sd_between_pr``. An unconfirmed CR or PR falls back to SD from
    ``sd_min_days`` on; before that it is NE, or PD where one follows.
    """

    def confirmed(place: int, overall: str) -> bool:
        return visits[place].overall == overall and is_confirmed(
            visits,
            place,
            confirmation_days=confirmation_days,
            max_ne_between=max_ne_between,
            accept_sd_between_pr=accept_sd_between_pr,
        )

    return _best(
        visits,
        sd_min_days=sd_min_days,
        cr=lambda place: confirmed(place, "CR"),
        pr=lambda place: confirmed(place, "PR"),
    )


def is_confirmed(
    visits: list[Visit],
    place: int,
    *,
    confirmation_days: int,
    max_ne_between: int,
    accept_sd_between_pr: bool,
) -> bool:
    """Tell whether the CR or PR at ``place`` is confirmed (see above for the rule)."""
    overall = visits[place].overall
    confirming = {"CR": ("CR",), "PR": ("CR", "PR")}[overall]
    period: list[str] = []
    for visit in visits[place + 1 :]:
        period.append(visit.overall)
        late_enough = visit.day >= visits[place].day + confirmation_days
        if visit.overall in confirming and late_enough:
            break
    else:
        return False
    if period.count("NE") > max_ne_between:
        return False
    if overall == "CR":
        return set(period) <= {"CR", "NE"}
    return (
        set(period) <= {"CR", "PR", "SD", "NE"}
        and period.count("SD") <= int(accept_sd_between_pr)
        and not _partial_after_complete(period)
    )


def _partial_after_complete(period: list[str]) -> bool:
    return "CR" in period and "PR" in period[period.index("CR") :]


def _until_progression(visits: pd.DataFrame, *, last: float) -> list[Visit]:
    kept: list[Visit] = []
    for day, overall in zip(visits["assessed_day"], visits["overall"], strict=True):
        if not np.isnan(last) and day > last:
            break
        kept.append(Visit(float(day), overall))
        if overall == "PD":
            break
    return kept


def _best(
    visits: list[Visit],
    *,
    sd_min_days: int,
    cr: Callable[[int], bool],
    pr: Callable[[int], bool],
) -> BestResponse:
    """Return the first visit of the best kind; kinds are tried from best to worst."""

    def stable(place: int) -> bool:
        return visits[place].day >= sd_min_days and visits[place].overall in STABLE

    def neither(place: int) -> bool:
        visit = visits[place]
        return visit.day >= sd_min_days and visit.overall == "NON-CR/NON-PD"

    kinds: dict[str, Callable[[int], bool]] = {
        "CR": cr,
        "PR": pr,
        "SD": stable,
        "NON-CR/NON-PD": neither,
        "PD": lambda place: visits[place].overall == "PD",
        "NE": lambda _: True,
    }
    for response, fits in kinds.items():
        for place, visit in enumerate(visits):
            if fits(place):
                return BestResponse(response, visit.day)
    return BestResponse("MISSING", np.nan)
