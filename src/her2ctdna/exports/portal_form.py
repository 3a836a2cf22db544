"""The files of cBioPortal as text: data, their ``#`` lines, meta files, case lists."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd

Datatype = Literal["STRING", "NUMBER"]


class Attribute(NamedTuple):
    """An attribute of patients or samples: its name, how it is shown, what it is."""

    name: str
    label: str
    description: str
    datatype: Datatype = "STRING"


def name_attribute(*parts: str) -> str:
    """Return the name of an attribute: capitals and digits joined by underscores."""
    return re.sub(r"[^A-Z0-9]+", "_", "_".join(parts).upper()).strip("_")


def data_text(table: pd.DataFrame) -> str:
    """Return a table as the portal reads it, without quotes; a missing cell is empty.

    Numbers have full precision, whole ones no point.
    """
    rows = table.itertuples(index=False, name=None)
    lines = [[str(name) for name in table.columns]]
    lines += [[_as_cell(cell) for cell in row] for row in rows]
    return "".join("\t".join(cells) + "\n" for cells in lines)


def clinical_text(table: pd.DataFrame, attributes: Iterable[Attribute]) -> str:
    """Return a clinical file: four ``#`` lines on the attributes, then the table.

    The lines hold name, description, type and priority of each attribute, in their
    order; the table has a column for each.
    """
    told = list(attributes)
    heads: list[list[str]] = [
        [attribute.label for attribute in told],
        [attribute.description for attribute in told],
        [attribute.datatype for attribute in told],
        ["1"] * len(told),
    ]
    lines = "".join("#" + "\t".join(cells) + "\n" for cells in heads)
    return lines + data_text(table[[attribute.name for attribute in told]])


def meta_text(fields: Mapping[str, str]) -> str:
    """Return a meta file or case list: a field a line, its value on that line."""
    return "".join(
        f"{name}: {value}".rstrip(" ") + "\n" for name, value in fields.items()
    )


def write_files(files: Mapping[str, str], folder: str | Path) -> None:
    """Write texts by their path in a folder, which is made with all below it."""
    for name, text in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _as_cell(cell: object) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return " ".join(str(cell).split())
