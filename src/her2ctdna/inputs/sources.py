"""Where the tables of a study come from: a sheet each, or a folder of domains."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.sdtm import ReadTable, in_domains, read_table_of
from her2ctdna.inputs.sdtm_domains import (
    KEY,
    expand_inputs,
    files_of_source,
    main_file,
    parse_source,
)
from her2ctdna.inputs.sheet_maps import PLAIN, Written
from her2ctdna.inputs.sheets import find_bare, read_raw_sheet

COMPARED = ("adam",)
"""Keys under ``inputs`` that no table comes from."""


def list_inputs(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the source of each table of a study, as `read_source` reads it.

    ``inputs`` is as in the config. A table that came with its folder has the path
    ``folder#table``; a sheet given beside the folder takes its place.
    """
    tables = {key: path for key, path in inputs.items() if key not in COMPARED}
    return expand_inputs(tables)


def read_raw_source(
    path: str, *, table: str, written: Written = PLAIN
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a table as it is written, whichever source it has; see `read_raw_sheet`."""
    source = parse_source(path)
    if source is None:
        return read_raw_sheet(path, table=table, written=written)
    made, findings = read_table_of(str(source.folder), source.table)
    return made.sheet, findings


def find_bare_sources(
    inputs: Mapping[str, str], *, written: Written = PLAIN
) -> dict[str, str]:
    """Return the sources of tables that have not one row; see `find_bare`."""
    made = {table for table, path in inputs.items() if parse_source(path)}
    sheets = {table: path for table, path in inputs.items() if table not in made}
    bare = find_bare(sheets, written=written)
    for table in made - {"patients"}:
        sheet, _ = read_raw_source(inputs[table], table=table)
        if sheet.empty and len(sheet.columns):
            bare[table] = inputs[table]
    return bare


def as_in_sources(
    findings: Iterable[Finding], inputs: Mapping[str, str]
) -> list[Finding]:
    """Return findings on tables from domains with the domains' rows and variables."""
    made: dict[str, ReadTable] = {}
    for table, path in inputs.items():
        source = parse_source(path)
        if source is not None:
            made[table], _ = read_table_of(str(source.folder), source.table)
    return in_domains(list(findings), made)


def list_files(inputs: Mapping[str, str]) -> list[str]:
    """Return the files that the tables are read from, each once."""
    files = (file for path in inputs.values() for file in files_of_source(path))
    return list(dict.fromkeys(files))


def name_files(inputs: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the files of each key of the config: a sheet, or those of a folder."""
    named: dict[str, list[str]] = {}
    for table, path in inputs.items():
        key = table if parse_source(path) is None else KEY
        files = named.setdefault(key, [])
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
    files = {table: main_file(path) for table, path in inputs.items()}
    for source in filter(None, map(parse_source, inputs.values())):
        files[KEY] = str(source.folder)
    return files
