"""Competing risks: cumulative incidence and Gray's test.

Where another event takes patients out of reach of the one asked about, 1 - KM counts
them as if they could still have it and is too high; Aalen and Johansen's estimate
gives each its share. Written out because lifelines jitters ties and no Python library
has Gray's test; checked against R's cmprsk (tests/reference/competing.R).
"""

from math import nan

import numpy as np
import pandas as pd
from scipy import stats

from her2ctdna.statistics.log_rank import Test

CENSORED, EVENT, COMPETING = 0, 1, 2
"""How a time ends: without either event, with the one asked about, with another."""


def estimate_cumulative_incidence(
    time: np.ndarray, cause: np.ndarray, *, confidence: float
) -> pd.DataFrame:
    """Return Aalen and Johansen's curve: time 0 and each distinct time, in order.

    ``at_risk`` counts patients just before ``time_days``; ``events`` and
    ``competing`` those at it. The variance is Aalen's, as in R's ``cuminc`` (Marubini
    and Valsecchi 1995, 10.2), the interval that of log(-log) of the incidence:
    missing where the incidence is 0 or 1. Without patients the table has no rows.

    Parameters
    ----------
    time
        End of each patient's time.
    cause
        How it ends: `CENSORED`, `EVENT` or `COMPETING`.
    confidence
        Of the pointwise interval.
    """
    times, place = np.unique(np.append(time, 0.0), return_inverse=True)
    times, place = (times if len(time) else times[:0]), place[:-1]
    events, competing = (
        np.bincount(place, weights=cause == kind, minlength=len(times))
        for kind in (EVENT, COMPETING)
    )
    at_risk = np.bincount(place, minlength=len(times))[::-1].cumsum()[::-1]
    staying = np.cumprod(1 - (events + competing) / np.maximum(at_risk, 1))
    before = np.concatenate([[1.0], staying[:-1]]) if len(times) else staying
    incidence = np.cumsum(before * events / np.maximum(at_risk, 1))
    variance = _variances(at_risk, events, competing, before, staying, incidence)
    low, high = _log_log_limits(incidence, variance, confidence=confidence)
    return pd.DataFrame(
        {
            "time_days": times,
            "at_risk": at_risk,
            "events": events,
            "competing": competing,
            "incidence": incidence,
            "variance": variance,
            "ci_low": low,
            "ci_high": high,
        }
    )


def _variances(
    at_risk: np.ndarray,
    events: np.ndarray,
    competing: np.ndarray,
    before: np.ndarray,
    staying: np.ndarray,
    incidence: np.ndarray,
) -> np.ndarray:
    """Return the variance of the incidence at each time, tied events corrected.

    A patient who leaves at s moves the incidence at t by what is still to come,
    F(t) - F(s), over those left, and by its own share if it has the event.
    """
    left = np.where(staying > 0, staying, np.inf)
    sums = np.zeros((3, len(at_risk)))
    for own, count in ((1.0, events), (0.0, competing)):
        weight = before**2 * _tied(count, at_risk) / np.maximum(at_risk, 1) ** 2
        reach = own + incidence / left
        if not own:
            weight = np.where(staying > 0, weight, 0.0)
        sums += [weight * reach**2, weight * reach / left, weight / left**2]
    squares, mixed, inverse = sums.cumsum(axis=1)
    found: np.ndarray = squares - 2 * incidence * mixed + incidence**2 * inverse
    # Between events of its own the incidence stays, and so does its variance.
    last = np.maximum.accumulate(np.where(events > 0, np.arange(len(events)), 0))
    return np.maximum(found[last], 0.0) if len(found) else found


