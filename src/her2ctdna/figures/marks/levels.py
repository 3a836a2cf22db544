"""The log axis of ctDNA levels."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

_NAMES = {
    "mean_vaf": "Mean VAF of tracked variants",
    "max_vaf": "Maximum VAF of tracked variants",
    "pooled_vaf": "Pooled VAF of tracked variants",
    "mtm_per_ml": "Mutant tumour molecules (MTM) per mL plasma",
    "vaf": "VAF by the assay",
    "tumour_fraction": "Tumour fraction by the assay",
}
_LEAST_SPAN = 30.0
"""An axis spans at least this factor, so that it has two labels."""


def name_level(metric: str) -> str:
    """Return what a level is, by its scale (`find_level_scale`)."""
    return _NAMES.get(metric, "ctDNA level in the several units of the assay")


def scale_levels(axes: Axes, levels: pd.Series, metric: str) -> None:
    """Give the y axis a log scale that holds ``levels``; fractions are in percent."""
    axes.set_yscale("log")
    low, high = levels.min() / 2.2, levels.max() * 1.6
    stretch = max(1.0, _LEAST_SPAN / (high / low)) ** 0.5
    axes.set_ylim(low / stretch, high * stretch)
    axes.yaxis.set_major_locator(LogLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(lambda value, _: show_level(value, metric))


def show_level(value: float, metric: str) -> str:
    """Return a level with two digits; a VAF as percentage."""
    if metric.endswith("vaf"):
        return f"{float(f'{100 * value:.2g}'):g}\N{NO-BREAK SPACE}%"
    return f"{float(f'{value:.2g}'):g}"
