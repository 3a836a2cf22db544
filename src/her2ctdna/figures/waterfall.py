"""Figure ``waterfall``: best change of the tumour of each patient."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.key import Key, Swatch, draw_keys, key_of, measure_keys
from her2ctdna.figures.palette import CLEARANCES, HER2_GROUPS, RESPONSES
from her2ctdna.figures.sheet import (
    MARGIN_MM,
    Sheet,
    Study,
    open_sheet,
    plot_nothing,
)
from her2ctdna.figures.strips import (
    UPRIGHT_MM,
    draw_cells,
    draw_symbols,
    measure_ids,
    name_columns,
    name_strip,
    write_ids,
)
from her2ctdna.figures.style import (
    DOUBLE_COLUMN_MM,
    INK,
    MUTED,
    SMALL_SIZE,
    number,
    patients,
    shown,
    text_height_mm,
    text_width_mm,
    wrap,
)

_LEFT_MM = 24.0
_RIGHT_MM = 9.0
_BARS_MM = 62.0
_STRIP_MM = 3.0
_SYMBOL_MM = 1.6
"""Where bars are narrower, the symbols of ctDNA become cells."""
_WIDEST_BAR_MM = 8.0
_RESPONSE_PERCENT = -30.0
_PROGRESSION_PERCENT = 20.0
_HIGHEST = 100.0
"""Growth beyond this percentage is cut, and written at the bar."""


def derive_waterfall(
    patient_table: pd.DataFrame, *, landmark: str | None
) -> pd.DataFrame:
    """Return best change, response, HER2 group and clearance of the treated patients.

    From the largest growth to the largest shrinkage, ties by id; then those without
    a change, which the figure names below the bars. ``clearance`` is that at
    ``landmark``; without HER2 or ctDNA its column is empty.
    """
    treated = patient_table[patient_table["treated"] == "yes"]
    clearance = f"clearance_{landmark}"
    columns = {
        "patient_id": "patient_id",
        "her2_group": "her2_group",
        "bor": "bor",
        "confirmed_bor": "confirmed_bor",
        "change_percent": "best_change_percent",
        "clearance": clearance,
    }
    drawn = treated.reindex(columns=list(columns.values()))
    drawn.columns = list(columns)
    drawn = drawn.assign(
        change_percent=drawn["change_percent"].astype(float),
        landmark=landmark if clearance in treated else None,
    )
    return drawn.sort_values(["patient_id"]).sort_values(
        "change_percent", ascending=False, kind="stable", ignore_index=True
    )


def plot_waterfall(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw a bar a patient, and below it best response and ctDNA clearance."""
    bars = drawn[drawn["change_percent"].notna()]
    if bars.empty:
        return plot_nothing(
            f"None of {patients(len(drawn))} treated has a measured change of target "
            "lesions.",
            title="Best change of target lesions",
            study=study,
        )
    width = min(_WIDEST_BAR_MM * len(bars), DOUBLE_COLUMN_MM - _LEFT_MM - _RIGHT_MM)
    pitch = width / len(bars)
    keys, missing = _keys(drawn, pitch), _missing_lines(drawn)
    ids = name_columns(bars["patient_id"], pitch)
    strips = (_STRIP_MM + 1) * (1 + int(drawn["landmark"].notna().any()))
    top = measure_keys(keys) + 1
    below = top + _BARS_MM + 1 + strips + measure_ids(ids)
    sheet = open_sheet(
        below + len(missing) * text_height_mm(SMALL_SIZE) + 2,
        title=_title(bars),
        subtitle=_subtitle(drawn),
        study=study,
    )
    draw_keys(sheet, keys)
    _draw_bars(sheet.axes(_LEFT_MM, top, width, _BARS_MM), bars, pitch)
    _draw_strips(sheet, bars, top + _BARS_MM + 1, width)
    write_ids(sheet, ids, left=_LEFT_MM, top=below - measure_ids(ids), pitch=pitch)
    style = {"fontsize": SMALL_SIZE, "color": MUTED, "linespacing": 1.25}
    sheet.text(MARGIN_MM, below + 1, "\n".join(missing), **style)
    return sheet.figure


def _title(bars: pd.DataFrame) -> str:
    shrunk = int((bars["change_percent"] <= _RESPONSE_PERCENT).sum())
    return (
        f"Target lesions shrank by 30\N{NO-BREAK SPACE}% or more in {shrunk} of "
        f"{patients(len(bars))} with a measurement"
    )


def _subtitle(drawn: pd.DataFrame) -> str:
    return (
        f"{patients(len(drawn))} treated; best change of the sum of target diameters "
        "from baseline. Letters: best overall response, * not confirmed."
    )


