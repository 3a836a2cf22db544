"""Draw the figures that are asked for, from the tables that there are."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.marks.save import save_figure
from her2ctdna.figures.marks.sheet import Study
from her2ctdna.figures.marks.style import figure_style
from her2ctdna.figures.marks.windows import Windows
from her2ctdna.sets.clearance_sets import find_headline_landmark
from her2ctdna.sets.level_scale import find_level_scale

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Inputs:
    """What figures are drawn from.

    ``tables`` by name; one that the study lacks is not there. ``landmarks`` are in
    order, ``windows`` has the days of those that are set by day. ``metric`` is
    that of the levels of calls, ``confidence`` that of intervals.
    """

    tables: Mapping[str, pd.DataFrame]
    study: Study
    landmarks: Sequence[str] = ()
    windows: Windows = field(default_factory=dict)
    metric: str = ""
    confidence: float = float("nan")

    @property
    def landmark(self) -> str | None:
        """The landmark that figures with room for one show, if there is one."""
        return find_headline_landmark(self.tables["patients"], self.landmarks)

    @property
    def level_scale(self) -> str:
        """What a ctDNA level is, and so its unit, see `find_level_scale`."""
        samples = self.tables.get("ctdna_samples")
        return (
            self.metric if samples is None else find_level_scale(self.metric, samples)
        )


NO_LANDMARK = "a landmark (none is configured)"
"""What stands for the landmark where the definitions have none."""

Drawing = Callable[[Inputs], tuple[pd.DataFrame, Figure]]
"""What a figure's function ``draw_<name>`` is: the numbers drawn, and the figure."""


def draw_figures(
    modules: Mapping[str, str], inputs: Inputs, folder: str | Path
) -> None:
    """Draw figures and save each as ``folder/name.*``.

    ``modules`` has, by the name of a figure, the module with its ``draw_<name>``. It is
    imported by that name, so a rule tells its digest of these modules.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, module in modules.items():
        drawing: Drawing = getattr(import_module(module), f"draw_{name}")
        with figure_style():
            drawn, figure = drawing(inputs)
        save_figure(figure, drawn, f"{folder}/{name}")
        logger.info("%s: %d rows drawn", name, len(drawn))
