"""Bias of the ways to count clearance as a rate, in cohorts of 42 of known truth.

Each patient has a level of ctDNA at baseline, 1 to 8 tracked loci, and a later draw in
which tumour DNA is gone or has some ratio to baseline. Molecules are binomial, with
errors; detection, limits and clearance are those of the package. Prints the tables of
docs/methods.md.

Run: OPENBLAS_NUM_THREADS=1 .venv/bin/python benchmarks/simulate_clearance_rates.py
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from scipy.special import expit, logit

from her2ctdna.ctdna.clearance import classify, is_able
from her2ctdna.ctdna.pooled_test import compute_background_p
from her2ctdna.ctdna.sample_limits import compute_lod95

CONFIG = Path(__file__).parents[1] / "config" / "config.yaml"
SEED = 20240601
COHORTS, SIZE = 2000, 42
MOST_LOCI = 8
MISSING = 0.05
GONE = 0.22
"""Share of patients without tumour DNA at the later draw, at the median level."""

LEVEL, LEVEL_SPREAD = 0.02, 1.4
RATIO, RATIO_SPREAD = 0.3, 1.3
DEPTH, DEPTH_SPREAD = 3000, 0.6
"""Medians and standard deviations of logarithms."""

WAYS = ("able", "judged", "worst", "best", "undetected")
TRUTHS = ("gone_able", "gone_all", "low_able", "low_all")

Numbers = NDArray[np.float64]


class Scenario(NamedTuple):
    """What being gone goes with.

    ``slope`` is by how much its log odds fall with the logarithm of the baseline
    level; ``depth_left`` is the share of molecules that a draw has left where the
    level is a tenth of baseline or less; ``ratio`` is the median where it is not 0.
    """

    name: str
    slope: float = 0.0
    depth_left: float = 1.0
    ratio: float = RATIO


SCENARIOS = (
    Scenario("nothing"),
    Scenario("a low level at baseline", slope=0.7),
    Scenario("less DNA in the later draw", depth_left=0.5),
    Scenario("nothing, and 5 % of baseline left", ratio=0.05),
)


def definitions() -> Any:
    """Return the default definitions of ctDNA."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    return config["definitions"]["ctdna"]


def draw_patients(
    random: np.random.Generator, n: int, scenario: Scenario, ctdna: Any
) -> pd.DataFrame:
    """Return ``n`` patients: both samples, the clearance, and what is true.

    Columns: ``baseline`` and ``state`` (of the samples; ``missing`` without a later
    one), ``clearance``, ``is_able`` (the later sample could have seen the configured
    fraction of baseline), ``is_gone`` (no tumour DNA at the later draw) and ``is_low``
    (at most that fraction of the true baseline level).
    """
    n_loci = 1 + random.binomial(MOST_LOCI - 1, 0.3, n)
    weights = random.lognormal(0, 0.5, (n, MOST_LOCI))
    weights *= np.arange(MOST_LOCI) < n_loci[:, None]
    weights *= (n_loci / weights.sum(axis=1))[:, None]
    level = np.minimum(random.lognormal(np.log(LEVEL), LEVEL_SPREAD, n), 0.3)
    odds = logit(GONE) - scenario.slope * np.log(level / LEVEL)
    is_gone = random.random(n) < expit(odds)
    ratio = random.lognormal(np.log(scenario.ratio), RATIO_SPREAD, n) * ~is_gone
    is_low = ratio <= ctdna["clearance_max_fraction"]
    depths = random.lognormal(np.log(DEPTH), DEPTH_SPREAD, (2, n))
    depths[1, is_low] *= scenario.depth_left
    before, after = (
        _measure(random, true, weights, depth, ctdna)
        for true, depth in ((level, depths[0]), (level * ratio, depths[1]))
    )
    is_missing = random.random(n) < MISSING
    references, samples = before.to_dict("records"), after.to_dict("records")
    pairs = [
        (reference, None if missing else sample)
        for reference, sample, missing in zip(
            references, samples, is_missing, strict=True
        )
    ]
    return pd.DataFrame(
        {
            "baseline": before["state"],
            "state": after["state"].mask(is_missing, "missing"),
            "clearance": [classify(*pair, ctdna=ctdna) for pair in pairs],
            "is_able": [is_able(*pair, ctdna=ctdna) for pair in pairs],
            "is_gone": is_gone,
            "is_low": is_low,
        }
    )


