"""Figures ``km_*``: times to event of all, by HER2 group or by ctDNA clearance."""

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.draw import NO_LANDMARK, Inputs
from her2ctdna.figures.marks.palette import ALL_TREATED, CLEARANCES, HER2_GROUPS, Look
from her2ctdna.figures.marks.penalised_hazards import PENALISED, take_hazards
from her2ctdna.figures.marks.sheet import MARGIN_MM, Study, open_sheet, plot_nothing
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    MUTED,
    ONE_AND_A_HALF_COLUMN_MM,
    hazard,
    months,
    number,
    percent,
    shown,
    words,
)
from her2ctdna.figures.marks.survival_panel import (
    RISK_MM,
    draw_curves,
    drop_medians,
    label_ends,
    scale_months,
    write_p,
    write_risk,
)
from her2ctdna.sets.clearance_sets import CLEARANCE_ABLE
from her2ctdna.sets.few_patients import read_few
from her2ctdna.sets.groupings import ALL, FIRST_DOSE
from her2ctdna.settings.landmark_columns import name_clearance
from her2ctdna.statistics.method_names import LOG_RANK_PERMUTATION
from her2ctdna.wording import count_of

NAMES = {"pfs": "PFS", "os": "OS", "dor": "DoR"}
AXES = {
    "pfs": "Progression-free survival (%)",
    "os": "Overall survival (%)",
    "dor": "Responders still without event (%)",
}
_FROM_RESPONSE = "response"
_LOOKS = HER2_GROUPS | CLEARANCES | ALL_TREATED
_COLUMNS = [
    *["endpoint", "origin", "origin_day", "counted_from"],
    *["group", "is_drawn", "time_days"],
    *["at_risk", "events", "cumulative_events", "censored"],
    *["survival", "ci_low", "ci_high", "n", "n_events", "excluded"],
    *["median_days", "median_low", "median_high"],
    *["hazard_ratio", "hazard_low", "hazard_high", *PENALISED.values()],
    *["few", "p_value", "test", "test_note"],
]
_SUMMARY = {
    "n": "n",
    "events": "n_events",
    "excluded": "excluded",
    "origin_day": "origin_day",
    "counted_from": "counted_from",
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
_RIGHT_MM = 33.0
_PANEL_MM = 62.0
"""The width of a figure of one curve, two of which stand side by side."""

_AXIS_MM = 9.0
TESTS = {LOG_RANK_PERMUTATION: "log-rank test by permutation"}


def derive_kaplan_meier(
    curves: pd.DataFrame,
    survival: pd.DataFrame,
    contrasts: pd.DataFrame,
    tests: pd.DataFrame,
    *,
    endpoint: str,
    group_by: str,
    origin: str,
    groups: tuple[str, ...],
) -> pd.DataFrame:
    """Return the curves of the groups that are compared, with their summaries.

    One row a group and time, from time 0 at ``origin``; the size, events and median
    of a group stand in each of its rows, the hazard ratio against the other group
    (plain, and by Firth's penalty) in those of the group it is of, ``few`` where a
    median or a curve rests on few patients, the p of the log-rank test by permutation
    in all.
    Other groups (missing, not evaluable, …) have only the row of their start, with
    ``is_drawn`` no. Biased curves are not here.
    """
    wanted = {"endpoint": endpoint, "group_by": group_by, "origin": origin}
    own, summary, compared = (_of(t, wanted) for t in (curves, survival, contrasts))
    ratios = take_hazards(compared)
    few = _few_of(own, summary)
    own = own[own["biased"] != "yes"]
    is_drawn = own["group"].isin(groups)
    own = own[is_drawn | ~own.duplicated("group")].assign(
        is_drawn=is_drawn.map({True: "yes", False: "no"})
    )
    own = own.assign(cumulative_events=own.groupby("group")["events"].cumsum())
    summary = summary.rename(columns=_SUMMARY)[[*_KEY, *_SUMMARY.values()]]
    ratios = ratios[ratios["biased"] != "yes"].rename(columns=_HAZARD)
    ratios = ratios[[*_KEY, *_HAZARD.values(), *PENALISED.values()]]
    drawn = own.merge(summary, on=_KEY, how="left").merge(ratios, on=_KEY, how="left")
    order = drawn["group"].map({name: place for place, name in enumerate(groups)})
    drawn = drawn.assign(order=order.fillna(len(groups)), **_tested(tests, wanted))
    drawn = drawn.assign(few=drawn["group"].map(few).astype(object))
    drawn = drawn.sort_values(["order", "group", "time_days"], kind="stable")
    return drawn[_COLUMNS].reset_index(drop=True)


def _few_of(curves: pd.DataFrame, survival: pd.DataFrame) -> dict[str, str]:
    """Return the mark of few patients of each group, by its curve or its median."""
    rows = pd.concat([part[["group", "note"]] for part in (survival, curves)])
    known = rows[rows["note"].notna()]
    marks = zip(known["group"], map(read_few, known["note"]), strict=True)
    return {group: mark for group, mark in marks if mark}


def _of(table: pd.DataFrame, wanted: Mapping[str, str]) -> pd.DataFrame:
    matches = [table[key] == word for key, word in wanted.items()]
    return table[np.logical_and.reduce(matches)]


def _of_primary(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the populations that are tested, where there are several."""
    if "population" not in table:
        return table
    return table[table["population"].isin(["all_treated", CLEARANCE_ABLE])]


def _tested(tests: pd.DataFrame, wanted: Mapping[str, str]) -> dict[str, object]:
    """Return the p-value, name and note of the test by permutation, if there is one."""
    asked = {"biomarker": wanted["group_by"], "test": LOG_RANK_PERMUTATION}
    asked |= {key: wanted[key] for key in ("endpoint", "origin")}
    found = _of(tests, asked)
    if found.empty:
        return {"p_value": float("nan"), "test": None, "test_note": None}
    row = found.iloc[0]
    return {"p_value": row["p_value"], "test": row["test"], "test_note": row["note"]}


def plot_kaplan_meier(
    drawn: pd.DataFrame, *, subject: str, confidence: float, study: Study
) -> Figure:
    """Draw the curves with band, censoring marks, medians and the numbers at risk."""
    curves = drawn[drawn["is_drawn"] == "yes"]
    if curves.empty:
        reason = f"No patient is followed: {subject}."
        return plot_nothing(reason, title=f"Survival: {subject}", study=study)
    groups = dict(list(curves.groupby("group", sort=False)))
    looks = {name: _LOOKS[name] for name in groups}
    risk = _PANEL_MM + _AXIS_MM + 3
    width_mm = ONE_AND_A_HALF_COLUMN_MM if ALL.column in groups else DOUBLE_COLUMN_MM
    sheet = open_sheet(
        risk + (len(groups) + 1) * RISK_MM + 1,
        title=_title(groups, looks),
        subtitle=_subtitle(drawn, groups, looks, confidence),
        study=study,
        width_mm=width_mm,
    )
    width = width_mm - _LEFT_MM - _RIGHT_MM
    axes = sheet.axes(_LEFT_MM, 2, width, _PANEL_MM)
    draw_curves(axes, groups, looks)
    medians = {name: curve["median_days"].iloc[0] for name, curve in groups.items()}
    drop_medians(axes, medians, looks)
    scale_months(axes, groups, width)
    axes.set_ylabel(AXES[curves["endpoint"].iloc[0]])
    axes.set_xlabel(f"Months since {name_origin(curves)} (1 month = 30.4375 days)")
    labels = {
        name: list(_label(curve.iloc[0], looks[name])) for name, curve in groups.items()
    }
    end = {"right": _LEFT_MM + width, "top": 2.0, "height": _PANEL_MM}
    label_ends(sheet, axes, groups, labels, looks, **end)
    heading = "At risk (events so far)"
    style = {"va": "center_baseline", "color": MUTED}
    sheet.text(MARGIN_MM, risk + RISK_MM / 2, heading, **style)
    below = {"left": _LEFT_MM, "top": risk + RISK_MM, "names_mm": _LEFT_MM - 7}
    write_risk(sheet, axes, groups, looks, **below)
    return sheet.figure


def name_origin(curves: pd.DataFrame) -> str:
    """Return from when the curves count time, as words."""
    origin = curves["origin"].iloc[0]
    if origin == _FROM_RESPONSE:
        return "the first response"
    if origin != FIRST_DOSE:
        return f"the {shown(origin)} landmark"
    return " or ".join(sorted(set(map(shown, curves["counted_from"].dropna()))))


def _label(row: pd.Series, look: Look) -> Iterator[str]:
    """Yield the lines beside a curve: group, events, median and its interval."""
    yield look.label
    yield f"{row['n_events']:.0f} of {row['n']:.0f} with an event"
    if row["median_days"] == row["median_days"]:
        yield f"median {months(row['median_days'])} months"
    else:
        yield "median not reached"
    if row[["median_low", "median_high"]].notna().any():
        yield f"({months(row['median_low'])} to {months(row['median_high'])})"
    if isinstance(row["few"], str):
        yield row["few"]


def _title(groups: Mapping[str, pd.DataFrame], looks: Mapping[str, Look]) -> str:
    first = next(iter(groups.values())).iloc[0]
    if ALL.column in groups:
        median = months(first["median_days"])
        return f"Median {NAMES[first['endpoint']]} in months: {median}"
    medians = ", ".join(
        f"{months(curve['median_days'].iloc[0])} ({looks[name].label})"
        for name, curve in groups.items()
    )
    title = f"Median {NAMES[first['endpoint']]} in months: {medians}"
    for curve in groups.values():
        row = curve.iloc[0]
        if row[[*_HAZARD.values()]].notna().any():
            plain, low, high = row[[*_HAZARD.values()]]
            firth, least, most = row[[*PENALISED.values()]]
            found = hazard(plain, low, high, (firth, least, most))
            title += f"; hazard ratio {found}"
    return title


def _subtitle(
    drawn: pd.DataFrame,
    groups: Mapping[str, pd.DataFrame],
    looks: Mapping[str, Look],
    confidence: float,
) -> str:
    n = sum(curve["n"].iloc[0] for curve in groups.values())
    sentences = [
        f"{count_of(n, 'patient')}; Kaplan-Meier with log-log "
        f"{percent(confidence)} bands, ticks: "
        "censored, dotted: medians."
    ]
    first = drawn.iloc[0]
    if first["test"] in TESTS:
        how = f"{TESTS[first['test']]}, {write_p(first['p_value'])}"
        note = f" ({shown(first['test_note'])})" if first["test_note"] else ""
        sentences.append(f"{how[:1].upper()}{how[1:]}{note}.")
    if len(groups) == 2 and drawn[[*_HAZARD.values()]].notna().any(axis=None):
        reference, group = (looks[name].label for name in groups)
        pair = f"{group} over {reference}"
        firth = "" if drawn["hazard_ratio"].notna().any() else "; penalised: Firth"
        sentences.append(f"Hazard ratio: {pair}, Cox with profile limits{firth}.")
    sentences += _who(drawn)
    return " ".join(sentences)


def _who(drawn: pd.DataFrame) -> Iterator[str]:
    """Yield from which day patients are followed, and who is not drawn."""
    first = drawn.iloc[0]
    is_drawn = drawn["is_drawn"] == "yes"
    if first["origin"] not in (FIRST_DOSE, _FROM_RESPONSE):
        gone = drawn[is_drawn].drop_duplicates("group")["excluded"].sum()
        yield (
            f"Time from day {number(first['origin_day'])}, in those then followed "
            f"without the event; {gone:.0f} of these groups were not."
        )
    others = drawn[~is_drawn]
    if len(others):
        names = (f"{row.n:.0f} {words(row.group)}" for row in others.itertuples())
        yield f"Not drawn: {', '.join(names)}."


def _of_all(given: Inputs, *, endpoint: str) -> tuple[pd.DataFrame, Figure]:
    return _draw(
        given,
        endpoint=endpoint,
        group_by=ALL.column,
        origin=_FROM_RESPONSE if endpoint == "dor" else FIRST_DOSE,
        groups=ALL.levels,
        subject="responders" if endpoint == "dor" else "treated patients",
    )


def _by_her2(given: Inputs, *, endpoint: str) -> tuple[pd.DataFrame, Figure]:
    return _draw(
        given,
        endpoint=endpoint,
        group_by="her2_group",
        origin=FIRST_DOSE,
        groups=("zero", "low"),
        subject="HER2 group",
    )


def _by_clearance(given: Inputs, *, endpoint: str) -> tuple[pd.DataFrame, Figure]:
    landmark = given.landmark or NO_LANDMARK
    return _draw(
        given,
        endpoint=endpoint,
        group_by=name_clearance(landmark),
        origin=landmark,
        groups=("not_cleared", "cleared"),
        subject=f"ctDNA clearance at {landmark}",
        tables=("clearance_curves", "clearance_survival"),
    )


def _draw(
    given: Inputs,
    *,
    endpoint: str,
    group_by: str,
    origin: str,
    groups: tuple[str, ...],
    subject: str,
    tables: tuple[str, str] = ("survival_curves", "survival"),
) -> tuple[pd.DataFrame, Figure]:
    curves, survival, contrasts = (
        _of_primary(given.tables[name]) for name in (*tables, "contrasts")
    )
    drawn = derive_kaplan_meier(
        curves,
        survival,
        contrasts,
        given.tables["tests"],
        endpoint=endpoint,
        group_by=group_by,
        origin=origin,
        groups=groups,
    )
    figure = plot_kaplan_meier(
        drawn, subject=subject, confidence=given.confidence, study=given.study
    )
    return drawn, figure


draw_km_pfs = partial(_of_all, endpoint="pfs")
draw_km_os = partial(_of_all, endpoint="os")
draw_km_dor = partial(_of_all, endpoint="dor")
draw_km_pfs_her2 = partial(_by_her2, endpoint="pfs")
draw_km_os_her2 = partial(_by_her2, endpoint="os")
draw_km_pfs_clearance = partial(_by_clearance, endpoint="pfs")
draw_km_os_clearance = partial(_by_clearance, endpoint="os")
"""Draw the curves of an endpoint: of all, by HER2 group, at the headline's landmark."""
