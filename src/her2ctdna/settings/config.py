"""The configuration: defaults, overlay of analyses, and its checks.

The schema (``workflow/schemas/config.schema.yaml``) is checked by jsonschema; this
module turns what it says into findings that name the key and the nearest known one.
"""

import copy
import difflib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from her2ctdna.findings import Finding

Config = dict[str, Any]
KeyPath = tuple[str | int, ...]

REPLACED_WHOLE = (
    ("inputs",),
    ("analyses",),
    ("definitions", "ctdna", "landmarks", "*"),
    ("definitions", "association", "families", "*"),
)
"""Keys whose value is one thing: given, it replaces the default, parts and all."""

REMOVABLE = (
    ("ctdna", "landmarks"),
    ("safety", "special_interest"),
    ("association", "families"),
)
"""Parts of the definitions whose entries the study names, and may set to null."""

LOOSE_OVERLAY = tuple(path[1:] for path in REPLACED_WHOLE if path[0] == "definitions")


def merge_config(
    defaults: Mapping[str, Any],
    overrides: Mapping[str, Any],
    *,
    whole: Iterable[KeyPath] = REPLACED_WHOLE,
) -> Config:
    """Lay ``overrides`` over ``defaults``, key by key, and return a new config.

    Mappings are merged at every depth; all else is replaced, and so are the keys
    of ``whole`` (``*`` stands for any key). Dates become ISO 8601 text, as YAML
    reads an unquoted date as one.
    """
    merged: Config = _merge(_plain(defaults), _plain(overrides), tuple(whole), ())
    return merged


def analysis_definitions(config: Config) -> dict[str, Config]:
    """Return the full definitions of each analysis: its entry over `definitions`.

    What is in `REMOVABLE` and an entry sets to null is taken out.
    """
    return {
        name: _without_removed(
            merge_config(config["definitions"], overlay or {}, whole=LOOSE_OVERLAY)
        )
        for name, overlay in config["analyses"].items()
    }


def check_config(config: Config, schema: Config) -> list[Finding]:
    """Return a finding for each key that the schema does not know or allow."""
    findings = [found for error in _errors(config, schema) for found in _explain(error)]
    if isinstance(config["inputs"], dict) and "patients" not in config["inputs"]:
        findings.append(_config_error(["inputs", "patients"], "", "this key is needed"))
    return findings + _overlapping_groups(config, schema)


def usable_config(config: Config, defaults: Config, schema: Config) -> Config:
    """Return the config with what the schema refuses taken out or set to default.

    So one wrong key does not keep the inputs from being checked: all problems come
    out in one run. Nothing is ever analysed with the result if there was a problem.
    """
    usable = copy.deepcopy(config)
    while errors := list(_errors(usable, schema)):
        for error in errors:
            _mend(usable, error, defaults)
    usable["inputs"].setdefault("patients", "")
    return usable


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _merge(
    under: Any, over: Any, whole: tuple[KeyPath, ...], path: tuple[str, ...]
) -> Any:
    replaced = any(_matches(path, pattern) for pattern in whole)
    if replaced or not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    merged = dict(under)
    for key, value in over.items():
        merged[key] = (
            _merge(under[key], value, whole, (*path, key)) if key in under else value
        )
    return merged


def _matches(path: tuple[str, ...], pattern: KeyPath) -> bool:
    return len(path) == len(pattern) and all(
        wanted in (key, "*") for key, wanted in zip(path, pattern, strict=True)
    )


def _without_removed(definitions: Config) -> Config:
    for chapter, key in REMOVABLE:
        part = definitions[chapter]
        part[key] = {name: item for name, item in part[key].items() if item is not None}
    return definitions


def _errors(config: Config, schema: Config) -> Iterator[ValidationError]:
    return iter(Draft202012Validator(schema).iter_errors(config))


def _explain(error: ValidationError) -> Iterator[Finding]:
    """Yield what a validation error means to somebody who edits the config."""
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        for key in _unknown_keys(error):
            yield _config_error([*error.absolute_path, key], "", _advice(key, known))
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        for key in missing:
            yield _config_error([*error.absolute_path, key], "", "this key is needed")
    elif error.validator == "anyOf":
        yield from _explain_alternatives(error)
    else:
        yield _config_error(error.absolute_path, error.instance, _constraint(error))


