"""Figures ``km_*``: PFS and OS by HER2 group or by ctDNA clearance."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.key import Key, draw_keys, measure_keys
from her2ctdna.figures.palette import CLEARANCES, HER2_GROUPS, Look
from her2ctdna.figures.sheet import MARGIN_MM, Sheet, Study, open_sheet, plot_nothing
from her2ctdna.figures.style import (
    DAYS_PER_MONTH,
    DOUBLE_COLUMN_MM,
    MUTED,
    TEXT_SIZE,
    interval,
    months,
    number,
    patients,
    percent,
    shorten,
    shown,
    words,
)

FIRST_DOSE = "first_dose"
_NAMES = {"pfs": "PFS", "os": "OS"}
_AXES = {"pfs": "Progression-free survival (%)", "os": "Overall survival (%)"}
_LOOKS = HER2_GROUPS | CLEARANCES
_COLUMNS = [
    "endpoint",
    "origin",
    "group",
    "is_drawn",
    "time_days",
    "at_risk",
    "events",
    "censored",
    "survival",
    "ci_low",
    "ci_high",
    "n",
    "n_events",
    "median_days",
    "median_low",
    "median_high",
    "hazard_ratio",
    "hazard_low",
    "hazard_high",
]
_SUMMARY = {
    "n": "n",
    "events": "n_events",
    "median_days": "median_days",
    "ci_low": "median_low",
    "ci_high": "median_high",
}
_HAZARD = {
    "estimate": "hazard_ratio",
    "ci_low": "hazard_low",
    "ci_high": "hazard_high",
}
_KEY = ["endpoint", "group_by", "group", "origin"]
_LEFT_MM = 34.0
_PANEL_MM = 62.0
_AXIS_MM = 9.0
_RISK_MM = 4.2
_MOST_TICKS = 10


def derive_kaplan_meier(
    curves: pd.DataFrame,
    survival: pd.DataFrame,
    contrasts: pd.DataFrame,
    *,
    endpoint: str,
    group_by: str,
    origin: str,
    groups: tuple[str, ...],
) -> pd.DataFrame:
    """Return the curves of the groups that are compared, with their summaries.

    One row a group and time, from time 0 at ``origin``; the size, events and median
    of a group stand in each of its rows, the hazard ratio against the other group in
    those of the group it is of. Other groups (missing, not evaluable, …) have only
    the row of their start, with ``is_drawn`` no.
    """
    wanted = {"endpoint": endpoint, "group_by": group_by, "origin": origin}
    own, summary, hazard = (
        table[
            np.logical_and.reduce([table[key] == word for key, word in wanted.items()])
        ]
        for table in (curves, survival, contrasts)
    )
    is_drawn = own["group"].isin(groups)
    own = own[is_drawn | ~own.duplicated("group")].assign(
        is_drawn=is_drawn.map({True: "yes", False: "no"})
    )
    summary = summary.rename(columns=_SUMMARY)[[*_KEY, *_SUMMARY.values()]]
    hazard = hazard[
        (hazard["measure"] == "hazard_ratio")
        & (hazard["ci_method"] == "cox_profile")
        & (hazard["biased"] != "yes")
        & hazard["adjusted_for"].isna()
    ].rename(columns=_HAZARD)[[*_KEY, *_HAZARD.values()]]
    drawn = own.merge(summary, on=_KEY, how="left").merge(hazard, on=_KEY, how="left")
    order = drawn["group"].map({name: place for place, name in enumerate(groups)})
    drawn = drawn.assign(order=order.fillna(len(groups)))
    drawn = drawn.sort_values(["order", "group", "time_days"], kind="stable")
    return drawn[_COLUMNS].reset_index(drop=True)


def plot_kaplan_meier(
    drawn: pd.DataFrame, *, subject: str, confidence: float, study: Study
) -> Figure:
    """Draw the curves with band, censoring marks, medians and the numbers at risk."""
    curves = drawn[drawn["is_drawn"] == "yes"]
    if curves.empty:
        reason = f"No patient is followed in a group of {subject}."
        return plot_nothing(reason, title=f"Survival by {subject}", study=study)
    groups = dict(list(curves.groupby("group", sort=False)))
    looks = {name: _LOOKS[name] for name in groups}
    keys = [Key("", [look], "line") for look in _key_looks(groups, looks)]
    top = measure_keys(keys) + 2
    risk = top + _PANEL_MM + _AXIS_MM
    sheet = open_sheet(
        risk + (len(groups) + 1) * _RISK_MM + 1,
        title=_title(groups, looks),
        subtitle=_subtitle(drawn, groups, looks, confidence),
        study=study,
    )
    draw_keys(sheet, keys)
    width = DOUBLE_COLUMN_MM - _LEFT_MM - 5
    axes = sheet.axes(_LEFT_MM, top, width, _PANEL_MM)
    for name, curve in groups.items():
        _draw_curve(axes, curve, looks[name])
    ticks = _ticks(curves["time_days"].max() / DAYS_PER_MONTH)
    _finish_axes(axes, curves, ticks)
    _write_risk(sheet, groups, looks, ticks, top=risk, width=width)
    return sheet.figure


def _key_looks(groups: dict[str, pd.DataFrame], looks: dict[str, Look]) -> list[Look]:
    """Return the key: each group with events, size, median and its interval."""
    found = []
    for name, curve in groups.items():
        row = curve.iloc[0]
        label = (
            f"{looks[name].label}: {row['n_events']:.0f} of {patients(row['n'])} with "
            f"an event, median {_median_words(row)}"
        )
        found.append(looks[name]._replace(label=label))
    return found


def _median_words(row: pd.Series) -> str:
    """Return a median with its interval as far as they were reached."""
    unit = " months" if row["median_days"] == row["median_days"] else ""
    text = f"{months(row['median_days'])}{unit}"
    if row[["median_low", "median_high"]].isna().all():
        return text
    return f"{text} ({months(row['median_low'])} to {months(row['median_high'])})"


def _title(groups: dict[str, pd.DataFrame], looks: dict[str, Look]) -> str:
    first = next(iter(groups.values())).iloc[0]
    medians = ", ".join(
        f"{months(curve['median_days'].iloc[0])} ({looks[name].label})"
        for name, curve in groups.items()
    )
    title = f"Median {_NAMES[first['endpoint']]} in months: {medians}"
    for curve in groups.values():
        row = curve.iloc[0]
        if row["hazard_ratio"] == row["hazard_ratio"]:
            limits = interval(row["hazard_low"], row["hazard_high"], 2)
            title += f"; hazard ratio {number(row['hazard_ratio'], 2)} {limits}"
    return title


def _subtitle(
    drawn: pd.DataFrame,
    groups: dict[str, pd.DataFrame],
    looks: dict[str, Look],
    confidence: float,
) -> str:
    n = sum(curve["n"].iloc[0] for curve in groups.values())
    text = (
        f"{patients(n)}; Kaplan-Meier with log-log {percent(confidence)} bands, ticks: "
        "censored."
    )
    if len(groups) == 2 and drawn["hazard_ratio"].notna().any():
        reference, group = (looks[name].label for name in groups)
        text += f" Hazard ratio: {group} over {reference}."
    others = drawn[drawn["is_drawn"] == "no"]
    if len(others):
        names = (f"{row.n:.0f} {words(row.group)}" for row in others.itertuples())
        text += f" Not drawn: {', '.join(names)}."
    return text


def _draw_curve(axes: Axes, curve: pd.DataFrame, look: Look) -> None:
    time = curve["time_days"] / DAYS_PER_MONTH
    survival = 100 * curve["survival"]
    axes.fill_between(
        time,
        100 * curve["ci_low"],
        100 * curve["ci_high"],
        step="post",
        color=look.colour,
        alpha=0.16,
        linewidth=0,
    )
    style: dict[str, Any] = {"color": look.ink, "linestyle": look.line}
    axes.step(time, survival, where="post", linewidth=1.3, **style)
    marked = curve["censored"] > 0
    axes.plot(time[marked], survival[marked], "|", color=look.ink, markersize=4.5)


def _ticks(last: float) -> np.ndarray:
    """Return the months that carry a tick and a number at risk."""
    steps = (1, 2, 3, 6, 12, 24)
    step = next((step for step in steps if last / step <= _MOST_TICKS), 60)
    return np.arange(0, last + 1e-9, step)


def _finish_axes(axes: Axes, curves: pd.DataFrame, ticks: np.ndarray) -> None:
    last = curves["time_days"].max() / DAYS_PER_MONTH
    origin = curves["origin"].iloc[0]
    since = "first dose" if origin == FIRST_DOSE else f"the {shown(origin)} landmark"
    axes.axhline(50, color=MUTED, linewidth=0.5, linestyle=(0, (1, 2)), zorder=0)
    axes.set_xlim(0, max(last * 1.02, 1))
    axes.set_ylim(0, 103)
    axes.set_xticks(ticks)
    axes.set_yticks(range(0, 101, 25))
    axes.set_ylabel(_AXES[curves["endpoint"].iloc[0]])
    axes.set_xlabel(f"Months since {since} (1 month = 30.4375 days)")


def _write_risk(
    sheet: Sheet,
    groups: dict[str, pd.DataFrame],
    looks: dict[str, Look],
    ticks: np.ndarray,
    *,
    top: float,
    width: float,
) -> None:
    """Write how many patients of each group are at risk at each tick."""
    last = max(curve["time_days"].max() for curve in groups.values()) / DAYS_PER_MONTH
    scale = width / max(last * 1.02, 1)
    style = {"va": "center_baseline"}
    sheet.text(MARGIN_MM, top + _RISK_MM / 2, "Number at risk", color=MUTED, **style)
    for row, (name, curve) in enumerate(groups.items(), start=1):
        middle = top + (row + 0.5) * _RISK_MM
        ink = looks[name].ink
        label = shorten(looks[name].label, _LEFT_MM - 6, size=TEXT_SIZE)
        sheet.text(MARGIN_MM, middle, label, color=ink, **style)
        for tick in ticks:
            later = curve[curve["time_days"] >= tick * DAYS_PER_MONTH]
            n = later["at_risk"].iloc[0] if len(later) else 0
            x = _LEFT_MM + tick * scale
            sheet.text(x, middle, f"{n:.0f}", color=ink, ha="center", **style)
