"""Times in SDTM: dates of any precision, and study days that know no day 0."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.inputs.columns import read_date
from her2ctdna.inputs.made import as_cells, cells_of
from her2ctdna.inputs.sdtm_domains import Domains

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KNOWN_PART = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{4}-\d{2}(?!-?\d)|\d{4}(?=-|$))")


class Clock(NamedTuple):
    """How a study in SDTM tells time.

    ``time`` is ``date``, or ``day`` where doses have study days alone.
    ``reference`` is the date of study day 1 (RFSTDTC) of each subject who has one;
    ``first_dose`` the days from study day 1 to the first dose, for ``day``.
    """

    time: str
    reference: Mapping[str, date]
    first_dose: Mapping[str, float]

    def column(self, name: str) -> str:
        """Return the name of a time column, such as ``assessed_date``."""
        return f"{name}_{self.time}"

    def read(
        self, frame: pd.DataFrame, stem: str, *, is_end: bool = False
    ) -> pd.Series:
        """Return the times of a domain by the stem of their variables (``AEST``).

        Dates come from ``--DTC``, and where that is empty from ``--DY`` and the date
        of study day 1; of an interval its start, or its end. Times of day are
        dropped. In a study of days these are since first dose, as text.
        """
        offset = elapsed_days(cells_of(frame, f"{stem}DY"))
        subject = cells_of(frame, "USUBJID")
        if self.time == "day":
            dose = subject.map(dict(self.first_dose)).astype(float).fillna(0)
            return (offset - dose).map(_whole, na_action="ignore").astype(object)
        written = cells_of(frame, f"{stem}DTC")
        known = written.map(lambda cell: known_part(cell, is_end=is_end), "ignore")
        derived = [
            (start + timedelta(days=int(days))).isoformat()
            if (start := self.reference.get(who)) and days == days
            else None
            for who, days in zip(subject, offset, strict=True)
        ]
        by_day = pd.Series(derived, index=frame.index, dtype=object)
        return as_cells(known.where(known.notna(), by_day))

    def order(self, cells: pd.Series) -> pd.Series:
        """Return what times are sorted by: numbers of days, or ISO text."""
        return cells.astype(float) if self.time == "day" else cells


def start_clock(domains: Domains, doses: pd.DataFrame) -> Clock:
    """Return the clock of a study, whose doses given are ``doses`` (rows of EX)."""
    subjects = domains.get("DM", pd.DataFrame(dtype=object))
    starts = {}
    for who, cell in zip(
        cells_of(subjects, "USUBJID"), cells_of(subjects, "RFSTDTC"), strict=True
    ):
        day = read_date(known_part(cell) or "") if cell else None
        if who is not None and day is not None:
            starts[who] = day
    is_dated = any(
        cells_of(frame, name).notna().any()
        for frame, name in ((doses, "EXSTDTC"), (subjects, "RFXSTDTC"))
    )
    offsets = elapsed_days(cells_of(doses, "EXSTDY"))
    first = offsets.groupby(cells_of(doses, "USUBJID")).min().dropna()
    is_of_days = not is_dated and not first.empty
    return Clock("day" if is_of_days else "date", starts, first.to_dict())


def known_part(cell: str, *, is_end: bool = False) -> str | None:
    """Return the date, month or year that an ISO 8601 text of SDTM tells.

    Of an interval the start or the end. ``2003---15`` is the year 2003; a text
    without a year tells nothing. What is no such text is returned as it is, so that
    the check of the sheet speaks of it.
    """
    if re.fullmatch(r"[-\d:T./+Z]*", cell) is None:
        return cell
    start, _, end = cell.partition("/")
    found = _KNOWN_PART.match((end or start) if is_end else start)
    return found[1] if found else None


def is_whole_date(cells: pd.Series) -> pd.Series:
    """Return which dates have a day."""
    return cells.map(lambda cell: bool(cell and _DAY.fullmatch(cell))).astype(bool)


def elapsed_days(study_days: pd.Series) -> pd.Series:
    """Return study days (no day 0) as days since study day 1, missing as NaN."""
    days = pd.to_numeric(study_days, errors="coerce").astype(float)
    days = days.where(days != 0)
    return days.where(days < 0, days - 1)


def _whole(days: float) -> str | None:
    return None if np.isnan(days) else str(int(days))
