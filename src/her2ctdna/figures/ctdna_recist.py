"""Figure ``ctdna_recist``: ctDNA at each landmark against the scans."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.draw import Inputs
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
    shorten,
    shown,
)
from her2ctdna.settings.landmark_columns import CLEARANCE, read_reduction
from her2ctdna.statistics.accuracy import ACCURACY, FourCells, count_accuracy
from her2ctdna.tables import Record

_CELLS = ["n_both", "n_ctdna_only", "n_recist_only", "n_neither"]
_COLUMNS = [
    *["landmark", "ctdna", "recist", "measure", "n", "N"],
    *["estimate", "ci_low", "ci_high", *_CELLS, "after_first_scan"],
]
_MEASURES = dict(
    zip(ACCURACY, ("Sensitivity", "Specificity", "PPV", "NPV"), strict=True)
)
_RECIST = {"best_response": "best response", "first_scan": "the first scan"}
_RESPONSES = {"best_response": "response", "first_scan": "response at the first scan"}
_COUNTS = {
    "n_both": "both",
    "n_ctdna_only": "ctDNA\nonly",
    "n_recist_only": "RECIST\nonly",
    "n_neither": "neither",
    "after_first_scan": "after\nscan",
}
_COUNT_END_MM, _COUNT_MM = 37.0, 9.0
_RATES_MM, _RATE_MM, _AXES_MM = 79.0, 20.0, 13.0
_KAPPA_MM = 159.5
_LANDMARK_MM = 44.0
_HEAD_MM = 6.0
_HEADING_MM = 6.6
_ROW_MM = 4.2
_FOOT_MM = 6.0
_WORDS: Style = {"va": "center_baseline"}


def derive_ctdna_recist(compared: pd.DataFrame) -> pd.DataFrame:
    """Return each rate and the kappa of each comparison, with its four cells.

    ``n`` of ``N`` patients make a rate; a kappa is of the ``N`` in the four cells and
    has no ``n``. Landmarks in the order of ``compared`` (see `compare_with_scans`),
    what is set against one reading of RECIST together.
    """
    order = {name: place for place, name in enumerate(_RECIST)}
    landmarks = {name: i for i, name in enumerate(compared["landmark"].unique())}
    ranks = compared.assign(
        first=compared["landmark"].map(landmarks), second=compared["recist"].map(order)
    )
    ordered = ranks.sort_values(["first", "second"], kind="stable")
    rows = [row for each in ordered.to_dict("records") for row in _measures(each)]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _measures(row: Record) -> list[Record]:
    cells = FourCells(*(int(row[name]) for name in _CELLS))
    sizes: dict[str, tuple[int | None, int]] = dict(count_accuracy(cells))
    sizes["kappa"] = None, sum(cells)
    return [
        row
        | {"measure": measure, "n": n, "N": total, "estimate": row[measure]}
        | {end: row[f"{measure}_{end}"] for end in ("ci_low", "ci_high")}
        for measure, (n, total) in sizes.items()
    ]


def plot_ctdna_recist(
    drawn: pd.DataFrame, *, confidence: float, study: Study
) -> Figure:
    """Draw a line a comparison: its counts, four rates on axes of their own, kappa."""
    if not drawn["N"].gt(0).any():
        return plot_nothing(
            "No patient was judged both by ctDNA at a landmark, drawn by the first "
            "scan, and by the scans.",
            title="ctDNA against the scans",
            study=study,
        )
    lines = drawn[drawn["measure"] == "kappa"].reset_index(drop=True)
    lines = lines.assign(middle=_places(lines))
    height = lines["middle"].max() + _ROW_MM
    sheet = open_sheet(
        _HEAD_MM + height + _FOOT_MM,
        title=_title(lines),
        subtitle="Treated patients whose ctDNA at the landmark could be judged and was "
        "drawn by the first scan (others: after scan). In brackets and as lines "
        f"{percent(confidence)} intervals. The rates, in per cent, take RECIST for the "
        "truth; kappa takes neither.",
        study=study,
    )
    _write_columns(sheet)
    for line in lines.to_dict("records"):
        _write_line(sheet, line)
    _write_headings(sheet, lines)
    for place, measure in enumerate(ACCURACY):
        left = _RATES_MM + place * _RATE_MM
        axes = sheet.axes(left, _HEAD_MM, _AXES_MM, height)
        rates = drawn[drawn["measure"] == measure].reset_index(drop=True)
        rates = rates.assign(middle=lines["middle"])
        _draw_rates(axes, rates, height)
        _write_rates(sheet, rates, left + _AXES_MM + 1.4)
    return sheet.figure


def draw_ctdna_recist(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw how ctDNA at the landmarks and the scans agree."""
    drawn = derive_ctdna_recist(given.tables["ctdna_recist"])
    return drawn, plot_ctdna_recist(
        drawn, confidence=given.confidence, study=given.study
    )


