"""Figure ``forest``: differences of the response rate between groups.

forestplot was tried, see docs/decisions/0005.
"""

from math import nan

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.palette import HER2_GROUPS
from her2ctdna.figures.marks.response_differences import select_differences
from her2ctdna.figures.marks.rows import ROW_MM, place_rows
from her2ctdna.figures.marks.sheet import (
    MARGIN_MM,
    Sheet,
    Study,
    open_sheet,
    plot_nothing,
)
from her2ctdna.figures.marks.style import (
    FAINT,
    INK,
    MUTED,
    SMALL_SIZE,
    TEXT_SIZE,
    Style,
    interval,
    number,
    percent,
    points,
    ratio,
    shorten,
    words,
)
from her2ctdna.sets.clearance_sets import CLEARANCE_SETS
from her2ctdna.sets.groupings import FIRST_DOSE
from her2ctdna.settings.landmark_columns import CHANGE, CLEARANCE, STATE, LandmarkColumn
from her2ctdna.statistics.method_names import CONDITIONAL_EXACT, FIRTH_PROFILE
from her2ctdna.tables import Record
from her2ctdna.wording import split_value

_COLUMNS = [
    "section",
    "comparison",
    "population",
    "n",
    "N",
    "n_reference",
    "N_reference",
    "estimate",
    "ci_low",
    "ci_high",
    "interaction_p",
    *["odds_ratio", "odds_low", "odds_high"],
    *["odds_firth", "odds_firth_low", "odds_firth_high"],
]
_ODDS = {CONDITIONAL_EXACT: "odds_ratio", FIRTH_PROFILE: "odds_firth"}
_SAME = [
    *["population", "origin", "group_by", "subgroup", "group", "reference"],
    *["biased", "adjusted_for"],
]
_POPULATIONS = (
    *("all_treated", "response_evaluable", "ctdna_evaluable"),
    *CLEARANCE_SETS,
)
_HER2 = ("her2_group", "her2_level", "her2_any_staining", "her2_dynamics")
_OF_SAMPLES = (CLEARANCE, STATE, CHANGE)
_SUBGROUPS = "HER2-low vs HER2-zero within subgroups"
_AXES_LEFT_MM = 88.0
_AXES_MM = 58.0
_COUNTS_MM = 84.0
"""Where the counts of group and reference end."""
_INTERVAL_MM = 150.0


