"""Figure ``model_performance``: what the models of response tell, how stably."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.key import Key, draw_keys, measure_keys
from her2ctdna.figures.marks.palette import MODELS as LOOKS
from her2ctdna.figures.marks.sheet import (
    MARGIN_MM,
    Sheet,
    Study,
    open_sheet,
    plot_nothing,
)
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    FAINT,
    INK,
    MUTED,
    SMALL_SIZE,
    Style,
    interval,
    number,
    percent,
    shorten,
    shown,
    words,
)
from her2ctdna.figures.marks.survival_panel import write_p
from her2ctdna.figures.model_performance_table import MODELS, derive_model_performance
from her2ctdna.wording import count_of

_PANEL_MM = 44.0
_LEFT_MM = 13.0
_GAP_MM = 15.0
_HEAD_MM = 6.0
_AXIS_MM = 10.0
_LINE_MM = 3.6
_BAR_MM = 3.4
_NAMES_MM = 28.0
_WORDS = {
    "auc": "AUC out of fold",
    "auc_optimism_corrected": "AUC, optimism corrected",
    "brier": "Brier score out of fold",
    "brier_optimism_corrected": "Brier score, optimism corrected",
    "brier_of_no_model": "Brier score of no model",
    "calibration_slope": "calibration slope",
    "auc_of_shuffled_responses": "AUC with responses shuffled",
}


def plot_model_performance(
    drawn: pd.DataFrame, *, confidence: float, study: Study
) -> Figure:
    """Draw calibration, ROC and stability of both models, and their measures below."""
    fitted = [name for name in MODELS if len(_items(drawn, "calibration", name))]
    if not fitted:
        reason = " ".join(_reasons(drawn)) or "There is no table of a model."
        title = "Model of response: not fitted"
        return plot_nothing(f"No model was fitted. {reason}", title=title, study=study)
    keys = [Key("", [LOOKS[name] for name in fitted], "line")]
    top = measure_keys(keys) + 1
    table = top + _HEAD_MM + _PANEL_MM + _AXIS_MM
    measures = [
        name
        for name in _WORDS
        if len(drawn[drawn["name"] == name]["estimate"].dropna())
    ]
    sheet = open_sheet(
        table + _LINE_MM * (len(measures) + 1) + 2,
        title=_title(drawn, fitted),
        subtitle=_subtitle(drawn, fitted, confidence),
        study=study,
    )
    draw_keys(sheet, keys)
    lefts = [_LEFT_MM + place * (_PANEL_MM + _GAP_MM) for place in range(2)]
    heads = ("Calibration", "ROC curve")
    for left, head, draw in zip(
        lefts, heads, (_draw_calibration, _draw_roc), strict=True
    ):
        sheet.text(left, top, head, fontweight="bold")
        axes = sheet.axes(left, top + _HEAD_MM, _PANEL_MM, _PANEL_MM)
        draw(axes, drawn, fitted)
    _draw_selection(sheet, drawn, fitted[-1], lefts[1] + _PANEL_MM + 6, top)
    _write_measures(sheet, drawn, measures, fitted, table)
    return sheet.figure


def draw_model_performance(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw how well the models of response do."""
    names = ("model", "model_predictions", "model_selection")
    drawn = derive_model_performance(
        *(given.tables[name] for name in names), confidence=given.confidence
    )
    figure = plot_model_performance(
        drawn, confidence=given.confidence, study=given.study
    )
    return drawn, figure


def _items(drawn: pd.DataFrame, item: str, model: str) -> pd.DataFrame:
    return drawn[(drawn["item"] == item) & (drawn["model"] == model)]


def _measure(drawn: pd.DataFrame, model: str, name: str) -> pd.Series | None:
    own = _items(drawn, "measure", model)
    found = own[own["name"] == name]
    return found.iloc[0] if len(found) else None


def _reasons(drawn: pd.DataFrame) -> Iterator[str]:
    """Yield why models were not fitted."""
    for row in drawn[drawn["item"] == "note"].itertuples():
        yield f"{LOOKS[row.model].label}: {shown(row.note) or 'no reason given'}."


def _title(drawn: pd.DataFrame, fitted: list[str]) -> str:
    parts = []
    for name in fitted:
        row = _measure(drawn, name, "auc")
        value = number(row["estimate"], 2) if row is not None else "not defined"
        parts.append(f"{value} ({LOOKS[name].label})")
    return f"AUC of response, out of fold: {', '.join(parts)}; 0.5 is that of a coin"


def _subtitle(drawn: pd.DataFrame, fitted: list[str], confidence: float) -> str:
    row = _measure(drawn, fitted[-1], "auc")
    rug = _items(drawn, "rug", fitted[-1])
    n, events = len(rug), rug["n"].sum()
    text = (
        f"{count_of(n, 'patient')}, {count_of(events, 'responder')}; "
        "probabilities of patients that a fit "
        "has not seen, mean of the repeats. Calibration: groups of equal size with "
        f"{percent(confidence)} Clopper-Pearson intervals; ticks: patients, responders "
        "on top. The AUC compares patients of one fold, the curve all. Brackets: range "
        "over repeats."
    )
    tested = _measure(drawn, "model_full", "auc_of_shuffled_responses")
    if (
        row is not None
        and tested is not None
        and tested["p_value"] == tested["p_value"]
    ):
        text += (
            f" Permutation test of the AUC, one-sided: {write_p(tested['p_value'])}."
        )
    return " ".join([text, *_reasons(drawn)])


