"""A yes or no against another that is taken for the truth: accuracy and agreement."""

from typing import NamedTuple

import numpy as np

from her2ctdna.statistics.kappa import compute_cohen_kappa
from her2ctdna.statistics.method_names import CLOPPER_PEARSON
from her2ctdna.statistics.proportions import Estimate, compute_rate_interval


class FourCells(NamedTuple):
    """How many are positive by test and reference, by one of them, by neither."""

    both: int
    test_only: int
    reference_only: int
    neither: int


ACCURACY = ("sensitivity", "specificity", "ppv", "npv")
"""The rates of `compute_accuracy`, in their order."""

_NOBODY = {
    "sensitivity": "nobody is positive by the reference",
    "specificity": "nobody is negative by the reference",
    "ppv": "nobody is positive by the test",
    "npv": "nobody is negative by the test",
}


def count_accuracy(cells: FourCells) -> dict[str, tuple[int, int]]:
    """Return n and N of each of `ACCURACY`.

    Sensitivity: positive by the test, of those positive by the reference; specificity:
    negative by the test, of those negative by the reference; ppv and npv: the other
    way round.
    """
    both, test_only, reference_only, neither = cells
    return {
        "sensitivity": (both, both + reference_only),
        "specificity": (neither, neither + test_only),
        "ppv": (both, both + test_only),
        "npv": (neither, neither + reference_only),
    }


def compute_accuracy(cells: FourCells, *, confidence: float) -> dict[str, Estimate]:
    """Return each of `ACCURACY` with the interval of Clopper and Pearson.

    Each is the rate of a binomial of its own; of nobody there is none, and the note
    says of whom. That the reference is true is taken for granted.
    """
    found = {}
    for name, (n, total) in count_accuracy(cells).items():
        low, high = compute_rate_interval(
            n, total, method=CLOPPER_PEARSON, confidence=confidence
        )
        found[name] = (
            Estimate(n / total, low, high) if total else Estimate(note=_NOBODY[name])
        )
    return found


def compute_pair_kappa(cells: FourCells, *, confidence: float) -> Estimate:
    """Return Cohen's kappa of the four cells, which takes neither side for the truth.

    See `compute_cohen_kappa`; not defined where all are in one corner.
    """
    both, test_only, reference_only, neither = cells
    counts = np.array([[both, test_only], [reference_only, neither]])
    return compute_cohen_kappa(counts, weighting=None, confidence=confidence)
