"""The font of the figures: DejaVu Sans, cut down to the signs that figures use.

A PDF embeds what it uses of a font, and to cut that out of all of DejaVu Sans takes
longer than to draw the figure. ``python -m her2ctdna.figures.marks.fonts`` makes the
files in ``ttf`` anew from those that come with Matplotlib. Signs that they lack are
taken from DejaVu Sans itself.
"""

from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager

FAMILY = "Her2ctdna Sans"
FOLDER = Path(__file__).with_name("ttf")

_CUTS = {
    "regular": "DejaVuSans",
    "bold": "DejaVuSans-Bold",
    "italic": "DejaVuSans-Oblique",
}
_SIGNS = (
    "U+0020-007E,U+00A0-017F,U+0391-03C9,U+2010-2026,U+202F,U+2030,U+2070-209C,"
    "U+20AC,U+2122,U+2190-2195,U+2205,U+2208,U+2212,U+221A,U+221E,U+2248,U+2260-2265"
)
_NAMES_OF_FAMILY = (1, 3, 4, 6, 16)


@cache
def register_fonts() -> None:
    """Let Matplotlib find the font by its name, `FAMILY`."""
    for name in _CUTS:
        font_manager.fontManager.addfont(FOLDER / f"{name}.ttf")


def build_fonts(folder: Path) -> None:
    """Write the font files; the same bytes from the same DejaVu Sans."""
    from fontTools import subset  # type: ignore[import-untyped]

    options = subset.Options(
        layout_features=["kern"], hinting=False, glyph_names=False, name_IDs=["*"]
    )
    options.drop_tables += ["FFTM"]
    for name, source in _CUTS.items():
        path = Path(matplotlib.get_data_path(), "fonts", "ttf", f"{source}.ttf")
        with subset.load_font(path, options) as font:
            subsetter = subset.Subsetter(options)
            subsetter.populate(unicodes=subset.parse_unicodes(_SIGNS))
            subsetter.subset(font)
            _rename(font)
            subset.save_font(font, folder / f"{name}.ttf", options)


def _rename(font: Any) -> None:
    """Tell the cut from the font that it is of."""
    for record in font["name"].names:
        if record.nameID in _NAMES_OF_FAMILY:
            text = record.toUnicode().replace("DejaVu Sans", FAMILY)
            record.string = text.replace("DejaVuSans", FAMILY.replace(" ", ""))


if __name__ == "__main__":
    build_fonts(FOLDER)
