"""Coverage and type-I error of what is told of continuous biomarkers, at n = 42.

Simulates 42 patients of whom 16 respond, with log2 levels rounded to a tenth (so that
some are tied) of which a share lies below detection, and prints the rows that
docs/methods.md holds. Times to event as in calibrate_survival.py.

Run: OPENBLAS_NUM_THREADS=1 .venv/bin/python benchmarks/calibrate_biomarkers.py
(threads only slow down such small matrices)
"""

from collections.abc import Iterator
from math import asin, inf, isnan, log, pi, sqrt
from statistics import NormalDist

import numpy as np
from simulate_rates import Line, write_rows

from her2ctdna.statistics.correlation import estimate_slope, estimate_spearman
from her2ctdna.statistics.hazard_per_doubling import (
    compute_nonlinearity_p,
    estimate_hazard_per_doubling,
)
from her2ctdna.statistics.kappa import (
    compute_cohen_kappa,
    compute_fleiss_kappa,
    compute_gwet_ac,
    compute_krippendorff_alpha,
)
from her2ctdna.statistics.proportions import Estimate
from her2ctdna.statistics.ranks import estimate_auc, estimate_shift

SEED = 20240601
CONFIDENCE = 0.95
N, RESPONDERS = 42, 16
SPREAD = 2.0
"""Standard deviation of log2 levels: from end to end about a thousandfold."""

UNSEEN = (0.1, 0.4)
"""Shares below detection: of baseline levels, and of ratios at a landmark."""

RANK_TRIALS = 2000
SLOPE_TRIALS = 2000
ORDER_TRIALS = 1000
TIME_TRIALS = 500
AGREEMENT_TRIALS = 2000
PERMUTATIONS = 999
MEDIAN = 200.0


def covers(found: Estimate, truth: float) -> bool:
    """Tell whether an interval holds the truth; a limit that is missing is none."""
    low = -inf if isnan(found.low) else found.low
    high = inf if isnan(found.high) else found.high
    return low <= truth <= high


def has_none(found: Estimate) -> bool:
    """Tell whether there is no interval at all."""
    return isnan(found.low) and isnan(found.high)


def rejects(p_value: float) -> bool:
    """Tell whether a test at 5 % rejects."""
    return p_value <= 1 - CONFIDENCE


def draw_levels(
    random: np.random.Generator, shift: np.ndarray, unseen: float
) -> np.ndarray:
    """Return log2 levels, minus infinity below a limit that this share is under."""
    levels = np.round(random.normal(shift, SPREAD), 1)
    return np.where(levels < limit_of(unseen), -inf, levels)


def limit_of(unseen: float) -> float:
    """Return the limit of detection, of unshifted levels."""
    return round(NormalDist(0, SPREAD).inv_cdf(unseen), 1)


def rank_lines(random: np.random.Generator) -> Iterator[Line]:
    """Yield the rank-sum test, the shift and the area, in responders and others."""
    responded = np.arange(N) < RESPONDERS
    for unseen in UNSEEN:
        for shift in (0.0, 2.0):
            areas, shifts, tests = [], [], []
            truth = true_area(random, shift, unseen)
            for _ in range(RANK_TRIALS):
                levels = draw_levels(random, shift * responded, unseen)
                groups = levels[responded], levels[~responded]
                area = estimate_auc(*groups, confidence=CONFIDENCE)
                areas.append(covers(area, truth))
                moved = estimate_shift(*groups, confidence=CONFIDENCE)
                shifts.append(covers(moved, shift))
                tests.append(rejects(area.p_value))
            at = f"shift {2**shift:g}-fold, {100 * unseen:.0f} % unseen"
            yield "coverage", "hodges_lehmann", at, np.mean(shifts), RANK_TRIALS
            yield "coverage", "delong", at, np.mean(areas), RANK_TRIALS
            if not shift:
                share = float(np.mean(tests))
                yield "type-I error", "rank_sum_exact", at, share, RANK_TRIALS


