"""The table behind ``clearance_bias``: curves and hazard ratios of three analyses."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from her2ctdna.figures.marks.penalised_hazards import PENALISED, take_hazards
from her2ctdna.sets.clearance_sets import CLEARANCE_ABLE
from her2ctdna.sets.counting import SURVIVAL
from her2ctdna.sets.few_patients import read_few
from her2ctdna.sets.groupings import FIRST_DOSE
from her2ctdna.settings.landmark_columns import name_clearance
from her2ctdna.statistics.method_names import (
    LOG_RANK_PERMUTATION,
    MANTEL_BYAR,
)

_COLUMNS = [
    *["item", "endpoint", "panel", "group_by", "origin", "group", "biased"],
    *["time_days", "at_risk", "events", "censored", "survival", "few"],
    *["estimate", "ci_low", "ci_high", "n", "n_reference", "n_events"],
    *["n_events_reference", "ci_method", "p_value", "test", *PENALISED.values()],
]
_NAMES = {"no": "not_cleared", "yes": "cleared"}
PANELS = ("naive", "landmark", "moving")


class Sides(NamedTuple):
    """Patients and events of those cleared and of the others, in one analysis."""

    n: float
    n_reference: float
    events: float
    events_reference: float


def write_gap(naive: Sides, guarded: Sides, *, how: str) -> str:
    """Return what the gap between a naive and a guarded hazard ratio is made of.

    Of immortal time alone where both have the same patients, cleared in both and with
    the same events; else patients or exposure differ too.
    """
    if naive == guarded:
        return (
            f"Naive and {how}: the same {naive.n + naive.n_reference:.0f} patients, "
            f"{naive.n:.0f} of them cleared, so the gap is immortal time."
        )
    parts = [
        f"{side.n + side.n_reference:.0f} patients, {side.n:.0f} cleared, "
        f"{side.events + side.events_reference:.0f} events"
        for side in (naive, guarded)
    ]
    return (
        f"Naive and {how} differ in more than immortal time: {parts[0]}, against "
        f"{parts[1]}."
    )


def write_gaps(sides: Mapping[str, Sides]) -> str:
    """Return what the gaps between the panels are made of; nothing without a naive one.

    ``sides`` of each of `PANELS` that there is.
    """
    words = {"moving": "from the draw", "landmark": "landmark"}
    if "naive" not in sides:
        return ""
    return " ".join(
        write_gap(sides["naive"], sides[panel], how=how)
        for panel, how in words.items()
        if panel in sides
    )


class _Asked(NamedTuple):
    """Which rows a panel is made of, and the test that may stand beside it."""

    group_by: str
    origin: str
    biased: str
    test: str | None


def derive_clearance_bias(
    curves: pd.DataFrame,
    clearance_curves: pd.DataFrame,
    contrasts: pd.DataFrame,
    tests: pd.DataFrame,
    *,
    landmark: str,
) -> pd.DataFrame:
    """Return the curves (``item`` curve) and hazard ratios of PFS and OS by clearance.

    ``panel`` is ``naive`` (ever cleared, as if known at first dose; ``biased`` yes and
    without a test), ``landmark`` (cleared or not at the landmark, from its day, of
    those whose sample could show it: ``clearance_curves``) or
    ``moving`` (Simon and Makuch: cleared from the draw on). ``group`` is cleared or
    not_cleared in all three, ``few`` marks a curve of few patients. Hazard ratios are
    of plain Cox, unadjusted, the cleared over the not cleared, with Firth's beside
    them; then the p of Mantel and Byar's or the log-rank test by permutation. A panel
    without patients has no rows.
    """
    own = clearance_curves["population"] == CLEARANCE_ABLE
    curves = pd.concat(
        [
            curves[~curves["group_by"].eq(name_clearance(landmark))],
            clearance_curves[own],
        ]
    )
    contrasts = contrasts[contrasts["population"].isin(["all_treated", CLEARANCE_ABLE])]
    asked = {
        "naive": _Asked("ever_cleared", FIRST_DOSE, "yes", None),
        "landmark": _Asked(
            name_clearance(landmark), landmark, "no", LOG_RANK_PERMUTATION
        ),
        "moving": _Asked("ever_cleared", FIRST_DOSE, "no", MANTEL_BYAR),
    }
    parts = [
        part.assign(item=item, panel=panel)
        for endpoint in SURVIVAL
        for panel, wanted in asked.items()
        for item, part in (
            ("curve", _curves(curves, endpoint, wanted)),
            ("hazard_ratio", _hazards(contrasts, tests, endpoint, wanted)),
        )
        if len(part)
    ]
    drawn = pd.concat(parts) if parts else pd.DataFrame()
    return drawn.reindex(columns=_COLUMNS).reset_index(drop=True)


def _curves(curves: pd.DataFrame, endpoint: str, wanted: _Asked) -> pd.DataFrame:
    own = _own(curves, endpoint, wanted)
    named = own.assign(group=own["group"].replace(_NAMES))
    kept = named[named["group"].isin(["cleared", "not_cleared"])]
    kept = kept.assign(few=kept["note"].fillna("").map(read_few))
    return kept[kept.groupby("group")["at_risk"].transform("max") > 0]


def _hazards(
    contrasts: pd.DataFrame, tests: pd.DataFrame, endpoint: str, wanted: _Asked
) -> pd.DataFrame:
    own = take_hazards(_own(contrasts, endpoint, wanted))
    found = tests[
        (tests["endpoint"] == endpoint)
        & (tests["biomarker"] == wanted.group_by)
        & (tests["origin"] == wanted.origin)
        & (tests["test"] == wanted.test)
    ]
    is_tested = len(found) > 0
    return own.assign(
        group="cleared",
        p_value=found["p_value"].iloc[0] if is_tested else float("nan"),
        test=wanted.test if is_tested else None,
        n_events=own["events"],
        n_events_reference=own["events_reference"],
        events=float("nan"),
    )


def _own(table: pd.DataFrame, endpoint: str, wanted: _Asked) -> pd.DataFrame:
    return table[
        (table["endpoint"] == endpoint)
        & (table["group_by"] == wanted.group_by)
        & (table["origin"] == wanted.origin)
        & (table["biased"] == wanted.biased)
    ]
