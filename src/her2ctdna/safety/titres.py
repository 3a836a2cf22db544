"""Antibody results and titres, as laboratories write them."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.findings import Finding

NOT_REPORTABLE = "not reportable"
BOUNDS = ("<", "<=", ">", ">=")
SCALES = {"linear": None, "log2": 2.0, "log10": 10.0}
"""Base of the logarithm that titres are written on."""

_NO_RESULT = re.compile(
    r"not[ _-]?reportable|not[ _-]?done|nr|nd|inconclusive|invalid|qns"
    r"|ha?emoly[sz]ed|failed|missing",
    re.IGNORECASE,
)
_TITRE = re.compile(
    "([<>\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}]=?)?"
    r"\s*(?:1\s*[:/]\s*)?([0-9]+(?:\.[0-9]+)?)"
)
_SIGNS = {"\N{LESS-THAN OR EQUAL TO}": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">="}


class Titre(NamedTuple):
    """What is known of a titre: it is at least ``low`` and at most ``high``."""

    low: float
    high: float


UNKNOWN = Titre(0.0, np.inf)


def normalise_antibodies(sheet: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Bring titres and results of a sheet to one form, and note each that was read.

    ``1:40`` is 40; ``<20`` and ``>=1:640`` keep their sign in ``titre_bound``. Words
    for a sample without a result are ``not reportable``.
    """
    read, findings = sheet.copy(), []
    patients = sheet.get("patient_id", pd.Series(index=sheet.index, dtype=object))
    for row, cell in sheet.get("result", pd.Series(dtype=object)).dropna().items():
        if _NO_RESULT.fullmatch(cell) and cell != NOT_REPORTABLE:
            read.loc[row, "result"] = NOT_REPORTABLE
            where = ("note", "ada", int(row), "result", patients[row] or "", cell)
            findings.append(Finding(*where, f"read as {NOT_REPORTABLE}"))
    for row, cell in sheet.get("titre", pd.Series(dtype=object)).dropna().items():
        found = _TITRE.fullmatch(cell)
        if not found or found[2] == cell:
            continue
        sign = _SIGNS.get(found[1] or "", found[1])
        read.loc[row, "titre"] = found[2]
        if sign:
            read.loc[row, "titre_bound"] = sign
        where = ("note", "ada", int(row), "titre", patients[row] or "", cell)
        findings.append(Finding(*where, f"read as {sign or ''}{found[2]}"))
    if "titre_bound" in read:
        bound = read["titre_bound"].astype(object)
        read["titre_bound"] = bound.where(bound.notna(), None)
    return read, findings


def on_linear_scale(titres: pd.Series, *, scale: str) -> pd.Series:
    """Return titres as multiples: 1.6 on log10 is about 40."""
    base = SCALES[scale]
    values = titres.astype(float)
    return values if base is None else base**values


def read_titre(value: float, bound: str | None) -> Titre:
    """Return between which limits a titre lies; a missing one, or 0, is unknown."""
    if not value > 0:
        return UNKNOWN
    if bound in ("<", "<="):
        return Titre(0.0, value)
    return Titre(value, np.inf if bound in (">", ">=") else value)


def is_scale_doubtful(titres: pd.Series) -> bool:
    """Tell whether titres look like logarithms: all of them lie below 10."""
    values = pd.to_numeric(titres, errors="coerce").dropna()
    return len(values) > 0 and bool((values < 10).all())
