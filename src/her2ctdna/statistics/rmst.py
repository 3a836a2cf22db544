"""Restricted mean survival time: the area under a curve up to a horizon."""

from math import nan, sqrt

import numpy as np
from scipy import stats

from her2ctdna.statistics.proportions import Estimate
from her2ctdna.statistics.survival import estimate_survival_curve


def compute_rmst(
    time: np.ndarray, event: np.ndarray, *, horizon: float
) -> tuple[float, float]:
    """Return the mean time up to ``horizon`` days, and its variance.

    The area under Kaplan and Meier's curve, Greenwood's variance (survRM2's; a time
    at which all at risk have the event adds nothing). NaN for nobody, and where the
    curve ends before the horizon with the last patient censored.
    """
    is_over = len(time) and event[time == time.max()].all()
    if not len(time) or (time.max() < horizon and not is_over):
        return nan, nan
    curve = estimate_survival_curve(time, event, confidence=0.95)
    curve = curve[curve["time_days"] <= horizon]
    times, survival = curve["time_days"].to_numpy(), curve["survival"].to_numpy()
    at_risk, events = curve["at_risk"].to_numpy(), curve["events"].to_numpy()
    areas = np.diff(np.append(times, horizon)) * survival
    ahead = areas[::-1].cumsum()[::-1]
    left = at_risk - events
    spread = np.divide(events, at_risk * left, out=np.zeros(len(left)), where=left > 0)
    return float(areas.sum()), float((ahead**2 * spread).sum())


def compute_rmst_difference(
    time: np.ndarray,
    event: np.ndarray,
    in_group: np.ndarray,
    *,
    horizon: float | None,
    confidence: float,
) -> Estimate:
    """Return the difference of mean times up to a horizon, group minus the others.

    In days, with a normal interval and p (Royston and Parmar, BMC Med Res Methodol
    2013;13:152); it asks for no proportional hazards. Without a ``horizon`` it is
    the smaller of the groups' longest times. The note names it, or says why there
    is no difference.
    """
    if in_group.all() or not in_group.any():
        return Estimate(note="a group without patients")
    sides = (in_group, ~in_group)
    if horizon is None:
        horizon = min(float(time[side].max()) for side in sides)
    if not event[time <= horizon].any():
        return Estimate(note=f"no events up to day {horizon:.10g}")
    (mean, variance), (other, others_variance) = (
        compute_rmst(time[side], event[side], horizon=horizon) for side in sides
    )
    difference, error = mean - other, sqrt(variance + others_variance)
    if np.isnan(difference):
        return Estimate(note=f"a group is not followed to day {horizon:.10g}")
    if not error > 0:
        return Estimate(note=f"no variance up to day {horizon:.10g}")
    width = float(stats.norm.ppf(0.5 + confidence / 2)) * error
    p_value = float(2 * stats.norm.sf(abs(difference) / error))
    note = f"up to day {horizon:.10g}"
    return Estimate(difference, difference - width, difference + width, p_value, note)
