"""The palette: how each category is named and drawn in every figure."""

from typing import Literal, NamedTuple

from matplotlib.path import Path

WHITE = "#FFFFFF"


Line = Literal["-"] | tuple[float, tuple[float, ...]]
"""A line style of Matplotlib: solid, or an offset and the lengths of its dashes."""

DASHED: Line = (0, (4, 1.5))
DOTTED: Line = (0, (1, 1))
DASHDOT: Line = (0, (4, 1, 1, 1))


DOWN_ARROW = Path(
    [(-0.45, 0), (0.45, 0), (0, 0), (0, -1), (-0.3, -0.6), (0, -1), (0.3, -0.6)],
    [Path.MOVETO, Path.LINETO, *[Path.MOVETO, Path.LINETO] * 2, Path.LINETO],
)
"""A marker: a bound, and an arrow to where the value lies."""


class Look(NamedTuple):
    """How a category is named and drawn.

    Colour is never the only carrier: in print a category is told by its marker, its
    line or its hatch as well. ``dark`` is for lines and words, where ``colour`` is
    too pale on white; ``edge`` goes around a marker.
    """

    label: str
    colour: str
    marker: str | Path = "o"
    line: Line = "-"
    hatch: str = ""
    dark: str = ""
    edge: str = "#1A1A1A"

    @property
    def ink(self) -> str:
        """The colour of lines and words."""
        return self.dark or self.colour


# Hatches are lines: one of dots is a hundred times as many bytes in a drawing.
# Colours after Okabe and Ito (HER2), ColorBrewer PRGn (response) and Paul Tol
# (consequence): told apart with any colour vision, and in grey by lightness.
HER2_GROUPS = {
    "zero": Look("HER2-zero", "#0072B2", "o", DASHED),
    "low": Look("HER2-low", "#E69F00", "^", "-", dark="#B27500"),
    "": Look("no HER2 group", "#DCDCDC", "s", DOTTED, dark="#6B6B6B"),
}
ALL_TREATED = {"all": Look("all", "#3A3A3A")}
RESPONSES = {
    "CR": Look("complete (CR)", "#00682F"),
    "PR": Look("partial (PR)", "#5AAE61"),
    "CR_unconfirmed": Look(
        "CR, not confirmed", "#A9CDB6", line=DASHDOT, hatch="xxxx", dark="#4E8F68"
    ),
    "PR_unconfirmed": Look(
        "PR, not confirmed", "#D3EBD3", line=DASHDOT, hatch="\\\\\\\\", dark="#5AAE61"
    ),
    "SD": Look("stable disease (SD)", "#CFCFCF", line=DASHED, dark="#858585"),
    "NON-CR/NON-PD": Look(
        "non-CR/non-PD", "#CFCFCF", line=DOTTED, hatch="||||", dark="#858585"
    ),
    "PD": Look("progression (PD)", "#40004B"),
    "NE": Look("not evaluable (NE)", WHITE, line=DOTTED, hatch="/////", dark="#858585"),
    "MISSING": Look("not assessed", WHITE, line=DOTTED, dark="#858585"),
}
STATES = {
    "detected": Look("detected", "#1A1A1A", "o", edge=WHITE),
    "undetected": Look("undetected", WHITE, "o"),
    "not_evaluable": Look("not evaluable", "#7A7A7A", "X", edge=WHITE),
    "failed_qc": Look("failed QC", "#7A7A7A", "P", edge=WHITE),
}
CLEARANCES = {
    "cleared": Look("cleared", "#009E73", "o", "-"),
    "not_cleared": Look("not cleared", "#882255", "s", DASHED),
    "not_shedding": Look("not shedding at baseline", "#B7D9EC", "D", DOTTED),
    "uninformative": Look("could not have seen enough", "#E0E0E0", "v", "-", "/////"),
    "not_measured": Look("not measured", "#F5F5F5", "^", "-", "|||||"),
    "missing": Look("missing", WHITE, "x", DOTTED, dark="#7A7A7A"),
}
# From dark to light: absent, 2+, ultralow, 1+; what is rarer is hatched.
LEVELS = {
    "absent": Look("absent", "#003A5D"),
    "ultralow": Look("ultralow", "#3F93C8"),
    "1+": Look("1+", "#F0BF52"),
    "2+": Look("2+", "#8F5600"),
}
HER2_CATEGORIES = {
    "absent": LEVELS["absent"],
    "ultralow": LEVELS["ultralow"],
    "zero_unspecified": Look("zero unspecified", "#A9D2EC", hatch="////"),
    "1+": LEVELS["1+"],
    "2+": LEVELS["2+"],
    "low": Look("low, level unknown", "#F7DFA8", hatch="----"),
    "indeterminate": Look("indeterminate", "#D0D0D0", hatch="\\\\\\\\"),
    "positive": Look("positive", "#7A1F2B", hatch="xxxx"),
}
HER2_CLASSES = HER2_CATEGORIES | {"": Look("no HER2 class", WHITE, dark="#6B6B6B")}
"""The classes, level by level, and who has none."""
CONSEQUENCES = {
    "truncating": Look("truncating (stop, frameshift)", "#332288"),
    "splice": Look("splice site", "#8A2F45"),
    "missense": Look("missense", "#44AA99"),
    "inframe": Look("in-frame insertion or deletion", "#EFE3A0"),
    "other": Look("other or not annotated", "#BBBBBB"),
}
VAF_STEPS = {
    "to_0.1": Look("below 0.1\N{NO-BREAK SPACE}%", "#D4C6E6"),
    "to_1": Look("0.1 to 1\N{NO-BREAK SPACE}%", "#A284C4"),
    "to_10": Look("1 to 10\N{NO-BREAK SPACE}%", "#6B3FA0"),
    "more": Look("10\N{NO-BREAK SPACE}% or more", "#2D0A57"),
}
"""Steps of a log scale, from pale to dark: told apart by lightness alone."""
MODELS = {
    "model_clinical": Look("clinical alone", "#7A7A7A", "s", DASHED),
    "model_full": Look("with biomarkers", "#6B3FA0", "o", "-"),
}
