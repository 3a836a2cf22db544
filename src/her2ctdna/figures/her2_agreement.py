"""Figure ``her2_agreement``: two readers of a specimen, two specimens of a patient."""

import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.alluvial import draw_flow, least_numbered, measure_flow
from her2ctdna.figures.marks.matrix import draw_matrix, measure_matrix
from her2ctdna.figures.marks.palette import HER2_CATEGORIES
from her2ctdna.figures.marks.sheet import (
    MARGIN_MM,
    Sheet,
    Study,
    open_sheet,
    plot_nothing,
)
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    MUTED,
    TEXT_SIZE,
    interval,
    number,
    percent,
    shorten,
    text_height_mm,
    words,
    wrap,
)
from her2ctdna.statistics.method_names import CLOPPER_PEARSON, FLEISS_COHEN_EVERITT
from her2ctdna.wording import count_of

SCORES = ("0", "1+", "2+", "3+")
_KEYS = ["comparison", "first", "second", "reader", "scale"]
_COLUMNS = [
    *["panel", *_KEYS, "first_value", "second_value", "n", "patient_ids"],
    *["measure", "estimate", "ci_low", "ci_high"],
]
_METHODS = (CLOPPER_PEARSON, FLEISS_COHEN_EVERITT)
_MEASURES = {
    "matrix": ("percent_agreement", "cohen_kappa", "quadratic_kappa"),
    "flow": ("percent_agreement", "cohen_kappa"),
}
_KAPPAS = {"cohen_kappa": "Cohen's kappa", "quadratic_kappa": "quadratic kappa"}
_PANEL_MM = DOUBLE_COLUMN_MM / 2
_HEADING_MM = 3 * text_height_mm(TEXT_SIZE) + 3.0
_NOTHING = {
    "matrix": "No specimen was scored by two readers.",
    "flow": "No patient has a primary and a metastasis read by one reader.",
}


