"""Continuous biomarkers of ctDNA: who has a value, and which one.

A value is the logarithm (to base 2) of a level or of a ratio to baseline. Where
nothing was detected it lies somewhere below the detected ones, and where in there is
not known: it is minus infinity, which ranks can use and lines cannot.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.sets.groupings import FIRST_DOSE, LEVELS, is_in_population
from her2ctdna.settings.landmark_columns import (
    CLEARANCE,
    RATIO,
    LandmarkColumn,
    name_clearance,
)
from her2ctdna.statistics.ranks import as_log2

_LEVEL_METRICS = ("mean_vaf", "max_vaf")


class Biomarker(NamedTuple):
    """A quantity of patients, on a log2 scale, from the time at which it is known.

    ``values`` are those of the patients who have one, by the index of the table of
    patients.
    """

    name: str
    origin: str
    values: pd.Series

    @property
    def seen(self) -> pd.Series:
        """The values above detection."""
        return self.values[np.isfinite(self.values)]


def find_biomarkers(
    patients: pd.DataFrame,
    samples: pd.DataFrame,
    *,
    origins: Mapping[str, float],
    metric: str,
) -> Iterator[Biomarker]:
    """Yield the levels at baseline, then the ratio at each landmark.

    Of baseline the ctDNA-evaluable patients have a value: undetected is below
    detection. Beside the level, which is the ``metric``, mean and highest VAF are
    biomarkers where they are not the level itself. Of a landmark those have a ratio
    of whom clearance is known: cleared is below detection. A sample that could not
    have seen enough is no value.

    Parameters
    ----------
    patients
        The analysis-ready table.
    samples
        Of plasma, with ``mean_vaf`` and ``max_vaf``.
    origins
        Day from which the time of each landmark is counted.
    metric
        What the level is.
    """
    evaluable = patients[is_in_population(patients, "ctdna_evaluable")]
    levels = {"baseline_level": evaluable["baseline_level"]}
    by_sample = samples.set_index("sample_id")
    for name in _LEVEL_METRICS:
        if name != metric and by_sample[name].notna().any():
            found = by_sample[name].reindex(evaluable["baseline_sample_id"])
            levels[f"baseline_{name}"] = found.set_axis(evaluable.index)
    unseen = evaluable["baseline_state"] == "undetected"
    for name, level in levels.items():
        yield _biomarker(name, FIRST_DOSE, level, unseen)
    for landmark in origins:
        clearance = patients[name_clearance(landmark)]
        is_known = clearance.isin(LEVELS[CLEARANCE])
        is_known &= is_in_population(patients, "ctdna_evaluable")
        name = LandmarkColumn(RATIO, landmark).name
        ratio = patients.loc[is_known, name]
        cleared = clearance[is_known] == "cleared"
        yield _biomarker(name, landmark, ratio, cleared)


def _biomarker(
    name: str, origin: str, level: pd.Series, is_below: pd.Series
) -> Biomarker:
    numbers = pd.to_numeric(level).to_numpy(dtype=float)
    logs = as_log2(numbers, is_below=is_below.to_numpy(dtype=bool))
    return Biomarker(name, origin, pd.Series(logs, index=level.index).dropna())
