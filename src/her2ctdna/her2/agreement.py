"""Agreement of HER2 readings: between readers, and between specimens of a patient.

A pair is made of readings, and what they say on each scale is compared afterwards:
a pair of which a reading has no value on the scale is left out there and counted.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, compress, product
from typing import NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.her2.her2_status import LEVELS
from her2ctdna.statistics.kappa import (
    Counts,
    compute_cohen_kappa,
    compute_fleiss_kappa,
    compute_gwet_ac,
    compute_krippendorff_alpha,
    compute_percent_agreement,
    compute_psych_interval,
)
from her2ctdna.statistics.method_names import (
    CLOPPER_PEARSON,
    FLEISS_COHEN_EVERITT,
    GWET,
    JACKKNIFE,
)
from her2ctdna.statistics.proportions import Estimate

SCALES = {
    "ihc": ("0", "1+", "2+", "3+"),
    "her2_level": LEVELS,
    "her2_group": ("zero", "low"),
}
"""Ordered scales. Groups have two values, on which weights change nothing."""

CATEGORIES = (
    *("absent", "ultralow", "zero_unspecified", "1+", "2+"),
    *("low", "indeterminate", "positive"),
)
"""The scale ``her2_category``: the level, or the class where there is no level.

It has no order, so no weighted coefficient; and none of Gwet's, which would depend on
how many of the categories a study could have used.
"""

SPECIMENS = ("primary", "metastasis")
_FIRST_READERS = ("central", "local")
_KEYS = ["comparison", "first", "second", "reader", "scale"]
COLUMNS = [
    *_KEYS,
    *["measure", "estimate", "ci_low", "ci_high", "ci_method", "n", "n_left_out"],
    *["note", "patient_ids", "excluded_ids"],
]
PAIR_COLUMNS = [*_KEYS, "first_value", "second_value", "n", "patient_ids"]


class Comparison(NamedTuple):
    """Readings that are set against each other.

    ``kind`` is reader (``first`` and ``second`` are readers of one specimen),
    all_readers (of one specimen), any_readers (at least two of them), or specimen (a
    patient's primary and metastasis by ``reader``). ``rows`` has a row a unit, indexed
    by patient, and a column a side, with the row of the readings; NaN where any_readers
    lack one.
    """

    kind: str
    first: str | None
    second: str | None
    reader: str | None
    rows: pd.DataFrame

    def keys(self, scale: str) -> dict[str, object]:
        """Return what names the comparison on a scale in the tables."""
        named = (self.kind, self.first, self.second, self.reader, scale)
        return dict(zip(_KEYS, named, strict=True))


class Values(NamedTuple):
    """What the readings of a comparison say on a scale.

    ``places`` has a row a unit and a column a side, numbered along the scale, -1 where
    any_readers have no value; ``patients`` are those of the units, ``left_out`` those
    of units without a value of each side, or of any_readers without two.
    """

    scale: tuple[str, ...]
    places: Counts
    patients: Sequence[str]
    left_out: Sequence[str]

    @property
    def counts(self) -> Counts:
        """First by second value, in the order of the scale."""
        size = len(self.scale)
        cells = self.places @ [size, 1]
        return np.bincount(cells, minlength=size**2).reshape(size, size)

    @property
    def ratings(self) -> Counts:
        """How many readings put each unit into each category."""
        chosen = self.places[:, :, None] == np.arange(len(self.scale))
        counts: Counts = chosen.sum(axis=1)
        return counts

    @property
    def agreeing(self) -> int:
        """Units of which all readings are alike."""
        return int((self.places == self.places[:, :1]).all(axis=1).sum())


def estimate_agreement(
    readings: pd.DataFrame, *, confidence: float
) -> dict[str, pd.DataFrame]:
    """Return the tables her2_agreement and her2_agreement_pairs.

    The first has a row for each coefficient of each comparison on each scale, the
    second each cell of the matrix of a comparison of two, zeros included, for
    comparisons with at least one pair on the scale. Of the two intervals of
    quadratic kappa the second is R's psych's, see `compute_psych_interval`.

    Parameters
    ----------
    readings
        One row a reading: ``patient_id``, ``specimen_id``, ``specimen``, ``reader``,
        ``collected_day``, ``ihc``, ``her2_class``, ``her2_level``, ``her2_group``.
    confidence
        Of all intervals.
    """
    read = readings.reset_index(drop=True)
    read["her2_category"] = read["her2_level"].fillna(read["her2_class"])
    coefficients: list[dict[str, object]] = []
    cells: list[dict[str, object]] = []
    for compared in find_comparisons(read):
        for scale, order in (*SCALES.items(), ("her2_category", CATEGORIES)):
            keys, values = compared.keys(scale), _values(read, compared, scale, order)
            coefficients += _coefficients(keys, values, confidence=confidence)
            if compared.kind in ("reader", "specimen"):
                cells += _cells(keys, values)
    return {
        "her2_agreement": pd.DataFrame(coefficients, columns=COLUMNS),
        "her2_agreement_pairs": pd.DataFrame(cells, columns=PAIR_COLUMNS),
    }


def find_comparisons(readings: pd.DataFrame) -> list[Comparison]:
    """Return which readings are compared, each with at least one unit.

    Every pair of readers on the specimens that both read, then three or more readers
    together on those that all read, and on those that at least two read, then primary
    and metastasis of a patient by each reader. Readers come central, local, others by
    name. Of several specimens of a kind the most recent counts, undated ones last,
    ties by ``specimen_id``; one with a readable result goes before one without.
    ``readings`` are numbered from 0.
    """
    readers = order_readers(readings["reader"])
    ordered = _readable_and_recent_first(readings)
    by_specimen = _pivot(ordered, ["patient_id", "specimen_id"], "reader", readers)
    found = [
        Comparison("reader", one, other, None, by_specimen[[one, other]].dropna())
        for one, other in combinations(readers, 2)
    ]
    if len(readers) > 2:
        names = ";".join(readers)
        everybody = by_specimen.dropna()
        found.append(Comparison("all_readers", None, None, names, everybody))
        several = by_specimen.dropna(thresh=2)
        found.append(Comparison("any_readers", None, None, names, several))
    for reader in readers:
        own = ordered[ordered["reader"] == reader]
        rows = _pivot(own, ["patient_id"], "specimen", SPECIMENS).dropna()
        found.append(Comparison("specimen", *SPECIMENS, reader, rows))
    return [comparison for comparison in found if len(comparison.rows)]


def order_readers(readers: pd.Series) -> list[str]:
    """Return the readers: central and local first, the others by name."""
    names = set(readers.dropna())
    first = [name for name in _FIRST_READERS if name in names]
    return [*first, *sorted(names.difference(first))]


def _readable_and_recent_first(readings: pd.DataFrame) -> pd.DataFrame:
    return readings.assign(
        unreadable=readings["her2_class"] == "missing",
        age=-readings["collected_day"].astype(float),
    ).sort_values(["unreadable", "age", "specimen_id"], kind="stable")


def _pivot(
    ordered: pd.DataFrame, units: list[str], side: str, sides: Sequence[str]
) -> pd.DataFrame:
    """Return the row of the first reading of each unit and side."""
    first = ordered.drop_duplicates([*units, side]).reset_index(names="row")
    table = first.pivot(index=units, columns=side, values="row")
    return table.reindex(columns=sides).droplevel(units[1:])


def _values(
    readings: pd.DataFrame, compared: Comparison, scale: str, order: tuple[str, ...]
) -> Values:
    places = pd.Index(order).get_indexer(readings[scale])
    rows = compared.rows.fillna(-1).to_numpy(dtype=np.int64)
    sides = np.where(rows < 0, -1, places[rows])
    least = 2 if compared.kind == "any_readers" else sides.shape[1]
    is_known = (sides >= 0).sum(axis=1) >= least
    patients = compared.rows.index
    return Values(
        order, sides[is_known], list(patients[is_known]), list(patients[~is_known])
    )


def _coefficients(
    keys: dict[str, object], values: Values, *, confidence: float
) -> Iterator[dict[str, object]]:
    """Yield a row for each coefficient of a comparison on a scale."""
    is_ordered = values.scale != CATEGORIES
    has_gwet = is_ordered and keys["comparison"] != "any_readers"
    for measure, ci_method, found in (
        *_of_agreement(keys, values, is_ordered=is_ordered, confidence=confidence),
        *(_of_gwet(values, confidence=confidence) if has_gwet else ()),
    ):
        yield {
            **keys,
            "measure": measure,
            "estimate": found.estimate,
            "ci_low": found.low,
            "ci_high": found.high,
            "ci_method": ci_method,
            "n": len(values.patients),
            "n_left_out": len(values.left_out),
            "note": found.note,
            "patient_ids": ";".join(values.patients),
            "excluded_ids": ";".join(values.left_out),
        }


def _of_agreement(
    keys: dict[str, object], values: Values, *, is_ordered: bool, confidence: float
) -> Iterator[tuple[str, str, Estimate]]:
    """Yield percent agreement and the kappas, each with the method of its interval.

    Of any_readers alpha alone, which needs no unit to have been read by all.
    """
    if keys["comparison"] == "any_readers":
        alpha = compute_krippendorff_alpha(
            values.ratings, is_ordered=is_ordered, confidence=confidence
        )
        kind = "ordinal" if is_ordered else "nominal"
        yield f"krippendorff_alpha_{kind}", JACKKNIFE, alpha
        return
    share = compute_percent_agreement(
        values.agreeing, len(values.patients), confidence=confidence
    )
    yield "percent_agreement", CLOPPER_PEARSON, share
    if keys["comparison"] == "all_readers":
        several = compute_fleiss_kappa(values.ratings, confidence=confidence)
        yield "fleiss_kappa", GWET, several
        return
    counts, method = values.counts, FLEISS_COHEN_EVERITT
    plain = compute_cohen_kappa(counts, weighting=None, confidence=confidence)
    yield "cohen_kappa", method, plain
    if is_ordered:
        for weighting in ("linear", "quadratic"):
            found = compute_cohen_kappa(
                counts, weighting=weighting, confidence=confidence
            )
            yield f"{weighting}_kappa", method, found
        psych = compute_psych_interval(counts, confidence=confidence)
        yield "quadratic_kappa", "psych", psych


def _of_gwet(
    values: Values, *, confidence: float
) -> Iterator[tuple[str, str, Estimate]]:
    ratings, method = values.ratings, GWET
    plain = compute_gwet_ac(ratings, weighting=None, confidence=confidence)
    yield "gwet_ac1", method, plain
    for weighting in ("linear", "quadratic"):
        found = compute_gwet_ac(ratings, weighting=weighting, confidence=confidence)
        yield f"gwet_ac2_{weighting}", method, found


def _cells(keys: dict[str, object], values: Values) -> Iterator[dict[str, object]]:
    """Yield every cell of the matrix, if there is a pair."""
    if not values.patients:
        return
    for first, second in product(range(len(values.scale)), repeat=2):
        inside = (values.places == (first, second)).all(axis=1)
        yield {
            **keys,
            "first_value": values.scale[first],
            "second_value": values.scale[second],
            "n": int(inside.sum()),
            "patient_ids": ";".join(compress(values.patients, inside)),
        }