def _measure(
    random: np.random.Generator,
    level: Numbers,
    weights: Numbers,
    depth: Numbers,
    ctdna: Any,
) -> pd.DataFrame:
    """Return samples of these true levels as rows of the sample table."""
    error, alpha = ctdna["error_rate"], ctdna["alpha"]
    read = np.round(depth)[:, None] * (weights > 0)
    vaf = np.minimum(level[:, None] * weights, 0.9)
    counts = random.binomial(read.astype(int), error + vaf * (1 - 2 * error))
    n_loci = (weights > 0).sum(axis=1)
    total, seen = read.sum(axis=1), counts.sum(axis=1)
    lod95 = compute_lod95(total, total * error, alpha=alpha)
    is_detected = compute_background_p(seen, total * error) < alpha
    state = np.where(is_detected, "detected", "undetected").astype(object)
    state[depth < ctdna["min_depth"]] = "not_evaluable"
    return pd.DataFrame(
        {
            "state": state,
            "level": seen / np.round(depth) / n_loci,
            "lod95": lod95,
            "lod95_level": lod95,
        }
    )


def count_cohorts(patients: pd.DataFrame) -> pd.DataFrame:
    """Return, for each cohort, the rate by each of `WAYS` and each of `TRUTHS`.

    Of those with ctDNA detected at baseline. Truths are shares of the cohort itself: in
    able samples, and in all.
    """
    cohort = np.arange(len(patients)) // SIZE
    has = patients["baseline"] == "detected"
    able, words = patients["is_able"], patients["clearance"]
    judged = words.isin(["cleared", "not_cleared"])
    told = patients["state"].isin(["detected", "undetected"])
    undetected, cleared = patients["state"] == "undetected", words == "cleared"
    all_of = pd.Series(data=True, index=patients.index)
    shares = {
        "able": (able & undetected, able),
        "judged": (cleared, judged),
        "worst": (cleared, all_of),
        "best": (cleared | ~judged, all_of),
        "undetected": (undetected, told),
        "gone_able": (patients["is_gone"] & able, able),
        "gone_all": (patients["is_gone"], all_of),
        "low_able": (patients["is_low"] & able, able),
        "low_all": (patients["is_low"], all_of),
        "n_able": (able, None),
        "n_judged": (judged, None),
        "n_all": (all_of, None),
    }

    def count(flags: pd.Series) -> pd.Series:
        return (flags & has).groupby(cohort).sum()

    return pd.DataFrame(
        {
            name: count(part) / (1 if whole is None else count(whole))
            for name, (part, whole) in shares.items()
        }
    )


def table_of(scenario: Scenario, cohorts: pd.DataFrame) -> Iterator[str]:
    """Yield the rows of a scenario: per cent, and bias with its standard error."""
    for way in WAYS:
        cells = [scenario.name, way, f"{100 * cohorts[way].mean():.1f}"]
        for truth in TRUTHS:
            bias = 100 * (cohorts[way] - cohorts[truth])
            error = bias.std() / np.sqrt(bias.count())
            cells.append(f"{bias.mean():+.1f} ± {error:.1f}")
        yield f"| {' | '.join(cells)} |"


def bounds_of(scenario: Scenario, cohorts: pd.DataFrame) -> str:
    """Return the row of a scenario: truths, and how often the bounds hold them."""
    cells = [scenario.name]
    cells += [f"{cohorts[name].mean():.1f}" for name in ("n_all", "n_able", "n_judged")]
    cells += [f"{100 * cohorts[truth].mean():.1f}" for truth in TRUTHS]
    for truth in ("gone_all", "low_all"):
        holds = cohorts[truth].between(cohorts["worst"], cohorts["best"])
        cells.append(f"{100 * holds.mean():.1f}")
    cells.append(f"{100 * (cohorts['best'] - cohorts['worst']).mean():.1f}")
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print both tables."""
    ctdna = definitions()
    counted = {
        scenario: count_cohorts(
            draw_patients(np.random.default_rng(SEED), COHORTS * SIZE, scenario, ctdna)
        )
        for scenario in SCENARIOS
    }
    print("\n".join(_head(*_BOUNDS)))
    for scenario, cohorts in counted.items():
        print(bounds_of(scenario, cohorts))
    print("\n".join(["", *_head(*_BIAS)]))
    for scenario, cohorts in counted.items():
        print("\n".join(table_of(scenario, cohorts)))


_TOLD = ("gone, in able", "gone, in all", "≤ 10 %, in able", "≤ 10 %, in all")
_BOUNDS = (
    *("being gone goes with", "with ctDNA at baseline", "able", "judged", *_TOLD),
    *("bounds hold gone", "hold ≤ 10 %", "width"),
)
_BIAS = ("being gone goes with", "way", "mean", *_TOLD)


def _head(*titles: str) -> list[str]:
    return [f"| {' | '.join(titles)} |", f"|---|{'---:|' * (len(titles) - 1)}"]


if __name__ == "__main__":
    main()
