"""Best overall response by RECIST 1.1, with and without confirmation.

It rests on the visits that count (`her2ctdna.response.visits`). The rules are those of
docs/methods.md; they agree with the pharmaverse derivation (admiralonco) on which
the reference subjects of the tests rest.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING")
STABLE = ("CR", "PR", "SD")
NOT_PROGRESSED = (*STABLE, "NON-CR/NON-PD")


class BestResponse(NamedTuple):
    """A best overall response, the first day of it (NaN without one), and why."""

    response: str
    day: float
    reason: str


class Visit(NamedTuple):
    """The overall response on a day since first dose."""

    day: float
    overall: str


def compute_best_response(visits: list[Visit], *, sd_min_days: int) -> BestResponse:
    """Return the best unconfirmed response: CR > PR > SD > NON-CR/NON-PD > PD > NE.

    SD and NON-CR/NON-PD count from ``sd_min_days`` after the first dose; earlier
    they are NE. Without visits the response is MISSING.
    """
    found = {
        overall: [
            (place, "") for place, seen in enumerate(visits) if seen.overall == overall
        ]
        for overall in ("CR", "PR")
    }
    return _best(visits, found, sd_min_days=sd_min_days)


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
    found: dict[str, list[tuple[int, str]]] = {"CR": [], "PR": []}
    for place, visit in enumerate(visits):
        confirming = find_confirmation(
            visits,
            place,
            confirmation_days=confirmation_days,
            max_ne_between=max_ne_between,
            accept_sd_between_pr=accept_sd_between_pr,
        )
        if confirming is not None:
            note = f", confirmed by {confirming.overall} on day {confirming.day:g}"
            found[visit.overall].append((place, note))
    return _best(visits, found, sd_min_days=sd_min_days)


def find_confirmation(
    visits: list[Visit],
    place: int,
    *,
    confirmation_days: int,
    max_ne_between: int,
    accept_sd_between_pr: bool,
) -> Visit | None:
    """Return the visit that confirms the CR or PR at ``place`` (rule as above)."""
    overall = visits[place].overall
    confirming = {"CR": ("CR",), "PR": ("CR", "PR")}.get(overall, ())
    period: list[str] = []
    for visit in visits[place + 1 :]:
        period.append(visit.overall)
        late_enough = visit.day >= visits[place].day + confirmation_days
        if visit.overall in confirming and late_enough:
            break
    else:
        return None
    if overall == "CR":
        accepted = set(period) <= {"CR", "NE"}
    else:
        accepted = (
            set(period) <= {"CR", "PR", "SD", "NE"}
            and period.count("SD") <= int(accept_sd_between_pr)
            and not _partial_after_complete(period)
        )
    return visit if accepted and period.count("NE") <= max_ne_between else None


def _partial_after_complete(period: list[str]) -> bool:
    return "CR" in period and "PR" in period[period.index("CR") :]


def _best(
    visits: list[Visit],
    responses: dict[str, list[tuple[int, str]]],
    *,
    sd_min_days: int,
) -> BestResponse:
    """Return the first visit of the best kind; kinds are tried from best to worst.

    ``responses`` has the places of CR and PR that count, each with what is to be
    said of it.
    """
    for overall in ("CR", "PR"):
        for place, note in responses[overall]:
            day = visits[place].day
            return BestResponse(overall, day, f"{overall} on day {day:g}{note}")
    kinds: dict[str, Callable[[Visit], bool]] = {
        "SD": lambda seen: seen.day >= sd_min_days and seen.overall in STABLE,
        "NON-CR/NON-PD": lambda seen: (
            seen.day >= sd_min_days and seen.overall == "NON-CR/NON-PD"
        ),
        "PD": lambda seen: seen.overall == "PD",
        "NE": lambda seen: True,
    }
    for response, fits in kinds.items():
        for visit in filter(fits, visits):
            reason = f"{visit.overall} on day {visit.day:g}"
            if visit.overall in ("CR", "PR"):
                reason += ", not confirmed"
            if response == "NE" and visit.overall != "NE":
                reason += f", before day {sd_min_days}"
            return BestResponse(response, visit.day, reason)
    return BestResponse("MISSING", np.nan, "no assessment after the first dose")
