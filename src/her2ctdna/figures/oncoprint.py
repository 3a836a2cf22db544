"""Figure ``oncoprint``: the tracked variants of each patient, by gene."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from her2ctdna.figures.key import Key, draw_keys, key_of, measure_keys
from her2ctdna.figures.oncoprint_table import order_genes
from her2ctdna.figures.palette import (
    CONSEQUENCES,
    HER2_GROUPS,
    RESPONSES,
    WHITE,
    Look,
)
from her2ctdna.figures.sheet import Sheet, Study, marker, open_sheet, plot_nothing
from her2ctdna.figures.strips import (
    draw_cells,
    measure_ids,
    name_columns,
    name_strip,
    write_ids,
)
from her2ctdna.figures.style import (
    DOUBLE_COLUMN_MM,
    INK,
    MUTED,
    SMALL_SIZE,
    patients,
    percent,
    shorten,
    shown,
)

EMERGENT = Look("emergent: at a later draw, not tracked", WHITE, "d")
_MOST_IN_TITLE = 3
_LEFT_MM = 27.0
_RIGHT_MM = 21.0
_STRIP_MM = 3.0
_ROW_MM = 3.6
_NUMBER_MM = 2.0
_EMPTY = "#F2F2F2"
_WIDEST_COLUMN_MM = 7.0


def plot_oncoprint(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw genes by patients, with HER2 group and response on top."""
    cells = drawn[drawn["gene"].notna()]
    if cells.empty:
        reason = f"None of {patients(len(drawn))} with plasma has a tracked variant."
        return plot_nothing(reason, title="Tracked variants", study=study)
    people = drawn.drop_duplicates("patient_id").reset_index(drop=True)
    genes = order_genes(cells)
    width = min(
        _WIDEST_COLUMN_MM * len(people), DOUBLE_COLUMN_MM - _LEFT_MM - _RIGHT_MM
    )
    keys = _keys(people, cells)
    has_her2 = bool(people["her2_group"].any())
    strips = measure_keys(keys) + 2
    top = strips + (_STRIP_MM + 0.6) * (1 + has_her2) + 1
    height = _ROW_MM * len(genes)
    pitch = width / len(people)
    ids = name_columns(people["patient_id"], pitch)
    sheet = open_sheet(
        top + height + measure_ids(ids) + 1,
        title=_title(people, cells, genes),
        subtitle=f"{patients(len(people))} with plasma; variants tracked since baseline"
        ", by the worst of a gene; a number counts several.",
        study=study,
    )
    draw_keys(sheet, keys)
    _draw_strips(sheet, people, strips, width, has_her2=has_her2)
    axes = sheet.axes(_LEFT_MM, top, width, height)
    _draw_cells(axes, _place(cells, people, genes), pitch=pitch)
    axes.set_xlim(-0.5, len(people) - 0.5)
    axes.set_ylim(len(genes) - 0.5, -0.5)
    _write_genes(sheet, cells, genes, top, len(people), width)
    write_ids(sheet, ids, left=_LEFT_MM, top=top + height + 1, pitch=pitch)
    return sheet.figure


def _title(people: pd.DataFrame, cells: pd.DataFrame, genes: Sequence[str]) -> str:
    tracked = cells[cells["n_tracked"] > 0]
    have = tracked["patient_id"].nunique()
    title = f"{have} of {patients(len(people))} have a tracked variant"
    counts = tracked.groupby("gene")["patient_id"].nunique()
    top = [gene for gene in genes if counts.get(gene, 0) == counts.max()]
    if 0 < len(top) <= _MOST_IN_TITLE:
        title += f", most often in {', '.join(map(shown, top))} (n = {counts.max()})"
    return title


def _keys(people: pd.DataFrame, cells: pd.DataFrame) -> list[Key]:
    groups = people["her2_group"]
    keys = [key_of("HER2", HER2_GROUPS, groups, kind="patch")] if groups.any() else []
    keys.append(key_of("Best response", RESPONSES, people["bor"], kind="patch"))
    keys.append(key_of("Variant", CONSEQUENCES, cells["consequence"], kind="patch"))
    if (cells["n_emergent"] > 0).any():
        keys.append(Key("", [EMERGENT], "marker"))
    return keys


