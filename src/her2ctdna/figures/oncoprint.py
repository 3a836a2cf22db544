"""Figure ``oncoprint``: the tracked variants of each patient, by gene."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from her2ctdna.figures.key import Key, draw_keys, key_of, measure_keys
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
_KEYS = ["sample_id", "patient_id", "chrom", "pos", "ref", "alt"]
_VARIANT = _KEYS[1:]
_COLUMNS = [
    "patient_id",
    "her2_group",
    "bor",
    "gene",
    "consequence",
    "n_tracked",
    "n_emergent",
]
_CLASSES = {
    "splice": ("splice_acceptor", "splice_donor"),
    "truncating": ("stop_gained", "frameshift", "start_lost", "stop_lost"),
    "inframe": ("inframe",),
    "missense": ("missense",),
}
_MOST_GENES = 25
_MOST_IN_TITLE = 3
_NO_GENE = "no gene given"
_LEFT_MM = 27.0
_RIGHT_MM = 21.0
_STRIP_MM = 3.0
_ROW_MM = 3.6
_NUMBER_MM = 2.0
_WIDEST_COLUMN_MM = 7.0


def derive_oncoprint(
    variants: pd.DataFrame, status: pd.DataFrame, patient_table: pd.DataFrame
) -> pd.DataFrame:
    """Return tracked and emergent variants by patient and gene.

    Patients are the treated with a plasma sample; one without such a variant has a
    row without a gene. ``consequence`` is the class of the worst tracked variant, in
    the palette's order, empty where all are emergent. Genes beyond the 25 of most
    patients are joined to one. Rows are in the order of the figure: genes by number
    of patients with a tracked variant, patients by HER2 group and then by what they
    have in the first genes.
    """
    treated = patient_table[patient_table["treated"] == "yes"]
    sampled = treated[treated["n_samples"] > 0]
    sampled = sampled.reindex(columns=["patient_id", "her2_group", "bor"])
    sampled = sampled.assign(her2_group=sampled["her2_group"].fillna(""))
    cells = _join_genes(_count_by_gene(variants, status))
    drawn = sampled.merge(cells, on="patient_id", how="left")
    return _in_order(drawn)[_COLUMNS]


def _count_by_gene(variants: pd.DataFrame, status: pd.DataFrame) -> pd.DataFrame:
    """Return one row per patient and gene, each variant of a patient counted once."""
    kept = status[status["role"].isin(["tracked", "emergent"])]
    known = variants[[*_KEYS, "gene", "consequence"]]
    calls = kept[[*_KEYS, "role"]].merge(known, on=_KEYS, how="left")
    calls = calls.sort_values(["role", *_VARIANT], ascending=False, kind="stable")
    calls = calls.drop_duplicates(_VARIANT)
    tracked = calls["role"] == "tracked"
    calls = calls.assign(
        gene=calls["gene"].fillna(_NO_GENE),
        consequence=[_class_of(terms) for terms in calls["consequence"]],
        n_tracked=tracked.astype(float),
        n_emergent=(~tracked).astype(float),
    )
    calls["consequence"] = calls["consequence"].where(tracked)
    return _sum_cells(calls)


def _class_of(terms: str | None) -> str:
    """Return the class of Sequence Ontology terms joined by ``&``."""
    found = (
        name
        for name, parts in _CLASSES.items()
        if terms and any(part in terms for part in parts)
    )
    present = set(found)
    return next((name for name in CONSEQUENCES if name in present), "other")


def _sum_cells(calls: pd.DataFrame) -> pd.DataFrame:
    rank = {name: place for place, name in enumerate(CONSEQUENCES)}
    worst = calls.assign(rank=calls["consequence"].map(rank)).groupby(
        ["patient_id", "gene"], sort=False
    )
    names = dict(enumerate(CONSEQUENCES))
    return pd.DataFrame(
        {
            "consequence": worst["rank"].min().map(names),
            "n_tracked": worst["n_tracked"].sum(),
            "n_emergent": worst["n_emergent"].sum(),
        }
    ).reset_index()


def _join_genes(cells: pd.DataFrame) -> pd.DataFrame:
    """Join the genes beyond those of most patients to one row of the figure."""
    order = _order_genes(cells)
    rest = order[_MOST_GENES:]
    if len(rest) < 2:
        return cells
    joined = cells.assign(
        gene=cells["gene"].where(~cells["gene"].isin(rest), f"{len(rest)} other genes")
    )
    return _sum_cells(joined)


def _order_genes(cells: pd.DataFrame) -> list[str]:
    """Return genes by number of patients with a tracked variant, ties by name."""
    having = cells.assign(has=cells["n_tracked"] > 0).groupby("gene")["has"].sum()
    table = having.reset_index()
    last = table["gene"].str.endswith(" other genes") | (table["gene"] == _NO_GENE)
    table = table.assign(last=last)
    by = ["last", "has", "gene"]
    return list(table.sort_values(by, ascending=[True, False, True])["gene"])


def _in_order(drawn: pd.DataFrame) -> pd.DataFrame:
    genes = _order_genes(drawn[drawn["gene"].notna()])
    groups = {name: place for place, name in enumerate(HER2_GROUPS)}
    has = drawn[drawn["n_tracked"] > 0].groupby("patient_id")["gene"].agg(set)

    def place(patient: str, group: str) -> tuple[object, ...]:
        own = has.get(patient, set())
        return (groups[group], *(gene not in own for gene in genes), patient)

    people = drawn[["patient_id", "her2_group"]].drop_duplicates()
    ordered = sorted(people.itertuples(index=False, name=None), key=lambda p: place(*p))
    columns = {patient: rank for rank, (patient, _) in enumerate(ordered)}
    rows = {gene: rank for rank, gene in enumerate(genes)}
    return drawn.sort_values(
        ["patient_id", "gene"],
        key=lambda cells: cells.map(columns if cells.name == "patient_id" else rows),
        ignore_index=True,
    )


def plot_oncoprint(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw genes by patients, with HER2 group and response on top."""
    cells = drawn[drawn["gene"].notna()]
    if cells.empty:
        reason = f"None of {patients(len(drawn))} with plasma has a tracked variant."
        return plot_nothing(reason, title="Tracked variants", study=study)
    people = drawn.drop_duplicates("patient_id").reset_index(drop=True)
    genes = _order_genes(cells)
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
    columns = {patient: place for place, patient in enumerate(people["patient_id"])}
    rows = {gene: place for place, gene in enumerate(genes)}
    placed = cells.assign(x=cells["patient_id"].map(columns), y=cells["gene"].map(rows))
    _draw_cells(axes, placed, shape=(len(genes), len(people)), pitch=pitch)
    _write_genes(sheet, placed, genes, top, len(people), width)
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


