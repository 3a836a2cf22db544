"""Ours beside what others derived of the same study, patient by patient."""

import pandas as pd

from her2ctdna.safety.adverse_events import derive_emergent
from her2ctdna.safety.exposure import derive_emergent_end

ENDPOINTS = (
    *("treated", "bor", "confirmed_bor", "pfs_days", "pfs_event", "os_days"),
    *("os_event", "dor_days", "dor_event", "teae_count", "ada_class"),
)
"""What can be compared, in the order of the rows."""

COMPARED_COLUMNS = ["patient_id", "endpoint", "ours", "supplied", "agrees", "why"]

DAYS_OF_UNIT = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
_ROUNDING_DAYS = 0.5
_NO_CLASS = ("negative",)
_STATED = ("MISSING", "NE")


def collect_ours(
    endpoints: pd.DataFrame,
    patients: pd.DataFrame,
    *,
    adverse_events: pd.DataFrame | None,
    ada_patients: pd.DataFrame | None,
    emergent_days: int,
) -> pd.DataFrame:
    """Return what we derived of each patient, with the columns of `ENDPOINTS`.

    ``teae_count`` is the number of treatment-emergent events, 0 for patients without
    one; it and ``ada_class`` are there if the study has such an input.
    """
    ours = endpoints.copy()
    if adverse_events is not None:
        end = derive_emergent_end(patients, emergent_days=emergent_days)
        events = derive_emergent(adverse_events, end)
        counts = events[events["emergent"] == "yes"]["patient_id"].value_counts()
        ours["teae_count"] = ours["patient_id"].map(counts).fillna(0).astype(float)
    if ada_patients is not None:
        classes = ada_patients.set_index("patient_id")["class"]
        ours["ada_class"] = ours["patient_id"].map(classes)
    return ours


def compare_supplied(patients: pd.DataFrame, supplied: pd.DataFrame) -> pd.DataFrame:
    """Compare our endpoints with supplied ones; none of ours changes.

    Parameters
    ----------
    patients
        Ours, one row a patient: ``patient_id`` and any columns of `ENDPOINTS`.
    supplied
        As `her2ctdna.inputs.adam.list_supplied` gives it.

    Returns
    -------
    One row for each patient and endpoint that is supplied, by patient in the order of
    ``patients`` (others after them), then by `ENDPOINTS`. Times are in days, as text;
    those supplied in months are times 30.4375 and agree within their rounding.
    ``agrees`` is yes or no, empty where one side is missing; ``why`` says what the
    difference is, or may come from.
    """
    ours = {
        name: dict(zip(patients["patient_id"], patients[name], strict=True))
        for name in ENDPOINTS
        if name in patients
    }
    place = {who: at for at, who in enumerate(patients["patient_id"])}
    told: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in supplied.itertuples():
        if row.endpoint in ours:
            key = (row.patient_id, row.endpoint)
            told.setdefault(key, []).append((row.supplied, row.unit))
    order = sorted(
        told,
        key=lambda key: (
            place.get(key[0], len(place)),
            key[0],
            ENDPOINTS.index(key[1]),
        ),
    )
    rows = []
    for who, endpoint in order:
        own = _text(ours[endpoint].get(who))
        is_known = who in place
        shown, agrees, why = _compare(endpoint, own, told[who, endpoint])
        if not is_known:
            agrees, why = None, "not a patient of this study"
        rows.append((who, endpoint, own, shown, agrees, why))
    return pd.DataFrame(rows, columns=COMPARED_COLUMNS, dtype=object)


def _compare(
    endpoint: str, own: str | None, told: list[tuple[str, str]]
) -> tuple[str, str | None, str | None]:
    """Return the supplied value as shown, whether ours agrees, and why not."""
    if len(told) > 1:
        shown = ", ".join(sorted(value for value, _ in told))
        return shown, None, "several values are supplied (several evaluators?)"
    value, unit = told[0]
    if endpoint.endswith("_days"):
        return _compare_days(own, value, unit)
    if own is None:
        is_empty = endpoint == "ada_class" and value == "none"
        why = None if is_empty else "ours is missing"
        return value, "yes" if is_empty else None, why
    if endpoint == "ada_class" and value == "none":
        agrees = own in _NO_CLASS
        return value, _yes(agrees), None if agrees else "no class is supplied"
    if own == value:
        return value, "yes", None
    return value, "no", _why_words(endpoint, own, value)


def _why_words(endpoint: str, own: str, value: str) -> str:
    if endpoint in ("bor", "confirmed_bor"):
        if {own, value} == set(_STATED):
            return "no assessment (MISSING) against none that was evaluable (NE)"
        if "NE" in (own, value) and "SD" in (own, value):
            return "an early SD: the days it needs (sd_min_days) may differ"
        return "another response counts; the rules of confirmation may differ"
    if endpoint.endswith("_event"):
        return "event to one and censored to the other"
    return "differs"


def _compare_days(
    own: str | None, value: str, unit: str
) -> tuple[str, str | None, str | None]:
    """Compare days; those supplied in another unit within half of its last digit."""
    try:
        number = float(value)
    except ValueError:
        return value, None, "supplied is no number"
    days = number * DAYS_OF_UNIT[unit]
    _, point, digits = value.partition(".")
    is_in_days = unit == "days"
    step = 10.0 ** -len(digits) if point else 1.0
    slack = 0.0 if is_in_days else step / 2 * DAYS_OF_UNIT[unit] + _ROUNDING_DAYS
    shown = value if is_in_days else f"{days:.1f}"
    if own is None:
        return shown, None, "ours is missing"
    gap = float(own) - days
    if abs(gap) <= slack + 1e-9:
        return shown, "yes", None if is_in_days else f"supplied as {value} {unit}"
    if is_in_days and abs(gap) == 1:
        return shown, "no", "one day: the first day is counted by one of both only"
    longer = "ours is longer" if gap > 0 else "ours is shorter"
    return shown, "no", f"{longer} by {abs(gap):g} days: another end, or another start"


def _text(cell: object) -> str | None:
    if cell is None or cell != cell or cell == "":
        return None
    # as many digits as supplied numbers are read with: days of months have them
    return f"{cell:.12g}" if isinstance(cell, int | float) else str(cell)


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
