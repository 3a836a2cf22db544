"""Figure ``oncoprint``: the tracked variants by gene, in every plasma draw.

Drawn by hand: see docs/decisions/0005 for the libraries that were tried.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.draw import NO_LANDMARK, Inputs
from her2ctdna.figures.marks.key import (
    Key,
    draw_keys,
    key_of,
    measure_keys,
    response_key,
)
from her2ctdna.figures.marks.palette import (
    CONSEQUENCES,
    HER2_CATEGORIES,
    RESPONSES,
    STATES,
    VAF_STEPS,
)
from her2ctdna.figures.marks.sheet import Sheet, Study, open_sheet, plot_nothing
from her2ctdna.figures.marks.strips import measure_ids, name_strip
from her2ctdna.figures.marks.style import (
    INK,
    MUTED,
    SMALL_SIZE,
    shorten,
    shown,
    text_width_mm,
)
from her2ctdna.figures.oncoprint_cells import (
    CELLS,
    draw_bars,
    draw_cells,
    draw_runs,
    draw_states,
)
from her2ctdna.figures.oncoprint_layout import WIDTH_MM, Layout, Slot, lay_out, runs
from her2ctdna.figures.oncoprint_table import (
    derive_oncoprint,
    derive_plasma_draws,
    order_genes,
)
from her2ctdna.wording import count_of

_MOST_IN_TITLE = 3
_LEFT_MM = 25.0
_CLASS_MM = 3.2
_BARS_MM = 6.0
_STRIP_MM = 2.1
_MOST_STRIPS = 3
_ROW_MM = 2.55
_BETWEEN_MM = 3.0
_LONGEST_ID_MM = 16.0
_SHARES_MM = 10.0
_ABOVE_MM = _CLASS_MM + _BARS_MM + 1.4 + _MOST_STRIPS * (_STRIP_MM + 0.4)


def plot_oncoprint(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw genes by draws, with HER2, response and the draw's own result on top."""
    cells = drawn[drawn["gene"].notna()]
    people = _people(drawn)
    if cells.empty:
        reason = (
            f"None of {count_of(len(people), 'patient')} with plasma has "
            "a tracked variant."
        )
        return plot_nothing(reason, title="Tracked variants", study=study)
    genes = order_genes(cells)
    layout = lay_out(people)
    keys = _keys(people, drawn, cells)
    ids = _ids(people) if layout.has_ids else {}
    band_mm = _ABOVE_MM + _ROW_MM * len(genes) + measure_ids(list(ids.values()))
    top = measure_keys(keys) + 2
    sheet = open_sheet(
        top + (band_mm + _BETWEEN_MM) * len(layout.bands),
        title=_title(people, cells, genes),
        subtitle=_subtitle(drawn, people, genes),
        study=study,
    )
    draw_keys(sheet, keys)
    most = _counts(drawn).max()
    for place, band in enumerate(layout.bands):
        own = _place(drawn, band, layout.pitch, genes)
        below = top + place * (band_mm + _BETWEEN_MM)
        _draw_band(sheet, own, band, below, layout=layout, most=most)
        _write_genes(sheet, genes, below + _ABOVE_MM)
        _write_ids(sheet, band, ids, below + _ABOVE_MM + _ROW_MM * len(genes) + 1)
    _write_shares(sheet, cells, genes, top + _ABOVE_MM, len(people))
    return sheet.figure


