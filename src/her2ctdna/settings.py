"""Settings of the config that must fit what the sheets hold.

They are checked where the rules are read: a setting that fits has no finding, so to
change it does not have the inputs checked, and all that rests on them made, again.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from her2ctdna.config import analysis_definitions
from her2ctdna.findings import Finding
from her2ctdna.sheets import read_sheet

Settings = Mapping[str, Any]
Sheets = Mapping[str, pd.DataFrame]

_LANDMARK_COLUMN = re.compile(
    r"(?:clearance|residual_max|state|ratio|day|change|mr[\d.]+)_(.+)"
)


def read_named_sheets(inputs: Mapping[str, str]) -> Sheets:
    """Return the sheets that settings name parts of; empty ones where not given.

    What is wrong with them is not said here but by their own check.
    """
    named = ("patients", "samples", "levels", "assessments", "lesions")
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
        "ctdna": _time_points_named,
        "response": _evaluator_named,
    }
    findings = list(_names_of_landmarks(sheets, config))
    for name, definitions in analysis_definitions(dict(config)).items():
        for chapter, check in checks.items():
            shared = definitions[chapter] == config["definitions"][chapter]
            where = "definitions" if shared else f"analyses.{name}"
            findings += check(sheets, definitions[chapter], where)
    return sorted(set(findings))


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
