"""Figure ``waterfall``: best change of the tumour of each patient."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.key import Key, Swatch, draw_keys, key_of, measure_keys
from her2ctdna.figures.marks.palette import (
    CLEARANCES,
    HER2_CLASSES,
    RESPONSES,
    WHITE,
    Look,
)
from her2ctdna.figures.marks.sheet import (
    MARGIN_MM,
    Sheet,
    Study,
    open_sheet,
    plot_nothing,
)
from her2ctdna.figures.marks.strips import (
    UPRIGHT_MM,
    draw_cells,
    draw_symbols,
    is_pale,
    measure_ids,
    name_columns,
    name_strip,
    write_ids,
)
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    INK,
    MUTED,
    SMALL_SIZE,
    Style,
    number,
    shorten,
    shown,
    text_height_mm,
    text_width_mm,
    wrap,
)
from her2ctdna.figures.waterfall_table import (
    Clearances,
    derive_waterfall,
    find_clearances,
)
from her2ctdna.response.recist_criteria import (
    PARTIAL_RESPONSE_PERCENT,
    PROGRESSION_PERCENT,
)
from her2ctdna.wording import count_of

_LEFT_MM = 24.0
_RIGHT_MM = 9.0
_BARS_MM = 62.0
_STRIP_MM = 3.0
_SYMBOL_MM = 1.6
"""Where bars are narrower, the symbols of ctDNA become cells."""
_WIDEST_BAR_MM = 8.0
_LOWEST = -112.0
_HIGHEST = 100.0
"""Growth beyond this percentage is cut, and written at the bar."""


def plot_waterfall(
    drawn: pd.DataFrame, *, landmarks: Sequence[str], study: Study
) -> Figure:
    """Draw a bar a patient, and below it best response and ctDNA clearance."""
    bars = drawn[drawn["change_percent"].notna()]
    if bars.empty:
        return plot_nothing(
            f"None of {count_of(len(drawn), 'patient')} treated has a measured "
            "change of target "
            "lesions.",
            title="Best change of target lesions",
            study=study,
        )
    width = min(_WIDEST_BAR_MM * len(bars), DOUBLE_COLUMN_MM - _LEFT_MM - _RIGHT_MM)
    pitch = width / len(bars)
    clearances = find_clearances(drawn, landmarks)
    keys, notes = _keys(drawn, [*clearances.values()], pitch), _notes(drawn, pitch)
    ids = name_columns(bars["patient_id"], pitch)
    strips = (_STRIP_MM + 1) * (1 + len(clearances))
    top = measure_keys(keys) + 1
    below = top + _BARS_MM + 1 + strips + measure_ids(ids)
    sheet = open_sheet(
        below + len(notes) * text_height_mm(SMALL_SIZE) + 2,
        title=_title(bars),
        subtitle=_subtitle(drawn, bars, pitch),
        study=study,
    )
    draw_keys(sheet, keys)
    _draw_bars(sheet.axes(_LEFT_MM, top, width, _BARS_MM), bars, pitch)
    _draw_strips(sheet, bars, clearances, top + _BARS_MM + 1, width)
    write_ids(sheet, ids, left=_LEFT_MM, top=below - measure_ids(ids), pitch=pitch)
    style = {"fontsize": SMALL_SIZE, "color": MUTED, "linespacing": 1.25}
    sheet.text(MARGIN_MM, below + 1, "\n".join(notes), **style)
    return sheet.figure


def draw_waterfall(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw best change of target lesions, from the table of patients."""
    drawn = derive_waterfall(given.tables["patients"], landmarks=given.landmarks)
    return drawn, plot_waterfall(drawn, landmarks=given.landmarks, study=given.study)


def _title(bars: pd.DataFrame) -> str:
    shrunk = int((bars["change_percent"] <= PARTIAL_RESPONSE_PERCENT).sum())
    return (
        f"Target lesions shrank by {-PARTIAL_RESPONSE_PERCENT:g}\N{NO-BREAK SPACE}% "
        f"or more in {shrunk} of "
        f"{count_of(len(bars), 'patient')} with a measurement"
    )


def _subtitle(drawn: pd.DataFrame, bars: pd.DataFrame, pitch: float) -> str:
    letters = " Letters: best response, * not confirmed."
    return (
        f"{count_of(len(drawn), 'patient')} treated; best change of the sum of "
        "target diameters "
        f"from baseline, coloured by {_colours(bars)[0]}."
        f"{letters if pitch >= UPRIGHT_MM else ''}"
    )


def _colours(drawn: pd.DataFrame) -> tuple[str, str, Mapping[str, Look]]:
    """Return what the bars are coloured by, its column, and its looks.

    By HER2 class; where nobody has one, by best response.
    """
    if drawn["her2_category"].any():
        return "HER2", "her2_category", HER2_CLASSES
    return "best response", "bor", RESPONSES


def _notes(drawn: pd.DataFrame, pitch: float) -> list[str]:
    """Return the lines that name patients without a bar, and cut bars without words."""
    space = "\N{NO-BREAK SPACE}"
    missing = drawn[drawn["change_percent"].isna()]
    why = missing["bor"].replace("MISSING", f"not{space}assessed")
    groups = {"Without a measured change": zip(missing["patient_id"], why, strict=True)}
    if pitch < UPRIGHT_MM:
        cut = drawn[drawn["change_percent"] > _HIGHEST]
        values = cut["change_percent"].map(lambda change: f"+{change:.0f}{space}%")
        name = f"Cut at +{_HIGHEST:.0f}{space}%"
        groups[name] = zip(cut["patient_id"], values, strict=True)
    lines: list[str] = []
    for name, members in groups.items():
        named = [f"{shown(patient)}{space}({word})" for patient, word in members]
        text = f"{name} (n = {len(named)}): {', '.join(named)}"
        room = DOUBLE_COLUMN_MM - 2 * MARGIN_MM
        lines += wrap(text, room, size=SMALL_SIZE) if named else []
    return lines


