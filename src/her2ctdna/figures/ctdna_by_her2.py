"""Figure ``ctdna_by_her2``: ctDNA level at baseline and its fall, by HER2 group."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.draw import NO_LANDMARK, Inputs
from her2ctdna.figures.marks.levels import name_level, scale_levels, show_level
from her2ctdna.figures.marks.palette import HER2_GROUPS, WHITE
from her2ctdna.figures.marks.sheet import Sheet, Study, marker, open_sheet, plot_nothing
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    INK,
    MUTED,
    SMALL_SIZE,
    Style,
    percent,
    ratio,
    shown,
)
from her2ctdna.figures.marks.survival_panel import write_p
from her2ctdna.settings.landmark_columns import RATIO, LandmarkColumn
from her2ctdna.wording import count_of

_SHIFT = {
    "estimate": "fold",
    "ci_low": "fold_low",
    "ci_high": "fold_high",
    "p_value": "p_value",
    "n": "n_compared",
    "note": "note",
}
_COLUMNS = [
    *["measure", "landmark", "patient_id", "her2_group", "value", "is_bound"],
    *_SHIFT.values(),
]
_TOP_MM = 9.0
_PANEL_MM = 62.0
_PANEL_WIDTH_MM = 68.0
_LEFTS_MM = (18.0, DOUBLE_COLUMN_MM / 2 + 18.0)
_FOOT_MM = 11.0
_MARKER = 3.4
_WIDEST = 0.42
_SPREAD = 0.055
"""Distance between neighbouring points, in units of the distance between groups."""


def derive_ctdna_by_her2(
    patient_table: pd.DataFrame,
    samples: pd.DataFrame,
    landmarks: pd.DataFrame,
    biomarkers: pd.DataFrame,
    *,
    landmark: str,
) -> pd.DataFrame:
    """Return baseline level and ratio at a landmark of each patient in a HER2 group.

    ``measure`` is ``baseline_level`` or ``ratio``. An undetected sample has no level
    but an upper 95 % limit, and so has its ratio: ``is_bound`` is then yes. Treated
    patients with a value or limit above 0; rows from the smallest value.

    In each row of a measure stand ``fold``, how many times higher the HER2-low are,
    its interval, the p of the exact rank-sum test, and ``n_compared``: those of
    ``biomarkers``, where who could not have seen enough is no value.
    """
    treated = patient_table[patient_table["treated"] == "yes"]
    known = treated[treated["her2_group"].notna()]
    limits = samples.set_index("sample_id")["upper95_level"].astype(float)
    baseline = known[["patient_id", "her2_group"]].assign(
        measure="baseline_level",
        landmark=None,
        state=known["baseline_state"],
        value=known["baseline_level"].astype(float),
        bound=known["baseline_sample_id"].map(limits),
    )
    at_landmark = landmarks[landmarks["landmark"] == landmark]
    ratio = known[["patient_id", "her2_group"]].merge(at_landmark, on="patient_id")
    ratio = ratio.assign(
        measure="ratio",
        value=ratio["ratio"].astype(float),
        bound=ratio["ratio_upper95"].astype(float),
    )
    rows = pd.concat([baseline, ratio[baseline.columns]], ignore_index=True)
    is_bound = rows["state"] == "undetected"
    drawn = rows.assign(
        is_bound=is_bound.map({True: "yes", False: "no"}),
        value=rows["value"].where(~is_bound, rows["bound"]),
    )
    drawn = drawn[drawn["value"] > 0].sort_values(["measure", "value", "patient_id"])
    ratio_name = LandmarkColumn(RATIO, landmark).name
    names = {"baseline_level": "baseline_level", "ratio": ratio_name}
    asked = biomarkers[biomarkers["measure"] == "fold_in_her2_low"]
    found = asked.set_index("biomarker").rename(columns=_SHIFT)[[*_SHIFT.values()]]
    folds = found.reindex(drawn["measure"].map(names)).set_axis(drawn.index)
    return drawn.join(folds)[_COLUMNS].reset_index(drop=True)


def plot_ctdna_by_her2(
    drawn: pd.DataFrame, *, metric: str, confidence: float, study: Study
) -> Figure:
    """Draw a point a patient and the median of each group, on log axes."""
    if drawn.empty:
        reason = "No treated patient with a HER2 group has a ctDNA level."
        return plot_nothing(reason, title="ctDNA by HER2 group", study=study)
    n = count_of(drawn["patient_id"].nunique(), "patient")
    sheet = open_sheet(
        _TOP_MM + _PANEL_MM + _FOOT_MM,
        title=_title(drawn, metric),
        subtitle=f"{n}, one mark a patient; line: median. Open triangles are upper "
        "95\N{NO-BREAK SPACE}% limits of undetected samples, which rank lowest. "
        "HER2-low over HER2-zero: Hodges-Lehmann ratio with its "
        f"{percent(confidence)} interval and the exact rank-sum p; its n are those "
        "whose sample could have seen enough.",
        study=study,
    )
    landmark = shown(drawn["landmark"].dropna().min())
    headings = {
        "baseline_level": ("Baseline", name_level(metric)),
        "ratio": (f"{landmark} over baseline", "Ratio of levels"),
    }
    for left, (measure, (heading, label)) in zip(
        _LEFTS_MM, headings.items(), strict=True
    ):
        own = drawn[drawn["measure"] == measure]
        if len(own):
            scale = metric if measure == "baseline_level" else "ratio"
            axes = _draw_panel(sheet, own, left, scale)
            sheet.text(left, 0, heading, fontsize=7, fontweight="bold")
            sheet.text(left, 3.4, _fold_words(own.iloc[0]), color=MUTED)
            axes.set_ylabel(label)
            if measure == "ratio":
                axes.axhline(1, color=MUTED, linewidth=0.6, linestyle=(0, (3, 2)))
    return sheet.figure


def draw_ctdna_by_her2(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw ctDNA by HER2 group, at baseline and at the first landmark."""
    drawn = derive_ctdna_by_her2(
        given.tables["patients"],
        given.tables["ctdna_samples"],
        given.tables["ctdna_landmarks"],
        given.tables["biomarkers"],
        landmark=given.landmark or NO_LANDMARK,
    )
    figure = plot_ctdna_by_her2(
        drawn, metric=given.level_scale, confidence=given.confidence, study=given.study
    )
    return drawn, figure


