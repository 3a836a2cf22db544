"""A cut-off of a biomarker chosen from the data, with the optimism of that choice."""

from math import nan

import numpy as np

from her2ctdna.statistics.proportions import Estimate


def estimate_cutpoint(
    values: np.ndarray, responded: np.ndarray, *, bootstraps: int, seed: int
) -> dict[str, Estimate]:
    """Return the cut-off with the highest Youden index, and the index corrected.

    ``cutpoint`` is the value of the logarithm (base 2), responders being expected on
    the side on which more of them are; ``youden_apparent`` is sensitivity plus
    specificity minus 1 in the patients who chose it; ``youden_corrected`` has the
    mean optimism of samples drawn with replacement taken off (Harrell): each chooses
    its own cut-off, whose index falls when it is used on all patients. Missing
    unless there are both responders and others with more than one value. No test: a
    p-value of a chosen cut-off would be as optimistic.
    """
    names = ("cutpoint_log2", "youden_apparent", "youden_corrected")
    if not _is_divided(values, responded):
        missing = Estimate(note="one outcome or one value only: nothing to cut")
        return dict.fromkeys(names, missing)
    cut, side = _best_cut(values, responded)
    apparent = _youden(values, responded, cut, side)
    rng = np.random.default_rng(seed)
    optimism = []
    for _ in range(bootstraps):
        drawn = rng.integers(len(values), size=len(values))
        if not _is_divided(values[drawn], responded[drawn]):
            continue
        own = _best_cut(values[drawn], responded[drawn])
        gain = _youden(values[drawn], responded[drawn], *own)
        optimism.append(gain - _youden(values, responded, *own))
    corrected = apparent - float(np.mean(optimism)) if optimism else nan
    note = f"optimism from {len(optimism)} of {bootstraps} samples with replacement"
    which = "below" if side < 0 else "at or above"
    found = Estimate(cut, note=f"responders expected {which} it")
    return {
        names[0]: found,
        names[1]: Estimate(apparent, note="optimistic: of the patients who chose it"),
        names[2]: Estimate(corrected, note=note),
    }


def _is_divided(values: np.ndarray, responded: np.ndarray) -> bool:
    return bool(responded.any() and not responded.all() and len(set(values)) > 1)


def _best_cut(values: np.ndarray, responded: np.ndarray) -> tuple[float, int]:
    """Return the observed value, and the side, with the highest index; first of ties.

    A cut-off is one of the values, so the one of a value below detection is no cut.
    """
    candidates = [
        (float(cut), side) for cut in np.unique(values)[1:] for side in (1, -1)
    ]
    return max(candidates, key=lambda own: _youden(values, responded, *own))


def _youden(values: np.ndarray, responded: np.ndarray, cut: float, side: int) -> float:
    is_high = values >= cut
    difference = is_high[responded].mean() - is_high[~responded].mean()
    return float(side * difference)