def _draw_calibration(axes: Axes, drawn: pd.DataFrame, fitted: list[str]) -> None:
    """Draw observed by expected shares, and every patient as a tick at the rim."""
    axes.plot([0, 100], [0, 100], color=FAINT, linewidth=0.7, zorder=0)
    for name in fitted:
        look = LOOKS[name]
        own = _items(drawn, "calibration", name)
        x, y = 100 * own["probability"], 100 * own["estimate"]
        low, high = 100 * own["ci_low"], 100 * own["ci_high"]
        axes.vlines(x, low, high, color=look.ink, linewidth=0.8)
        axes.plot(
            x, y, marker=look.marker, linestyle="none", color=look.ink, markersize=3.6
        )
        rug = _items(drawn, "rug", name)
        for did, base in ((1, 102.0), (0, -2.0)):
            ticks = 100 * rug.loc[rug["n"] == did, "probability"]
            end = base + (3.5 if did else -3.5)
            shift = 0 if name == fitted[0] else (4 if did else -4)
            axes.vlines(ticks, base + shift, end + shift, color=look.ink, linewidth=0.5)
    axes.set_xlim(0, 100)
    axes.set_ylim(-10, 110)
    axes.set_xticks(range(0, 101, 25))
    axes.set_yticks(range(0, 101, 25))
    axes.set_xlabel("Expected response (%)")
    axes.set_ylabel("Observed response (%)")


def _draw_roc(axes: Axes, drawn: pd.DataFrame, fitted: list[str]) -> None:
    axes.plot([0, 100], [0, 100], color=FAINT, linewidth=0.7, zorder=0)
    for name in fitted:
        own, look = _items(drawn, "roc", name), LOOKS[name]
        x, y = 100 * own["false_positive_rate"], 100 * own["estimate"]
        style: Style = {"color": look.ink, "linestyle": look.line}
        axes.plot(x, y, drawstyle="default", linewidth=1.2, **style)
    axes.set_xlim(-1, 101)
    axes.set_ylim(-1, 101)
    axes.set_xticks(range(0, 101, 25))
    axes.set_yticks(range(0, 101, 25))
    axes.set_xlabel("Non-responders called (%)")
    axes.set_ylabel("Responders called (%)")


def _draw_selection(
    sheet: Sheet, drawn: pd.DataFrame, model: str, left: float, top: float
) -> None:
    """Draw in how many fits each feature is among the largest coefficients."""
    own = _items(drawn, "selection", model)
    if own.empty:
        return
    own = own.sort_values(["estimate", "name"], ascending=[False, True])
    most = int(_PANEL_MM // _BAR_MM)
    shown_rows = own.head(most)
    end = DOUBLE_COLUMN_MM - MARGIN_MM
    head = f"Stability: {LOOKS[model].label}"
    sheet.text(
        left, top, shorten(head, end - left, size=6.5, bold=True), fontweight="bold"
    )
    height = _BAR_MM * len(shown_rows)
    start = left + _NAMES_MM
    axes = sheet.axes(start, top + _HEAD_MM, end - start, height)
    places = range(len(shown_rows))
    axes.barh(places, 100 * shown_rows["estimate"], height=0.62, color=FAINT)
    axes.plot(100 * shown_rows["probability"], places, "d", color=INK, markersize=3)
    for place, row in zip(places, shown_rows.itertuples(), strict=True):
        name = shorten(words(row.name), _NAMES_MM - 2, size=SMALL_SIZE)
        middle = top + _HEAD_MM + (place + 0.5) * _BAR_MM
        style: Style = {"ha": "right", "va": "center_baseline"}
        sheet.text(start - 1.5, middle, name, fontsize=SMALL_SIZE, **style)
    axes.set_xlim(0, 103)
    axes.set_ylim(len(shown_rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks([0, 50, 100])
    axes.set_xlabel("% of fits. Bar: among the\nlargest 3; mark: same sign")


def _write_measures(
    sheet: Sheet,
    drawn: pd.DataFrame,
    measures: list[str],
    fitted: list[str],
    top: float,
) -> None:
    """Write the measures of the models side by side, with their range."""
    style: Style = {"va": "center_baseline"}
    for place, model in enumerate(fitted):
        left = 62.0 + 58.0 * place
        middle = top + _LINE_MM / 2
        head = {"fontweight": "bold", "color": LOOKS[model].ink}
        sheet.text(left, middle, LOOKS[model].label, **style, **head)
        for row, name in enumerate(measures, start=1):
            found = _measure(drawn, model, name)
            if found is not None:
                text = _measure_words(found)
                sheet.text(left, middle + row * _LINE_MM, text, **style)
    for row, name in enumerate(measures, start=1):
        middle = top + (row + 0.5) * _LINE_MM
        sheet.text(MARGIN_MM, middle, _WORDS[name], color=MUTED, **style)


def _measure_words(row: pd.Series) -> str:
    text = number(row["estimate"], 2)
    if row["ci_low"] == row["ci_low"]:
        text += f" {interval(row['ci_low'], row['ci_high'], 2)}"
    if row["p_value"] == row["p_value"]:
        text += f", {write_p(row['p_value'])}"
    return text
