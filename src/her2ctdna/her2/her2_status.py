"""HER2 status of each patient from IHC and ISH readings (ASCO-CAP 2018, DB-06)."""

import pandas as pd

from her2ctdna.her2.her2_cells import SCORES
from her2ctdna.her2.her2_scores import Recode, derive_results, is_over_ultralow

LEVELS = ("absent", "ultralow", "1+", "2+")
"""The ordinal axis of HER2 expression; all else has no place on it."""

_ANY_STAINING = {
    "absent": "absent",
    "ultralow": "any_staining",
    "low": "any_staining",
}
_PREFERRED_KIND = {"metastasis_first": "metastasis", "primary_first": "primary"}
_KINDS = ("metastasis", "primary", "unknown")
"""Kinds of specimen in the order in which those of one day are taken."""

_CHOSEN = [
    "specimen_id",
    "specimen",
    "collected_day",
    "reader",
    "ihc",
    "ihc_raw",
    "ish",
    "stained_percent",
    "assay",
    "her2_class",
    "her2_level",
]
_OF_A_READING = [
    *("ish_raw", "staining", "stained_low", "stained_high"),
    *("her2_copies", "cep17_ratio", "ish_group"),
]
_GROUPS = ["her2_group", "her2_any_staining"]
STATUS_COLUMNS = ["patient_id", *_CHOSEN, *_GROUPS, "reason"]
READING_COLUMNS = ["patient_id", *_CHOSEN, *_GROUPS, "chosen", *_OF_A_READING]


def derive_her2_readings(
    readings: pd.DataFrame,
    *,
    recode: Recode,
    range_policy: str,
    zero: list[str],
    low: list[str],
) -> pd.DataFrame:
    """Derive the score, class, level and group of each reading.

    ``ihc_raw`` is the score as written, ``ihc`` as read (see
    `her2ctdna.her2.her2_scores.derive_results`). ``zero`` and ``low`` name the classes
    that make each group; a class in neither has no group. ``her2_any_staining`` sets
    ultralow and low against absent, as DESTINY-Breast06 asks.
    """
    scored = derive_results(readings, recode=recode, range_policy=range_policy)
    classed = derive_her2_class(scored)
    group = pd.Series(None, index=classed.index, dtype=object)
    group[classed["her2_class"].isin(zero)] = "zero"
    group[classed["her2_class"].isin(low)] = "low"
    any_staining = classed["her2_class"].map(_ANY_STAINING).astype(object)
    return classed.assign(her2_group=group, her2_any_staining=_text(any_staining))


def derive_her2_class(readings: pd.DataFrame) -> pd.DataFrame:
    """Add ``her2_class`` and ``her2_level`` to each reading.

    Class: IHC 3+ or ISH positive is ``positive``; 1+, or 2+ with ISH negative,
    ``low``; 2+ with ISH missing or equivocal, or a range of scores, ``indeterminate``;
    IHC 0 is ``absent`` without staining, ``ultralow`` with some, and
    ``zero_unspecified`` where that is not told or contradicts IHC 0 (more than 10 %
    of cells); without IHC it is ``missing``. Source: definitions of DESTINY-
    Breast06 and ASCO-CAP 2018.
    """
    ihc, ish = readings["ihc"], readings["ish"]
    staining = readings["staining"].mask(is_over_ultralow(readings))
    her2_class = pd.Series("missing", index=readings.index, dtype=object)
    her2_class[ihc.notna()] = "indeterminate"
    her2_class[ihc == "0"] = "zero_unspecified"
    her2_class[(ihc == "0") & (staining == "none")] = "absent"
    her2_class[(ihc == "0") & (staining == "some")] = "ultralow"
    her2_class[(ihc == "1+") | ((ihc == "2+") & (ish == "negative"))] = "low"
    her2_class[(ihc == "3+") | (ish == "positive")] = "positive"
    level = her2_class.where(her2_class.isin(LEVELS[:2]))
    level = level.mask(her2_class == "low", ihc)
    return readings.assign(her2_class=her2_class, her2_level=_text(level))