def derive_forest(contrasts: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Return each difference of the response rate: who, against whom, how much.

    Those of `select_differences`; of the populations that a comparison was made in,
    the first of all treated, response-evaluable, ctDNA-evaluable, able to show
    clearance. Levels of HER2
    stand for the classes, which would say the same twice. Sections: HER2, HER2 within
    subgroups (with the p of their interaction from ``tests``), covariates, then each
    landmark. Beside each stand the two odds ratios: conditional exact, and Firth's.
    """
    plain = select_differences(contrasts)
    within = select_differences(contrasts, subgroups=True)
    differences = pd.concat([plain, within]) if len(within) else plain
    kept = differences[differences["group_by"] != "her2_class"]
    order = kept["population"].map({name: i for i, name in enumerate(_POPULATIONS)})
    kept = kept.assign(order=order).sort_values("order", kind="stable")
    kept = kept.drop_duplicates(
        ["origin", "group_by", "subgroup", "group", "reference"]
    )
    kept = _with_odds(kept.sort_index(), contrasts)
    sections = [_section(row) for row in kept.to_dict("records")]
    drawn = kept.assign(
        section=sections,
        comparison=[_comparison(row) for row in kept.to_dict("records")],
        rank=[_rank(section) for section in sections],
        interaction_p=_interactions(kept["subgroup"], tests),
        N=kept["n"],
        N_reference=kept["n_reference"],
    ).assign(n=kept["events"], n_reference=kept["events_reference"])
    return drawn.sort_values("rank", kind="stable", ignore_index=True)[_COLUMNS]


def _with_odds(kept: pd.DataFrame, contrasts: pd.DataFrame) -> pd.DataFrame:
    """Add the odds ratios of the same patients, by both methods."""
    odds = contrasts[
        (contrasts["endpoint"] == "orr") & (contrasts["measure"] == "odds_ratio")
    ]
    keys = kept[_SAME].fillna("")
    for method, name in _ODDS.items():
        own = odds[odds["ci_method"] == method]
        own = own[[*_SAME, "estimate", "ci_low", "ci_high"]].fillna(
            dict.fromkeys(_SAME, "")
        )
        stem = name if name != "odds_ratio" else "odds"
        new = {"estimate": name, "ci_low": f"{stem}_low", "ci_high": f"{stem}_high"}
        found = keys.merge(own.drop_duplicates(_SAME), on=_SAME, how="left")
        kept = kept.assign(
            **{to: found[column].to_numpy() for column, to in new.items()}
        )
    return kept


def _interactions(subgroups: pd.Series, tests: pd.DataFrame) -> list[float]:
    """Return the p of the interaction that each subgroup is part of, if any."""
    found = tests[(tests["endpoint"] == "orr") & (tests["role"] == "interaction")]
    known = dict(zip(found["subgroup"], found["p_value"], strict=True))
    return [known.get(split_value(str(name))[0], nan) for name in subgroups]


def _section(row: Record) -> str:
    if isinstance(row["subgroup"], str):
        return _SUBGROUPS
    if row["group_by"] in _HER2:
        return "HER2"
    if row["origin"] == FIRST_DOSE:
        return "Covariates"
    return f"ctDNA at {row['origin']}"


def _rank(section: str) -> int:
    return {"HER2": 0, _SUBGROUPS: 1, "Covariates": 2}.get(section, 3)


def _comparison(row: Record) -> str:
    """Return a comparison in words, as ``cleared vs not cleared``."""
    if isinstance(row["subgroup"], str):
        column, level = split_value(row["subgroup"])
        return f"{words(column)}: {words(level)}"
    result = LandmarkColumn.parse(row["group_by"], [row["origin"]])
    labels = [row["group"], row["reference"]]
    if row["group_by"] == "her2_group":
        labels = [HER2_GROUPS[label].label for label in labels]
    pair = " vs ".join(words(label) for label in labels)
    if row["group_by"] == "her2_group" or (result and result.kind in _OF_SAMPLES):
        return pair
    if result and result.reduction:
        return f"molecular response, {result.reduction} %: {pair}"
    return f"{words(row['group_by']).replace('HER2 level', 'level')}: {pair}"


def plot_forest(drawn: pd.DataFrame, *, confidence: float, study: Study) -> Figure:
    """Draw an estimate and its interval a row, with counts and numbers beside it."""
    if drawn.empty:
        reason = "No response rate was compared between two groups with patients."
        return plot_nothing(reason, title="Differences of response", study=study)
    tops, height = place_rows(drawn["section"])
    note = _odds_words(drawn.iloc[0])
    sheet = open_sheet(
        height + 13 + (4.5 if note else 0),
        title=_title(drawn),
        subtitle=f"Difference of ORR, group minus reference, in percentage points; "
        f"Newcombe {percent(confidence)} intervals. "
        f"{_count(len(drawn))}, unadjusted and exploratory.",
        study=study,
    )
    _write_headings(sheet)
    sheet.text(MARGIN_MM, height + 14, note, color=MUTED, fontsize=SMALL_SIZE)
    axes = sheet.axes(_AXES_LEFT_MM, 4, _AXES_MM, height)
    _draw_estimates(axes, drawn, tops, height)
    seen: set[str] = set()
    for row, top in zip(drawn.to_dict("records"), tops, strict=True):
        middle = 4 + top + ROW_MM / 2
        style = {"va": "center_baseline"}
        if row["section"] not in seen:
            seen.add(row["section"])
            heading = shorten(words(row["section"]), 60, size=TEXT_SIZE, bold=True)
            above = middle - ROW_MM
            sheet.text(MARGIN_MM, above, heading, fontweight="bold", **style)
        split = row["comparison"].rpartition(": ")[0]
        _write_row(sheet, row, middle, states_p=split not in seen)
        seen.add(split)
    return sheet.figure


def draw_forest(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw the difference of response in every comparison."""
    drawn = derive_forest(given.tables["contrasts"], given.tables["tests"])
    return drawn, plot_forest(drawn, confidence=given.confidence, study=given.study)


def _count(n: int) -> str:
    return "1 comparison" if n == 1 else f"{n} comparisons"


def _title(drawn: pd.DataFrame) -> str:
    first = drawn.iloc[0]
    difference = points(first["estimate"], first["ci_low"], first["ci_high"])
    return f"ORR, {words(first['comparison'])}: difference {difference}"


def _odds_words(row: pd.Series) -> str:
    """Return both odds ratios of the first comparison, as far as there are any."""
    names = {"odds": "conditional exact", "odds_firth": "Firth, profile limits"}
    parts = [
        f"{ratio(row[name], row[f'{stem}_low'], row[f'{stem}_high'])} ({how})"
        for (stem, how), name in zip(names.items(), _ODDS.values(), strict=True)
        if row[name] == row[name]
    ]
    if not parts:
        return ""
    return f"Odds ratio of {row['comparison']}: {'; '.join(parts)}."


def _write_headings(sheet: Sheet) -> None:
    style = {"fontsize": SMALL_SIZE, "color": MUTED, "va": "center_baseline"}
    sheet.text(_COUNTS_MM, 2, "n/N vs n/N", ha="right", **style)
    sheet.text(_INTERVAL_MM, 2, "Points (interval)", **style)


def _write_row(sheet: Sheet, row: Record, middle: float, *, states_p: bool) -> None:
    style = {"va": "center_baseline"}
    name = row["comparison"]
    if states_p and pd.notna(row["interaction_p"]):
        name += f" (interaction p {number(row['interaction_p'], 2)})"
    name = shorten(name, 56, size=TEXT_SIZE)
    sheet.text(MARGIN_MM + 3, middle, name, **style)
    counts = (
        f"{row['n']:.0f}/{row['N']:.0f} vs "
        f"{row['n_reference']:.0f}/{row['N_reference']:.0f}"
    )
    sheet.text(_COUNTS_MM, middle, counts, ha="right", **style)
    limits = interval(100 * row["ci_low"], 100 * row["ci_high"], 0)
    text = f"{number(100 * row['estimate'])} {limits}"
    sheet.text(_INTERVAL_MM, middle, text, **style)


def _draw_estimates(
    axes: Axes, drawn: pd.DataFrame, tops: list[float], height: float
) -> None:
    ys = [top + ROW_MM / 2 for top in tops]
    axes.axvline(0, color=INK, linewidth=0.6)
    end = _axis_end(drawn)
    axes.hlines(ys, -end, end, color=FAINT, linewidth=0.4, zorder=0)
    low, high = 100 * drawn["ci_low"], 100 * drawn["ci_high"]
    axes.hlines(
        ys, low.clip(lower=-end), high.clip(upper=end), color=INK, linewidth=1.1
    )
    for y, start, stop in zip(ys, low, high, strict=True):
        arrow: Style = {"color": INK, "markersize": 3.5, "clip_on": False}
        if start < -end:
            axes.plot(-end, y, marker="<", **arrow)
        if stop > end:
            axes.plot(end, y, marker=">", **arrow)
    axes.plot(100 * drawn["estimate"], ys, "s", color=INK, markersize=3.6)
    axes.set_xlim(-end, end)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MultipleLocator(end / 2))
    axes.xaxis.set_major_formatter(lambda value, _: number(value))
    axes.set_xlabel("lower ORR  ←  difference in points  →  higher ORR")


def _axis_end(drawn: pd.DataFrame) -> float:
    """Return where the axis ends, in points: at 50, or 100 if an estimate needs it.

    100 is the end of the scale of a difference of rates. An interval that goes on
    beyond the axis has an arrow.
    """
    return 50.0 if (drawn["estimate"].abs() < 0.45).all() else 100.0
