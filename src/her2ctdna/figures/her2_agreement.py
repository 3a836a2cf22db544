"""Figure ``her2_agreement``: two IHC scores of one specimen, or of one patient."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from her2ctdna.figures.sheet import Sheet, Study, open_sheet, plot_nothing
from her2ctdna.figures.style import DOUBLE_COLUMN_MM, INK, MUTED, percent, words

SCORES = ("0", "1+", "2+", "3+")
_FIRST_READERS = ("central", "local")
_COLUMNS = ["comparison", "row", "column", "row_score", "column_score", "n"]
_CELL_MM = 11.0
_LEFT_MM = 27.0
_TOP_MM = 17.0
_SHADES = ("#FFFFFF", "#E3E8EF", "#C3CFDF", "#9DB2CC", "#7694B8")


def derive_her2_agreement(readings: pd.DataFrame) -> pd.DataFrame:
    """Return IHC score by IHC score: two readers, and primary against metastasis.

    ``comparison`` reader: pairs of scores of one specimen by two readers, central
    and local if they are there, else the first two by name with a specimen in
    common. ``comparison`` specimen: pairs of a patient's most recent primary and
    metastasis by one reader, central before local before others. Every cell of a
    comparison with at least one pair is there; readings without a score are not.
    Of a specimen that a reader scored twice the first row counts.
    """
    scored = readings[readings["ihc"].isin(SCORES)]
    names = set(scored["reader"].dropna())
    readers = [*(name for name in _FIRST_READERS if name in names)]
    readers += sorted(names.difference(readers))
    parts = [_by_reader(scored, readers), _by_specimen(scored, readers)]
    found = [part for part in parts if part is not None]
    return pd.concat(found) if found else pd.DataFrame(columns=_COLUMNS)


def _by_reader(scored: pd.DataFrame, readers: Sequence[str]) -> pd.DataFrame | None:
    key = ["patient_id", "specimen_id"]
    table = scored.drop_duplicates([*key, "reader"]).pivot(
        index=key, columns="reader", values="ihc"
    )
    for place, one in enumerate(readers):
        for other in readers[place + 1 :]:
            if len(pairs := table[[one, other]].dropna()):
                return _count(pairs, "reader")
    return None


def _by_specimen(scored: pd.DataFrame, readers: Sequence[str]) -> pd.DataFrame | None:
    kinds = ["primary", "metastasis"]
    order = scored["reader"].map({name: place for place, name in enumerate(readers)})
    recent_last = scored.assign(order=order).sort_values(
        ["order", "collected_day"], kind="stable", na_position="first"
    )
    key = ["patient_id", "order"]
    table = (
        recent_last[recent_last["specimen"].isin(kinds)]
        .drop_duplicates([*key, "specimen"], keep="last")
        .pivot(index=key, columns="specimen", values="ihc")
        .reindex(columns=kinds)
        .dropna()
    )
    pairs = table.groupby(level="patient_id").head(1)
    return _count(pairs, "specimen") if len(pairs) else None


def _count(pairs: pd.DataFrame, comparison: str) -> pd.DataFrame:
    row, column = pairs.columns
    rows = [
        (
            comparison,
            row,
            column,
            a,
            b,
            int(((pairs[row] == a) & (pairs[column] == b)).sum()),
        )
        for a in SCORES
        for b in SCORES
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)
