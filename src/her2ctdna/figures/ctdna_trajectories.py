"""Figure ``ctdna_trajectories``: the ctDNA level of each patient over time."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.key import draw_keys, key_of, measure_keys
from her2ctdna.figures.levels import name_level, scale_levels
from her2ctdna.figures.palette import RESPONSES, STATES, WHITE, Look
from her2ctdna.figures.panels import draw_lines, label_panel, place_panels, show_weeks
from her2ctdna.figures.sheet import Study, marker, open_sheet, plot_nothing
from her2ctdna.figures.style import DAYS_PER_WEEK, INK, patients

MARKS = {
    "detected": Look("detected", INK, "o"),
    "undetected": Look(
        "undetected, upper 95\N{NO-BREAK SPACE}% limit of the level", WHITE, "v"
    ),
    "not_evaluable": STATES["not_evaluable"],
    "failed_qc": STATES["failed_qc"],
}
_FEET = {"detected": 0.25, "undetected": 0.25, "not_evaluable": 0.5, "failed_qc": 0.75}
"""Where in the grey band a state stands, so that none hides another of that day."""
_COLUMNS = [
    "patient_id",
    "her2_group",
    "bor",
    "sample_id",
    "day",
    "state",
    "level",
    "upper_bound",
]
_PANEL_MM = 66.0
_AXIS_MM = 8.5


def derive_ctdna_trajectories(
    samples: pd.DataFrame, patient_table: pd.DataFrame
) -> pd.DataFrame:
    """Return the level of each plasma sample of the treated patients, by day.

    ``level`` is that of a detected sample. An undetected one has in its place an
    ``upper_bound``, the one-sided 95 % limit of its level (``upper95_level``).
    Without a limit, and when not evaluable, a sample has neither and is marked at
    the foot of the figure. Samples without a day are left out.
    """
    treated = patient_table[patient_table["treated"] == "yes"]
    known = treated.reindex(columns=["patient_id", "her2_group", "bor"])
    known = known.assign(her2_group=known["her2_group"].fillna(""))
    drawn = samples[samples["day"].notna()].merge(known, on="patient_id")
    level, limit = drawn["level"].astype(float), drawn["upper95_level"].astype(float)
    detected = drawn["state"] == "detected"
    drawn = drawn.assign(
        level=level.where(detected & (level > 0)),
        upper_bound=limit.where((drawn["state"] == "undetected") & (limit > 0)),
    )
    return drawn.sort_values(["patient_id", "day", "sample_id"], ignore_index=True)[
        _COLUMNS
    ]


def plot_ctdna_trajectories(
    drawn: pd.DataFrame, *, metric: str, study: Study
) -> Figure:
    """Draw a line a patient on a log axis, a panel a HER2 group."""
    heights = drawn["level"].fillna(drawn["upper_bound"])
    if not heights.notna().any():
        reason = "No plasma sample of a treated patient has a ctDNA level."
        return plot_nothing(reason, title="ctDNA over time", study=study)
    keys = [
        key_of("Best response", RESPONSES, drawn["bor"], kind="line"),
        key_of("Sample", MARKS, drawn["state"], kind="marker"),
    ]
    top = measure_keys(keys) + 5
    sheet = open_sheet(
        top + _PANEL_MM + _AXIS_MM,
        title=_title(drawn),
        subtitle=f"{patients(drawn['patient_id'].nunique())}, {len(drawn)} plasma "
        "samples, one line a patient; marks in the grey band have no level.",
        study=study,
    )
    draw_keys(sheet, keys)
    drawn = drawn.assign(x=drawn["day"] / DAYS_PER_WEEK, y=heights)
    is_only = drawn["her2_group"].nunique() == 1
    for axes, group in place_panels(sheet, drawn["her2_group"], top, _PANEL_MM):
        own = drawn[drawn["her2_group"] == group]
        scale_levels(axes, heights, metric)
        draw_lines(axes, own)
        _draw_marks(axes, own)
        label_panel(axes, group, own["patient_id"].nunique(), is_only=is_only)
        show_weeks(axes, drawn["x"])
    sheet.figure.axes[0].set_ylabel(name_level(metric))
    return sheet.figure


def _title(drawn: pd.DataFrame) -> str:
    """Count who went from detected to undetected, in the order of the samples."""
    first = drawn[drawn["state"] == "detected"].groupby("patient_id")["day"].min()
    last = drawn[drawn["state"] == "undetected"].groupby("patient_id")["day"].max()
    fell = int((last.reindex(first.index) > first).sum())
    return (
        f"ctDNA became undetected in at least one later sample in {fell} of "
        f"{patients(len(first))} in whom it had been detected"
    )


def _draw_marks(axes: Axes, own: pd.DataFrame) -> None:
    """Mark the samples: by response where there is a level, else at the foot."""
    at_foot = own["y"].isna()
    for response, points in own[~at_foot].groupby("bor"):
        ink = RESPONSES[str(response)].ink
        for state in ("detected", "undetected"):
            look = MARKS[state]._replace(edge=ink)
            if state == "detected":
                look = look._replace(colour=ink)
            shown = points[points["state"] == state]
            axes.plot(shown["x"], shown["y"], **marker(look, 2.6), zorder=3)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom / 1.9, top)
    axes.axhspan(bottom / 1.9, bottom, facecolor="#F0F0F0", edgecolor="none")
    for state, points in own[at_foot].groupby("state"):
        style = marker(MARKS[str(state)], 3.4)
        foot = bottom / 1.9 ** _FEET[str(state)]
        axes.plot(points["x"], [foot] * len(points), **style, clip_on=False, zorder=4)
