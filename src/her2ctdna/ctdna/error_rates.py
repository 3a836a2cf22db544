"""Sequencing error by class of change: which class a variant is of, and its rate.

Strands are folded: a change is named by the pyrimidine of its base pair, so G>A is
C>T. Changes of several bases have no class of their own and take the default.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import pandas as pd

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import ErrorRates

Substitution = Literal["C>A", "C>G", "C>T", "T>A", "T>C", "T>G"]
SUBSTITUTIONS: tuple[Substitution, ...] = get_args(Substitution)
CLASSES: tuple[Substitution | Literal["insertion", "deletion", "other"], ...]
CLASSES = (*SUBSTITUTIONS, "insertion", "deletion", "other")

ErrorRate: TypeAlias = "float | ErrorRates"
"""One rate for all, or rates by class with a ``default``, as the config gives them."""

_COMPLEMENT = str.maketrans("ACGT", "TGCA")


def name_change(ref: str, alt: str) -> str:
    """Return the class of one change: a substitution, insertion, deletion, other."""
    if len(ref) != len(alt):
        return "insertion" if len(alt) > len(ref) else "deletion"
    change = f"{ref}>{alt}"
    if ref in ("A", "G"):
        change = change.translate(_COMPLEMENT)
    return change if change in SUBSTITUTIONS else "other"


def classify_changes(variants: pd.DataFrame) -> pd.Series:
    """Return the class of each row's change, from ``ref`` and ``alt``."""
    pairs = pd.MultiIndex.from_frame(variants[["ref", "alt"]])
    names = {pair: name_change(*pair) for pair in pairs.unique()}
    return pd.Series(pairs.map(names), index=variants.index, dtype=object)


def configured_rates(error_rate: ErrorRate) -> dict[str, float]:
    """Return the rate of every class; those not given have the default."""
    if not isinstance(error_rate, Mapping):
        return dict.fromkeys(CLASSES, float(error_rate))
    rates: dict[str, float] = dict.fromkeys(CLASSES, float(error_rate["default"]))
    for name in CLASSES:
        if name in error_rate:
            rates[name] = float(error_rate[name])
    return rates
