"""A folder of SDTM domains: which of our tables it gives, and its files as text.

A domain is one file named after it (``dm.xpt``, ``DM.parquet``).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import pandas as pd

from her2ctdna.findings import Finding

Domains = Mapping[str, pd.DataFrame]

TABLES: dict[str, tuple[str, ...]] = {
    "patients": ("DM", "EX", "DS", "RS", "TR", "TU", "AE", "IS"),
    "assessments": ("RS", "TR", "DM", "EX"),
    "lesions": ("TR", "TU", "DM", "EX"),
    "adverse_events": ("AE", "DM", "EX"),
    "ada": ("IS", "DM", "EX"),
}
"""The tables that SDTM can give, and the domains each is made of, its own first."""

READ = TABLES["patients"]
"""The domains that are read."""

ENDINGS = (".xpt", ".sas7bdat", ".parquet", ".csv")
KEY = "sdtm"
_DOMAIN = re.compile(r"[A-Z][A-Z0-9]", re.IGNORECASE)


def list_tables(folder: str | Path) -> dict[str, list[str]]:
    """Return the files of each table that a folder of domains gives, its own first.

    Patients are always among them, as a study needs them: a folder without DM is an
    error later on.
    """
    found = list_files(folder)
    return {
        table: [str(found[name]) for name in domains if name in found]
        for table, domains in TABLES.items()
        if table == "patients" or domains[0] in found
    }


def list_files(folder: str | Path) -> dict[str, Path]:
    """Return the files of the domains in a folder, by domain; of two the first form."""
    files = [path for path in _files(Path(folder)) if _DOMAIN.fullmatch(path.stem)]
    files.sort(key=lambda path: (ENDINGS.index(path.suffix.lower()), path.name))
    found: dict[str, Path] = {}
    for path in files:
        found.setdefault(path.stem.upper(), path)
    return found


def read_domains(folder: str | Path) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Read the domains of a folder as text, and say what of the folder is not read.

    Returns
    -------
    By domain the cells as text (missing is ``None``), indexed by the row of the
    domain + 1, with the names of variables in upper case. A row that repeats another
    in every variable is left out. Findings are on ``sdtm``: files that
    are not read (a note each), repeated rows, files that cannot be read (errors).
    """
    found = list_files(folder)
    state = tuple(
        (name, str(path), path.stat().st_mtime_ns, path.stat().st_size)
        for name, path in found.items()
        if name in READ
    )
    domains, findings = _read_files(state)
    return dict(domains), [*findings, *_not_read(Path(folder))]


@lru_cache(maxsize=4)
def _read_files(
    state: tuple[tuple[str, str, int, int], ...],
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Read files that are as ``state`` says (domain, path, time, size)."""
    domains, findings = {}, []
    for name, path, *_ in state:
        try:
            frame = read_text(Path(path))
        except Exception as error:
            message = f"cannot be read ({error}); write the file again"
            findings.append(Finding("error", KEY, None, name, "", path, message))
            continue
        domains[name], repeated = _without_repeats(frame, name)
        findings += repeated
        findings += _zero_days(domains[name], name)
    return domains, findings


def read_text(path: Path) -> pd.DataFrame:
    """Return a file of SAS, Parquet or CSV as text, indexed by its row + 1."""
    ending = path.suffix.lower()
    if ending == ".csv":
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    elif ending == ".parquet":
        raw = pd.read_parquet(path)
    else:
        raw = _read_sas(path)
    raw.columns = [str(name).strip().upper() for name in raw.columns]
    text = pd.DataFrame(
        {name: _as_text(raw[name]) for name in raw.columns}, dtype=object
    )
    text.index = pd.RangeIndex(2, len(text) + 2)
    return text


def _read_sas(path: Path) -> pd.DataFrame:
    import pyreadstat

    is_transport = path.suffix.lower() == ".xpt"
    read = pyreadstat.read_xport if is_transport else pyreadstat.read_sas7bdat
    try:
        frame: pd.DataFrame = read(str(path))[0]
    except (UnicodeDecodeError, pyreadstat.ReadstatError):
        frame = read(str(path), encoding="WINDOWS-1252")[0]
    return frame


def _as_text(cells: pd.Series) -> pd.Series:
    """Return cells as text: whole numbers without a point, dates as ISO 8601."""
    texts = [_text_of(cell) for cell in cells]
    return pd.Series(texts, index=cells.index, dtype=object)


def _text_of(cell: object) -> str | None:
    if isinstance(cell, str):
        return cell.strip() or None
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
        return None
    if isinstance(cell, datetime):
        return (
            cell.date().isoformat()
            if cell.time() == cell.time().min
            else (cell.isoformat(timespec="seconds"))
        )
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace").strip() or None
    # numbers of SAS have some 15 digits, the last of which are of their conversion
    return f"{float(cell):.12g}" if isinstance(cell, int | float) else str(cell)


def _without_repeats(
    frame: pd.DataFrame, name: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Leave out rows that are another once more."""
    again = frame.duplicated()
    if not again.any():
        return frame, []
    where = f"{int(again.sum())} (row {int(frame.index[again][0])} first)"
    message = f"rows of {name} repeat another in every variable and are left out"
    return frame[~again], [Finding("warning", KEY, None, name, "", where, message)]


def _zero_days(frame: pd.DataFrame, name: str) -> Iterator[Finding]:
    """Yield study days 0 that stand for a date: SDTM goes from -1 to 1."""
    for part in ("", "ST", "EN"):
        day, written = f"{name}{part}DY", f"{name}{part}DTC"
        if day not in frame:
            continue
        is_dated = frame[written].notna() if written in frame else False
        message = "study days have no 0 (first day 1, the day before -1); correct it"
        for row in frame.index[(frame[day] == "0") & ~is_dated]:
            yield Finding("error", KEY, int(row), day, "", "0", message)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)


def _not_read(folder: Path) -> Iterator[Finding]:
    """Yield a note on each file that is not read, an error if there is no folder."""
    if not folder.is_dir():
        message = "no such folder; correct inputs.sdtm"
        yield Finding("error", KEY, None, "", "", str(folder), message)
    used = {path for name, path in list_files(folder).items() if name in READ}
    for path in _files(folder):
        stem = path.stem.upper()
        if path in used:
            continue
        if stem in READ:
            message = f"is not read, as {stem} has another file in the folder"
        elif stem.startswith("SUPP"):
            message = "supplemental qualifiers are not read; give a sheet if needed"
        else:
            message = f"this domain is not read (read are {', '.join(READ)})"
        yield Finding("note", KEY, None, stem, "", path.name, message)