def derive_her2_status(
    readings: pd.DataFrame, patients: pd.DataFrame, *, reader: str, specimen: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Choose one of the derived readings of each patient.

    The reader is chosen first, among those with a readable result for the patient
    (``central_first``: central, else local, else another by name; ``central`` and
    ``local`` take no other), then the specimen. Specimens tie by date (missing dates
    last), then metastasis before primary before unknown, then by ``specimen_id``; the
    reason says so. ``highest`` and ``lowest`` rank by IHC score (a range by its lower
    end), an ISH-positive one on top, then by stained cells.

    Returns
    -------
    The status, one row per patient in the order of ``patients`` (without a readable
    result the class is ``missing`` and the reason says so), and the readings with
    ``chosen`` (yes, no).
    """
    by_patient = dict(list(readings.groupby("patient_id", sort=False)))
    rows, taken = [], []
    for patient in patients["patient_id"]:
        own = by_patient.get(patient)
        line, reason = _choose(own, reader=reader, specimen=specimen)
        chosen = {"her2_class": "missing"}
        if line is not None:
            taken.append(line)
            chosen = readings.loc[line, [*_CHOSEN, *_GROUPS]].to_dict()
        rows.append({"patient_id": patient, **chosen, "reason": reason})
    status = pd.DataFrame(rows, columns=STATUS_COLUMNS, dtype=object)
    status = status.astype({"collected_day": float, "stained_percent": float})
    is_chosen = readings.index.isin(taken)
    marked = readings.assign(chosen=["yes" if it else "no" for it in is_chosen])
    return status, marked[READING_COLUMNS]


def _choose(
    readings: pd.DataFrame | None, *, reader: str, specimen: str
) -> tuple[object, str]:
    """Return the index of the reading to take (``None`` without one), and why."""
    if readings is None:
        return None, "no HER2 reading"
    readable = readings[readings["her2_class"] != "missing"]
    if readable.empty:
        return None, "no reading with an IHC score"
    wanted = readers_in_order(readable["reader"], reader)
    if not wanted:
        return None, f"no readable result by the {reader} reader"
    own = readable[readable["reader"] == wanted[0]]
    keys = _order_specimens(own, specimen)
    chosen = keys.index[0]
    return chosen, _reason(own.loc[keys.index], keys, wanted[0], specimen)


def readers_in_order(readers: pd.Series, rule: str) -> list[str]:
    """Return the readers that a rule allows, the one to take first."""
    present = sorted(readers.unique())
    if rule in ("central", "local"):
        return [name for name in present if name == rule]
    first = ["central", "local"] if rule == "central_first" else ["local", "central"]
    return [name for name in first if name in present] + [
        name for name in present if name not in first
    ]


def _order_specimens(readings: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Return the keys of the readings of one reader, the one to take first."""
    keys = pd.DataFrame(index=readings.index)
    if rule in ("highest", "lowest"):
        rank = {score: place for place, score in enumerate(SCORES)}
        score = readings["ihc"].str[0].map({name[0]: rank[name] for name in SCORES})
        score = score.fillna(0) + 10 * (readings["her2_class"] == "positive")
        sign = -1 if rule == "highest" else 1
        keys["score"] = sign * score
        keys["staining"] = sign * (readings["staining"] == "some").astype(int)
        keys["stained"] = sign * readings["stained_low"].fillna(0).astype(float)
    elif rule in _PREFERRED_KIND:
        keys["kind"] = (readings["specimen"] != _PREFERRED_KIND[rule]).astype(int)
    keys["recency"] = -readings["collected_day"].astype(float)
    places = {kind: place for place, kind in enumerate(_KINDS)}
    keys["tie"] = readings["specimen"].map(places).fillna(len(_KINDS))
    keys["id"] = readings["specimen_id"]
    return keys.sort_values(list(keys.columns), na_position="last")


def _reason(ordered: pd.DataFrame, keys: pd.DataFrame, reader: str, rule: str) -> str:
    """Return why the first of the ordered readings was chosen."""
    number = len(ordered)
    kind = rule.replace("_", " ")
    parts = [f"{kind} of {number} specimens read by {reader}"]
    if number == 1:
        parts = [f"only specimen read by {reader}"]
    if undated := int(ordered["collected_day"].isna().sum()):
        parts.append(f"{undated} undated")
    ruled = keys.drop(columns=["tie", "id"])
    tied = ruled.eq(ruled.iloc[0]) | (ruled.isna() & ruled.iloc[0].isna())
    equal = tied.all(axis=1)
    if equal.sum() > 1:
        by_kind = keys.loc[equal, "tie"].iloc[1] != keys["tie"].iloc[0]
        means = "metastasis before primary" if by_kind else "the first specimen_id"
        names = " and ".join(ordered.loc[equal, "specimen_id"])
        parts.append(f"{names} tie: {means}")
    if ordered["collected_day"].iloc[0] > 0:
        parts.append("collected after the first dose")
    return ", ".join(parts)


def _text(cells: pd.Series) -> pd.Series:
    return cells.astype(object).where(cells.notna(), None)
