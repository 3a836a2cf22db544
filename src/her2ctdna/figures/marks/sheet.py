"""The sheet that a figure is drawn on: header, key, panels, stamp, in millimetres."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.text import Text

from her2ctdna.figures.marks.palette import Look
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    INK,
    MM_PER_INCH,
    MUTED,
    SMALL_SIZE,
    TEXT_SIZE,
    TITLE_SIZE,
    Style,
    shorten,
    shown,
    text_height_mm,
    text_width_mm,
    wrap,
)

MARGIN_MM = 2.0
FOOTER_MM = 5.5
STAMP = "SYNTHETIC DATA"
STAMP_MM = 26.0
_ARROW = 2.2
"""An arrow is half as long as its marker, and thin."""


class Study(TypedDict):
    """What a figure says of the study that it is from."""

    id: str
    title: str
    synthetic: bool
    analysis: str
    definitions: str


"""``id``, ``title`` and ``synthetic`` of the config's ``study``, with the name of the
``analysis`` and the id of its ``definitions``."""


@dataclass(frozen=True)
class Sheet:
    """A figure measured in millimetres from the top left of its content.

    The content lies between the header (title, subtitle) and the footer (study and,
    for a made-up study, the stamp).
    """

    figure: Figure
    width_mm: float
    height_mm: float
    header_mm: float

    @property
    def title(self) -> str:
        """The finding, on one line."""
        return self.figure.get_suptitle().replace("\n", " ")

    def place(self, left: float, top: float) -> tuple[float, float]:
        """Return a point of the content in figure coordinates."""
        return left / self.width_mm, 1 - (self.header_mm + top) / self.height_mm

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes; without a width or height they could not be drawn."""
        x, y = self.place(left, top + height)
        return self.figure.add_axes(
            (x, y, width / self.width_mm, height / self.height_mm)
        )

    def text(self, left: float, top: float, text: str, **style: Any) -> Text:
        """Write text whose top left is at a point, unless ``style`` says else."""
        x, y = self.place(left, top)
        style = {"va": "top", "ha": "left", "fontsize": TEXT_SIZE, **style}
        return self.figure.text(x, y, text, **style)

    def rectangle(
        self, left: float, top: float, width: float, height: float, **style: Any
    ) -> None:
        """Draw a box."""
        corner = self.place(left, top + height)
        size = width / self.width_mm, height / self.height_mm
        box = Rectangle(corner, *size, transform=self.figure.transFigure, **style)
        self.figure.add_artist(box)

    def line(self, xs: Sequence[float], ys: Sequence[float], **style: Any) -> None:
        """Draw a line through points."""
        points = [self.place(x, y) for x, y in zip(xs, ys, strict=True)]
        self.figure.add_artist(Line2D(*zip(*points, strict=True), **style))


def marker(look: Look, size: float) -> Style:
    """Return the style of a marker without a line."""
    is_open = isinstance(look.marker, Path)
    is_stroke = is_open or look.marker in {"x", "+", "_", "|"}
    return {
        "marker": look.marker,
        "markersize": size * (_ARROW if is_open else 1),
        "markerfacecolor": "none" if is_open else look.colour,
        "markeredgecolor": look.ink if is_stroke else look.edge,
        "markeredgewidth": 0.8 if is_stroke else 0.5,
        "linestyle": "none",
    }


def open_sheet(
    content_mm: float,
    *,
    title: str,
    subtitle: str,
    study: Study,
    width_mm: float = DOUBLE_COLUMN_MM,
) -> Sheet:
    """Return a sheet with its header and footer, ``content_mm`` high in between.

    The title says what was found, the subtitle in whom and by which definition;
    both are wrapped to the width.
    """
    room = width_mm - 2 * MARGIN_MM
    titles = wrap(title, room, size=TITLE_SIZE, bold=True)
    subtitles = wrap(subtitle, room, size=TEXT_SIZE) if subtitle else []
    title_mm = len(titles) * text_height_mm(TITLE_SIZE)
    header = MARGIN_MM + title_mm + len(subtitles) * text_height_mm(TEXT_SIZE) + 2.5
    height = header + content_mm + FOOTER_MM
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height / MM_PER_INCH))
    sheet = Sheet(figure, width_mm, height, header)
    left, top = sheet.place(MARGIN_MM, MARGIN_MM - header)
    figure.suptitle(
        "\n".join(titles),
        x=left,
        y=top,
        ha="left",
        va="top",
        fontsize=TITLE_SIZE,
        fontweight="bold",
        color=INK,
    )
    below = MARGIN_MM + title_mm + 0.8 - header
    sheet.text(MARGIN_MM, below, "\n".join(subtitles), color=MUTED)
    _write_footer(sheet, content_mm, study)
    return sheet


def _write_footer(sheet: Sheet, content_mm: float, study: Study) -> None:
    """Name the study, the analysis and its definitions; stamp what is made up."""
    middle = content_mm + FOOTER_MM / 2 + 0.4
    room = sheet.width_mm - STAMP_MM - 2 * MARGIN_MM
    made_by = f"{shown(study['analysis'])}, definitions {study['definitions']}"
    name = f"{shown(study['id'])} · {shown(study['title'])}"
    left = room - text_width_mm(f" · {made_by}", size=SMALL_SIZE)
    line = f"{shorten(name, max(left, room / 3), size=SMALL_SIZE)} · {made_by}"
    line = shorten(line, room, size=SMALL_SIZE)
    style = {"fontsize": SMALL_SIZE, "va": "center_baseline"}
    sheet.text(MARGIN_MM, middle, line, color=MUTED, **style)
    if study["synthetic"]:
        width = text_width_mm(STAMP, size=SMALL_SIZE, bold=True) + 3
        left = sheet.width_mm - MARGIN_MM - width
        box = {"facecolor": "none", "edgecolor": INK, "linewidth": 0.7}
        sheet.rectangle(left, middle - 1.7, width, 3.4, **box)
        style |= {"fontweight": "bold", "ha": "center", "color": INK}
        sheet.text(left + width / 2, middle, STAMP, **style)


def plot_nothing(
    reason: str, *, title: str, study: Study, width_mm: float = DOUBLE_COLUMN_MM
) -> Figure:
    """Return a figure that says why there is nothing to draw.

    The reason is the label of the figure too: where that can be said in a sentence no
    picture of it is shown.
    """
    sheet = open_sheet(30, title=title, subtitle="", study=study, width_mm=width_mm)
    box = {"facecolor": "#F5F5F5", "edgecolor": "none"}
    sheet.rectangle(MARGIN_MM, 0, width_mm - 2 * MARGIN_MM, 28, **box)
    lines = "\n".join(wrap(reason, width_mm - 6 * MARGIN_MM, size=TEXT_SIZE))
    sheet.text(width_mm / 2, 14, lines, ha="center", va="center", color=MUTED)
    sheet.figure.set_label(reason)
    return sheet.figure