def _missing_lines(drawn: pd.DataFrame) -> list[str]:
    """Return the lines that name the patients without a bar."""
    missing = drawn[drawn["change_percent"].isna()]
    if missing.empty:
        return []
    why = missing["bor"].replace("MISSING", "not\N{NO-BREAK SPACE}assessed")
    named = (
        f"{shown(patient)}\N{NO-BREAK SPACE}({bor})"
        for patient, bor in zip(missing["patient_id"], why, strict=True)
    )
    text = f"Without a measured change (n = {len(missing)}): {', '.join(named)}"
    return wrap(text, DOUBLE_COLUMN_MM - 2 * MARGIN_MM, size=SMALL_SIZE)


def _keys(drawn: pd.DataFrame, pitch: float) -> list[Key]:
    """Return what the colours of bars and strips mean."""
    groups = drawn["her2_group"].fillna("")
    keys = [key_of("HER2", HER2_GROUPS, groups, kind="patch")] if groups.any() else []
    keys.append(key_of("Best response", RESPONSES, drawn["bor"], kind="patch"))
    if drawn["landmark"].notna().any():
        name = f"ctDNA at {shown(drawn['landmark'].iloc[0])}"
        kind: Swatch = "marker" if pitch > _SYMBOL_MM else "patch"
        keys.append(key_of(name, CLEARANCES, drawn["clearance"], kind=kind))
    return keys


def _draw_bars(axes: Axes, bars: pd.DataFrame, pitch: float) -> None:
    change = bars["change_percent"].clip(upper=_HIGHEST)
    colours = [HER2_GROUPS[name].colour for name in bars["her2_group"].fillna("")]
    axes.bar(range(len(bars)), change, width=0.82, color=colours)
    axes.axhline(0, color=INK, linewidth=0.6)
    for level in (_RESPONSE_PERCENT, _PROGRESSION_PERCENT):
        axes.axhline(level, color=MUTED, linewidth=0.6, linestyle=(0, (3, 2)), zorder=0)
        axes.annotate(
            number(level) if level < 0 else f"+{number(level)}",
            (1, level),
            xycoords=("axes fraction", "data"),
            xytext=(2, 0),
            textcoords="offset points",
            va="center_baseline",
            fontsize=SMALL_SIZE,
            color=MUTED,
        )
    axes.set_xlim(-0.5, len(bars) - 0.5)
    axes.set_ylim(-112, max(float(change.max()), _PROGRESSION_PERCENT) + 14)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_yticks(range(-100, int(axes.get_ylim()[1]) + 1, 20))
    axes.yaxis.set_major_formatter(lambda value, _: number(value))
    axes.set_ylabel("Best change from baseline (%)")
    _draw_letters(axes, bars, change, pitch)


def _letters(bar: Any) -> str:
    """Return the response of a patient as it stands at the bar."""
    letters = f"{bar.bor}*" if bar.bor != bar.confirmed_bor else str(bar.bor)
    beyond = bar.change_percent > _HIGHEST
    return f"{letters} +{bar.change_percent:.0f}" if beyond else letters


def _draw_letters(
    axes: Axes, bars: pd.DataFrame, change: pd.Series, pitch: float
) -> None:
    """Write the response at each bar: across if it fits, else upright, else not."""
    letters = [_letters(bar) for bar in bars.itertuples()]
    widest = max(text_width_mm(text, size=SMALL_SIZE) for text in letters)
    if pitch < UPRIGHT_MM:
        return
    upright = widest > pitch
    for place, (text, value) in enumerate(zip(letters, change, strict=True)):
        axes.annotate(
            text,
            (place, value),
            xytext=(0, 2 if value >= 0 else -2),
            textcoords="offset points",
            ha="center",
            va="bottom" if value >= 0 else "top",
            rotation=90 if upright else 0,
            fontsize=SMALL_SIZE,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
        )


def _draw_strips(sheet: Sheet, bars: pd.DataFrame, top: float, width: float) -> None:
    axes = sheet.axes(_LEFT_MM, top, width, _STRIP_MM)
    draw_cells(axes, bars["bor"].tolist(), RESPONSES)
    name_strip(sheet, _LEFT_MM, top + _STRIP_MM / 2, "Response")
    if bars["landmark"].notna().any():
        top += _STRIP_MM + 1
        axes = sheet.axes(_LEFT_MM, top, width, _STRIP_MM)
        names = bars["clearance"].tolist()
        if width / len(bars) > _SYMBOL_MM:
            draw_symbols(axes, names, CLEARANCES, size=4.0)
        else:
            draw_cells(axes, names, CLEARANCES)
        landmark = shown(bars["landmark"].iloc[0])
        name_strip(sheet, _LEFT_MM, top + _STRIP_MM / 2, f"ctDNA at {landmark}")
