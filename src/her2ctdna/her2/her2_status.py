"""HER2 status of each patient from IHC and ISH readings (ASCO-CAP 2018, DB-06)."""

from math import inf, isnan

import pandas as pd

from her2ctdna.her2.her2_cells import SCORES
from her2ctdna.her2.her2_scores import Recode, derive_results, is_over_ultralow
from her2ctdna.tables import Record

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

_READERS = {
    "central_first": (["central", "local"], True),
    "local_first": (["local", "central"], True),
}
"""By rule, the readers to take first, and whether one of another name will do.

Any other rule is the one reader that it takes.
"""

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
    return classed.assign(
        her2_group=_text(group), her2_any_staining=_text(any_staining)
    )


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
    chosen_by, reasons = {}, {}
    for patient, own in group_readings(_rank(readings, specimen)).items():
        chosen_by[patient], reasons[patient] = _choose(
            own, reader=reader, specimen=specimen
        )
    lines = readings[[*_CHOSEN, *_GROUPS]].to_dict("index")
    rows = []
    for patient in patients["patient_id"]:
        chosen = lines.get(chosen_by.get(patient), {"her2_class": "missing"})
        reason = reasons.get(patient, "no HER2 reading")
        rows.append({"patient_id": patient, **chosen, "reason": reason})
    status = pd.DataFrame(rows, columns=STATUS_COLUMNS, dtype=object)
    status = status.astype({"collected_day": float, "stained_percent": float})
    taken = readings.index.isin(set(chosen_by.values()) - {None})
    marked = readings.assign(chosen=["yes" if it else "no" for it in taken])
    return status, marked[READING_COLUMNS]


def group_readings(readings: pd.DataFrame) -> dict[str, list[Record]]:
    """Return the rows of each patient, with their place as ``Index``.

    Plain rows, since what is asked of a handful of them is asked of each patient: a
    table a patient took a hundred times as long.
    """
    by_patient: dict[str, list[Record]] = {}
    for row in readings.reset_index(names="Index").to_dict("records"):
        by_patient.setdefault(row["patient_id"], []).append(row)
    return by_patient


def _choose(
    readings: list[Record], *, reader: str, specimen: str
) -> tuple[object | None, str]:
    """Return the index of the reading to take (``None`` without one), and why."""
    own, name = take_reader(readings, reader)
    if not own:
        told = any(row["her2_class"] != "missing" for row in readings)
        return None, (
            f"no readable result by the {reader} reader"
            if told
            else "no reading with an IHC score"
        )
    ordered = sorted(own, key=lambda row: (row["rank"], row["tie"], row["specimen_id"]))
    return ordered[0]["Index"], _reason(ordered, name, specimen)


def take_reader(readings: list[Record], rule: str) -> tuple[list[Record], str]:
    """Return the readable results of the reader that a rule takes first, and who it is.

    Both are empty where the rule allows no reader who has one.
    """
    readable = [row for row in readings if row["her2_class"] != "missing"]
    present = sorted({row["reader"] for row in readable})
    first, takes_others = _READERS.get(rule, ([rule], False))
    allowed = [name for name in first if name in present]
    if takes_others:
        allowed += [name for name in present if name not in first]
    if not allowed:
        return [], ""
    return [row for row in readable if row["reader"] == allowed[0]], allowed[0]


def _rank(readings: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Add ``rank``, lowest first by what the rule asks, and ``tie`` by kind."""
    parts = []
    if rule in ("highest", "lowest"):
        rank = {score: place for place, score in enumerate(SCORES)}
        score = readings["ihc"].str[0].map({name[0]: rank[name] for name in SCORES})
        score = score.fillna(0) + 10 * (readings["her2_class"] == "positive")
        sign = -1 if rule == "highest" else 1
        parts.append(sign * score)
        parts.append(sign * (readings["staining"] == "some").astype(int))
        parts.append(sign * readings["stained_low"].fillna(0).astype(float))
    elif rule in _PREFERRED_KIND:
        parts.append((readings["specimen"] != _PREFERRED_KIND[rule]).astype(int))
    parts.append(-readings["collected_day"].astype(float).fillna(-inf))
    places = {kind: place for place, kind in enumerate(_KINDS)}
    return readings.assign(
        rank=list(zip(*parts, strict=True)),
        tie=readings["specimen"].map(places).fillna(len(_KINDS)),
    )


def _reason(ordered: list[Record], reader: str, rule: str) -> str:
    """Return why the first of the ordered readings was chosen."""
    number = len(ordered)
    kind = rule.replace("_", " ")
    parts = [f"{kind} of {number} specimens read by {reader}"]
    if number == 1:
        parts = [f"only specimen read by {reader}"]
    if undated := sum(isnan(row["collected_day"]) for row in ordered):
        parts.append(f"{undated} undated")
    equal = [row for row in ordered if row["rank"] == ordered[0]["rank"]]
    if len(equal) > 1:
        by_kind = equal[1]["tie"] != equal[0]["tie"]
        means = "metastasis before primary" if by_kind else "the first specimen_id"
        names = " and ".join(row["specimen_id"] for row in equal)
        parts.append(f"{names} tie: {means}")
    if ordered[0]["collected_day"] > 0:
        parts.append("collected after the first dose")
    return ", ".join(parts)


def _text(cells: pd.Series) -> pd.Series:
    return cells.astype(object).where(cells.notna(), None)
