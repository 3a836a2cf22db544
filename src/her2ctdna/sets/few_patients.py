"""Marks of what rests on few patients, in the notes of the tables of results."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import FewPatients

FEW = "few: n = "
"""What the mark of few patients begins with."""

_CURVE = ["endpoint", "population", "group_by", "group", "origin", "biased"]


def write_few(n: float, *, least: float) -> str:
    """Return ``few: n = 3`` of fewer patients than ``least``, else nothing.

    Of nobody too: what is without patients says so itself.
    """
    return f"{FEW}{n:.0f}" if 0 < n < least else ""


def read_few(note: str) -> str:
    """Return the mark of few patients that a note ends with, or nothing."""
    mark = note.split("; ")[-1]
    return mark if mark.startswith(FEW) else ""


def mark_few_contrasts(contrasts: pd.DataFrame, few: "FewPatients") -> pd.DataFrame:
    """Return the contrasts, those with few patients in the smaller group so noted."""
    smaller = contrasts[["n", "n_reference"]].min(axis=1)
    return _add_notes(contrasts, smaller, few["contrast"])


def mark_few_medians(survival: pd.DataFrame, few: "FewPatients") -> pd.DataFrame:
    """Return summaries of times, those of few at risk at the start so noted."""
    return _add_notes(survival, survival["n"], few["median"])


def mark_few_curves(curves: pd.DataFrame, few: "FewPatients") -> pd.DataFrame:
    """Return curves, those in which few patients are ever at risk so noted."""
    keys = [name for name in _CURVE if name in curves]
    most = curves.groupby(keys, dropna=False)["at_risk"].transform("max")
    return _add_notes(curves.assign(note=None), most, few["curve"])


def _add_notes(table: pd.DataFrame, sizes: pd.Series, least: float) -> pd.DataFrame:
    """Return a table with the mark of few patients after whatever a note says."""
    notes = [
        "; ".join(filter(None, [note if isinstance(note, str) else "", mark])) or None
        for note, mark in zip(
            table["note"], (write_few(n, least=least) for n in sizes), strict=True
        )
    ]
    return table.assign(note=pd.Series(notes, index=table.index, dtype=object))