def _draw_strips(
    sheet: Sheet, people: pd.DataFrame, top: float, width: float, *, has_her2: bool
) -> None:
    strips = [("Response", people["bor"], RESPONSES)]
    if has_her2:
        strips.insert(0, ("HER2", people["her2_group"], HER2_GROUPS))
    for name, names, looks in strips:
        draw_cells(sheet.axes(_LEFT_MM, top, width, _STRIP_MM), names.tolist(), looks)
        name_strip(sheet, _LEFT_MM, top + _STRIP_MM / 2, name)
        top += _STRIP_MM + 0.6


def _place(
    cells: pd.DataFrame, people: pd.DataFrame, genes: Sequence[str]
) -> pd.DataFrame:
    """Return every place of the grid, with the variants where there are any."""
    columns = {patient: place for place, patient in enumerate(people["patient_id"])}
    rows = {gene: place for place, gene in enumerate(genes)}
    grid = pd.MultiIndex.from_product([columns, rows], names=["patient_id", "gene"])
    placed = cells.set_index(["patient_id", "gene"]).reindex(grid).reset_index()
    return placed.assign(
        x=placed["patient_id"].map(columns), y=placed["gene"].map(rows)
    )


def _draw_cells(axes: Axes, placed: pd.DataFrame, *, pitch: float) -> None:
    """Draw a tile a place, tracked variants in it and emergent ones on it.

    Where columns are too narrow for a number, several variants look as one.
    """
    tiles = [
        Rectangle((x - 0.45, y - 0.42), 0.9, 0.84)
        for x, y in zip(placed["x"], placed["y"], strict=True)
    ]
    is_tracked = placed["n_tracked"] > 0
    colours = [
        CONSEQUENCES[name].colour if tracked else _EMPTY
        for name, tracked in zip(placed["consequence"], is_tracked, strict=True)
    ]
    axes.add_collection(PatchCollection(tiles, facecolor=colours, edgecolor="none"))
    if pitch > _NUMBER_MM:
        _write_numbers(axes, placed[placed["n_tracked"] > 1])
    emergent = placed[placed["n_emergent"] > 0]
    style = marker(EMERGENT, min(3.2, 1.2 * pitch))
    axes.plot(emergent["x"] + 0.24, emergent["y"], **style)
    axes.set_axis_off()


def _write_numbers(axes: Axes, several: pd.DataFrame) -> None:
    for cell in several.itertuples():
        axes.text(
            cell.x,
            cell.y,
            f"{cell.n_tracked:.0f}",
            color=WHITE if cell.consequence == "truncating" else INK,
            fontsize=SMALL_SIZE,
            ha="center",
            va="center_baseline",
        )


def _write_genes(
    sheet: Sheet,
    cells: pd.DataFrame,
    genes: Sequence[str],
    top: float,
    n: int,
    width: float,
) -> None:
    """Write the name of each gene before, its share of patients after its row."""
    tracked = cells[cells["n_tracked"] > 0].groupby("gene")["patient_id"].nunique()
    style = {"va": "center_baseline"}
    for row, gene in enumerate(genes):
        middle = top + (row + 0.5) * _ROW_MM
        name = shorten(shown(gene), _LEFT_MM - 4, size=SMALL_SIZE + 0.5)
        sheet.text(
            _LEFT_MM - 1,
            middle,
            name,
            ha="right",
            fontsize=SMALL_SIZE + 0.5,
            fontstyle="normal" if " " in gene else "italic",
            **style,
        )
        count = tracked.get(gene, 0)
        text = f"{count} ({percent(count / n)})" if count else "emergent only"
        end = _LEFT_MM + width + 2
        sheet.text(end, middle, text, fontsize=SMALL_SIZE, color=MUTED, **style)
