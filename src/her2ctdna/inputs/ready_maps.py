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
    raw: Mapping[str, pd.DataFrame],
    ready_maps: Mapping[str, Headers],
) -> list[Finding]:
    """Say once which ready map a sheet looks like, in place of each needed column.

    A needed column of which the config says where it is, wrongly, is named there.
    """
    found = list(findings)
    told = {
        (parts[1], parts[2])
        for parts in (finding.column.split(".", 2) for finding in found)
        if parts[0] == "columns" and len(parts) > 2
    }
    found = [
        finding
        for finding in found
        if finding.message != NEEDED or (finding.table, finding.column) not in told
    ]
    lacking = {finding.table for finding in found if finding.message == NEEDED}
    looks = {
        table: said
        for table in lacking
        if (said := _likely(table, list(raw[table].columns), ready_maps))
    }
    kept = [
        finding
        for finding in found
        if finding.message != NEEDED or finding.table not in looks
    ]
    return kept + [
        Finding("error", table, 1, "", "", "", _said(table, looks[table], found))
        for table in sorted(looks)
    ]


def _columns_of(path: Path) -> Mapping[str, Mapping[str, str | list[str]]]:
    columns: Mapping[str, Mapping[str, str | list[str]]] = yaml.safe_load(
        path.read_text(encoding="utf-8")
    )["columns"]
    return columns


def _likely(
    table: str, header: list[str], ready_maps: Mapping[str, Headers]
) -> tuple[str, list[str]] | None:
    """Return the map that has most names of a header, and those names."""
    shared = {
        path: [
            name
            for names in maps.get(table, {}).values()
            for name in names
            if name in header
        ]
        for path, maps in ready_maps.items()
    }
    if not shared:
        return None
    best = max(shared, key=lambda path: len(shared[path]))
    return (best, shared[best]) if len(shared[best]) >= _LEAST_IN_COMMON else None


def _said(table: str, look: tuple[str, list[str]], found: Iterable[Finding]) -> str:
    path, names = look
    lacking = [
        finding.column
        for finding in found
        if finding.table == table and finding.message == NEEDED
    ]
    return (
        f"lacks {', '.join(lacking)}, but looks like the sheets of {path} (it has "
        f"{', '.join(names)}): give that file by --configfile, or copy what fits of it "
        "into columns and values of your config"
    )
