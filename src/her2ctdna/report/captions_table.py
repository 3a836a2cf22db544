"""The captions of the figures as a table, to go with them wherever they go."""

import re
from collections.abc import Callable, Mapping
from xml.sax.saxutils import unescape

import pandas as pd

from her2ctdna.report.blocks import Chapter, Figure
from her2ctdna.report.captions import write_caption
from her2ctdna.report.results import Results
from her2ctdna.settings.catalogue import FIGURES
from her2ctdna.settings.definitions import identify_definitions, identify_patients

COLUMNS = (
    *("figure", "number", "title", "n", "definitions_id", "analysis", "caption"),
    "file",
)

_TITLE = re.compile(r"<dc:title>(.*?)</dc:title>", re.DOTALL)


def derive_captions(
    results: Results, chapters: list[Chapter], drawn: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return a row per figure, in the order of the report, then those of pages.

    ``number`` is the figure's in the report, ``title`` the finding as drawn, ``n``
    the patients drawn (`count_drawn`), ``file`` the path without its ending. Figures
    of pages are not in the report, and each page has a title of its own.

    Parameters
    ----------
    chapters
        Those of the report, which say what stands where.
    drawn
        The numbers that each figure draws, by its name.
    """
    shown = [
        block
        for chapter in chapters
        for block in chapter.blocks
        if isinstance(block, Figure)
    ]
    rows: list[tuple[object, ...]] = [
        (
            *(figure.name, number, _title(results.figures[figure.name])),
            *(_count(drawn, figure.name), _definitions(figure.name, results)),
            results.analysis,
            *(figure.caption, f"figures/{figure.name}"),
        )
        for number, figure in enumerate(shown, start=1)
    ]
    rows += [
        (
            *(name, None, None, _count(drawn, name), _definitions(name, results)),
            *(results.analysis, write_caption(name, results), f"figures/{name}"),
        )
        for name in sorted(drawn)
        if FIGURES[name].is_paged
    ]
    kinds = {"number": "Int64", "n": "Int64"}
    return pd.DataFrame(rows, columns=COLUMNS).astype(kinds)


def count_drawn(name: str, drawn: pd.DataFrame) -> int | None:
    """Return how many patients a figure draws, from the numbers that it draws.

    They are counted where the figure names them (of a waterfall those with a bar). Of
    the others some say how many there are of each group. None if neither: each
    comparison of a forest has its own n.
    """
    if name == "waterfall":
        drawn = drawn.dropna(subset=["change_percent"])
    if "patient_id" in drawn:
        return int(drawn["patient_id"].nunique())
    if "patient_ids" in drawn:
        return len(set(drawn["patient_ids"].dropna().str.split(";").explode()))
    count = _COUNTS.get("km" if name.startswith("km_") else name)
    return None if count is None else int(count(drawn))


def _of_curves(drawn: pd.DataFrame) -> int:
    curves = drawn[drawn["is_drawn"] == "yes"].drop_duplicates("group")
    return int(curves["n"].sum())


def _of_hazards(drawn: pd.DataFrame) -> int:
    """Return how many are in the comparison that has most."""
    compared = drawn[drawn["item"] == "hazard_ratio"]
    return int(max((compared["n"] + compared["n_reference"]).dropna(), default=0))


def _of_model(drawn: pd.DataFrame) -> int:
    """Return how many have a predicted probability, each a tick of the rug."""
    return int((drawn["item"] == "rug").groupby(drawn["model"]).sum().max())


_COUNTS: dict[str, Callable[[pd.DataFrame], int]] = {
    "patient_flow": lambda drawn: drawn["n"].max(),
    "her2_distribution": lambda drawn: drawn["N"].max(),
    "ctdna_clearance": lambda drawn: drawn["N"].max(),
    "response_by_her2": lambda drawn: drawn.loc[
        drawn["item"].isin(["level", "class"]), "N"
    ].sum(),
    "context": lambda drawn: drawn.loc[drawn["group_by"] == "her2_group", "N"].sum(),
    "km": _of_curves,
    "ctdna_recist": lambda drawn: drawn.loc[drawn["measure"] == "kappa", "N"].max(),
    "clearance_bias": _of_hazards,
    "model_performance": _of_model,
}
"""How the patients of a figure that names none of them are counted."""


def _count(drawn: Mapping[str, pd.DataFrame], name: str) -> int | None:
    numbers = drawn.get(name)
    if numbers is None or numbers.empty:
        return None if numbers is None else 0
    return count_drawn(name, numbers)


def _definitions(name: str, results: Results) -> str:
    """Return the id that a figure carries."""
    if FIGURES[name].rule == "plot_association":
        return identify_definitions(results.definitions)
    return identify_patients(results.definitions)


def _title(svg: str) -> str:
    """Return the title in the metadata of a figure; empty if it has none."""
    found = _TITLE.search(svg)
    return unescape(found[1], {"&quot;": '"'}) if found else ""
