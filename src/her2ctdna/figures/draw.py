"""Draw the figures that are asked for, from the tables that there are."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.save import save_figure
from her2ctdna.figures.sheet import Study
from her2ctdna.figures.style import figure_style
from her2ctdna.tables import read_parquet, read_table

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Inputs:
    """What figures are drawn from.

    ``paths`` are the tables by name, TSV or Parquet; one that the study lacks is not
    there. ``landmarks`` are in order, the first being the one that figures with room
    for one show. ``metric`` is what a ctDNA level is, ``evaluator`` whose assessments
    count.
    """

    paths: Mapping[str, str | Path]
    study: Study
    landmarks: Sequence[str] = ()
    metric: str = ""
    evaluator: str = ""
    _read: dict[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table, read once."""
        if name not in self._read:
            path = Path(self.paths[name])
            read = read_parquet if path.suffix == ".parquet" else read_table
            self._read[name] = read(path)
        return self._read[name]

    def has(self, name: str) -> bool:
        """Tell whether the study has a table."""
        return name in self.paths

    @property
    def landmark(self) -> str | None:
        """The first landmark, if there is one."""
        return self.landmarks[0] if self.landmarks else None


Drawing = Callable[[Inputs], tuple[pd.DataFrame, Figure]]


def draw_figures(
    registry: Mapping[str, Drawing],
    names: Iterable[str],
    *,
    folder: str | Path,
    **given: Any,
) -> None:
    """Draw the named figures of a registry and save each as ``folder/name.*``.

    ``given`` are the fields of `Inputs`.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    inputs = Inputs(**given)
    for name in names:
        with figure_style():
            drawn, figure = registry[name](inputs)
        save_figure(figure, drawn, f"{folder}/{name}")
        logger.info("%s: %d rows drawn", name, len(drawn))
