"""Figure ``ctdna_clearance``: what became of ctDNA at each landmark."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.key import draw_keys, key_of, measure_keys
from her2ctdna.figures.marks.palette import CLEARANCES, HER2_GROUPS, WHITE, Look
from her2ctdna.figures.marks.sheet import Sheet, Study, open_sheet, plot_nothing
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    FAINT,
    INK,
    MUTED,
    percent,
    shorten,
    shown,
    text_width_mm,
)
from her2ctdna.sets.clearance_sets import FEW_ABLE, is_measured
from her2ctdna.wording import count_of

_STRATA = {"all": Look("All", INK)} | HER2_GROUPS
_ROW_MM = 5.0
_BLOCK_GAP_MM = 4.0
_LEFT_MM = 50.0
_RIGHT_MM = 40.0
_LANDMARK_MM = 24.0


def derive_ctdna_clearance(
    landmarks: pd.DataFrame, patient_table: pd.DataFrame
) -> pd.DataFrame:
    """Return the number of treated patients by landmark, HER2 group and clearance.

    Landmarks are in the order of their table, the stratum ``all`` first, then each
    HER2 group that occurs (empty: no group). ``N`` is the number of patients of the
    stratum, ``n_able`` of those whose sample could have shown a clearance, in the row
    of a clearance those of it; every clearance has a row, with ``n`` 0 if nobody has
    it. Of the uninformative those in whom nothing could be counted are
    ``not_measured``. Cleared have in
    ``residual_max`` the largest share of baseline that one of them cannot exclude,
    missing where one has no limit.
    """
    treated = patient_table[patient_table["treated"] == "yes"]
    known = treated.reindex(columns=["patient_id", "her2_group"])
    known = known.assign(her2_group=known["her2_group"].fillna(""))
    is_uncounted = ~is_measured(landmarks["able"], landmarks["state"])
    is_uncounted &= landmarks["clearance"] == "uninformative"
    told = landmarks.assign(
        clearance=landmarks["clearance"].mask(is_uncounted, "not_measured")
    )
    joined = told.merge(known, on="patient_id")
    groups = [name for name in HER2_GROUPS if (known["her2_group"] == name).any()]
    strata = ["all", *(groups if len(groups) > 1 else [])]
    rows = [
        _count(name, stratum, at_landmark)
        for name, at_landmark in joined.groupby("landmark", sort=False)
        for stratum in strata
    ]
    columns = ["landmark", "her2_group", "clearance", "n", "n_able", "N"]
    columns.append("residual_max")
    return pd.DataFrame([row for part in rows for row in part], columns=columns)


def _count(
    landmark: str, stratum: str, at_landmark: pd.DataFrame
) -> list[tuple[str, str, str, int, int, int, float]]:
    own = at_landmark
    if stratum != "all":
        own = at_landmark[at_landmark["her2_group"] == stratum]
    counts = own["clearance"].value_counts()
    able = own.loc[own["able"] == "yes", "clearance"].value_counts()
    cleared = own.loc[own["clearance"] == "cleared", "residual_max"].astype(float)
    residuals = {"cleared": float(cleared.max(skipna=False))}
    return [
        (
            landmark,
            stratum,
            name,
            int(counts.get(name, 0)),
            int(able.get(name, 0)),
            len(own),
            residuals.get(name, np.nan),
        )
        for name in CLEARANCES
    ]


def plot_ctdna_clearance(drawn: pd.DataFrame, *, study: Study) -> Figure:
    """Draw a bar a stratum, stacked by clearance, in blocks by landmark."""
    if drawn.empty:
        return plot_nothing(
            "No treated patient has a landmark sample.",
            title="ctDNA clearance",
            study=study,
        )
    bars = _bars(drawn)
    height = (bars["y"].max() + 1) * _ROW_MM
    used = drawn.loc[drawn["n"] > 0, "clearance"]
    keys = [key_of("", CLEARANCES, used, kind="patch")]
    top = measure_keys(keys) + 4
    sheet = open_sheet(
        top + height + 8,
        title=_title(bars),
        subtitle=f"{count_of(bars['N'].max(), 'patient')} treated, each "
        "counted once a landmark; "
        f"able: the sample could have shown a clearance.{_residual(drawn)}",
        study=study,
    )
    draw_keys(sheet, keys)
    width = DOUBLE_COLUMN_MM - _LEFT_MM - _RIGHT_MM
    axes = sheet.axes(_LEFT_MM, top, width, height)
    _draw_bars(axes, bars, width)
    _write_rates(sheet, bars, top)
    return sheet.figure


def draw_ctdna_clearance(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw ctDNA clearance at the landmarks."""
    tables = given.tables
    drawn = derive_ctdna_clearance(tables["ctdna_landmarks"], tables["patients"])
    return drawn, plot_ctdna_clearance(drawn, study=given.study)


