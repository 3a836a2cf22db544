"""Maps that come with the workflow, and sheets that look as if one of them fits."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import yaml

from her2ctdna.findings import Finding

NEEDED = "this column is needed; add it (cells may be empty)"
"""What is said of a column that a sheet must have and lacks."""

Headers = Mapping[str, Mapping[str, list[str]]]
"""By table, our name: the names that its column may have in a sheet."""

_LEAST_IN_COMMON = 2


def read_ready_maps(folder: Path) -> dict[str, Headers]:
    """Return the names of columns of each map in a folder, by the path of its file."""
    return {
        f"{folder.parent.name}/{folder.name}/{path.name}": {
            table: {
                ours: [names] if isinstance(names, str) else names
                for ours, names in columns.items()
            }
            for table, columns in _columns_of(path).items()
        }
        for path in sorted(folder.glob("*.yaml"))
    }


def propose_maps(
    findings: Iterable[Finding],
    of_maps: Iterable[Finding],
    raw: Mapping[str, pd.DataFrame],
    ready_maps: Mapping[str, Headers],
) -> list[Finding]:
    """Say once which ready map a sheet looks like, in place of each needed column.

    A needed column of which the config says where it is, wrongly, is named in
    ``of_maps`` already.
    """

    def maps_of(table: str) -> dict[str, Mapping[str, list[str]]]:
        return {path: maps.get(table, {}) for path, maps in ready_maps.items()}

    found = list(findings)
    told = {
        (parts[1], parts[2])
        for parts in (finding.column.split(".", 2) for finding in of_maps)
        if parts[0] == "columns" and len(parts) > 2
    }
    found = [
        finding
        for finding in found
        if finding.message != NEEDED or (finding.table, finding.column) not in told
    ]
    lacking: dict[str, list[str]] = {}
    for finding in found:
        if finding.message == NEEDED:
            lacking.setdefault(finding.table, []).append(finding.column)
    looks = {
        table: said
        for table, columns in lacking.items()
        if (said := _likely(list(raw[table].columns), columns, maps_of(table)))
    }
    kept = [
        finding
        for finding in found
        if finding.message != NEEDED or finding.table not in looks
    ]
    return kept + [
        Finding("error", table, 1, "", "", "", _said(lacking[table], looks[table]))
        for table in sorted(looks)
    ]


def _columns_of(path: Path) -> Mapping[str, Mapping[str, str | list[str]]]:
    columns: Mapping[str, Mapping[str, str | list[str]]] = yaml.safe_load(
        path.read_text(encoding="utf-8")
    )["columns"]
    return columns


def _likely(
    header: list[str],
    lacking: list[str],
    maps: Mapping[str, Mapping[str, list[str]]],
) -> tuple[str, list[str]] | None:
    """Return the map that has most names of a header, and those names.

    Only a map that has one of the columns which are lacking helps.
    """
    shared = {
        path: {
            ours: [name for name in names if name in header]
            for ours, names in columns.items()
        }
        for path, columns in maps.items()
    }
    names = {
        path: [name for held in columns.values() for name in held]
        for path, columns in shared.items()
        if any(columns.get(ours) for ours in lacking)
    }
    best = max(names, key=lambda path: len(names[path]), default=None)
    if best is None or len(names[best]) < _LEAST_IN_COMMON:
        return None
    return best, names[best]


def _said(lacking: list[str], look: tuple[str, list[str]]) -> str:
    path, names = look
    return (
        f"lacks {', '.join(lacking)}, but looks like the sheets of {path} (it has "
        f"{', '.join(names)}): give that file by --configfile, or copy what fits of it "
        "into columns and values of your config"
    )
