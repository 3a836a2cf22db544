"""Time to event: Kaplan-Meier curves, medians, log-rank test, hazard ratio.

Times are in days, events true or false. The computations are checked against R's
survival package. The product-limit curve is written out because medians need R's
rule for plateaus, which neither lifelines nor statsmodels has, and a lifelines fit
takes 9 ms; the hazard ratio because neither has profile-likelihood intervals.
"""

from functools import partial
from math import exp, nan
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq
from statsmodels.duration.survfunc import survdiff

from her2ctdna.proportions import Estimate

_HALF_TOLERANCE = np.finfo(float).eps ** 0.5
_FARTHEST = 50.0
"""The log hazard ratio that stands for infinity: exp(50) dwarfs any count."""


def estimate_survival_curve(
    time: np.ndarray, event: np.ndarray, *, confidence: float
) -> pd.DataFrame:
    """Return the Kaplan-Meier curve: time 0 and each distinct time, in order.

    ``at_risk`` counts patients just before ``time_days``, ``events`` and
    ``censored`` those at it; a patient censored at the time of an event is at risk
    for it. The interval is Greenwood's on the log(-log) scale: 1 where survival is
    1, missing where it is 0. Without patients the table has no rows.
    """
    times, place = np.unique(np.append(time, 0.0), return_inverse=True)
    place = place[:-1]
    times = times if len(time) else times[:0]
    leaving = np.bincount(place, minlength=len(times))
    events = np.bincount(place, weights=event, minlength=len(times))
    at_risk = leaving[::-1].cumsum()[::-1]
    survival = np.cumprod((at_risk - events) / np.maximum(at_risk, 1))
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
    error = np.sqrt(np.cumsum(events / (at_risk * left)))
    width = stats.norm.ppf(0.5 + confidence / 2) * error / -np.log(safe)
    low, high = safe ** np.exp(width), safe ** np.exp(-width)
    return np.where(inside, low, edge), np.where(inside, high, edge)


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


def compute_log_rank(
    time: np.ndarray, event: np.ndarray, group: np.ndarray
) -> tuple[float, float, str | None]:
    """Return chi-square, p-value and note of the log-rank test of equal hazards.

    Two or more groups, unweighted, hypergeometric variance at ties. As in R, a
    group that is gone before the first event takes no part and costs no degree of
    freedom. NaN, with the reason in the note, when fewer than two groups are left
    or when all patients at risk have the event at once. Assumes that censoring does
    not depend on prognosis.
    """
    if len(np.unique(group)) < 2:
        return nan, nan, "fewer than two groups with patients"
    if not event.any():
        return nan, nan, "no events"
    first = time[event].min()
    taking_part = np.isin(group, group[time >= first])
    time, event, group = time[taking_part], event[taking_part], group[taking_part]
    groups = np.unique(group)
    if len(groups) < 2:
        return nan, nan, "fewer than two groups at risk at the first event"
    if ((time == first) & event).sum() == (time >= first).sum():
        return nan, nan, "all patients at risk have the event at once"
    statistic = float(survdiff(time, event.astype(int), group)[0])
    return statistic, float(stats.chi2.sf(statistic, len(groups) - 1)), None


def compute_hazard_ratio(
    time: np.ndarray, event: np.ndarray, in_group: np.ndarray, *, confidence: float
) -> Estimate:
    """Return the hazard ratio of a group against all others, by plain Cox regression.

    One binary covariate, ties after Efron. The interval is that of the profile
    likelihood and p that of the likelihood-ratio test, which hold at few events
    where Wald's do not. Assumes proportional hazards and censoring that does not
    depend on prognosis.

    When one group has no event while the other is at risk, the likelihood rises
    without end: the estimate and one limit are then missing, the other limit and p
    come from the likelihood's supremum, and the note says so. Nothing is estimable
    without an event while both are at risk.
    """
    if in_group.all() or not in_group.any():
        return Estimate(note="a group without patients")
    likelihood = _BinaryCox(time, event, in_group)
    if not (likelihood.falls_above or likelihood.falls_below):
        return Estimate(note="no event while both groups are at risk")
    best, note = likelihood.maximum()
    highest = likelihood.log_likelihood(best)
    limit = partial(
        likelihood.solve, highest - stats.chi2.ppf(confidence, 1) / 2, inside=best
    )
    return Estimate(
        nan if note else exp(best),
        limit(outside=-_FARTHEST),
        limit(outside=_FARTHEST),
        float(stats.chi2.sf(2 * (highest - likelihood.log_likelihood(0.0)), 1)),
        note,
    )


class _BinaryCox:
    """Efron's partial likelihood of one binary covariate.

    Per event one risk set: ``group`` and ``reference`` are the patients at risk, and
    of several events at a time each finds the share of the earlier ones gone.
    """

    def __init__(
        self, time: np.ndarray, event: np.ndarray, in_group: np.ndarray
    ) -> None:
        times = np.unique(time[event])[:, None]
        at_risk, failing = time >= times, (time == times) & event
        sides = (in_group, ~in_group)
        n_group, n_reference = ((at_risk & side).sum(axis=1) for side in sides)
        d_group, d_reference = ((failing & side).sum(axis=1) for side in sides)
        deaths = d_group + d_reference
        place = np.repeat(np.arange(len(times)), deaths)
        earlier = np.arange(len(place)) - np.repeat(deaths.cumsum() - deaths, deaths)
        gone = earlier / deaths[place]
        self.group = n_group[place] - gone * d_group[place]
        self.reference = n_reference[place] - gone * d_reference[place]
        self.group_events = d_group.sum()
        self.falls_above = bool(d_reference[n_group > 0].any())
        self.falls_below = bool(d_group[n_reference > 0].any())

    def log_likelihood(self, beta: float) -> float:
        at_risk = self.reference + self.group * exp(beta)
        return float(self.group_events * beta - np.log(at_risk).sum())

    def score(self, beta: float) -> float:
        weight = self.group * exp(beta)
        return float(self.group_events - (weight / (self.reference + weight)).sum())

    def maximum(self) -> tuple[float, str | None]:
        """Return where the likelihood is highest; a note if that is at infinity."""
        if self.falls_above and self.falls_below:
            return float(brentq(self.score, -_FARTHEST, _FARTHEST, xtol=1e-13)), None
        which = "the group" if self.falls_above else "the reference"
        note = f"monotone likelihood: no event in {which} while the other is at risk"
        return (-_FARTHEST if self.falls_above else _FARTHEST), note

    def solve(self, level: float, *, inside: float, outside: float) -> float:
        """Return the hazard ratio at which the likelihood has fallen to ``level``."""
        if self.log_likelihood(outside) > level:
            return nan
        return exp(
            brentq(lambda beta: self.log_likelihood(beta) - level, inside, outside)
        )
