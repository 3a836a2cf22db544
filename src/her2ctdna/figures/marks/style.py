"""The style of all figures: sizes, words, and text that is only text."""

import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from math import floor, log10
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from her2ctdna.figures.marks.fonts import register_fonts
from her2ctdna.wording import spell

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0
DOUBLE_COLUMN_MM = 183.0
ONE_AND_A_HALF_COLUMN_MM = 125.0
SINGLE_COLUMN_MM = 89.0

TITLE_SIZE = 8.5
TEXT_SIZE = 6.5
SMALL_SIZE = 5.5

DAYS_PER_MONTH = 30.4375
DAYS_PER_WEEK = 7.0

INK = "#1A1A1A"
MUTED = "#5C5C5C"
FAINT = "#C8C8C8"

Style = dict[str, Any]
"""Keyword arguments of Matplotlib, which has no types for them itself."""

_STYLE = Path(__file__).with_name("her2ctdna.mplstyle")
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw and save in the style of the package, whatever a user has set.

    Matplotlib's warning of each sign that no font has is silenced: `save_figure`
    logs them.
    """
    register_fonts()
    style = matplotlib.rc_params_from_file(_STYLE, use_default_template=True)
    own: dict[Any, Any] = {key: style[key] for key in style if key != "backend"}
    with matplotlib.rc_context(own), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def shown(text: object) -> str:
    """Return a value of the study as it may stand in a figure.

    Characters that print nothing but steer a renderer (control, direction marks)
    become their code, as in ``<U+202E>``; missing is empty.
    """
    if text is None or text != text:
        return ""
    return "".join(
        f"<U+{ord(character):04X}>"
        if unicodedata.category(character) in _INVISIBLE
        else character
        for character in str(text)
    )


def words(name: str) -> str:
    """Return a column or group name as words: ``hr_status`` is ``HR status``."""
    return spell(shown(name))


def percent(share: float, digits: int = 0) -> str:
    """Return a share as a percentage, with a minus sign and a fixed space."""
    return f"{number(100 * share, digits)}\N{NO-BREAK SPACE}%"


def number(value: float, digits: int = 0) -> str:
    """Return a number with a typographic minus; missing is an en dash."""
    if value != value:
        return "\N{EN DASH}"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")


def points(difference: float, low: float, high: float) -> str:
    """Return a difference of rates with its interval, in percentage points."""
    return f"{number(100 * difference)} points {interval(100 * low, 100 * high, 0)}"


def interval(low: float, high: float, digits: int) -> str:
    """Return limits in brackets that stay on one line."""
    space = "\N{NO-BREAK SPACE}"
    return f"({number(low, digits)}{space}to{space}{number(high, digits)})"


def ratio(value: float, low: float, high: float) -> str:
    """Return a ratio with its limits; what is below 0.1 keeps two digits, not 0.00."""
    space = "\N{NO-BREAK SPACE}"
    written = [number(each, _decimals(each)) for each in (value, low, high)]
    return f"{written[0]} ({written[1]}{space}to{space}{written[2]})"


def hazard(
    value: float,
    low: float,
    high: float,
    penalised: tuple[float, float, float] | None = None,
) -> str:
    """Return a hazard ratio with its limits; where it is monotone, the one there is.

    Beside that one Firth's estimate and limits (``penalised``) of the same patients.
    """
    if value == value:
        return ratio(value, low, high)
    if low != low and high != high:
        return "not estimable"
    word, limit = ("above", low) if low == low else ("below", high)
    written = f"{word} {number(limit, _decimals(limit))}"
    if penalised is None or penalised[0] != penalised[0]:
        return written
    first, *limits = (number(each, _decimals(each)) for each in penalised)
    return f"{written} (penalised {first}, {' to '.join(limits)})"


def _decimals(value: float) -> int:
    return 1 - floor(log10(value)) if 0 < value < 0.095 else 2


def months(days: float) -> str:
    """Return a time in months; one that is missing was not reached."""
    return "not reached" if days != days else f"{days / DAYS_PER_MONTH:.1f}"


@lru_cache(maxsize=8192)
def text_width_mm(text: str, *, size: float = TEXT_SIZE, bold: bool = False) -> float:
    """Return the width of one line of text."""
    font = FontProperties(size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, False)
    return float(width) / POINTS_PER_INCH * MM_PER_INCH


def text_height_mm(size: float) -> float:
    """Return the height of a line of text, leading included."""
    return size / POINTS_PER_INCH * MM_PER_INCH * 1.3


def wrap(text: str, width_mm: float, *, size: float, bold: bool = False) -> list[str]:
    """Break text into lines that fit a width; a word alone too long is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if text_width_mm(longer, size=size, bold=bold) <= width_mm:
            line = longer
            continue
        if line:
            lines.append(line)
        line = shorten(word, width_mm, size=size, bold=bold)
    return [*lines, line]


def shorten(text: str, width_mm: float, *, size: float, bold: bool = False) -> str:
    """Return text, cut with an ellipsis if it is wider than ``width_mm``."""
    if text_width_mm(text, size=size, bold=bold) <= width_mm:
        return text
    while text and text_width_mm(f"{text}…", size=size, bold=bold) > width_mm:
        text = text[:-1]
    return f"{text}…"
