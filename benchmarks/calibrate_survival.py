"""Measure the level of tests and the coverage of intervals of time to event, n = 42.

14 against 28 patients; exponential times with a median of 200 days in the larger
group, censored between days 270 and 540. In ``alike`` that holds for both groups, in
``unlike`` the smaller one is followed half as long. Then the models with covariates,
clearance as it happens, and the median of one group. The tables stand in
docs/methods.md.

Run: .venv/bin/python benchmarks/calibrate_survival.py
"""

from collections.abc import Iterator
from math import log, sqrt

import numpy as np

from her2ctdna.statistics.hazards import (
    compute_adjusted_hazard_ratio,
    compute_hazard_ratio,
    compute_proportionality,
    compute_wald_interval,
)
from her2ctdna.statistics.log_rank import (
    compute_log_rank,
    compute_log_rank_permutation,
    compute_mantel_byar,
)
from her2ctdna.statistics.proportions import Estimate
from her2ctdna.statistics.rmst import compute_rmst_difference
from her2ctdna.statistics.survival import compute_median, estimate_survival_curve

SIZES = (14, 28)
MEDIAN = 200.0
HORIZON = 270
REPEATS = 1500
FEWER = 400
"""Trials of the slower questions."""
PERMUTATIONS = 999
SEED = 20240601
CONFIDENCE = 0.95

Trial = tuple[np.ndarray, np.ndarray, np.ndarray]


def simulate(
    random: np.random.Generator, *, hazard_ratio: float, shorter: float
) -> Trial:
    """Return time, event and membership of the smaller group of a trial."""
    in_group = np.repeat([True, False], SIZES)
    scale = MEDIAN / log(2) / np.where(in_group, hazard_ratio, 1.0)
    time = np.ceil(random.exponential(scale))
    end = np.ceil(random.uniform(270, 540, len(time)) * np.where(in_group, shorter, 1))
    return np.minimum(time, end), time <= end, in_group


def true_difference(hazard_ratio: float, horizon: float) -> float:
    """Return the difference of restricted means of times rounded up to whole days."""
    days = np.arange(horizon)
    staying = [0.5 ** (days * ratio / MEDIAN) for ratio in (hazard_ratio, 1.0)]
    return float(staying[0].sum() - staying[1].sum())


def outcomes(trial: Trial, *, hazard_ratio: float, horizon: float) -> Iterator[bool]:
    """Yield who erred: tests that reject, then intervals that miss the truth."""
    time, event, in_group = trial
    yield compute_log_rank(time, event, in_group)[1] <= 0.05
    drawn = compute_log_rank_permutation(
        time,
        event,
        in_group,
        exact_divisions=0,
        permutations=PERMUTATIONS,
        seed=1,
        alpha=1 - CONFIDENCE,
    )
    yield drawn[1] <= 0.05
    plain = compute_hazard_ratio(time, event, in_group, confidence=CONFIDENCE)
    firth = compute_adjusted_hazard_ratio(
        time, event, in_group, confidence=CONFIDENCE, penalised=True
    )
    wald = compute_wald_interval(time, event, in_group, plain, confidence=CONFIDENCE)
    for found in (plain, wald, firth):
        yield misses(found, hazard_ratio)
    mean = compute_rmst_difference(
        time, event, in_group, horizon=horizon, confidence=CONFIDENCE
    )
    truth = true_difference(hazard_ratio, horizon)
    yield misses(mean, truth)
    yield compute_proportionality(time, event, in_group)[1] <= 0.05


def misses(found: Estimate, truth: float) -> bool:
    """Tell whether an interval lies beside the truth; a missing limit is none."""
    return found.low > truth or found.high < truth


def print_two_groups() -> None:
    """Print one row a setting: percent of trials in which each erred."""
    names = ("log-rank", "by permutation", "Cox profile", "Cox Wald", "Firth profile")
    names += ("RMST", "cox_zph")
    print("| hazard ratio | follow-up |", " | ".join(names), "|")
    print("|---|---|" + "---:|" * len(names))
    for hazard_ratio in (1.0, 0.5):
        for word, shorter in (("alike", 1.0), ("unlike", 0.5)):
            random = np.random.default_rng(SEED)
            erred = np.array(
                [
                    list(
                        outcomes(
                            simulate(
                                random, hazard_ratio=hazard_ratio, shorter=shorter
                            ),
                            hazard_ratio=hazard_ratio,
                            horizon=HORIZON * shorter,
                        )
                    )
                    for _ in range(REPEATS)
                ]
            )
            shares = " | ".join(f"{100 * share:.1f}" for share in erred.mean(axis=0))
            print(f"| {hazard_ratio:.2f} | {word} | {shares} |")