def _keys(drawn: pd.DataFrame, clearances: list[str], pitch: float) -> list[Key]:
    """Return what the colours of bars and strips mean."""
    category = drawn["her2_category"]
    bars = drawn["change_percent"].notna()
    keys = []
    if category.any():
        keys.append(key_of("HER2", HER2_CLASSES, category[bars], kind="patch"))
    keys.append(key_of("Response", RESPONSES, drawn["response"][bars], kind="patch"))
    if clearances:
        used = drawn.loc[bars, clearances].to_numpy()
        kind: Swatch = "marker" if pitch > _SYMBOL_MM else "patch"
        keys.append(key_of("ctDNA", CLEARANCES, used.ravel(), kind=kind))
    return keys


def _draw_bars(axes: Axes, bars: pd.DataFrame, pitch: float) -> None:
    change = bars["change_percent"].clip(upper=_HIGHEST)
    _, column, known = _colours(bars)
    looks = [known[name] for name in bars[column]]
    axes.bar(
        range(len(bars)),
        change,
        width=0.82,
        color=[look.colour for look in looks],
        edgecolor=[MUTED if is_pale(look) else "none" for look in looks],
        hatch=[look.hatch for look in looks],
    )
    _mark_cut(axes, bars, pitch)
    axes.axhline(0, color=INK, linewidth=0.6)
    for level in (PARTIAL_RESPONSE_PERCENT, PROGRESSION_PERCENT):
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
    _set_height(axes, bars, change, pitch)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_yticks(range(-100, int(axes.get_ylim()[1]) + 1, 20))
    axes.yaxis.set_major_formatter(lambda value, _: number(value))
    axes.set_ylabel("Best change from baseline (%)")
    _draw_letters(axes, bars, change, pitch)


def _mark_cut(axes: Axes, bars: pd.DataFrame, pitch: float) -> None:
    """Break the bars that go on beyond the axis."""
    is_cut = (bars["change_percent"] > _HIGHEST).to_numpy()
    places = np.flatnonzero(is_cut)
    slash: Style = {"marker": (2, 0, -60), "markersize": min(8.0, 3.0 * pitch)}
    style: Style = {
        "color": WHITE,
        "linestyle": "none",
        "markeredgewidth": 1.2,
        "zorder": 3,
    }
    axes.plot(places, np.full(len(places), 0.93 * _HIGHEST), **slash, **style)


def _set_height(
    axes: Axes, bars: pd.DataFrame, change: pd.Series, pitch: float
) -> None:
    """Give the y axis room for the letters of the highest bar."""
    letters, upright = _letters(bars, pitch)
    highest = [
        text
        for text, value in zip(letters, change, strict=True)
        if value == change.max()
    ]
    needed = max(
        text_width_mm(text, size=SMALL_SIZE)
        if upright
        else (text.count("\n") + 1) * text_height_mm(SMALL_SIZE)
        for text in highest or [""]
    )
    share = (needed + 2) / _BARS_MM
    peak = max(float(change.max()), PROGRESSION_PERCENT)
    axes.set_ylim(_LOWEST, (peak - _LOWEST * share) / (1 - share))


def _letters(bars: pd.DataFrame, pitch: float) -> tuple[list[str], bool]:
    """Return what stands at each bar, across if it fits, else upright, else nothing."""
    if pitch < UPRIGHT_MM:
        return [""] * len(bars), False
    words = [
        [
            f"{bar.bor}*" if bar.bor != bar.confirmed_bor else str(bar.bor),
            *([f"+{bar.change_percent:.0f}"] if bar.change_percent > _HIGHEST else []),
        ]
        for bar in bars.itertuples()
    ]
    widest = max(text_width_mm(word, size=SMALL_SIZE) for own in words for word in own)
    upright = widest > pitch
    return [(" " if upright else "\n").join(own) for own in words], upright


def _draw_letters(
    axes: Axes, bars: pd.DataFrame, change: pd.Series, pitch: float
) -> None:
    """Write at each bar the response and, where it is cut, the change."""
    letters, upright = _letters(bars, pitch)
    for place, (text, value) in enumerate(zip(letters, change, strict=True)):
        if not text:
            continue
        axes.annotate(
            text,
            (place, value),
            xytext=(0, 2 if value >= 0 else -2),
            textcoords="offset points",
            ha="center",
            va="bottom" if value >= 0 else "top",
            rotation=90 if upright else 0,
            fontsize=SMALL_SIZE,
            linespacing=1.1,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
        )


def _draw_strips(
    sheet: Sheet, bars: pd.DataFrame, clearances: Clearances, top: float, width: float
) -> None:
    axes = sheet.axes(_LEFT_MM, top, width, _STRIP_MM)
    draw_cells(axes, bars["response"].tolist(), RESPONSES)
    name_strip(sheet, _LEFT_MM, top + _STRIP_MM / 2, "Response")
    for landmark, column in clearances.items():
        top += _STRIP_MM + 1
        axes = sheet.axes(_LEFT_MM, top, width, _STRIP_MM)
        names = bars[column].tolist()
        if width / len(bars) > _SYMBOL_MM:
            draw_symbols(axes, names, CLEARANCES, size=4.0)
        else:
            draw_cells(axes, names, CLEARANCES)
        word = shorten(f"ctDNA {shown(landmark)}", _LEFT_MM - 3, size=SMALL_SIZE)
        name_strip(sheet, _LEFT_MM, top + _STRIP_MM / 2, word)
