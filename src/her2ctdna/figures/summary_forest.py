"""Figure ``summary_forest``: the questions of the study, against response and PFS."""

from collections.abc import Iterator, Sequence
from math import isfinite, nan
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.draw import Inputs
from her2ctdna.figures.marks.response_differences import select_differences
from her2ctdna.figures.marks.rows import ROW_MM, place_rows
from her2ctdna.figures.marks.sheet import (
    MARGIN_MM,
    Sheet,
    Study,
    open_sheet,
    plot_nothing,
)
from her2ctdna.figures.marks.style import (
    FAINT,
    INK,
    MUTED,
    SMALL_SIZE,
    TEXT_SIZE,
    interval,
    number,
    percent,
    ratio,
    shorten,
    words,
)
from her2ctdna.sets.groupings import FIRST_DOSE
from her2ctdna.settings.landmark_columns import CLEARANCE, LandmarkColumn
from her2ctdna.statistics.method_names import COX_PROFILE, FIRTH_PROFILE
from her2ctdna.tables import Record

TITLE = "Biomarkers and outcome"
_HER2 = (
    ("her2_group", "HER2-low vs HER2-zero"),
    ("her2_level", "trend: absent, ultralow, 1+, 2+"),
    ("her2_any_staining", "any staining vs absent"),
)
_TREND = "her2_level"
_COLUMNS = (
    *("section", "comparison", "group_by", "origin", "population"),
    *("events", "n", "events_reference", "n_reference"),
    *("difference", "difference_low", "difference_high", "orr_p", "orr_q"),
    *("pfs_n", "pfs_n_reference"),
    *("hazard_ratio", "hazard_low", "hazard_high", "hazard_method"),
    *("pfs_p", "pfs_q"),
)
_LABEL_MM = 42.0
_PENALISED = "*"
_FARTHEST = 16.0
"""The axis of hazard ratios goes from one to this many, and to one of as many."""


class _Panel(NamedTuple):
    """Where the columns of one endpoint stand, in mm."""

    counts: float
    axes: float
    width: float
    limits: float
    q: float


_ORR = _Panel(counts=65, axes=67, width=24, limits=93, q=120)
_PFS = _Panel(counts=0, axes=124, width=24, limits=150, q=181)


def derive_summary_forest(
    contrasts: pd.DataFrame, tests: pd.DataFrame, landmarks: Sequence[str]
) -> pd.DataFrame:
    """Return a row a question: HER2, then each landmark's clearance and responses.

    ORR as a difference with Newcombe's interval, PFS as a hazard ratio: of a plain Cox
    model where its interval is closed, else penalised (Firth). p and q are those of
    the primary tests. A trend has its tests alone. Questions that were not asked, or
    in which one side is empty, have no row.
    """
    asked = contrasts[
        contrasts["subgroup"].isna()
        & contrasts["adjusted_for"].isna()
        & (contrasts["biased"] != "yes")
    ]
    primary = tests[(tests["role"] == "primary") & tests["subgroup"].isna()]
    rows = [
        {"section": section, "comparison": label, "group_by": name, "origin": origin}
        | _response(asked, primary, name)
        | _survival(asked, primary, name, origin)
        for section, label, name, origin in _questions(asked, primary, landmarks)
    ]
    drawn = pd.DataFrame(rows, columns=list(_COLUMNS))
    numbers = drawn[["difference", "hazard_ratio", "orr_p", "pfs_p"]].astype(float)
    return drawn[numbers.notna().any(axis=1)].reset_index(drop=True)