def draw_oncoprint(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw tracked variants by gene and draw."""
    tables = given.tables
    drawn = derive_oncoprint(
        tables["variants"],
        tables["variant_status"],
        derive_plasma_draws(tables["samples"], tables["ctdna_samples"]),
        tables["patients"],
        at_landmark=tables["ctdna_landmarks"],
        landmark=given.landmark or NO_LANDMARK,
    )
    return drawn, plot_oncoprint(drawn, study=given.study)


def _people(drawn: pd.DataFrame) -> pd.DataFrame:
    """Return the patients in order, each with the number of draws."""
    people = drawn.drop_duplicates("patient_id").reset_index(drop=True)
    n_draws = drawn.groupby("patient_id")["sample_id"].nunique()
    return people.assign(n_draws=people["patient_id"].map(n_draws))


def _ids(people: pd.DataFrame) -> dict[str, str]:
    return {
        patient: shorten(shown(patient), _LONGEST_ID_MM, size=SMALL_SIZE)
        for patient in people["patient_id"]
    }


def _counts(drawn: pd.DataFrame) -> pd.Series:
    """Return the number of tracked variants detected in each draw."""
    return drawn.groupby("sample_id", sort=False)["n_detected"].sum()


def _title(people: pd.DataFrame, cells: pd.DataFrame, genes: Sequence[str]) -> str:
    tracked = cells[cells["n_tracked"] > 0]
    have = tracked["patient_id"].nunique()
    title = f"{have} of {count_of(len(people), 'patient')} have a tracked variant"
    counts = tracked.groupby("gene")["patient_id"].nunique()
    top = [gene for gene in genes if counts.get(gene, 0) == counts.max()]
    if 0 < len(top) <= _MOST_IN_TITLE:
        title += f", most often in {', '.join(map(shown, top))} (n = {counts.max()})"
    return title


def _subtitle(drawn: pd.DataFrame, people: pd.DataFrame, genes: Sequence[str]) -> str:
    n = drawn["sample_id"].nunique()
    text = (
        f"{count_of(len(people), 'patient')} with plasma, {n} draws: "
        f"{shown(drawn['draws_shown'].iloc[0])}, in the order of time within a patient."
    )
    joined = [gene for gene in genes if gene.endswith(" other genes")]
    if joined:
        text += f" {joined[0].capitalize()} of fewer patients share the last row."
    return text


def _keys(people: pd.DataFrame, drawn: pd.DataFrame, cells: pd.DataFrame) -> list[Key]:
    keys = [
        key_of("HER2", HER2_CATEGORIES, people["her2_category"], kind="patch"),
        *response_key(people["response"], kind="patch"),
        key_of("Draw", STATES, drawn["draw_state"], kind="marker"),
        Key("Highest VAF", list(VAF_STEPS.values()), "patch"),
        key_of("No VAF", CELLS, cells["cell"], kind="marker"),
    ]
    if (cells["n_emergent"] > 0).any():
        looks = [*keys.pop().looks, CELLS["emergent"]]
        keys.append(Key("No VAF", list(dict.fromkeys(looks)), "marker"))
    keys.append(
        key_of("n/N by worst", CONSEQUENCES, cells["consequence"], kind="patch")
    )
    return [key for key in keys if key.looks]


def _place(
    drawn: pd.DataFrame, band: Sequence[Slot], pitch: float, genes: Sequence[str]
) -> pd.DataFrame:
    """Return the rows of a band with ``x``, the middle of the draw in mm, and ``y``."""
    lefts = {slot.patient_id: slot for slot in band}
    own = drawn[drawn["patient_id"].isin(lefts)]
    draws = own.drop_duplicates("sample_id")
    nth = draws.groupby("patient_id").cumcount()
    indents = [
        slot.left + (slot.width - slot.n_draws * pitch) / 2
        for slot in draws["patient_id"].map(lefts)
    ]
    x = np.array(indents) + (nth.to_numpy() + 0.5) * pitch
    rows = {gene: place for place, gene in enumerate(genes)}
    return own.assign(
        x=own["sample_id"].map(dict(zip(draws["sample_id"], x, strict=True))),
        y=own["gene"].map(rows),
    )


def _draw_band(
    sheet: Sheet,
    own: pd.DataFrame,
    band: Sequence[Slot],
    top: float,
    *,
    layout: Layout,
    most: float,
) -> None:
    """Draw one band: bars, strips and cells, under each other."""
    pitch, n_genes = layout.pitch, round(own["y"].max() + 1) if len(own) else 0
    draws = own.drop_duplicates("sample_id").set_index("sample_id")
    draws = draws.assign(n=_counts(own))
    y = top + _CLASS_MM
    axes = sheet.axes(_LEFT_MM, y, WIDTH_MM, _BARS_MM)
    draw_bars(axes, draws, most=most, pitch=pitch)
    name_strip(sheet, _LEFT_MM - 5, y + _BARS_MM / 2, "Variants seen")
    y += _BARS_MM + 1.4
    groups = runs(band)
    responses = dict(zip(own["patient_id"], own["response"], strict=True))
    spans = [
        (responses[slot.patient_id], slot.left, slot.left + slot.width) for slot in band
    ]
    strips = {
        "HER2": (groups, HER2_CATEGORIES, own["her2_category"].any()),
        "Response": (spans, RESPONSES, bool(response_key(own["bor"], kind="patch"))),
    }
    for name, (found, looks, is_known) in strips.items():
        if not is_known:
            continue
        draw_runs(sheet.axes(_LEFT_MM, y, WIDTH_MM, _STRIP_MM), found, looks)
        name_strip(sheet, _LEFT_MM, y + _STRIP_MM / 2, name)
        y += _STRIP_MM + 0.4
    draw_states(sheet.axes(_LEFT_MM, y, WIDTH_MM, _STRIP_MM), draws, pitch=pitch)
    name_strip(sheet, _LEFT_MM, y + _STRIP_MM / 2, "Draw")
    if strips["HER2"][-1]:
        _name_runs(sheet, groups, top)
    height = _ROW_MM * n_genes
    axes = sheet.axes(_LEFT_MM, top + _ABOVE_MM, WIDTH_MM, max(height, _ROW_MM))
    draw_cells(axes, own, band, pitch=pitch, n_genes=max(n_genes, 1))


def _name_runs(
    sheet: Sheet, groups: Sequence[tuple[str, float, float]], top: float
) -> None:
    """Write each HER2 category over its patients, where it has the room."""
    for category, low, high in groups:
        label = HER2_CATEGORIES[category].label if category else "not known"
        if text_width_mm(label, size=SMALL_SIZE) <= high - low:
            middle = _LEFT_MM + (low + high) / 2
            sheet.text(middle, top, label, ha="center", fontsize=SMALL_SIZE)


def _write_genes(sheet: Sheet, genes: Sequence[str], top: float) -> None:
    for row, gene in enumerate(genes):
        sheet.text(
            _LEFT_MM - 1,
            top + (row + 0.5) * _ROW_MM,
            shorten(shown(gene), _LEFT_MM - 3, size=SMALL_SIZE),
            ha="right",
            va="center_baseline",
            fontsize=SMALL_SIZE,
            fontstyle="normal" if " " in gene else "italic",
        )


def _write_ids(
    sheet: Sheet, band: Sequence[Slot], ids: Mapping[str, str], top: float
) -> None:
    style = {"rotation": 90, "ha": "center", "fontsize": SMALL_SIZE, "color": MUTED}
    for slot in band if ids else ():
        middle = _LEFT_MM + slot.left + slot.width / 2
        sheet.text(middle, top, ids[slot.patient_id], **style)


def _write_shares(
    sheet: Sheet, cells: pd.DataFrame, genes: Sequence[str], top: float, n: int
) -> None:
    """Write after each gene of the first band how many patients have it tracked.

    The bar beside it divides them by the worst consequence.
    """
    tracked = cells[cells["n_tracked"] > 0].drop_duplicates(["patient_id", "gene"])
    counts = tracked.groupby(["gene", "consequence"]).size().to_dict()
    totals = tracked.groupby("gene").size().to_dict()
    most = max(totals.values(), default=1)
    start = _LEFT_MM + WIDTH_MM + 2
    style = {"va": "center_baseline", "fontsize": SMALL_SIZE, "color": MUTED}
    sheet.text(start, top - 1.6, f"n/{n} patients", **style)
    for row, gene in enumerate(genes):
        y = top + row * _ROW_MM
        left, total = start, totals.get(gene, 0)
        for name, look in CONSEQUENCES.items():
            width = _SHARES_MM * counts.get((gene, name), 0) / most
            box = {"facecolor": look.colour, "edgecolor": INK, "linewidth": 0.2}
            if width:
                sheet.rectangle(left, y + 0.35, width, _ROW_MM - 0.7, **box)
            left += width
        text = f"{total}/{n}" if total else "emergent only"
        sheet.text(left + 0.8 * bool(total), y + _ROW_MM / 2, text, **style)
