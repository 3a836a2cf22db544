"""Coverage of the intervals and type-I error of the tests of rates, at n = 42.

Simulates trials of 14 HER2-zero and 28 HER2-low patients (for the trend 6, 8, 16 and
12 of the four levels) under known rates, and prints the table of docs/methods.md.

Run: OPENBLAS_NUM_THREADS=1 .venv/bin/python benchmarks/simulate_rates.py
(threads only slow down such small matrices)
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from math import exp, inf, isnan, sqrt

import numpy as np

from her2ctdna.association.adjusted_ratios import why_not_carried
from her2ctdna.statistics.firth import (
    compute_firth_odds_ratio,
    compute_firth_test,
    fit_firth,
)
from her2ctdna.statistics.miettinen_nurminen import compute_score_interval
from her2ctdna.statistics.proportions import (
    Estimate,
    compute_boschloo_p,
    compute_fisher_p,
    compute_odds_ratio,
    compute_rate_interval,
    compute_risk_difference,
)
from her2ctdna.statistics.trend import compute_trend, resample_monotone

SEED = 20240601
CONFIDENCE = 0.95
TRIALS = 100_000
TREND_TRIALS = 20_000
MODEL_TRIALS = 1000
BAND_TRIALS = 500
ZERO, LOW = 14, 28
LEVELS = (6, 8, 16, 12)
RATES = (0.1, 0.3, 0.5)
PAIRS = ((0.1, 0.1), (0.3, 0.3), (0.5, 0.5), (0.1, 0.4), (0.3, 0.55))
DRAWS = {"permutations": 10_000, "seed": SEED}
NEEDED = {"least": 2, "few": 5}
EFFECT, OF_STATUS, OF_LINES = 1.2, 0.8, -0.4

Line = tuple[str, str, str, float, int]


def rate_coverage(random: np.random.Generator) -> Iterator[Line]:
    """Yield the coverage of the intervals of one rate."""
    n = ZERO + LOW
    for method in ("clopper_pearson", "wilson"):
        limits = [
            compute_rate_interval(x, n, method=method, confidence=CONFIDENCE)
            for x in range(n + 1)
        ]
        low, high = np.array(limits).T
        for rate in RATES:
            drawn = random.binomial(n, rate, TRIALS)
            covers = (low[drawn] <= rate) & (rate <= high[drawn])
            yield "coverage", method, f"{rate:g}", float(covers.mean()), TRIALS


def pair_coverage(random: np.random.Generator) -> Iterator[Line]:
    """Yield the coverage of differences and odds ratios of two rates.

    A limit that is missing is none. Trials without an interval are left out: those
    in which all patients have the event, or none, say nothing of an odds ratio.
    """

    def score(*counts: int, confidence: float) -> Estimate:
        return Estimate(0.0, *compute_score_interval(*counts, confidence=confidence))

    methods: dict[str, tuple[Callable[..., Estimate], bool]] = {
        "newcombe": (compute_risk_difference, False),
        "miettinen_nurminen": (score, False),
        "conditional_exact": (compute_odds_ratio, True),
        "firth_profile": (compute_firth_odds_ratio, True),
    }
    for name, (compute, is_ratio) in methods.items():
        low, high, known = _limits(compute, is_ratio)
        for zero, low_rate in PAIRS:
            x = random.binomial(LOW, low_rate, TRIALS)
            y = random.binomial(ZERO, zero, TRIALS)
            truth = low_rate - zero
            if is_ratio:
                truth = low_rate * (1 - zero) / (zero * (1 - low_rate))
            given = known[x, y]
            covers = ((low[x, y] <= truth) & (truth <= high[x, y]))[given]
            scenario = f"{zero:g} and {low_rate:g}"
            yield "coverage", name, scenario, float(covers.mean()), int(given.sum())


def _limits(
    compute: Callable[..., Estimate], is_ratio: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return limits of every table of events, and whether there is an interval."""
    low, high = np.full((2, LOW + 1, ZERO + 1), np.nan)
    known = np.zeros((LOW + 1, ZERO + 1), dtype=bool)
    for x, y in np.ndindex(low.shape):
        found = compute(x, LOW, y, ZERO, confidence=CONFIDENCE)
        known[x, y] = not (isnan(found.low) and isnan(found.high))
        low[x, y] = -inf if isnan(found.low) else found.low
        high[x, y] = inf if isnan(found.high) else found.high
    return low, high, known


def pair_error(random: np.random.Generator) -> Iterator[Line]:
    """Yield how often each test of two equal rates gives p at or below 0.05."""

    def fisher(x: int, y: int) -> float:
        return compute_fisher_p([x, y], [LOW, ZERO], **DRAWS)[0]

    def boschloo(x: int, y: int) -> float:
        return compute_boschloo_p(x, LOW, y, ZERO)[0]

    def firth(x: int, y: int) -> float:
        found = compute_firth_odds_ratio(x, LOW, y, ZERO, confidence=CONFIDENCE)
        return found.p_value

    tests = {"fisher": fisher, "boschloo": boschloo, "firth_likelihood_ratio": firth}
    for name, compute in tests.items():
        p_values = np.array(
            [[compute(x, y) for y in range(ZERO + 1)] for x in range(LOW + 1)]
        )
        for rate in RATES:
            x, y = random.binomial([LOW, ZERO], rate, (TRIALS, 2)).T
            rejects = p_values[x, y] <= 1 - CONFIDENCE
            yield "type-I error", name, f"{rate:g}", float(rejects.mean()), TRIALS


