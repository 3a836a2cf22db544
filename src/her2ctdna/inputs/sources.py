"""Where the tables of a study come from: a sheet each, or a folder that gives several.

A table that comes with its folder has a path that says so: the folder, the kind of
folder and the table, as in ``data/sdtm#sdtm:patients`` (`name_source`). It stands
beside the paths of sheets; no sheet of a workbook can have such a name.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs import cbioportal, cbioportal_files, sdtm, sdtm_domains
from her2ctdna.inputs.made import ReadTable, in_files
from her2ctdna.inputs.sheet_maps import PLAIN, Written
from her2ctdna.inputs.sheet_paths import file_of
from her2ctdna.inputs.sheets import find_bare, read_raw_sheet

COMPARED = ("adam",)
"""Keys under ``inputs`` that no table comes from."""


class Kind(NamedTuple):
    """A kind of folder.

    ``list_tables`` gives the files of each table that a folder has, those whose rows
    findings name first; ``read_table`` reads one, with the findings on the folder.
    """

    list_tables: Callable[[str], dict[str, list[str]]]
    read_table: Callable[[str, str], tuple[ReadTable, list[Finding]]]


KINDS = {
    sdtm_domains.KEY: Kind(sdtm_domains.list_tables, sdtm.read_table_of),
    cbioportal_files.KEY: Kind(cbioportal.list_tables, cbioportal.read_table_of),
}
"""The kinds of folders by their key under ``inputs``."""

_SOURCE = re.compile(rf"(.*)#({'|'.join(KINDS)}):(\w+)", re.DOTALL)


class Source(NamedTuple):
    """One of our tables as a folder gives it."""

    kind: str
    folder: str
    table: str

    def files(self) -> list[str]:
        """Return the files that the table is read from, its own first."""
        return KINDS[self.kind].list_tables(self.folder).get(self.table, [])

    def read(self) -> tuple[ReadTable, list[Finding]]:
        """Read the table, with the findings on the folder and on the table."""
        return KINDS[self.kind].read_table(self.folder, self.table)


def name_source(source: Source) -> str:
    """Return how the path of a table that comes from a folder is written."""
    return f"{source.folder}#{source.kind}:{source.table}"


def parse_source(path: str) -> Source | None:
    """Return what `name_source` wrote, or None if a path is that of a sheet."""
    found = _SOURCE.fullmatch(path)
    return Source(found[2], found[1], found[3]) if found else None


def list_inputs(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the source of each table of a study, as `read_raw_source` reads it.

    ``inputs`` is as in the config. A sheet given beside a folder takes the place of
    the table that would come from there.
    """
    made = {
        table: name_source(Source(kind, inputs[kind], table))
        for kind in KINDS
        if kind in inputs
        for table in KINDS[kind].list_tables(inputs[kind])
    }
    # an empty path of patients stands for one that was not given
    return made | {
        key: path
        for key, path in inputs.items()
        if key not in (*KINDS, *COMPARED) and (path or key not in made)
    }


def read_raw_source(
    path: str, *, table: str, written: Written = PLAIN
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a table as it is written, whichever source it has; see `read_raw_sheet`."""
    source = parse_source(path)
    if source is None:
        return read_raw_sheet(path, table=table, written=written)
    made, findings = source.read()
    return made.sheet, findings


def find_bare_sources(
    inputs: Mapping[str, str], *, written: Written = PLAIN
) -> dict[str, str]:
    """Return the sources of tables that have not one row; see `find_bare`."""
    made = {table for table, path in inputs.items() if parse_source(path)}
    sheets = {table: path for table, path in inputs.items() if table not in made}
    bare = find_bare(sheets, written=written)
    # calls may be large, and a folder gives them only where it has any
    for table in made - {"patients", "variants"}:
        sheet, _ = read_raw_source(inputs[table], table=table)
        if sheet.empty and len(sheet.columns):
            bare[table] = inputs[table]
    return bare


def as_in_sources(
    findings: Iterable[Finding], inputs: Mapping[str, str]
) -> list[Finding]:
    """Return findings on tables from folders with the rows and columns of the files."""
    told = list(findings)
    named = {found.table for found in told}
    sources = {table: parse_source(path) for table, path in inputs.items()}
    made = {
        table: source.read()[0]
        for table, source in sources.items()
        if source is not None and table in named
    }
    return in_files(told, made)


def files_of_source(path: str) -> list[str]:
    """Return the files that an input is read from: of a sheet the sheet itself."""
    source = parse_source(path)
    if source is not None:
        return source.files()
    file = file_of(path)
    return [str(file)] if file.is_file() else []


def list_files(inputs: Mapping[str, str]) -> list[str]:
    """Return the files that the tables are read from, each once."""
    files = (file for path in inputs.values() for file in files_of_source(path))
    return list(dict.fromkeys(files))


def name_files(inputs: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the files of each key of the config: a sheet, or those of a folder."""
    named: dict[str, list[str]] = {}
    for table, path in inputs.items():
        source = parse_source(path)
        files = named.setdefault(table if source is None else source.kind, [])
        files += [file for file in files_of_source(path) if file not in files]
    return named


def label_files(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return each file by a label: its key, with its own name if there are several."""
    return {
        key if len(files) == 1 else f"{key} {Path(file).stem.upper()}": file
        for key, files in name_files(inputs).items()
        for file in files
    }


def files_of_findings(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the file whose rows a finding on each table names."""
    files = dict(inputs)
    for table, path in inputs.items():
        source = parse_source(path)
        if source is not None:
            files[table] = next(iter(source.files()), source.folder)
            files[source.kind] = source.folder
    return files
