"""What the package makes of the inputs whose values R has given."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from her2ctdna.association.multiplicity import adjust_within_families
from her2ctdna.sets.time_dependent import split_at_clearance
from her2ctdna.statistics.firth import compute_firth_odds_ratio
from her2ctdna.statistics.hazards import compute_hazard_ratio
from her2ctdna.statistics.log_rank import compute_log_rank
from her2ctdna.statistics.miettinen_nurminen import compute_score_interval
from her2ctdna.statistics.proportions import (
    Estimate,
    compute_fisher_p,
    compute_odds_ratio,
    compute_rate_interval,
    compute_risk_difference,
)
from her2ctdna.statistics.survival import compute_median, estimate_survival_curve
from her2ctdna.statistics.trend import compute_trend

CONFIDENCE = 0.95
PATIENTS = Path(__file__).with_name("r_data.tsv")
"""Made-up patients; ``tests/reference/self_check.R`` makes them and their values."""

_TWO_RATES = (10, 26, 4, 14)
_LEVELS = ((2, 4, 8, 6), (9, 11, 14, 8))
_DRAWS = 1000
"""Asked for by signature: tables as small as these are all counted out."""

Values = Mapping[str, float]


def _interval(method: str) -> Callable[[], Values]:
    def compute() -> Values:
        low, high = compute_rate_interval(16, 42, method=method, confidence=CONFIDENCE)
        return {"ci_low": low, "ci_high": high}

    return compute


def _named(found: Estimate, name: str) -> Values:
    return {
        name: found.estimate,
        "ci_low": found.low,
        "ci_high": found.high,
        "p_value": found.p_value,
    }


def _newcombe() -> Values:
    found = compute_risk_difference(*_TWO_RATES, confidence=CONFIDENCE)
    return _named(found, "difference")


def _miettinen_nurminen() -> Values:
    low, high = compute_score_interval(*_TWO_RATES, confidence=CONFIDENCE)
    return {"ci_low": low, "ci_high": high}


def _fisher() -> Values:
    return _named(compute_odds_ratio(*_TWO_RATES, confidence=CONFIDENCE), "odds_ratio")


def _firth() -> Values:
    found = compute_firth_odds_ratio(*_TWO_RATES, confidence=CONFIDENCE)
    return _named(found, "odds_ratio")


def _trend() -> Values:
    _, p_value, _ = compute_trend(
        *_LEVELS, scores=(0, 1, 2, 3), permutations=_DRAWS, seed=1
    )
    return {"p_value": p_value}


def _halton() -> Values:
    return {"p_value": compute_fisher_p(*_LEVELS, permutations=_DRAWS, seed=1)[0]}


def _q_values() -> Values:
    p_values = [0.01, 0.04, 0.03, 0.5, 0.02]
    tests = pd.DataFrame({"p_value": p_values}).assign(endpoint="orr", biomarker="x")
    found = adjust_within_families(
        tests, families={"one": {"endpoints": ["*"], "biomarkers": ["*"]}}
    )
    return {f"q_{place}": q for place, q in enumerate(found["q_value"], start=1)}


def _patients() -> pd.DataFrame:
    """Return the made-up patients, as the analysis-ready table would have them."""
    table = pd.read_csv(PATIENTS, sep="\t")
    return table.assign(
        treated="yes",
        baseline_state="detected",
        first_cleared_day=table["switch_day"],
        pfs_days=table["days"],
        pfs_event=table["event"].map({1: "yes", 0: "no"}),
    )


def _times() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = _patients()
    time = table["days"].to_numpy(dtype=float)
    return time, table["event"].to_numpy() == 1, table["group"].to_numpy() == 1


def _kaplan_meier() -> Values:
    time, event, _ = _times()
    curve = estimate_survival_curve(time, event, confidence=CONFIDENCE)
    median = compute_median(curve)
    day_84 = curve[curve["time_days"] == 84].iloc[0]
    return {
        "median": median.estimate,
        "ci_low": median.low,
        "ci_high": median.high,
        "survival_day_84": float(day_84["survival"]),
        "low_day_84": float(day_84["ci_low"]),
        "high_day_84": float(day_84["ci_high"]),
    }


def _log_rank() -> Values:
    chi_square, p_value, _ = compute_log_rank(*_times())
    return {"chi_square": chi_square, "p_value": p_value}


def _cox() -> Values:
    found = compute_hazard_ratio(*_times(), confidence=CONFIDENCE)
    return _named(found, "hazard_ratio")


def _moving_cox() -> Values:
    stays = split_at_clearance(_patients(), "pfs", count_first_day=False)
    found = compute_hazard_ratio(
        stays["time_days"].to_numpy(),
        stays["event"].to_numpy(),
        stays["group"].to_numpy() == "yes",
        confidence=CONFIDENCE,
        entry=stays["entry_days"].to_numpy(),
    )
    return _named(found, "hazard_ratio")


CHECKS: dict[str, Callable[[], Values]] = {
    "clopper_pearson": _interval("clopper_pearson"),
    "wilson": _interval("wilson"),
    "newcombe": _newcombe,
    "miettinen_nurminen": _miettinen_nurminen,
    "fisher": _fisher,
    "firth_logistic": _firth,
    "cochran_armitage_exact": _trend,
    "freeman_halton": _halton,
    "benjamini_hochberg": _q_values,
    "kaplan_meier": _kaplan_meier,
    "log_rank": _log_rank,
    "cox_profile": _cox,
    "cox_time_dependent": _moving_cox,
}
"""What is computed for each check of ``r_values.tsv``, on the inputs named there."""