def true_area(random: np.random.Generator, shift: float, unseen: float) -> float:
    """Return how often a responder is higher, ties one half, from large groups."""
    one, other = (
        draw_levels(random, np.full(200_000, move), unseen) for move in (shift, 0.0)
    )
    other = np.sort(other)
    lower, upto = (other.searchsorted(one, side) for side in ("left", "right"))
    return float((lower + upto).mean() / 2 / len(other))


def order_lines(random: np.random.Generator) -> Iterator[Line]:
    """Yield Spearman's correlation of levels with the best change."""
    for unseen in UNSEEN:
        for correlation in (0.0, 0.5):
            held, tests = [], []
            truth = true_order(random, correlation, unseen)
            for trial in range(ORDER_TRIALS):
                levels, change = draw_pair(random, correlation, unseen, N)
                found = estimate_spearman(
                    levels,
                    change,
                    confidence=CONFIDENCE,
                    permutations=PERMUTATIONS,
                    seed=trial,
                )
                held.append(covers(found, truth))
                tests.append(rejects(found.p_value))
            at = f"correlation {correlation:g}, {100 * unseen:.0f} % unseen"
            yield "coverage", "bonett_wright", at, np.mean(held), ORDER_TRIALS
            if not correlation:
                share = float(np.mean(tests))
                yield "type-I error", "spearman_permutation", at, share, ORDER_TRIALS


