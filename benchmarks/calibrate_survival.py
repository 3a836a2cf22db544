"""Measure the level of tests and the coverage of intervals of time to event, n = 42.

14 against 28 patients; exponential times with a median of 200 days in the larger
group, censored between days 270 and 540. In ``alike`` that holds for both groups, in
``unlike`` the smaller one is followed half as long. The table stands in
docs/methods.md.

Run: .venv/bin/python benchmarks/calibrate_survival.py
"""

from collections.abc import Iterator
from math import log, sqrt

import numpy as np

from her2ctdna.hazards import compute_adjusted_hazard_ratio, compute_hazard_ratio
from her2ctdna.log_rank import compute_log_rank, compute_log_rank_permutation
from her2ctdna.rmst import compute_rmst_difference

SIZES = (14, 28)
MEDIAN = 200.0
HORIZON = 270
REPEATS = 1500
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
        time, event, in_group, permutations=PERMUTATIONS, seed=1
    )
    yield drawn[1] <= 0.05
    plain = compute_hazard_ratio(time, event, in_group, confidence=CONFIDENCE)
    firth = compute_adjusted_hazard_ratio(
        time, event, in_group, confidence=CONFIDENCE, penalised=True
    )
    for found in (plain, firth):
        yield found.low > hazard_ratio or found.high < hazard_ratio
    mean = compute_rmst_difference(
        time, event, in_group, horizon=horizon, confidence=CONFIDENCE
    )
    truth = true_difference(hazard_ratio, horizon)
    yield mean.low > truth or mean.high < truth


def main() -> None:
    """Print one row a setting: percent of trials in which each erred."""
    names = ("log-rank", "by permutation", "Cox profile", "Firth profile", "RMST")
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
    error = 100 * sqrt(0.05 * 0.95 / REPEATS)
    print(f"\nPercent of {REPEATS} trials; the error of 5 % is {error:.1f}.")


if __name__ == "__main__":
    main()
