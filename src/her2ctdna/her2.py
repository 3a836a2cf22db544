"""HER2 status of each patient from IHC and ISH readings (ASCO-CAP 2018, DB-06)."""

import pandas as pd

LEVELS = ("absent", "ultralow", "1+", "2+")
"""The ordinal axis of HER2 expression; all else has no place on it."""

ULTRALOW_MAX_PERCENT = 10
"""IHC 0 is staining in at most this share of the tumour cells (ASCO-CAP 2018)."""

_SPECIMEN_ORDER = {
    "most_recent": {},
    "metastasis_first": {"metastasis": 0},
    "primary_first": {"primary": 0},
}
_TIE_ORDER = {"metastasis": 0, "primary": 1, "unknown": 2}


_CHOSEN = [
    "specimen_id",
    "specimen",
    "collected_day",
    "reader",
    "ihc",
    "ish",
    "stained_percent",
    "her2_class",
    "her2_level",
]
COLUMNS = ["patient_id", *_CHOSEN, "her2_group", "reason"]


def derive_her2_class(readings: pd.DataFrame) -> pd.DataFrame:
    """Add ``her2_class`` and ``her2_level`` to each reading.

    Class: IHC 3+ or ISH positive is ``positive``; 1+, or 2+ with ISH negative,
    ``low``; 2+ with ISH missing or equivocal ``indeterminate``; IHC 0 is ``absent``
    at 0 % stained cells, ``ultralow`` above 0 and up to 10 %, and
    ``zero_unspecified`` where the percentage is missing or contradicts IHC 0
    (above 10 %); without IHC it is ``missing``. Source: definitions of DESTINY-
    Breast06 and ASCO-CAP 2018.
    """
    ihc, ish = readings["ihc"], readings["ish"]
    stained = readings["stained_percent"].astype(float)
    her2_class = pd.Series("missing", index=readings.index, dtype=object)
    her2_class[ihc == "0"] = "zero_unspecified"
    her2_class[(ihc == "0") & (stained == 0)] = "absent"
    ultralow = (stained > 0) & (stained <= ULTRALOW_MAX_PERCENT)
    her2_class[(ihc == "0") & ultralow] = "ultralow"
    her2_class[ihc == "2+"] = "indeterminate"
    her2_class[(ihc == "1+") | ((ihc == "2+") & (ish == "negative"))] = "low"
    her2_class[(ihc == "3+") | (ish == "positive")] = "positive"
    level = her2_class.where(her2_class.isin(LEVELS[:2]))
    level = level.mask(her2_class == "low", ihc)
    return readings.assign(her2_class=her2_class, her2_level=_text(level))


def derive_her2_status(
    readings: pd.DataFrame,
    patients: pd.DataFrame,
    *,
    reader: str,
    specimen: str,
    zero: list[str],
    low: list[str],
) -> pd.DataFrame:
    """Choose one reading per patient and derive the HER2 class and group from it.

    The reader is chosen first, among those with a readable result for the patient
    (``central_first``: central, else local, else another by name; ``central`` and
    ``local`` take no other), then the specimen. Specimens tie by date (missing dates
    last), then metastasis before primary before unknown, then by ``specimen_id``.
    ``highest`` and ``lowest`` rank by IHC score, an ISH-positive one on top, then by
    stained cells.

    Returns
    -------
    One row per patient, in the order of ``patients``; without a readable result the
    class is ``missing`` and the reason says so.
    """
    classed = derive_her2_class(readings)
    by_patient = dict(list(classed.groupby("patient_id", sort=False)))
    rows = [
        _chosen_reading(by_patient.get(patient), reader=reader, specimen=specimen)
        for patient in patients["patient_id"]
    ]
    status = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    status = status.astype({"collected_day": float, "stained_percent": float})
    status["patient_id"] = patients["patient_id"].to_numpy()
    return add_her2_group(status, zero=zero, low=low)


def add_her2_group(
    classed: pd.DataFrame, *, zero: list[str], low: list[str]
) -> pd.DataFrame:
    """Add ``her2_group``, the group that each class makes, or none."""
    group = pd.Series(None, index=classed.index, dtype=object)
    group[classed["her2_class"].isin(zero)] = "zero"
    group[classed["her2_class"].isin(low)] = "low"
    return classed.assign(her2_group=group)


def _chosen_reading(
    readings: pd.DataFrame | None, *, reader: str, specimen: str
) -> dict[str, object]:
    if readings is None:
        return {"her2_class": "missing", "reason": "no HER2 reading"}
    readable = readings[readings["her2_class"] != "missing"]
    if readable.empty:
        return {"her2_class": "missing", "reason": "no reading with an IHC score"}
    wanted = _readers_in_order(readable["reader"], reader)
    if not wanted:
        reason = f"no readable result by the {reader} reader"
        return {"her2_class": "missing", "reason": reason}
    own = readable[readable["reader"] == wanted[0]]
    ordered = _specimens_in_order(own, specimen)
    chosen = ordered.iloc[0]
    reason = _reason(ordered, wanted[0], specimen)
    return {**chosen[_CHOSEN].to_dict(), "reason": reason}


def _readers_in_order(readers: pd.Series, rule: str) -> list[str]:
    present = sorted(readers.unique())
    if rule in ("central", "local"):
        return [name for name in present if name == rule]
    first = ["central", "local"] if rule == "central_first" else ["local", "central"]
    return [name for name in first if name in present] + [
        name for name in present if name not in first
    ]


def _specimens_in_order(readings: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Return the readings of one reader, the one to take first."""
    keys = pd.DataFrame(index=readings.index)
    if rule in ("highest", "lowest"):
        score = readings["ihc"].map({"0": 0, "1+": 1, "2+": 2, "3+": 3}).fillna(0)
        score = score + 10 * (readings["her2_class"] == "positive")
        sign = -1 if rule == "highest" else 1
        keys["score"] = sign * score
        keys["stained"] = sign * readings["stained_percent"].fillna(0).astype(float)
    else:
        first = _SPECIMEN_ORDER[rule]
        keys["kind"] = [first.get(kind, 1) for kind in readings["specimen"]]
    keys["recency"] = -readings["collected_day"].astype(float)
    keys["tie"] = readings["specimen"].map(_TIE_ORDER).fillna(len(_TIE_ORDER))
    keys["id"] = readings["specimen_id"]
    order = keys.sort_values(list(keys.columns), na_position="last").index
    return readings.loc[order]


def _reason(ordered: pd.DataFrame, reader: str, rule: str) -> str:
    number = len(ordered)
    if number == 1:
        return f"only specimen read by {reader}"
    kind = rule.replace("_", " ")
    undated = int(ordered["collected_day"].isna().sum())
    note = f", {undated} undated" if undated else ""
    return f"{kind} of {number} specimens read by {reader}{note}"


def _text(cells: pd.Series) -> pd.Series:
    return cells.astype(object).where(cells.notna(), None)
