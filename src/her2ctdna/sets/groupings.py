"""Who is compared with whom: populations, and columns that split patients."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.settings.landmark_columns import (
    CHANGE,
    CLEARANCE,
    DAY,
    MOLECULAR_RESPONSE,
    STATE,
    LandmarkColumn,
    name_clearance,
)

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import Landmark

logger = logging.getLogger(__name__)

FIRST_DOSE = "first_dose"
MISSING = "missing"
HER2_GROUPINGS = (
    *("her2_group", "her2_class", "her2_level"),
    *("her2_any_staining", "her2_dynamics"),
)
LEVELS: dict[str, tuple[str, ...]] = {
    "her2_group": ("zero", "low"),
    "her2_class": ("absent", "ultralow", "low"),
    "her2_level": ("absent", "ultralow", "1+", "2+"),
    "her2_any_staining": ("absent", "any_staining"),
    "her2_dynamics": ("stable_zero", "lost", "ever_low", "gained", "stable_low"),
    CLEARANCE: ("not_cleared", "cleared"),
    STATE: ("detected", "undetected"),
    MOLECULAR_RESPONSE: ("no", "yes"),
    CHANGE: ("increase", "decrease"),
}
"""The groups that are compared, the reference first, by what a column tells.

Courses of HER2 stand in order from never low over low no longer, in turns, and now,
to always low.
"""

ORDERED = ("her2_level", "her2_dynamics")
"""Groupings by HER2 along which a trend is asked."""

MOST_NUMERIC_LEVELS = 5
"""A number with more distinct values is summed up and not counted by value."""


@dataclass(frozen=True)
class Grouping:
    """A column that splits patients into groups.

    ``levels`` are compared, the first being the reference; ``others``, such as
    missing or not evaluable, are shown beside them. ``landmark`` is the time point
    at which the groups come into being, ``None`` if they are known at first dose.
    """

    column: str
    levels: tuple[str, ...]
    others: tuple[str, ...] = ()
    landmark: str | None = None

    @property
    def groups(self) -> list[str]:
        """All groups in the order in which they are shown."""
        return [*self.levels, *self.others]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The reference and, one after the other, each group compared with it."""
        return [(self.levels[0], group) for group in self.levels[1:]]

    @property
    def origin(self) -> str:
        """The time at which the groups are known."""
        return self.landmark or FIRST_DOSE

    @property
    def is_clearance(self) -> bool:
        """Tell whether the groups are the cleared and the not cleared of a landmark."""
        known_at = [self.landmark] if self.landmark else []
        result = LandmarkColumn.parse(self.column, known_at)
        return result is not None and result.kind == CLEARANCE

    def label(self, patients: pd.DataFrame) -> pd.Series:
        """Return the group of each patient; who has none is ``missing``."""
        if self.column == ALL.column:
            return pd.Series(self.column, index=patients.index)
        return _as_text(patients[self.column]).fillna(MISSING)


ALL = Grouping("all", ("all",))


def is_in_population(patients: pd.DataFrame, population: str) -> pd.Series:
    """Tell who belongs to ``all_treated`` or to a set with a flag column."""
    column = "treated" if population == "all_treated" else population
    return patients[column] == "yes"


def is_known(values: pd.Series) -> pd.Series:
    """Tell which cells of a column hold a value, the word missing being none."""
    return values.notna() & (values != MISSING)


def derive_landmark_origins(
    patients: pd.DataFrame, landmarks: Mapping[str, "Landmark"]
) -> dict[str, float]:
    """Return the day since first dose from which each landmark's time is counted.

    In the order of these days, those without one last.
    The last day on which a sample may lie: day + window; for a landmark by label the
    latest of its samples (column ``day_<landmark>``), NaN if there is none. So no
    sample that makes a group lies after the origin. Landmarks without a column
    ``clearance_<landmark>`` are not part of the results.
    """
    origins = {
        name: float(
            landmark["day"] + landmark["window"]
            if "day" in landmark
            else pd.to_numeric(patients[LandmarkColumn(DAY, name).name]).max()
        )
        for name, landmark in landmarks.items()
        if name_clearance(name) in patients
    }
    return dict(sorted(origins.items(), key=lambda item: (isnan(item[1]), item[1])))


def find_groupings(
    patients: pd.DataFrame, *, landmarks: Iterable[str], columns: Sequence[str]
) -> list[Grouping]:
    """Return the groupings that a table of patients holds.

    HER2 first, then ``columns`` (covariates), then those of each landmark. A column
    that is not there, or a number with more than five distinct values, is logged
    and left out: no continuous variable is cut here.

    Parameters
    ----------
    patients
        One row a patient.
    landmarks
        Names of landmarks, for columns such as ``clearance_<landmark>``.
    columns
        Further columns. If all its values are words of one of `LEVELS` the column
        takes their order; otherwise its reference is the smallest value.
    """
    treated = patients[is_in_population(patients, "all_treated")]
    found = [
        _grouping(treated, name, LEVELS[name])
        for name in HER2_GROUPINGS
        if name in treated and _is_any_known(treated, name)
    ]
    there = {grouping.column for grouping in found}
    for column in dict.fromkeys(columns):
        if column not in there and _is_categorical(treated, column):
            found.append(_grouping(treated, column, _order_levels(treated[column])))
    for landmark in landmarks:
        for column in treated:
            result = LandmarkColumn.parse(str(column), [landmark])
            if result and result.kind in LEVELS:
                levels = LEVELS[result.kind]
                found.append(_grouping(treated, result.name, levels, landmark))
    return found


def _is_any_known(patients: pd.DataFrame, column: str) -> bool:
    """Tell whether anybody is in a group, asked of the course of HER2 alone.

    Where everybody has one reading there is no course to compare.
    """
    return column != "her2_dynamics" or patients[column].isin(LEVELS[column]).any()


def _is_categorical(patients: pd.DataFrame, column: str) -> bool:
    """Tell whether a column can split patients; log why not."""
    if column not in patients:
        logger.warning("%s: no such column of patients, not grouped by", column)
        return False
    values = patients[column].dropna()
    if pd.api.types.is_numeric_dtype(values) and (
        values.nunique() > MOST_NUMERIC_LEVELS
    ):
        logger.warning("%s: too many distinct numbers to group by", column)
        return False
    return True


def _order_levels(values: pd.Series) -> tuple[str, ...]:
    """Return the distinct values as text, the reference first."""
    known_values = values[is_known(values)]
    distinct = known_values.drop_duplicates().sort_values()
    present = tuple(_as_text(distinct))
    known = (levels for levels in LEVELS.values() if set(present) <= set(levels))
    return next(known, present) if len(present) > 1 else present


def _grouping(
    patients: pd.DataFrame,
    column: str,
    levels: tuple[str, ...],
    landmark: str | None = None,
) -> Grouping:
    """Return a grouping: both of two levels, of more those that occur."""
    present = set(Grouping(column, ()).label(patients))
    if len(levels) > 2:
        levels = tuple(level for level in levels if level in present)
    others = sorted(present - {*levels, MISSING}) + sorted(present & {MISSING})
    return Grouping(column, levels, tuple(others), landmark)


def _as_text(values: pd.Series) -> pd.Series:
    """Return values as labels: 2.0 is ``2``, missing stays missing."""
    if pd.api.types.is_numeric_dtype(values):
        return values.map("{:.15g}".format, na_action="ignore").astype(object)
    return values