def _fold_words(row: pd.Series) -> str:
    """Return the ratio of the groups with its interval and p, as far as known."""
    if row["p_value"] != row["p_value"]:
        return "HER2-low over zero: one group only"
    numbers = row[["fold", "fold_low", "fold_high"]]
    fold = ratio(*numbers)
    if numbers[["fold_low", "fold_high"]].isna().all():
        fold = f"{fold.partition(' (')[0]} (no interval)"
    if row["fold"] != row["fold"]:
        fold = "ratio not defined"
    n = f"n = {row['n_compared']:.0f}"
    return f"HER2-low over zero: {fold}, {write_p(row['p_value'])}, {n}"


def _title(drawn: pd.DataFrame, metric: str) -> str:
    """Return the medians of the groups, of those that have one."""
    parts = []
    landmark = shown(drawn["landmark"].dropna().min())
    names = {"baseline_level": "at baseline", "ratio": f"{landmark} over baseline"}
    for measure, name in names.items():
        scale = metric if measure == "baseline_level" else "ratio"
        own = drawn[drawn["measure"] == measure]
        medians = [
            f"{_median_words(group, scale)} in {HER2_GROUPS[key].label}"
            for key in HER2_GROUPS
            if len(group := own[own["her2_group"] == key])
        ]
        if medians:
            parts.append(f"{name} {', '.join(medians)}")
    return f"Median ctDNA {'; '.join(parts)}"


def _median_words(group: pd.DataFrame, scale: str) -> str:
    middle = compute_median_level(group)
    return show_level(middle, scale) if middle == middle else "undetected"


def _draw_panel(sheet: Sheet, own: pd.DataFrame, left: float, scale: str) -> Axes:
    axes = sheet.axes(left, _TOP_MM, _PANEL_WIDTH_MM, _PANEL_MM)
    scale_levels(axes, own["value"], scale)
    names = [name for name in HER2_GROUPS if (own["her2_group"] == name).any()]
    labels = []
    for place, name in enumerate(names):
        group = own[own["her2_group"] == name]
        _draw_group(axes, group, place, scale)
        bounds = int((group["is_bound"] == "yes").sum())
        undetected = f", {bounds} undetected" if bounds else ""
        labels.append(f"{HER2_GROUPS[name].label}\nn = {len(group)}{undetected}")
    axes.set_xticks(range(len(names)), labels)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(names) - 0.4)
    return axes


def _draw_group(axes: Axes, group: pd.DataFrame, place: int, scale: str) -> None:
    look = HER2_GROUPS[group["her2_group"].iloc[0]]
    offsets = spread_points(np.log10(group["value"].to_numpy()), axes)
    # where many share a value all points come closer and become smaller
    shrink = min(1.0, _WIDEST / max(np.abs(offsets).max(), 1e-9))
    offsets, size = offsets * shrink, _MARKER * max(shrink, 0.3)
    for is_bound, points in group.groupby("is_bound"):
        own = look._replace(marker="o", edge=look.ink)
        if is_bound == "yes":
            own = look._replace(marker="v", colour=WHITE, edge=look.ink)
        where = (group["is_bound"] == is_bound).to_numpy()
        axes.plot(place + offsets[where], points["value"], **marker(own, size))
    middle = compute_median_level(group)
    if middle == middle:
        axes.hlines(middle, place - 0.32, place + 0.32, color=INK, linewidth=1.4)
        style: Style = {"fontsize": SMALL_SIZE, "va": "center_baseline"}
        axes.text(place + 0.35, middle, show_level(middle, scale), **style)


def compute_median_level(group: pd.DataFrame) -> float:
    """Return the median of ``value`` where undetected samples rank below all others.

    NaN where the median is that of undetected samples, as it has no value then.
    """
    ranked = np.sort(group["value"].where(group["is_bound"] == "no", 0.0))
    middle = ranked[[(len(ranked) - 1) // 2, len(ranked) // 2]]
    return float(middle.mean()) if middle[0] > 0 else float("nan")


def spread_points(heights: np.ndarray, axes: Axes) -> np.ndarray:
    """Return sideways offsets that keep points of one group apart.

    Points are taken from the lowest; each goes to the free place nearest the middle.
    """
    low, high = np.log10(axes.get_ylim())
    near = (high - low) * 1.4 / _PANEL_MM
    placed: list[tuple[float, float]] = []
    for height in heights:
        taken = {round(x / _SPREAD) for x, y in placed if abs(y - height) < near}
        steps = (side * step for step in range(len(placed) + 1) for side in (1, -1))
        free = next(step for step in steps if step not in taken)
        placed.append((free * _SPREAD, height))
    return np.array([x for x, _ in placed])