def _draw_cells(
    axes: Axes, placed: pd.DataFrame, *, shape: tuple[int, int], pitch: float
) -> None:
    """Draw a grey grid, the tracked variants in it and the emergent ones on it.

    Where columns are too narrow for a number, several variants look as one.
    """
    rows, columns = shape
    grid = [
        Rectangle((x - 0.45, y - 0.42), 0.9, 0.84)
        for x in range(columns)
        for y in range(rows)
    ]
    axes.add_collection(PatchCollection(grid, facecolor="#F2F2F2", edgecolor="none"))
    tracked = placed[placed["n_tracked"] > 0]
    boxes = [
        Rectangle((x - 0.45, y - 0.42), 0.9, 0.84)
        for x, y in zip(tracked["x"], tracked["y"], strict=True)
    ]
    colours = [CONSEQUENCES[name].colour for name in tracked["consequence"]]
    axes.add_collection(PatchCollection(boxes, facecolor=colours, edgecolor="none"))
    several = tracked[tracked["n_tracked"] > 1] if pitch > _NUMBER_MM else tracked[:0]
    for cell in several.itertuples():
        ink = WHITE if cell.consequence == "truncating" else INK
        axes.text(
            cell.x,
            cell.y,
            f"{cell.n_tracked:.0f}",
            color=ink,
            fontsize=SMALL_SIZE,
            ha="center",
            va="center_baseline",
        )
    emergent = placed[placed["n_emergent"] > 0]
    axes.plot(
        emergent["x"] + 0.24, emergent["y"], **marker(EMERGENT, min(3.2, 1.2 * pitch))
    )
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_axis_off()


def _write_genes(
    sheet: Sheet,
    placed: pd.DataFrame,
    genes: Sequence[str],
    top: float,
    n: int,
    width: float,
) -> None:
    """Write the name of each gene before, its share of patients after its row."""
    tracked = placed[placed["n_tracked"] > 0].groupby("gene")["patient_id"].nunique()
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