def derive_her2_agreement(
    coefficients: pd.DataFrame, pairs: pd.DataFrame
) -> pd.DataFrame:
    """Return the cells of the matrix, the moves of the flow, and their coefficients.

    ``matrix`` is the IHC score by central and local, else by the two readers with
    most specimens in common; ``flow`` the HER2 category of primary and metastasis by
    the central reader, else by the one with most patients. The first of equals
    counts. Rows with a ``measure`` are coefficients, all others are counts.
    """
    found = pairs[pairs["comparison"].isin(["reader", "specimen"])]
    named = (found["first"] == "central") & (found["second"] == "local")
    scored = found[(found["comparison"] == "reader") & (found["scale"] == "ihc")]
    matrix = _chosen(scored, preferred=named)
    moved = found[(found["comparison"] == "specimen")]
    moved = moved[moved["scale"] == "her2_category"]
    flow = _chosen(moved, preferred=found["reader"] == "central")
    rows = [
        {"panel": panel, **row}
        for panel, cells in (("matrix", matrix), ("flow", flow[flow["n"] > 0]))
        for part in (cells, _coefficients_of(coefficients, cells, panel))
        for row in part.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _chosen(cells: pd.DataFrame, *, preferred: pd.Series) -> pd.DataFrame:
    """Return the cells of the preferred comparison, else of that with most pairs."""
    own = cells[preferred.reindex(cells.index)]
    if len(own) or cells.empty:
        return own
    named = cells[_KEYS].fillna("").agg(tuple, axis=1)
    totals = cells.groupby(named, sort=False)["n"].sum()
    return cells[named == totals.idxmax()]


def _coefficients_of(
    coefficients: pd.DataFrame, cells: pd.DataFrame, panel: str
) -> pd.DataFrame:
    """Return the coefficients of the comparison of these cells that are written."""
    if cells.empty:
        return coefficients.head(0)
    shown = coefficients[coefficients["measure"].isin(_MEASURES[panel])]
    shown = shown[shown["ci_method"].isin(_METHODS)]
    same = shown[_KEYS].fillna("") == cells[_KEYS].fillna("").iloc[0]
    return shown[same.all(axis=1)]


def plot_her2_agreement(
    drawn: pd.DataFrame, *, confidence: float, study: Study
) -> Figure:
    """Draw the matrix of two readers, and beside it the flow between specimens."""
    if drawn.empty:
        reason = " ".join(_NOTHING.values())
        return plot_nothing(reason, title="Agreement of HER2 readings", study=study)
    panels = {name: drawn[drawn["panel"] == name] for name in _MEASURES}
    cells = {name: rows[rows["measure"].isna()] for name, rows in panels.items()}
    heights = [
        measure(cells[name])
        for name, measure in (("matrix", _matrix_mm), ("flow", measure_flow))
        if len(cells[name])
    ]
    sheet = open_sheet(
        _HEADING_MM + max(heights) + 2,
        title=_title(cells),
        subtitle=_subtitle(cells, confidence),
        study=study,
    )
    for place, (name, rows) in enumerate(panels.items()):
        left = MARGIN_MM + place * _PANEL_MM
        if rows.empty:
            lines = wrap(_NOTHING[name], _PANEL_MM - 12, size=TEXT_SIZE)
            sheet.text(left, 0, "\n".join(lines), color=MUTED)
        else:
            _write_heading(sheet, name, rows, left)
            _draw_panel(sheet, name, cells[name], left)
    return sheet.figure


def draw_her2_agreement(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw the agreement of HER2 readings, from its coefficients and matrices."""
    drawn = derive_her2_agreement(
        given.tables["her2_agreement"], given.tables["her2_agreement_pairs"]
    )
    return drawn, plot_her2_agreement(
        drawn, confidence=given.confidence, study=given.study
    )


def _subtitle(cells: dict[str, pd.DataFrame], confidence: float) -> str:
    how = {
        "matrix": "Left: cells count specimens, margins are totals, scores on the "
        "outlined diagonal agree. ",
        "flow": "Right: a ribbon is patients, as high as their number, from class to "
        "class; pale ribbons change it. ",
    }
    shown = "".join(how[name] for name, rows in cells.items() if len(rows))
    flow = cells["flow"]
    if len(flow) and flow["n"].min() < least_numbered(flow):
        shown += f"One of fewer than {least_numbered(flow)} has no number. "
    return f"{shown}In brackets: {percent(confidence)} intervals."


def _matrix_mm(cells: pd.DataFrame) -> float:
    return measure_matrix(SCORES)


def _draw_panel(sheet: Sheet, name: str, cells: pd.DataFrame, left: float) -> None:
    if name == "matrix":
        draw_matrix(sheet, cells, SCORES, left, _HEADING_MM)
    else:
        width = _PANEL_MM - 2 * MARGIN_MM
        looks = HER2_CATEGORIES
        draw_flow(sheet, cells, looks, left=left, top=_HEADING_MM, width=width)


def _write_heading(sheet: Sheet, name: str, rows: pd.DataFrame, left: float) -> None:
    """Write what is compared, and below it how far it agrees."""
    row = rows.iloc[0]
    head = (
        f"IHC of one specimen: {words(row['first'])} and {words(row['second'])}"
        if name == "matrix"
        else f"HER2 of one patient, both specimens read by {words(row['reader'])}"
    )
    room = _PANEL_MM - 2 * MARGIN_MM
    sheet.text(left, 0, shorten(head, room, size=7, bold=True), **_HEAD)
    found = rows.dropna(subset=["measure"]).set_index("measure")
    lines = [_agreement(found.loc["percent_agreement"]), _kappas(found)]
    top = text_height_mm(7) + 0.4
    sheet.text(left, top, "\n".join(lines), color=MUTED, linespacing=1.3)


_HEAD = {"fontsize": 7, "fontweight": "bold"}


def _agreement(row: pd.Series) -> str:
    agreeing = f"{row['estimate'] * row['n']:.0f} of {row['n']:.0f}"
    limits = interval(100 * row["ci_low"], 100 * row["ci_high"], 0)
    return f"{agreeing} agree: {percent(row['estimate'])} {limits}"


def _kappas(found: pd.DataFrame) -> str:
    return ", ".join(
        f"{name} {_coefficient(found.loc[measure])}"
        for measure, name in _KAPPAS.items()
        if measure in found.index
    )


def _coefficient(row: pd.Series) -> str:
    """Return a coefficient with its interval; what is not there is said."""
    if pd.isna(row["estimate"]):
        return "not defined"
    limits = "(no interval)"
    if pd.notna(row["ci_low"]):
        limits = interval(row["ci_low"], row["ci_high"], 2)
    return f"{number(row['estimate'], 2)} {limits}"


def _title(cells: dict[str, pd.DataFrame]) -> str:
    parts = []
    for name, rows in cells.items():
        if rows.empty:
            continue
        same = int(rows.loc[rows["first_value"] == rows["second_value"], "n"].sum())
        total = int(rows["n"].sum())
        who = " and ".join(words(rows[side].iloc[0]) for side in ("first", "second"))
        if name == "matrix":
            what = f"specimen{'s'[: total != 1]}"
            parts.append(f"IHC score: {who} agree in {same} of {total} {what}")
        else:
            parts.append(
                f"HER2 class: {who} agree in {same} of {count_of(total, 'patient')}"
            )
    return "; ".join(parts)
