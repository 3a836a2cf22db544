"""Settings of the config that must fit what the sheets hold."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from her2ctdna.cohort import result_columns
from her2ctdna.config import analysis_definitions
from her2ctdna.findings import Finding
from her2ctdna.timing import Tables, normalised_columns

Settings = Mapping[str, Any]

_RELEVANT = {
    "association": ("groups", "covariates"),
    "ctdna": ("metric", "landmarks", "molecular_response"),
    "response": ("source", "evaluator"),
}


def relevant_settings(config: Settings) -> dict[str, dict[str, Any]]:
    """Return the settings that `check_settings` looks at, by where they stand.

    So a change of any other setting does not have the inputs checked again. What an
    analysis has in common with ``definitions`` stands there only.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, definitions in analysis_definitions(dict(config)).items():
        for chapter, keys in _RELEVANT.items():
            shared = definitions[chapter] == config["definitions"][chapter]
            where = "definitions" if shared else f"analyses.{name}"
            part = {key: definitions[chapter][key] for key in keys}
            found.setdefault(where, {})[chapter] = part
    return found


def check_settings(
    tables: Tables, settings: Mapping[str, Mapping[str, Settings]]
) -> list[Finding]:
    """Return the findings on settings that name what the tables do not hold."""
    checks = {
        "association": _columns_named,
        "ctdna": _ctdna_settings,
        "response": _evaluators_named,
    }
    return list(_names_of_results(tables, settings)) + [
        finding
        for where, chapters in settings.items()
        for chapter, part in chapters.items()
        for finding in checks[chapter](tables, part, where)
    ]


def _names_of_results(
    tables: Tables, settings: Mapping[str, Mapping[str, Settings]]
) -> Iterator[Finding]:
    """Yield columns of patients that have the name of a result."""
    landmarks = {
        name: part["ctdna"]["molecular_response"]
        for part in settings.values()
        if "ctdna" in part
        for name in part["ctdna"]["landmarks"]
    }
    known = normalised_columns("patients")
    for column in result_columns(landmarks) & set(tables["patients"]) - set(known):
        message = "results use this name; rename the column (such as given_...)"
        yield Finding("error", "patients", 1, column, "", "", message)


def _columns_named(
    tables: Tables, association: Settings, where: str
) -> Iterator[Finding]:
    columns = list(tables["patients"].columns)
    for key, severity in (("groups", "error"), ("covariates", "note")):
        for column in association[key]:
            if column not in columns:
                near = difflib.get_close_matches(column, columns, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                message = f"patients has no such column, so it is not used{hint}"
                setting = f"{where}.association.{key}"
                yield Finding(severity, "config", None, setting, "", column, message)


def _ctdna_settings(tables: Tables, ctdna: Settings, where: str) -> Iterator[Finding]:
    if {"samples", "levels"} <= set(tables):
        kind = "levels" if ctdna["metric"] == "level" else "calls"
        message = f"calls and levels are both given; this metric takes the {kind}"
        yield _setting("warning", f"{where}.ctdna.metric", ctdna["metric"], message)
    drawn = [tables[table] for table in ("samples", "levels") if table in tables]
    labels = {str(label) for frame in drawn for label in frame["timepoint"].dropna()}
    for name, landmark in ctdna["landmarks"].items():
        for key in ("timepoint", "reference"):
            label = landmark.get(key)
            if drawn and label is not None and label not in labels:
                message = "no sample has this timepoint; take one of: "
                message += ", ".join(sorted(labels))
                setting = f"{where}.ctdna.landmarks.{name}.{key}"
                yield Finding("error", "config", None, setting, "", label, message)


def _evaluators_named(
    tables: Tables, response: Settings, where: str
) -> Iterator[Finding]:
    source = response["source"]
    table = "lesions" if source == "lesions" else "assessments"
    other = "assessments" if source == "lesions" else "lesions"
    if table in tables:
        evaluators = set(tables[table]["evaluator"].dropna())
        wanted = response["evaluator"]
        if evaluators and wanted not in evaluators:
            message = f"{table} has no row of this evaluator; all would be missing"
            yield _setting("error", f"{where}.response.evaluator", wanted, message)
        if other in tables:
            message = f"response is taken from {table}; {other} are only checked"
            yield _setting("note", f"{where}.response.source", source, message)
    elif other in tables:
        message = f"needs inputs.{table}; give it or take the other source"
        yield _setting("error", f"{where}.response.source", source, message)


def _setting(severity: str, where: str, value: str, message: str) -> Finding:
    return Finding(severity, "config", None, where, "", value, message)
