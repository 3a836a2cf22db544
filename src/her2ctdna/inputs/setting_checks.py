"""Settings of the config that must fit what the sheets hold.

They are checked where the rules are read: a setting that fits has no finding, so to
change it does not have the inputs checked, and all that rests on them made, again.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.her2_checks import judge_results
from her2ctdna.inputs.sheets import read_sheet
from her2ctdna.safety.terms import find_misspelt
from her2ctdna.settings.config import analysis_definitions

Settings = Mapping[str, Any]
Sheets = Mapping[str, pd.DataFrame]

_LANDMARK_COLUMN = re.compile(
    r"(?:clearance|residual_max|state|ratio|day|change|mr[\d.]+)_(.+)"
)


def read_named_sheets(inputs: Mapping[str, str]) -> Sheets:
    """Return the sheets that settings name parts of; empty ones where not given.

    What is wrong with them is not said here but by their own check.
    """
    named = (
        *("patients", "her2", "samples", "levels", "assessments", "lesions"),
        "adverse_events",
    )
    sheets: dict[str, pd.DataFrame] = defaultdict(pd.DataFrame)
    for table in named:
        if table in inputs:
            sheets[table], _ = read_sheet(inputs[table], table=table)
    return sheets


def check_settings(sheets: Sheets, config: Settings) -> list[Finding]:
    """Return the findings on settings that name what the sheets do not hold.

    What an analysis has in common with ``definitions`` is said of those only.
    """
    checks = {
        "association": _columns_named,
        "her2": _scores_read,
        "ctdna": _time_points_named,
        "response": _evaluator_named,
        "safety": _terms_named,
    }
    findings = list(_names_of_landmarks(sheets, config))
    findings += _reference_there(config["study"]["reference"])
    for name, definitions in analysis_definitions(dict(config)).items():
        for chapter, check in checks.items():
            shared = definitions[chapter] == config["definitions"][chapter]
            where = "definitions" if shared else f"analyses.{name}"
            findings += check(sheets, definitions[chapter], where)
    return sorted(set(findings))


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


def _names_of_landmarks(sheets: Sheets, config: Settings) -> Iterator[Finding]:
    """Yield covariates that have the name of a result at a landmark."""
    landmarks = {
        name
        for definitions in analysis_definitions(dict(config)).values()
        for name in definitions["ctdna"]["landmarks"]
    }
    for column in sheets["patients"].columns:
        found = _LANDMARK_COLUMN.fullmatch(column)
        if found and found[1] in landmarks:
            message = "results use this name; rename the column (such as given_...)"
            yield Finding("error", "patients", 1, column, "", "", message)


def _columns_named(
    sheets: Sheets, association: Settings, where: str
) -> Iterator[Finding]:
    columns = list(sheets["patients"].columns)
    for key, severity in (("groups", "error"), ("covariates", "note")):
        for column in association[key]:
            if column not in columns:
                near = difflib.get_close_matches(column, columns, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                message = f"patients has no such column, so it is not used{hint}"
                setting = f"{where}.association.{key}"
                yield Finding(severity, "config", None, setting, "", column, message)


def _scores_read(sheets: Sheets, her2: Settings, where: str) -> Iterator[Finding]:
    """Yield the HER2 cells that nobody can read, and those recoded to 3+."""
    if "ihc" in sheets["her2"]:
        yield from judge_results(sheets["her2"], recode=her2["recode"], where=where)


def _time_points_named(
    sheets: Sheets, ctdna: Settings, where: str
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
                yield Finding("error", "config", None, setting, "", label, message)


def _evaluator_named(
    sheets: Sheets, response: Settings, where: str
) -> Iterator[Finding]:
    source, wanted = response["source"], response["evaluator"]
    table = "lesions" if source == "lesions" else "assessments"
    other = "assessments" if source == "lesions" else "lesions"
    evaluators = set(sheets[table].get("evaluator", pd.Series(dtype=object)).dropna())
    if evaluators and wanted not in evaluators:
        message = f"{table} has no row of this evaluator; all would be missing"
        setting = f"{where}.response.evaluator"
        yield Finding("error", "config", None, setting, "", wanted, message)
    if sheets[table].columns.empty and not sheets[other].columns.empty:
        message = f"needs inputs.{table}; give it or take the other source"
        setting = f"{where}.response.source"
        yield Finding("error", "config", None, setting, "", source, message)


def _terms_named(sheets: Sheets, safety: Settings, where: str) -> Iterator[Finding]:
    """Yield terms that are not counted as of special interest for their spelling."""
    cells = sheets["adverse_events"].get("term", pd.Series(dtype=object))
    terms = sorted(set(cells.dropna()))
    special = safety["special_interest"]
    names = {term: name for name, wanted in special.items() for term in wanted}
    for term, near in find_misspelt(terms, names):
        message = f"almost {near}, but not counted with it; correct or add the term"
        setting = f"{where}.safety.special_interest.{names[near]}"
        yield Finding("warning", "config", None, setting, "", term, message)
