"""Figure ``her2_agreement``: two IHC scores of one specimen, or of one patient."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.sheet import MARGIN_MM, Sheet, Study, open_sheet, plot_nothing
from her2ctdna.figures.style import (
    DOUBLE_COLUMN_MM,
    FAINT,
    INK,
    MUTED,
    TEXT_SIZE,
    percent,
    shorten,
    words,
)

SCORES = ("0", "1+", "2+", "3+")
_FIRST_READERS = ("central", "local")
_COLUMNS = [
    *["comparison", "row", "column", "row_score", "column_score", "n"],
    "patient_ids",
]
_CELL_MM = (12.5, 8.0)
_LEFT_MM = 25.0
_TOP_MM = 14.0
_SHADES = ("#FFFFFF", "#E6EBF2", "#CBD6E4", "#AFC1D6", "#93ACC8")


def derive_her2_agreement(readings: pd.DataFrame) -> pd.DataFrame:
    """Return IHC score by IHC score: two readers, and primary against metastasis.

    ``comparison`` reader: pairs of scores of one specimen by two readers, central
    and local if they are there, else the first two by name with a specimen in
    common. ``comparison`` specimen: pairs of a patient's most recent primary and
    metastasis by one reader, central before local before others. Every cell of a
    comparison with at least one pair is there; readings without a score are not.
    Of a specimen that a reader scored twice the first row counts. ``patient_ids``
    names the patient of each pair, once for each specimen.
    """
    scored = readings[readings["ihc"].isin(SCORES)]
    names = set(scored["reader"].dropna())
    readers = [*(name for name in _FIRST_READERS if name in names)]
    readers += sorted(names.difference(readers))
    parts = [_by_reader(scored, readers), _by_specimen(scored, readers)]
    found = [part for part in parts if part is not None]
    return pd.concat(found) if found else pd.DataFrame(columns=_COLUMNS)


def _by_reader(scored: pd.DataFrame, readers: Sequence[str]) -> pd.DataFrame | None:
    key = ["patient_id", "specimen_id"]
    table = scored.drop_duplicates([*key, "reader"]).pivot(
        index=key, columns="reader", values="ihc"
    )
    for place, one in enumerate(readers):
        for other in readers[place + 1 :]:
            if len(pairs := table[[one, other]].dropna()):
                return _count(pairs, "reader")
    return None


def _by_specimen(scored: pd.DataFrame, readers: Sequence[str]) -> pd.DataFrame | None:
    kinds = ["primary", "metastasis"]
    order = scored["reader"].map({name: place for place, name in enumerate(readers)})
    recent_last = scored.assign(order=order).sort_values(
        ["order", "collected_day"], kind="stable", na_position="first"
    )
    key = ["patient_id", "order"]
    table = (
        recent_last[recent_last["specimen"].isin(kinds)]
        .drop_duplicates([*key, "specimen"], keep="last")
        .pivot(index=key, columns="specimen", values="ihc")
        .reindex(columns=kinds)
        .dropna()
    )
    pairs = table.groupby(level="patient_id").head(1)
    return _count(pairs, "specimen") if len(pairs) else None


def _count(pairs: pd.DataFrame, comparison: str) -> pd.DataFrame:
    row, column = pairs.columns
    patients = pairs.index.get_level_values("patient_id")
    rows = []
    for a, b in product(SCORES, SCORES):
        of_cell = patients[(pairs[row] == a) & (pairs[column] == b)]
        ids = ";".join(of_cell) or None
        rows.append((comparison, row, column, a, b, len(of_cell), ids))
    return pd.DataFrame(rows, columns=_COLUMNS)


def plot_her2_agreement(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw a matrix a comparison; agreement lies on the outlined diagonal."""
    if drawn.empty:
        reason = (
            "No specimen was scored by two readers, and no patient has a primary and "
            "a metastasis scored by one reader."
        )
        return plot_nothing(reason, title="Agreement of IHC scores", study=study)
    sheet = open_sheet(
        _TOP_MM + (len(SCORES) + 1) * _CELL_MM[1] + 1,
        title=_title(drawn),
        subtitle="IHC scores of pairs of readings: cells count the pairs, margins are "
        "totals, pairs on the outlined diagonal agree.",
        study=study,
    )
    for place, name in enumerate(drawn["comparison"].unique()):
        cells = drawn[drawn["comparison"] == name]
        _draw_matrix(sheet, cells, MARGIN_MM + place * DOUBLE_COLUMN_MM / 2)
    return sheet.figure