def adjusted(random: np.random.Generator, hazard_ratio: float) -> Iterator[bool]:
    """Yield what misses, of a ratio adjusted for a flag and a number."""
    in_group = np.repeat([True, False], SIZES)
    status = random.random(sum(SIZES)) < 0.75 - 0.25 * in_group
    lines = random.integers(1, 4, sum(SIZES))
    hazards = np.where(in_group, hazard_ratio, 1.0) * 0.6**status * 1.3 ** (lines - 2)
    time = np.ceil(random.exponential(MEDIAN / log(2) / hazards))
    end = np.ceil(random.uniform(270, 540, len(time)))
    time, event = np.minimum(time, end), time <= end
    rows = np.column_stack([in_group, status, lines]).astype(float)
    plain = compute_adjusted_hazard_ratio(time, event, rows, confidence=CONFIDENCE)
    wald = compute_wald_interval(time, event, rows, plain, confidence=CONFIDENCE)
    firth = compute_adjusted_hazard_ratio(
        time, event, rows, confidence=CONFIDENCE, penalised=True
    )
    for found in (plain, wald, firth):
        yield misses(found, hazard_ratio)


def cleared_on_the_way(
    random: np.random.Generator, hazard_ratio: float
) -> Iterator[bool]:
    """Yield what errs where half clear at day 21, 42 or 84, if still followed.

    From the draw on the hazard is that many times as high.
    """
    n = sum(SIZES)
    draw = np.where(random.random(n) < 0.5, random.choice([21.0, 42, 84], n), np.inf)
    spent = random.exponential(MEDIAN / log(2), n)
    before = np.minimum(spent, draw)
    time = np.ceil(before + (spent - before) / hazard_ratio)
    end = np.ceil(random.uniform(270, 540, n))
    time, event = np.minimum(time, end), time <= end
    moves = draw < time
    entry = np.concatenate([np.full(n, -np.inf), draw[moves]])
    until = np.concatenate([np.where(moves, draw, time), time[moves]])
    failed = np.concatenate([event & ~moves, event[moves]])
    cleared = np.repeat([False, True], [n, moves.sum()])
    yield compute_mantel_byar(entry, until, failed, cleared)[1] <= 0.05
    plain = compute_hazard_ratio(
        until, failed, cleared, confidence=CONFIDENCE, entry=entry
    )
    how = {"confidence": CONFIDENCE, "entry": entry}
    wald = compute_wald_interval(until, failed, cleared, plain, **how)
    firth = compute_adjusted_hazard_ratio(until, failed, cleared, penalised=True, **how)
    for found in (plain, wald, firth):
        yield misses(found, hazard_ratio)
    yield compute_proportionality(until, failed, cleared, entry=entry)[1] <= 0.05


def medians(random: np.random.Generator, hazard_ratio: float) -> Iterator[bool]:
    """Yield whether the median of each group is missed, and survival at day 180."""
    trial = simulate(random, hazard_ratio=hazard_ratio, shorter=1.0)
    for side, ratio in ((trial[2], hazard_ratio), (~trial[2], 1.0)):
        curve = estimate_survival_curve(
            trial[0][side], trial[1][side], confidence=CONFIDENCE
        )
        median = compute_median(curve)
        yield median.low > MEDIAN / ratio or median.high < MEDIAN / ratio
        at = curve[curve["time_days"] <= 180].iloc[-1]
        staying = 0.5 ** (180 * ratio / MEDIAN)
        yield at["ci_low"] > staying or at["ci_high"] < staying


def print_more() -> None:
    """Print the tables of the other questions."""
    tables = (
        (adjusted, FEWER, ("Cox profile", "Cox Wald", "Firth profile")),
        (
            cleared_on_the_way,
            FEWER,
            ("Mantel-Byar", "Cox profile", "Cox Wald", "Firth profile", "cox_zph"),
        ),
        (
            medians,
            REPEATS,
            ("median of 14", "curve of 14", "median of 28", "curve of 28"),
        ),
    )
    for erring, repeats, names in tables:
        print(f"\n| {erring.__name__}: hazard ratio |", " | ".join(names), "|")
        print("|---|" + "---:|" * len(names))
        for hazard_ratio in (1.0, 0.5):
            random = np.random.default_rng(SEED)
            erred = np.array(
                [list(erring(random, hazard_ratio)) for _ in range(repeats)]
            )
            shares = " | ".join(f"{100 * share:.1f}" for share in erred.mean(axis=0))
            print(f"| {hazard_ratio:.2f} | {shares} |", flush=True)


if __name__ == "__main__":
    print_two_groups()
    print_more()
    for repeats in (REPEATS, FEWER):
        error = 100 * sqrt(0.05 * 0.95 / repeats)
        print(f"\nPercent of {repeats} trials; the error of 5 % is {error:.1f}.")
