"""Figure ``her2_distribution``: patients by HER2 class and level."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.key import draw_keys, key_of, measure_keys
from her2ctdna.figures.marks.palette import HER2_GROUPS, LEVELS
from her2ctdna.figures.marks.sheet import Study, open_sheet, plot_nothing
from her2ctdna.figures.marks.style import (
    INK,
    MUTED,
    SINGLE_COLUMN_MM,
    percent,
    words,
)
from her2ctdna.wording import count_of

_BEYOND_LEVELS = (
    "zero_unspecified",
    "low",
    "positive",
    "indeterminate",
    "missing",
)
_ORDER = ("absent", "ultralow", "zero_unspecified", "1+", "2+", *_BEYOND_LEVELS[1:])
_LABELS = {
    "absent": "IHC 0, absent",
    "ultralow": "IHC 0, ultralow",
    "zero_unspecified": "IHC 0, unspecified",
    "1+": "IHC 1+",
    "2+": "IHC 2+, ISH negative",
    "low": "low, level not known",
    "missing": "no reading",
}
_ROW_MM = 5.0
_LEFT_MM = 35.0
_RIGHT_MM = 16.0


def derive_her2_distribution(status: pd.DataFrame) -> pd.DataFrame:
    """Return the number of patients by HER2 level, or by class where there is none.

    The four levels are always there; other classes only if a patient has them.
    ``N`` is every enrolled patient; ``her2_group`` is missing where no group is.
    """
    category = status["her2_level"].fillna(status["her2_class"])
    rows = [
        _row(name, status[category == name], len(status))
        for name in _ORDER
        if name in LEVELS or (category == name).any()
    ]
    return pd.DataFrame(rows, columns=["category", "her2_group", "n", "N"])


def _row(name: str, members: pd.DataFrame, total: int) -> dict[str, object]:
    groups = members["her2_group"].dropna()
    return {
        "category": name,
        "her2_group": groups.iloc[0] if len(groups) else None,
        "n": len(members),
        "N": total,
    }


def plot_her2_distribution(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw a bar a category, by expression from absent to 2+, coloured by group."""
    if not drawn["n"].sum():
        return plot_nothing(
            "There is no patient.",
            title="HER2 status",
            study=study,
            width_mm=SINGLE_COLUMN_MM,
        )
    used = drawn.loc[drawn["n"] > 0, "her2_group"].fillna("")
    keys = [key_of("", HER2_GROUPS, used, kind="patch")]
    top = measure_keys(keys, width_mm=SINGLE_COLUMN_MM) + 1
    height = _ROW_MM * len(drawn)
    sheet = open_sheet(
        top + height + 7,
        title=_title(drawn),
        subtitle=f"N = {count_of(drawn['N'].iloc[0], 'patient')} enrolled; one "
        "reading each",
        study=study,
        width_mm=SINGLE_COLUMN_MM,
    )
    draw_keys(sheet, keys)
    width = SINGLE_COLUMN_MM - _LEFT_MM - _RIGHT_MM
    _draw_bars(sheet.axes(_LEFT_MM, top, width, height), drawn)
    return sheet.figure


def draw_her2_distribution(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw the HER2 classes, from the chosen reading of each patient."""
    drawn = derive_her2_distribution(given.tables["her2_status"])
    return drawn, plot_her2_distribution(drawn, study=given.study)


def _title(drawn: pd.DataFrame) -> str:
    total = drawn["N"].iloc[0]
    low, zero = (
        drawn.loc[drawn["her2_group"] == group, "n"].sum() for group in ("low", "zero")
    )
    return (
        f"HER2-low in {low} of {count_of(total, 'patient')} ({percent(low / total)}), "
        f"HER2-zero in {zero} ({percent(zero / total)})"
    )


def _draw_bars(axes: Axes, drawn: pd.DataFrame) -> None:
    rows = range(len(drawn))
    colours = [HER2_GROUPS[name].colour for name in drawn["her2_group"].fillna("")]
    axes.barh(rows, drawn["n"], height=0.7, color=colours)
    axes.set_yticks(
        rows, [_LABELS.get(name, words(name)) for name in drawn["category"]]
    )
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    axes.set_xlim(0, drawn["n"].max())
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_xlabel("Patients")
    axes.tick_params(axis="y", length=0)
    for row, (n, total) in enumerate(zip(drawn["n"], drawn["N"], strict=True)):
        axes.annotate(
            f"{n} ({percent(n / total)})",
            (n, row),
            xytext=(3, 0),
            textcoords="offset points",
            va="center_baseline",
            color=INK if n else MUTED,
            annotation_clip=False,
        )