def trend_error(random: np.random.Generator) -> Iterator[Line]:
    """Yield how often the exact trend test and Freeman and Halton's reject."""
    totals = list(LEVELS)
    for rate in RATES:
        drawn = random.binomial(totals, rate, (TREND_TRIALS, len(totals)))
        tables, times = np.unique(drawn, axis=0, return_counts=True)
        trend = [
            compute_trend(list(row), totals, scores=range(4), **DRAWS)[1]
            for row in tables
        ]
        halton = [compute_fisher_p(list(row), totals, **DRAWS)[0] for row in tables]
        for name, p_values in (
            ("cochran_armitage_exact", trend),
            ("fisher_halton", halton),
        ):
            rejects = np.array(p_values) <= 1 - CONFIDENCE
            share = float(rejects @ times) / TREND_TRIALS
            yield "type-I error", name, f"{rate:g}", share, TREND_TRIALS


def model_lines(random: np.random.Generator) -> Iterator[Line]:
    """Yield coverage and type-I error of the adjusted odds ratio, and interaction.

    Trials that cannot carry the model, by the rule of events per parameter, count in
    no share.
    """
    for effect in (0.0, EFFECT):
        covered, rejected = [], []
        for _ in range(MODEL_TRIALS):
            low, covariates, event = _trial(random, effect)
            design = np.column_stack([low, covariates])
            if why_not_carried(design, event, low == 1, needed=NEEDED):
                continue
            found = fit_firth(design, event, column=0, confidence=CONFIDENCE)
            covered.append(found.low <= exp(effect) <= found.high)
            rejected.append(found.p_value <= 1 - CONFIDENCE)
        scenario = f"odds ratio {exp(effect):.2f}"
        n = len(covered)
        yield "coverage", "firth_profile, adjusted", scenario, np.mean(covered), n
        if effect == 0:
            name = "firth_likelihood_ratio, adjusted"
            yield "type-I error", name, scenario, np.mean(rejected), n
    rejected = []
    for _ in range(MODEL_TRIALS):
        low, covariates, event = _trial(random, EFFECT)
        status = covariates[:, 0]
        design = np.column_stack([np.ones(len(low)), low, status, low * status])
        if why_not_carried(design[:, 1:], event, low == 1, needed=NEEDED) is None:
            _, p_value, _ = compute_firth_test(design, event, tested=[3])
            rejected.append(p_value <= 1 - CONFIDENCE)
    scenario = f"odds ratio {exp(EFFECT):.2f} in both"
    yield (
        "type-I error",
        "firth_interaction",
        scenario,
        np.mean(rejected),
        len(rejected),
    )


def _trial(
    random: np.random.Generator, effect: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return group, covariates (HR status, lines) and response of one trial.

    HER2-low is more often hormone receptor positive, as in the clinic.
    """
    low = np.repeat([0.0, 1.0], [ZERO, LOW])
    status = (random.random(ZERO + LOW) < 0.5 + 0.25 * low).astype(float)
    lines = random.integers(1, 4, ZERO + LOW).astype(float)
    linear = -0.6 + effect * low + OF_STATUS * (status - 0.5) + OF_LINES * (lines - 2)
    event = random.random(ZERO + LOW) < 1 / (1 + np.exp(-linear))
    return low, np.column_stack([status, lines]), event


def band_coverage(random: np.random.Generator) -> Iterator[Line]:
    """Yield how often the bootstrap band of the monotone fit holds the true rate."""
    for rates in ((0.3, 0.3, 0.3, 0.3), (0.2, 0.3, 0.45, 0.6)):
        covers = []
        for trial in range(BAND_TRIALS):
            low, high = resample_monotone(
                list(random.binomial(LEVELS, rates)),
                list(LEVELS),
                confidence=CONFIDENCE,
                resamples=500,
                seed=SEED + trial,
            )
            covers.append((low <= rates) & (rates <= high))
        scenario = ", ".join(f"{rate:g}" for rate in rates)
        share = float(np.mean(covers))
        yield "coverage", "monotone fit, band", scenario, share, BAND_TRIALS


def write_rows(lines: Iterable[Line]) -> Iterator[str]:
    """Yield a row of the table for each method: percent at each true rate, and ±."""
    for (of, method), same in groupby(lines, key=lambda line: line[:2]):
        told = list(same)
        shown = "; ".join(f"{100 * share:.1f} at {at}" for _, _, at, share, _ in told)
        error = max(
            1.96 * sqrt(share * (1 - share) / trials) for *_, share, trials in told
        )
        yield f"| {of} | {method} | {shown} | {100 * error:.1f} |"


if __name__ == "__main__":
    random = np.random.default_rng(SEED)
    print("| of | method | percent at true rates | ± |\n|---|---|---|---|")
    for part in (
        rate_coverage,
        pair_coverage,
        pair_error,
        trend_error,
        model_lines,
        band_coverage,
    ):
        for row in write_rows(sorted(part(random), key=lambda line: line[:2])):
            print(row, flush=True)
