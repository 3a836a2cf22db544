"""The files of a cBioPortal study folder: which is what, and their cells as text.

A file is known by its ``meta_*.txt`` (``data_filename`` and ``datatype``), else by its
usual name. Rows are counted as lines of the file, the ``#`` lines above the header
among them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.grids import UnreadableSheetError, frame_of
from her2ctdna.inputs.text_sheets import read_maf_rows

KEY = "cbioportal"

PATIENTS, SAMPLES, TIMELINE, MUTATIONS = "patients", "samples", "timeline", "mutations"

DATATYPES = {
    ("CLINICAL", "PATIENT_ATTRIBUTES"): PATIENTS,
    ("CLINICAL", "SAMPLE_ATTRIBUTES"): SAMPLES,
    ("CLINICAL", "TIMELINE"): TIMELINE,
    ("MUTATION_EXTENDED", "MAF"): MUTATIONS,
}
"""What a file is by ``genetic_alteration_type`` and ``datatype`` of its meta file."""

NAMES = {
    r"data_clinical_patients?\.txt": PATIENTS,
    r"data_clinical_samples?\.txt": SAMPLES,
    r"data_(clinical_)?timeline.*\.txt": TIMELINE,
    r"data_mutations(_extended)?\.txt": MUTATIONS,
}
"""What a file without a meta file is by its name."""

MISSING = frozenset(
    {
        *("", "NA", "[Not Available]", "[Not Applicable]", "[Not Evaluated]"),
        *("[Unknown]", "[Pending]", "[Discrepancy]", "[Completed]", "[Null]"),
    }
)
"""Cells of clinical files that stand for a missing one."""

DAYS = ("START_DATE", "STOP_DATE")
NEEDED = {
    PATIENTS: ("PATIENT_ID",),
    SAMPLES: ("PATIENT_ID", "SAMPLE_ID"),
    TIMELINE: ("PATIENT_ID", "START_DATE", "EVENT_TYPE"),
    MUTATIONS: (),
}
"""The columns that a file must have; those of a MAF are checked as calls are."""

_DAY = re.compile(r"[+-]?[0-9]+(\.0*)?")


class StudyFiles(NamedTuple):
    """The files of a study folder; ``unread`` are data files of other kinds."""

    patients: Path | None
    samples: Path | None
    mutations: Path | None
    timelines: tuple[Path, ...]
    unread: tuple[Path, ...]


def find_study_files(folder: str | Path) -> StudyFiles:
    """Return which file of a folder is what; of two of one kind the first by name."""
    place = Path(folder)
    kinds = dict(_named_by_meta(place))
    for path in sorted(place.glob("data_*")):
        if path not in kinds and path.is_file():
            kinds[path] = _kind_by_name(path)
    of_kind = {
        kind: sorted(path for path, its in kinds.items() if its == kind)
        for kind in (PATIENTS, SAMPLES, MUTATIONS, TIMELINE)
    }
    first = {kind: next(iter(paths), None) for kind, paths in of_kind.items()}
    read = {*first.values(), *of_kind[TIMELINE]}
    return StudyFiles(
        first[PATIENTS],
        first[SAMPLES],
        first[MUTATIONS],
        tuple(of_kind[TIMELINE]),
        tuple(sorted(path for path in kinds if path not in read)),
    )


def check_study_files(folder: str | Path) -> Iterator[Finding]:
    """Yield what is wrong with a folder as such, and a note on each file not read."""
    if not Path(folder).is_dir():
        message = "no such folder; correct inputs.cbioportal"
        yield Finding("error", KEY, None, "", "", str(folder), message)
        return
    files = find_study_files(folder)
    if files.patients is None:
        message = (
            "has no clinical file of patients; add data_clinical_patient.txt, or name "
            "the file in a meta file of datatype PATIENT_ATTRIBUTES"
        )
        yield Finding("error", KEY, None, "", "", str(folder), message)
    for path in files.unread:
        message = "this file is not read"
        if _kind_by_name(path) in (PATIENTS, SAMPLES, MUTATIONS):
            message += ", as the folder has another of its kind"
        yield Finding("note", KEY, None, "", "", path.name, message)


def read_study_file(path: Path, kind: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a file of the study as text, indexed by its lines.

    Returns
    -------
    The cells (missing is ``None``) with the names of columns as they are, and what is
    wrong with the file, on ``cbioportal`` with the name of the file. One that cannot
    be read, or lacks a column that it needs, gives an empty table.
    """
    try:
        # quotes are letters like others in all files of cBioPortal
        rows = read_maf_rows(path)
    except UnreadableSheetError as error:
        return pd.DataFrame(), [_of_file(path, str(error))]
    if not rows:
        return pd.DataFrame(), [_of_file(path, "is empty; give at least a header")]
    frame, wrong = frame_of(rows, KEY)
    findings = [
        found._replace(message=f"{found.message} (in {path.name})") for found in wrong
    ]
    absent = [name for name in NEEDED[kind] if name not in frame]
    if absent:
        for name in absent:
            message = f"this column is needed in {path.name}; add it"
            findings.append(Finding("error", KEY, rows[0][0], name, "", "", message))
        return pd.DataFrame(), findings
    if kind != MUTATIONS:
        frame = frame.mask(frame.isin(MISSING), None).astype(object)
        frame = frame.where(frame.notna(), None)
    if kind == TIMELINE:
        findings += _not_days(frame, path)
    return frame, findings


def _not_days(frame: pd.DataFrame, path: Path) -> Iterator[Finding]:
    """Yield cells of times that are no whole day."""
    for column in DAYS:
        if column not in frame:
            continue
        for row, cell in frame[column].dropna().items():
            if not _DAY.fullmatch(cell):
                message = f"give whole days, as cBioPortal counts them (in {path.name})"
                yield Finding("error", KEY, int(str(row)), column, "", cell, message)


def _named_by_meta(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files that meta files name and that exist, and what each is."""
    for meta in sorted(folder.glob("meta_*.txt")):
        lines = meta.read_text(encoding="utf-8", errors="replace").splitlines()
        pairs = (line.partition(":") for line in lines)
        said = {key.strip(): value.strip() for key, _, value in pairs}
        path = folder / said.get("data_filename", "")
        alteration = said.get("genetic_alteration_type", "").upper()
        kind = DATATYPES.get((alteration, said.get("datatype", "").upper()), "")
        if path.is_file():
            yield path, kind


def _kind_by_name(path: Path) -> str:
    found = (kind for name, kind in NAMES.items() if re.fullmatch(name, path.name))
    return next(found, "")


def _of_file(path: Path, message: str) -> Finding:
    return Finding("error", KEY, None, "", "", path.name, message)
