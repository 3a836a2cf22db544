"""Save a figure with the numbers it draws, so that equal input gives equal bytes.

Text stays text in the SVG, not outlines: it can be searched, read aloud, restyled by
an editor, and its file is a third of the size. A viewer without DejaVu Sans takes
the next of the stack, all as wide or narrower, so nothing runs over. The PDF, the
form for print, embeds the TrueType subset that it needs.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from typing import Any

import pandas as pd
from matplotlib import font_manager
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.text import Text

from her2ctdna.figures.marks.fonts import FAMILY
from her2ctdna.figures.marks.style import figure_style
from her2ctdna.tables import write_table

logger = logging.getLogger(__name__)

FORMATS = ("svg", "pdf", "png")
FALLBACK_FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans",
)
"""For writing that DejaVu Sans lacks, the first that is installed."""


def save_figure(figure: Figure, drawn: pd.DataFrame, stem: str) -> None:
    """Write ``stem`` as .svg, .pdf and .png and the drawn numbers as .tsv.

    No file holds a date, a version or a random id. Writing that no installed font
    has (Chinese without a Chinese font) is right in the SVG, and boxes in PDF and
    PNG; the log says so. The SVG of a figure that shows nobody (`plot_nothing`) says
    why in its description.
    """
    with figure_style():
        _use_fallback_fonts(figure.findobj(Text))
        title = figure.get_suptitle().replace("\n", " ")
        for form in FORMATS:
            metadata = _metadata(form, title)
            if form == "svg" and figure.get_label():
                metadata["Description"] = str(figure.get_label())
            figure.savefig(f"{stem}.{form}", format=form, metadata=metadata)
    write_table(drawn, f"{stem}.tsv")


def save_pages(
    pages: Callable[[], Iterable[Figure]], drawn: pd.DataFrame, stem: str, *, title: str
) -> None:
    """Write ``stem`` as a .pdf of pages and the drawn numbers as .tsv.

    As `save_figure`. ``pages`` draws them in the style of the package, one at a time:
    a page is let go once it is written, so that memory does not grow with them.
    """
    metadata = _metadata("pdf", title)
    with figure_style(), PdfPages(f"{stem}.pdf", metadata=metadata) as pdf:
        for figure in pages():
            inner = (text for axes in figure.axes for text in axes.texts)
            _use_fallback_fonts([*figure.texts, *inner])
            figure.savefig(pdf, format="pdf")
    write_table(drawn, f"{stem}.tsv")


def _metadata(form: str, title: str) -> dict[str, object]:
    """Return the metadata of a file: its title, and nothing that may change."""
    if form == "svg":
        return {"Title": title, "Date": None, "Creator": None}
    if form == "pdf":
        return {"Title": title, "CreationDate": None, "Creator": None, "Producer": None}
    return {"Software": None}


def _use_fallback_fonts(texts: Iterable[Any]) -> None:
    """Give text in other writing systems a font that has it, if there is one."""
    default = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    known = default.get_charmap()
    foreign = [text for text in texts if not _is_covered(text, known)]
    if not foreign:
        return
    installed = set(font_manager.get_font_names())
    families = [name for name in FALLBACK_FONTS if name in installed]
    for text in foreign:
        text.set_fontfamily([FAMILY, "sans-serif", *families])
        logger.warning("not in DejaVu Sans: %r; tried %s", text.get_text(), families)


def _is_covered(text: Text, known: Collection[int]) -> bool:
    return all(ord(letter) in known for letter in text.get_text() if letter != "\n")
