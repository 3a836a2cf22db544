"""The palette: how each category is named and drawn in every figure."""

from collections.abc import Mapping
from typing import NamedTuple

from her2ctdna.figures.style import words

WHITE = "#FFFFFF"


class Look(NamedTuple):
    """How a category is named and drawn.

    Colour is never the only carrier: in print a category is told by its marker, its
    line or its hatch as well.
    """

    label: str
    colour: str
    marker: str = "o"
    line: str | tuple[float, tuple[float, ...]] = "-"
    hatch: str = ""


# Colours after Okabe and Ito (HER2), ColorBrewer PRGn (response) and Paul Tol
# (consequence): told apart with any colour vision, and in grey by lightness.
HER2_GROUPS = {
    "zero": Look("HER2-zero", "#0072B2", "o", (0, (4, 1.5))),
    "low": Look("HER2-low", "#E69F00", "^", "-"),
    "": Look("no HER2 group", "#A8A8A8", "s", (0, (1, 1))),
}
RESPONSES = {
    "CR": Look("complete response", "#00682F"),
    "PR": Look("partial response", "#5AAE61"),
    "SD": Look("stable disease", "#CFCFCF"),
    "NON-CR/NON-PD": Look("non-CR/non-PD", "#CFCFCF", hatch="...."),
    "PD": Look("progressive disease", "#40004B"),
    "NE": Look("not evaluable", WHITE, hatch="/////"),
    "MISSING": Look("not assessed", WHITE),
}
STATES = {
    "detected": Look("detected", "#1A1A1A", "o"),
    "undetected": Look("undetected", WHITE, "o"),
    "not_evaluable": Look("not evaluable", "#8C8C8C", "x"),
    "failed_qc": Look("failed QC", "#8C8C8C", "+"),
    "missing": Look("no sample", "#8C8C8C", "_"),
}
CLEARANCES = {
    "cleared": Look("cleared", "#009E73", "o", "-"),
    "not_cleared": Look("not cleared", "#882255", "s", (0, (4, 1.5))),
    "not_shedding": Look("not shedding at baseline", "#B7D9EC", "D", (0, (1, 1))),
    "uninformative": Look("uninformative", "#E0E0E0", "v", "-", "/////"),
    "missing": Look("missing", WHITE, "x", ":"),
}
LEVELS = {
    "absent": Look("absent", "#004B78"),
    "ultralow": Look("ultralow", "#3F93C8"),
    "1+": Look("1+", "#F0BF52"),
    "2+": Look("2+", "#C27C00"),
}
CONSEQUENCES = {
    "truncating": Look("truncating (stop, frameshift)", "#332288"),
    "splice": Look("splice site", "#CC6677"),
    "missense": Look("missense", "#44AA99"),
    "inframe": Look("in-frame insertion or deletion", "#DDCC77"),
    "other": Look("other or not annotated", "#BBBBBB"),
}
OTHERS = (
    Look("", "#0072B2", "o", (0, (4, 1.5))),
    Look("", "#E69F00", "^", "-"),
    Look("", "#882255", "s", (0, (1, 1))),
    Look("", "#009E73", "D", (0, (4, 1.5, 1, 1.5))),
)
"""For categories that only the study knows, in order."""


def look_of(name: str, place: int, known: Mapping[str, Look]) -> Look:
    """Return the look of a category, known or, by its place, of `OTHERS`."""
    if name in known:
        return known[name]
    return OTHERS[place % len(OTHERS)]._replace(label=words(name))