def _places(lines: pd.DataFrame) -> pd.Series:
    """Return the middle of each line in mm, with room above the first of a block."""
    is_first = (lines[["landmark", "recist"]] != _before(lines)).any(axis=1)
    return is_first.cumsum() * _HEADING_MM + (lines.index + 0.5) * _ROW_MM


def _before(lines: pd.DataFrame) -> pd.DataFrame:
    return lines[["landmark", "recist"]].shift()


def _title(lines: pd.DataFrame) -> str:
    """Return how many with and without a response have the first result of ctDNA."""
    known = lines[lines["N"] > 0].iloc[0]
    responded = known["n_both"] + known["n_recist_only"]
    others = known["N"] - responded
    return (
        f"{_name_ctdna(known['ctdna'])} at {shown(known['landmark'])} in "
        f"{known['n_both']:.0f} of {responded:.0f} with and "
        f"{known['n_ctdna_only']:.0f} of {others:.0f} without a "
        f"{_RESPONSES[known['recist']]}"
    )


def _name_ctdna(ctdna: str) -> str:
    if ctdna == CLEARANCE:
        return "ctDNA cleared"
    reduction = read_reduction(ctdna)
    return f"ctDNA down by {reduction} %" if reduction else "cCR or cPR"


def _write_columns(sheet: Sheet) -> None:
    """Name the counts, the rates and kappa above them."""
    style: Style = {"fontsize": SMALL_SIZE, "color": MUTED, "va": "bottom"}
    style |= {"linespacing": 1.0}
    for place, name in enumerate(_COUNTS.values()):
        end = _COUNT_END_MM + place * _COUNT_MM
        sheet.text(end, _HEAD_MM - 0.5, name, **style | {"ha": "right"})
    for place, name in enumerate(_MEASURES.values()):
        left = _RATES_MM + place * _RATE_MM
        sheet.text(left, _HEAD_MM - 0.5, name, **style)
    sheet.text(_KAPPA_MM, _HEAD_MM - 0.5, "Kappa (interval)", **style)


def _write_headings(sheet: Sheet, lines: pd.DataFrame) -> None:
    """Write landmark and reading of RECIST above the first line of each block."""
    for line in lines.drop_duplicates(["landmark", "recist"]).to_dict("records"):
        name = shorten(shown(line["landmark"]), _LANDMARK_MM, size=TEXT_SIZE, bold=True)
        heading = f"{name} against {_RECIST[line['recist']]}"
        middle = _HEAD_MM + line["middle"] - _ROW_MM
        sheet.text(MARGIN_MM, middle, heading, fontweight="bold", **_WORDS)


def _write_line(sheet: Sheet, line: Record) -> None:
    """Write what is compared, the counts, and kappa."""
    middle = _HEAD_MM + line["middle"]
    ink = {"color": INK if line["N"] else MUTED}
    name = _name_ctdna(line["ctdna"])
    sheet.text(MARGIN_MM + 2, middle, name, **_WORDS | ink)
    for place, name in enumerate(_COUNTS):
        end = _COUNT_END_MM + place * _COUNT_MM
        style = _WORDS | {"ha": "right"}
        style |= {"color": MUTED} if name == "after_first_scan" else ink
        sheet.text(end, middle, f"{line[name]:.0f}", **style)
    text = number(line["estimate"], 2) if line["N"] else "no patients"
    if line["ci_low"] == line["ci_low"]:
        text += f" {interval(line['ci_low'], line['ci_high'], 2)}"
    sheet.text(_KAPPA_MM, middle, text, **_WORDS | ink | {"fontsize": SMALL_SIZE})


def _draw_rates(axes: Axes, rates: pd.DataFrame, height: float) -> None:
    """Draw a point and its interval a line; of nobody nothing but the line."""
    axes.hlines(rates["middle"], 0, 100, color=FAINT, linewidth=0.4, zorder=0)
    known = rates[rates["N"] > 0]
    limits = 100 * known["ci_low"], 100 * known["ci_high"]
    axes.hlines(known["middle"], *limits, color=INK, linewidth=1.1)
    style: Style = {"color": INK, "markersize": 3.2, "clip_on": False}
    axes.plot(100 * known["estimate"], known["middle"], "s", **style)
    axes.set_xlim(0, 100)
    axes.set_ylim(height, 0)
    axes.set_xticks([0, 50, 100])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _write_rates(sheet: Sheet, rates: pd.DataFrame, left: float) -> None:
    for rate in rates.to_dict("records"):
        style = _WORDS | {"fontsize": SMALL_SIZE, "color": INK if rate["N"] else MUTED}
        text = number(100 * rate["estimate"])
        sheet.text(left, _HEAD_MM + rate["middle"], text, **style)
