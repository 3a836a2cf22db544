"""Who the treated patients were at baseline, by HER2 group (Table 1)."""

from collections.abc import Collection, Iterator, Sequence
from math import nan

import pandas as pd

from her2ctdna.sets.groupings import (
    ALL,
    LEVELS,
    MISSING,
    MOST_NUMERIC_LEVELS,
    Grouping,
    is_in_population,
    is_known,
)
from her2ctdna.settings.landmark_columns import LandmarkColumn
from her2ctdna.settings.results.patient_table import DERIVED
from her2ctdna.wording import holds_date

BASELINE_COLUMNS = [
    *["variable", "level", "group", "n", "N", "value", "low", "high"],
    *["statistic", "patient_ids", "note"],
]
SHARE = "share"
MEDIAN_RANGE = "median_range"
MEDIAN_IQR = "median_iqr"
LEFT_OUT = "left_out"
FREE_TEXT_SHARE = 0.5
"""Texts that differ in more than this share of the patients tell who they are."""

SPECIMEN_AGE = "specimen_age_days"
"""Days from the collection of the specimen that HER2 was read on to first dose."""

_OF_STUDY = (
    *("measurable", "specimen", SPECIMEN_AGE, "reader"),
    *("baseline_state", "baseline_level"),
)
"""Characteristics at baseline that are no covariates."""

_Groups = dict[str, pd.DataFrame]
_Row = dict[str, object]


def summarise_baseline(
    patients: pd.DataFrame, *, landmarks: Collection[str], named: Collection[str]
) -> pd.DataFrame:
    """Return each characteristic of the treated patients, in all and by HER2 group.

    A text, and a number with few distinct values, has a row a level: ``n`` of ``N``
    with it, ``value`` their share (empty if ``N`` is 0). Any other number has a row
    with its median and the range (``median_range``) and one with the quartiles
    (``median_iqr``), ``n`` being those of whom it is known; without any the values are
    empty. Both have a row ``missing``. The groups are ``all``, ``zero`` and ``low``,
    without HER2 ``all`` alone; who is in no HER2 group is in ``all``. A characteristic
    that would tell who a patient is has one row ``left_out`` with the reason.

    Parameters
    ----------
    patients
        The analysis-ready table.
    landmarks
        Names of landmarks, whose columns are no covariates.
    named
        Covariates and groups of the config, which are shown however many their texts.
    """
    known = patients
    if "her2_collected_day" in patients:
        days = patients["her2_collected_day"].astype(float)
        known = patients.assign(**{SPECIMEN_AGE: -days})
    groups = _take_groups(known[is_in_population(known, "all_treated")])
    rows = [
        row
        for name in list_characteristics(known, landmarks=landmarks)
        for row in _describe(groups, name, is_named=name in named)
    ]
    return pd.DataFrame(rows, columns=BASELINE_COLUMNS)


def list_characteristics(
    patients: pd.DataFrame, *, landmarks: Collection[str]
) -> list[str]:
    """Return the covariates of the sheet, then what else is known at baseline.

    What nobody has, treated or not, is no characteristic unless it is a covariate.
    """
    covariates = [
        column
        for column in patients
        if column not in {*DERIVED, SPECIMEN_AGE}
        and not LandmarkColumn.parse(column, landmarks)
    ]
    others = [
        name for name in _OF_STUDY if name in patients and patients[name].notna().any()
    ]
    return [*covariates, *others]


def _take_groups(treated: pd.DataFrame) -> _Groups:
    """Return the treated patients, and those of each HER2 group if HER2 was read."""
    groups = {ALL.column: treated}
    if "her2_group" in treated:
        for group in LEVELS["her2_group"]:
            groups[group] = treated[treated["her2_group"] == group]
    return groups


def _describe(groups: _Groups, name: str, *, is_named: bool) -> Iterator[_Row]:
    everybody = groups[ALL.column][name]
    reason = why_left_out(everybody, is_named=is_named)
    if reason:
        row = {"variable": name, "group": ALL.column, "N": len(everybody)}
        yield row | {"statistic": LEFT_OUT, "note": reason}
    elif is_measured(everybody):
        yield from _describe_number(groups, name)
    else:
        yield from _describe_levels(groups, name)


def why_left_out(values: pd.Series, *, is_named: bool) -> str:
    """Return why a column of the treated patients is not shown, or nothing.

    A date never is. Texts are not if those that are known differ in more than
    `FREE_TEXT_SHARE` of the patients, unless the config names the column.
    """
    name = str(values.name)
    distinct = _order(values)
    if name.endswith(("_date", "DTC")) or any(map(holds_date, distinct)):
        return "a date: calendar dates stay in the sheet"
    is_text = not pd.api.types.is_numeric_dtype(values)
    if is_text and not is_named and len(distinct) > FREE_TEXT_SHARE * len(values):
        return f"{len(distinct)} different texts: such text stays in the sheet"
    return ""


def is_measured(values: pd.Series) -> bool:
    """Tell whether values are numbers to sum up, and not few enough to be counted."""
    is_number = bool(pd.api.types.is_numeric_dtype(values))
    return is_number and values.nunique() > MOST_NUMERIC_LEVELS


def _describe_levels(groups: _Groups, name: str) -> Iterator[_Row]:
    grouping = Grouping(name, ())
    for level in [*_order(groups[ALL.column][name]), MISSING]:
        for group, members in groups.items():
            is_in = grouping.label(members) == level
            row = _count(group, members, is_in)
            yield {"variable": name, "level": level, "statistic": SHARE} | row


def _order(values: pd.Series) -> Sequence[str]:
    """Return the levels that occur, numbers by size and words by letter."""
    known = values[is_known(values)].drop_duplicates().sort_values()
    return list(Grouping(str(values.name), ()).label(known.to_frame()))


def _describe_number(groups: _Groups, name: str) -> Iterator[_Row]:
    for statistic, shares in ((MEDIAN_RANGE, (0.0, 1.0)), (MEDIAN_IQR, (0.25, 0.75))):
        for group, members in groups.items():
            values = members[name].astype(float)
            low, high = values.quantile(list(shares))
            row = _count(group, members, values.notna())
            row |= {"value": values.median(), "low": low, "high": high}
            yield {"variable": name, "statistic": statistic} | row
    for group, members in groups.items():
        row = _count(group, members, members[name].isna())
        yield {"variable": name, "level": MISSING, "statistic": SHARE} | row


def _count(group: str, members: pd.DataFrame, is_in: pd.Series) -> _Row:
    """Return how many of a group are counted, their share, and who they are."""
    counted = members.loc[is_in, "patient_id"]
    return {
        "group": group,
        "n": len(counted),
        "N": len(members),
        "value": len(counted) / len(members) if len(members) else nan,
        "patient_ids": ";".join(counted) or None,
    }