def _agreement(cells: pd.DataFrame) -> tuple[int, int]:
    same = cells["row_score"] == cells["column_score"]
    return int(cells.loc[same, "n"].sum()), int(cells["n"].sum())


def _title(drawn: pd.DataFrame) -> str:
    parts = []
    for name, cells in drawn.groupby("comparison", sort=False):
        agree, total = _agreement(cells)
        who = " and ".join(words(cells[side].iloc[0]) for side in ("row", "column"))
        what = {"reader": "specimen", "specimen": "patient"}[name]
        parts.append(f"{who} agree in {agree} of {total} {what}{'s'[: total != 1]}")
    title = "; ".join(parts)
    return f"IHC score: {title}"


def _draw_matrix(sheet: Sheet, cells: pd.DataFrame, left: float) -> None:
    """Draw one comparison: heading, cells, margins."""
    agree, total = _agreement(cells)
    row_name, column_name = (words(cells[side].iloc[0]) for side in ("row", "column"))
    kind = {
        "reader": "One specimen, two readers",
        "specimen": "One patient, one reader, two specimens",
    }[cells["comparison"].iloc[0]]
    heading = f"{kind}: {agree} of {total} agree ({percent(agree / total)})"
    sheet.text(left, 0, heading, fontsize=7)
    width, height = _CELL_MM
    x0, y0 = left + _LEFT_MM, _TOP_MM
    middle = x0 + width * len(SCORES) / 2
    sheet.text(middle, y0 - 7.5, column_name.capitalize(), ha="center", color=MUTED)
    label = shorten(row_name.capitalize(), _LEFT_MM - 8, size=TEXT_SIZE)
    y_middle = y0 + height * len(SCORES) / 2
    sheet.text(x0 - 8, y_middle, label, va="center_baseline", ha="right", color=MUTED)
    counts = cells.pivot(index="row_score", columns="column_score", values="n")
    most = counts.max().max()
    for i, score in enumerate(SCORES):
        _write_margins(sheet, counts, i, (x0, y0))
        for j, other in enumerate(SCORES):
            corner = x0 + j * width, y0 + i * height
            _draw_cell(sheet, corner, counts.loc[score, other], most, i == j)


def _write_margins(
    sheet: Sheet, counts: pd.DataFrame, place: int, origin: tuple[float, float]
) -> None:
    """Write a score before its row and above its column, and the total after each."""
    (x0, y0), (width, height) = origin, _CELL_MM
    score = SCORES[place]
    x, y = x0 + (place + 0.5) * width, y0 + (place + 0.5) * height
    end = len(SCORES) + 0.5
    style = {"va": "center_baseline", "ha": "center"}
    sheet.text(x0 - 4, y, score, **style)
    sheet.text(x, y0 - 2, score, **style)
    style |= {"color": MUTED}
    sheet.text(x0 + end * width, y, counts.loc[score].sum(), **style)
    sheet.text(x, y0 + end * height, counts[score].sum(), **style)


def _draw_cell(
    sheet: Sheet, corner: tuple[float, float], n: int, most: int, is_same: bool
) -> None:
    shade = _SHADES[-(-n * (len(_SHADES) - 1) // most)]
    box: dict[str, Any] = {"edgecolor": "white", "facecolor": shade}
    if is_same:
        box |= {"edgecolor": INK, "linewidth": 1.0, "zorder": 3}
    sheet.rectangle(*corner, *_CELL_MM, **box)
    middle = corner[0] + _CELL_MM[0] / 2, corner[1] + _CELL_MM[1] / 2
    style: dict[str, Any] = {"va": "center_baseline", "ha": "center", "zorder": 4}
    style |= {"color": INK, "fontweight": "bold"} if n else {"color": FAINT}
    sheet.text(*middle, str(n), **style)