def draw_pair(
    random: np.random.Generator, correlation: float, unseen: float, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return levels and the change in whole per cent that goes with them."""
    level, noise = random.normal(size=(2, n))
    change = correlation * level + sqrt(1 - correlation**2) * noise
    levels = np.round(SPREAD * level, 1)
    levels = np.where(levels < limit_of(unseen), -inf, levels)
    return levels, np.round(-20 + 30 * change)


def true_order(random: np.random.Generator, correlation: float, unseen: float) -> float:
    """Return Spearman's correlation of very many; exact without ties and limits."""
    exact = 6 / pi * asin(correlation / 2)
    ranks = [
        np.unique(values, return_inverse=True, return_counts=True)[1:]
        for values in draw_pair(random, correlation, unseen, 1_000_000)
    ]
    middle = [(counts.cumsum() - (counts - 1) / 2)[place] for place, counts in ranks]
    found = float(np.corrcoef(*middle)[0, 1])
    return found if correlation else exact


def slope_lines(random: np.random.Generator) -> Iterator[Line]:
    """Yield Theil and Sen's slope of the detected."""
    for unseen in UNSEEN:
        for correlation in (0.0, 0.5):
            held = []
            for _ in range(SLOPE_TRIALS):
                levels, change = draw_pair(random, correlation, unseen, N)
                seen = np.isfinite(levels)
                found = estimate_slope(
                    levels[seen], change[seen], confidence=CONFIDENCE
                )
                held.append(covers(found, 30 * correlation / SPREAD))
            at = f"correlation {correlation:g}, {100 * unseen:.0f} % unseen"
            yield "coverage", "sen", at, float(np.mean(held)), SLOPE_TRIALS


def time_lines(random: np.random.Generator) -> Iterator[Line]:
    """Yield Cox regression per doubling of the detected."""
    for unseen in UNSEEN:
        for ratio in (1.0, 1.3):
            held, tests = [], []
            for _ in range(TIME_TRIALS):
                levels = draw_seen(random, unseen)
                time, event = draw_times(random, ratio**levels, follow_up=270)
                found = estimate_hazard_per_doubling(
                    time, event, levels, confidence=CONFIDENCE
                )
                held.append(covers(found, ratio))
                tests.append(rejects(found.p_value))
            at = f"ratio {ratio:g}, {100 * unseen:.0f} % unseen"
            name = "cox_profile, per doubling"
            yield "coverage", name, at, float(np.mean(held)), TIME_TRIALS
            if ratio == 1:
                name = "likelihood_ratio, per doubling"
                share = float(np.mean(tests))
                yield "type-I error", name, at, share, TIME_TRIALS


def bend_lines(random: np.random.Generator) -> Iterator[Line]:
    """Yield the check of the line where it holds, all followed to the event."""
    for ratio in (1.0, 1.3):
        tests = []
        for _ in range(TIME_TRIALS):
            levels = draw_seen(random, UNSEEN[0])
            time, event = draw_times(random, ratio**levels, follow_up=inf)
            tests.append(rejects(compute_nonlinearity_p(time, event, levels)[1]))
        share = float(np.mean(tests))
        at = f"ratio {ratio:g}"
        yield "type-I error", "spline_likelihood_ratio", at, share, TIME_TRIALS


def draw_seen(random: np.random.Generator, unseen: float) -> np.ndarray:
    """Return the levels of those above the limit of detection."""
    levels = draw_levels(random, np.zeros(N), unseen)
    return levels[np.isfinite(levels)]


def draw_times(
    random: np.random.Generator, hazards: np.ndarray, *, follow_up: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return times and events; all are followed so long, the first twice as long."""
    time = np.ceil(random.exponential(MEDIAN / log(2) / hazards))
    end = np.ceil(follow_up * (2 - np.arange(len(time)) / len(time)))
    return np.minimum(time, end), time <= end


def draw_readings(random: np.random.Generator, n: int) -> np.ndarray:
    """Return the scores of three readers, 0 to 3+, of specimens that differ.

    Each sees what is there with an error of his own, and cuts it into scores.
    """
    truth = random.normal(0, 1, (n, 1))
    seen = truth + random.normal(0, 0.6, (n, 3))
    found: np.ndarray = np.digitize(seen, [-0.4, 0.8, 2.2])
    return found


def agreement_of(scores: np.ndarray) -> dict[str, Estimate]:
    """Return coefficients of two readers, and of three of whom some did not read."""
    two = scores[:, :2]
    counts = np.bincount(two @ [4, 1], minlength=16).reshape(4, 4)
    both = (two[:, :, None] == np.arange(4)).sum(axis=1)
    several = scores[:, :, None] == np.arange(4)
    gaps = several.copy()
    gaps[: len(scores) // 3, 2] = False
    how = {"confidence": CONFIDENCE}
    return {
        "fleiss_cohen_everitt, plain": compute_cohen_kappa(
            counts, weighting=None, **how
        ),
        "fleiss_cohen_everitt, quadratic": compute_cohen_kappa(
            counts, weighting="quadratic", **how
        ),
        "gwet_linearised, AC1": compute_gwet_ac(both, weighting=None, **how),
        "gwet_linearised, AC2 quadratic": compute_gwet_ac(
            both, weighting="quadratic", **how
        ),
        "gwet_linearised, Fleiss": compute_fleiss_kappa(several.sum(axis=1), **how),
        "jackknife, alpha": compute_krippendorff_alpha(
            gaps.sum(axis=1), is_ordered=True, **how
        ),
    }


def agreement_lines(random: np.random.Generator) -> Iterator[Line]:
    """Yield the coverage of coefficients of agreement, on 42 specimens."""
    large = [agreement_of(draw_readings(random, 5000)) for _ in range(20)]
    trials = [agreement_of(draw_readings(random, N)) for _ in range(AGREEMENT_TRIALS)]
    for name in large[0]:
        wanted = float(np.mean([found[name].estimate for found in large]))
        known = [trial[name] for trial in trials if not has_none(trial[name])]
        share = float(np.mean([covers(found, wanted) for found in known]))
        yield "coverage", name, f"{wanted:.2f}", share, len(known)


if __name__ == "__main__":
    print("| of | method | percent at | ± |\n|---|---|---|---|")
    for place, part in enumerate(
        (
            rank_lines,
            order_lines,
            slope_lines,
            time_lines,
            bend_lines,
            agreement_lines,
        )
    ):
        random = np.random.default_rng([SEED, place])
        for row in write_rows(sorted(part(random), key=lambda line: line[:2])):
            print(row, flush=True)
