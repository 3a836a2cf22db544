"""What the level of a ctDNA sample is, and so the unit in which it is shown."""

import pandas as pd

SEVERAL_UNITS = "level"


def find_level_scale(metric: str, samples: pd.DataFrame) -> str:
    """Return what levels are measured in.

    Parameters
    ----------
    metric
        ``definitions.ctdna.metric``: what is computed of calls.
    samples
        One row a plasma sample; ``unit`` is that of an assay's result, which is taken
        as it is whatever the metric.

    Returns
    -------
    The metric of calls; of an assay the unit of its results (``vaf``,
    ``mtm_per_ml``, ``tumour_fraction``), or ``level`` if these have several.
    """
    units = sorted(set(samples.reindex(columns=["unit"])["unit"].dropna()))
    if not units:
        return metric
    return str(units[0]) if len(units) == 1 else SEVERAL_UNITS
