"""The log axis of ctDNA levels."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

_NAMES = {
    "mean_vaf": "Mean VAF of tracked variants",
    "max_vaf": "Maximum VAF of tracked variants",
    "pooled_vaf": "Pooled VAF of tracked variants",
    "mtm_per_ml": "Mutant tumour molecules per mL plasma",
}


def name_level(metric: str) -> str:
    """Return what the config's ``metric`` measures."""
    return _NAMES.get(metric, "ctDNA level in the unit of the assay")


def scale_levels(axes: Axes, levels: pd.Series, metric: str) -> None:
    """Give the y axis a log scale that holds ``levels``; fractions are in percent."""
    axes.set_yscale("log")
    axes.set_ylim(levels.min() / 2.2, levels.max() * 1.6)
    axes.yaxis.set_major_locator(LogLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    in_percent = metric.endswith("vaf")
    axes.yaxis.set_major_formatter(
        lambda value, _: _percent(value) if in_percent else f"{value:g}"
    )


def _percent(share: float) -> str:
    return f"{100 * share:g}\N{NO-BREAK SPACE}%"