def _log_log_limits(
    incidence: np.ndarray, variance: np.ndarray, *, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    inside = (incidence > 0) & (incidence < 1) & (variance > 0)
    safe = np.where(inside, incidence, 0.5)
    width = stats.norm.ppf(0.5 + confidence / 2) * np.sqrt(variance)
    width = width / (-safe * np.log(safe))
    low, high = safe ** np.exp(width), safe ** np.exp(-width)
    return np.where(inside, low, nan), np.where(inside, high, nan)


def compute_gray(time: np.ndarray, cause: np.ndarray, group: np.ndarray) -> Test:
    """Return chi-square, p-value and note of Gray's test of equal incidences.

    Hypothesis: the hazard of the subdistribution of `EVENT` is the same in all
    groups (Gray, Ann Stat 1988;16:1141, weights 1 as in R's ``cuminc``). NaN, with
    the reason in the note, for fewer than two groups or without an event of interest.
    """
    labels, own = np.unique(group, return_inverse=True)
    if len(labels) < 2:
        return nan, nan, "fewer than two groups with patients"
    if not (cause == EVENT).any():
        return nan, nan, "no events"
    score, covariance = _score_of_gray(time, cause, own, len(labels))
    score, covariance = score[:-1], covariance[:-1, :-1]
    rank = np.linalg.matrix_rank(covariance)
    if rank < len(score):
        return nan, nan, "a group without patients at risk while events occur"
    statistic = float(score @ np.linalg.solve(covariance, score))
    return statistic, float(stats.chi2.sf(statistic, rank)), None


def _score_of_gray(
    time: np.ndarray, cause: np.ndarray, own: np.ndarray, groups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of the groups, observed minus expected, and their covariance.

    Each group counts with the patients it would still have at risk of the event if
    none had been censored: those at risk, times (1 - F) / S.
    """
    staying, incidence, pooled = np.ones(groups), np.zeros(groups), 0.0
    score, drift = np.zeros(groups), np.zeros((groups, groups))
    total, mixed = np.zeros((groups, groups)), np.zeros((groups, groups))
    alone = np.zeros(groups)
    for now in np.unique(time[cause != CENSORED]):
        at_risk = np.bincount(own[time >= now], minlength=groups).astype(float)
        events, competing = (
            np.bincount(own[(time == now) & (cause == kind)], minlength=groups)
            for kind in (EVENT, COMPETING)
        )
        here, safe = at_risk > 0, np.maximum(at_risk, 1)
        weight = np.where(here, at_risk / np.where(here, staying, 1), 0.0)
        after = np.where(here, staying * (1 - (events + competing) / safe), staying)
        n, everything = events.sum(), weight.sum()
        expected = weight * (1 - incidence)
        score += events - n * expected / expected.sum()
        share = np.diag(weight) - np.outer(weight, weight) / everything
        drift += share * n / (everything * (1 - pooled))
        pooled += n / everything
        left = np.where(after > 0, (1 - pooled) / np.where(after > 0, after, 1), 0.0)
        moved = np.where(after > 0, 1 - left, 1.0)
        fallen = np.where(after > 0, competing, 0)
        for apart, reach, spread in (
            (share - moved * drift, moved, _spread_of_events(n, weight, staying)),
            (left * drift, -left, staying**2 * _tied(fallen, at_risk) / safe**2),
        ):
            total += (apart * spread) @ apart.T
            mixed += apart * reach * spread
            alone += reach**2 * spread
        incidence = np.where(here, incidence + staying * events / safe, incidence)
        staying = after
    crossed = drift @ mixed.T
    return score, total + (drift * alone) @ drift.T + crossed + crossed.T


def _spread_of_events(n: int, weight: np.ndarray, staying: np.ndarray) -> np.ndarray:
    """Return the variance of each group's events of interest, n in all groups."""
    here, everything = weight > 0, weight.sum()
    size = np.where(here, everything * staying, 2)
    tied = 1 - max(n - 1, 0) / (size - 1) if n > 1 else 1.0
    return np.where(here, tied * n / (everything * np.where(here, weight, 1)), 0.0)


def _tied(count: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Return counts, those at one time made less for being drawn without return."""
    found: np.ndarray = count * (
        1 - np.maximum(count - 1, 0) / np.maximum(at_risk - 1, 1)
    )
    return found
