"""Who is missing from what was measured, and how they fared."""

from collections.abc import Iterator

import pandas as pd

from her2ctdna.sets.flow import Flow
from her2ctdna.sets.set_names import KNOWN
from her2ctdna.statistics.proportions import rate_of_members

MISSING_COLUMNS = [
    *["measured", "status", "endpoint", "n", "N", "rate", "ci_low", "ci_high"],
    *["patient_ids", "reason"],
]
OUTCOMES = {"orr": ((), "responder=yes"), "pfs": (("pfs",), "pfs_event=yes")}
"""The sets in which an outcome is counted beside the treated, and that with it."""


def count_missing(flow: pd.DataFrame, *, confidence: float) -> pd.DataFrame:
    """Return outcomes of the treated with a measurement known, and with it missing.

    ``measured`` is a set of the flow: those of whom HER2, response, ctDNA, clearance
    at a landmark or a covariate is known; ``missing`` are the other treated patients.
    n of N have the outcome and are named; ORR has a Clopper-Pearson interval, the
    events of PFS have none, since follow-up differs. ``reason`` counts why they are
    missing, as the flow has it. An outcome that the study lacks has no row.

    Parameters
    ----------
    flow
        Of one analysis.
    confidence
        Of the interval.
    """
    sets = Flow(flow)
    named = set(flow["set"])
    outcomes = {
        endpoint: outcome
        for endpoint, outcome in OUTCOMES.items()
        if {*outcome[0], outcome[1]} <= named
    }
    rows = [
        row
        for measured, reason in _measurements(flow)
        for endpoint, (among, event) in outcomes.items()
        for row in _rows(sets, measured, reason, endpoint, among, event, confidence)
    ]
    return pd.DataFrame(rows, columns=MISSING_COLUMNS)


def _measurements(flow: pd.DataFrame) -> Iterator[tuple[str, str | None]]:
    """Yield the sets of what may be missing in the treated, and why it is."""
    for row in flow.itertuples():
        is_evaluable = row.kind == "population" and row.within == "all_treated"
        is_covariate = row.kind in ("covariate", "group")
        if is_evaluable:
            yield row.set, row.reason
        elif is_covariate and row.set.endswith(f"={KNOWN}"):
            yield row.set, None


def _rows(
    sets: Flow,
    measured: str,
    reason: str | None,
    endpoint: str,
    among: tuple[str, ...],
    event: str,
    confidence: float,
) -> Iterator[dict[str, object]]:
    counted = sets.resolve("all_treated", *among)
    known = set(sets.resolve(measured))
    had = set(sets.resolve(event))
    sides = {
        "known": [name for name in counted if name in known],
        "missing": [name for name in counted if name not in known],
    }
    for status, members in sides.items():
        found = rate_of_members(
            had.intersection(members), len(members), confidence=confidence
        )
        if endpoint != "orr":
            found |= dict.fromkeys(("rate", "ci_low", "ci_high"))
        yield {
            "measured": measured,
            "status": status,
            "endpoint": endpoint,
            "reason": reason if status == "missing" else None,
            **found,
        }