def _explain_alternatives(error: ValidationError) -> Iterator[Finding]:
    """Yield the keys that no alternative knows, else what the alternatives are."""
    options = error.validator_value
    known = sorted({key for option in options for key in option.get("properties", {})})
    given = error.instance if isinstance(error.instance, dict) and known else {}
    unknown = [key for key in given if key not in known]
    for key in unknown:
        yield _config_error([*error.absolute_path, key], "", _advice(key, known))
    if not unknown:
        shown = ", or ".join(_alternative(option) for option in options)
        yield _config_error(error.absolute_path, error.instance, f"give {shown}")


def _alternative(item: Config) -> str:
    if "description" in item:
        return str(item["description"])
    if "properties" in item:
        return "the keys " + ", ".join(item["properties"])
    return {"null": "null", "integer": "a whole number", "string": "an ISO date"}.get(
        item.get("type", ""), str(item)
    )


def _constraint(error: ValidationError) -> str:
    if error.validator == "enum":
        allowed = [str(item) for item in error.validator_value]
        near = _nearest(str(error.instance), allowed)
        return f"allowed are {', '.join(allowed)}" + (f"; {near}" if near else "")
    if error.validator == "type":
        return f"must be of type {error.validator_value}"
    if error.validator in ("pattern", "not"):
        return (
            "this name cannot be used; take letters, digits, . _ - "
            "(cohort, ctdna and comparison are folders of the workflow)"
        )
    return f"{error.message}: see config/README.md"


def _advice(key: str, known: list[str]) -> str:
    near = _nearest(key, known)
    return f"unknown key; {near or 'known here are ' + ', '.join(known)}"


def _nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that is spelt most like ``word``, or nothing."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean {found[0]}?" if found else ""


def _unknown_keys(error: ValidationError) -> list[str]:
    return [key for key in error.instance if key not in error.schema["properties"]]


def _config_error(path: Iterable[str | int], value: Any, message: str) -> Finding:
    where = ".".join(map(str, path))
    return Finding("error", "config", None, where, "", str(value), message)


def _overlapping_groups(config: Config, schema: Config) -> list[Finding]:
    """Return an error for each analysis whose zero and low groups share a class."""
    if next(_errors(config, schema), None):
        return []
    groups = {
        name: (definitions["her2"]["zero"], definitions["her2"]["low"])
        for name, definitions in analysis_definitions(config).items()
    }
    return [
        _config_error(
            ["analyses", name, "her2"],
            ", ".join(sorted(shared)),
            "these classes stand in both zero and low; leave each in one of them",
        )
        for name, (zero, low) in groups.items()
        if (shared := set(zero) & set(low))
    ]


def _mend(config: Config, error: ValidationError, defaults: Config) -> None:
    """Take out or reset the part of ``config`` that ``error`` speaks of."""
    path = list(error.absolute_path)
    part = _at(config, path)
    if error.validator == "additionalProperties":
        for key in _unknown_keys(error):
            part.pop(key)
    elif isinstance(part, dict) and isinstance(error.instance, str):
        # it is the name of an entry that is refused, not a value
        part.pop(error.instance)
    elif error.validator == "required":
        for key in set(error.validator_value) - set(part):
            _reset(config, [*path, key], defaults)
    else:
        _reset(config, path, defaults)


def _reset(config: Config, path: list[str | int], defaults: Config) -> None:
    """Set the key at ``path`` to its default, or take it out where it has none."""
    *above, last = path
    parent = _at(config, above)
    try:
        parent[last] = copy.deepcopy(_at(defaults, path))
    except (KeyError, IndexError, TypeError):
        if isinstance(parent, dict):
            parent.pop(last, None)
        else:
            _reset(config, above, defaults)


def _at(config: Any, path: Iterable[str | int]) -> Any:
    for key in path:
        config = config[key]
    return config
