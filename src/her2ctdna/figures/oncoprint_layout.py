"""Where the columns of ``oncoprint`` stand: draws of a patient side by side, in bands.

No library has such columns: those of marsilea, PyComplexHeatmap and comut are equally
wide and know no groups that must not be broken (docs/decisions/0005).
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from her2ctdna.figures.marks.strips import UPRIGHT_MM

WIDTH_MM = 130.0
_WIDEST_MM = 3.2
_NARROWEST_WITH_IDS_MM = 0.5
_MOST_IN_A_BAND = 110
_SHRINK = 0.98
_GAP = 0.6
"""Space between patients, in columns; between HER2 classes it is three times that."""


Row = tuple[str, str, int]
"""A patient: id, HER2 category, number of draws."""


class Slot(NamedTuple):
    """A patient's place in a band: from ``left``, ``width`` wide, in mm."""

    patient_id: str
    category: str
    left: float
    width: float
    n_draws: int


class Layout(NamedTuple):
    """The bands from top to bottom, and how wide a draw is in all of them."""

    bands: list[list[Slot]]
    pitch: float
    has_ids: bool


def lay_out(people: pd.DataFrame) -> Layout:
    """Return the places of patients, each with ``n_draws`` columns.

    ``people`` has ``patient_id``, ``her2_category`` and ``n_draws``, in order. More
    than 110 draws take two bands, as equal as patients allow. A patient with few draws
    has room for an id, unless columns became too narrow to read; then none has.
    """
    names = ["patient_id", "her2_category", "n_draws"]
    rows: list[Row] = list(people[names].itertuples(index=False, name=None))
    pitch = _WIDEST_MM
    while pitch >= _NARROWEST_WITH_IDS_MM:
        bands = _in_bands(rows, pitch, UPRIGHT_MM)
        if max(map(_width, bands)) <= WIDTH_MM:
            return Layout(bands, pitch, has_ids=True)
        pitch *= _SHRINK
    # without a least width everything shrinks alike, to the width of the page
    widest = max(map(_width, _in_bands(rows, 1.0, 0.0)))
    pitch = WIDTH_MM / widest * (1 - 1e-9)
    return Layout(_in_bands(rows, pitch, 0.0), pitch, has_ids=False)


def _in_bands(rows: Sequence[Row], pitch: float, least: float) -> list[list[Slot]]:
    whole = _line_up(rows, pitch, least)
    if sum(slot.n_draws for slot in whole) <= _MOST_IN_A_BAND or len(rows) == 1:
        return [whole]
    middle = _width(whole) / 2
    cut = min(
        range(1, len(rows)), key=lambda i: (abs(whole[i].left - middle), whole[i].left)
    )
    return [_line_up(part, pitch, least) for part in (rows[:cut], rows[cut:])]


def _line_up(rows: Sequence[Row], pitch: float, least: float) -> list[Slot]:
    slots: list[Slot] = []
    left, last = 0.0, None
    for patient, category, n_draws in rows:
        if slots:
            left += _GAP * pitch * (1 if category == last else 3)
        width = max(n_draws * pitch, least)
        slots.append(Slot(patient, category, left, width, int(n_draws)))
        left, last = left + width, category
    return slots


def _width(band: Sequence[Slot]) -> float:
    return band[-1].left + band[-1].width


def runs(band: Sequence[Slot]) -> list[tuple[str, float, float]]:
    """Return the HER2 categories of a band, each with where it begins and ends."""
    found: list[tuple[str, float, float]] = []
    for slot in band:
        end = slot.left + slot.width
        if found and found[-1][0] == slot.category:
            found[-1] = (slot.category, found[-1][1], end)
        else:
            found.append((slot.category, slot.left, end))
    return found
