"""What a study gives, in a few lines: what was read, what each chapter will have."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.wording import count_of

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import Landmark

Tables = Mapping[str, pd.DataFrame]

_CTDNA = ("samples", "levels")
_RESPONSE = ("assessments", "lesions")
_WIDTH = 22


def describe_study(
    tables: Tables,
    *,
    title: str,
    files: Mapping[str, str],
    mapped: Collection[str],
    baseline_window: tuple[int, int],
    landmarks: Mapping[str, "Landmark"],
) -> str:
    """Return what was read, from where, and in how many patients each thing is known.

    Parameters
    ----------
    tables
        The normalised tables, as far as their cells could be read.
    title
        Of the study.
    files
        The file of each table, as the findings name it.
    mapped
        The tables with names or words of their own (``columns``, ``values``).
    baseline_window, landmarks
        Of ``definitions.ctdna``.
    """
    read = [
        (table, f"{count_of(len(rows), 'row')} of {files[table]}")
        for table, rows in tables.items()
    ]
    told = [
        (table, f"{what}, mapped by the config" if table in mapped else what)
        for table, what in read
    ]
    parts = [
        title,
        *_aligned("Read", told),
        *_aligned(
            "Known", list(_known(tables, window=baseline_window, landmarks=landmarks))
        ),
    ]
    return "\n".join(parts)


def _known(
    tables: Tables, *, window: tuple[int, int], landmarks: Mapping[str, "Landmark"]
) -> Iterator[tuple[str, str]]:
    """Yield the chapters that the tables make, with what they will have."""
    patients = tables["patients"]
    treated = set(patients.loc[patients["treated"] == "yes", "patient_id"])
    n = len(treated)
    yield "patients", f"{len(patients)} enrolled, {n} treated"
    if "her2" in tables:
        scored = tables["her2"].dropna(subset=["ihc"])
        yield "HER2", f"{_count(scored, treated)} of {n} treated have an IHC score"
    if any(name in tables for name in _RESPONSE):
        seen = _stack(tables, _RESPONSE)
        after = seen[seen["assessed_day"] > 0]
        yield "response", f"{_count(after, treated)} of {n} were assessed after day 0"
    elif patients[["pfs_days", "os_days"]].notna().any(axis=None):
        supplied = patients[patients[["pfs_days", "os_days"]].notna().any(axis=1)]
        yield "survival", f"{_count(supplied, treated)} of {n} have supplied durations"
    if any(name in tables for name in _CTDNA):
        drawn = _stack(tables, _CTDNA)
        if "material" in drawn:
            drawn = drawn[drawn["material"].fillna("plasma") == "plasma"]
        at_baseline = drawn[drawn["collected_day"].between(*window)]
        found = [f"{_count(at_baseline, treated)} of {n} have a baseline sample"]
        later = drawn.drop(at_baseline.index)
        for name, landmark in landmarks.items():
            found.append(f"{_count(_near(later, drawn, landmark), treated)} at {name}")
        yield "ctDNA", ", ".join(found)
    for name, label in (("adverse_events", "adverse events"), ("ada", "antibodies")):
        if name in tables:
            who = _count(tables[name], treated)
            rows = count_of(len(tables[name]), "row")
            yield label, f"{rows}, of {who} of {n} treated"


def _near(
    later: pd.DataFrame, drawn: pd.DataFrame, landmark: "Landmark"
) -> pd.DataFrame:
    """Return the samples that a landmark can take."""
    if "day" not in landmark:
        return drawn[drawn["timepoint"] == landmark["timepoint"]]
    day, window = landmark["day"], landmark["window"]
    return later[later["collected_day"].between(day - window, day + window)]


def _stack(tables: Tables, names: Collection[str]) -> pd.DataFrame:
    found = [tables[name] for name in names if name in tables]
    return pd.concat(found, ignore_index=True)


def _count(rows: pd.DataFrame, treated: Collection[str]) -> int:
    return int(rows.loc[rows["patient_id"].isin(treated), "patient_id"].nunique())


def _aligned(title: str, rows: list[tuple[str, str]]) -> list[str]:
    return ["", title, *(f"  {name:<{_WIDTH}}{what}" for name, what in rows)]