def _residual(drawn: pd.DataFrame) -> str:
    """Say what the cleared cannot exclude; nothing where one has no limit."""
    cleared = drawn[(drawn["clearance"] == "cleared") & (drawn["n"] > 0)]
    residual = cleared["residual_max"].max(skipna=False)
    if np.isnan(residual):
        return ""
    share = f"{float(f'{100 * residual:.2g}'):g}\N{NO-BREAK SPACE}%"
    return f" A cleared sample may hide up to {share} of baseline."


def _bars(drawn: pd.DataFrame) -> pd.DataFrame:
    """Return a row a bar, with its place ``y`` in rows from the top."""
    key = ["landmark", "her2_group", "N"]
    wide = drawn.pivot(index=key, columns="clearance", values="n")
    wide = wide.assign(able=drawn.groupby(key)["n_able"].sum())
    order = pd.MultiIndex.from_frame(drawn[key].drop_duplicates())
    bars = wide.loc[order].reset_index()
    block = (bars["landmark"] != bars["landmark"].shift()).cumsum() - 1
    return bars.assign(y=bars.index + block * _BLOCK_GAP_MM / _ROW_MM)


def _title(bars: pd.DataFrame) -> str:
    first = bars[bars["her2_group"] == "all"].iloc[0]
    if first["able"] < FEW_ABLE:
        return (
            f"Clearance at {shown(first['landmark'])} could be shown in "
            f"{first['able']} of {count_of(first['N'], 'patient')}"
        )
    return (
        f"ctDNA cleared at {shown(first['landmark'])} in {first['cleared']} of "
        f"{count_of(first['able'], 'patient')} whose sample could show it"
    )


def _draw_bars(axes: Axes, bars: pd.DataFrame, width: float) -> None:
    start = pd.Series(0, index=bars.index)
    most = max(bars["N"].max(), 1)
    for name, look in CLEARANCES.items():
        own = bars[bars[name] > 0]
        axes.barh(
            own["y"],
            own[name],
            left=start[own.index],
            height=0.78,
            color=look.colour,
            edgecolor=MUTED if look.colour == WHITE or look.hatch else look.colour,
            hatch=look.hatch,
        )
        for n, y, x in zip(own[name], own["y"], start[own.index], strict=True):
            if n / most * width > text_width_mm(str(n)) + 0.6:
                _write_count(axes, n, x + n / 2, y, look)
        start = start + bars[name]
    axes.set_ylim(bars["y"].max() + 0.5, -0.5)
    axes.set_xlim(0, most)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel("Patients")


def _write_count(axes: Axes, n: int, x: float, y: float, look: Look) -> None:
    """Write the number of patients in its part of a bar, legible on its colour."""
    box = {"facecolor": look.colour, "edgecolor": "none", "pad": 0.6}
    axes.text(
        x,
        y,
        str(n),
        color=WHITE if look == CLEARANCES["not_cleared"] else INK,
        ha="center",
        va="center_baseline",
        bbox=box if look.hatch else None,
    )


def _write_rates(sheet: Sheet, bars: pd.DataFrame, top: float) -> None:
    """Write landmark and stratum before, the clearance rate after each bar."""
    style = {"va": "center_baseline"}
    for bar in bars.to_dict("records"):
        middle = top + (bar["y"] + 0.5) * _ROW_MM
        look = _STRATA[bar["her2_group"]]
        label = f"{look.label} (n = {bar['N']})"
        sheet.text(_LEFT_MM - 2, middle, label, ha="right", color=look.ink, **style)
        if bar["her2_group"] == "all":
            name = shorten(shown(bar["landmark"]), _LANDMARK_MM, size=7)
            sheet.text(2, middle, name, fontsize=7, fontweight="bold", **style)
        able = bar["able"]
        rate = f" ({percent(bar['cleared'] / able)})" if able else ""
        text = f"{bar['cleared']} of {able} able{rate}"
        end = DOUBLE_COLUMN_MM - _RIGHT_MM + 3
        sheet.text(end, middle, text, color=INK if able else FAINT, **style)
