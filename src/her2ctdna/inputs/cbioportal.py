"""From a cBioPortal study folder to the sheets of a study, as text.

Each function makes one table of section 2 of the contract from the files that
`her2ctdna.inputs.cbioportal_files` finds. What the files leave open is decided here,
and a finding says so. Lesions, adverse events and antibodies stand in none of them.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from her2ctdna.calls.maf import COLUMNS as MAF_COLUMNS
from her2ctdna.calls.maf import from_maf
from her2ctdna.findings import Finding
from her2ctdna.inputs.cbioportal_files import (
    KEY,
    MUTATIONS,
    PATIENTS,
    SAMPLES,
    TIMELINE,
    StudyFiles,
    check_study_files,
    find_study_files,
    read_study_file,
)
from her2ctdna.inputs.cbioportal_patients import make_patients
from her2ctdna.inputs.cbioportal_times import (
    TREATMENT,
    Course,
    days_of,
    event_kinds,
    read_course,
    specimen_days,
)
from her2ctdna.inputs.made import (
    RESPONSE_WORDS,
    Made,
    ReadTable,
    as_cells,
    as_read,
    as_sheet,
    cells_of,
    same_rows,
    shown,
    upper,
)
from her2ctdna.inputs.text_sheets import count_text_lines

HER2 = {
    "ihc": (
        *("HER2_IHC_SCORE", "HER2_IHC_SCORE_OF_SEQUENCED_SAMPLE", "HER2_IHC"),
        *("IHC_HER2", "HER2_STATUS_BY_IHC", "HER2_IHC_STATUS", "HER2_STATUS"),
    ),
    "ish": (
        *("HER2_FISH_STATUS", "HER2_FISH_STATUS_OF_SEQUENCED_SAMPLE"),
        *("HER2_ISH_STATUS", "HER2_FISH", "FISH_HER2"),
    ),
}
"""Attributes of samples that hold HER2; of each the first that is there counts."""

SPECIMENS = {"PRIMARY": "primary", "METASTA": "metastasis"}
"""How SAMPLE_TYPE starts, and which specimen that is."""

MATERIALS = ("SAMPLE_CLASS", "SAMPLE_TYPE", "SPECIMEN_TYPE")
"""Attributes of samples that say whether one is plasma."""

PLASMA = re.compile(r"(?<![A-Z])(CFDNA|CTDNA|PLASMA|BLOOD)(?![A-Z])")

RESPONSES = ("OVERALL_RESPONSE", "RECIST_RESPONSE", "RECIST", "RESPONSE")
"""Columns of a timeline that hold the response at a visit."""


class Responses(NamedTuple):
    """A timeline of responses: its file, its rows of visits and their column."""

    path: Path
    visits: pd.DataFrame
    column: str


class Study(NamedTuple):
    """A study folder as it is read; ``events`` are the rows of all timelines."""

    files: StudyFiles
    patients: pd.DataFrame
    samples: pd.DataFrame
    events: pd.DataFrame
    course: Course
    responses: Responses | None


def read_study(folder: str) -> tuple[Study, list[Finding]]:
    """Read the clinical files of a study folder, and say what is not read of it."""
    paths = sorted(Path(folder).glob("*"))
    told = ((path.name, path.stat()) for path in paths if path.is_file())
    state = tuple((name, its.st_mtime_ns, its.st_size) for name, its in told)
    study, findings = _read_study(folder, state)
    return study, list(findings)


@lru_cache(maxsize=2)
def _read_study(
    folder: str, _state: tuple[tuple[str, int, int], ...]
) -> tuple[Study, list[Finding]]:
    """Read a folder whose files are as a state says (name, time, size)."""
    files = find_study_files(folder)
    findings = list(check_study_files(folder))
    frames = {}
    kinds = ((files.patients, PATIENTS), (files.samples, SAMPLES))
    for path, kind in (*kinds, *((path, TIMELINE) for path in files.timelines)):
        if path is not None:
            frames[path], found = read_study_file(path, kind)
            findings += found
    timelines = {path: frames[path] for path in files.timelines}
    events = pd.concat([pd.DataFrame(), *timelines.values()], ignore_index=True)
    empty = pd.DataFrame(dtype=object)
    study = Study(
        files,
        empty if files.patients is None else frames[files.patients],
        empty if files.samples is None else frames[files.samples],
        events,
        read_course(events),
        _responses(timelines),
    )
    return study, [*findings, *_not_used(study, timelines), *_not_made(study)]


def list_tables(folder: str) -> dict[str, list[str]]:
    """Return the files of each table that a study folder gives, its own first.

    Patients are always among them, as a study needs them: a folder without them is an
    error later on.
    """
    study, _ = read_study(folder)
    files = study.files
    made = {"patients": [files.patients, *files.timelines]}
    if _her2_columns(study):
        made["her2"] = [files.samples, *files.timelines]
    if _why_no_calls(study) is None:
        made["samples"] = [files.samples, *files.timelines]
        made["variants"] = [files.mutations]
    if study.responses is not None and study.course.is_told:
        first = study.responses.path
        others = [path for path in files.timelines if path != first]
        made["assessments"] = [first, *others]
    return {
        table: [str(path) for path in paths if path is not None]
        for table, paths in made.items()
    }


def read_table_of(folder: str, table: str) -> tuple[ReadTable, list[Finding]]:
    """Read one of our tables from a study folder.

    The findings are those on the folder and on this table. Where its file is missing
    or cannot be read, which is an error, the sheet is empty.
    """
    study, findings = read_study(folder)
    made, found = as_read(_MAKE[table](study))
    return made, [*findings, *found]


def make_her2(study: Study) -> Made:
    """Make HER2 readings: one row for each sample that is no plasma."""
    samples = study.samples[~_is_plasma(study.samples)]
    columns = _her2_columns(study)
    kinds = upper(cells_of(samples, "SAMPLE_TYPE"))
    specimen = kinds.map(_specimen_of, na_action="ignore").fillna("unknown")
    sheet = as_sheet(
        {
            "patient_id": cells_of(samples, "PATIENT_ID"),
            "specimen_id": cells_of(samples, "SAMPLE_ID"),
            "collected_day": _collected(study, samples),
            "specimen": specimen,
            "reader": pd.Series("local", index=samples.index),
            "ihc": cells_of(samples, columns.get("ihc", "")),
            "ish": cells_of(samples, columns.get("ish", "")),
        },
        samples.index,
    )
    message = f"read from {' and '.join(columns.values())}, by a local reader"
    findings = [Finding("note", "her2", None, "", "", "", message)]
    others = shown(kinds[specimen == "unknown"])
    if others:
        message = "these words of SAMPLE_TYPE are read as unknown"
        where = ("note", "her2", None, "SAMPLE_TYPE", "", others)
        findings.append(Finding(*where, message))
    variables = {"patient_id": "PATIENT_ID", "specimen_id": "SAMPLE_ID"}
    variables |= {"specimen": "SAMPLE_TYPE"} | columns
    return Made(sheet, same_rows(sheet), variables, findings)


def make_samples(study: Study) -> Made:
    """Make samples: those of plasma, and all others as tissue."""
    samples = study.samples
    days = _collected(study, samples)
    by_day = as_cells(days.map(lambda day: f"D{day}", na_action="ignore"))
    told = cells_of(samples, "TIMEPOINT")
    material = _is_plasma(samples).map({True: "plasma", False: "tissue"})
    sheet = as_sheet(
        {
            "sample_id": cells_of(samples, "SAMPLE_ID"),
            "patient_id": cells_of(samples, "PATIENT_ID"),
            "collected_day": days,
            "timepoint": told.where(told.notna(), by_day),
            "material": material,
        },
        samples.index,
    )
    count = f"{int((material == 'plasma').sum())} of {len(sheet)}"
    message = f"are plasma by {', '.join(MATERIALS)}; the others count as tissue"
    note = Finding("note", "samples", None, "material", "", count, message)
    variables = {"sample_id": "SAMPLE_ID", "patient_id": "PATIENT_ID"}
    variables |= {"timepoint": "TIMEPOINT"} if told.notna().any() else {}
    return Made(sheet, same_rows(sheet), variables, [note])


def make_variants(study: Study) -> Made:
    """Make variants of the file of mutations, read as a MAF is."""
    raw = pd.DataFrame(dtype=object)
    findings: list[Finding] = []
    if study.files.mutations is not None:
        raw, findings = read_study_file(study.files.mutations, MUTATIONS)
    sheet, wrong = from_maf(raw)
    variables = {
        ours: next((name for name in names if name in raw), names[0])
        for ours, names in MAF_COLUMNS.items()
    }
    return Made(sheet, same_rows(sheet), variables, [*findings, *wrong])


def make_assessments(study: Study) -> Made:
    """Make assessments of the first timeline with responses by RECIST."""
    if study.responses is None:
        return Made(pd.DataFrame(dtype=object), {}, {}, [])
    path, visits, column = study.responses
    who = cells_of(visits, "PATIENT_ID")
    written = visits[column]
    sheet = as_sheet(
        {
            "patient_id": who,
            "assessed_day": study.course.since_first_dose(who, days_of(visits)),
            "overall": _words(written),
        },
        visits.index,
    )
    message = f"read from {column} of {path.name}"
    note = Finding("note", "assessments", None, "", "", "", message)
    variables = {"patient_id": "PATIENT_ID", "overall": column}
    variables["assessed_day"] = "START_DATE"
    return Made(sheet, same_rows(sheet), variables, [note])


_MAKE: dict[str, Callable[[Study], Made]] = {
    "patients": lambda study: make_patients(study.patients, study.events, study.course),
    "her2": make_her2,
    "samples": make_samples,
    "variants": make_variants,
    "assessments": make_assessments,
}


def _her2_columns(study: Study) -> dict[str, str]:
    """Return which attribute of the samples each of our columns of HER2 is."""
    found = {
        ours: next((name for name in names if name in study.samples), None)
        for ours, names in HER2.items()
    }
    return {ours: name for ours, name in found.items() if name}


def _specimen_of(word: str) -> str:
    found = (kind for start, kind in SPECIMENS.items() if word.startswith(start))
    return next(found, "unknown")


def _is_plasma(samples: pd.DataFrame) -> pd.Series:
    is_plasma = pd.Series(False, index=samples.index)
    for name in MATERIALS:
        words = upper(cells_of(samples, name)).fillna("")
        is_plasma |= words.map(lambda word: bool(PLASMA.search(word))).astype(bool)
    return is_plasma


def _collected(study: Study, samples: pd.DataFrame) -> pd.Series:
    """Return the days since first dose on which samples were taken."""
    days = cells_of(samples, "SAMPLE_ID").map(specimen_days(study.events))
    who = cells_of(samples, "PATIENT_ID")
    return study.course.since_first_dose(who, days.astype(float))


def _responses(timelines: dict[Path, pd.DataFrame]) -> Responses | None:
    """Return the first timeline of visits with a response; treatments are none."""
    for path, frame in timelines.items():
        visits = frame[event_kinds(frame) != TREATMENT]
        for column in RESPONSES:
            told = visits[cells_of(visits, column).notna()]
            words = upper(cells_of(told, column))
            if words.isin(RESPONSE_WORDS.keys()).any():
                return Responses(path, told, column)
    return None


def _words(cells: pd.Series) -> pd.Series:
    """Return responses in our words; others stay as written."""
    return as_cells(upper(cells).map(RESPONSE_WORDS).fillna(cells))


def _why_no_calls(study: Study) -> str | None:
    """Return why a folder gives neither samples nor variants, None if it does."""
    if not _is_plasma(study.samples).any():
        return f"no sample is of plasma by {', '.join(MATERIALS)}"
    path = study.files.mutations
    if path is None:
        return "there is no data_mutations.txt"
    if count_text_lines(path, 2, encoding=None) < 2:
        return f"{path.name} has no row"
    return None


def _not_made(study: Study) -> Iterator[Finding]:
    """Yield a note on each table that the folder does not give, and why."""
    why = _why_no_calls(study)
    if why is not None:
        message = f"gives neither samples nor variants, as {why}"
        yield Finding("note", KEY, None, "", "", "", message)
    if not _her2_columns(study):
        names = ", ".join(name for of_one in HER2.values() for name in of_one)
        message = f"gives no her2, as no sample has an attribute of it ({names})"
        yield Finding("note", KEY, None, "", "", "", message)
    if study.responses is not None and not study.course.is_told:
        message = (
            f"gives no assessments of {study.responses.path.name}, as no timeline has "
            "a TREATMENT, so their days since first dose are not known"
        )
        yield Finding("note", KEY, None, "", "", "", message)


def _not_used(study: Study, timelines: dict[Path, pd.DataFrame]) -> Iterator[Finding]:
    """Yield a note on each timeline of which no row is read."""
    used = study.responses.path if study.responses is not None else None
    for path, frame in timelines.items():
        if path != used and not frame.empty and event_kinds(frame).isna().all():
            kinds = shown(cells_of(frame, "EVENT_TYPE"))
            message = f"this timeline is not read (EVENT_TYPE {kinds})"
            yield Finding("note", KEY, None, "", "", path.name, message)
