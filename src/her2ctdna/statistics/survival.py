"""Time to event: Kaplan-Meier curves, with late entry too, and medians.

Times are in days, events true or false. The computations are checked against R's
survival package. The product-limit curve is written out because medians need R's
rule for plateaus, which neither lifelines nor statsmodels has, and a lifelines fit
takes 9 ms.
"""

from math import nan
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

_HALF_TOLERANCE = np.finfo(float).eps ** 0.5


def estimate_survival_curve(
    time: np.ndarray,
    event: np.ndarray,
    *,
    confidence: float,
    entry: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return the Kaplan-Meier curve: time 0 and each distinct time, in order.

    ``at_risk`` counts patients just before ``time_days``, ``events`` and
    ``censored`` those at it; a patient censored at the time of an event is at risk
    for it. The interval is Greenwood's on the log(-log) scale: 1 where survival is
    1, missing where it is 0. Without patients the table has no rows.

    With ``entry`` patients are at risk in (entry, time], so that one who enters at
    the time of an event is not at risk for it, and who is there from the start has
    an entry below 0.
    """
    times, place = np.unique(np.append(time, 0.0), return_inverse=True)
    place = place[:-1]
    times = times if len(time) else times[:0]
    leaving = np.bincount(place, minlength=len(times))
    events = np.bincount(place, weights=event, minlength=len(times))
    at_risk = leaving[::-1].cumsum()[::-1]
    if entry is not None:
        at_risk = at_risk - (entry >= times[:, None]).sum(axis=1)
    staying = np.where(at_risk > 0, at_risk - events, 1)
    survival = np.cumprod(staying / np.maximum(at_risk, 1))
    low, high = _log_log_band(survival, at_risk, events, confidence=confidence)
    return pd.DataFrame(
        {
            "time_days": times,
            "at_risk": at_risk,
            "events": events,
            "censored": leaving - events,
            "survival": survival,
            "ci_low": low,
            "ci_high": high,
        }
    )


def _log_log_band(
    survival: np.ndarray, at_risk: np.ndarray, events: np.ndarray, *, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pointwise log(-log) limits of a survival curve."""
    inside = (survival > 0) & (survival < 1)
    edge = np.where(survival == 1, 1.0, nan)
    safe = np.where(inside, survival, 0.5)
    left = np.where(survival > 0, at_risk - events, 1)
    error = np.sqrt(np.cumsum(events / np.maximum(at_risk * left, 1)))
    width = stats.norm.ppf(0.5 + confidence / 2) * error / -np.log(safe)
    low, high = safe ** np.exp(width), safe ** np.exp(-width)
    return np.where(inside, low, edge), np.where(inside, high, edge)


class Milestone(NamedTuple):
    """A curve at a time; NaN, and a note, where nobody was followed so long."""

    at_risk: int
    survival: float
    low: float
    high: float
    note: str | None = None


def read_milestone(curve: pd.DataFrame, time: float) -> Milestone:
    """Return a curve of `estimate_survival_curve` at a time, as R has it.

    As ``summary(survfit, times=)``: the events at that time have happened, and those
    with an event or censored at it are still at risk. Beyond the last time of anybody,
    event or not, there is no estimate.
    """
    if curve.empty:
        return Milestone(0, nan, nan, nan, "no patients")
    times = curve["time_days"].to_numpy()
    if time > times[-1]:
        return Milestone(
            0, nan, nan, nan, f"beyond follow-up, at most {times[-1]:g} days"
        )
    reached = curve.iloc[np.searchsorted(times, time, side="right") - 1]
    following = curve.iloc[np.searchsorted(times, time)]
    share, low, high = (
        float(reached[name]) for name in ("survival", "ci_low", "ci_high")
    )
    return Milestone(int(following["at_risk"]), share, low, high)


class Median(NamedTuple):
    """A median time in days with its interval; NaN where it is not reached."""

    estimate: float
    low: float
    high: float


def compute_median(curve: pd.DataFrame) -> Median:
    """Return the median of a curve of `estimate_survival_curve`, as R has it.

    The first time at which survival is at most 0.5; where it is 0.5 for a while,
    the middle of that stretch. The interval holds the times at which the pointwise
    band contains 0.5 (Brookmeyer and Crowley, Biometrics 1982;38:29).
    """
    times = curve["time_days"].to_numpy()
    bands = (curve[name].to_numpy() for name in ("survival", "ci_low", "ci_high"))
    return Median(*(_time_at_half(times, band) for band in bands))


def _time_at_half(times: np.ndarray, values: np.ndarray) -> float:
    """Return when a falling step function reaches 0.5, the middle of a plateau."""
    reached = values < 0.5 + _HALF_TOLERANCE
    if not reached.any():
        return nan
    times, values = times[reached], values[reached]
    below = values < values[0] - _HALF_TOLERANCE
    if abs(values[0] - 0.5) < _HALF_TOLERANCE and below.any():
        return float(times[0] + times[below.argmax()]) / 2
    return float(times[0])
