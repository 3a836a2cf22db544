"""The captions of the figures as a table, to go with them wherever they go."""

import re
from collections.abc import Mapping
from xml.sax.saxutils import unescape

import pandas as pd

from her2ctdna.definitions import identify_definitions, identify_patients
from her2ctdna.outline import FIGURES
from her2ctdna.report.blocks import Chapter, Figure
from her2ctdna.report.results import Results

COLUMNS = (
    *("figure", "number", "title", "n", "definitions_id", "analysis", "caption"),
    "file",
)

_TITLE = re.compile(r"<dc:title>(.*?)</dc:title>", re.DOTALL)


def derive_captions(
    results: Results, chapters: list[Chapter], drawn: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return a row per figure, in the order of the report.

    ``number`` is the figure's in the report, ``title`` the finding as drawn, ``n``
    the patients drawn (`count_drawn`), ``file`` the path without its ending.

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
    rows = [
        (
            *(figure.name, number, _title(results.figures[figure.name])),
            *(_count(drawn, figure.name), _definitions(figure.name, results)),
            results.analysis,
            *(figure.caption, f"figures/{figure.name}"),
        )
        for number, figure in enumerate(shown, start=1)
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"n": "Int64"})


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
    if name.startswith("km_"):
        curves = drawn[drawn["is_drawn"] == "yes"].drop_duplicates("group")
        return int(curves["n"].sum())
    if name == "response_by_her2":
        levels = drawn[drawn["item"].isin(["level", "class"])]
        return int(levels["N"].sum())
    if name == "patient_flow":
        return int(drawn["n"].max())
    if name in ("her2_distribution", "ctdna_clearance"):
        return int(drawn["N"].max())
    return None


def _count(drawn: Mapping[str, pd.DataFrame], name: str) -> int | None:
    numbers = drawn.get(name)
    if numbers is None or numbers.empty:
        return None if numbers is None else 0
    return count_drawn(name, numbers)


def _definitions(name: str, results: Results) -> str:
    """Return the id that a figure carries."""
    if name in FIGURES["association"]:
        return identify_definitions(results.definitions)
    return identify_patients(results.definitions)


def _title(svg: str) -> str:
    """Return the title in the metadata of a figure; empty if it has none."""
    found = _TITLE.search(svg)
    return unescape(found[1], {"&quot;": '"'}) if found else ""
