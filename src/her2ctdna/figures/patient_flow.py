"""Figure ``patient_flow``: how many patients each analysis set holds, and why."""

import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.sheet import (
    MARGIN_MM,
    Sheet,
    Study,
    open_sheet,
    plot_nothing,
)
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    FAINT,
    INK,
    MUTED,
    SMALL_SIZE,
    shown,
    text_height_mm,
    words,
    wrap,
)
from her2ctdna.sets.set_names import read_clearance_set
from her2ctdna.wording import count_of

_LABELS = {
    "enrolled": "Enrolled",
    "all_treated": "Treated",
    "her2_evaluable": "HER2-evaluable",
    "response_evaluable": "Response-evaluable",
    "ctdna_evaluable": "ctDNA-evaluable",
}
_STEM = ("enrolled", "all_treated")
_PURPOSES = {
    "her2_evaluable": "HER2",
    "response_evaluable": "response",
    "ctdna_evaluable": "ctDNA",
}
_LINE_MM = text_height_mm(SMALL_SIZE)
_BOX_MM = 62.0
_BOX_HEIGHT_MM = 8.0
_GAP_MM = 4.0
_INDENT_MM = 9.0
_REASON_MM = 82.0
"""Where the text on excluded patients starts."""


def derive_patient_flow(flow: pd.DataFrame) -> pd.DataFrame:
    """Return the boxes of the flow: who stays, who leaves and why, from which set.

    The populations alone; ``parent`` is the set that the excluded were taken from.
    """
    columns = ["set", "label", "parent", "n", "excluded", "reason"]
    boxes = flow[flow["kind"] == "population"].rename(columns={"within": "parent"})
    labels = [_label(name) for name in boxes["set"]]
    return boxes.assign(label=labels)[columns].reset_index(drop=True)


def _label(name: str) -> str:
    found = read_clearance_set(name)
    if found is not None:
        return f"Able to show clearance at {shown(found[1])}"
    return _LABELS.get(name, words(name))


def plot_patient_flow(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the flow top down, a box a set, with the excluded beside it.

    The shade in a box is its share of the first set.
    """
    if drawn.empty:
        reason = "The flow of patients has no step."
        return plot_nothing(reason, title="Patient flow", study=study)
    notes = [_note(box) for _, box in drawn.iterrows()]
    heights = [max(_BOX_HEIGHT_MM, len(note) * _LINE_MM) for note in notes]
    tops = [sum(heights[:i]) + _GAP_MM * i for i in range(len(heights))]
    sheet = open_sheet(
        tops[-1] + heights[-1] + 2,
        title=_title(drawn),
        subtitle="A box is a set of patients, shaded by its share of the enrolled; "
        "excluded patients are counted from the set that its line comes from.",
        study=study,
    )
    places: dict[str, tuple[float, float]] = {}
    for (_, box), note, top in zip(drawn.iterrows(), notes, tops, strict=True):
        left = _draw_connector(sheet, places.get(box["parent"]), top, box["set"])
        places[box["set"]] = (left, top)
        _draw_box(sheet, box, left, top, share=box["n"] / max(drawn["n"].iloc[0], 1))
        _draw_note(sheet, note, left + _BOX_MM, top)
    return sheet.figure


def draw_patient_flow(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw the flow of patients, from the sets of the analysis."""
    drawn = derive_patient_flow(given.tables["flow"])
    return drawn, plot_patient_flow(drawn, study=given.study)


def _title(drawn: pd.DataFrame) -> str:
    n = drawn.set_index("set")["n"]
    treated = n.get("all_treated", n.iloc[0])
    sets = [
        f"{n[name]:.0f} for {what}" for name, what in _PURPOSES.items() if name in n
    ]
    end = f"; evaluable: {', '.join(sets)}" if sets else ""
    return f"{treated:.0f} of {count_of(n.iloc[0], 'patient')} were treated{end}"


def _note(box: pd.Series) -> list[str]:
    """Return the lines on who is not in a set."""
    if not box["excluded"]:
        return []
    reason = f": {words(box['reason'])}" if box["reason"] else ""
    room = DOUBLE_COLUMN_MM - _REASON_MM - MARGIN_MM
    return wrap(f"{box['excluded']:.0f} excluded{reason}", room, size=SMALL_SIZE)


def _draw_connector(
    sheet: Sheet, parent: tuple[float, float] | None, top: float, name: str
) -> float:
    """Draw the line from the parent's box; return the left edge of the new one."""
    if parent is None:
        return MARGIN_MM
    left, parent_top = parent
    indent = 0.0 if name in _STEM else _INDENT_MM
    trunk, foot = left + _INDENT_MM / 2, top + _BOX_HEIGHT_MM / 2
    style = {"color": MUTED, "linewidth": 0.7}
    if indent:
        xs, ys = [trunk, trunk, left + indent], [foot, foot]
    else:
        xs, ys = [trunk, trunk], [top]
    sheet.line(xs, [parent_top + _BOX_HEIGHT_MM, *ys], **style)
    return left + indent


def _draw_box(
    sheet: Sheet, box: pd.Series, left: float, top: float, *, share: float
) -> None:
    size = _BOX_MM, _BOX_HEIGHT_MM
    sheet.rectangle(left, top, *size, facecolor="white", edgecolor="none")
    shade = share * _BOX_MM
    sheet.rectangle(left, top, shade, size[1], facecolor="#DCE9F2", edgecolor="none")
    sheet.rectangle(left, top, *size, facecolor="none", edgecolor=INK, linewidth=0.6)
    middle = top + _BOX_HEIGHT_MM / 2
    sheet.text(left + 2, middle, box["label"], va="center_baseline")
    n = f"n = {box['n']:.0f}"
    style = {"va": "center_baseline", "ha": "right", "fontweight": "bold"}
    sheet.text(left + _BOX_MM - 2, middle, n, **style)


def _draw_note(sheet: Sheet, note: list[str], left: float, top: float) -> None:
    if not note:
        return
    middle = top + _BOX_HEIGHT_MM / 2
    sheet.line(
        [left, _REASON_MM - 1.5],
        [middle, middle],
        color=FAINT,
        linewidth=0.6,
    )
    up = _LINE_MM * (len(note) if len(note) < 3 else 1) / 2
    style = {"fontsize": SMALL_SIZE, "color": MUTED, "linespacing": 1.25}
    sheet.text(_REASON_MM, middle - up, "\n".join(note), **style)
