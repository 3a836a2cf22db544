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
    axes.yaxis.set_major_formatter(lambda value, _: show_level(value, metric))


def show_level(value: float, metric: str) -> str:
    """Return a level with two digits; a VAF as percentage."""
    if metric.endswith("vaf"):
        return f"{float(f'{100 * value:.2g}'):g}\N{NO-BREAK SPACE}%"
    return f"{float(f'{value:.2g}'):g}"
