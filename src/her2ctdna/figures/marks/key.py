"""The key of a figure: named rows of swatches with their words."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from her2ctdna.figures.marks.palette import RESPONSES, WHITE, Look
from her2ctdna.figures.marks.sheet import MARGIN_MM, Sheet, marker
from her2ctdna.figures.marks.style import DOUBLE_COLUMN_MM, MUTED, text_width_mm

Swatch = Literal["patch", "line", "marker"]

_ROW_MM = 4.2
_SWATCH_MM = 4.0
_AFTER_SWATCH_MM = 1.0
_AFTER_WORDS_MM = 4.0


class Key(NamedTuple):
    """What one visual channel of a figure means: its name and its categories."""

    name: str
    looks: Sequence[Look]
    kind: Swatch


def key_of(
    name: str, looks: Mapping[str, Look], used: Collection[str], *, kind: Swatch
) -> Key:
    """Return the key of the categories that are in use, in the palette's order."""
    present = set(used)
    return Key(name, [look for key, look in looks.items() if key in present], kind)


def response_key(bor: Collection[str], *, kind: Swatch) -> list[Key]:
    """Return the key of best responses; none where nobody was assessed."""
    seen = set(bor) - {"MISSING", ""}
    return [key_of("Best response", RESPONSES, bor, kind=kind)] if seen else []


def measure_keys(keys: Sequence[Key], *, width_mm: float = DOUBLE_COLUMN_MM) -> float:
    """Return the height that `draw_keys` takes."""
    return _ROW_MM * sum(len(_fold(key, keys, width_mm)) for key in keys)


def draw_keys(sheet: Sheet, keys: Sequence[Key], *, top: float = 0.0) -> None:
    """Write each key on a row of its own, or on several if it is long."""
    middle = top + _ROW_MM / 2
    for key in keys:
        rows = _fold(key, keys, sheet.width_mm)
        if rows:
            style = {"va": "center_baseline", "color": MUTED}
            sheet.text(MARGIN_MM, middle, key.name, **style)
        for row in rows:
            x = _names_mm(keys)
            for look in row:
                _draw_swatch(sheet, look, x, middle, key.kind)
                start = x + _SWATCH_MM + _AFTER_SWATCH_MM
                sheet.text(start, middle, look.label, va="center_baseline")
                x += _entry_mm(look)
            middle += _ROW_MM


def _names_mm(keys: Sequence[Key]) -> float:
    widest = max((text_width_mm(key.name) for key in keys), default=0.0)
    return MARGIN_MM + (widest + 3 if widest else 0)


def _entry_mm(look: Look) -> float:
    around = _SWATCH_MM + _AFTER_SWATCH_MM + _AFTER_WORDS_MM
    return around + text_width_mm(look.label)


def _fold(key: Key, keys: Sequence[Key], width_mm: float) -> list[list[Look]]:
    """Return the categories of a key in rows that fit the width."""
    rows: list[list[Look]] = []
    end = width_mm
    for look in key.looks:
        if end + _entry_mm(look) - _AFTER_WORDS_MM > width_mm - MARGIN_MM:
            rows.append([])
            end = _names_mm(keys)
        rows[-1].append(look)
        end += _entry_mm(look)
    return rows


def _draw_swatch(sheet: Sheet, look: Look, x: float, y: float, kind: Swatch) -> None:
    """Draw the sample of a category, centred on ``y``."""
    if kind == "patch":
        pale = look.colour == WHITE or look.hatch
        sheet.rectangle(
            x,
            y - 1.1,
            _SWATCH_MM,
            2.2,
            facecolor=look.colour,
            edgecolor=MUTED if pale else look.colour,
            hatch=look.hatch,
        )
    elif kind == "line":
        style = {"color": look.ink, "linestyle": look.line, "linewidth": 1.2}
        sheet.line([x, x + _SWATCH_MM], [y, y], **style)
    else:
        sheet.line([x + _SWATCH_MM / 2], [y], **marker(look, 4.0))