def _questions(
    contrasts: pd.DataFrame, tests: pd.DataFrame, landmarks: Sequence[str]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield section, words, grouping and origin of each question that was asked."""
    known = dict.fromkeys([*contrasts["group_by"], *tests["biomarker"]])
    for name, label in _HER2:
        if name in known:
            yield "HER2", label, name, FIRST_DOSE
    for landmark in landmarks:
        for name in known:
            found = LandmarkColumn.parse(name, [landmark])
            if found is None:
                continue
            label = "cleared vs not cleared" if found.kind == CLEARANCE else ""
            if found.reduction:
                label = f"molecular response, {found.reduction} %"
            if label:
                yield f"ctDNA at {landmark}", label, name, landmark


def _response(contrasts: pd.DataFrame, tests: pd.DataFrame, name: str) -> Record:
    """Return the difference of the ORR by a grouping, with p and q of its test."""
    found = select_differences(contrasts)
    found = found[found["group_by"] == name]
    row: Record = {"population": None} | dict.fromkeys(_COLUMNS[5:14], nan)
    if len(found) and name != _TREND:
        first = found.iloc[0]
        row |= {
            "population": first["population"],
            **{key: first[key] for key in ("events", "n")},
            **{key: first[key] for key in ("events_reference", "n_reference")},
            "difference": first["estimate"],
            "difference_low": first["ci_low"],
            "difference_high": first["ci_high"],
        }
    return row | _test_of(tests, "orr", name, row["population"])


def _survival(
    contrasts: pd.DataFrame, tests: pd.DataFrame, name: str, origin: str
) -> Record:
    """Return the hazard ratio of PFS by a grouping, with p and q of its test."""
    found = contrasts[
        (contrasts["endpoint"] == "pfs")
        & (contrasts["group_by"] == name)
        & (contrasts["origin"] == origin)
        & (contrasts["measure"] == "hazard_ratio")
    ]
    row: Record = dict.fromkeys(_COLUMNS[14:21], nan) | {"hazard_method": None}
    population = None
    for method in (COX_PROFILE, FIRTH_PROFILE) if name != _TREND else ():
        own = found[found["ci_method"] == method]
        if own.empty:
            continue
        first = own.iloc[0]
        population = first["population"]
        limits = (first["estimate"], first["ci_low"], first["ci_high"])
        if all(map(isfinite, limits)):
            row |= dict(
                zip(("hazard_ratio", "hazard_low", "hazard_high"), limits, strict=True)
            )
            row |= {"hazard_method": method, "pfs_n": first["n"]}
            row["pfs_n_reference"] = first["n_reference"]
            break
    return row | _test_of(tests, "pfs", name, population, origin)


def _test_of(
    tests: pd.DataFrame,
    endpoint: str,
    name: str,
    population: str | None,
    origin: str | None = None,
) -> Record:
    """Return p and q of the primary test of a grouping, in its population."""
    own = tests[(tests["endpoint"] == endpoint) & (tests["biomarker"] == name)]
    if population is not None:
        own = own[own["population"] == population]
    if origin is not None:
        own = own[own["origin"] == origin]
    p, q = (nan, nan) if own.empty else own.iloc[0][["p_value", "q_value"]]
    return {f"{endpoint}_p": p, f"{endpoint}_q": q}


def plot_summary_forest(
    drawn: pd.DataFrame, *, confidence: float, study: Study
) -> Figure:
    """Draw a row a question: on the left the ORR, on the right PFS, each with q."""
    if drawn.empty:
        reason = "No two groups with patients were compared."
        return plot_nothing(reason, title=TITLE, study=study)
    tops, height = place_rows(drawn["section"])
    has_orr, has_pfs = (drawn[name].notna().any() for name in ("orr_p", "pfs_p"))
    by_landmark = (drawn["origin"] != FIRST_DOSE).any()
    is_penalised = (drawn["hazard_method"] == FIRTH_PROFILE).any()
    subtitle = (
        f"{percent(confidence)} intervals, unadjusted; q is adjusted within a family "
        "of tests (Benjamini-Hochberg)."
        + (" ctDNA: PFS from the landmark on." if by_landmark else "")
        + (f" {_PENALISED} Penalised (Firth)." if is_penalised else "")
    )
    sheet = open_sheet(height + 13, title=TITLE, subtitle=subtitle, study=study)
    _write_labels(sheet, drawn, tops)
    if has_orr:
        _draw_response(sheet, drawn, tops, height)
    if has_pfs:
        _draw_survival(sheet, drawn, tops, height)
    return sheet.figure


def draw_summary_forest(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    """Draw the biomarkers against response and PFS."""
    tables = given.tables
    drawn = derive_summary_forest(tables["contrasts"], tables["tests"], given.landmarks)
    figure = plot_summary_forest(drawn, confidence=given.confidence, study=given.study)
    return drawn, figure


def _write_labels(sheet: Sheet, drawn: pd.DataFrame, tops: list[float]) -> None:
    style = {"va": "center_baseline"}
    last = ""
    for row, top in zip(drawn.to_dict("records"), tops, strict=True):
        middle = _middle(top)
        if row["section"] != last:
            last = row["section"]
            heading = shorten(words(last), _LABEL_MM, size=TEXT_SIZE, bold=True)
            above = middle - ROW_MM
            sheet.text(MARGIN_MM, above, heading, fontweight="bold", **style)
        label = shorten(row["comparison"], _LABEL_MM, size=TEXT_SIZE)
        sheet.text(MARGIN_MM + 3, middle, label, **style)


def _middle(top: float) -> float:
    return 4 + top + ROW_MM / 2


def _draw_response(
    sheet: Sheet, drawn: pd.DataFrame, tops: list[float], height: float
) -> None:
    _write_headings(sheet, _ORR, "ORR, n/N vs n/N", "Points (interval)")
    axes = _open_axes(sheet, _ORR, drawn, height)
    low, high = 100 * drawn["difference_low"], 100 * drawn["difference_high"]
    axes.axvline(0, color=INK, linewidth=0.6)
    ys = [top + ROW_MM / 2 for top in tops]
    axes.hlines(ys, low, high, color=INK, linewidth=1.1)
    axes.plot(100 * drawn["difference"], ys, "s", color=INK, markersize=3.2)
    axes.set_xlim(-100, 100)
    axes.set_xticks([-100, 0, 100])
    axes.xaxis.set_major_formatter(lambda value, _: number(value))
    axes.set_xlabel("difference of ORR, points")
    for row, top in zip(drawn.to_dict("records"), tops, strict=True):
        counts, text = "", ""
        if row["difference"] == row["difference"]:
            counts = (
                f"{row['events']:.0f}/{row['n']:.0f} vs "
                f"{row['events_reference']:.0f}/{row['n_reference']:.0f}"
            )
            limits = interval(
                100 * row["difference_low"], 100 * row["difference_high"], 0
            )
            text = f"{number(100 * row['difference'])} {limits}"
        _write_row(sheet, _ORR, _middle(top), counts, text, row["orr_q"])


def _draw_survival(
    sheet: Sheet, drawn: pd.DataFrame, tops: list[float], height: float
) -> None:
    _write_headings(sheet, _PFS, "", "PFS, hazard ratio")
    axes = _open_axes(sheet, _PFS, drawn, height)
    axes.set_xscale("log")
    axes.axvline(1, color=INK, linewidth=0.6)
    ys = [top + ROW_MM / 2 for top in tops]
    near, far = 1 / _FARTHEST, _FARTHEST
    low, high = (drawn[name].clip(near, far) for name in ("hazard_low", "hazard_high"))
    axes.hlines(ys, low, high, color=INK, linewidth=1.1)
    inside = drawn["hazard_ratio"].where(drawn["hazard_ratio"].between(near, far))
    axes.plot(inside, ys, "s", color=INK, markersize=3.2)
    axes.set_xlim(near, far)
    axes.set_xticks([near, 1, far], [f"1/{far:g}", "1", f"{far:g}"])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("hazard ratio")
    for row, top in zip(drawn.to_dict("records"), tops, strict=True):
        text = ""
        if row["hazard_ratio"] == row["hazard_ratio"]:
            text = ratio(row["hazard_ratio"], row["hazard_low"], row["hazard_high"])
            text += _PENALISED if row["hazard_method"] == FIRTH_PROFILE else ""
        _write_row(sheet, _PFS, _middle(top), "", text, row["pfs_q"])


def _open_axes(sheet: Sheet, panel: _Panel, drawn: pd.DataFrame, height: float) -> Axes:
    axes = sheet.axes(panel.axes, 4, panel.width, height)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    tops, _ = place_rows(drawn["section"])
    for top in tops:
        axes.axhline(top + ROW_MM / 2, color=FAINT, linewidth=0.4, zorder=0)
    return axes


def _write_headings(sheet: Sheet, panel: _Panel, counts: str, limits: str) -> None:
    style = {"fontsize": SMALL_SIZE, "color": MUTED, "va": "center_baseline"}
    sheet.text(panel.counts, 2, counts, ha="right", **style)
    sheet.text(panel.limits, 2, limits, **style)
    sheet.text(panel.q, 2, "q", ha="right", **style)


def _write_row(
    sheet: Sheet, panel: _Panel, middle: float, counts: str, limits: str, q: float
) -> None:
    style = {"va": "center_baseline"}
    sheet.text(panel.counts, middle, counts, ha="right", **style)
    sheet.text(panel.limits, middle, limits, **style)
    sheet.text(panel.q, middle, _q_words(q), ha="right", **style)


def _q_words(q: float) -> str:
    """Return a q-value; one that is below a thousandth says so."""
    if q != q:
        return ""
    return "< 0.001" if q < 0.001 else number(q, 3 if q < 0.0995 else 2)
