"""Settings of the config that must fit what the sheets hold.

They are checked where the rules are read: a setting that fits has no finding, so to
change it does not have the inputs checked, and all that rests on them made, again.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.her2_checks import judge_results
from her2ctdna.inputs.sheet_maps import Written, apply_maps, as_written
from her2ctdna.inputs.sources import read_raw_source
from her2ctdna.safety.terms import find_lookalikes, find_misspelt
from her2ctdna.safety.titres import is_scale_doubtful, normalise_antibodies
from her2ctdna.settings.clinical_settings import (
    Her2Settings,
    ResponseSettings,
    SafetySettings,
)
from her2ctdna.settings.config import analysis_definitions
from her2ctdna.settings.config_types import Chapter, Config, Definitions
from her2ctdna.settings.ctdna_settings import CtdnaSettings
from her2ctdna.settings.landmark_columns import LandmarkColumn

Sheets = Mapping[str, pd.DataFrame]

CHAPTERS: tuple[Chapter, ...] = ("association", "her2", "ctdna", "response", "safety")
COLUMN_KEYS: tuple[Literal["groups", "covariates"], ...] = ("groups", "covariates")
"""Settings that name columns of patients."""

_DATE = re.compile(
    r"\d{4}([-/.])\d{1,2}(\1\d{1,2})?(?!\d)"
    r"|\d{1,2}([-/. ])(\d{1,2}|[A-Za-z]{3})\3\d{2,4}$"
)


def check_named_settings(
    inputs: Mapping[str, str],
    config: Config,
    *,
    given: Mapping[str, object],
    written: Written,
) -> list[Finding]:
    """Return the findings of `check_settings` in the names and words of the sheets."""
    raw = _raw_sheets(inputs, written)
    sheets = _mapped(raw, written)
    return as_written(check_settings(sheets, config, given=given), sheets, raw, written)


def _mapped(raw: Sheets, written: Written) -> Sheets:
    sheets: dict[str, pd.DataFrame] = defaultdict(pd.DataFrame)
    for table, sheet in raw.items():
        sheets[table], _ = apply_maps(sheet, table=table, written=written)
    return sheets


def _raw_sheets(inputs: Mapping[str, str], written: Written) -> Sheets:
    named = (
        *("patients", "her2", "samples", "levels", "assessments", "lesions"),
        *("adverse_events", "ada"),
    )
    return {
        table: read_raw_source(inputs[table], table=table, written=written)[0]
        for table in named
        if table in inputs
    }


def check_bare(bare: Mapping[str, str]) -> list[Finding]:
    """Return a warning for each sheet that has a header alone (`find_bare`)."""
    message = (
        "has a header and no row, so what it would hold counts as not recorded; if an "
        "export has failed, repeat it"
    )
    return [
        Finding("warning", table, 1, "", "", path, message)
        for table, path in bare.items()
    ]


def check_settings(
    sheets: Sheets, config: Config, *, given: Mapping[str, object]
) -> list[Finding]:
    """Return the findings on settings that name what the sheets do not hold.

    What an analysis has in common with ``definitions`` is said of those only.
    ``given`` is what the study itself has set: a default names columns that a study
    need not have, a study those that it has.
    """
    findings = list(_names_of_landmarks(sheets, config))
    findings += _reference_there(config["study"]["reference"])
    for name, own in analysis_definitions(config).items():
        for chapter in CHAPTERS:
            shared = own[chapter] == config["definitions"][chapter]
            path = ("definitions",) if shared else ("analyses", name)
            findings += _check_chapter(chapter, sheets, own, path, given)
    return sorted(set(findings))


def _check_chapter(
    chapter: Chapter,
    sheets: Sheets,
    own: Definitions,
    path: tuple[str, ...],
    given: Mapping[str, object],
) -> Iterator[Finding]:
    where = ".".join(path)
    if chapter == "her2":
        yield from _scores_read(sheets, own["her2"], where)
    elif chapter == "ctdna":
        yield from _time_points_named(sheets, own["ctdna"], where)
    elif chapter == "response":
        yield from _evaluator_named(sheets, own["response"], where)
    elif chapter == "safety":
        yield from _terms_named(sheets, own["safety"], where)
        yield from _titres_on_scale(sheets, own["safety"], where)
    else:
        for key in COLUMN_KEYS:
            is_own = any(
                _holds(given, (*part, "association", key))
                for part in (path, ("definitions",))
            )
            columns = own["association"][key]
            setting = f"{where}.association.{key}"
            yield from _columns_named(sheets["patients"], columns, setting, is_own)


def _holds(given: object, path: tuple[str, ...]) -> bool:
    """Tell whether the study itself has set the key at a path."""
    for key in path:
        if not isinstance(given, Mapping) or key not in given:
            return False
        given = given[key]
    return True


def _reference_there(path: str | None) -> Iterator[Finding]:
    """Yield an error if the genome that is named is not there, or is no FASTA."""
    if path is None:
        return
    head = b""
    if Path(path).is_file():
        with Path(path).open("rb") as file:
            head = file.read(14)
        message = "is no FASTA, plain or bgzipped; give the one of the calls"
    else:
        message = "no such file; correct the path of the FASTA or leave it out (null)"
    if not head.startswith(b">") and head[12:] != b"BC":
        yield Finding("error", "config", None, "study.reference", "", path, message)


def _names_of_landmarks(sheets: Sheets, config: Config) -> Iterator[Finding]:
    """Yield covariates that have the name of a result at a landmark."""
    landmarks = {
        name
        for definitions in analysis_definitions(config).values()
        for name in definitions["ctdna"]["landmarks"]
    }
    for column in sheets["patients"].columns:
        if LandmarkColumn.parse(column, landmarks):
            message = "results use this name; rename the column (such as given_...)"
            yield Finding("error", "patients", 1, column, "", "", message)


def _columns_named(
    patients: pd.DataFrame, named: Iterable[str], setting: str, is_own: bool
) -> Iterator[Finding]:
    """Yield the columns that are not there, or are dates, which no result may hold."""
    columns = list(patients.columns)
    for column in named:
        if column not in columns:
            near = difflib.get_close_matches(column, columns, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            severity = "error" if is_own and columns else "note"
            message = f"patients has no such column, so it is not used{hint}"
            yield Finding(severity, "config", None, setting, "", column, message)
        elif _is_date(patients[column]):
            message = (
                "holds dates, and no result may; give what you mean by them, "
                "such as a year or a number of days"
            )
            yield Finding("error", "config", None, setting, "", column, message)


def _is_date(cells: pd.Series) -> bool:
    known = cells.dropna()
    return len(known) > 0 and all(_DATE.match(cell) for cell in known)


def _scores_read(sheets: Sheets, her2: Her2Settings, where: str) -> Iterator[Finding]:
    """Yield the HER2 cells that nobody can read, and those recoded to 3+."""
    if "ihc" in sheets["her2"]:
        yield from judge_results(sheets["her2"], recode=her2["recode"], where=where)


def _time_points_named(
    sheets: Sheets, ctdna: CtdnaSettings, where: str
) -> Iterator[Finding]:
    drawn = [
        sheets[name] for name in ("samples", "levels") if "timepoint" in sheets[name]
    ]
    labels = {label for sheet in drawn for label in sheet["timepoint"].dropna()}
    for name, landmark in ctdna["landmarks"].items():
        for key in ("timepoint", "reference"):
            label = landmark.get(key)
            if drawn and label is not None and label not in labels:
                known = ", ".join(sorted(labels))
                message = f"no sample has this timepoint; take one of: {known}"
                setting = f"{where}.ctdna.landmarks.{name}.{key}"
                yield Finding("error", "config", None, setting, "", str(label), message)


def _evaluator_named(
    sheets: Sheets, response: ResponseSettings, where: str
) -> Iterator[Finding]:
    source, wanted = response["source"], response["evaluator"]
    table = "lesions" if source == "lesions" else "assessments"
    other = "assessments" if source == "lesions" else "lesions"
    cells = sheets[table].get("evaluator", pd.Series(dtype=object)).dropna()
    evaluators = sorted(set(cells))
    if evaluators and wanted not in evaluators:
        known = ", ".join(evaluators)
        message = f"{table} has no row of this evaluator; take one of: {known}"
        setting = f"{where}.response.evaluator"
        yield Finding("error", "config", None, setting, "", wanted, message)
    for name in evaluators:
        if name != wanted and _bare(name) == _bare(wanted):
            message = f"almost {wanted}, but another evaluator; write both the same"
            row = int(cells[cells == name].index[0])
            yield Finding("warning", table, row, "evaluator", "", name, message)
    if sheets[table].columns.empty and not sheets[other].columns.empty:
        message = f"needs inputs.{table}; give it or take the other source"
        setting = f"{where}.response.source"
        yield Finding("error", "config", None, setting, "", source, message)


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _terms_named(
    sheets: Sheets, safety: SafetySettings, where: str
) -> Iterator[Finding]:
    """Yield terms that are not counted as of special interest for their spelling."""
    cells = sheets["adverse_events"].get("term", pd.Series(dtype=object))
    terms = sorted(set(cells.dropna()))
    special, words = safety["special_interest"], safety["special_interest_words"]
    names = {term: name for name, wanted in special.items() for term in wanted}
    near = dict(find_misspelt(terms, names))
    for term, name in find_lookalikes(terms, special, words):
        known = f"almost {near[term]}" if term in near else f"looks like {name}"
        message = f"{known}, but not counted with it; correct or add the term"
        setting = f"{where}.safety.special_interest.{name}"
        yield Finding("warning", "config", None, setting, "", term, message)


def _titres_on_scale(
    sheets: Sheets, safety: SafetySettings, where: str
) -> Iterator[Finding]:
    """Yield a warning where titres taken as multiples look like logarithms."""
    sheet, _ = normalise_antibodies(sheets["ada"])
    titres = sheet.get("titre", pd.Series(dtype=object))
    if safety["ada_titre_scale"] == "linear" and is_scale_doubtful(titres):
        message = "all titres lie below 10, as logarithms do; take log2 or log10 if so"
        setting = f"{where}.safety.ada_titre_scale"
        yield Finding("warning", "config", None, setting, "", "linear", message)
